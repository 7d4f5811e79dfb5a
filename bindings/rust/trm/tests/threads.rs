//! Models are shared, solvers move, pools take turns.

mod support;

use std::thread;
use support::{all_bits, bits, sudoku, PUZZLES};
use trm::{Answer, Error, Model, Options, Pool, Solver, Steps};

#[test]
fn types_are_as_free_as_they_can_be() {
    fn is_shared<T: Send + Sync>() {}
    fn moves<T: Send>() {}
    is_shared::<Model>();
    is_shared::<Pool>();
    is_shared::<Options>();
    is_shared::<Answer>();
    is_shared::<Error>();
    moves::<Solver>();
    moves::<Steps>();
}

#[test]
fn two_threads_solve_with_one_model() {
    let (model, options) = (sudoku(), Options::new());
    let expected = all_bits(&model.solve_all(PUZZLES, &options).unwrap());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..5 {
                    assert_eq!(all_bits(&model.solve_all(PUZZLES, &options).unwrap()), expected);
                }
            });
        }
    });
}

#[test]
fn two_threads_share_a_pool() {
    let (model, options) = (sudoku(), Options::new().pool(&Pool::new(2).unwrap()));
    let expected = all_bits(&model.solve_all(PUZZLES, &Options::new()).unwrap());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| assert_eq!(all_bits(&model.solve_all(PUZZLES, &options).unwrap()), expected));
        }
    });
}

#[test]
fn a_solve_goes_on_in_another_thread() {
    let (model, options) = (sudoku(), Options::new().halt_probability(0.9));
    let expected = bits(&model.solve(PUZZLES[3], &options).unwrap());
    let mut steps = model.steps(PUZZLES[3], &options).unwrap();
    let first = steps.next().unwrap().unwrap();
    assert_ne!(bits(&first), expected);
    let last = thread::spawn(move || steps.last().unwrap().unwrap()).join().unwrap();
    assert_eq!(bits(&last), expected);
}

#[test]
fn a_model_ends_in_any_thread() {
    let model = sudoku();
    let solver = Solver::new(&model, &Options::new().pool(&Pool::new(2).unwrap())).unwrap();
    thread::spawn(move || drop(solver)).join().unwrap();
    thread::spawn(move || drop(model)).join().unwrap();
}
