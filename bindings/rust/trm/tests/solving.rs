//! Puzzles are solved, in all the ways there are, with the same bits.

mod support;

use std::time::Duration;
use support::{all_bits, bits, sudoku, ANSWERS, PUZZLES};
use trm::{Metadata, Model, OpenOptions, Options, Pool, Puzzle, Solver, Stop};

#[test]
fn puzzles_are_solved() {
    let model = sudoku();
    for (puzzle, expected) in PUZZLES.iter().zip(ANSWERS) {
        let answer = model.solve(puzzle, &Options::new().halt_probability(0.9)).unwrap();
        assert_eq!(answer.to_string(), expected);
        assert_eq!(answer.stop, Stop::Signal);
        assert!(
            answer.halt_probability > 0.9 && answer.probabilities.iter().all(|p| (0.0..=1.0).contains(p))
        );
    }
}

#[test]
fn text_and_tokens_are_the_same_puzzle() {
    let (model, options) = (sudoku(), Options::new());
    let tokens = model.encode(PUZZLES[0]).unwrap();
    let expected = bits(&model.solve(PUZZLES[0], &options).unwrap());
    assert_eq!(bits(&model.solve(Puzzle::tokens(&tokens), &options).unwrap()), expected);
    assert_eq!(
        bits(&model.solve(Puzzle::from(&PUZZLES[0].to_string()).identifier(0), &options).unwrap()),
        expected
    );
    assert_eq!(model.decode(&tokens).unwrap(), PUZZLES[0]);
}

#[test]
fn digits_are_digits() {
    let (model, options) = (sudoku(), Options::new());
    let digits: Vec<_> = PUZZLES[0].chars().map(|c| c.to_digit(10).unwrap_or(0) as i32).collect();
    let expected = model.solve(PUZZLES[0], &options).unwrap();
    let answer = model.solve(&digits, &options).unwrap();
    assert_eq!(bits(&answer), bits(&expected));
    assert_eq!(bits(&model.solve(digits.as_slice(), &options).unwrap()), bits(&expected));
    let written: String = answer.grid().concat().iter().map(ToString::to_string).collect();
    assert_eq!((answer.grid().len(), written), (4, ANSWERS[0].to_string()));
}

#[test]
fn batches_and_threads_do_not_change_a_bit() {
    let (model, options) = (sudoku(), Options::new().logits(true));
    let expected: Vec<_> =
        PUZZLES.iter().map(|puzzle| bits(&model.solve(puzzle, &options).unwrap())).collect();
    let pool = Pool::new(3).unwrap();
    for batch in [1, 2, 3, 100] {
        let alone = options.clone().batch(batch);
        assert_eq!(all_bits(&model.solve_all(PUZZLES, &alone).unwrap()), expected);
        assert_eq!(all_bits(&model.solve_all(PUZZLES, &alone.pool(&pool)).unwrap()), expected);
    }
    assert_eq!(all_bits(&model.solve_all(PUZZLES, &options).unwrap()), expected);
    assert_eq!(all_bits(&model.solve_all(PUZZLES, &options.pool(&pool)).unwrap()), expected);
}

#[test]
fn steps_are_those_of_a_whole_solve() {
    let (model, options) = (sudoku(), Options::new().halt_probability(0.9).logits(true));
    let mut steps = model.steps(PUZZLES[3], &options).unwrap();
    let answers: Vec<_> = steps.by_ref().map(Result::unwrap).collect();
    assert!(steps.next().is_none() && steps.next().is_none());
    assert!(answers.iter().enumerate().all(|(index, answer)| answer.steps as usize == index + 1));
    assert!(answers[..answers.len() - 1].iter().all(|answer| answer.stop == Stop::Running));
    assert_eq!(answers.len(), 5);
    assert_eq!(bits(answers.last().unwrap()), bits(&model.solve(PUZZLES[3], &options).unwrap()));
}

