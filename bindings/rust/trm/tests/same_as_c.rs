//! The same answers as the programs in C: the command `trm`, and the checksums of bits that tests/machines
//! compares. `TRM_BUILD` names the directory that meson built the project in.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use trm::{Lists, Model, OpenOptions, Options, Policy, Puzzle, Shape, Status};

fn built(program: &str) -> Command {
    let build = std::env::var_os("TRM_BUILD").expect("TRM_BUILD: the directory that meson built in");
    Command::new(Path::new(&build).join(program))
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn trm(arguments: &[&str]) -> String {
    said(built("bindings/cli/trm").args(arguments))
}

/// A file for this run.
fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The project's models, and the same with weights that have to be expanded.
fn models() -> Vec<PathBuf> {
    let mut models = Vec::new();
    for name in ["sudoku-4x4", "sudoku-4x4-int8", "sudoku"] {
        let path = format!("{}/../../../models/{name}.trm", env!("CARGO_MANIFEST_DIR"));
        let deflated = temporary(&format!("{name}-deflated.trm"));
        trm(&["convert", "-q", "--deflate", &path, deflated.to_str().unwrap()]);
        models.extend([PathBuf::from(path), deflated]);
    }
    models
}

/// What stands behind a key in each object of a line of JSON, up to the next comma or brace.
fn fields<'a>(json: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    json.split(key)
        .skip(1)
        .map(|rest| rest.split([',', '}']).next().unwrap().trim_matches(|c| ": \"".contains(c)))
}

#[test]
#[ignore = "needs TRM_BUILD, the directory that meson built in"]
fn the_command_answers_the_same() {
    for path in models() {
        let model = Model::open(&path).unwrap();
        let boxes = format!("{}x{}", model.info().box_rows, model.info().box_columns);
        let puzzles = trm(&["generate", "sudoku", "--boxes", &boxes, "--count", "8", "--seed", "5", "-q"]);
        let puzzles: Vec<_> = puzzles.lines().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect();
        let path = path.to_str().unwrap();
        let json =
            trm(&[&["solve", "--json", "--halt-probability", "0.9", path], puzzles.as_slice()].concat());
        let answers = model.solve_all(&puzzles, &Options::new().halt_probability(0.9)).unwrap();
        assert_eq!(answers.len(), 8);
        assert!(
            fields(&json, "\"answer\"").eq(answers.iter().map(|answer| answer.to_string())),
            "{path}: answers"
        );
        assert!(
            fields(&json, "\"steps\"").eq(answers.iter().map(|answer| answer.steps.to_string())),
            "{path}: steps"
        );
        let stops = answers.iter().map(|answer| format!("{:?}", answer.stop).to_lowercase());
        assert!(fields(&json, "\"stop\"").eq(stops), "{path}: stops");
    }
}

#[test]
#[ignore = "needs TRM_BUILD, the directory that meson built in"]
fn the_command_traces_the_same() {
    const HARD: &str = "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..";
    let path = |name| format!("{}/../../../models/{name}.trm", env!("CARGO_MANIFEST_DIR"));
    let file = temporary("trace.json");
    let same = |name, puzzle: Puzzle<'_>, options: &Options, arguments: &[&str]| {
        let (path, file) = (path(name), file.to_str().unwrap());
        let output = built("bindings/cli/trm")
            .args(["trace", "-q", "-o", file, &path])
            .args(arguments)
            .output()
            .unwrap();
        assert!(matches!(output.status.code(), Some(0 | 3)), "{}", String::from_utf8_lossy(&output.stderr));
        let trace = Model::open(&path).unwrap().trace(puzzle, options).unwrap();
        assert_eq!(trace.to_json().unwrap(), std::fs::read_to_string(file).unwrap(), "{name} {arguments:?}");
    };
    let options = Options::new;
    same("sudoku-4x4", "1.3..4.2.3.12.4.".into(), &options(), &["1.3..4.2.3.12.4."]);
    let views = Model::open(path("sudoku-small")).unwrap().views().unwrap();
    let several = options().runs(3).views(views.into_iter().take(3)).maximum_steps(6).policy(Policy::Vote);
    same("sudoku-small", HARD.into(), &several, &["--runs=3", "--steps=6", "--policy=vote", HARD]);
    let searched = options().search(true).step_budget(40).maximum_steps(4).seed(3);
    same(
        "sudoku-small",
        HARD.into(),
        &searched,
        &["--search", "--step-budget=40", "--steps=4", "--seed=3", HARD],
    );
    let careful = options().require_verified(true).maximum_steps(1);
    same("sudoku-small", HARD.into(), &careful, &["--require-verified", "--steps=1", HARD]);
    let map = "#########S  #G##   # ##   # ##     ##############";
    same("path", map.into(), &options(), &[map]);
    let lists = Lists::of_pairs(9, (0..9).flat_map(|n| [(n, (n + 1) % 9), ((n + 1) % 9, n)])).unwrap();
    let edge = [lists.relation("edge")];
    let asked = Puzzle::from("1...2....").relations(&edge);
    let graph = temporary("graph.jsonl");
    let sorted = "[1, 8], [0, 2], [1, 3], [2, 4], [3, 5], [4, 6], [5, 7], [6, 8], [0, 7]";
    std::fs::write(
        &graph,
        format!("{{\"question\": \"1...2....\", \"relations\": {{\"edge\": [{sorted}]}}}}\n"),
    )
    .unwrap();
    same("colouring", asked, &options().maximum_steps(3), &["--file", graph.to_str().unwrap(), "--steps=3"]);
}

