//! Puzzles to learn from.

use super::settings::settings;
use super::task::Task;
use crate::error::{check, Result};
use crate::relation::Lists;
use crate::shape::Shape;
use crate::text;
use std::ffi::{CStr, CString};
use std::ops::RangeInclusive;
use std::path::Path;
use std::ptr::{null, null_mut};
use std::slice::from_raw_parts;
use trm_sys::{
    trm_csv_options, trm_generate_options, trm_puzzles, trm_questions, TRM_CSV_OPTIONS_INIT,
    TRM_QUESTIONS_INIT,
};

/// A puzzle, its answer, how hard it is, and what it brings.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Lesson {
    /// In the characters of its task.
    pub question: String,
    /// The same.
    pub answer: String,
    /// As its file or its generator says.
    pub rating: u32,
    /// Its own, where it has one.
    pub shape: Shape,
    /// Names of relations, with their lists.
    pub relations: Vec<(String, Lists)>,
    /// Kinds of helpers.
    pub helpers: Vec<i32>,
    /// Real numbers for each position, then for each helper.
    pub features: Vec<f32>,
}

/// How to read a list of puzzles.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    limit: u64,
    question: Option<String>,
    answer: Option<String>,
}

impl ReadOptions {
    /// All of it, with the usual names of columns.
    pub fn new() -> Self {
        Self::default()
    }

    /// At most so many, from its beginning; 0 means all.
    pub fn limit(mut self, puzzles: u64) -> Self {
        self.limit = puzzles;
        self
    }

    /// The column of questions in a table, where its name is not a usual one.
    pub fn question(mut self, column: impl Into<String>) -> Self {
        self.question = Some(column.into());
        self
    }

    /// The same of answers.
    pub fn answer(mut self, column: impl Into<String>) -> Self {
        self.answer = Some(column.into());
        self
    }
}

/// Puzzles of one task, in memory.
///
/// ```
/// use trm::train::{Generate, Puzzles, Task};
///
/// let mut puzzles = Puzzles::new(&Task::sudoku(2, 2))?;
/// puzzles.generate(&Generate::new(100).givens(5..=6))?;
/// assert_eq!(puzzles.len(), 100);
/// assert!(puzzles.get(0)?.question.contains('.') && !puzzles.get(0)?.answer.contains('.'));
/// # Ok::<(), trm::Error>(())
/// ```
#[derive(Debug)]
pub struct Puzzles {
    pointer: *mut trm_puzzles,
}

// SAFETY: a set may be read by several threads; who adds to it has it alone.
unsafe impl Send for Puzzles {}
// SAFETY: see above.
unsafe impl Sync for Puzzles {}

impl Drop for Puzzles {
    fn drop(&mut self) {
        // SAFETY: trainers that use the set borrow it.
        unsafe { trm_sys::trm_puzzles_free(self.pointer) }
    }
}

impl Puzzles {
    /// None yet.
    pub fn new(task: &Task) -> Result<Self> {
        let task = task.to_c()?;
        let mut pointer = null_mut();
        // SAFETY: the task lives through the call.
        check(|error| unsafe { trm_sys::trm_puzzles_create(&task.task, null(), &mut pointer, error) })?;
        Ok(Self { pointer })
    }

    /// Adds those of a list, as doc/lists.md has it: a table, lines, drawings, JSON lines, plain or gzipped,
    /// a folder of arrays. Every puzzle is checked against the task; after an error the set is as before.
    pub fn read(&mut self, path: impl AsRef<Path>) -> Result<()> {
        self.read_list(path, &ReadOptions::new())
    }

    /// The same, of at most so many from the file's beginning; 0 means all.
    pub fn read_up_to(&mut self, path: impl AsRef<Path>, limit: u64) -> Result<()> {
        self.read_list(path, &ReadOptions::new().limit(limit))
    }

