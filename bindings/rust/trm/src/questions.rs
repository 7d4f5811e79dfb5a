//! Puzzles as the library takes them: one behind the other, all of one shape.

use crate::error::{Error, Result, Status};
use crate::model::Model;
use crate::puzzle::{Cells, Puzzle};
use crate::relation::Relation;
use crate::shape::Shape;
use crate::text;
use std::ffi::CString;
use trm_sys::{trm_questions, trm_relation, trm_solve_options, TRM_QUESTIONS_INIT, TRM_RELATION_INIT};

/// What puzzles bring is borrowed as long as nothing has to be put together.
#[derive(Debug, Default)]
pub(crate) struct Questions<'a> {
    tokens: Vec<i32>,
    identifiers: Vec<u32>,
    /// That of the first, which all have.
    shape: Shape,
    positions: usize,
    relations: Vec<&'a [Relation<'a>]>,
    helpers: Vec<i32>,
    features: Vec<f32>,
}

impl<'a> Questions<'a> {
    /// A sentence about one of them says which, counted from 0 as the library does.
    pub(crate) fn new<P: Into<Puzzle<'a>>>(
        model: &Model,
        puzzles: impl IntoIterator<Item = P>,
    ) -> Result<Self> {
        let mut questions = Self::default();
        for (index, puzzle) in puzzles.into_iter().enumerate() {
            let pushed = questions.push(model, &puzzle.into());
            pushed.map_err(|error| error.within(&format!("puzzle {index}")))?;
        }
        Ok(questions)
    }

    /// A single one.
    pub(crate) fn of(model: &Model, puzzle: &Puzzle<'a>) -> Result<Self> {
        let mut questions = Self::default();
        questions.push(model, puzzle)?;
        Ok(questions)
    }

    fn push(&mut self, model: &Model, puzzle: &Puzzle<'a>) -> Result<()> {
        self.take_shape(model, puzzle)?;
        self.take_cells(model, puzzle)?;
        self.take_lists(puzzle)?;
        self.take_features(model, puzzle)?;
        self.helpers.extend_from_slice(puzzle.helpers);
        self.identifiers.push(puzzle.identifier);
        Ok(())
    }

    fn take_shape(&mut self, model: &Model, puzzle: &Puzzle<'_>) -> Result<()> {
        let (length, what) = match puzzle.cells {
            Cells::Text(text) => (text.chars().count(), "characters"),
            Cells::Digits(digits) => (digits.len(), "digits"),
            Cells::Tokens(tokens) => (tokens.len(), "tokens"),
        };
        let helpers = u32::try_from(puzzle.helpers.len()).unwrap_or(u32::MAX);
        let shape = puzzle.shape.told_by(length, model.info()).helpers(helpers);
        let cells = shape.cells(model.info());
        if length as u64 != cells {
            let sentence = format!("expected a puzzle of {cells} {what}, found {length}");
            return Err(Error::new(Status::Puzzle, sentence));
        }
        if self.count() > 0 && (shape != self.shape || length != self.positions) {
            let sentence =
                format!("expected one shape for all puzzles of a call, found {shape} after {}", self.shape);
            return Err(Error::new(Status::Puzzle, sentence));
        }
        (self.shape, self.positions) = (shape, length);
        Ok(())
    }

    fn take_cells(&mut self, model: &Model, puzzle: &Puzzle<'_>) -> Result<()> {
        match puzzle.cells {
            Cells::Text(text) => model.encode_to(self.shape, text, &mut self.tokens)?,
            Cells::Digits(digits) => model.digits().encode_to(digits, &mut self.tokens)?,
            Cells::Tokens(tokens) => self.tokens.extend_from_slice(tokens),
        }
        Ok(())
    }

    fn take_lists(&mut self, puzzle: &Puzzle<'a>) -> Result<()> {
        for relation in puzzle.relations {
            relation.check()?;
        }
        if let Some(&all) = self.relations.first() {
            if all.len() != puzzle.relations.len() {
                let sentence = "expected the same relations with all puzzles of a call";
                let found = format!("{sentence}, found {} after {}", puzzle.relations.len(), all.len());
                return Err(Error::new(Status::Puzzle, found));
            }
            for one in all {
                let other = find(one.name, puzzle.relations)
                    .ok_or_else(|| one.refuse("lists with all puzzles of a call, found none".into()))?;
                if other.first.len() != one.first.len() {
                    let (found, expected) = (other.first.len() - 1, one.first.len() - 1);
                    return Err(one.refuse(format!("{expected} lists, found {found}")));
                }
            }
        }
        self.relations.push(puzzle.relations);
        Ok(())
    }

    fn take_features(&mut self, model: &Model, puzzle: &Puzzle<'_>) -> Result<()> {
        let each = model.info().features as usize;
        let expected = (self.positions + puzzle.helpers.len()) * each;
        if puzzle.features.len() != expected {
            let why = format!("{each} for each position and helper");
            let sentence = format!("features: expected {expected}, {why}, found {}", puzzle.features.len());
            return Err(Error::new(Status::Puzzle, sentence));
        }
        self.features.extend_from_slice(puzzle.features);
        Ok(())
    }

    pub(crate) fn count(&self) -> usize {
        self.identifiers.len()
    }

    pub(crate) fn tokens(&self) -> &[i32] {
        &self.tokens
    }

    /// S of each.
    pub(crate) fn positions(&self) -> usize {
        self.positions
    }

    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    /// With everything put together.
    pub(crate) fn joined(&self) -> Result<Joined<'_>> {
        let joined = |relation: &Relation<'_>| self.join(relation);
        let relations = self.relations.first().copied().unwrap_or_default();
        let lists = relations.iter().map(joined).collect::<Result<Vec<_>>>()?;
        let relations = lists.iter().map(JoinedLists::as_c).collect();
        let heard =
            |one: &&[Relation<'_>]| one.iter().map(|relation| relation.heard.len() as u64).sum::<u64>();
        let most_heard = self.relations.iter().map(heard).max().unwrap_or_default();
        // A solver without room for numbers takes no relation at all.
        let heard = most_heard.max(u64::from(!lists.is_empty()));
        Ok(Joined { questions: self, heard, relations, _lists: lists })
    }

    /// The lists of all puzzles, or those of one, where all have the same.
    fn join(&self, one: &Relation<'_>) -> Result<JoinedLists<'_>> {
        let all: Vec<_> = self.relations.iter().filter_map(|brought| find(one.name, brought)).collect();
        let name = text::ended("relation", one.name)?;
        if all.iter().all(|other| all[0].is_same(other)) {
            return Ok(JoinedLists {
                name,
                lists: Numbers::Borrowed(all[0].first, all[0].heard),
                is_shared: true,
            });
        }
        let (mut first, mut heard) = (vec![0u32], Vec::new());
        for relation in all {
            let begin = u32::try_from(heard.len())
                .ok()
                .filter(|_| heard.len() + relation.heard.len() < u32::MAX as usize);
            let begin = begin.ok_or_else(|| one.refuse(format!("at most {} numbers in a call", u32::MAX)))?;
            // An offset beyond the end, which the library refuses, must not come round to a good one.
            first.extend(relation.first[1..].iter().map(|offset| begin.saturating_add(*offset)));
            heard.extend_from_slice(relation.heard);
        }
        Ok(JoinedLists { name, lists: Numbers::Owned(first, heard), is_shared: false })
    }
}

