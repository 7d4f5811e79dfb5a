// Made from train.h by tests/header, and compared with it there. TRM_RECORD=1 cargo test -p trm-sys writes it anew.

use crate::declarations::*;
use std::marker::{PhantomData, PhantomPinned};
use std::mem::size_of;
use std::os::raw::{c_char, c_int, c_uint, c_void};
use std::ptr::{null, null_mut};

/// Formats of model files.
pub type trm_format = c_uint;
/// doc/format.md
pub const TRM_FORMAT_TRM: trm_format = 1;
/// the published names, see above
pub const TRM_FORMAT_SAFETENSORS: trm_format = 2;

/// How the matrices of the blocks are stored; embeddings, initial states and heads always are fp32.
pub type trm_precision = c_uint;
pub const TRM_PRECISION_FP32: trm_precision = 1;
/// 8-bit integers with a scale for each output: doc/format.md, type 3
pub const TRM_PRECISION_INT8: trm_precision = 2;

/// How to convert. NULL where options are asked for means TRM_CONVERT_OPTIONS_INIT.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_convert_options {
    /// sizeof(trm_convert_options)
    pub size: usize,
    /// a trm_format to write; 0: safetensors when OUTPUT ends in ".safetensors", else .trm
    pub format: u32,
    /// 1: deflate the weights of a .trm file, for shipping; 0: raw, used in place
    pub deflate: u32,
    /// JSON file with the configuration of a safetensors input; NULL: the input's
    /// own __metadata__, else INPUT with .json in place of .safetensors, else
    /// all_config.json, else config.json beside it
    pub config_path: *const c_char,
    /// such as "sudoku"; NULL: as in the input
    pub task: *const c_char,
    /// the characters of the tokens from alphabet_first on, one byte each; NULL: as in
    /// the input
    pub alphabet: *const c_char,
    /// the token of the alphabet's first character
    pub alphabet_first: u32,
    /// the question as a grid; both 0: as in the input
    pub grid_rows: u32,
    pub grid_columns: u32,
    /// a trm_precision; 0: as in the input. Integers of the input are kept as they are
    /// where integers are wanted
    pub precision: u32,
    /// or NULL
    pub allocator: *const trm_allocator,
    /// keep_count names of tensors (doc/format.md) that stay or become fp32
    pub keep: *const *const c_char,
    pub keep_count: usize,
}

/// How a [`trm_convert_options`] begins.
pub const TRM_CONVERT_OPTIONS_INIT: trm_convert_options = trm_convert_options {
    size: size_of::<trm_convert_options>(),
    format: 0,
    deflate: 0,
    config_path: null(),
    task: null(),
    alphabet: null(),
    alphabet_first: 0,
    grid_rows: 0,
    grid_columns: 0,
    precision: 0,
    allocator: null(),
    keep: null(),
    keep_count: 0,
};

extern "C" {
    /// Converts between .trm and safetensors, also each to itself. The input's format is told by its first bytes.
    /// A .trm input keeps its metadata.
    /// * input_path   UTF-8, as output_path.
    ///
    /// Returns TRM_ERROR_ARGUMENT, _MEMORY, _FILE; _FORMAT, _VERSION, _CHECKSUM for the input or its
    /// configuration; TRM_ERROR_UNSUPPORTED to deflate in a build without zlib. Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_convert(input_path: *const c_char, output_path: *const c_char, options: *const trm_convert_options, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// The same from memory to memory; options.format 0 means .trm, and nothing is looked for beside the input.
    /// * data          `bytes` bytes of a .trm or safetensors file, read during the call only.
    /// * output        receives the new file's bytes, released by trm_convert_free() with the same allocator.
    /// * output_bytes  receives their number.
    ///
    /// Returns as trm_convert(). Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_convert_memory(data: *const c_void, bytes: usize, options: *const trm_convert_options, output: *mut *mut c_void, output_bytes: *mut usize, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Releases what trm_convert_memory() made with this allocator (NULL: the default one); accepts NULL. Any
    /// thread. Since 0.1.0.
    pub fn trm_convert_free(output: *mut c_void, allocator: *const trm_allocator);
}

