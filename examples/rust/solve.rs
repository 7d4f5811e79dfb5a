//! Solves puzzles: the smallest program that uses the crate trm.
//!
//!     cargo run --example solve -- MODEL.trm PUZZLE...

use std::process::ExitCode;
use trm::{Model, Options};

fn solve(path: &str, puzzles: &[String]) -> Result<(), trm::Error> {
    let model = Model::open(path)?;
    for answer in model.solve_all(puzzles, &Options::new().halt_probability(0.9))? {
        println!("{answer}");
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (path, puzzles) = match arguments.split_first() {
        Some((path, puzzles)) if !puzzles.is_empty() => (path, puzzles),
        _ => {
            eprintln!("usage: solve MODEL.trm PUZZLE...");
            return ExitCode::from(2);
        }
    };
    match solve(path, puzzles) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
