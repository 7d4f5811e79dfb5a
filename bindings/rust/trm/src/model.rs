//! An opened model.

use crate::answer::Answer;
use crate::digits::Digits;
use crate::error::{check, Result};
use crate::info::{self, Info, Metadata, RelationInfo, Tensor};
use crate::open::OpenOptions;
use crate::options::Options;
use crate::puzzle::Puzzle;
use crate::questions::Questions;
use crate::shape::Shape;
use crate::solver::{self, Solver};
use crate::steps::Steps;
use crate::text;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use trm_sys::trm_model;

/// An opened model. It never changes; clones are the same model, which is closed with the last of them and of
/// the solvers and answers that came from it.
///
/// ```
/// use std::thread;
/// use trm::{Model, Options};
///
/// let model = Model::open("models/sudoku-4x4.trm")?;
/// thread::scope(|scope| {
///     for puzzle in ["1.3..4.2.3.12.4.", "....2...3..2..4."] {
///         let model = &model;
///         scope.spawn(move || println!("{}", model.solve(puzzle, &Options::new()).unwrap()));
///     }
/// });
/// # Ok::<(), trm::Error>(())
/// ```
#[derive(Clone)]
pub struct Model(Arc<Opened>);

struct Opened {
    handle: Handle,
    info: Info,
    digits: Digits,
    /// That of the file, without its folder.
    name: Vec<u8>,
}

struct Handle(*mut trm_model);

// SAFETY: the library never changes a model after it was opened; any thread may use and close it.
unsafe impl Send for Handle {}
// SAFETY: see above.
unsafe impl Sync for Handle {}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: whoever uses the pointer holds the Arc around this.
        unsafe { trm_sys::trm_model_close(self.0) }
    }
}

