//! Threads of the host: closures that C calls, whatever they do.

mod support;

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;
use std::thread;
use support::{all_bits, bits, sudoku, PUZZLES};
use trm::{Options, Solver, Tasks};

/// Solves with a closure; the bits are those of one thread.
fn solves(run: impl Fn(&Tasks) + Send + Sync + 'static) {
    let model = sudoku();
    let expected = all_bits(&model.solve_all(PUZZLES, &Options::new()).unwrap());
    let options = Options::new().executor(3, run);
    assert_eq!(all_bits(&model.solve_all(PUZZLES, &options).unwrap()), expected);
}

#[test]
fn every_way_to_run_the_tasks_is_good() {
    solves(|tasks| (0..tasks.count()).for_each(|index| tasks.run(index)));
    solves(|tasks| (0..tasks.count()).rev().for_each(|index| tasks.run(index)));
    solves(|tasks| (0..2 * tasks.count()).for_each(|index| tasks.run(index / 2)));
    solves(|tasks| tasks.run(0));
    solves(|_| ());
}

#[test]
fn threads_of_the_host() {
    let most = Arc::new(AtomicU32::new(0));
    let seen = most.clone();
    solves(move |tasks| {
        seen.fetch_max(tasks.count(), Ordering::Relaxed);
        thread::scope(|scope| {
            for index in 0..tasks.count() {
                scope.spawn(move || tasks.run(index));
            }
        });
    });
    assert!((2..=3).contains(&most.load(Ordering::Relaxed)), "{most:?}");
}

/// What a solve throws, as text.
fn thrown(run: impl Fn(&Tasks) + Send + Sync + 'static) -> String {
    let (model, options) = (sudoku(), Options::new().executor(2, run));
    let panic = catch_unwind(AssertUnwindSafe(|| model.solve_all(PUZZLES, &options))).unwrap_err();
    let expected = all_bits(&model.solve_all(PUZZLES, &Options::new()).unwrap()); // nothing is left behind
    assert_eq!(expected.len(), PUZZLES.len());
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic.downcast::<&str>().unwrap().to_string(),
    }
}

#[test]
fn panics_reach_the_caller() {
    assert_eq!(thrown(|_| panic!("at once")), "at once");
    assert_eq!(
        thrown(|tasks| {
            tasks.run(0);
            panic!("after one of {}", tasks.count())
        }),
        "after one of 2"
    );
    assert_eq!(thrown(|tasks| tasks.run(tasks.count())), "expected the index of one of 2 tasks, found 2");
    let in_thread = |tasks: &Tasks| {
        thread::scope(|scope| {
            scope.spawn(|| tasks.run(1));
            scope.spawn(|| panic!("elsewhere"));
        })
    };
    assert_eq!(thrown(in_thread), "a scoped thread panicked");
}

#[test]
fn a_panic_comes_once_and_the_solve_goes_on() {
    let calls = Arc::new(AtomicU32::new(0));
    let seen = calls.clone();
    let model = sudoku();
    let options = Options::new().executor(2, move |_| {
        if seen.fetch_add(1, Ordering::Relaxed) == 0 {
            panic!("the first time")
        }
    });
    let mut solver = Solver::new(&model, &options).unwrap();
    solver.load([PUZZLES[3]]).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| solver.step())).is_err());
    assert_eq!(calls.load(Ordering::Relaxed), 1, "the closure was called again before its panic was thrown");
    assert_eq!(solver.answers().unwrap()[0].steps, 1);
    for _ in 1..model.info().maximum_steps {
        solver.step().unwrap();
    }
    assert!(calls.load(Ordering::Relaxed) > 1);
    assert_eq!(bits(&solver.answers().unwrap()[0]), bits(&model.solve(PUZZLES[3], &Options::new()).unwrap()));
}

#[test]
fn a_closure_may_solve_and_catch() {
    let (other, calls) = (sudoku(), AtomicU32::new(0));
    solves(move |_| {
        if calls.fetch_add(1, Ordering::Relaxed) == 0 {
            let failing = Options::new().executor(2, |_| panic!("inside"));
            assert!(catch_unwind(AssertUnwindSafe(|| other.solve(PUZZLES[0], &failing))).is_err());
        }
    });
}

#[test]
fn a_closure_lives_as_long_as_what_uses_it() {
    let token = Arc::new(());
    let inside = token.clone();
    let options = Options::new().executor(2, move |_| drop(inside.clone()));
    let mut steps = sudoku().steps(PUZZLES[0], &options).unwrap();
    drop(options);
    assert_eq!(Arc::strong_count(&token), 2);
    steps.next().unwrap().unwrap();
    drop(steps);
    assert_eq!(Arc::strong_count(&token), 1);
}
