//! What the tests share.
#![allow(dead_code)] // each of them uses a part of it

use trm::{Answer, Error, Model, Status};

/// The last takes several steps.
pub const PUZZLES: [&str; 4] =
    ["34.2..4.43.1.2.4", ".....14.....3..2", "34.1.1344..2..43", "....2...3..2..4."];
pub const ANSWERS: [&str; 4] =
    ["3412214343211234", "4321214312343412", "3421213443121243", "4321213434121243"];

pub fn sudoku() -> Model {
    Model::open("models/sudoku-4x4.trm").unwrap()
}

/// Tokens, numbers for each of them, trust, steps, and why it stopped.
type Bits = (Vec<i32>, Vec<u32>, [u32; 3], u32, trm::Stop);

/// Everything in an answer, to the bit.
pub fn bits(answer: &Answer) -> Bits {
    let numbers = answer.probabilities.iter().chain(&answer.logits);
    let trust = [answer.halt_probability, answer.halt_logit, answer.continue_logit];
    let numbers = numbers.map(|number| number.to_bits()).collect();
    (answer.tokens.clone(), numbers, trust.map(f32::to_bits), answer.steps, answer.stop)
}

pub fn all_bits(answers: &[Answer]) -> Vec<Bits> {
    answers.iter().map(bits).collect()
}

/// Fails unless the error is of this kind and its sentence has these words.
#[track_caller]
pub fn mentions<T: std::fmt::Debug>(result: Result<T, Error>, status: Status, words: &str) {
    let error = result.expect_err("this cannot succeed");
    assert_eq!(error.status(), status, "{error}");
    assert!(error.to_string().contains(words), "{error}");
}
