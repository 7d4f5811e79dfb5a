//! Puzzles of many shapes, and what they bring: relations, helpers, features.

mod support;

use std::ffi::CString;
use support::{all_bits, bits, mentions};
use trm::{
    Block, Halting, Lists, Model, Options, Puzzle, Relation, RelationLevel, RelationSource, Shape, Solver,
};
use trm::{Start, Status, Verdict};

/// A Sudoku with regions of other forms; it has one solution.
const REGIONS: &str = "aaabbbcccaabbbbcccdaaabbcfcddeaeeffcdeeeeefffdddddefifggghhhfiigggghhiiigghhhhiii";
const JIGSAW: &str = ".4..3.......641.8.8.192.47.394...567...3...2.2....78...8.2693....3.74......1.3.9.";
const SOLUTION: &str = "642738951579641283831925476394812567758396124216457839187269345923574618465183792";

const EASY: [&str; 4] = [
    "1.3..4.2.3.12.4.",
    ".134.2....1.64.1..3512...35....6453.",
    "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79",
    "....2...3..2..4.",
];

/// Two triangles with a vertex in common.
const EDGES: [(u32, u32); 6] = [(0, 1), (0, 2), (1, 2), (2, 3), (2, 4), (3, 4)];

fn model(name: &str) -> Model {
    Model::open(format!("models/{name}.trm")).unwrap()
}

fn large() -> Model {
    Model::open("../../../models/sudoku.trm").unwrap()
}

fn both_ways(pairs: &[(u32, u32)], elements: u32) -> Lists {
    Lists::of_pairs(elements, pairs.iter().flat_map(|&(a, b)| [(a, b), (b, a)])).unwrap()
}

/// A ring of so many vertices.
fn ring(size: u32) -> Lists {
    both_ways(&(0..size).map(|n| (n, (n + 1) % size)).collect::<Vec<_>>(), size)
}

#[test]
fn what_a_relational_model_is() {
    let model = model("colouring");
    let info = model.info();
    assert_eq!((info.block, info.halting, info.fields), (Block::Relational, Halting::Softmin, 4));
    assert!(info.start_noise > 0.0 && info.most_positions > 100 && info.cell_confidence);
    let relations = model.relations().unwrap();
    assert_eq!(relations.len(), 2);
    assert_eq!((relations[0].name.as_str(), relations[0].source), ("edge", RelationSource::Question));
    assert_eq!((relations[1].name.as_str(), relations[1].level), ("cell", RelationLevel::Fields));
    assert!(relations.iter().all(|one| one.sum && one.max && !one.node));
    let small = self::model("sudoku-small");
    let info = small.info();
    assert_eq!((info.least_rows, info.most_rows, info.least_fields, info.most_fields), (4, 9, 4, 9));
    assert!(support::sudoku().relations().unwrap().is_empty());
}

#[test]
fn squares_tell_their_shape() {
    let model = model("sudoku-small");
    for puzzle in EASY {
        let answer = model.solve(puzzle, &Options::new().require_verified(true)).unwrap();
        assert_eq!(answer.verdict, Verdict::Verified, "{puzzle}");
        let side = (1..).find(|side| side * side == puzzle.len()).unwrap();
        assert_eq!((answer.grid().len(), answer.grid()[0].len()), (side, side));
        assert_eq!(answer.to_string().len(), puzzle.len());
        assert_eq!(answer.cell_confidences.len(), puzzle.len());
        let tokens = model.encode(puzzle).unwrap();
        assert_eq!(model.decode(&tokens).unwrap(), puzzle);
        let digits: Vec<i32> =
            puzzle.bytes().map(|digit| i32::from(digit.saturating_sub(b'0') % 10)).collect();
        let digits: Vec<i32> =
            digits.iter().zip(puzzle.bytes()).map(|(&d, c)| if c == b'.' { 0 } else { d }).collect();
        let options = Options::new().logits(true);
        let expected = bits(&model.solve(puzzle, &options).unwrap());
        assert_eq!(bits(&model.solve(Puzzle::tokens(&tokens), &options).unwrap()), expected);
        assert_eq!(bits(&model.solve(&digits, &options).unwrap()), expected);
        let last = model.steps(puzzle, &options).unwrap().last().unwrap().unwrap();
        assert_eq!(bits(&last), expected);
    }
}