/// Dimensions of a new model. The defaults are the paper's for Sudoku, with register rows as prefix.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_init_options {
    /// sizeof(trm_init_options)
    pub size: usize,
    /// a trm_architecture
    pub architecture: u32,
    /// a trm_block
    pub block: u32,
    /// a trm_position_encoding; 0: none in a mixer, rotary with attention
    pub position_encoding: u32,
    /// a trm_gate
    pub gate: u32,
    /// a trm_likelihood
    pub likelihood: u32,
    /// D
    pub channels: u32,
    /// S
    pub positions: u32,
    /// P
    pub prefix: u32,
    /// V
    pub vocabulary: u32,
    /// rows of a puzzle-embedding table, which then is the prefix; 0: the prefix is P
    /// register rows
    pub identifiers: u32,
    /// numbers in a row of that table, at most P x D; 0: D
    pub puzzle_width: u32,
    /// 1: the token head has a bias
    pub head_bias: u32,
    /// K; HRM: of the low network
    pub blocks: u32,
    /// HRM: of the high network; 0: as many
    pub high_blocks: u32,
    /// attention only; 0: one for each 64 channels, at least one
    pub heads: u32,
    /// mixer only; 0: 8/3 of P + S, rounded up to a multiple of 256, as published
    pub token_hidden: u32,
    /// 0: the same of D
    pub channel_hidden: u32,
    /// T
    pub cycles: u32,
    /// n
    pub updates: u32,
    /// supervision steps
    pub maximum_steps: u32,
    /// as in trm_convert_options
    pub deflate: u32,
    /// of the random weights
    pub seed: u64,
    /// such as "sudoku", or NULL
    pub task: *const c_char,
    /// as in trm_convert_options, or NULL
    pub alphabet: *const c_char,
    pub alphabet_first: u32,
    /// both 0: no grid
    pub grid_rows: u32,
    pub grid_columns: u32,
    /// 0
    pub reserved: u32,
    /// or NULL
    pub allocator: *const trm_allocator,
}

/// How a [`trm_init_options`] begins.
pub const TRM_INIT_OPTIONS_INIT: trm_init_options = trm_init_options {
    size: size_of::<trm_init_options>(),
    architecture: TRM_ARCHITECTURE_TRM,
    block: TRM_BLOCK_MIXER,
    position_encoding: 0,
    gate: TRM_GATE_PLAIN,
    likelihood: TRM_LIKELIHOOD_STABLEMAX,
    channels: 512,
    positions: 81,
    prefix: 16,
    vocabulary: 11,
    identifiers: 0,
    puzzle_width: 0,
    head_bias: 0,
    blocks: 2,
    high_blocks: 0,
    heads: 0,
    token_hidden: 0,
    channel_hidden: 0,
    cycles: 3,
    updates: 6,
    maximum_steps: 16,
    deflate: 0,
    seed: 0,
    task: null(),
    alphabet: null(),
    alphabet_first: 0,
    grid_rows: 0,
    grid_columns: 0,
    reserved: 0,
    allocator: null(),
};

extern "C" {
    /// Writes a .trm file with random weights: matrices and embeddings nearly normal with deviation 1 /
    /// sqrt(inputs), initial states with deviation 1, the halt head 0 with bias -5, puzzle embeddings and the
    /// token head's bias 0, as the published code starts. The same options give the same bytes on every machine,
    /// as long as nothing is deflated (zlib's output depends on its version).
    /// * output_path  UTF-8.
    /// * options      or NULL for the defaults.
    ///
    /// Returns TRM_ERROR_ARGUMENT, _MEMORY, _FILE, _UNSUPPORTED. Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_init(output_path: *const c_char, options: *const trm_init_options, error: *mut trm_error) -> trm_status;
}

