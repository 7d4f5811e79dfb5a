//! Watches a model think: after each step, what it believes, and which cells it changed its mind about.
//!
//!     cargo run --example watch -- MODEL.trm PUZZLE

use std::process::ExitCode;
use trm::{Answer, Model, Options};

/// The answer as a grid; what is different from before in brackets.
fn draw(answer: &Answer, before: &[i32], columns: usize) {
    let cells: Vec<_> = answer
        .to_string()
        .chars()
        .zip(answer.tokens.iter().zip(before))
        .collect();
    for row in cells.chunks(columns) {
        let row: String = row
            .iter()
            .map(|(cell, (now, before))| {
                if now == before {
                    format!(" {cell} ")
                } else {
                    format!("[{cell}]")
                }
            })
            .collect();
        println!("{}", row.trim_end());
    }
}

fn watch(path: &str, puzzle: &str) -> Result<(), trm::Error> {
    let model = Model::open(path)?;
    let columns = model.info().grid_columns.max(1) as usize;
    let mut before = model.encode(puzzle)?;
    for answer in model.steps(puzzle, &Options::new().halt_probability(0.9))? {
        let answer = answer?;
        let trust = 100.0 * answer.halt_probability;
        let least = 100.0 * answer.probabilities.iter().copied().fold(1.0, f32::min);
        println!(
            "step {}: {trust:.1} % sure of the whole, {least:.1} % of the least sure cell",
            answer.steps
        );
        draw(&answer, &before, columns);
        before = answer.tokens;
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (path, puzzle) = match arguments.as_slice() {
        [path, puzzle] => (path, puzzle),
        _ => {
            eprintln!("usage: watch MODEL.trm PUZZLE");
            return ExitCode::from(2);
        }
    };
    match watch(path, puzzle) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
