// Made from train.h by tests/header, and compared with it there. TRM_RECORD=1 cargo test -p trm-sys writes it
// anew.

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
    /// a trm_format to write; 0: by OUTPUT's ending, ".safetensors" or ".trm"; .trm in memory
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
    /// the halt probability above which the model stops where a solve asks for none, below 1; 0: as in the
    /// input
    pub halt_threshold: f64,
    /// that a solve makes where none are asked for; 0: as in the input
    pub maximum_steps: u32,
    /// how these two were found, for the metadata provenance.calibration; NULL: as
    /// in the input
    pub calibration: *const c_char,
    /// which ways to choose among several runs were found to be trustworthy, for the metadata task.selectors
    /// (doc/format.md): names of policies with one space between, or "none"; NULL: as in the input
    pub selectors: *const c_char,
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
    halt_threshold: 0.0,
    maximum_steps: 0,
    calibration: null(),
    selectors: null(),
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
    /// * output        receives the new file's bytes, released by trm_convert_free() with the same allocator;
    ///   NULL after a failure.
    /// * output_bytes  receives their number.
    ///
    /// Returns as trm_convert(). Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_convert_memory(data: *const c_void, bytes: usize, options: *const trm_convert_options, output: *mut *mut c_void, output_bytes: *mut usize, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// An opened model as firmware without the part "files" takes it (doc/firmware.md): what opening found out,
    /// and the weights, in one block that trm_model_open_memory() uses there where it lies. It is for machines of
    /// little-endian numbers, and for a trm.c of the same layout; others say TRM_ERROR_VERSION. A checksum tells
    /// there that it is what was written here, and nothing is checked again: who takes models from strangers opens
    /// files.
    /// * allocator  or NULL.
    /// * prepared   receives the block, which has to lie at a multiple of 64; released by trm_convert_free()
    ///   with the same allocator; NULL after a failure.
    /// * bytes      receives its size.
    ///
    /// Returns TRM_ERROR_UNSUPPORTED for rotary positions, for relations that the file lists, beyond 4 GiB, and
    /// on a machine of big-endian numbers or with 8-byte ones at multiples of 4 (i386);
    /// TRM_ERROR_ARGUMENT, _MEMORY. Any thread. Since 0.2.0.
    #[must_use]
    pub fn trm_model_prepare(model: *const trm_model, allocator: *const trm_allocator, prepared: *mut *mut c_void, bytes: *mut usize, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Releases what trm_convert_memory(), trm_model_prepare() or trm_init_memory() made with this allocator
    /// (NULL: the default one); accepts NULL. Any thread. Since 0.1.0.
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
    /// relational: F, values that are treated alike; 0: 1, none are
    pub fields: u32,
    /// relational: the token of the first of them
    pub first_value: u32,
    /// relational: kinds of helpers; 0: none
    pub helper_tokens: u32,
    /// relational: numbers that come with each position and helper; 0: none
    pub features: u32,
    /// relational: relation_count of them, at most 32, each name once; NULL: those of the task's family.
    /// Source, level and aggregates 0: as the name says, row, column, box, up, cell and so on of the shape,
    /// any other with each question
    pub relations: *const trm_relation_info,
    /// 0 with NULL
    pub relation_count: usize,
    /// relational: deviation of the random numbers that runs start with, 0 to 100
    pub start_noise: f32,
    /// a trm_halting; 0: TRM_HALTING_LOGIT, relational TRM_HALTING_SOFTMIN
    pub halting: u32,
    /// relational: sizes that the model takes beside its own, as in metadata task.sizes: "4x4 6x6",
    /// "5x5-30x30", or numbers of positions; NULL: none
    pub sizes: *const c_char,
    /// what a right answer is, as in metadata task.rules (doc/format.md); answers then keep what a question
    /// gives. NULL: as the task's family has it. trm_puzzles_model() says it for described tasks
    pub rules: *const c_char,
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
    fields: 0,
    first_value: 0,
    helper_tokens: 0,
    features: 0,
    relations: null(),
    relation_count: 0,
    start_noise: 0.0,
    halting: 0,
    sizes: null(),
    rules: null(),
};

extern "C" {
    /// Writes a .trm file with random weights: matrices and embeddings nearly normal with deviation 1 /
    /// sqrt(inputs), initial states with deviation 1, the halt head 0 with bias -5, puzzle embeddings and the
    /// token head's bias 0, as the published code starts. Relational models: matrices and initial states cut at
    /// two deviations, all matrices of a block that are added up counted as one, the halt head's bias 5.5 at each
    /// node (5 without fields); gate normed, prefix 0. The same options give the same bytes on every machine,
    /// as long as nothing is deflated (zlib's output depends on its version).
    /// * output_path  UTF-8.
    /// * options      or NULL for the defaults.
    ///
    /// Returns TRM_ERROR_ARGUMENT, _MEMORY, _FILE, _UNSUPPORTED. Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_init(output_path: *const c_char, options: *const trm_init_options, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// The same to memory, as trm_model_open_memory() takes it.
    /// * options       or NULL for the defaults.
    /// * output        receives the new file's bytes, released by trm_convert_free() with the same allocator;
    ///   NULL after a failure.
    /// * output_bytes  receives their number.
    ///
    /// Returns as trm_init(). Any thread. Since 0.2.0.
    #[must_use]
    pub fn trm_init_memory(options: *const trm_init_options, output: *mut *mut c_void, output_bytes: *mut usize, error: *mut trm_error) -> trm_status;
}

