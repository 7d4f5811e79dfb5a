//! Goes on training a model with puzzles of your own, and counts how many others like them it solves before
//! and after.
//!
//!     cargo run --features train --example finetune -- MODEL.trm LESSONS.csv EXAM.csv OUTPUT.trm
//!
//! The model is one for 4x4 Sudokus, such as models/sudoku-4x4.trm; the files have the columns
//! source,question,answer,rating. The puzzles may have rules that other Sudokus have not, such as digits that
//! differ on the diagonals, too.

use std::process::ExitCode;
use trm::train::{Puzzles, Task, TrainOptions, Trainer};
use trm::{Error, Model, Options, Pool};

fn read(path: &str) -> Result<Puzzles, Error> {
    let mut puzzles = Puzzles::new(&Task::sudoku(2, 2))?;
    puzzles.read(path)?;
    Ok(puzzles)
}

/// How many puzzles the model solves exactly.
fn examine(path: &str, exam: &Puzzles, pool: &Pool) -> Result<usize, Error> {
    let lessons = (0..exam.len())
        .map(|index| exam.get(index))
        .collect::<Result<Vec<_>, _>>()?;
    let questions = lessons.iter().map(|lesson| &lesson.question);
    let answers = Model::open(path)?.solve_all(questions, &Options::new().pool(pool))?;
    let pairs = answers.iter().zip(&lessons);
    Ok(pairs
        .filter(|(found, lesson)| found.to_string() == lesson.answer)
        .count())
}

fn finetune(path: &str, output: &str, lessons: &Puzzles, pool: &Pool) -> Result<(), Error> {
    const STEPS: u64 = 100;
    let options = TrainOptions::new()
        .steps(STEPS)
        .batch(64)
        .average(0.9) // few steps: the averaged weights must follow soon
        .plain(true) // rows, columns and boxes may not change places where rules are special
        .pool(pool);
    let mut trainer = Trainer::new(path, lessons, &options)?;
    while trainer.steps() < STEPS {
        trainer.step()?;
    }
    trainer.write(output)
}

fn run(model: &str, lessons: &str, exam: &str, output: &str) -> Result<(), Error> {
    let (lessons, exam, pool) = (read(lessons)?, read(exam)?, Pool::new(0)?);
    let before = examine(model, &exam, &pool)?;
    finetune(model, output, &lessons, &pool)?;
    let after = examine(output, &exam, &pool)?;
    println!("{before} of {} before, {after} after", exam.len());
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, lessons, exam, output] = match arguments.as_slice() {
        [model, lessons, exam, output] => [model, lessons, exam, output],
        _ => {
            eprintln!("usage: finetune MODEL.trm LESSONS.csv EXAM.csv OUTPUT.trm");
            return ExitCode::from(2);
        }
    };
    match run(model, lessons, exam, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
