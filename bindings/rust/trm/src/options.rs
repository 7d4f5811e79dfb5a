//! How to solve.

use crate::answer::{Policy, Verdict};
use crate::callbacks::{Callbacks, RunStep};
use crate::enumeration::enumeration;
use crate::executor::Tasks;
use crate::pool::Pool;
use crate::shape::Shape;
use crate::threads::Threads;
use std::ptr::null;
use std::time::Duration;
use trm_sys::{trm_solve_options, TRM_HALT_SIGNAL, TRM_HALT_STABLE, TRM_SOLVE_OPTIONS_INIT};

enumeration! {
    /// What a run starts from.
    Start {
        /// As the model was taught: with random numbers where its [`start_noise`](crate::Info::start_noise)
        /// is above 0.
        Model = TRM_START_MODEL,
        /// The learned initial state alone.
        Fixed = TRM_START_FIXED,
        /// With random numbers, that depend on the seed and the run alone; refused by a model that was taught
        /// without.
        Random = TRM_START_RANDOM,
    }
}

/// How to solve. What is not said is as published: up to the steps that the model was trained for, or until
/// its halt probability is above one half.
///
/// ```
/// use std::time::Duration;
/// use trm::{Options, Pool};
///
/// let options = Options::new()
///     .halt_probability(0.9)
///     .maximum_steps(32)
///     .budget(Duration::from_millis(5))
///     .pool(&Pool::new(2)?);
/// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
/// assert!(model.solve("1.3..4.2.3.12.4.", &options)?.steps <= 32);
/// # Ok::<(), trm::Error>(())
/// ```
///
/// A number that the library does not take is an error of the call that the options are given to.
#[derive(Clone, Debug)]
pub struct Options {
    maximum_steps: u32,
    halt: u32,
    stable_steps: u32,
    batch: Option<u32>,
    budget_nanoseconds: u64,
    halt_probability: f64,
    shape: Shape,
    heard: u64,
    start: Start,
    seed: u64,
    runs: u32,
    policy: Policy,
    views: Vec<u32>,
    is_search: bool,
    is_required: bool,
    step_budget: u64,
    candidates: u32,
    callbacks: Callbacks,
    has_logits: bool,
    threads: Threads,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            maximum_steps: TRM_SOLVE_OPTIONS_INIT.maximum_steps,
            halt: TRM_SOLVE_OPTIONS_INIT.halt,
            stable_steps: TRM_SOLVE_OPTIONS_INIT.stable_steps,
            batch: None,
            budget_nanoseconds: TRM_SOLVE_OPTIONS_INIT.budget_nanoseconds,
            halt_probability: TRM_SOLVE_OPTIONS_INIT.halt_probability,
            shape: Shape::new(),
            heard: 0,
            start: Start::Model,
            seed: 0,
            runs: 1,
            policy: Policy::FirstHalt,
            views: Vec::new(),
            is_search: false,
            is_required: false,
            step_budget: 0,
            candidates: 0,
            callbacks: Callbacks::default(),
            has_logits: false,
            threads: Threads::default(),
        }
    }
}

impl Options {
    /// The published way.
    pub fn new() -> Self {
        Self::default()
    }

    /// At most so many supervision steps, up to 65536. 0, the default, means those that the model was trained
    /// for.
    pub fn maximum_steps(mut self, steps: u32) -> Self {
        self.maximum_steps = steps;
        self
    }

    /// Whether the model's learned signal stops a puzzle, which is the default. Without it, and without
    /// [`stable_steps`](Self::stable_steps), all steps are made, as the published evaluation does.
    pub fn halt_signal(mut self, halts: bool) -> Self {
        self.halt = if halts { self.halt | TRM_HALT_SIGNAL } else { self.halt & !TRM_HALT_SIGNAL };
        self
    }

    /// The halt probability above which the signal stops a puzzle, below 1. 0, the default, means one half,
    /// the published rule. A higher one costs steps and makes fewer mistakes.
    pub fn halt_probability(mut self, probability: f64) -> Self {
        self.halt_probability = probability;
        self
    }