/// FNV-1a over the bits of numbers.
fn add(sum: u32, numbers: &[f32]) -> u32 {
    let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
    bytes.fold(sum, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(16777619))
}

/// As tests/machines/answers.c: two random puzzles, two steps.
fn checksum(model: &Model) -> u32 {
    let (info, mut state) = (model.info(), 1u32);
    let tokens: Vec<i32> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1664525).wrapping_add(1013904223);
        ((state >> 8) % info.vocabulary) as i32
    })
    .take(2 * info.positions as usize)
    .collect();
    let options = Options::new().halt_signal(false).maximum_steps(2).logits(true);
    let answers =
        model.solve_all(tokens.chunks(info.positions as usize).map(Puzzle::tokens), &options).unwrap();
    let sum = answers.iter().fold(2166136261, |sum, answer| add(sum, &answer.logits));
    let sum = answers.iter().fold(sum, |sum, answer| add(sum, &answer.probabilities));
    let sum = answers.iter().fold(sum, |sum, answer| add(sum, &[answer.halt_logit]));
    answers.iter().fold(sum, |sum, answer| add(sum, &[answer.halt_probability]))
}

#[test]
#[ignore = "needs TRM_BUILD, the directory that meson built in"]
fn c_answers_the_same_bits() {
    for path in models() {
        let c = said(built("tests/answers").arg(&path)); // a line for each instruction set of this machine
        for int8 in [false, true] {
            let model = OpenOptions::new().int8(int8).open(&path).unwrap();
            let info = model.info();
            let precision = if info.quantised { "int8" } else { "fp32" };
            let name = path.file_name().unwrap().to_str().unwrap();
            let line = format!("{name} {precision} {} {:08x}", info.instruction_set, checksum(&model));
            assert!(c.lines().any(|said| said == line), "{line}: not among\n{c}");
        }
    }
}

#[test]
#[ignore = "needs TRM_BUILD, the directory that meson built in"]
fn raw_weights_are_used_in_place() {
    let raw = temporary("in-place.trm");
    trm(&["init", "-q", raw.to_str().unwrap(), "--channels", "32", "--positions", "16", "--vocabulary", "6"]);
    assert!(Model::open(&raw).unwrap().info().mapped);
    assert!(!OpenOptions::new().read(true).open(&raw).unwrap().info().mapped);
    let bytes = std::fs::read(&raw).unwrap();
    assert!(!OpenOptions::new().open_bytes(&bytes).unwrap().info().mapped);

    let room = Box::leak(vec![0u8; bytes.len() + 64].into_boxed_slice());
    let begin = room.as_ptr().align_offset(64);
    room[begin..][..bytes.len()].copy_from_slice(&bytes);
    let aligned = OpenOptions::new().open_static(&room[begin..][..bytes.len()]).unwrap();
    assert!(aligned.info().mapped);
}

#[test]
#[ignore = "needs TRM_BUILD, the directory that meson built in"]
fn a_model_without_alphabet_answers_in_tokens() {
    let plain = temporary("plain.trm");
    trm(&[
        "init",
        "-q",
        plain.to_str().unwrap(),
        "--channels",
        "16",
        "--positions",
        "2",
        "--vocabulary",
        "3",
    ]);
    let model = Model::open(plain).unwrap();
    let answer = model.solve(Puzzle::tokens(&[1, 2]), &Options::new()).unwrap();
    assert_eq!(answer.to_string(), format!("{:?}", answer.tokens));
    assert_eq!(answer.grid(), [answer.tokens]);
    let error = model.solve(&[1, 2], &Options::new()).unwrap_err();
    assert!(error.to_string().contains("tokens by their name"), "{error}");
    let error = model.solve("ab", &Options::new()).unwrap_err();
    assert_eq!(error.status(), trm::Status::Unsupported);
}