#[test]
fn other_shapes_are_named() {
    let model = model("path");
    let map = "S  #  G  # # ##  #       ### ##      #  ";
    let shape = Shape::grid(5, 8);
    let answer = model.solve(Puzzle::from(map).shape(shape), &Options::new()).unwrap();
    assert_eq!((answer.grid().len(), answer.grid()[0].len()), (5, 8));
    assert_eq!(answer.verdict, Verdict::Verified);
    let tokens = model.encode_as(shape, map).unwrap();
    assert_eq!(model.decode_as(shape, &tokens).unwrap(), map);
    assert_eq!(model.views().unwrap().len(), 8);
    assert_eq!(model.views_of(shape).unwrap().len(), 4);
    mentions(
        model.solve(map, &Options::new()),
        Status::Puzzle,
        "expected a puzzle of 100 characters, found 40",
    );
    mentions(model.encode(map), Status::Puzzle, "40");
    mentions(model.decode(&tokens), Status::Puzzle, "40");
}

#[test]
fn a_jigsaw_by_its_regions() {
    let model = large();
    let regions = Lists::of_groups(REGIONS.chars());
    let relations = [regions.relation("box")];
    let jigsaw = Puzzle::from(JIGSAW).relations(&relations);
    let answer = model.solve(jigsaw, &Options::new()).unwrap();
    assert_eq!((answer.to_string().as_str(), answer.stop), (SOLUTION, trm::Stop::Signal));
    // The usual boxes give the usual bits.
    let boxes = Lists::of_groups((0..81).map(|n| (n / 27, n % 9 / 3)));
    let relations = [boxes.relation("box")];
    let options = Options::new().logits(true);
    let usual = model.solve(Puzzle::from(EASY[2]).relations(&relations), &options).unwrap();
    assert_eq!(bits(&usual), bits(&model.solve(EASY[2], &options).unwrap()));
}

#[test]
fn graphs_of_a_call_bring_their_own_lists() {
    let model = model("colouring");
    let (first, second) = (both_ways(&EDGES, 5), ring(5));
    let (first, second) = ([first.relation("edge")], [second.relation("edge")]);
    let shape = Shape::new().fields(3);
    let options = Options::new().logits(true).seed(7);
    let puzzles =
        [&first, &second, &second, &first].map(|edge| Puzzle::from("12...").shape(shape).relations(edge));
    let alone: Vec<_> = puzzles.iter().map(|&one| bits(&model.solve(one, &options).unwrap())).collect();
    assert_ne!(alone[0], alone[1]);
    for batch in [1, 3, 8] {
        assert_eq!(all_bits(&model.solve_all(puzzles, &options.clone().batch(batch)).unwrap()), alone);
    }
    let same = model.solve_all([puzzles[1]; 3], &options).unwrap();
    assert!(all_bits(&same).iter().all(|one| one == &alone[1]));

    let room = options.clone().batch(4).shape(Shape::positions(9).fields(4)).heard(20);
    let mut solver = Solver::new(&model, &room).unwrap();
    for puzzles in [&puzzles[..], &puzzles[1..2]] {
        solver.load(puzzles.iter().copied()).unwrap();
        while solver.step().unwrap() > 0 {}
        assert_eq!(
            all_bits(&solver.answers().unwrap()).last(),
            all_bits(&model.solve_all(puzzles.to_vec(), &options).unwrap()).last()
        );
    }
    let nine = ring(9);
    let nine = [nine.relation("edge")];
    let puzzle = Puzzle::from("12.......").shape(Shape::new().fields(3)).relations(&nine);
    solver.load([puzzle]).unwrap();
    while solver.step().unwrap() > 0 {}
    assert_eq!(bits(&solver.answers().unwrap()[0]), bits(&model.solve(puzzle, &options).unwrap()));
}

/// The library's own answer, by the structs of the header: its tokens, logits and steps.
fn asked_in_c(model: &str, text: &str, fields: u32, name: &str, lists: &Lists) -> (Vec<i32>, Vec<u32>, u32) {
    use trm_sys::*;
    let (path, name) = (CString::new(format!("models/{model}.trm")).unwrap(), CString::new(name).unwrap());
    let (mut pointer, mut info) = (std::ptr::null_mut(), TRM_MODEL_INFO_INIT);
    let none = std::ptr::null_mut();
    let mut tokens = vec![0; text.len()];
    let mut steps = 0;
    // SAFETY: as trm.h says; everything lives through the calls.
    unsafe {
        assert_eq!(trm_model_open(path.as_ptr(), std::ptr::null(), &mut pointer, none), TRM_OK);
        assert_eq!(trm_model_describe(pointer, &mut info, none), TRM_OK);
        let mut logits = vec![0f32; text.len() * info.vocabulary as usize];
        let shape = trm_shape { positions: text.len() as u32, fields, ..TRM_SHAPE_INIT };
        let relation = trm_relation {
            name: name.as_ptr(),
            first: lists.first().as_ptr(),
            heard: lists.heard().as_ptr(),
            heard_count: lists.heard().len() as u64,
            ..TRM_RELATION_INIT
        };
        assert_eq!(
            trm_model_encode(pointer, &shape, text.as_ptr().cast(), text.len(), tokens.as_mut_ptr(), none),
            TRM_OK
        );
        let questions = trm_questions {
            count: 1,
            tokens: tokens.as_ptr(),
            shapes: &shape,
            shape_count: 1,
            relations: &relation,
            relation_count: 1,
            ..TRM_QUESTIONS_INIT
        };
        let mut answer = vec![0; text.len()];
        let mut answers = TRM_ANSWERS_INIT;
        answers.tokens = answer.as_mut_ptr();
        answers.logits = logits.as_mut_ptr();
        answers.steps = &mut steps;
        let options = trm_solve_options { seed: 7, shape: &shape, heard: 100, ..TRM_SOLVE_OPTIONS_INIT };
        assert_eq!(trm_solve(pointer, &questions, &answers, &options, none), TRM_OK);
        trm_model_close(pointer);
        (answer, logits.iter().map(|logit| logit.to_bits()).collect(), steps)
    }
}

