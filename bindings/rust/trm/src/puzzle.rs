//! What is to be solved.

use crate::relation::Relation;
use crate::shape::Shape;

/// A puzzle: text in a model's alphabet, digits for a task that has them (0 for a blank), or tokens by their
/// name. Functions that take one take text and digits, too.
///
/// Models with an embedding of puzzles know each by an identifier, which is 0 unless another is given.
/// Relational models take puzzles of many shapes, with relations, helpers and features of their own:
/// [`Relation`] has an example.
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
    pub(crate) cells: Cells<'a>,
    pub(crate) identifier: u32,
    pub(crate) shape: Shape,
    pub(crate) relations: &'a [Relation<'a>],
    pub(crate) helpers: &'a [i32],
    pub(crate) features: &'a [f32],
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Cells<'a> {
    Text(&'a str),
    Digits(&'a [i32]),
    Tokens(&'a [i32]),
}

impl<'a> Puzzle<'a> {
    fn of(cells: Cells<'a>) -> Self {
        Self { cells, identifier: 0, shape: Shape::new(), relations: &[], helpers: &[], features: &[] }
    }

    /// The model's own tokens, as [`Model::encode`](crate::Model::encode) gives them.
    pub fn tokens(tokens: &'a [i32]) -> Self {
        Self::of(Cells::Tokens(tokens))
    }

    /// The row of the model's puzzle embedding, for models that have one.
    pub fn identifier(mut self, identifier: u32) -> Self {
        self.identifier = identifier;
        self
    }

    /// Its shape, where it does not tell that by its length. The puzzles of a call have one shape.
    pub fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// Who hears whom, of those that [`Model::relations`](crate::Model::relations) names: lists in place of
    /// those that the shape or the model's file has. The puzzles of a call bring the same relations, each its
    /// own lists.
    pub fn relations(mut self, relations: &'a [Relation<'a>]) -> Self {
        self.relations = relations;
        self
    }

    /// The kinds of the nodes that take part and answer nothing, below
    /// [`Info::helper_tokens`](crate::Info::helper_tokens).
    pub fn helpers(mut self, kinds: &'a [i32]) -> Self {
        self.helpers = kinds;
        self
    }

    /// Real numbers for each position, then for each helper: [`Info::features`](crate::Info::features) of
    /// them.
    pub fn features(mut self, numbers: &'a [f32]) -> Self {
        self.features = numbers;
        self
    }
}

impl<'a> From<&'a str> for Puzzle<'a> {
    fn from(text: &'a str) -> Self {
        Self::of(Cells::Text(text))
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
        Self::of(Cells::Digits(digits))
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
