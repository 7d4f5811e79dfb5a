//! Runs, rules, search, and closures that are asked while solving.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use trm::{HintsEnd, How, Model, Options, Policy, Reason, Stop, Verdict};

const LARGE: &str = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79";
const HARD: &str = "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..";

fn model() -> Model {
    Model::open(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../models/sudoku-small.trm")).unwrap()
}

#[test]
fn rules_end_a_run() {
    let answer = model().solve(LARGE, &Options::new().policy(Policy::FirstVerified)).unwrap();
    assert_eq!((answer.verdict, answer.stop, answer.how), (Verdict::Verified, Stop::Verified, How::Run));
    assert_eq!((answer.runs, answer.pins, answer.total_steps), (1, 0, u64::from(answer.steps)));
    assert!(answer.changed.iter().all(|&changed| changed == 0));
}

#[test]
fn what_nobody_calls_right_is_withheld() {
    let impossible = format!("11{}", ".".repeat(79));
    let answer =
        model().solve(impossible.as_str(), &Options::new().require_verified(true).maximum_steps(2)).unwrap();
    assert_eq!(answer.verdict, Verdict::Refuted);
    assert!(answer.tokens.iter().all(|&token| token == 0));
}

#[test]
fn what_rides_together_changes_nothing() {
    let options = Options::new().search(true).maximum_steps(8).step_budget(200).seed(5);
    let alone = model().solve(HARD, &options).unwrap();
    let together = model().solve(HARD, &options.runs(3)).unwrap();
    assert_eq!(alone.tokens, together.tokens);
    assert_eq!(
        (alone.total_steps, alone.runs, alone.pins),
        (together.total_steps, together.runs, together.pins)
    );
}

#[test]
fn closures_are_asked() {
    let steps = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&steps);
    let options =
        Options::new().runs(2).views([0, 1]).maximum_steps(3).verifier(|_, _| Verdict::Refuted).watcher(
            move |step| {
                assert!(step.tokens.len() == 81 && step.run < 2 && step.verdict == Verdict::Refuted);
                assert!(step.view == step.run && step.pins == 0 && step.asked.len() == 81);
                seen.fetch_add(1, Ordering::Relaxed);
            },
        );
    let answer = model().solve(LARGE, &options).unwrap();
    assert_eq!((answer.verdict, answer.total_steps), (Verdict::Refuted, 6));
    assert_eq!(steps.load(Ordering::Relaxed), 6);
}

#[test]
fn panics_go_on_behind_the_library() {
    for options in
        [Options::new().verifier(|_, _| panic!("no rules")), Options::new().watcher(|_| panic!("no rules"))]
    {
        let thrown = catch_unwind(AssertUnwindSafe(|| model().solve(LARGE, &options))).unwrap_err();
        assert_eq!(thrown.downcast_ref::<&str>(), Some(&"no rules"));
    }
}

#[test]
fn a_puzzle_may_have_several_answers() {
    let opened = Model::open(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../models/sudoku-4x4.trm")).unwrap();
    let verifier = |_: &[i32], _: &[i32]| Verdict::Unverified;
    let options = Options::new().runs(8).views(opened.views().unwrap()).maximum_steps(2).verifier(verifier);
    let found = opened.candidates("................", 8, &options).unwrap();
    assert_eq!(found.iter().map(|candidate| candidate.count).sum::<u32>(), 8);
    assert!(found.windows(2).all(|two| two[0].confidence >= two[1].confidence));
    assert!(found.iter().all(|candidate| candidate.verdict == Verdict::Unverified));
    assert!(opened.candidates("................", 70000, &Options::new()).is_err());
    assert!(trm::Solver::new(&opened, &Options::new()).unwrap().candidates(0).is_err());
}

#[test]
fn hints_say_why() {
    let opened = Model::open(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../models/sudoku-4x4.trm")).unwrap();
    let all = opened.hint("123.34....4....1", 99, &Options::new()).unwrap();
    assert_eq!((all.hints.len(), all.end), (9, HintsEnd::Done));
    let first = &all.hints[0];
    assert_eq!((first.position, first.token, first.reason), (3, 5, Reason::Last));
    assert_eq!((first.relation.as_str(), first.confidence), ("row", 1.0));
    let clash = opened.hint("11..............", 1, &Options::new()).unwrap();
    assert_eq!((clash.end, clash.clash, clash.hints.len()), (HintsEnd::Clash, [0, 1], 0));
    assert!(opened.hint("123.34....4....1", 0, &Options::new()).is_err());
}

#[test]
fn wrong_givens_are_repaired() {
    let wrong = format!("6{}", &LARGE[1..]);
    let puzzle = trm::Puzzle::from(&wrong).shape(trm::Shape::grid(9, 9));
    let repair = model().repair(puzzle, &Options::new()).unwrap();
    assert_eq!((repair.changes, repair.is_fewest, repair.verdict), (1, true, Verdict::Verified));
    let is_kept = |(given, &token): (char, &i32)| given == '.' || given.to_digit(10) == Some(token as u32);
    assert_eq!(wrong.chars().zip(&repair.tokens).filter(|&both| !is_kept(both)).count(), 1);
    let refused = model().repair(LARGE, &Options::new().verifier(|_, _| Verdict::Verified)).unwrap_err();
    assert!(refused.to_string().contains("repairs go by the rules"), "{refused}");
}
