//! What a model answers.

use crate::enumeration::enumeration;
use crate::model::Model;
use std::fmt;
use trm_sys::{trm_answers, TRM_ANSWERS_INIT};

enumeration! {
    /// Why a puzzle stopped.
    Stop {
        /// It has not.
        Running = TRM_STOP_RUNNING,
        /// The learned halt signal.
        Signal = TRM_STOP_SIGNAL,
        /// A stable answer.
        Stable = TRM_STOP_STABLE,
        /// The step limit.
        Limit = TRM_STOP_LIMIT,
        /// The time budget.
        Deadline = TRM_STOP_DEADLINE,
    }
}

/// The answer to one puzzle, or what it was after a step. As text it is in the model's alphabet; in that of a model
/// without one, its tokens.
///
/// ```
/// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
/// let answer = model.solve("1.3..4.1.3.12.4.", &trm::Options::new())?;
/// let least = answer.probabilities.iter().copied().fold(1.0, f32::min);
/// println!("{answer}, the least sure of its cells {least}");
/// # Ok::<(), trm::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The likeliest token of each position; of equals, the lowest.
    pub tokens: Vec<i32>,
    /// How likely the model takes each of them to be right.
    pub probabilities: Vec<f32>,
    /// A number for each position and token, S x V; empty without [`Options::logits`](crate::Options::logits).
    pub logits: Vec<f32>,
    /// The model's trust in its own answer: the sigmoid of the halt logit.
    pub halt_probability: f32,
    /// The number behind it.
    pub halt_logit: f32,
    /// Its counterpart, trained in HRMs alone.
    pub continue_logit: f32,
    /// Supervision steps taken.
    pub steps: u32,
    /// Why it stopped.
    pub stop: Stop,
    model: Model,
}

impl fmt::Display for Answer {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.model.decode(&self.tokens) {
            Ok(text) => to.pad(&text),
            Err(_) => write!(to, "{:?}", self.tokens),
        }
    }
}

/// Room for the answers to a batch, one behind the other.
pub(crate) struct Room {
    count: usize,
    tokens: Vec<i32>,
    probabilities: Vec<f32>,
    logits: Vec<f32>,
    halt_probabilities: Vec<f32>,
    halt_logits: Vec<f32>,
    continue_logits: Vec<f32>,
    steps: Vec<u32>,
    stops: Vec<u32>,
}

impl Room {
    pub(crate) fn new(model: &Model, count: usize, has_logits: bool) -> Self {
        let cells = count * model.positions();
        Self {
            count,
            tokens: vec![0; cells],
            probabilities: vec![0.0; cells],
            logits: vec![0.0; if has_logits { cells * model.info().vocabulary as usize } else { 0 }],
            halt_probabilities: vec![0.0; count],
            halt_logits: vec![0.0; count],
            continue_logits: vec![0.0; count],
            steps: vec![0; count],
            stops: vec![0; count],
        }
    }

    /// Good as long as this is not touched.
    pub(crate) fn as_c(&mut self) -> trm_answers {
        let mut answers = TRM_ANSWERS_INIT;
        answers.tokens = self.tokens.as_mut_ptr();
        answers.probabilities = self.probabilities.as_mut_ptr();
        if !self.logits.is_empty() {
            answers.logits = self.logits.as_mut_ptr();
        }
        answers.halt_probabilities = self.halt_probabilities.as_mut_ptr();
        answers.halt_logits = self.halt_logits.as_mut_ptr();
        answers.continue_logits = self.continue_logits.as_mut_ptr();
        answers.steps = self.steps.as_mut_ptr();
        answers.stops = self.stops.as_mut_ptr();
        answers
    }

    pub(crate) fn into_answers(self, model: &Model) -> Vec<Answer> {
        let answer = |index| Answer {
            tokens: part(&self.tokens, index, self.count),
            probabilities: part(&self.probabilities, index, self.count),
            logits: part(&self.logits, index, self.count),
            halt_probability: self.halt_probabilities[index],
            halt_logit: self.halt_logits[index],
            continue_logit: self.continue_logits[index],
            steps: self.steps[index],
            stop: self.stops[index].into(),
            model: model.clone(),
        };
        (0..self.count).map(answer).collect()
    }
}

/// What belongs to the puzzle at `index` of `count`.
fn part<T: Copy>(all: &[T], index: usize, count: usize) -> Vec<T> {
    let length = all.len() / count;
    all[index * length..][..length].to_vec()
}
