//! What is to be solved.

use crate::error::Result;
use crate::model::Model;
use trm_sys::{trm_questions, TRM_QUESTIONS_INIT};

/// A puzzle: text in a model's alphabet, digits for a task that has them (0 for a blank), or tokens by their name.
/// Functions that take one take text and digits, too.
///
/// Models with an embedding of puzzles know each by an identifier, which is 0 unless another is given.
///
/// ```
/// use trm::{Model, Options, Puzzle};
///
/// let model = Model::open("models/sudoku-4x4.trm")?;
/// let answer = model.solve(&[1, 0, 3, 0, 0, 4, 0, 2, 0, 3, 0, 1, 2, 0, 4, 0], &Options::new())?;
/// let tokens = model.encode("1.3..4.2.3.12.4.")?;
/// let same = model.solve(Puzzle::tokens(&tokens).identifier(0), &Options::new())?;
/// assert_eq!(answer.grid(), same.grid());
/// # Ok::<(), trm::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Puzzle<'a> {
    cells: Cells<'a>,
    identifier: u32,
}

#[derive(Clone, Copy, Debug)]
enum Cells<'a> {
    Text(&'a str),
    Digits(&'a [i32]),
    Tokens(&'a [i32]),
}

impl<'a> Puzzle<'a> {
    /// The model's own tokens, as [`Model::encode`] gives them.
    pub fn tokens(tokens: &'a [i32]) -> Self {
        Self { cells: Cells::Tokens(tokens), identifier: 0 }
    }

    /// The row of the model's puzzle embedding, for models that have one.
    pub fn identifier(mut self, identifier: u32) -> Self {
        self.identifier = identifier;
        self
    }
}

impl<'a> From<&'a str> for Puzzle<'a> {
    fn from(text: &'a str) -> Self {
        Self { cells: Cells::Text(text), identifier: 0 }
    }
}

impl<'a> From<&'a String> for Puzzle<'a> {
    fn from(text: &'a String) -> Self {
        text.as_str().into()
    }
}

impl<'a> From<&&'a str> for Puzzle<'a> {
    fn from(text: &&'a str) -> Self {
        (*text).into()
    }
}

impl<'a> From<&'a [i32]> for Puzzle<'a> {
    fn from(digits: &'a [i32]) -> Self {
        Self { cells: Cells::Digits(digits), identifier: 0 }
    }
}

impl<'a> From<&'a Vec<i32>> for Puzzle<'a> {
    fn from(digits: &'a Vec<i32>) -> Self {
        digits.as_slice().into()
    }
}

impl<'a, const N: usize> From<&'a [i32; N]> for Puzzle<'a> {
    fn from(digits: &'a [i32; N]) -> Self {
        digits.as_slice().into()
    }
}

/// Puzzles as the library takes them: one behind the other.
#[derive(Debug, Default)]
pub(crate) struct Questions {
    tokens: Vec<i32>,
    identifiers: Vec<u32>,
}

impl Questions {
    /// A sentence about one of them says which, counted from 0 as the library does.
    pub(crate) fn new<'a, P: Into<Puzzle<'a>>>(model: &Model, puzzles: impl IntoIterator<Item = P>) -> Result<Self> {
        let mut questions = Self::default();
        for (index, puzzle) in puzzles.into_iter().enumerate() {
            let pushed = questions.push(model, &puzzle.into());
            pushed.map_err(|error| error.within(&format!("puzzle {index}")))?;
        }
        Ok(questions)
    }

    pub(crate) fn push(&mut self, model: &Model, puzzle: &Puzzle<'_>) -> Result<()> {
        match puzzle.cells {
            Cells::Text(text) => model.encode_to(text, &mut self.tokens)?,
            Cells::Digits(digits) => {
                model.check_length(digits, "digits")?;
                model.digits().encode_to(digits, &mut self.tokens)?;
            }
            Cells::Tokens(tokens) => {
                model.check_length(tokens, "tokens")?;
                self.tokens.extend_from_slice(tokens);
            }
        }
        self.identifiers.push(puzzle.identifier);
        Ok(())
    }

    pub(crate) fn count(&self) -> usize {
        self.identifiers.len()
    }

    /// Good as long as this is not touched.
    pub(crate) fn as_c(&self) -> trm_questions {
        trm_questions {
            count: self.count(),
            tokens: self.tokens.as_ptr(),
            identifiers: self.identifiers.as_ptr(),
            ..TRM_QUESTIONS_INIT
        }
    }
}
