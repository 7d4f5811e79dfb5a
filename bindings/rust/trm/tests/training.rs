//! Models that are made, trained and converted.

mod support;

use std::ffi::CStr;
use std::fs;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};
use support::{all_bits, mentions, sudoku, PUZZLES};
use trm::train::{
    ConvertOptions, Generate, InitOptions, Optimiser, Precision, Puzzles, ReadOptions, Task, TrainOptions,
    Trainer,
};
use trm::{Model, OpenOptions, Options, Pool, Puzzle, Status, Tasks};

const MODEL: &str = "models/sudoku-4x4.trm";

/// A file for this run; each test has its own.
fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn puzzles() -> Puzzles {
    let mut puzzles = Puzzles::new(&Task::sudoku(2, 2)).unwrap();
    puzzles.generate(&Generate::new(50).seed(3)).unwrap();
    puzzles
}

fn options() -> TrainOptions {
    TrainOptions::new().steps(4).batch(12).shards(3).seed(9).maximum_steps(2)
}

fn small_model(name: &str) -> PathBuf {
    let path = temporary(name);
    let init =
        InitOptions::new().channels(16).token_hidden(16).channel_hidden(32).cycles(2).updates(2).seed(1);
    init.task(&Task::sudoku(2, 2)).write(&path).unwrap();
    path
}

/// The bytes of the model that a whole run ends with.
fn trained(name: &str, options: &TrainOptions) -> Vec<u8> {
    let (start, puzzles) = (small_model(name), puzzles());
    let mut trainer = Trainer::new(&start, &puzzles, options).unwrap();
    while trainer.steps() < 4 {
        trainer.step().unwrap();
    }
    let output = temporary(&format!("{name}.out"));
    trainer.write(&output).unwrap();
    fs::read(output).unwrap()
}

#[test]
fn the_bits_do_not_depend_on_the_threads() {
    let alone = trained("alone.trm", &options());
    assert_eq!(trained("pool.trm", &options().pool(&Pool::new(2).unwrap())), alone);
    let backwards = |tasks: &Tasks| (0..tasks.count()).rev().for_each(|index| tasks.run(index));
    assert_eq!(trained("host.trm", &options().executor(3, backwards)), alone);
    assert_ne!(trained("seed.trm", &options().seed(10)), alone);
    assert_ne!(trained("int8.trm", &options().precision(Precision::Int8)), alone);
    assert_ne!(trained("adamw.trm", &options().optimiser(Optimiser::AdamW)), alone);
    assert_ne!(trained("constant.trm", &options().cosine(false)), alone);
}

#[test]
fn a_run_goes_on_from_its_checkpoint() {
    let (start, puzzles, checkpoint) = (small_model("whole.trm"), puzzles(), temporary("half.checkpoint"));
    let mut whole = Trainer::new(&start, &puzzles, &options()).unwrap();
    whole.describe("provenance.command", "a test").unwrap();
    whole.step().unwrap();
    whole.step().unwrap();
    whole.save(&checkpoint).unwrap();
    let mut other = Trainer::resume(&checkpoint, &puzzles, &TrainOptions::new()).unwrap();
    assert_eq!(other.steps(), 2);
    for trainer in [&mut whole, &mut other] {
        trainer.step().unwrap();
        let report = trainer.step().unwrap();
        assert_eq!((report.step, report.steps, trainer.steps()), (4, 4, 4));
        assert!(report.loss > 0.0 && report.cell_accuracy > 0.0 && report.gradient_norm > 0.0);
    }
    let files = [temporary("half.one"), temporary("half.other")];
    whole.write(&files[0]).unwrap();
    other.write(&files[1]).unwrap();
    assert_eq!(fs::read(&files[0]).unwrap(), fs::read(&files[1]).unwrap());
    mentions(other.step(), Status::Argument, "4");
    let said = Model::open(&files[1]).unwrap().metadata().unwrap();
    assert!(said.contains(&("provenance.command".into(), trm::Metadata::Text("a test".into()))));
}

#[test]
fn a_panic_comes_once_and_the_run_goes_on() {
    let calls = AtomicU32::new(0);
    let throwing = move |_: &Tasks| {
        if calls.fetch_add(1, Ordering::Relaxed) == 0 {
            panic!("the first time")
        }
    };
    let (start, puzzles) = (small_model("panic.trm"), puzzles());
    let options = options().executor(2, throwing);
    let mut trainer = Trainer::new(&start, &puzzles, &options).unwrap();
    let mut panics = 0;
    while trainer.steps() < 4 {
        panics += u32::from(catch_unwind(AssertUnwindSafe(|| trainer.step().unwrap())).is_err());
    }
    assert_eq!(panics, 1);
    let output = temporary("panic.out");
    trainer.write(&output).unwrap();
    assert_eq!(fs::read(output).unwrap(), trained("no-panic.trm", &self::options()));
}

