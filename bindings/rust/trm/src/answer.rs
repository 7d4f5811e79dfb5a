//! What a model answers.

use crate::enumeration::enumeration;
use crate::model::Model;
use crate::shape::Shape;
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
        /// A number became too large for a float, so that there is no answer: tokens, probabilities and halt
        /// probability are 0, and each logit is minus infinity.
        Overflow = TRM_STOP_OVERFLOW,
        /// The rules of its task, or the host's, call the answer right.
        Verified = TRM_STOP_VERIFIED,
        /// The step budget of its puzzle.
        Budget = TRM_STOP_BUDGET,
    }
}

enumeration! {
    /// What the rules of a task, or the host's, say of an answer.
    Verdict {
        /// Nothing: there are no rules.
        Unverified = TRM_VERDICT_UNVERIFIED,
        /// It is right.
        Verified = TRM_VERDICT_VERIFIED,
        /// It is wrong.
        Refuted = TRM_VERDICT_REFUTED,
    }
}

enumeration! {
    /// How an answer was found.
    How {
        /// By the puzzle as it is.
        Run = TRM_HOW_RUN,
        /// By a run that saw it under a symmetry of its task.
        View = TRM_HOW_VIEW,
        /// By a run from another random start.
        Restart = TRM_HOW_RESTART,
        /// By a run that was given guesses as givens.
        Search = TRM_HOW_SEARCH,
        /// By a search of the rules' own, in [`Model::repair`](crate::Model::repair) alone.
        Rules = TRM_HOW_RULES,
    }
}

enumeration! {
    /// Who of several runs answers.
    Policy {
        /// The first that stops by the learned signal.
        FirstHalt = TRM_POLICY_FIRST_HALT,
        /// The answer that most runs agree on, each by its confidence.
        Vote = TRM_POLICY_VOTE,
        /// The run with the highest halt probability.
        Best = TRM_POLICY_BEST,
        /// The first whose answer the rules call right.
        FirstVerified = TRM_POLICY_FIRST_VERIFIED,
    }
}

/// The answer to one puzzle, or what it was after a step. As text it is in the model's alphabet; in that of a
/// model without one, its tokens.
///
/// ```
/// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
/// let answer = model.solve("1.3..4.2.3.12.4.", &trm::Options::new())?;
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
    /// How sure the model is of each of them, by what it was taught; the probabilities in models that were
    /// not ([`Info::cell_confidence`](crate::Info::cell_confidence)).
    pub cell_confidences: Vec<f32>,
    /// A number for each position and token, S x V; empty without
    /// [`Options::logits`](crate::Options::logits).
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
    /// What the rules say of it.
    pub verdict: Verdict,
    /// How it was found.
    pub how: How,
    /// Runs that were begun.
    pub runs: u32,
    /// Guesses that the run that answers was given as givens.
    pub pins: u32,
    /// Supervision steps of all runs.
    pub total_steps: u64,
    /// Where it changes what the puzzle gives, which refutes it: 1, else 0.
    pub changed: Vec<u8>,
    model: Model,
    shape: Shape,
}

impl Answer {
    /// Rows and columns: digits for a task that has them (0 its blank, -1 a token that is no digit), else
    /// tokens. What is no grid has one row.
    pub fn grid(&self) -> Vec<Vec<i32>> {
        let digits = self.model.digits();
        let rows = self.tokens.chunks(self.shape.row_length(self.model.info()) as usize);
        rows.map(|row| row.iter().map(|&token| digits.number(token)).collect()).collect()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.model.decode_as(self.shape, &self.tokens) {
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
    cell_confidences: Vec<f32>,
    logits: Vec<f32>,
    halt_probabilities: Vec<f32>,
    halt_logits: Vec<f32>,
    continue_logits: Vec<f32>,
    steps: Vec<u32>,
    stops: Vec<u32>,
    verdicts: Vec<u32>,
    hows: Vec<u32>,
    runs: Vec<u32>,
    pins: Vec<u32>,
    total_steps: Vec<u64>,
    changed: Vec<u8>,
}

impl Room {
    pub(crate) fn new(model: &Model, count: usize, positions: usize, has_logits: bool) -> Self {
        let cells = count * positions;
        Self {
            count,
            tokens: vec![0; cells],
            probabilities: vec![0.0; cells],
            cell_confidences: vec![0.0; cells],
            logits: vec![0.0; if has_logits { cells * model.info().vocabulary as usize } else { 0 }],
            halt_probabilities: vec![0.0; count],
            halt_logits: vec![0.0; count],
            continue_logits: vec![0.0; count],
            steps: vec![0; count],
            stops: vec![0; count],
            verdicts: vec![0; count],
            hows: vec![0; count],
            runs: vec![0; count],
            pins: vec![0; count],
            total_steps: vec![0; count],
            changed: vec![0; cells],
        }
    }

    /// Good as long as this is not touched.
    pub(crate) fn as_c(&mut self) -> trm_answers {
        let mut answers = TRM_ANSWERS_INIT;
        answers.tokens = self.tokens.as_mut_ptr();
        answers.probabilities = self.probabilities.as_mut_ptr();
        answers.cell_confidences = self.cell_confidences.as_mut_ptr();
        if !self.logits.is_empty() {
            answers.logits = self.logits.as_mut_ptr();
        }
        answers.halt_probabilities = self.halt_probabilities.as_mut_ptr();
        answers.halt_logits = self.halt_logits.as_mut_ptr();
        answers.continue_logits = self.continue_logits.as_mut_ptr();
        answers.steps = self.steps.as_mut_ptr();
        answers.stops = self.stops.as_mut_ptr();
        answers.verdicts = self.verdicts.as_mut_ptr();
        answers.hows = self.hows.as_mut_ptr();
        answers.runs = self.runs.as_mut_ptr();
        answers.pins = self.pins.as_mut_ptr();
        answers.total_steps = self.total_steps.as_mut_ptr();
        answers.changed = self.changed.as_mut_ptr();
        answers
    }

    pub(crate) fn into_answers(self, model: &Model, shape: Shape) -> Vec<Answer> {
        let answer = |index| Answer {
            tokens: part(&self.tokens, index, self.count),
            probabilities: part(&self.probabilities, index, self.count),
            cell_confidences: part(&self.cell_confidences, index, self.count),
            logits: part(&self.logits, index, self.count),
            halt_probability: self.halt_probabilities[index],
            halt_logit: self.halt_logits[index],
            continue_logit: self.continue_logits[index],
            steps: self.steps[index],
            stop: self.stops[index].into(),
            verdict: self.verdicts[index].into(),
            how: self.hows[index].into(),
            runs: self.runs[index],
            pins: self.pins[index],
            total_steps: self.total_steps[index],
            changed: part(&self.changed, index, self.count),
            model: model.clone(),
            shape,
        };
        (0..self.count).map(answer).collect()
    }
}

/// What belongs to the puzzle at `index` of `count`.
fn part<T: Copy>(all: &[T], index: usize, count: usize) -> Vec<T> {
    let length = all.len() / count;
    all[index * length..][..length].to_vec()
}
