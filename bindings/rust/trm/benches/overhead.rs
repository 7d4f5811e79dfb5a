//! What a call of this crate costs over the same call in C: both in turns, in one process, the fastest and
//! the median of many rounds of one step for each puzzle.
//!
//!     cargo bench --bench overhead [MODEL.trm]

use std::ptr::{null, null_mut};
use std::time::{Duration, Instant};
use trm::{Model, Options};
use trm_sys::{TRM_ANSWERS_INIT, TRM_OK, TRM_OPEN_OPTIONS_INIT, TRM_QUESTIONS_INIT, TRM_SOLVE_OPTIONS_INIT};

/// As a C program solves: everything in arrays that were there before.
struct InC {
    model: *mut trm_sys::trm_model,
    tokens: Vec<i32>,
    answers: Vec<i32>,
    probabilities: Vec<f32>,
    trust: [Vec<f32>; 3],
    numbers: [Vec<u32>; 2],
}

impl InC {
    fn new(path: &str, tokens: Vec<i32>, count: usize) -> Self {
        let path = std::ffi::CString::new(path).expect("a path");
        let mut model = null_mut();
        // SAFETY: all pointers are to values that live through the call.
        let status =
            unsafe { trm_sys::trm_model_open(path.as_ptr(), &TRM_OPEN_OPTIONS_INIT, &mut model, null_mut()) };
        assert_eq!(status, TRM_OK);
        let (answers, probabilities) = (vec![0; tokens.len()], vec![0.0; tokens.len()]);
        let (trust, numbers) = ([(); 3].map(|_| vec![0.0; count]), [(); 2].map(|_| vec![0; count]));
        Self { model, tokens, answers, probabilities, trust, numbers }
    }

    fn solve(&mut self) {
        let mut questions = TRM_QUESTIONS_INIT;
        questions.count = self.numbers[0].len();
        questions.tokens = self.tokens.as_ptr();
        questions.identifiers = null();
        let mut answers = TRM_ANSWERS_INIT;
        answers.tokens = self.answers.as_mut_ptr();
        answers.probabilities = self.probabilities.as_mut_ptr();
        answers.halt_probabilities = self.trust[0].as_mut_ptr();
        answers.halt_logits = self.trust[1].as_mut_ptr();
        answers.continue_logits = self.trust[2].as_mut_ptr();
        answers.steps = self.numbers[0].as_mut_ptr();
        answers.stops = self.numbers[1].as_mut_ptr();
        let mut options = TRM_SOLVE_OPTIONS_INIT;
        options.maximum_steps = 1;
        options.batch = questions.count.min(8) as u32;
        // SAFETY: the model is open, and the arrays are as long as trm.h says.
        let status = unsafe { trm_sys::trm_solve(self.model, &questions, &answers, &options, null_mut()) };
        assert_eq!(status, TRM_OK);
    }
}

impl Drop for InC {
    fn drop(&mut self) {
        // SAFETY: nobody else has the model.
        unsafe { trm_sys::trm_model_close(self.model) }
    }
}

fn time(work: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    work();
    begin.elapsed()
}

/// Microseconds: the fastest and the median.
fn summary(mut times: Vec<Duration>) -> (f64, f64) {
    times.sort();
    let microseconds = |time: Duration| time.as_secs_f64() * 1e6;
    (microseconds(times[0]), microseconds(times[times.len() / 2]))
}

fn compare(path: &str, count: usize, rounds: usize) {
    let model = Model::open(path).unwrap_or_else(|error| panic!("{error}"));
    let positions = model.info().positions as usize;
    let tokens = vec![1; count * positions];
    let options = Options::new().maximum_steps(1);
    let mut in_c = InC::new(path, tokens.clone(), count);
    let (mut c, mut rust) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        c.push(time(|| in_c.solve()));
        rust.push(time(|| drop(model.solve_all(tokens.chunks(positions), &options))));
    }
    let (c, rust) = (summary(c), summary(rust));
    println!(
        "{count:3} puzzles: C {:.1} us, median {:.1}; Rust {:.1} us, median {:.1}; {:+.2} us, {:+.3} %",
        c.0,
        c.1,
        rust.0,
        rust.1,
        rust.0 - c.0,
        100.0 * (rust.0 / c.0 - 1.0)
    );
}

fn main() {
    let model = std::env::args().skip(1).find(|argument| !argument.starts_with('-')); // cargo adds --bench
    let path = model.as_deref().unwrap_or("models/sudoku-4x4.trm");
    for (count, rounds) in [(1, 4000), (64, 200)] {
        compare(path, count, rounds);
    }
}