/// What puzzles are about. Two tasks are known by name, with their tokens, rules, symmetries and generators.
///
/// "sudoku": a grid of N x N cells, N = box_rows x box_columns up to 16. Token 0 is padding, without a
/// character, 1 is '.', a blank, 2 is the digit '1' and so on ('A' follows '9'). Every given is in the answer,
/// and the answer has every digit once in each row, column and box.
///
/// "path": a grid of up to 64 x 64 cells. Token 0 is padding, 1 is '#', a wall, 2 is ' ', free, 3 is 'S', the
/// start, 4 is 'G', the goal, 5 is 'o', the path. The answer is the question with some free cells turned to
/// 'o'.
///
/// Any other name is a task of its own: it needs an alphabet, and has no rules and no symmetries.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_task {
    /// sizeof(trm_task)
    pub size: usize,
    /// up to 63 bytes
    pub name: *const c_char,
    /// sudoku: N, or both 0 when the boxes are given
    pub grid_rows: u32,
    /// rows x columns is at most 65536
    pub grid_columns: u32,
    /// sudoku: both 0 for 2x2, 2x3, 2x4, 3x3, 2x5, 3x4, ...
    pub box_rows: u32,
    /// as N demands; other tasks: 0
    pub box_columns: u32,
    /// the characters of the tokens from alphabet_first on, one byte each;
    /// sudoku and path: NULL, or the one above
    pub alphabet: *const c_char,
    /// the last token is at most 255
    pub alphabet_first: u32,
    /// 0
    pub reserved: u32,
}

/// How a [`trm_task`] begins.
pub const TRM_TASK_INIT: trm_task = trm_task {
    size: size_of::<trm_task>(),
    name: null(),
    grid_rows: 0,
    grid_columns: 0,
    box_rows: 0,
    box_columns: 0,
    alphabet: null(),
    alphabet_first: 0,
    reserved: 0,
};

/// Puzzles of one task in memory. One thread at a time while puzzles are added; reading may be shared.
#[repr(C)]
#[derive(Debug)]
pub struct trm_puzzles {
    opaque: [u8; 0],
    marker: PhantomData<(*mut u8, PhantomPinned)>,
}