    /// The same, with a say in how.
    ///
    /// ```no_run
    /// use trm::train::{Puzzles, ReadOptions, Task};
    ///
    /// let mut puzzles = Puzzles::new(&Task::sudoku(3, 3))?;
    /// puzzles.read_list("raetsel.csv", &ReadOptions::new().question("frage").answer("antwort").limit(100))?;
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn read_list(&mut self, path: impl AsRef<Path>, options: &ReadOptions) -> Result<()> {
        let path = text::path(path.as_ref())?;
        let name =
            |what, name: &Option<String>| name.as_deref().map(|name| text::ended(what, name)).transpose();
        let (question, answer) = (name("question", &options.question)?, name("answer", &options.answer)?);
        let pointer = |name: &Option<CString>| name.as_ref().map_or(null(), |name| name.as_ptr());
        let (question, answer) = (&question, &answer);
        let reading =
            trm_csv_options { question: pointer(question), answer: pointer(answer), ..TRM_CSV_OPTIONS_INIT };
        // SAFETY: the set is there, and nobody else has it; the texts live through the call.
        check(|error| unsafe {
            trm_sys::trm_puzzles_read_list(self.pointer, path.as_ptr(), &reading, options.limit, error)
        })
    }

    /// Adds puzzles made up at random, the same on every machine. After an error the set is as before.
    pub fn generate(&mut self, options: &Generate) -> Result<()> {
        let options = options.to_c();
        // SAFETY: as above.
        check(|error| unsafe { trm_sys::trm_puzzles_generate(self.pointer, &options, error) })
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        // SAFETY: the set is there.
        unsafe { trm_sys::trm_puzzles_count(self.pointer) }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What they are about, with everything filled in.
    pub fn task(&self) -> Result<Task> {
        // SAFETY: the set is there.
        unsafe { Task::of(self.pointer) }
    }

    /// The one at `index`, below [`len`](Self::len).
    ///
    /// ```
    /// use trm::train::{Generate, Puzzles, Task};
    /// use trm::{Model, Options, Puzzle, Relation};
    ///
    /// let mut graphs = Puzzles::new(&Task::colouring(4))?;
    /// graphs.generate(&Generate::new(1).positions(12..=20).colours(3..=3))?;
    /// let graph = graphs.get(0)?;
    /// let edges: Vec<Relation> = graph.relations.iter().map(|(name, lists)| lists.relation(name)).collect();
    /// let puzzle = Puzzle::from(&graph.question).shape(graph.shape).relations(&edges);
    /// println!("{}", Model::open("models/colouring.trm")?.solve(puzzle, &Options::new())?);
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn get(&self, index: u64) -> Result<Lesson> {
        let (task, mut brought) = (self.task()?, TRM_QUESTIONS_INIT);
        // SAFETY: the set is there.
        check(|error| unsafe { trm_sys::trm_puzzles_question(self.pointer, index, &mut brought, error) })?;
        // SAFETY: what was brought belongs to the set.
        let shape = unsafe { brought.shapes.as_ref() }.map_or(Shape::new(), Shape::of);
        let cells = match shape.own_cells() {
            0 => task.grid_rows as usize * task.grid_columns as usize,
            own => own,
        };
        let (mut question, mut answer, mut rating) = (vec![0u8; cells], vec![0u8; cells], 0);
        // SAFETY: the set is there, and there is room for a character in each cell.
        check(|error| unsafe {
            let (to, answer_to) = (question.as_mut_ptr().cast(), answer.as_mut_ptr().cast());
            trm_sys::trm_puzzles_get(self.pointer, index, to, answer_to, &mut rating, error)
        })?;
        let helpers = shape.as_c().helpers as usize;
        // SAFETY: as above; there are so many of each.
        let (relations, helpers, features) = unsafe {
            let numbers = (cells + helpers) * task.features as usize;
            (
                relations_of(&brought),
                copied(brought.helper_tokens, helpers),
                copied(brought.features, numbers),
            )
        };
        let (question, answer) = (text::from_bytes(&question), text::from_bytes(&answer));
        Ok(Lesson { question, answer, rating, shape, relations, helpers, features })
    }

    /// Writes all of them as a CSV file, gzipped when the path ends in `.gz`; `source` is its first column.
    pub fn write(&self, path: impl AsRef<Path>, source: &str) -> Result<()> {
        let (path, source) = (text::path(path.as_ref())?, text::ended("source", source)?);
        // SAFETY: the set is there, the texts live through the call.
        check(|error| unsafe {
            trm_sys::trm_puzzles_write(self.pointer, path.as_ptr(), source.as_ptr(), error)
        })
    }

    /// Good as long as this is.
    pub(super) fn pointer(&self) -> *const trm_puzzles {
        self.pointer
    }
}

/// # Safety
///
/// There are so many numbers.
unsafe fn copied<T: Copy>(from: *const T, count: usize) -> Vec<T> {
    if from.is_null() || count == 0 {
        return Vec::new();
    }
    // SAFETY: as the caller says.
    unsafe { from_raw_parts(from, count) }.to_vec()
}

/// # Safety
///
/// The relations are there.
unsafe fn relations_of(brought: &trm_questions) -> Vec<(String, Lists)> {
    let one = |index| {
        // SAFETY: there are so many, each with as many offsets and numbers as it says, and a name that ends
        // with a zero.
        unsafe {
            let relation = &*brought.relations.add(index);
            let first = copied(relation.first, relation.lists as usize + 1);
            let heard = copied(relation.heard, relation.heard_count as usize);
            (CStr::from_ptr(relation.name).to_string_lossy().into_owned(), Lists::of_parts(first, heard))
        }
    };
    (0..brought.relation_count).map(one).collect()
}

settings! {
    /// Puzzles to make up.
    Generate of trm_generate_options = TRM_GENERATE_OPTIONS_INIT {
        /// How many.
        count(u64): u64,
        /// The number of the first, 0 unless said: each depends on the task, the seed, its number and the
        /// ranges alone.
        first(u64): u64,
        /// Of the random numbers; 0 unless said.
        seed(u64): u64,
        /// Paths: whether maps are open: several shortest ways may lead to the goal.
        open(bool): u32,
        /// Paths: per cent of the goals that cannot be reached.
        unreachable(u32): u32,
        /// Sudokus: whether none of the givens could be left out.
        minimal(bool): u32,
    }
    {
        ranges: [u32; 8],
    }
}

impl Generate {
    /// So many.
    pub fn new(count: u64) -> Self {
        Self::default().count(count)
    }

