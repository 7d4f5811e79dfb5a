//! Puzzles being solved.

use crate::answer::{Answer, Room};
use crate::callbacks::Callbacks;
use crate::error::{check, Result};
use crate::executor::throwing;
use crate::model::Model;
use crate::options::Options;
use crate::puzzle::Puzzle;
use crate::questions::Questions;
use crate::shape::Shape;
use crate::threads::Threads;
use std::ptr::null_mut;
use trm_sys::{trm_solve_options, trm_solver};

/// A batch of puzzles that are solved side by side, one step at a time. Its memory is taken once, when it is
/// made, so that it can be loaded again and again.
///
/// ```
/// use trm::{Model, Options, Solver};
///
/// let model = Model::open("models/sudoku-4x4.trm")?;
/// let mut solver = Solver::new(&model, &Options::new().batch(2))?;
/// solver.load(["1.3..4.2.3.12.4.", "....2...3..2..4."])?;
/// while solver.step()? > 0 {
///     println!("{}", solver.answers()?[1]);
/// }
/// assert_eq!(solver.answers()?[0].to_string(), "1234341243212143");
/// # Ok::<(), trm::Error>(())
/// ```
///
/// It can move to another thread, but is used by one at a time:
///
/// ```compile_fail
/// fn shared<T: Sync>() {}
/// shared::<trm::Solver>();
/// ```
#[derive(Debug)]
pub struct Solver {
    pointer: *mut trm_solver,
    loaded: usize,
    positions: usize,
    shape: Shape,
    has_logits: bool,
    candidates: u32,
    model: Model,
    /// The library calls them when it makes a step.
    _threads: Threads,
    _callbacks: Callbacks,
}

// SAFETY: a solver belongs to one thread at a time, whichever it is; what it refers to can be shared.
unsafe impl Send for Solver {}

impl Drop for Solver {
    fn drop(&mut self) {
        // SAFETY: nobody else has the pointer. Model and threads are dropped after this.
        unsafe { trm_sys::trm_solver_free(self.pointer) }
    }
}

impl Solver {
    /// Room for [`Options::batch`] puzzles, or for one, of the model's own shape unless [`Options::shape`]
    /// says more. The time budget of the options is for whole solves alone: here, just stop calling
    /// [`step`](Self::step).
    pub fn new(model: &Model, options: &Options) -> Result<Self> {
        Self::with(model, options, &options.for_batch(1))
    }

    /// With a puzzle loaded.
    pub(crate) fn for_one(model: &Model, questions: &Questions<'_>, options: &Options) -> Result<Self> {
        let mut solver =
            Self::with(model, options, &questions.joined()?.room(options.clone().batch(1).for_batch(1)))?;
        solver.put(questions)?;
        Ok(solver)
    }

    fn with(model: &Model, options: &Options, settings: &trm_solve_options) -> Result<Self> {
        let (model, threads, callbacks) =
            (model.clone(), options.threads().clone(), options.callbacks().clone());
        let mut pointer = null_mut();
        // SAFETY: the model is open, `settings` and what it names live through the call.
        check(|error| unsafe { trm_sys::trm_solver_create(model.pointer(), settings, &mut pointer, error) })?;
        Ok(Self {
            pointer,
            loaded: 0,
            positions: 0,
            shape: Shape::new(),
            has_logits: options.has_logits(),
            candidates: options.most_candidates(),
            model,
            _threads: threads,
            _callbacks: callbacks,
        })
    }

    pub(crate) fn pointer(&self) -> *const trm_solver {
        self.pointer
    }

    pub(crate) fn model(&self) -> &Model {
        &self.model
    }

    /// S and the shape of the puzzles that were loaded.
    pub(crate) fn loaded_shape(&self) -> (usize, Shape) {
        (self.positions, self.shape)
    }

    pub(crate) fn most_candidates(&self) -> u32 {
        self.candidates
    }

    /// Puts puzzles in, each in the model's initial state; what was there is gone. After an error, it is
    /// still there.
    pub fn load<'a, P: Into<Puzzle<'a>>>(&mut self, puzzles: impl IntoIterator<Item = P>) -> Result<()> {
        self.put(&Questions::new(&self.model.clone(), puzzles)?)
    }

    fn put(&mut self, questions: &Questions<'_>) -> Result<()> {
        let joined = questions.joined()?;
        // SAFETY: the solver is there, the questions live through the call.
        check(|error| unsafe { trm_sys::trm_solver_load(self.pointer, &joined.as_c(), error) })?;
        (self.loaded, self.positions, self.shape) =
            (questions.count(), questions.positions(), questions.shape());
        Ok(())
    }

    /// Makes one supervision step of every puzzle that has not stopped. Returns how many of them still have
    /// not.
    pub fn step(&mut self) -> Result<usize> {
        let mut running = 0;
        // SAFETY: the solver is there, and so are its model and threads.
        throwing(|| check(|error| unsafe { trm_sys::trm_solver_step(self.pointer, &mut running, error) }))?;
        Ok(running as usize)
    }

    /// The answers after the last step of each puzzle.
    pub fn answers(&self) -> Result<Vec<Answer>> {
        let mut room = Room::new(&self.model, self.loaded, self.positions, self.has_logits);
        // SAFETY: the solver is there, with as many puzzles as there is room for.
        check(|error| unsafe { trm_sys::trm_solver_read(self.pointer, &room.as_c(), error) })?;
        Ok(room.into_answers(&self.model, self.shape))
    }
}

/// A whole solve.
pub(crate) fn solve(model: &Model, questions: &Questions<'_>, options: &Options) -> Result<Vec<Answer>> {
    if questions.count() == 0 {
        return Ok(Vec::new());
    }
    let mut room = Room::new(model, questions.count(), questions.positions(), options.has_logits());
    let joined = questions.joined()?;
    let settings = joined.room(options.for_count(questions.count()));
    let (asked, answers) = (joined.as_c(), room.as_c());
    // SAFETY: the model is open; there are `count` questions, and room for as many answers.
    throwing(|| {
        check(|error| unsafe { trm_sys::trm_solve(model.pointer(), &asked, &answers, &settings, error) })
    })?;
    Ok(room.into_answers(model, questions.shape()))
}