fn find<'b, 'a>(name: &str, relations: &'b [Relation<'a>]) -> Option<&'b Relation<'a>> {
    relations.iter().find(|relation| relation.name == name)
}

enum Numbers<'a> {
    Borrowed(&'a [u32], &'a [u32]),
    Owned(Vec<u32>, Vec<u32>),
}

struct JoinedLists<'a> {
    name: CString,
    lists: Numbers<'a>,
    is_shared: bool,
}

impl JoinedLists<'_> {
    /// Good as long as this is.
    fn as_c(&self) -> trm_relation {
        let (first, heard) = match &self.lists {
            Numbers::Borrowed(first, heard) => (*first, *heard),
            Numbers::Owned(first, heard) => (first.as_slice(), heard.as_slice()),
        };
        trm_relation {
            name: self.name.as_ptr(),
            first: first.as_ptr(),
            heard: heard.as_ptr(),
            heard_count: heard.len() as u64,
            shared: u32::from(self.is_shared),
            // There is one at least: 0 would mean that nobody says.
            lists: u32::try_from(first.len() - 1).unwrap_or(u32::MAX),
            ..TRM_RELATION_INIT
        }
    }
}

/// Questions ready for the library.
pub(crate) struct Joined<'a> {
    questions: &'a Questions<'a>,
    heard: u64,
    relations: Vec<trm_relation>,
    /// What the relations point to.
    _lists: Vec<JoinedLists<'a>>,
}

impl Joined<'_> {
    /// Good as long as this is.
    pub(crate) fn as_c(&self) -> trm_questions {
        let asked = self.questions;
        let mut questions = trm_questions {
            count: asked.count(),
            tokens: asked.tokens.as_ptr(),
            identifiers: asked.identifiers.as_ptr(),
            shapes: asked.shape.as_c(),
            shape_count: 1,
            ..TRM_QUESTIONS_INIT
        };
        if !self.relations.is_empty() {
            (questions.relations, questions.relation_count) = (self.relations.as_ptr(), self.relations.len());
        }
        if !asked.helpers.is_empty() {
            questions.helper_tokens = asked.helpers.as_ptr();
        }
        if !asked.features.is_empty() {
            questions.features = asked.features.as_ptr();
        }
        questions
    }

    /// Makes room for them in a solver. Good as long as this is.
    pub(crate) fn room(&self, options: trm_solve_options) -> trm_solve_options {
        trm_solve_options { shape: self.questions.shape.as_c(), heard: self.heard, ..options }
    }
}