    /// Of a Sudoku: how many cells are given, drawn evenly from the range as far as grids have such puzzles.
    /// Unless said, 4 to 10 of 16 cells, 8 to 20 of 36, 24 to 45 of 81, otherwise 45 to 65 %.
    pub fn givens(mut self, range: RangeInclusive<u32>) -> Self {
        self.ranges[..2].copy_from_slice(&[*range.start(), *range.end()]);
        self
    }

    /// Of a path: how many of the cells are walls, in per cent, drawn evenly from the range. Unless said, 20
    /// to 35.
    pub fn walls(mut self, range: RangeInclusive<u32>) -> Self {
        self.ranges[2..4].copy_from_slice(&[*range.start(), *range.end()]);
        self
    }

    /// Of a graph to be coloured: how many vertices it has. Unless said, 10 to 24.
    pub fn positions(mut self, range: RangeInclusive<u32>) -> Self {
        self.ranges[4..6].copy_from_slice(&[*range.start(), *range.end()]);
        self
    }

    /// The same: how many colours. Unless said, 3 or 4.
    pub fn colours(mut self, range: RangeInclusive<u32>) -> Self {
        self.ranges[6..].copy_from_slice(&[*range.start(), *range.end()]);
        self
    }

    fn to_c(&self) -> trm_generate_options {
        let [least_givens, most_givens, least_walls, most_walls, ..] = self.ranges;
        let [.., least_positions, most_positions, least_fields, most_fields] = self.ranges;
        trm_generate_options {
            least_givens,
            most_givens,
            least_walls,
            most_walls,
            least_positions,
            most_positions,
            least_fields,
            most_fields,
            ..self.settings()
        }
    }
}