impl Model {
    /// Opens a `.trm` file, or a model by its name ([`models`](crate::models)). Raw weights are mapped and
    /// used in place, deflated ones are expanded into memory. Everything in it is checked here, once.
    /// [`OpenOptions`] open it otherwise: read instead of mapped, from memory, in 8-bit integers.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        OpenOptions::new().open(path)
    }

    /// # Safety
    ///
    /// The library opened the model, and nobody else closes it.
    pub(crate) unsafe fn from_pointer(pointer: *mut trm_model, name: &[u8]) -> Result<Self> {
        let handle = Handle(pointer);
        // SAFETY: the model is open.
        let info = unsafe { info::describe(pointer) }?;
        // SAFETY: as above.
        let metadata = (0..info.metadata_count).map(|index| unsafe { info::metadata(pointer, index) });
        let digits = Digits::new(&info, &metadata.collect::<Result<Vec<_>>>()?);
        Ok(Self(Arc::new(Opened { handle, info, digits, name: name.to_vec() })))
    }

    pub(crate) fn digits(&self) -> &Digits {
        &self.0.digits
    }

    pub(crate) fn file_name(&self) -> &[u8] {
        &self.0.name
    }

    pub(crate) fn pointer(&self) -> *const trm_model {
        self.0.handle.0
    }

    /// What the model is.
    ///
    /// ```
    /// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
    /// assert_eq!(model.info().task, "sudoku");
    /// assert_eq!((model.info().grid_rows, model.info().grid_columns), (4, 4));
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn info(&self) -> &Info {
        &self.0.info
    }

    /// The keys and values of the file, in its order.
    ///
    /// ```
    /// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
    /// use trm::Metadata;
    ///
    /// let metadata = model.metadata()?;
    /// assert!(metadata.contains(&("task.name".into(), Metadata::Text("sudoku".into()))));
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn metadata(&self) -> Result<Vec<(String, Metadata)>> {
        // SAFETY: the model is open.
        (0..self.info().metadata_count)
            .map(|index| unsafe { info::metadata(self.pointer(), index) })
            .collect()
    }

    /// The tensors of the file, in its order.
    ///
    /// ```
    /// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
    /// let stored: u64 = model.tensors()?.iter().map(|tensor| tensor.stored_bytes).sum();
    /// assert!(stored < model.info().file_bytes);
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn tensors(&self) -> Result<Vec<Tensor>> {
        // SAFETY: the model is open.
        (0..self.info().tensor_count).map(|index| unsafe { info::tensor(self.pointer(), index) }).collect()
    }

    /// The relations that the model knows, in its file's order: who hears whom.
    ///
    /// ```
    /// use trm::{Model, RelationSource};
    ///
    /// let model = Model::open("models/colouring.trm")?;
    /// let edge = &model.relations()?[0];
    /// assert_eq!((edge.name.as_str(), edge.source), ("edge", RelationSource::Question));
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn relations(&self) -> Result<Vec<RelationInfo>> {
        // SAFETY: the model is open.
        (0..self.info().relation_count)
            .map(|index| unsafe { info::relation(self.pointer(), index) })
            .collect()
    }

    /// Turns text into tokens by the model's alphabet, one character a position.
    ///
    /// ```
    /// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
    /// let tokens = model.encode("1.3..4.2.3.12.4.")?;
    /// assert_eq!(model.decode(&tokens)?, "1.3..4.2.3.12.4.");
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn encode(&self, text: &str) -> Result<Vec<i32>> {
        self.encode_as(Shape::new().told_by(text.chars().count(), self.info()), text)
    }

    /// The same of a shape that the text does not tell by its length.
    ///
    /// ```
    /// use trm::{Model, Shape};
    ///
    /// let model = Model::open("models/path.trm")?;
    /// let (shape, map) = (Shape::grid(5, 6), "S  #   #   # ##     ### #    G");
    /// assert_eq!(model.decode_as(shape, &model.encode_as(shape, map)?)?, map);
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn encode_as(&self, shape: Shape, text: &str) -> Result<Vec<i32>> {
        let mut tokens = Vec::new();
        self.encode_to(shape, text, &mut tokens)?;
        Ok(tokens)
    }

    /// Adds the tokens of a text.
    pub(crate) fn encode_to(&self, shape: Shape, text: &str, tokens: &mut Vec<i32>) -> Result<()> {
        let begin = tokens.len();
        let bytes = text::bytes(text)?;
        tokens.resize(begin + bytes.len(), 0);
        // SAFETY: the model is open; there is room for as many tokens as there are characters, which is S or
        // refused.
        let done = check(|error| unsafe {
            let to = tokens[begin..].as_mut_ptr();
            trm_sys::trm_model_encode(
                self.pointer(),
                shape.as_c(),
                bytes.as_ptr().cast(),
                bytes.len(),
                to,
                error,
            )
        });
        if done.is_err() {
            tokens.truncate(begin);
        }
        done
    }

    /// Turns tokens into text; a token without a character becomes `?`.
    pub fn decode(&self, tokens: &[i32]) -> Result<String> {
        self.decode_as(Shape::new().told_by(tokens.len(), self.info()), tokens)
    }

    /// The same of a shape that the tokens do not tell by their number.
    pub fn decode_as(&self, shape: Shape, tokens: &[i32]) -> Result<String> {
        let mut text = vec![0u8; tokens.len()];
        // SAFETY: the model is open; there is room for as many characters as there are tokens, which is S or
        // refused.
        check(|error| unsafe {
            let (from, to) = (tokens.as_ptr(), text.as_mut_ptr().cast());
            trm_sys::trm_model_decode(self.pointer(), shape.as_c(), from, tokens.len(), to, error)
        })?;
        Ok(text::from_bytes(&text))
    }

    /// Solves one puzzle, given as text in the model's alphabet, as digits or, by [`Puzzle::tokens`], as
    /// tokens.
    ///
    /// ```
    /// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
    /// use trm::{Options, Stop};
    ///
    /// let answer = model.solve("1.3..4.2.3.12.4.", &Options::new().halt_probability(0.9))?;
    /// assert_eq!(answer.stop, Stop::Signal);
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn solve<'a>(&self, puzzle: impl Into<Puzzle<'a>>, options: &Options) -> Result<Answer> {
        Ok(solver::solve(self, &Questions::of(self, &puzzle.into())?, options)?.swap_remove(0))
    }

    /// Solves many puzzles of one shape, side by side. Their answers are those that each of them would get
    /// alone.
    ///
    /// ```
    /// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
    /// let answers = model.solve_all(["1.3..4.2.3.12.4.", "....2...3..2..4."], &trm::Options::new())?;
    /// assert_eq!(answers.len(), 2);
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn solve_all<'a, P>(
        &self,
        puzzles: impl IntoIterator<Item = P>,
        options: &Options,
    ) -> Result<Vec<Answer>>
    where
        P: Into<Puzzle<'a>>,
    {
        solver::solve(self, &Questions::new(self, puzzles)?, options)
    }

    /// Watches a solve: an iterator over the answer as it stands after each step, which ends when the puzzle
    /// has stopped. Whoever has seen enough leaves the loop.
    ///
    /// ```
    /// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
    /// for answer in model.steps("....2...3..2..4.", &trm::Options::new().halt_probability(0.9))? {
    ///     let answer = answer?;
    ///     println!("{answer}: {:.1} %", 100.0 * answer.halt_probability);
    /// }
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn steps<'a>(&self, puzzle: impl Into<Puzzle<'a>>, options: &Options) -> Result<Steps> {
        let questions = Questions::of(self, &puzzle.into())?;
        Ok(Steps::new(Solver::for_one(self, &questions, options)?))
    }

    /// The symmetries of the task, for [`Options::views`]: 0 is a puzzle as it is.
    ///
    /// ```
    /// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
    /// assert_eq!(model.views()?, [0, 1, 2, 3, 4, 5, 6, 7]);
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn views(&self) -> Result<Vec<u32>> {
        self.views_of(Shape::new())
    }

    /// The same for puzzles of a shape: only a square has rows and columns that change places.
    pub fn views_of(&self, shape: Shape) -> Result<Vec<u32>> {
        let (mut views, mut count) = ([0; trm_sys::TRM_MAXIMUM_VIEWS as usize], 0);
        // SAFETY: the model is open, and there is room for as many views as there can be.
        check(|error| unsafe {
            let to = views.as_mut_ptr();
            trm_sys::trm_model_views(self.pointer(), shape.as_c(), to, &mut count, error)
        })?;
        Ok(views[..count as usize].to_vec())
    }

    /// The bytes of memory that a [`Solver`] with these options takes.
    ///
    /// ```
    /// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
    /// use trm::Options;
    ///
    /// assert!(model.solver_bytes(&Options::new().batch(8))? > model.solver_bytes(&Options::new())?);
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn solver_bytes(&self, options: &Options) -> Result<usize> {
        let options = options.for_batch(1);
        let mut bytes = 0;
        // SAFETY: the model is open, the rest lives through the call.
        check(|error| unsafe { trm_sys::trm_solver_measure(self.pointer(), &options, &mut bytes, error) })?;
        Ok(bytes)
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_tuple("Model").field(self.info()).finish()
    }
}