#[test]
fn the_bits_are_those_of_c() {
    let lists = both_ways(&EDGES, 5);
    let relations = [lists.relation("edge")];
    let puzzle = Puzzle::from("12...").shape(Shape::new().fields(3)).relations(&relations);
    let answer = model("colouring").solve(puzzle, &Options::new().logits(true).seed(7)).unwrap();
    let logits = answer.logits.iter().map(|logit| logit.to_bits()).collect();
    assert_eq!((answer.tokens, logits, answer.steps), asked_in_c("colouring", "12...", 3, "edge", &lists));
}

#[test]
fn several_answers_of_a_graph() {
    let model = model("colouring");
    let lists = ring(7);
    let relations = [lists.relation("edge")];
    let puzzle = Puzzle::from("12.....").shape(Shape::new().fields(3)).relations(&relations);
    let found = model.candidates(puzzle, 4, &Options::new().runs(4)).unwrap();
    assert!(
        !found.is_empty()
            && found.iter().all(|one| one.tokens.len() == 7 && one.to_string().starts_with("12"))
    );
}

#[test]
fn runs_start_as_asked() {
    let model = model("colouring");
    let lists = ring(7);
    let relations = [lists.relation("edge")];
    let puzzle = Puzzle::from("12.....").shape(Shape::new().fields(3)).relations(&relations);
    let solve = |options: Options| model.solve(puzzle, &options.logits(true)).map(|answer| bits(&answer));
    let as_taught = solve(Options::new()).unwrap();
    assert_eq!(solve(Options::new().start(Start::Random)).unwrap(), as_taught);
    assert_ne!(solve(Options::new().start(Start::Fixed)).unwrap(), as_taught);
    assert_ne!(solve(Options::new().seed(1)).unwrap(), as_taught);
    let fixed = Options::new().start(Start::Fixed);
    assert_eq!(solve(fixed.clone()).unwrap(), solve(fixed.seed(1)).unwrap());
    let random = self::model("path").solve(" ".repeat(100).as_str(), &Options::new().start(Start::Random));
    mentions(random, Status::Argument, "start");
}

#[test]
fn bad_shapes_are_refused() {
    let small = model("sudoku-small");
    let solve = |puzzle: Puzzle<'_>| small.solve(puzzle, &Options::new());
    let text = |length: usize| ".".repeat(length);
    let six = text(36);
    let six = Puzzle::from(&six);
    for (shape, words) in [
        (Shape::grid(6, 5), "expected a puzzle of 30 characters, found 36"),
        (Shape::grid(3, 12), "expected 4 to 9, as this model takes, found 3"),
        (Shape::grid(6, 6).boxes(4, 2), "expected boxes that divide the grid, found boxes of 4 x 2 in 6 x 6"),
        (Shape::grid(6, 6).fields(10), "fields: expected 4 to 9, as this model takes, found 10"),
        (Shape::grid(0, 6), "expected a puzzle of 0 characters"),
        (Shape::positions(35), "expected a puzzle of 35 characters, found 36"),
    ] {
        mentions(solve(six.shape(shape)), Status::Puzzle, words);
        mentions(small.steps(six.shape(shape), &Options::new()), Status::Puzzle, words);
    }
    mentions(
        solve(Puzzle::from(&text(100))),
        Status::Puzzle,
        "expected 4 to 9, as this model takes, found 10",
    );
    mentions(solve(Puzzle::from(&text(17))), Status::Puzzle, "expected a puzzle of 81 characters, found 17");
    let mixed = small.solve_all([EASY[0], EASY[1]], &Options::new());
    mentions(
        mixed,
        Status::Puzzle,
        "puzzle 1: expected one shape for all puzzles of a call, found 6 x 6 after 4 x 4",
    );
    let one_size = support::sudoku().solve(Puzzle::from(EASY[1]).shape(Shape::grid(6, 6)), &Options::new());
    mentions(one_size, Status::Puzzle, "rows: expected 4, as this model has one size");
    let mut solver = Solver::new(&small, &Options::new().shape(Shape::grid(6, 6))).unwrap();
    solver.load([EASY[0]]).unwrap();
    mentions(solver.load([EASY[2]]), Status::Workspace, "shape");
}

