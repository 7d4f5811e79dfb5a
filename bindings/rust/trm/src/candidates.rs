//! Several answers of a puzzle.

use crate::answer::{How, Verdict};
use crate::error::{check, Result};
use crate::model::Model;
use crate::options::Options;
use crate::puzzle::Puzzle;
use crate::questions::Questions;
use crate::shape::Shape;
use crate::solver::Solver;
use std::fmt;
use trm_sys::TRM_CANDIDATES_INIT;

/// One of the answers that the runs of a puzzle ended with. As text it is in the model's alphabet.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Candidate {
    /// The answer.
    pub tokens: Vec<i32>,
    /// Runs that ended with it.
    pub count: u32,
    /// What the rules say of it.
    pub verdict: Verdict,
    /// How likely it is right: 1 for a verified one, 0 for a refuted one; else the halt probabilities of the
    /// runs that ended with it, over the number of all runs.
    pub confidence: f32,
    /// How it was found first.
    pub how: How,
    model: Model,
    shape: Shape,
}

impl fmt::Display for Candidate {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.model.decode_as(self.shape, &self.tokens) {
            Ok(text) => to.pad(&text),
            Err(_) => write!(to, "{:?}", self.tokens),
        }
    }
}

impl Model {
    /// Up to `count` distinct answers to a puzzle: those that the rules call right, where there are some,
    /// else all with their confidence; those of more and surer runs first. A search or several runs find more
    /// than one.
    ///
    /// ```
    /// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
    /// let options = trm::Options::new().search(true).step_budget(600);
    /// let two = model.candidates("..343412..434321", 5, &options)?;
    /// assert!(two.len() <= 2 && two[0].confidence == 1.0);
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn candidates<'a>(
        &self,
        puzzle: impl Into<Puzzle<'a>>,
        count: u32,
        options: &Options,
    ) -> Result<Vec<Candidate>> {
        let questions = Questions::of(self, &puzzle.into())?;
        let mut solver = Solver::for_one(self, &questions, &options.clone().candidates(count))?;
        while solver.step()? > 0 {}
        solver.candidates(0)
    }
}

impl Solver {
    /// The distinct answers that the runs of a puzzle have ended with so far, of a solver made with
    /// [`Options::candidates`].
    pub fn candidates(&self, puzzle: usize) -> Result<Vec<Candidate>> {
        let (model, most) = (self.model(), self.most_candidates() as usize);
        let (positions, shape) = self.loaded_shape();
        let mut tokens = vec![0; most * positions];
        let (mut counts, mut verdicts, mut hows) = (vec![0; most], vec![0; most], vec![0; most]);
        let (mut confidences, mut count) = (vec![0.0; most], 0);
        let mut to = TRM_CANDIDATES_INIT;
        to.room = most as u32;
        to.tokens = tokens.as_mut_ptr();
        to.counts = counts.as_mut_ptr();
        to.verdicts = verdicts.as_mut_ptr();
        to.hows = hows.as_mut_ptr();
        to.confidences = confidences.as_mut_ptr();
        let puzzle = u32::try_from(puzzle).unwrap_or(u32::MAX);
        // SAFETY: the solver is there, and so is room for as many candidates as it keeps.
        check(|error| unsafe {
            trm_sys::trm_solver_candidates(self.pointer(), puzzle, &to, &mut count, error)
        })?;
        let candidate = |i: usize| Candidate {
            tokens: tokens[i * positions..][..positions].to_vec(),
            count: counts[i],
            verdict: Verdict::from(verdicts[i]),
            confidence: confidences[i],
            how: How::from(hows[i]),
            model: model.clone(),
            shape,
        };
        Ok((0..count as usize).map(candidate).collect())
    }
}