/// What puzzles are about. Three tasks are known by name, with their tokens, rules, symmetries and generators.
///
/// "sudoku": a grid of N x N cells, N = box_rows x box_columns up to 25. Token 0 is padding, without a
/// character, 1 is '.', a blank, 2 is the digit '1' and so on ('A' follows '9', and may be typed small). Every
/// given is in the answer, and the answer has every digit once in each row, column and box.
///
/// "jigsaw": the same with as many regions of as many cells in place of the boxes, which each puzzle brings as
/// its relation "box", or a file as the column `regions`: any grid of up to 25 x 25.
///
/// "path": a grid of up to 100 x 100 cells. Token 0 is padding, 1 is '#', a wall, 2 is ' ', free, 3 is 'S',
/// the start, 4 is 'G', the goal, 5 is 'o', the path. The answer is the question with some free cells turned
/// to 'o'.
///
/// Any other name is a task of its own: it needs an alphabet. Its symmetries and rules are those that
/// doc/format.md gives to the name ("latin", "maze", "colouring"), or none. Without a grid each puzzle has a
/// shape of its own, such as a graph of so many positions.
///
/// Puzzles may bring relations, helpers, features and a number of fields with them. Answers then are held to
/// the rules of the task as far as these speak of such lists: a Sudoku with regions of its own as "box", a
/// colouring with its "edge". Symmetries are left alone for them.
///
/// A task may also be described, by a text of a few lines (doc/rules.md). What its puzzles bring follows from
/// that:
///
/// task futoshiki
/// variables N x N
/// values N
/// all_different row column
/// less neighbours 20-50%
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_task {
    /// sizeof(trm_task)
    pub size: usize,
    /// up to 63 bytes
    pub name: *const c_char,
    /// sudoku: N, or both 0 when the boxes are given; jigsaw: N
    pub grid_rows: u32,
    /// rows x columns is at most 65536; both 0: none, not for the three above
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
    /// real numbers that come with each position and helper, at most 256; 0: none, or as many as those of
    /// the first puzzle that is read
    pub features: u32,
    /// a description of the task, at most 4095 bytes (doc/rules.md), which says name and alphabet, too: these
    /// are NULL or the same, and there is no grid, as each puzzle has a shape of its own; or NULL
    pub rules: *const c_char,
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
    features: 0,
    rules: null(),
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
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY; TRM_ERROR_FORMAT for a description that is none, whose
    /// sentence names line and column. Any thread. Since 0.1.0.
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
    /// Adds the puzzles of a list, table or JSON lines, as trm_csv_open() reads it. Every puzzle is checked
    /// against the task: length, characters, the answer against the question, a rating from 0 to 4294967295, which
    /// may be missing (0) or a fraction (rounded). After a failure the set
    /// is as before; the sentence names file, line, column and what was wrong.
    /// * path   UTF-8.
    /// * limit  take only so many, from the beginning; 0: all of them.
    ///
    /// Returns TRM_ERROR_PUZZLE for a puzzle that the task does not allow; otherwise as trm_csv_open() and
    /// trm_csv_next(). A file without a puzzle is TRM_ERROR_FORMAT. The set's thread. Since 0.1.0.
    #[must_use]
    pub fn trm_puzzles_read(puzzles: *mut trm_puzzles, path: *const c_char, limit: u64, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Adds puzzles that lie in memory as tokens. Each is checked as trm_puzzles_read() does; its rating is 0.
    /// * questions  read during the call only. Their shapes are the set's own, or any where it has none: then
    ///   each names its positions, or rows and columns, and the tokens of one follow those of the
    ///   one before. trm_relation.lists of 0 means one list for each position. Helpers and
    ///   features are those of the shape and of the task. Identifiers are 0. Questions that bring
    ///   relations, helpers or features have as many positions and helpers as the first of their
    ///   call; further calls add those of other sizes.
    /// * answers    as many tokens.
    ///
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY; TRM_ERROR_PUZZLE for a puzzle that the task does
    /// not allow, or lists that are none; TRM_ERROR_UNSUPPORTED for questions of several sizes that bring
    /// something. After a failure the set is as before. The set's thread. Since 0.2.0.
    #[must_use]
    pub fn trm_puzzles_add(puzzles: *mut trm_puzzles, questions: *const trm_questions, answers: *const i32, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// What a new model for the puzzles of a described task is like: everything in `options` that follows from the
    /// description.
    /// * puzzles  with at least one puzzle; the largest is the model's own size, and it takes any other.
    /// * options  receives block, positions and grid, vocabulary, fields, first_value, helper_tokens, task,
    ///   alphabet, relations, rules, sizes, gate, likelihood and prefix; the rest is left. Texts and
    ///   arrays belong to the set.
    ///
    /// Returns TRM_ERROR_ARGUMENT, also for a set whose task is not described. The set's thread. Since 0.2.0.
    #[must_use]
    pub fn trm_puzzles_model(puzzles: *const trm_puzzles, options: *mut trm_init_options, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Moves puzzles from one set to another, to measure on what is not learnt from. Which, their text and what
    /// they bring decide: a puzzle that stands in the list twice is on one side.
    /// * puzzles  loses them; the others keep their order.
    /// * to       an empty set of the same task.
    /// * share    of each hundred so many, on average; 1 to 99.
    ///
    /// Returns TRM_ERROR_ARGUMENT, also for a set that is too small for anything to be moved or left;
    /// TRM_ERROR_MEMORY. After a failure both are as before. The sets' thread. Since 0.2.0.
    #[must_use]
    pub fn trm_puzzles_hold_back(puzzles: *mut trm_puzzles, to: *mut trm_puzzles, share: u32, error: *mut trm_error) -> trm_status;
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
    /// sudoku, jigsaw: drawn evenly from this range as far as grids have such puzzles;
    pub least_givens: u32,
    /// both 0: 4-10 of 16 cells, 8-20 of 36, 24-45 of 81, else 45-65 %
    pub most_givens: u32,
    /// path: per cent of the cells, drawn evenly from this range;
    pub least_walls: u32,
    /// both 0: 20-35, and with `open` no walls
    pub most_walls: u32,
    /// path: 1: open maps, to whose goals several shortest ways may lead. The answer has the one that from
    /// the start always takes the first of up, left, right, down that comes nearer to the goal
    pub open: u32,
    /// path: per cent of the puzzles whose goal cannot be reached: the answer has no way
    pub unreachable: u32,
    /// colouring: vertices, up to 512, drawn evenly from this range; both 0: 10-24
    pub least_positions: u32,
    pub most_positions: u32,
    /// colouring: colours, up to 9, drawn evenly from this range; both 0: from 3 to as
    /// many
    pub least_fields: u32,
    /// as the alphabet has
    pub most_fields: u32,
    /// sudoku, jigsaw: 1: as few givens as leave one solution, none of which could be left out; the range,
    /// if there is one, bounds how many
    pub minimal: u32,
    /// 0
    pub reserved: u32,
    /// a described task: N, drawn evenly from this range; both 0: 4-6 of N x N variables, 6-12 of N
    pub least_size: u32,
    pub most_size: u32,
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
    open: 0,
    unreachable: 0,
    least_positions: 0,
    most_positions: 0,
    least_fields: 0,
    most_fields: 0,
    minimal: 0,
    reserved: 0,
    least_size: 0,
    most_size: 0,
};

extern "C" {
    /// Adds puzzles that are made up at random, the same on every machine.
    /// Sudoku: a random grid loses givens in random order as long as its solution stays the only one. The rating
    /// counts the dead ends of a search that proves it: naked singles, hidden singles and locked candidates first,
    /// then a guess in a cell with the fewest candidates. Jigsaw: the same in regions that are drawn, too: two
    /// neighbours exchange cells many times, each of them connected throughout. Path: random walls; a length of at
    /// least 4 moves is drawn among those for which the grid has a shortest path that is the only one, then start
    /// and goal among the pairs so far apart (on more than 128 free cells: among those with one of 128 random
    /// starts); on open maps any goal, and any start at least 2 moves from it. Of goals that cannot be reached
    /// half have walls drawn around them, or around the start. The rating is the number of moves, 0 where there is
    /// no way. Colouring, of a task without a grid: vertices with random colours, joined at random or between
    /// neighbours on a plane, as many edges as make colourings scarce; colours are taken away in random order as
    /// long as the answer stays the only one; each brings "edge" and its number of fields. The rating counts the
    /// vertices to be coloured. A described task: an answer is drawn, then what the puzzle brings so that the
    /// answer fulfils it; clauses until it is the only one; givens are taken away in random order as long as it
    /// stays so, or as the description says. Each puzzle brings its relations, helpers and shape. The rating
    /// counts the variables to be found. Puzzles are drawn independently of each other: on small grids some come
    /// twice.
    ///
    /// Returns TRM_ERROR_ARGUMENT for a range that is empty or not possible, or in which thousands of attempts
    /// found no puzzle; TRM_ERROR_UNSUPPORTED for a task without a generator; TRM_ERROR_MEMORY. After a failure
    /// the set is as before. The set's thread. Since 0.1.0.
    #[must_use]
    pub fn trm_puzzles_generate(puzzles: *mut trm_puzzles, options: *const trm_generate_options, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// The regions of the jigsaw at `index` (below trm_puzzles_count()), as letters.
    /// * regions  receives rows x columns bytes, a letter from A on for each cell, no terminating zero.
    ///
    /// Returns TRM_ERROR_ARGUMENT, also for puzzles of another task. The set's thread. Since 0.2.0.
    #[must_use]
    pub fn trm_puzzles_regions(puzzles: *const trm_puzzles, index: u64, regions: *mut c_char, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// What the puzzle at `index` (below trm_puzzles_count()) brings beside its text.
    /// * question  to be filled (TRM_QUESTIONS_INIT): count 1, tokens NULL, a shape where it has one of its
    ///   own, relations, helper_tokens, features. Arrays belong to the set.
    ///
    /// Returns TRM_ERROR_ARGUMENT. The set's thread. Since 0.2.0.
    #[must_use]
    pub fn trm_puzzles_question(puzzles: *const trm_puzzles, index: u64, question: *mut trm_questions, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// The puzzle at `index` (below trm_puzzles_count()) as characters; each output may be NULL.
    /// * question  receives rows x columns bytes, or as many as its own shape has positions, no terminating
    ///   zero; `answer` the same.
    /// * rating    receives its rating.
    ///
    /// Returns TRM_ERROR_ARGUMENT. The set's thread. Since 0.1.0.
    #[must_use]
    pub fn trm_puzzles_get(puzzles: *const trm_puzzles, index: u64, question: *mut c_char, answer: *mut c_char, rating: *mut u32, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Writes all puzzles as a file that trm_csv_open() reads, gzipped when the path ends in ".gz": CSV, or JSON
    /// lines when puzzles bring more along than the regions of jigsaws.
    /// * output_path  UTF-8.
    /// * source       the first column of every row: without comma, quote or control characters.
    ///
    /// Returns TRM_ERROR_ARGUMENT, _MEMORY, _FILE; TRM_ERROR_UNSUPPORTED for .gz in a build without zlib. The
    /// set's thread. Since 0.1.0.
    #[must_use]
    pub fn trm_puzzles_write(puzzles: *const trm_puzzles, output_path: *const c_char, source: *const c_char, error: *mut trm_error) -> trm_status;
}

/// What can be wrong with a question; Sudokus have the first seven, paths the others. Since 0.2.0.
pub type trm_fault = c_uint;
/// a given is another digit, which its row, column or box has already
pub const TRM_FAULT_CLASH: trm_fault = 1;
/// a given is another digit, and no two givens contradict each other by it
pub const TRM_FAULT_WRONG: trm_fault = 2;
/// two givens are other digits
pub const TRM_FAULT_TWO_WRONG: trm_fault = 3;
/// as TRM_FAULT_WRONG, and an exact search finds no solution
pub const TRM_FAULT_UNSOLVABLE: trm_fault = 4;
/// givens are missing: there are several solutions
pub const TRM_FAULT_SEVERAL: trm_fault = 5;
/// the question is its answer
pub const TRM_FAULT_SOLVED: trm_fault = 6;
/// but for one cell
pub const TRM_FAULT_ONE_BLANK: trm_fault = 7;
/// walls on all four sides of the goal
pub const TRM_FAULT_WALLED_IN: trm_fault = 8;
/// start and goal have changed places
pub const TRM_FAULT_SWAPPED: trm_fault = 9;
/// of all cells but these two one in twenty is a wall instead of free, or the reverse
pub const TRM_FAULT_NOISE: trm_fault = 10;

extern "C" {
    /// Makes a question faulty, to see what a model does with it. Whether an answer is right then,
    /// trm_model_verify() tells.
    /// * task      sudoku or path, of the puzzle's size.
    /// * fault     a trm_fault of this task.
    /// * seed      of what is drawn; the same seed gives the same question.
    /// * answer    the puzzle's answer, rows x columns characters; read during the call only.
    /// * question  the question, as many, and then the faulty one.
    /// * made      receives 1, or 0 when hundreds of tries gave none with that fault: then the question is as
    ///   before; may be NULL.
    ///
    /// Returns TRM_ERROR_ARGUMENT; TRM_ERROR_UNSUPPORTED for a fault of another task, and for Sudokus beyond 16 x
    /// 16; TRM_ERROR_PUZZLE for text that is no puzzle of the task; TRM_ERROR_MEMORY. Any thread. Since 0.2.0.
    #[must_use]
    pub fn trm_spoil(task: *const trm_task, fault: u32, seed: u64, answer: *const c_char, question: *mut c_char, made: *mut u32, error: *mut trm_error) -> trm_status;
}

/// A list of puzzles, read row by row, plain or gzipped (doc/lists.md). Its first line tells what it is.
///
/// A table has a header, whose names tell the columns: question (or questions, quizzes, puzzle, puzzles, ...),
/// answer (or solution, solutions, ...), rating (or difficulty), source; `rows` and `columns`, the puzzle's
/// grid where its length does not tell it; `regions`, a letter for each cell, those of a jigsaw. Commas,
/// semicolons, tabs or bars stand between them, and fields may stand in quotes. \n or \r\n ends a line; a byte
/// order mark and empty lines are passed over.
///
/// Under a header that begins with exactly `source,question,answer,rating`, as trm_puzzles_write() makes it,
/// nothing is trimmed, and nothing is quoted but what could be no puzzle otherwise: spaces are cells of a
/// maze.
///
/// Other lists have a puzzle on each line, perhaps with its answer or a note behind it, or puzzles drawn on
/// several lines.
///
/// JSON lines, where the first byte is `{`: each line is an object, a puzzle with all that it brings.
///
/// {"question": "1..2", "answer": "1212", "relations": {"edge": \[\[1,3],\[0,2],\[1,3],\[0,2]]}}
///
/// "question" and "answer" are text, or lists of numbers: 0 for a blank and v for the v-th value where the
/// task has these, else tokens. "relations" are lists over positions or nodes, one for each, in any order, no
/// number twice in a list. "helpers" is the list of their tokens; "features" a list of numbers for each
/// position, then each helper, or all in one. "rows" and "columns", "box": \[ROWS, COLUMNS], "positions",
/// "fields" name the shape; "source" and "rating" are as in CSV. Any other key is an error.
///
/// A folder of arrays, as the published code builds it (all__inputs.npy, all__labels.npy): a row is a puzzle.
/// Only where the task is known. One thread at a time.
#[repr(C)]
#[derive(Debug)]
pub struct trm_csv {
    opaque: [u8; 0],
    marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// The fields of a row.
pub type trm_csv_field = c_uint;
pub const TRM_CSV_SOURCE: trm_csv_field = 0;
pub const TRM_CSV_QUESTION: trm_csv_field = 1;
pub const TRM_CSV_ANSWER: trm_csv_field = 2;
pub const TRM_CSV_RATING: trm_csv_field = 3;
/// this and the next also of puzzles that are drawn, where the task leaves their size open
pub const TRM_CSV_ROWS: trm_csv_field = 4;
pub const TRM_CSV_COLUMNS: trm_csv_field = 5;
pub const TRM_CSV_REGIONS: trm_csv_field = 6;

/// For trm_csv_options.flags: a list without a header is taken as it is: without a task, one question a line
/// and nothing else.
pub const TRM_CSV_LINES: u32 = 1;

/// The same: a table without a column of answers is refused when it is opened; the sentence names the columns
/// that it has.
pub const TRM_CSV_ANSWERS: u32 = 2;

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
    /// for about 200 KB and the longest line, or 1 MB for a
    /// folder, or NULL; must outlive the reader
    pub allocator: *const trm_allocator,
    /// what the puzzles are about: its name and alphabet tell cells from what
    /// stands around them, its grid how many there are (0: any); NULL:
    /// unknown
    pub task: *const trm_task,
    /// the column of questions, where its name is not a usual one; or NULL
    pub question: *const c_char,
    /// the same of answers
    pub answer: *const c_char,
}

/// How a [`trm_csv_options`] begins.
pub const TRM_CSV_OPTIONS_INIT: trm_csv_options = trm_csv_options {
    size: size_of::<trm_csv_options>(),
    flags: 0,
    reserved: 0,
    allocator: null(),
    task: null(),
    question: null(),
    answer: null(),
};

extern "C" {
    /// Opens a file and reads its first line, or a folder.
    /// * path  UTF-8.
    /// * csv   receives the reader, released by trm_csv_close(); NULL after a failure.
    ///
    /// Returns TRM_ERROR_ARGUMENT, _MEMORY, _FILE; TRM_ERROR_FORMAT for a first line that says nothing and an
    /// empty file (not with TRM_CSV_LINES), for what is certainly no list, such as a workbook, and for arrays that
    /// are no tokens; TRM_ERROR_UNSUPPORTED for a gzipped file in a build without zlib, and a folder of arrays
    /// without a task. Any thread. Since 0.1.0.
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
    /// Opens a list whose bytes are in memory, as trm_csv_open() does a file's.
    /// * bytes  `size` bytes, which stay the caller's, and as they are until the reader is closed; NULL when
    ///   size is 0.
    /// * name   what messages call it.
    ///
    /// Returns as trm_csv_open(). Any thread. Since 0.2.0.
    #[must_use]
    pub fn trm_csv_open_memory(bytes: *const c_void, size: usize, name: *const c_char, options: *const trm_csv_options, csv: *mut *mut trm_csv, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Releases a reader; accepts NULL. The reader's thread. Since 0.1.0.
    pub fn trm_csv_close(csv: *mut trm_csv);
}

extern "C" {
    /// Goes to the next row, whose fields trm_csv_text() then has.
    /// * line  receives its number in the file, from 1; 0 behind the last row.
    ///
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY; TRM_ERROR_FILE when the system cannot read on;
    /// TRM_ERROR_FORMAT for a row that has not the fields of the first line, an object that is no puzzle, a line
    /// of 1 MiB (JSON: 64 MiB) or more, or damaged gzip data. After a failure only trm_csv_close()
    /// makes sense. The reader's thread. Since 0.2.0.
    #[must_use]
    pub fn trm_csv_next(csv: *mut trm_csv, line: *mut u64, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// A field of the row that trm_csv_next() went to.
    /// * field   a trm_csv_field.
    /// * length  receives its bytes; may be NULL.
    /// * column  receives where in the line it begins, from 1; 0 when the line has no such field; may be
    ///   NULL.
    ///
    /// Returns its text, with a zero behind it, "" for a field that the line does not have; it belongs to the
    /// reader until the next trm_csv_next(). NULL, and zeros, without a row or for another field. The reader's
    /// thread. Since 0.2.0.
    pub fn trm_csv_text(csv: *const trm_csv, field: u32, length: *mut usize, column: *mut usize) -> *const c_char;
}

extern "C" {
    /// What the row that trm_csv_next() went to brings beside its text: of a row of CSV its regions, where it has
    /// these.
    /// * question  to be filled (TRM_QUESTIONS_INIT): count 1; tokens, the numbers of a question that is a
    ///   list, NULL for text (as many as its shape's positions, or rows x columns); one shape, with
    ///   what the row names; relations, helper_tokens and features. Arrays belong to the reader
    ///   until the next trm_csv_next(). A row of CSV without regions has count 0.
    /// * answer    receives the numbers of an answer that is a list, as many as the question has cells, or
    ///   NULL; may be NULL.
    /// * features  receives how many features come with each position and helper; may be NULL.
    ///
    /// Returns TRM_ERROR_ARGUMENT without a row. The reader's thread. Since 0.2.0.
    #[must_use]
    pub fn trm_csv_question(csv: *const trm_csv, question: *mut trm_questions, answer: *mut *const i32, features: *mut u32, error: *mut trm_error) -> trm_status;
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

extern "C" {
    /// As trm_puzzles_read(), with a say in how to read: the columns of a table by their names. The task is the
    /// set's, and so is the allocator.
    /// * options  or NULL for the defaults.
    ///
    /// Returns as trm_puzzles_read(). The set's thread. Since 0.2.0.
    #[must_use]
    pub fn trm_puzzles_read_list(puzzles: *mut trm_puzzles, path: *const c_char, options: *const trm_csv_options, limit: u64, error: *mut trm_error) -> trm_status;
}

/// For trm_survey.groups: no value stands twice in any of these in any answer.
pub const TRM_SURVEY_ROWS: u32 = 1;

/// For trm_survey.groups: no value stands twice in any of these in any answer.
pub const TRM_SURVEY_COLUMNS: u32 = 2;

/// For trm_survey.groups: no value stands twice in any of these in any answer.
pub const TRM_SURVEY_BOXES: u32 = 4;

/// The same for the regions that each puzzle brings.
pub const TRM_SURVEY_REGIONS: u32 = 8;

/// What a list of puzzles tells of itself, and what it makes sense to train. Texts end with a zero. Fill with
/// TRM_SURVEY_INIT. Since 0.2.0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_survey {
    /// sizeof(trm_survey)
    pub size: usize,
    /// that were looked at
    pub puzzles: u64,
    /// of these: the same question with the same answer stood before
    pub repeated: u64,
    /// of each; 0: they differ
    pub cells: u32,
    /// both 0: none was found
    pub grid_rows: u32,
    pub grid_columns: u32,
    /// both 0: none
    pub box_rows: u32,
    pub box_columns: u32,
    /// TRM_SURVEY_*, combined with |
    pub groups: u32,
    /// 1: what a question gives is in its answer
    pub keeps_givens: u32,
    /// 1: the alphabet begins with the character of an open cell
    pub has_blank: u32,
    /// values that are alike as far as the list can tell: all but the blank; 1: they are not
    pub fields: u32,
    /// characters of answers
    pub values: u32,
    /// of questions and answers
    pub alphabet: [c_char; 128],
    /// proposed: trm_task.name, and for a new model:
    pub task: [c_char; 64],
    /// as in metadata model.relations; "": those of the task's family
    pub relations: [c_char; 768],
    /// a trm_block
    pub block: u32,
    pub channels: u32,
    /// 0: the usual width
    pub channel_hidden: u32,
    pub cycles: u32,
    pub updates: u32,
    pub batch: u32,
    pub steps: u64,
    pub start_noise: f32,
    /// kinds of helpers that puzzles bring
    pub helper_tokens: u32,
    /// sentences for people: what was found, what follows, what is not known; a line for each
    pub findings: [c_char; 4096],
}

/// How a [`trm_survey`] begins.
pub const TRM_SURVEY_INIT: trm_survey = trm_survey {
    size: size_of::<trm_survey>(),
    puzzles: 0,
    repeated: 0,
    cells: 0,
    grid_rows: 0,
    grid_columns: 0,
    box_rows: 0,
    box_columns: 0,
    groups: 0,
    keeps_givens: 0,
    has_blank: 0,
    fields: 0,
    values: 0,
    alphabet: [0; 128],
    task: [0; 64],
    relations: [0; 768],
    block: 0,
    channels: 0,
    channel_hidden: 0,
    cycles: 0,
    updates: 0,
    batch: 0,
    steps: 0,
    start_noise: 0.0,
    helper_tokens: 0,
    findings: [0; 4096],
};

extern "C" {
    /// Looks at lists of puzzles of one task that nobody has named: their size, alphabet and grid, the blank,
    /// whether answers keep what is given, groups without a value twice, values that are alike. Nothing is certain
    /// but what contradicts itself.
    /// * paths    UTF-8, `count` of them; lists with answers. The first 100,000 puzzles, of at most 64 MiB,
    ///   are looked at.
    /// * options  as of trm_csv_open(), without a task; or NULL.
    /// * survey   receives what was found.
    ///
    /// Returns TRM_ERROR_PUZZLE for answers that contradict their questions or each other, whose sentence names
    /// rows, and for questions without an answer; otherwise as trm_csv_open() and trm_csv_next(). Any thread.
    /// Since 0.2.0.
    #[must_use]
    pub fn trm_csv_survey(paths: *const *const c_char, count: usize, options: *const trm_csv_options, survey: *mut trm_survey, error: *mut trm_error) -> trm_status;
}

/// How weights change. Puzzle embeddings always move by the sign of their gradient.
pub type trm_optimiser = c_uint;
/// arXiv 1711.05101
pub const TRM_OPTIMISER_ADAMW: trm_optimiser = 1;
/// arXiv 2407.05872, as the published code has it
pub const TRM_OPTIMISER_ADAM_ATAN2: trm_optimiser = 2;
/// Muon for the matrices of the network, AdamW for the rest
pub const TRM_OPTIMISER_MUON: trm_optimiser = 3;

/// Processes that learn together, on one machine or several of the same kind. Each has a trainer of its own,
/// made with the same model, puzzles and options but for `rank`, and calls trm_trainer_step() as often as the
/// others. Of each step it teaches its share of the batch; then all of them have the same bits, which are
/// those of a single process with the same options. `trm train` makes one of MPI. Fill with TRM_TEAM_INIT.
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
    /// bytes\[1], ... bytes, of which this process has filled part `rank`; when it returns the others are
    /// filled, too. All processes call it with the same `bytes`. Any other status than TRM_OK, with a sentence
    /// in `error` (never NULL), fails the step: its trainer is then as before the step, and may be saved.
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

/// Rules of a task with several right answers, to learn from. The trainer calls both on the thread that called
/// the library, in the usual floating-point environment. The struct has at least its full size of 0.2.0 and
/// both functions, or the call fails with TRM_ERROR_ARGUMENT. Since 0.2.0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_judge {
    /// sizeof(trm_judge)
    pub size: usize,
    /// passed to both functions
    pub user: *mut c_void,
    /// Judges an answer, as that of trm_verifier; `index` is the puzzle's in its set.
    pub verify: Option<unsafe extern "C" fn(user: *mut c_void, question: *const trm_questions, index: usize, answer: *const i32, verdict: *mut u32, error: *mut trm_error) -> trm_status>,
    /// Finds the right answer that the model is nearest to, which then is what it learns.
    /// * question  one question, as of trm_verifier.
    /// * index     the puzzle's in its set.
    /// * logits    S x V, the model's own.
    /// * answer    S tokens: the answer of the set before the call, the nearest one behind it.
    /// * found     receives 1, or 0 when a bounded search found none: then the set's answer stays.
    ///
    /// Returns any status but TRM_OK fails the step, with what is in `error` (never NULL).
    pub nearest: Option<unsafe extern "C" fn(user: *mut c_void, question: *const trm_questions, index: usize, logits: *const f32, answer: *mut i32, found: *mut u32, error: *mut trm_error) -> trm_status>,
}

/// How a [`trm_judge`] begins.
pub const TRM_JUDGE_INIT: trm_judge = trm_judge {
    size: size_of::<trm_judge>(),
    user: null_mut(),
    verify: None,
    nearest: None,
};

extern "C" {
    /// Finds right answers to learn where several are right, for a host that trains by itself: of each question
    /// the one that trm_trainer_step() would learn, which a bounded search finds when it tries first what the
    /// model is surest of. Where the model's own answer is right, that is the one.
    /// * model      its rules count, not its weights: they are about values in lists that it hears, or of
    ///   shortest ways on graphs (doc/rules.md).
    /// * questions  as trm_solve() takes them.
    /// * logits     count x S x V: those of a question's values, without fields those of all tokens, are
    ///   finite.
    /// * answers    receives S tokens for each question; those of which none is found are left. After a
    ///   failure those found before it stand there.
    /// * found      receives 1 for each, or 0 where a bounded search found no answer, or the question has
    ///   more than 512 positions or 16 values, or more constraints than the search has room
    ///   for.
    ///
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_PUZZLE as trm_solve(); TRM_ERROR_UNSUPPORTED for a model without such
    /// rules; TRM_ERROR_MEMORY from the model's allocator, whose memory it uses during the call. Any
    /// thread. Since 0.2.0.
    #[must_use]
    pub fn trm_model_nearest(model: *const trm_model, questions: *const trm_questions, logits: *const f32, answers: *mut i32, found: *mut u32, error: *mut trm_error) -> trm_status;
}

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
    /// work; the weights depend on it, and not on the threads. Each costs the memory of
    /// the weights, alone up to 64 of them, and has a puzzle: more than `batch` are as
    /// many as `batch`
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
    /// A trm_precision, that of the model to be; 0: fp32. With INT8 the network learns with its matrices
    /// rounded to what trm_convert() makes of them; files have fp32 all the same.
    pub precision: u32,
    /// or NULL: the calling thread; not copied, outlives the trainer
    pub executor: *const trm_executor,
    /// or NULL
    pub allocator: *const trm_allocator,
    /// or NULL: this process alone; copied
    pub team: *const trm_team,
    /// relational models: of the loss of what each position says of itself, whether it is right
    pub cell_weight: f64,
    /// 0: a puzzle stays until its halt logit is positive, or for maximum_steps; above: one that is
    /// answered rightly is replaced with this probability, whatever the halt logit says
    pub replacement: f64,
    /// 1: the first puzzles begin with step counts drawn below maximum_steps, so that a batch has puzzles
    /// of all ages
    pub staggered: u32,
    /// for tasks with several right answers, or NULL; copied
    pub judge: *const trm_judge,
    /// models with fields (Sudokus): share of the puzzles that are shown with a given that is wrong: what the
    /// halt logit should say of them is no, whatever the answer, which is not learnt from. Where the model's
    /// file has rules about values in lists that it hears, a bounded search must have shown that no answer is
    /// left: a puzzle stays as it is where 16 such changes, drawn at random, did not do; without such rules
    /// every change counts
    pub wrong_givens: f64,
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
    cell_weight: 0.1,
    replacement: 0.0,
    staggered: 0,
    judge: null(),
    wrong_givens: 0.0,
};

/// What a field of trm_train_options is.
pub type trm_option_kind = c_uint;
/// uint32_t, 0 or 1
pub const TRM_OPTION_SWITCH: trm_option_kind = 1;
/// uint32_t, for which a word stands
pub const TRM_OPTION_WORD: trm_option_kind = 2;
/// uint32_t
pub const TRM_OPTION_COUNT: trm_option_kind = 3;
/// uint64_t
pub const TRM_OPTION_LONG: trm_option_kind = 4;
/// double
pub const TRM_OPTION_REAL: trm_option_kind = 5;

/// A field of trm_train_options, for commands and forms that offer it. Text is constant. Fill with
/// TRM_OPTION_INFO_INIT.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_option_info {
    /// sizeof(trm_option_info)
    pub size: usize,
    /// of the field; NULL behind the last one
    pub name: *const c_char,
    /// a few words
    pub help: *const c_char,
    /// for the values 1, 2 and so on, with spaces; 0 means the first; or NULL
    pub words: *const c_char,
    /// of the field in trm_train_options
    pub offset: usize,
    /// a trm_option_kind
    pub kind: u32,
    /// 0
    pub reserved: u32,
    /// that of TRM_TRAIN_OPTIONS_INIT
    pub usual: f64,
    /// of what trm_trainer_create() takes; warm_up must also be below steps
    pub least: f64,
    /// of what trm_trainer_create() takes; warm_up must also be below steps
    pub most: f64,
}

/// How a [`trm_option_info`] begins.
pub const TRM_OPTION_INFO_INIT: trm_option_info = trm_option_info {
    size: size_of::<trm_option_info>(),
    name: null(),
    help: null(),
    words: null(),
    offset: 0,
    kind: 0,
    reserved: 0,
    usual: 0.0,
    least: 0.0,
    most: 0.0,
};

extern "C" {
    /// The option at `index`, from 0: all fields of trm_train_options that are numbers.
    ///
    /// Returns TRM_ERROR_ARGUMENT. Any thread. Since 0.2.0.
    #[must_use]
    pub fn trm_train_option(index: u32, info: *mut trm_option_info, error: *mut trm_error) -> trm_status;
}

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
    /// mean over the batch: answer + halt_weight * halt + cell_weight * cells
    pub loss: f64,
    pub answer_loss: f64,
    pub halt_loss: f64,
    /// of the answers of all puzzles of the batch
    pub cell_accuracy: f64,
    /// before it was clipped
    pub gradient_norm: f64,
    /// of the options' learning rates, which this step took: the schedule's
    pub rate_share: f64,
    /// puzzles that were replaced
    pub halted: u64,
    /// of those: all cells right
    pub exact: u64,
    /// of those: supervision steps, summed up
    pub halted_steps: u64,
    /// relational models: of the positions' confidences
    pub cell_loss: f64,
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
    rate_share: 0.0,
    halted: 0,
    exact: 0,
    halted_steps: 0,
    cell_loss: 0.0,
};

extern "C" {
    /// Begins a run.
    /// * model_path  a .trm file (trm_init() makes one), whose weights are the first; only read. What a
    ///   calibration found, threshold and selectors, is left out: other weights say other probabilities.
    /// * puzzles     to learn from; used until the trainer is freed. Their cells must be the model's
    ///   positions, their tokens in its vocabulary.
    /// * options     or NULL for the defaults.
    /// * trainer     receives the run, released by trm_trainer_free(); NULL after a failure.
    ///
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY, TRM_ERROR_PUZZLE for puzzles that do not fit the model,
    /// TRM_ERROR_UNSUPPORTED for an HRM or more than 256 updates a cycle; otherwise as trm_model_open(). Any
    /// thread. Since 0.1.0.
    #[must_use]
    pub fn trm_trainer_create(model_path: *const c_char, puzzles: *const trm_puzzles, options: *const trm_train_options, trainer: *mut *mut trm_trainer, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Adds a further set to learn from, before the first step: relational models without a size of their own
    /// learn from puzzles of several shapes, each set of one. A run that goes on from its checkpoint is given them
    /// again, in the same order with the same shares.
    /// * puzzles  as of trm_trainer_create(); used until the trainer is freed.
    /// * share    how often its puzzles are drawn; that of the first set is 1. Above 0.
    ///
    /// Returns as trm_trainer_create(); TRM_ERROR_ARGUMENT after the first step, and for more than 64 sets; as
    /// trm_trainer_resume() for a set that is not the checkpoint's. After another failure than these the run can
    /// only be freed. The trainer's thread. Since 0.2.0.
    #[must_use]
    pub fn trm_trainer_add(trainer: *mut trm_trainer, puzzles: *const trm_puzzles, share: f64, error: *mut trm_error) -> trm_status;
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
    /// Adds text to the metadata of the files that are written, such as "provenance.command"; replaces what has
    /// the same key.
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
    /// * puzzles   the same as before, which is checked; of several sets the first: trm_trainer_add() brings
    ///   the others.
    /// * options   of these, executor and allocator count, the rest comes from the checkpoint; or NULL.
    ///
    /// Returns as trm_trainer_create(), and TRM_ERROR_FORMAT for a file that is no checkpoint. Any thread. Since
    /// 0.1.0.
    #[must_use]
    pub fn trm_trainer_resume(checkpoint_path: *const c_char, puzzles: *const trm_puzzles, options: *const trm_train_options, trainer: *mut *mut trm_trainer, error: *mut trm_error) -> trm_status;
}