extern "C" {
    /// Makes an empty set.
    /// * task       read during the call only.
    /// * allocator  for the set's memory, or NULL; must outlive the set.
    /// * puzzles    receives the set, released by trm_puzzles_free(); NULL after a failure.
    ///
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY. Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_puzzles_create(task: *const trm_task, allocator: *const trm_allocator, puzzles: *mut *mut trm_puzzles, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Releases a set; accepts NULL. The set's thread. Since 0.1.0.
    pub fn trm_puzzles_free(puzzles: *mut trm_puzzles);
}

extern "C" {
    /// The number of puzzles; 0 for NULL. The set's thread. Since 0.1.0.
    pub fn trm_puzzles_count(puzzles: *const trm_puzzles) -> u64;
}

extern "C" {
    /// What the puzzles are about, everything filled in: grid, boxes, alphabet.
    /// * task  to be filled (TRM_TASK_INIT); name and alphabet belong to the set.
    ///
    /// Returns TRM_ERROR_ARGUMENT. The set's thread. Since 0.1.0.
    #[must_use]
    pub fn trm_puzzles_describe(puzzles: *const trm_puzzles, task: *mut trm_task, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Adds the puzzles of a CSV file as trm_csv_open() reads it. Every puzzle is checked against the task:
    /// length, characters, the answer against the question, a rating from 0 to 4294967295. After a failure the set
    /// is as before; the sentence names file, line, column and what was wrong.
    /// * path   UTF-8.
    /// * limit  take only so many, from the beginning; 0: all of them.
    ///
    /// Returns TRM_ERROR_PUZZLE for a puzzle that the task does not allow; otherwise as trm_csv_open() and
    /// trm_csv_next(). A file without a puzzle is TRM_ERROR_FORMAT. The set's thread. Since 0.1.0.
    #[must_use]
    pub fn trm_puzzles_read(puzzles: *mut trm_puzzles, path: *const c_char, limit: u64, error: *mut trm_error) -> trm_status;
}

/// What to generate.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_generate_options {
    /// sizeof(trm_generate_options)
    pub size: usize,
    /// puzzles to add
    pub count: u64,
    /// number of the first of them: each puzzle depends on the task, the seed, its number
    /// and the ranges below alone, so that a large set can be made in parts
    pub first: u64,
    /// of the random numbers
    pub seed: u64,
    /// sudoku: drawn evenly from this range as far as grids have such puzzles;
    pub least_givens: u32,
    /// both 0: 4-10 of 16 cells, 8-20 of 36, 24-45 of 81, else 45-65 %
    pub most_givens: u32,
    /// path: per cent of the cells, drawn evenly from this range;
    pub least_walls: u32,
    /// both 0: 20-35
    pub most_walls: u32,
}

/// How a [`trm_generate_options`] begins.
pub const TRM_GENERATE_OPTIONS_INIT: trm_generate_options = trm_generate_options {
    size: size_of::<trm_generate_options>(),
    count: 0,
    first: 0,
    seed: 0,
    least_givens: 0,
    most_givens: 0,
    least_walls: 0,
    most_walls: 0,
};

extern "C" {
    /// Adds puzzles that are made up at random, the same on every machine.
    /// Sudoku: a random grid loses givens in random order as long as its solution stays the only one. The rating
    /// counts the dead ends of a search that proves it: naked singles, hidden singles and locked candidates first,
    /// then a guess in a cell with the fewest candidates. Path: random walls; a length of at least 4 moves is
    /// drawn among those for which the grid has a shortest path that is the only one, then start and goal among
    /// the pairs so far apart (on more than 128 free cells: among those with one of 128 random starts). The rating
    /// is the number of moves. Puzzles are drawn independently of each other: on small grids some come twice.
    ///
    /// Returns TRM_ERROR_ARGUMENT for a range that is empty or not possible, or in which thousands of attempts
    /// found no puzzle; TRM_ERROR_UNSUPPORTED for a task without a generator; TRM_ERROR_MEMORY. After a failure
    /// the set is as before. The set's thread. Since 0.1.0.
    #[must_use]
    pub fn trm_puzzles_generate(puzzles: *mut trm_puzzles, options: *const trm_generate_options, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// The puzzle at `index` (below trm_puzzles_count()) as characters; each output may be NULL.
    /// * question  receives rows x columns bytes, no terminating zero; `answer` the same.
    /// * rating    receives its rating.
    ///
    /// Returns TRM_ERROR_ARGUMENT. The set's thread. Since 0.1.0.
    #[must_use]
    pub fn trm_puzzles_get(puzzles: *const trm_puzzles, index: u64, question: *mut c_char, answer: *mut c_char, rating: *mut u32, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Writes all puzzles as a CSV file that trm_csv_open() reads, gzipped when the path ends in ".gz".
    /// * output_path  UTF-8.
    /// * source       the first column of every row: without comma, quote or control characters.
    ///
    /// Returns TRM_ERROR_ARGUMENT, _MEMORY, _FILE; TRM_ERROR_UNSUPPORTED for .gz in a build without zlib. The
    /// set's thread. Since 0.1.0.
    #[must_use]
    pub fn trm_puzzles_write(puzzles: *const trm_puzzles, output_path: *const c_char, source: *const c_char, error: *mut trm_error) -> trm_status;
}

/// A CSV file of puzzles, read row by row, plain or gzipped. Its first line is
/// `source,question,answer,rating`, each further line one puzzle, row by row of its grid; \n or \r\n ends a
/// line. Nothing is quoted and nothing is trimmed: spaces are cells of a maze. One thread at a time.
#[repr(C)]
#[derive(Debug)]
pub struct trm_csv {
    opaque: [u8; 0],
    marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// The fields of a row, in the file's order.
pub type trm_csv_field = c_uint;
pub const TRM_CSV_SOURCE: trm_csv_field = 0;
pub const TRM_CSV_QUESTION: trm_csv_field = 1;
pub const TRM_CSV_ANSWER: trm_csv_field = 2;
pub const TRM_CSV_RATING: trm_csv_field = 3;

/// A row. The texts belong to the reader until its next call; a zero follows each. Fill with
/// TRM_CSV_ROW_INIT.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_csv_row {
    /// sizeof(trm_csv_row)
    pub size: usize,
    /// its number in the file, from 1; 0: the file has ended, the rest is 0
    pub line: u64,
    /// by trm_csv_field
    pub text: [*const c_char; 4],
    /// their bytes
    pub length: [usize; 4],
    /// where in the line they begin, from 1; 0: the line has no such field
    pub column: [usize; 4],
}

/// How a [`trm_csv_row`] begins.
pub const TRM_CSV_ROW_INIT: trm_csv_row = trm_csv_row {
    size: size_of::<trm_csv_row>(),
    line: 0,
    text: [null(); 4],
    length: [0; 4],
    column: [0; 4],
};

/// For trm_csv_options.flags: a file without that first line has one question a line and nothing else.
pub const TRM_CSV_LINES: u32 = 1;

/// How to read. NULL where options are asked for means TRM_CSV_OPTIONS_INIT.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_csv_options {
    /// sizeof(trm_csv_options)
    pub size: usize,
    /// TRM_CSV_*, or 0
    pub flags: u32,
    /// 0
    pub reserved: u32,
    /// for about 200 KB and the longest line, or NULL; must outlive the
    /// reader
    pub allocator: *const trm_allocator,
}

/// How a [`trm_csv_options`] begins.
pub const TRM_CSV_OPTIONS_INIT: trm_csv_options = trm_csv_options {
    size: size_of::<trm_csv_options>(),
    flags: 0,
    reserved: 0,
    allocator: null(),
};

extern "C" {
    /// Opens a file and reads its first line.
    /// * path  UTF-8.
    /// * csv   receives the reader, released by trm_csv_close(); NULL after a failure.
    ///
    /// Returns TRM_ERROR_ARGUMENT, _MEMORY, _FILE; TRM_ERROR_FORMAT for another first line or an empty file (not
    /// with TRM_CSV_LINES); TRM_ERROR_UNSUPPORTED for a gzipped file in a build without zlib. Any thread. Since
    /// 0.1.0.
    #[must_use]
    pub fn trm_csv_open(path: *const c_char, options: *const trm_csv_options, csv: *mut *mut trm_csv, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// The same for a file, pipe or terminal that is open already, such as standard input.
    /// * descriptor  of the system; read from where it stands, left open, not used by others meanwhile.
    /// * name        for sentences about it, such as "standard input"; copied.
    ///
    /// Returns as trm_csv_open(). Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_csv_open_descriptor(descriptor: c_int, name: *const c_char, options: *const trm_csv_options, csv: *mut *mut trm_csv, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Releases a reader; accepts NULL. The reader's thread. Since 0.1.0.
    pub fn trm_csv_close(csv: *mut trm_csv);
}

extern "C" {
    /// The next row; row->line is 0 behind the last one.
    ///
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY; TRM_ERROR_FILE when the system cannot read on, also because a
    /// signal came; TRM_ERROR_FORMAT for a row that has not four fields, a line of 1 MiB or more, or damaged
    /// gzip data. After a failure only trm_csv_close() makes sense. The reader's thread. Since 0.1.0.
    #[must_use]
    pub fn trm_csv_next(csv: *mut trm_csv, row: *mut trm_csv_row, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// 1 when the next row, or its beginning, has been read already; 0 when trm_csv_next() first asks the system
    /// for more, which on a terminal or a pipe may take its time. The reader's thread. Since 0.1.0.
    pub fn trm_csv_waiting(csv: *const trm_csv) -> u32;
}

extern "C" {
    /// How far the reader is.
    /// * taken  receives the bytes of the stored file that the rows so far are worth, for gzip an estimate.
    /// * whole  receives the size of the stored file; 0 when it has none, as a pipe.
    ///   Both may be NULL. The reader's thread. Since 0.1.0.
    pub fn trm_csv_progress(csv: *const trm_csv, taken: *mut u64, whole: *mut u64);
}

/// How weights change. Puzzle embeddings always move by the sign of their gradient.
pub type trm_optimiser = c_uint;
/// arXiv 1711.05101
pub const TRM_OPTIMISER_ADAMW: trm_optimiser = 1;
/// arXiv 2407.05872, as the published code has it
pub const TRM_OPTIMISER_ADAM_ATAN2: trm_optimiser = 2;
/// Muon for the matrices of the network, AdamW for the rest
pub const TRM_OPTIMISER_MUON: trm_optimiser = 3;

/// Processes that learn together, on one machine or several of the same kind. Each has a trainer of its own, made
/// with the same model, puzzles and options but for `rank`, and calls trm_trainer_step() as often as the others.
/// Of each step it teaches its share of the batch; then all of them have the same bits, which are those of a
/// single process with the same options. `trm train` makes one of MPI. Fill with TRM_TEAM_INIT.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_team {
    /// sizeof(trm_team)
    pub size: usize,
    /// of this process, below count
    pub rank: u32,
    /// processes, at most options.shards
    pub count: u32,
    /// Gives every process the parts of all: `data` has `count` parts, one after another, of bytes\[0],
    /// bytes\[1], ... bytes, of which this process has filled part `rank`; when it returns the others are filled,
    /// too. All processes call it with the same `bytes`. Any other status than TRM_OK, with a sentence in
    /// `error` (never NULL), fails the step: its trainer is then as before the step, and may be saved.
    pub share: Option<unsafe extern "C" fn(user: *mut c_void, data: *mut c_void, bytes: *const usize, error: *mut trm_error) -> trm_status>,
    /// passed to share
    pub user: *mut c_void,
}

/// How a [`trm_team`] begins.
pub const TRM_TEAM_INIT: trm_team = trm_team {
    size: size_of::<trm_team>(),
    rank: 0,
    count: 0,
    share: None,
    user: null_mut(),
};

/// How to train. Each optimiser step takes one supervision step of each puzzle of the batch; its state is
/// carried on until the puzzle halts, then another takes its place. The defaults are the fast recipe for small
/// models (Muon, cosine, no label smoothing).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_train_options {
    /// sizeof(trm_train_options)
    pub size: usize,
    /// puzzles at a time
    pub batch: u32,
    /// parts of the batch whose gradients are summed by themselves: as many threads can
    /// work; the weights depend on it, and not on the threads
    pub shards: u32,
    /// optimiser steps of the whole run, for the schedules
    pub steps: u64,
    /// of everything that is drawn
    pub seed: u64,
    /// a trm_optimiser
    pub optimiser: u32,
    /// supervision steps before a puzzle is replaced in any case
    pub maximum_steps: u32,
    /// of AdamW or AdamATan2
    pub learning_rate: f64,
    /// the same
    pub weight_decay: f64,
    /// the same
    pub beta1: f64,
    /// the same
    pub beta2: f64,
    /// Muon
    pub muon_learning_rate: f64,
    pub muon_weight_decay: f64,
    pub muon_momentum: f64,
    /// of puzzle embeddings
    pub puzzle_learning_rate: f64,
    pub puzzle_weight_decay: f64,
    /// steps over which the learning rates rise from 0
    pub warm_up: u64,
    /// 1: they fall to 0 over the run as a cosine; 0: they stay
    pub cosine: u32,
    /// 1: T 1 n 2, from 30 % of the run T 2 n 4, from 60 % the model's own (arXiv
    /// 2511.08653)
    pub curriculum: u32,
    /// the gradient's largest norm; 0: any
    pub clip: f64,
    /// of the labels, below 1
    pub smoothing: f64,
    /// of the halt loss beside the answer's
    pub halt_weight: f64,
    /// share of the puzzles that may not halt before a drawn number of steps
    pub exploration: f64,
    /// decay of the averaged weights (EMA), below 1
    pub average: f64,
    /// the step from which on they are averaged
    pub average_begin: u64,
    /// latent states of each puzzle, of which the one with the lowest loss learns; 1: the
    /// usual
    pub states: u32,
    /// 1: less memory for a fifth more time: evaluations are computed again
    pub recompute: u32,
    /// 1: puzzles as they are, 0: each under a random symmetry of its task
    pub plain: u32,
    /// A trm_precision, that of the model to be; 0: fp32. With INT8 the network learns with its matrices rounded
    /// to what trm_convert() makes of them; files have fp32 all the same.
    pub precision: u32,
    /// or NULL: the calling thread; not copied, outlives the trainer
    pub executor: *const trm_executor,
    /// or NULL
    pub allocator: *const trm_allocator,
    /// or NULL: this process alone; copied
    pub team: *const trm_team,
}

/// How a [`trm_train_options`] begins.
pub const TRM_TRAIN_OPTIONS_INIT: trm_train_options = trm_train_options {
    size: size_of::<trm_train_options>(),
    batch: 128,
    shards: 8,
    steps: 1000,
    seed: 0,
    optimiser: TRM_OPTIMISER_MUON,
    maximum_steps: 16,
    learning_rate: 1e-3,
    weight_decay: 0.0,
    beta1: 0.9,
    beta2: 0.95,
    muon_learning_rate: 0.02,
    muon_weight_decay: 0.005,
    muon_momentum: 0.95,
    puzzle_learning_rate: 1e-2,
    puzzle_weight_decay: 0.1,
    warm_up: 0,
    cosine: 1,
    curriculum: 0,
    clip: 1.0,
    smoothing: 0.0,
    halt_weight: 0.5,
    exploration: 0.1,
    average: 0.99,
    average_begin: 0,
    states: 1,
    recompute: 0,
    plain: 0,
    precision: 0,
    executor: null(),
    allocator: null(),
    team: null(),
};

/// A training run: weights, averages, moments, and the puzzles on their way. One thread at a time.
#[repr(C)]
#[derive(Debug)]
pub struct trm_trainer {
    opaque: [u8; 0],
    marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// What a step did. Fill with TRM_TRAIN_REPORT_INIT.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_train_report {
    /// sizeof(trm_train_report)
    pub size: usize,
    /// optimiser steps so far, this one too
    pub step: u64,
    /// of the whole run
    pub steps: u64,
    /// T of this step
    pub cycles: u32,
    /// n of this step
    pub updates: u32,
    /// mean over the batch: answer + halt_weight * halt
    pub loss: f64,
    pub answer_loss: f64,
    pub halt_loss: f64,
    /// of the answers of all puzzles of the batch
    pub cell_accuracy: f64,
    /// before it was clipped
    pub gradient_norm: f64,
    /// of this step, as a share of the options' rates
    pub learning_rate: f64,
    /// puzzles that were replaced
    pub halted: u64,
    /// of those: all cells right
    pub exact: u64,
    /// of those: supervision steps, summed up
    pub halted_steps: u64,
}

/// How a [`trm_train_report`] begins.
pub const TRM_TRAIN_REPORT_INIT: trm_train_report = trm_train_report {
    size: size_of::<trm_train_report>(),
    step: 0,
    steps: 0,
    cycles: 0,
    updates: 0,
    loss: 0.0,
    answer_loss: 0.0,
    halt_loss: 0.0,
    cell_accuracy: 0.0,
    gradient_norm: 0.0,
    learning_rate: 0.0,
    halted: 0,
    exact: 0,
    halted_steps: 0,
};

extern "C" {
    /// Begins a run.
    /// * model_path  a .trm file (trm_init() makes one), whose weights are the first; only read.
    /// * puzzles     to learn from; used until the trainer is freed. Their cells must be the model's
    ///   positions, their tokens in its vocabulary.
    /// * options     or NULL for the defaults.
    /// * trainer     receives the run, released by trm_trainer_free(); NULL after a failure.
    ///
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY, TRM_ERROR_PUZZLE for puzzles that do not fit the model,
    /// TRM_ERROR_UNSUPPORTED for an HRM; otherwise as trm_model_open(). Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_trainer_create(model_path: *const c_char, puzzles: *const trm_puzzles, options: *const trm_train_options, trainer: *mut *mut trm_trainer, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Releases a run; accepts NULL. The trainer's thread. Since 0.1.0.
    pub fn trm_trainer_free(trainer: *mut trm_trainer);
}

extern "C" {
    /// One optimiser step. The bits of the weights depend on the model, the puzzles and the options alone, not on
    /// the executor.
    /// * report  receives what was done; may be NULL.
    ///
    /// Returns TRM_ERROR_ARGUMENT when all steps of the run are done; what the team's share() returned, and
    /// TRM_ERROR_UNSUPPORTED when the loss or the
    /// gradient is not a finite number: the weights are then as before the step, and the run cannot go on. The
    /// trainer's thread. Since 0.1.0.
    #[must_use]
    pub fn trm_trainer_step(trainer: *mut trm_trainer, report: *mut trm_train_report, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Optimiser steps so far; 0 for NULL. The trainer's thread. Since 0.1.0.
    pub fn trm_trainer_steps(trainer: *const trm_trainer) -> u64;
}

extern "C" {
    /// The model with the averaged weights as they are after the last step, to solve with. It belongs to the
    /// trainer and changes with the next step. The trainer's thread. Since 0.1.0.
    pub fn trm_trainer_model(trainer: *const trm_trainer) -> *const trm_model;
}

extern "C" {
    /// Adds text to the metadata of the files that are written, such as "provenance.command"; replaces what has the
    /// same key.
    /// * key   1 to 255 of A-Z a-z 0-9 . _ -, neither "model." nor "train." in front.
    /// * text  UTF-8.
    ///
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY. The trainer's thread. Since 0.1.0.
    #[must_use]
    pub fn trm_trainer_describe(trainer: *mut trm_trainer, key: *const c_char, text: *const c_char, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Writes the averaged weights as a model.
    /// * deflate  1: deflated, for shipping.
    ///
    /// Returns TRM_ERROR_ARGUMENT, _MEMORY, _FILE, _UNSUPPORTED. The trainer's thread. Since 0.1.0.
    #[must_use]
    pub fn trm_trainer_write(trainer: *mut trm_trainer, output_path: *const c_char, deflate: u32, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Writes a checkpoint: everything that trm_trainer_resume() needs. It is a .trm file too, that of the
    /// averaged weights.
    ///
    /// Returns as trm_trainer_write(). The trainer's thread. Since 0.1.0.
    #[must_use]
    pub fn trm_trainer_save(trainer: *mut trm_trainer, output_path: *const c_char, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Goes on with a run from its checkpoint, bit for bit as if it had not been interrupted.
    /// * puzzles   the same as before, which is checked.
    /// * options   of these, executor and allocator count, the rest comes from the checkpoint; or NULL.
    ///
    /// Returns as trm_trainer_create(), and TRM_ERROR_FORMAT for a file that is no checkpoint. Any thread. Since
    /// 0.1.0.
    #[must_use]
    pub fn trm_trainer_resume(checkpoint_path: *const c_char, puzzles: *const trm_puzzles, options: *const trm_train_options, trainer: *mut *mut trm_trainer, error: *mut trm_error) -> trm_status;
}
