//! Answers to puzzles whose givens may be wrong.

use crate::answer::{How, Verdict};
use crate::error::{check, Result};
use crate::executor::throwing;
use crate::model::Model;
use crate::options::Options;
use crate::puzzle::Puzzle;
use crate::questions::Questions;
use crate::shape::Shape;
use std::fmt;
use trm_sys::TRM_REPAIRED_INIT;

/// The answer that changes fewest givens. As text it is in the model's alphabet.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Repair {
    /// The answer, right apart from the givens that it changes; 0 where none was found.
    pub tokens: Vec<i32>,
    /// [`Verdict::Verified`], or [`Verdict::Unverified`] where no answer was found.
    pub verdict: Verdict,
    /// How many givens it changes: those where the puzzle has another token.
    pub changes: u32,
    /// Whether plain rules show that no answer changes fewer.
    pub is_fewest: bool,
    /// How it was found.
    pub how: How,
    /// The model's trust in the answer; 0 where the rules alone found it.
    pub halt_probability: f32,
    /// Supervision steps of all attempts.
    pub total_steps: u64,
    model: Model,
    shape: Shape,
}

impl fmt::Display for Repair {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.model.decode_as(self.shape, &self.tokens) {
            Ok(text) => to.pad(&text),
            Err(_) => write!(to, "{:?}", self.tokens),
        }
    }
}

impl Model {
    /// Answers a puzzle whose givens may be wrong: with the answer that changes fewest of them.
    ///
    /// ```
    /// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
    /// let repair = model.repair("1.1..4.2.3.12.4.", &trm::Options::new())?;
    /// assert_eq!((repair.changes, repair.is_fewest), (1, true));
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn repair<'a>(&self, puzzle: impl Into<Puzzle<'a>>, options: &Options) -> Result<Repair> {
        let questions = Questions::of(self, &puzzle.into())?;
        let (joined, settings) = (questions.joined()?, options.for_batch(1));
        let (mut tokens, mut found) = (vec![0; questions.positions()], TRM_REPAIRED_INIT);
        let (asked, to) = (joined.as_c(), tokens.as_mut_ptr());
        // SAFETY: the model is open, there is one question, and room for its answer.
        throwing(|| {
            check(|error| unsafe {
                trm_sys::trm_repair(self.pointer(), &asked, &settings, to, &mut found, error)
            })
        })?;
        Ok(Repair {
            tokens,
            verdict: found.verdict.into(),
            changes: found.changes,
            is_fewest: found.fewest != 0,
            how: found.how.into(),
            halt_probability: found.halt_probability,
            total_steps: found.total_steps,
            model: self.clone(),
            shape: questions.shape(),
        })
    }
}