#[test]
fn puzzles_come_from_files_and_generators() {
    let (made, path) = (puzzles(), temporary("puzzles.csv.gz"));
    made.write(&path, "test").unwrap();
    let mut read = Puzzles::new(&Task::sudoku(2, 2)).unwrap();
    assert!(read.is_empty());
    read.read(&path).unwrap();
    assert_eq!(read.len(), 50);
    for index in 0..50 {
        assert_eq!(read.get(index).unwrap(), made.get(index).unwrap());
    }
    read.read_up_to(&path, 7).unwrap();
    assert_eq!(read.len(), 57);

    let mut easy = Puzzles::new(&Task::sudoku(2, 2)).unwrap();
    easy.generate(&Generate::new(5).givens(10..=10)).unwrap();
    assert_eq!(easy.get(0).unwrap().question.matches('.').count(), 6);
    let mut paths = Puzzles::new(&Task::path(6, 6)).unwrap();
    paths.generate(&Generate::new(5).walls(25..=25)).unwrap();
    assert_eq!(paths.get(4).unwrap().question.matches('#').count(), 9);

    let mine = temporary("mine.csv");
    fs::write(
        &mine,
        "source,question,answer,rating\nme,a\u{e9},\u{e9}a,3\n".chars().map(|c| c as u8).collect::<Vec<_>>(),
    )
    .unwrap();
    let mut own = Puzzles::new(&Task::new("mirror", 1, 2, "a\u{e9}")).unwrap();
    own.read(&mine).unwrap();
    let lesson = own.get(0).unwrap();
    assert_eq!((lesson.question.as_str(), lesson.answer.as_str(), lesson.rating), ("a\u{e9}", "\u{e9}a", 3));
    assert_eq!(own.task().unwrap(), Task::new("mirror", 1, 2, "a\u{e9}"));
}

#[test]
fn converted_files_answer_as_opened_ones() {
    let (int8, fp32) = (temporary("to-int8.trm"), temporary("to-fp32.safetensors"));
    ConvertOptions::new().precision(Precision::Int8).convert(MODEL, &int8).unwrap();
    let expected =
        OpenOptions::new().int8(true).open(MODEL).unwrap().solve_all(PUZZLES, &Options::new()).unwrap();
    let found = Model::open(&int8).unwrap().solve_all(PUZZLES, &Options::new()).unwrap();
    assert_eq!(all_bits(&found), all_bits(&expected));

    ConvertOptions::new().convert(MODEL, &fp32).unwrap();
    let (back, kept) = (temporary("back.trm"), temporary("kept.trm"));
    let task = Task::new("something else", 2, 8, ".1234");
    ConvertOptions::new().task(&task).convert(&fp32, &back).unwrap();
    let back = Model::open(&back).unwrap();
    assert_eq!((back.info().task.as_str(), back.info().grid_columns), ("something else", 8));
    let published = temporary("published.trm");
    ConvertOptions::new().task(&Task::sudoku(2, 2)).convert(&fp32, &published).unwrap();
    assert_eq!(
        Model::open(&published).unwrap().encode(PUZZLES[0]).unwrap(),
        sudoku().encode(PUZZLES[0]).unwrap()
    );
    let expected = sudoku().solve_all(PUZZLES, &Options::new()).unwrap();
    assert_eq!(all_bits(&back.solve_all(PUZZLES, &Options::new()).unwrap()), all_bits(&expected));

    let options = ConvertOptions::new().precision(Precision::Int8).keep(["net.0.channels.down"]);
    options.convert(MODEL, &kept).unwrap();
    assert!(fs::metadata(&kept).unwrap().len() > fs::metadata(&int8).unwrap().len());
    mentions(ConvertOptions::new().keep(["nothing"]).convert(MODEL, &kept), Status::Argument, "nothing");
}

#[test]
fn what_is_wrong_is_said() {
    let (set, model) = (puzzles(), small_model("wrong.trm"));
    let missing = temporary("missing.trm");
    mentions(Trainer::new(&missing, &set, &options()), Status::File, "missing.trm: cannot be opened");
    mentions(Trainer::new("a\0b", &set, &options()), Status::Argument, "path: expected text without a zero");
    mentions(Trainer::resume(MODEL, &set, &options()), Status::Format, "checkpoint");
    mentions(
        Trainer::new(&model, &Puzzles::new(&Task::sudoku(2, 2)).unwrap(), &options()),
        Status::Argument,
        "puzzle",
    );
    mentions(Trainer::new(&model, &set, &options().batch(0)), Status::Argument, "batch");
    mentions(Trainer::new(&model, &set, &options().average(1.0)), Status::Argument, "average");
    mentions(
        Trainer::new(&model, &set, &options().learning_rate(f64::NAN)),
        Status::Argument,
        "learning_rate",
    );
    mentions(
        Trainer::new(&model, &set, &options().optimiser(Optimiser::Other(9))),
        Status::Argument,
        "optimiser",
    );
    mentions(Trainer::new(&model, &set, &options().executor(0, |_| ())), Status::Argument, "width");

    let mut large = Puzzles::new(&Task::sudoku(2, 3)).unwrap();
    large.generate(&Generate::new(1)).unwrap();
    mentions(Trainer::new(&model, &large, &options()), Status::Puzzle, "16");
    mentions(large.get(1), Status::Argument, "1");
    mentions(large.generate(&Generate::new(1).givens(37..=40)), Status::Argument, "givens");
    mentions(large.read(&missing), Status::File, "missing.trm");
    mentions(large.read("Cargo.toml"), Status::Format, "Cargo.toml");
    mentions(large.write(temporary("a.csv"), "a,b"), Status::Argument, "source");
    assert_eq!(large.len(), 1);

    mentions(Puzzles::new(&Task::new("", 2, 2, "ab")), Status::Argument, "name");
    mentions(Puzzles::new(&Task::new("own", 2, 2, "")), Status::Argument, "alphabet");
    mentions(Puzzles::new(&Task::new("own", 2, 2, "λ")), Status::Puzzle, "no alphabet has 'λ'");
    mentions(Puzzles::new(&Task::sudoku(9, 9)), Status::Argument, "9 x 9");
    mentions(InitOptions::new().channels(0).write(temporary("zero.trm")), Status::Argument, "channels");
    mentions(InitOptions::new().channels(8).write("src"), Status::File, "src");

    let mut trainer = Trainer::new(&model, &set, &options()).unwrap();
    mentions(trainer.describe("model.name", "x"), Status::Argument, "model.");
    mentions(trainer.write("missing/x.trm"), Status::File, "missing/x.trm");
    mentions(trainer.save("missing/x.trm"), Status::File, "missing/x.trm");
    trainer.step().unwrap();
}