    /// Also stops a puzzle when its answer was the same after so many steps in a row, 2 to 65536.
    pub fn stable_steps(mut self, steps: u32) -> Self {
        self.halt |= TRM_HALT_STABLE;
        self.stable_steps = steps;
        self
    }

    /// The time for a whole call of [`Model::solve`](crate::Model::solve) or
    /// [`Model::solve_all`](crate::Model::solve_all): no step is begun that would end later, at the pace of
    /// the slowest so far. The first step of each puzzle is always made.
    pub fn budget(mut self, time: Duration) -> Self {
        self.budget_nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).max(1);
        self
    }

    /// How many puzzles are solved side by side, 1 to 65536. By default
    /// [`Model::solve_all`](crate::Model::solve_all) takes 8 for each thread, and a [`Solver`](crate::Solver)
    /// holds one. Answers do not depend on it; memory does.
    pub fn batch(mut self, puzzles: u32) -> Self {
        self.batch = Some(puzzles);
        self
    }

    /// Spreads the work over the threads of a pool. Answers do not depend on it.
    pub fn pool(mut self, pool: &Pool) -> Self {
        self.threads = Threads::Pool(pool.clone());
        self
    }

    /// Spreads the work over the host's own threads. The library cuts it in up to `width` parts, 1 to 1024,
    /// and calls `run`, which runs each of the [`Tasks`] on any thread and returns when all have been run.
    /// The caller of the library runs those that are left then.
    ///
    /// When `run` panics, the caller finishes the work, and the panic goes on from there, behind the library.
    ///
    /// ```
    /// use std::thread;
    /// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
    ///
    /// let options = trm::Options::new().executor(2, |tasks| {
    ///     thread::scope(|scope| {
    ///         for index in 0..tasks.count() {
    ///             scope.spawn(move || tasks.run(index));
    ///         }
    ///     });
    /// });
    /// assert_eq!(model.solve("1.3..4.2.3.12.4.", &options)?.to_string(), "1234341243212143");
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn executor(mut self, width: u32, run: impl Fn(&Tasks) + Send + Sync + 'static) -> Self {
        self.threads = Threads::host(width, run);
        self
    }

    /// The largest shape that a [`Solver`](crate::Solver) must hold; the model's own by default. Whole solves
    /// take what their puzzles have.
    ///
    /// ```
    /// use trm::{Model, Options, Shape, Solver};
    ///
    /// let model = Model::open("models/colouring.trm")?;
    /// let options = Options::new().shape(Shape::positions(40).fields(4)).heard(400);
    /// assert!(model.solver_bytes(&options)? > model.solver_bytes(&Options::new())?);
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn shape(mut self, largest: Shape) -> Self {
        self.shape = largest;
        self
    }

    /// The most numbers that the lists of one puzzle in a [`Solver`](crate::Solver) have, those of all its
    /// relations together; 0, the default, where puzzles bring none.
    pub fn heard(mut self, most: u64) -> Self {
        self.heard = most;
        self
    }

    /// What runs start from, by default as the model was taught.
    pub fn start(mut self, start: Start) -> Self {
        self.start = start;
        self
    }

    /// Of all that is drawn: random starts, guesses. The same seed gives the same answers. 0 by default.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// So many runs of each puzzle, 1 by default: under [`views`](Self::views), and from other random starts
    /// where the model was taught with such. With [`search`](Self::search) so many attempts ride together.
    pub fn runs(mut self, runs: u32) -> Self {
        self.runs = runs;
        self
    }

    /// Who of several runs answers.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// The symmetries under which runs see a puzzle, in turn, of those that
    /// [`Model::views`](crate::Model::views) lists. Models of published kinds also take 8 (values change
    /// places), 16 (lines do) and 32 n (another draw of these).
    pub fn views(mut self, views: impl IntoIterator<Item = u32>) -> Self {
        self.views = views.into_iter().collect();
        self
    }

    /// Whether puzzles that fail are tried again with guesses as givens, until the rules call an answer
    /// right.
    ///
    /// ```
    /// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
    /// let answer = model.solve(".3.2.21....42.31", &trm::Options::new().search(true))?;
    /// assert_eq!(answer.verdict, trm::Verdict::Verified);
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn search(mut self, searches: bool) -> Self {
        self.is_search = searches;
        self
    }

    /// Whether answers that the rules do not call right are withheld: their tokens are 0.
    pub fn require_verified(mut self, required: bool) -> Self {
        self.is_required = required;
        self
    }

    /// The most steps of all runs of a puzzle together; 0, the default, for no limit, in a search 4096.
    pub fn step_budget(mut self, steps: u64) -> Self {
        self.step_budget = steps;
        self
    }

    /// How many distinct answers of a puzzle a [`Solver`](crate::Solver) keeps, for
    /// [`Solver::candidates`](crate::Solver::candidates), up to 65536. The runs go on until so many right
    /// ones were found.
    pub fn candidates(mut self, count: u32) -> Self {
        self.candidates = count;
        self
    }

    /// Rules in place of the task's: of a puzzle and its answer, as tokens. Called on the thread that solves.
    /// A panic ends the solve, and goes on from there, behind the library.
    pub fn verifier(mut self, verify: impl Fn(&[i32], &[i32]) -> Verdict + Send + Sync + 'static) -> Self {
        self.callbacks.set_verifier(verify);
        self
    }

    /// Somebody who is shown every step of every run. Called on the thread that solves; panics as in
    /// [`verifier`](Self::verifier).
    pub fn watcher(mut self, look: impl Fn(&RunStep) + Send + Sync + 'static) -> Self {
        self.callbacks.set_watcher(look);
        self
    }

    /// Fills [`Answer::logits`](crate::Answer::logits).
    pub fn logits(mut self, wanted: bool) -> Self {
        self.has_logits = wanted;
        self
    }

    pub(crate) fn most_candidates(&self) -> u32 {
        self.candidates
    }

    pub(crate) fn has_logits(&self) -> bool {
        self.has_logits
    }

    pub(crate) fn is_required(&self) -> bool {
        self.is_required
    }

    pub(crate) fn threads(&self) -> &Threads {
        &self.threads
    }

    pub(crate) fn callbacks(&self) -> &Callbacks {
        &self.callbacks
    }

    /// As the library takes them, with this batch if no other was asked for. Good as long as this is.
    pub(crate) fn for_batch(&self, puzzles: u32) -> trm_solve_options {
        trm_solve_options {
            maximum_steps: self.maximum_steps,
            halt: self.halt,
            stable_steps: self.stable_steps,
            batch: self.batch.unwrap_or(puzzles),
            budget_nanoseconds: self.budget_nanoseconds,
            executor: self.threads.executor(),
            halt_probability: self.halt_probability,
            shape: self.shape.as_c(),
            heard: self.heard,
            start: self.start.into(),
            seed: self.seed,
            runs: self.runs,
            policy: self.policy.into(),
            search: u32::from(self.is_search),
            require_verified: u32::from(self.is_required),
            views: if self.views.is_empty() { null() } else { self.views.as_ptr() },
            view_count: self.views.len(),
            step_budget: self.step_budget,
            candidates: self.candidates,
            verifier: self.callbacks.verifier(),
            watcher: self.callbacks.watcher(),
            ..TRM_SOLVE_OPTIONS_INIT
        }
    }

    /// As the library takes them, for a call that solves `count` puzzles.
    pub(crate) fn for_count(&self, count: usize) -> trm_solve_options {
        const PUZZLES_A_THREAD: u32 = 8;
        let most = self.threads.width().saturating_mul(PUZZLES_A_THREAD).max(1);
        self.for_batch(u32::try_from(count).unwrap_or(most).min(most))
    }
}