#[test]
#[ignore = "needs TRM_BUILD, the directory that meson built in"]
fn identifiers_reach_the_model() {
    let path = temporary("identifiers.trm");
    trm(&[
        "init",
        "-q",
        path.to_str().unwrap(),
        "--channels",
        "16",
        "--positions",
        "2",
        "--identifiers",
        "3",
    ]);
    let model = Model::open(path).unwrap();
    let solve = |identifier| model.solve(Puzzle::tokens(&[1, 2]).identifier(identifier), &Options::new());
    assert_eq!(model.info().identifiers, 3);
    assert!(solve(2).is_ok());
    let error = solve(3).unwrap_err().to_string();
    assert_eq!(error, "puzzle 0: expected an identifier from 0 to 2, found 3");
}

/// Two variables and a clause of them, a helper, with two real numbers for each.
#[test]
#[ignore = "needs TRM_BUILD, the directory that meson built in"]
fn helpers_and_features_reach_the_model() {
    let path = temporary("helpers.trm");
    let shape = ["--block", "relational", "--channels", "16", "--channel-hidden", "16", "--positions", "2"];
    let nodes = ["--vocabulary", "3", "--fields", "2", "--helper-tokens", "2", "--features", "2"];
    let lists = ["--relations", "has=question/nodes/sum+max", path.to_str().unwrap()];
    trm(&[&["init", "-q"], &shape[..], &nodes, &lists].concat());
    let model = Model::open(&path).unwrap();
    assert_eq!((model.info().helper_tokens, model.info().features), (2, 2));
    // Nodes 0 to 3 are the variables' values, node 4 is the clause.
    let lists = Lists::of_pairs(5, [(0, 4), (3, 4), (4, 0), (4, 3)]).unwrap();
    let has = [lists.relation("has")];
    let numbers = [0.5, -1.0, 0.0, 2.0, 1.0, 0.25];
    let puzzle = Puzzle::tokens(&[0, 0]).relations(&has).helpers(&[1]).features(&numbers);
    let solve = |puzzle: Puzzle<'_>| model.solve(puzzle, &Options::new().logits(true).maximum_steps(2));
    let expected = solve(puzzle).unwrap().logits;
    assert_eq!(solve(puzzle).unwrap().logits, expected);
    assert_ne!(solve(puzzle.helpers(&[0])).unwrap().logits, expected);
    let others = [0.5, -1.0, 0.0, 2.0, 1.0, 0.5];
    assert_ne!(solve(puzzle.features(&others)).unwrap().logits, expected);
    let both = model
        .solve_all([puzzle, puzzle.features(&others)], &Options::new().logits(true).maximum_steps(2))
        .unwrap();
    assert_eq!(both[0].logits, expected);
    assert_eq!(both[1].logits, solve(puzzle.features(&others)).unwrap().logits);
    for (bad, words) in [
        (puzzle.helpers(&[2]), "puzzle 0, helper 0: expected a token below 2, found 2"),
        (puzzle.helpers(&[-1]), "expected a token below 2, found -1"),
        (puzzle.helpers(&[]), "features: expected 4, 2 for each position and helper, found 6"),
        (puzzle.features(&numbers[1..]), "features: expected 6, 2 for each position and helper, found 5"),
        (puzzle.features(&[f32::NAN; 6]), "puzzle 0, feature 0: expected a finite number"),
        (puzzle.helpers(&[1, 1]).features(&[0.0; 8]), "relation has: expected 6 lists, found 5"),
    ] {
        support::mentions(solve(bad), Status::Puzzle, words);
    }
}

#[test]
#[ignore = "needs TRM_BUILD, the directory that meson built in"]
fn the_command_colours_the_same() {
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../models");
    let path = format!("{models}/colouring.trm");
    let model = Model::open(&path).unwrap();
    let edges = [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (2, 4), (2, 5), (3, 4), (4, 5)];
    let lists = Lists::of_pairs(6, edges.iter().flat_map(|&(a, b)| [(a, b), (b, a)])).unwrap();
    let rows = lists.first().windows(2).map(|ends| &lists.heard()[ends[0] as usize..ends[1] as usize]);
    let line = format!(
        "{{\"question\": \"12....\", \"fields\": 3, \"relations\": {{\"edge\": {:?}}}}}\n",
        rows.collect::<Vec<_>>()
    );
    let file = temporary("graph.jsonl");
    std::fs::write(&file, line).unwrap();
    let json = trm(&["solve", "--json", "-q", "--file", file.to_str().unwrap(), &path]);
    let relations = [lists.relation("edge")];
    let puzzle = Puzzle::from("12....").shape(Shape::new().fields(3)).relations(&relations);
    let answer = model.solve(puzzle, &Options::new()).unwrap();
    assert!(fields(&json, "\"answer\"").eq([answer.to_string()]), "{json}");
    assert!(fields(&json, "\"steps\"").eq([answer.steps.to_string()]), "{json}");
    assert_eq!(answer.to_string(), "123121");
}