#[test]
fn bad_lists_are_refused() {
    let model = model("colouring");
    let solve = |relations: &[Relation<'_>]| {
        model.solve(Puzzle::from("12...").shape(Shape::new().fields(3)).relations(relations), &Options::new())
    };
    let first = [0, 1, 2, 3, 4, 5];
    for (name, first, heard, words) in [
        ("edge", &first[..], &[1, 0, 3, 2, 5][..], "expected numbers below 5, found 5 in list 4"),
        ("edge", &[0, 2, 2, 2, 2, 2], &[3, 1], "expected numbers that ascend, found 1 after 3 in list 0"),
        ("edge", &[0, 2, 2, 2, 2, 2], &[1, 1], "expected numbers that ascend, found 1 after 1"),
        ("edge", &first[..5], &[1, 0, 3, 2], "relation edge: expected 5 lists, found 4"),
        (
            "edge",
            &[0, 3, 2, 3, 4, 5],
            &[1, 0, 3, 2, 4],
            "offsets that begin at 0, never fall and end at 5, found 2",
        ),
        ("edge", &[0, 9, 9, 9, 9, 5], &[1, 0, 3, 2, 4], "found 9"),
        (
            "edge",
            &[0, 1, 2, 3, 4, 4],
            &[1, 0, 3, 2, 4],
            "offsets that begin at 0 and end at 5, found 0 and 4",
        ),
        ("edge", &[1, 1, 2, 3, 4, 5], &[1, 0, 3, 2, 4], "begin at 0 and end at 5, found 1 and 5"),
        ("edge", &[], &[], "relation edge: expected at least two offsets, found 0"),
        ("edge", &[0], &[], "relation edge: expected at least two offsets, found 1"),
        (
            "egde",
            &first,
            &[1, 0, 3, 2, 4],
            "expected the name of a relation of the model (edge, cell), found egde",
        ),
        ("ed\0ge", &first, &[1, 0, 3, 2, 4], "expected text without a zero"),
    ] {
        let status = if name.contains('\0') { Status::Argument } else { Status::Puzzle };
        mentions(solve(&[Relation::new(name, first, heard)]), status, words);
    }
    mentions(solve(&[]), Status::Puzzle, "relation edge: expected lists with the question, found none");
    let edge = Relation::new("edge", &[0; 6], &[]);
    assert!(solve(&[edge]).is_ok(), "empty lists are allowed");
    mentions(solve(&[edge, edge]), Status::Puzzle, "relation edge: expected once, found twice");
    mentions(
        Lists::of_pairs(3, [(0, 1), (1, 3)]),
        Status::Puzzle,
        "pair 1: expected numbers below 3, found 1 and 3",
    );

    // Lists of several puzzles that are wrong together, though their sum is right.
    let (short, long) = (Relation::new("edge", &[0; 5], &[]), Relation::new("edge", &[0; 7], &[]));
    let (short, long) = ([short], [long]);
    let both = [&short, &long].map(|one| Puzzle::from("12...").relations(one));
    mentions(
        model.solve_all(both, &Options::new()),
        Status::Puzzle,
        "puzzle 1: relation edge: expected 4 lists, found 6",
    );
    let one = [edge];
    let some = [Puzzle::from("12...").relations(&one), Puzzle::from("12...")];
    mentions(model.solve_all(some, &Options::new()), Status::Puzzle, "puzzle 1: expected the same relations");
    let lists = ring(5);
    let ring = [lists.relation("edge")];
    let mut solver = Solver::new(&model, &Options::new().shape(Shape::positions(5)).heard(9)).unwrap();
    mentions(
        solver.load([Puzzle::from("12...").relations(&ring)]),
        Status::Workspace,
        "expected at most 9 entries a question",
    );
}

#[test]
fn helpers_and_features_are_refused_where_there_are_none() {
    let model = model("colouring");
    let edge = [Relation::new("edge", &[0; 6], &[])];
    let puzzle = Puzzle::from("12...").relations(&edge);
    let solve = |puzzle: Puzzle<'_>| model.solve(puzzle, &Options::new());
    mentions(
        solve(puzzle.helpers(&[0])),
        Status::Puzzle,
        "helpers: expected 0, as this model knows none, found 1",
    );
    mentions(
        solve(puzzle.features(&[0.5])),
        Status::Puzzle,
        "features: expected 0, 0 for each position and helper, found 1",
    );
}
