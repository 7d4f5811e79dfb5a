//! Threads of the host: a closure that C calls. A panic does not pass through C: it waits until C has
//! returned.

use std::any::Any;
use std::cell::Cell;
use std::os::raw::c_void;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use trm_sys::{trm_executor, TRM_EXECUTOR_INIT};

type Task = unsafe extern "C" fn(argument: *mut c_void, index: u32);
type Run = dyn Fn(&Tasks) + Send + Sync;

const MAXIMUM_WIDTH: usize = 1024;
const BITS: usize = u64::BITS as usize;

/// Parts of the library's work, for [`Options::executor`](crate::Options::executor).
#[derive(Debug)]
pub struct Tasks {
    task: Task,
    argument: *mut c_void,
    count: u32,
    /// A bit for each that was taken.
    taken: [AtomicU64; MAXIMUM_WIDTH / BITS],
}

// SAFETY: the library lets its tasks run on any threads, each of them once, which `taken` sees to. A
// closure only borrows them, for as long as the library waits.
unsafe impl Send for Tasks {}
// SAFETY: see above.
unsafe impl Sync for Tasks {}

impl Tasks {
    /// How many there are: never more than the width.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Runs the one at `index`, below [`count`](Self::count), on this thread. Once: later calls do nothing.
    ///
    /// # Panics
    ///
    /// When there is none at `index`.
    pub fn run(&self, index: u32) {
        assert!(index < self.count, "expected the index of one of {} tasks, found {index}", self.count);
        let (word, bit) = (index as usize / BITS, 1 << (index as usize % BITS));
        if self.taken[word].fetch_or(bit, Ordering::AcqRel) & bit == 0 {
            // SAFETY: the library asked for this call, which is the only one for this index.
            unsafe { (self.task)(self.argument, index) }
        }
    }

    fn run_all(&self) {
        (0..self.count).for_each(|index| self.run(index));
    }
}

/// A closure as the library takes it.
pub(crate) struct Host {
    /// Its `user` is this.
    executor: trm_executor,
    run: Box<Run>,
}

// SAFETY: `executor` points to the value that it is part of, and is never changed once it does.
unsafe impl Send for Host {}
// SAFETY: see above; `run` may be called by several threads.
unsafe impl Sync for Host {}

impl Host {
    pub(crate) fn new(width: u32, run: Box<Run>) -> Arc<Self> {
        Arc::new_cyclic(|this| {
            let user = this.as_ptr() as *mut c_void;
            Self { executor: trm_executor { width, user, run: Some(run_host), ..TRM_EXECUTOR_INIT }, run }
        })
    }

    /// Lives as long as this.
    pub(crate) fn executor(&self) -> *const trm_executor {
        &self.executor
    }

    pub(crate) fn width(&self) -> u32 {
        self.executor.width
    }
}

thread_local! {
    /// What a closure threw, until the library has returned to the thread that called it.
    static PANIC: Cell<Option<Box<dyn Any + Send>>> = const { Cell::new(None) };
}

/// The library calls this on the thread that called the library.
///
/// # Safety
///
/// `user` is a Host; the rest is as trm.h says.
unsafe extern "C" fn run_host(user: *mut c_void, task: Option<Task>, argument: *mut c_void, count: u32) {
    // SAFETY: the options that the library was given hold the Host, which nobody changes.
    let host = unsafe { &*(user as *const Host) };
    let task = task.expect("the library has something to do");
    let tasks = Tasks { task, argument, count, taken: std::array::from_fn(|_| AtomicU64::new(0)) };
    PANIC.with(|panic| {
        // After a panic the closure is left alone.
        panic.set(panic.take().or_else(|| catch_unwind(AssertUnwindSafe(|| (host.run)(&tasks))).err()));
    });
    tasks.run_all();
}

/// Runs a closure of the host's; false when it panicked, which is thrown once the library has returned.
pub(crate) fn guarded(call: impl FnOnce()) -> bool {
    let panic = catch_unwind(AssertUnwindSafe(call)).err();
    let good = panic.is_none();
    PANIC.with(|kept| kept.set(kept.take().or(panic)));
    good
}

/// Calls the library with what may use a Host, and throws what a closure threw meanwhile.
pub(crate) fn throwing<T>(call: impl FnOnce() -> T) -> T {
    let result = call();
    match PANIC.with(Cell::take) {
        Some(panic) => resume_unwind(panic),
        None => result,
    }
}
