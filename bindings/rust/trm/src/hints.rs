//! What to fill in next in a puzzle, and why.

use crate::enumeration::enumeration;
use crate::error::{check, Result};
use crate::executor::throwing;
use crate::model::Model;
use crate::options::Options;
use crate::puzzle::Puzzle;
use crate::questions::Questions;
use std::ffi::CStr;
use std::ptr::null;
use trm_sys::TRM_HINTS_INIT;

enumeration! {
    /// Why a hint can be believed.
    Reason {
        /// By plain rules: the last open cell of a group.
        Last = TRM_REASON_LAST,
        /// By plain rules: the only place in a group for its value.
        Place = TRM_REASON_PLACE,
        /// By plain rules: the only value that is left to the cell.
        Value = TRM_REASON_VALUE,
        /// The surest cell of the model's answer.
        Model = TRM_REASON_MODEL,
    }
}

enumeration! {
    /// Why there are no further hints.
    HintsEnd {
        /// There are.
        More = TRM_HINTS_MORE,
        /// Nothing is left to be filled in.
        Done = TRM_HINTS_DONE,
        /// What the puzzle gives has no answer, as plain rules show.
        Clash = TRM_HINTS_CLASH,
        /// The model found no answer that the rules call right.
        Unknown = TRM_HINTS_UNKNOWN,
    }
}

/// A cell, its value, and why it can be believed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Hint {
    /// The cell, from 0, row by row.
    pub position: usize,
    /// What goes there.
    pub token: i32,
    /// Why.
    pub reason: Reason,
    /// What the group is of, such as `row`; empty where there is none.
    pub relation: String,
    /// 1 by plain rules, else how sure the model is.
    pub confidence: f32,
}

/// Hints in their order; each presumes those before it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Hints {
    /// Them.
    pub hints: Vec<Hint>,
    /// Why there are no more.
    pub end: HintsEnd,
    /// With [`HintsEnd::Clash`] two cells that exclude each other, or twice one that no value is left for, or
    /// that is open in a group where a value has no place left.
    pub clash: [usize; 2],
}

impl Model {
    /// Up to `count` hints: what plain rules force, or else what the model is surest of, of an answer that
    /// the rules call right. A [`search`](Options::search) finds more.
    ///
    /// ```
    /// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
    /// let next = model.hint("1.3..4.2.3.12.4.", 1, &trm::Options::new())?;
    /// assert_eq!((next.hints[0].position, next.hints[0].confidence), (1, 1.0));
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn hint<'a>(&self, puzzle: impl Into<Puzzle<'a>>, count: usize, options: &Options) -> Result<Hints> {
        let questions = Questions::of(self, &puzzle.into())?;
        let (joined, settings) = (questions.joined()?, options.for_batch(1));
        let count = count.min(questions.positions());
        let (mut positions, mut reasons) = (vec![0; count], vec![0; count]);
        let (mut tokens, mut confidences) = (vec![0; count], vec![0.0; count]);
        let (mut relations, mut end, mut clash, mut written) = (vec![null(); count], 0, [0; 2], 0);
        let mut to = TRM_HINTS_INIT;
        to.room = count as u32;
        to.positions = positions.as_mut_ptr();
        to.tokens = tokens.as_mut_ptr();
        to.reasons = reasons.as_mut_ptr();
        to.confidences = confidences.as_mut_ptr();
        to.relations = relations.as_mut_ptr();
        to.end = &mut end;
        to.clash = clash.as_mut_ptr();
        let asked = joined.as_c();
        // SAFETY: the model is open, there is one question, and room for as many hints as are asked for.
        throwing(|| {
            check(|error| unsafe {
                trm_sys::trm_hint(self.pointer(), &asked, &settings, &to, &mut written, error)
            })
        })?;
        let hint = |i: usize| Hint {
            position: positions[i] as usize,
            token: tokens[i],
            reason: reasons[i].into(),
            // SAFETY: the library gave a name that belongs to the model.
            relation: unsafe { CStr::from_ptr(relations[i]) }.to_string_lossy().into_owned(),
            confidence: confidences[i],
        };
        let hints = (0..written as usize).map(hint).collect();
        Ok(Hints { hints, end: end.into(), clash: clash.map(|position: u32| position as usize) })
    }
}