#[test]
fn types_are_as_free_as_they_can_be() {
    fn is_shared<T: Send + Sync>() {}
    fn moves<T: Send>() {}
    is_shared::<Puzzles>();
    is_shared::<TrainOptions>();
    is_shared::<InitOptions>();
    is_shared::<ConvertOptions>();
    moves::<Trainer<'_>>();
}

#[test]
fn graphs_are_made_up_read_and_solved() {
    let mut graphs = Puzzles::new(&Task::colouring(4)).unwrap();
    graphs.generate(&Generate::new(20).positions(12..=30).colours(3..=3).seed(4)).unwrap();
    let file = temporary("graphs.jsonl");
    graphs.write(&file, "mine").unwrap();
    let mut read = Puzzles::new(&Task::colouring(4)).unwrap();
    read.read(&file).unwrap();
    let model = Model::open("models/colouring.trm").unwrap();
    let mut right = 0;
    for index in 0..20 {
        let graph = graphs.get(index).unwrap();
        assert_eq!(read.get(index).unwrap(), graph);
        assert!((12..=30).contains(&graph.question.len()) && graph.question.len() == graph.answer.len());
        let edges: Vec<_> = graph.relations.iter().map(|(name, lists)| lists.relation(name)).collect();
        assert_eq!((edges.len(), graph.relations[0].1.first().len()), (1, graph.question.len() + 1));
        let puzzle = Puzzle::from(&graph.question).shape(graph.shape).relations(&edges);
        right += usize::from(model.solve(puzzle, &Options::new()).unwrap().to_string() == graph.answer);
    }
    assert!(right >= 18, "{right} of 20");
    assert!(graphs.get(20).is_err());
}

#[test]
fn lists_are_read_by_the_names_of_their_columns() {
    let file = temporary("named.csv");
    fs::write(
        &file,
        "antwort;notiz;frage\n1234341243212143;leicht;1.3..4.2.3.12.4.\n4321213434121243;;....2...3..2..4.\n",
    )
    .unwrap();
    let read = |options: &ReadOptions| {
        let mut puzzles = Puzzles::new(&Task::sudoku(2, 2)).unwrap();
        puzzles.read_list(&file, options).map(|()| puzzles)
    };
    let named = ReadOptions::new().question("frage").answer("antwort");
    let puzzles = read(&named).unwrap();
    assert_eq!((puzzles.len(), puzzles.get(0).unwrap().question.as_str()), (2, "1.3..4.2.3.12.4."));
    assert_eq!(read(&named.clone().limit(1)).unwrap().len(), 1);
    mentions(read(&ReadOptions::new()), Status::Format, "question");
    mentions(read(&named.clone().question("Rage")), Status::Format, "Rage");
    mentions(read(&named.question("fra\0ge")), Status::Argument, "question: expected text without a zero");
}

/// The library's table of options, and the methods of `TrainOptions`.
#[test]
fn every_training_option_has_a_method() {
    let methods = include_str!("../src/train/options.rs");
    let names = (0..).map_while(|index| {
        let mut info = trm_sys::TRM_OPTION_INFO_INIT;
        // SAFETY: it is a struct to be filled; its text is constant.
        unsafe {
            assert_eq!(trm_sys::trm_train_option(index, &mut info, null_mut()), trm_sys::TRM_OK);
            (!info.name.is_null()).then(|| CStr::from_ptr(info.name).to_str().unwrap())
        }
    });
    let names: Vec<_> = names.collect();
    assert!(names.contains(&"muon_momentum"));
    for name in names {
        assert!(methods.contains(&format!("        {name}(")), "{name}");
    }
}
