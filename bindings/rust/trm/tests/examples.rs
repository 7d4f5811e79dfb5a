//! The examples do what they say. Cargo builds them with the tests.

mod support;

use std::path::PathBuf;
use std::process::{Command, Output};
use support::{ANSWERS, PUZZLES};

const MODEL: &str = "models/sudoku-4x4.trm";

fn run(example: &str, arguments: &[&str]) -> Output {
    let tests: PathBuf = std::env::current_exe().unwrap().parent().unwrap().into();
    let program = tests.with_file_name("examples").join(example);
    Command::new(&program)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()))
}

fn said(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[track_caller]
fn refuses(example: &str, arguments: &[&str], status: i32, sentence: &str) {
    let output = run(example, arguments);
    assert_eq!((output.status.code(), said(&output.stdout)), (Some(status), ""));
    assert_eq!(said(&output.stderr), format!("{sentence}\n"));
}

#[test]
fn solve_prints_an_answer_a_line() {
    let output = run("solve", &[&[MODEL], PUZZLES.as_slice()].concat());
    assert!(output.status.success());
    assert_eq!(said(&output.stdout), ANSWERS.join("\n") + "\n");
}

#[test]
fn watch_draws_a_grid_a_step() {
    let output = run("watch", &[MODEL, PUZZLES[3]]);
    assert!(output.status.success());
    let lines: Vec<_> = said(&output.stdout).lines().collect();
    assert_eq!(lines.len(), 5 * 5);
    assert!(lines[0].starts_with("step 1: ") && lines[20].starts_with("step 5: 100.0 %"));
    assert!(lines[1].contains('[') && lines[1].replace(['[', ']', ' '], "").len() == 4);
    let last: String = lines[21..].concat().replace(['[', ']', ' '], "");
    assert_eq!(last, ANSWERS[3]);
}

#[test]
fn graph_colours_graphs_of_three_sizes() {
    let output = run("graph", &["models/colouring.trm"]);
    assert!(output.status.success());
    let lines: Vec<_> = said(&output.stdout).lines().collect();
    assert!(lines.len() == 3 && lines.iter().all(|line| line.contains(", right after ")), "{lines:?}");
    assert!(lines[0].contains(" 12.... -> 123121,"), "its only colouring");
}

#[test]
fn what_is_wrong_is_said() {
    let sentence = "missing.trm: cannot be opened: No such file or directory";
    refuses("solve", &[MODEL], 2, "usage: solve MODEL.trm PUZZLE...");
    refuses("solve", &["missing.trm", PUZZLES[0]], 1, sentence);
    refuses("solve", &[MODEL, "1"], 1, "puzzle 0: expected a puzzle of 16 characters, found 1");
    refuses("graph", &[], 2, "usage: graph MODEL.trm");
    refuses("graph", &["missing.trm"], 1, sentence);
    refuses("watch", &[MODEL], 2, "usage: watch MODEL.trm PUZZLE");
    refuses("watch", &["missing.trm", PUZZLES[0]], 1, sentence);
    refuses("watch", &[MODEL, "1"], 1, "expected a puzzle of 16 characters, found 1");
}
