//! Closures of the host that the library asks while it solves. A panic does not pass through C: it waits
//! until C has returned, and what the library returned then is forgotten.

use crate::answer::{How, Stop, Verdict};
use crate::executor::guarded;
use std::fmt;
use std::os::raw::c_void;
use std::ptr::null;
use std::slice::from_raw_parts;
use std::sync::Arc;
use trm_sys::{
    trm_error, trm_questions, trm_run_step, trm_status, trm_verifier, trm_watcher, TRM_ERROR_ARGUMENT,
    TRM_OK, TRM_VERIFIER_INIT, TRM_WATCHER_INIT,
};

type Verify = dyn Fn(&[i32], &[i32]) -> Verdict + Send + Sync;
type Look = dyn Fn(&RunStep) + Send + Sync;

/// A step of a run, as a [`watcher`](crate::Options::watcher) sees it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RunStep {
    /// The number of the puzzle in its call.
    pub puzzle: usize,
    /// The number of the run, of those of its puzzle.
    pub run: u32,
    /// What it is.
    pub how: How,
    /// Steps that it has made.
    pub step: u32,
    /// Why it ends here, or [`Stop::Running`].
    pub stop: Stop,
    /// What the rules say of the answer.
    pub verdict: Verdict,
    /// The symmetry under which it sees the puzzle; 0: as it is.
    pub view: u32,
    /// Guesses that it was given as givens.
    pub pins: u32,
    /// Positions whose token is another than a step before.
    pub changed: u32,
    /// The model's trust in the answer.
    pub halt_probability: f32,
    /// The number behind it.
    pub halt_logit: f32,
    /// The answer as it stands.
    pub tokens: Vec<i32>,
    /// How likely each of its tokens is.
    pub probabilities: Vec<f32>,
    /// The puzzle with the guesses.
    pub asked: Vec<i32>,
}

struct Verifier {
    /// Its `user` is this.
    as_c: trm_verifier,
    verify: Box<Verify>,
}

// SAFETY: `as_c` points to the value that it is part of, and is never changed once it does.
unsafe impl Send for Verifier {}
// SAFETY: see above; `verify` may be called by several threads.
unsafe impl Sync for Verifier {}

struct Watcher {
    /// Its `user` is this.
    as_c: trm_watcher,
    look: Box<Look>,
}

// SAFETY: as for a Verifier.
unsafe impl Send for Watcher {}
// SAFETY: as for a Verifier.
unsafe impl Sync for Watcher {}

/// Those of a solve; whoever uses them holds them.
#[derive(Clone, Default)]
pub(crate) struct Callbacks {
    verifier: Option<Arc<Verifier>>,
    watcher: Option<Arc<Watcher>>,
}

impl fmt::Debug for Callbacks {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "verifier: {}, watcher: {}", self.verifier.is_some(), self.watcher.is_some())
    }
}

impl Callbacks {
    pub(crate) fn set_verifier(
        &mut self,
        verify: impl Fn(&[i32], &[i32]) -> Verdict + Send + Sync + 'static,
    ) {
        self.verifier = Some(Arc::new_cyclic(|this| {
            let user = this.as_ptr() as *mut c_void;
            let as_c = trm_verifier { user, verify: Some(run_verifier), ..TRM_VERIFIER_INIT };
            Verifier { as_c, verify: Box::new(verify) }
        }));
    }

    pub(crate) fn set_watcher(&mut self, look: impl Fn(&RunStep) + Send + Sync + 'static) {
        self.watcher = Some(Arc::new_cyclic(|this| {
            let user = this.as_ptr() as *mut c_void;
            let as_c = trm_watcher { user, step: Some(run_watcher), ..TRM_WATCHER_INIT };
            Watcher { as_c, look: Box::new(look) }
        }));
    }

    /// Shows the watcher a step, where there is one.
    pub(crate) fn look(&self, step: &RunStep) {
        if let Some(watcher) = &self.watcher {
            (watcher.look)(step);
        }
    }

    /// Lives as long as this.
    pub(crate) fn verifier(&self) -> *const trm_verifier {
        self.verifier.as_ref().map_or(null(), |verifier| &verifier.as_c)
    }

    /// Lives as long as this.
    pub(crate) fn watcher(&self) -> *const trm_watcher {
        self.watcher.as_ref().map_or(null(), |watcher| &watcher.as_c)
    }
}

/// TRM_OK, unless the closure panics.
fn status_of(call: impl FnOnce()) -> trm_status {
    if guarded(call) {
        TRM_OK
    } else {
        TRM_ERROR_ARGUMENT
    }
}

/// # Safety
///
/// `user` is a Verifier; the rest is as trm.h says.
unsafe extern "C" fn run_verifier(
    user: *mut c_void,
    question: *const trm_questions,
    _index: usize,
    answer: *const i32,
    verdict: *mut u32,
    _error: *mut trm_error,
) -> trm_status {
    status_of(|| {
        // SAFETY: the options that the library was given hold the Verifier; a question has its shape, and
        // both have as many tokens as that has positions.
        unsafe {
            let host = &*(user as *const Verifier);
            let positions = (*(*question).shapes).positions as usize;
            let asked = from_raw_parts((*question).tokens, positions);
            *verdict = (host.verify)(asked, from_raw_parts(answer, positions)).into();
        }
    })
}

/// # Safety
///
/// `user` is a Watcher; the rest is as trm.h says.
unsafe extern "C" fn run_watcher(
    user: *mut c_void,
    seen: *const trm_run_step,
    _error: *mut trm_error,
) -> trm_status {
    status_of(|| {
        // SAFETY: the options that the library was given hold the Watcher; a step has `positions` tokens.
        let (host, seen) = unsafe { (&*(user as *const Watcher), &*seen) };
        let positions = seen.positions as usize;
        // SAFETY: see above.
        let (tokens, probabilities, asked) = unsafe {
            (
                from_raw_parts(seen.tokens, positions),
                from_raw_parts(seen.probabilities, positions),
                from_raw_parts(seen.asked, positions),
            )
        };
        (host.look)(&RunStep {
            puzzle: seen.question,
            run: seen.run,
            how: seen.how.into(),
            step: seen.step,
            stop: seen.stop.into(),
            verdict: seen.verdict.into(),
            view: seen.view,
            pins: seen.pins,
            changed: seen.changed,
            halt_probability: seen.halt_probability,
            halt_logit: seen.halt_logit,
            tokens: tokens.to_vec(),
            probabilities: probabilities.to_vec(),
            asked: asked.to_vec(),
        });
    })
}