#[test]
fn a_solver_takes_batch_after_batch() {
    let (model, options) = (sudoku(), Options::new());
    let mut solver = Solver::new(&model, &options.clone().batch(3)).unwrap();
    for puzzles in [&PUZZLES[..3], &PUZZLES[3..], &PUZZLES[1..]] {
        solver.load(puzzles).unwrap();
        while solver.step().unwrap() > 0 {}
        let expected = model.solve_all(puzzles, &options).unwrap();
        assert_eq!(all_bits(&solver.answers().unwrap()), all_bits(&expected));
    }
}

#[test]
fn models_live_as_long_as_what_came_from_them() {
    let model = sudoku();
    let mut solver = Solver::new(&model, &Options::new().pool(&Pool::new(2).unwrap())).unwrap();
    let mut steps = model.steps(PUZZLES[0], &Options::new()).unwrap();
    drop(model);
    solver.load([PUZZLES[0]]).unwrap();
    solver.step().unwrap();
    let answers = solver.answers().unwrap();
    drop(solver);
    assert_eq!(answers[0].to_string(), ANSWERS[0]);
    assert_eq!(steps.next().unwrap().unwrap().to_string(), ANSWERS[0]);
}

#[test]
fn an_overflow_says_so_and_leaves_nothing_behind() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/golden/overflow.trm");
    for int8 in [false, true] {
        let model = OpenOptions::new().int8(int8).open(path).unwrap();
        let options = Options::new().halt_signal(false).maximum_steps(2).logits(true);
        let alone = model.solve("aaaa", &options).unwrap();
        for batch in [1, 3] {
            let answers = model.solve_all(["cccc", "aaaa", "abca"], &options.clone().batch(batch)).unwrap();
            assert_eq!(
                answers.iter().map(|a| a.stop).collect::<Vec<_>>(),
                [Stop::Overflow, Stop::Limit, Stop::Overflow]
            );
            assert_eq!((&answers[1].logits, answers[1].halt_logit), (&alone.logits, alone.halt_logit));
            for answer in [&answers[0], &answers[2]] {
                assert_eq!(
                    (answer.steps, answer.halt_probability, answer.halt_logit),
                    (1, 0.0, f32::NEG_INFINITY)
                );
                assert!(
                    answer.tokens.iter().all(|&token| token == 0)
                        && answer.probabilities.iter().all(|&p| p == 0.0)
                );
                assert!(answer.logits.iter().all(|&logit| logit == f32::NEG_INFINITY));
            }
        }
    }
}

#[test]
fn halting_is_as_asked() {
    let model = sudoku();
    let all = Options::new().halt_signal(false);
    let answer = model.solve(PUZZLES[0], &all).unwrap();
    assert_eq!((answer.steps, answer.stop), (model.info().maximum_steps, Stop::Limit));
    let answer = model.solve(PUZZLES[0], &all.clone().maximum_steps(3)).unwrap();
    assert_eq!((answer.steps, answer.stop), (3, Stop::Limit));
    let answer = model.solve(PUZZLES[0], &all.clone().stable_steps(4)).unwrap();
    assert_eq!((answer.steps, answer.stop), (4, Stop::Stable));
    let answer = model.solve(PUZZLES[0], &all.budget(Duration::ZERO)).unwrap();
    assert_eq!((answer.steps, answer.stop), (1, Stop::Deadline));
    let unsure = model.solve(PUZZLES[3], &Options::new().halt_probability(1e-9)).unwrap();
    let sure = model.solve(PUZZLES[3], &Options::new().halt_probability(0.9)).unwrap();
    assert!(unsure.steps < sure.steps, "{} and {} steps", unsure.steps, sure.steps);
}

