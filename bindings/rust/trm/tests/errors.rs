//! Whatever is wrong is an error with a sentence.

mod support;

use support::{mentions, sudoku, ANSWERS, PUZZLES};
use trm::{Error, Model, OpenOptions, Options, Pool, Puzzle, Solver, Status};

#[track_caller]
fn says<T: std::fmt::Debug>(result: Result<T, Error>, status: Status, sentence: &str) {
    let error = result.expect_err("this cannot succeed");
    assert_eq!((error.status(), error.to_string().as_str()), (status, sentence));
}

#[test]
fn files_that_are_not_there() {
    says(
        Model::open("missing.trm"),
        Status::File,
        "missing.trm: cannot be opened: No such file or directory",
    );
    mentions(Model::open("src"), Status::File, "src: ");
    says(Model::open("a\0b"), Status::Argument, "path: expected text without a zero, found one at byte 1");
}

#[test]
fn bytes_that_are_no_model() {
    let open = |bytes: &[u8]| OpenOptions::new().open_bytes(bytes);
    says(open(b""), Status::Format, "expected a .trm file of at least 64 bytes, found 0");
    mentions(
        open(b"once upon a time there was a file that was no model, but long enough"),
        Status::Format,
        "magic",
    );
    mentions(Model::open("Cargo.toml"), Status::Format, "Cargo.toml: ");

    let good = std::fs::read("models/sudoku-4x4.trm").unwrap();
    let mut damaged = good.clone();
    *damaged.last_mut().unwrap() ^= 1;
    mentions(open(&damaged), Status::Checksum, "expected checksum");
    let mut newer = good.clone();
    newer[8] = 2;
    mentions(open(&newer), Status::Version, "2.");
    for length in (0..good.len()).step_by(997) {
        open(&good[..length]).expect_err("a part of a file");
    }
    for at in (0..2000).chain((2000..good.len()).step_by(9973)) {
        let mut damaged = good.clone();
        damaged[at] ^= 0x40;
        if let Ok(model) = open(&damaged) {
            assert_eq!(model.info(), sudoku().info(), "byte {at}"); // it was filling
        }
    }
}

#[test]
fn puzzles_that_the_model_cannot_take() {
    let (model, options) = (sudoku(), Options::new());
    says(model.solve("1.3..", &options), Status::Puzzle, "expected a puzzle of 16 characters, found 5");
    says(
        model.solve("1.3..4.1.3.12.4x", &options),
        Status::Puzzle,
        "character 16: expected one of \".1234\", found 'x'",
    );
    says(model.solve("1.3..4.1.3.12.4λ", &options), Status::Puzzle, "character 16: no alphabet has 'λ'");
    mentions(model.solve("1.3..4.1.3.12.4\0", &options), Status::Puzzle, "found byte 0x00");
    mentions(model.solve("1.3..4.1.3.12.4é", &options), Status::Puzzle, "found byte 0xe9");
    says(model.solve(&[1; 15], &options), Status::Puzzle, "expected a puzzle of 16 digits, found 15");
    says(model.solve(&[5; 16], &options), Status::Puzzle, "cell 1: expected a digit from 0 to 4, found 5");
    says(model.solve(&[-1; 16], &options), Status::Puzzle, "cell 1: expected a digit from 0 to 4, found -1");
    let short = Puzzle::tokens(&[1; 15]);
    says(model.solve(short, &options), Status::Puzzle, "expected a puzzle of 16 tokens, found 15");
    says(
        model.solve(Puzzle::tokens(&[6; 16]), &options),
        Status::Puzzle,
        "puzzle 0, position 0: expected a token from 0 to 5, found 6",
    );
    says(
        model.solve(Puzzle::from(PUZZLES[0]).identifier(7), &options),
        Status::Puzzle,
        "puzzle 0: expected identifier 0, as the model has no puzzle embedding, found 7",
    );
    says(
        model.solve_all([PUZZLES[0], "1.3.."], &options),
        Status::Puzzle,
        "puzzle 1: expected a puzzle of 16 characters, found 5",
    );
    says(model.encode(""), Status::Puzzle, "expected a puzzle of 16 characters, found 0");
    says(model.decode(&[]), Status::Puzzle, "expected a puzzle of 16 tokens, found 0");
    says(model.decode(&[-1; 16]), Status::Puzzle, "position 0: expected a token from 0 to 5, found -1");
    mentions(model.steps("1.3..", &options), Status::Puzzle, "found 5");
}

#[test]
fn options_out_of_range() {
    let model = sudoku();
    for (options, words) in [
        (Options::new().maximum_steps(65537), "maximum_steps: expected 1 to 65536, found 65537"),
        (Options::new().stable_steps(1), "stable_steps: expected 2 to 65536, found 1"),
        (Options::new().batch(0), "batch: expected 1 to 65536, found 0"),
        (Options::new().halt_probability(1.0), "halt_probability: expected 0 to below 1, found 1"),
        (Options::new().halt_probability(f64::NAN), "halt_probability: expected 0 to below 1, found nan"),
        (Options::new().executor(0, |_| ()), "width"),
        (Options::new().executor(1025, |_| ()), "width"),
    ] {
        mentions(model.solve(PUZZLES[0], &options), Status::Argument, words);
        mentions(model.solver_bytes(&options), Status::Argument, words);
        mentions(Solver::new(&model, &options), Status::Argument, words);
    }
    says(Pool::new(1025), Status::Argument, "threads is 1025, expected 0 to 1024");
}

#[test]
fn solvers_out_of_turn() {
    let model = sudoku();
    let mut solver = Solver::new(&model, &Options::new().batch(2)).unwrap();
    mentions(solver.step(), Status::Argument, "load");
    mentions(solver.answers(), Status::Argument, "load");
    mentions(solver.load(PUZZLES), Status::Argument, "count: expected 1 to 2, found 4");
    mentions(solver.load(Vec::<&str>::new()), Status::Argument, "count: expected 1 to 2, found 0");
    solver.load([PUZZLES[0]]).unwrap();
    mentions(solver.answers(), Status::Argument, "step");
    mentions(solver.load([PUZZLES[1], "?"]), Status::Puzzle, "puzzle 1: ");
    mentions(solver.load([Puzzle::tokens(&[9; 16])]), Status::Puzzle, "found 9");
    while solver.step().unwrap() > 0 {} // what was loaded before is still there
    let answers = solver.answers().unwrap();
    assert_eq!((answers.len(), answers[0].to_string().as_str()), (1, ANSWERS[0]));
}

#[test]
fn errors_are_those_of_the_language() {
    fn fails() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Model::open("missing.trm")?;
        Ok(())
    }
    let error = fails().unwrap_err().downcast::<Error>().unwrap();
    assert_eq!(*error, Model::open("missing.trm").unwrap_err());
}