#[test]
fn logits_are_those_of_the_answer() {
    let model = sudoku();
    let vocabulary = model.info().vocabulary as usize;
    let answers = model.solve_all(PUZZLES, &Options::new().logits(true)).unwrap();
    for answer in &answers {
        assert_eq!(answer.logits.len(), answer.tokens.len() * vocabulary);
        for (&token, logits) in answer.tokens.iter().zip(answer.logits.chunks(vocabulary)) {
            assert!(logits.iter().all(|&logit| logit <= logits[token as usize]));
        }
        let sigmoid = 1.0 / (1.0 + (-answer.halt_logit).exp());
        assert!((sigmoid - answer.halt_probability).abs() < 1e-6);
    }
    assert!(model.solve(PUZZLES[0], &Options::new()).unwrap().logits.is_empty());
}

#[test]
fn no_puzzles_are_no_answers() {
    assert!(sudoku().solve_all(Vec::<&str>::new(), &Options::new()).unwrap().is_empty());
}

#[test]
fn models_open_in_every_way() {
    let expected = bits(&sudoku().solve(PUZZLES[3], &Options::new()).unwrap());
    let bytes = std::fs::read("models/sudoku-4x4.trm").unwrap();
    let opened = OpenOptions::new().open_bytes(&bytes).unwrap();
    drop(bytes);
    let read = OpenOptions::new().read(true).open("models/sudoku-4x4.trm").unwrap();
    let embedded = OpenOptions::new().open_static(include_bytes!("../models/sudoku-4x4.trm")).unwrap();
    for model in [opened, read, embedded] {
        assert_eq!(bits(&model.solve(PUZZLES[3], &Options::new()).unwrap()), expected);
    }
    let int8 = OpenOptions::new().int8(true).open("models/sudoku-4x4.trm").unwrap();
    assert!(int8.info().quantised && !sudoku().info().quantised);
    assert!(int8.info().weight_bytes < sudoku().info().weight_bytes / 2);
    let answer = int8.solve(PUZZLES[0], &Options::new()).unwrap();
    assert_eq!(answer.to_string(), ANSWERS[0]);
    assert_ne!(bits(&answer), bits(&sudoku().solve(PUZZLES[0], &Options::new()).unwrap()));
}

#[test]
fn any_file_name_opens() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("Rätsel 数独.trm");
    std::fs::copy("models/sudoku-4x4.trm", &path).unwrap();
    assert_eq!(Model::open(path).unwrap().info().task, "sudoku");
}

#[test]
fn a_model_is_described() {
    let model = sudoku();
    let info = model.info();
    assert_eq!((info.architecture, info.block), (trm::Architecture::Trm, trm::Block::Mixer));
    assert_eq!((info.gate, info.likelihood), (trm::Gate::Normed, trm::Likelihood::Softmax));
    assert_eq!(info.position_encoding, trm::PositionEncoding::None);
    assert_eq!(
        (info.positions, info.vocabulary, info.channels, info.cycles, info.updates),
        (16, 6, 64, 2, 3)
    );
    assert_eq!(info.file_bytes, std::fs::metadata("models/sudoku-4x4.trm").unwrap().len());
    let metadata = model.metadata().unwrap();
    for (key, value) in [
        ("task.name", Metadata::Text("sudoku".into())),
        ("task.alphabet", Metadata::Bytes(b"\0.1234".to_vec())),
        ("model.channels", Metadata::Integer(64)),
        ("model.norm_epsilon", Metadata::Real(1e-5)),
    ] {
        assert_eq!(metadata.iter().find(|(name, _)| name == key), Some(&(key.to_string(), value)));
    }
    let tensors = model.tensors().unwrap();
    let matrix = tensors.iter().find(|tensor| tensor.name == "net.0.channels.down").unwrap();
    assert_eq!((matrix.rows, matrix.columns, matrix.layout.as_str()), (64, 192, "panels"));
    assert!(tensors.iter().all(|tensor| tensor.kind == "f32" && tensor.encoding == "raw"));
    assert!(format!("{model:?}").starts_with("Model(Info {"));
}

#[cfg(target_arch = "x86_64")]
#[test]
fn the_processor_is_used() {
    if std::env::var_os("TRM_CPU").is_none()
        && is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("fma")
    {
        assert_ne!(sudoku().info().instruction_set, "scalar");
    }
}
