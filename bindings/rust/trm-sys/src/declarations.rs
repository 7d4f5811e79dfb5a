// Made from trm.h by tests/header, and compared with it there. TRM_RECORD=1 cargo test -p trm-sys writes it
// anew.

use std::marker::{PhantomData, PhantomPinned};
use std::mem::size_of;
use std::os::raw::{c_char, c_uint, c_void};
use std::ptr::{null, null_mut};

/// Version of this header; the shared library's name changes only when its binary interface breaks.
pub const TRM_VERSION_MAJOR: u32 = 0;

/// Version of this header; the shared library's name changes only when its binary interface breaks.
pub const TRM_VERSION_MINOR: u32 = 2;

/// Version of this header; the shared library's name changes only when its binary interface breaks.
pub const TRM_VERSION_PATCH: u32 = 0;

extern "C" {
    /// The library's version, major * 65536 + minor * 256 + patch. Any thread. Since 0.1.0.
    pub fn trm_version() -> u32;
}

extern "C" {
    /// The library's version as text, "0.2.0"; a constant. Any thread. Since 0.1.0.
    pub fn trm_version_text() -> *const c_char;
}

extern "C" {
    /// The words that TRM_CPU in the environment knows, those of other machines included: "scalar", then the
    /// others, NULL behind the last. Any thread. Since 0.2.0.
    pub fn trm_instruction_set(index: u32) -> *const c_char;
}

/// What a call came to. Values never change; new ones are added at the end.
pub type trm_status = c_uint;
/// done
pub const TRM_OK: trm_status = 0;
/// an argument or option is outside what the function accepts
pub const TRM_ERROR_ARGUMENT: trm_status = 1;
/// the allocator returned NULL
pub const TRM_ERROR_MEMORY: trm_status = 2;
/// the workspace is smaller than its measure says
pub const TRM_ERROR_WORKSPACE: trm_status = 3;
/// the operating system could not open, read, map or write a file
pub const TRM_ERROR_FILE: trm_status = 4;
/// the data is not what doc/format.md (or the named format) allows
pub const TRM_ERROR_FORMAT: trm_status = 5;
/// a .trm file of another major version
pub const TRM_ERROR_VERSION: trm_status = 6;
/// stored bytes differ from their checksum: the file is damaged
pub const TRM_ERROR_CHECKSUM: trm_status = 7;
/// valid, but this build or this version lacks what it needs (zlib, threads, a type, an option
/// that only a later version fulfils)
pub const TRM_ERROR_UNSUPPORTED: trm_status = 8;
/// a question of the wrong length, or with a token, character or identifier that
/// the model lacks
pub const TRM_ERROR_PUZZLE: trm_status = 9;

/// Where a sentence about a failure is put. Fill with TRM_ERROR_INIT; owned by the caller; not shared between
/// threads.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_error {
    /// sizeof(trm_error)
    pub size: usize,
    /// the status of the last call that failed with this object
    pub status: trm_status,
    /// a sentence in English, UTF-8, zero-terminated, without a newline
    pub message: [c_char; 496],
}

/// How a [`trm_error`] begins.
pub const TRM_ERROR_INIT: trm_error = trm_error {
    size: size_of::<trm_error>(),
    status: TRM_OK,
    message: [0; 496],
};

extern "C" {
    /// The name of a status, "TRM_ERROR_FILE"; a constant, "unknown status" for other values. Any thread. Since
    /// 0.1.0.
    pub fn trm_status_name(status: trm_status) -> *const c_char;
}

/// The host's allocator. NULL where one is asked for means malloc and free.
/// Both functions are called by the thread that called the library, never by the library's workers. They must
/// outlive what was created with them. `allocate` returns at least `bytes` bytes aligned for any C type, or
/// NULL. `release` is never given NULL. The struct has at least its full size of 0.2.0 and both functions, or
/// the call fails with TRM_ERROR_ARGUMENT.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_allocator {
    /// sizeof(trm_allocator)
    pub size: usize,
    /// passed to both functions
    pub user: *mut c_void,
    pub allocate: Option<unsafe extern "C" fn(user: *mut c_void, bytes: usize) -> *mut c_void>,
    pub release: Option<unsafe extern "C" fn(user: *mut c_void, pointer: *mut c_void)>,
}

/// How a [`trm_allocator`] begins.
pub const TRM_ALLOCATOR_INIT: trm_allocator = trm_allocator {
    size: size_of::<trm_allocator>(),
    user: null_mut(),
    allocate: None,
    release: None,
};

/// How work is spread over threads; the library's own is trm_pool, a host may bring another.
/// `run` calls task(argument, 0) ... task(argument, count - 1), each exactly once, in any order, on any
/// threads, at once or one after the other, and returns when all have returned, with their writes visible to
/// its caller. `count` never exceeds `width`. A task does not wait for another one. The struct has at least
/// its full size of 0.2.0, a width and `run`, or the call fails with TRM_ERROR_ARGUMENT.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_executor {
    /// sizeof(trm_executor)
    pub size: usize,
    /// how many tasks can run at once, 1 to 1024; work is cut in so many parts, scratch
    /// memory grows with it
    pub width: u32,
    /// passed to run
    pub user: *mut c_void,
    pub run: Option<unsafe extern "C" fn(user: *mut c_void, task: Option<unsafe extern "C" fn(argument: *mut c_void, index: u32)>, argument: *mut c_void, count: u32)>,
}

/// How a [`trm_executor`] begins.
pub const TRM_EXECUTOR_INIT: trm_executor = trm_executor {
    size: size_of::<trm_executor>(),
    width: 0,
    user: null_mut(),
    run: None,
};

/// The library's own threads.
#[repr(C)]
#[derive(Debug)]
pub struct trm_pool {
    opaque: [u8; 0],
    marker: PhantomData<(*mut u8, PhantomPinned)>,
}

extern "C" {
    /// Starts `threads` - 1 workers, which sleep while there is nothing to do; the caller of a solve is the
    /// remaining thread. No more threads are started than the process has processors (its CPU affinity and cgroup
    /// limit): those do the work of all.
    /// * threads    1 to 1024: the executor's width; 0 means as many as there are processors.
    /// * allocator  for the pool's own few bytes, or NULL.
    /// * pool       receives the pool, released by trm_pool_free().
    ///
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY; TRM_ERROR_UNSUPPORTED for threads > 1 in a build without
    /// threads, or when the system starts no more of them. Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_pool_create(threads: u32, allocator: *const trm_allocator, pool: *mut *mut trm_pool, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Ends the workers and releases the pool; accepts NULL. No solve may be using it. After fork() the child
    /// must not use or free a pool of its parent. Any thread. Since 0.1.0.
    pub fn trm_pool_free(pool: *mut trm_pool);
}

extern "C" {
    /// The pool as an executor, to be named in trm_solve_options; owned by the pool. Several solvers may name it,
    /// from several threads: their work takes turns. NULL for NULL. Any thread. Since 0.1.0.
    pub fn trm_pool_executor(pool: *const trm_pool) -> *const trm_executor;
}

/// The shape of a question: a grid of rows x columns positions, or `positions` of them that are no grid (a
/// graph's vertices). A field of 0 is the model's own, as trm_model_describe() tells it; rows and columns go
/// together, and so do the two of a box. A model of one size has one shape, and any other is refused with
/// TRM_ERROR_PUZZLE; a size-free model takes all within its bounds. Since 0.2.0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_shape {
    /// sizeof(trm_shape)
    pub size: usize,
    /// of the grid
    pub rows: u32,
    /// the same
    pub columns: u32,
    /// of a box of the grid, such as 3 x 3 in a Sudoku of 9 x 9; rows is a multiple of it
    pub box_rows: u32,
    pub box_columns: u32,
    /// F, the values that a position can take, in models that treat these alike (digits, colours);
    /// else 1
    pub fields: u32,
    /// S, for questions that are no grid; of a grid 0 or rows x columns
    pub positions: u32,
    /// nodes behind the positions that take part and answer nothing; 0: none
    pub helpers: u32,
    /// 0
    pub reserved: u32,
}

/// How a [`trm_shape`] begins.
pub const TRM_SHAPE_INIT: trm_shape = trm_shape {
    size: size_of::<trm_shape>(),
    rows: 0,
    columns: 0,
    box_rows: 0,
    box_columns: 0,
    fields: 0,
    positions: 0,
    helpers: 0,
    reserved: 0,
};

extern "C" {
    /// The boxes of a Sudoku of `side` rows and columns where nobody names other ones: the squarest, with no more
    /// rows than columns (2 x 3 of 6, 2 x 5 of 10, 5 x 5 of 25). Both become 0 where there are none, as of a prime
    /// number. Any thread. Since 0.2.0.
    pub fn trm_default_boxes(side: u32, box_rows: *mut u32, box_columns: *mut u32);
}

/// Who hears whom in a question, or in each of several: for each element the list of those that it hears.
/// Elements are positions, or nodes (position p with value v is node p F + v, the helpers follow), as the
/// model says of the relation of that name (trm_relation_info.level). Arrays of the caller, read during the
/// call only. Since 0.2.0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_relation {
    /// sizeof(trm_relation)
    pub size: usize,
    /// that of a relation of the model, zero-terminated
    pub name: *const c_char,
    /// where in `heard` the list of each element begins: offsets for the elements of one question
    /// after those of another, running on, and the end of the last list. The first is 0, none is below
    /// the one before it, the last is heard_count
    pub first: *const u32,
    /// numbers of elements within their question, strictly ascending in each list; may be NULL when
    /// heard_count is 0
    pub heard: *const u32,
    /// numbers in `heard`
    pub heard_count: u64,
    /// 1: `first` has the lists of one question, and all questions have these; 0: each its own
    pub shared: u32,
    /// how many lists `first` has, to be checked: a number of elements, times the questions unless
    /// shared; 0: nobody says, and it has as many as it must
    pub lists: u32,
}

/// How a [`trm_relation`] begins.
pub const TRM_RELATION_INIT: trm_relation = trm_relation {
    size: size_of::<trm_relation>(),
    name: null(),
    first: null(),
    heard: null(),
    heard_count: 0,
    shared: 0,
    lists: 0,
};

/// Where the lists of a relation come from.
pub type trm_relation_source = c_uint;
/// from the question's shape and the relation's name ("row", "box"), unless the question brings
/// its own
pub const TRM_RELATION_SHAPE: trm_relation_source = 1;
/// from the model's file, metadata relation.NAME
pub const TRM_RELATION_FILE: trm_relation_source = 2;
/// every question brings its own
pub const TRM_RELATION_QUESTION: trm_relation_source = 3;

/// What the elements of a relation are.
pub type trm_relation_level = c_uint;
/// positions; each value hears its like there
pub const TRM_LEVEL_POSITIONS: trm_relation_level = 1;
/// positions with a value, then helpers
pub const TRM_LEVEL_NODES: trm_relation_level = 2;
/// values within a position, the same in each
pub const TRM_LEVEL_FIELDS: trm_relation_level = 3;

/// For trm_relation_info.aggregates: an element hears the sum of its list.
pub const TRM_AGGREGATE_SUM: u32 = 1;

/// For trm_relation_info.aggregates: the largest number in each channel.
pub const TRM_AGGREGATE_MAX: u32 = 2;

/// For trm_relation_info.aggregates, alone: lists have at most one element, which is heard as it is.
pub const TRM_AGGREGATE_NODE: u32 = 4;

/// A relation that a model knows: trm_model_relation() fills it, trm_init_options asks for it. Since
/// 0.2.0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_relation_info {
    /// sizeof(trm_relation_info)
    pub size: usize,
    /// zero-terminated, at most 31 bytes; a model's belongs to the model
    pub name: *const c_char,
    /// a trm_relation_source
    pub source: u32,
    /// a trm_relation_level
    pub level: u32,
    /// TRM_AGGREGATE_*, combined with |
    pub aggregates: u32,
    /// 0
    pub reserved: u32,
    /// trm_init_options, source TRM_RELATION_FILE: the lists, shared; else NULL (those of a model are
    /// its metadata relation.NAME)
    pub lists: *const trm_relation,
}

/// How a [`trm_relation_info`] begins.
pub const TRM_RELATION_INFO_INIT: trm_relation_info = trm_relation_info {
    size: size_of::<trm_relation_info>(),
    name: null(),
    source: 0,
    level: 0,
    aggregates: 0,
    reserved: 0,
    lists: null(),
};

/// An opened model: immutable, shared freely between threads.
#[repr(C)]
#[derive(Debug)]
pub struct trm_model {
    opaque: [u8; 0],
    marker: PhantomData<(*mut u8, PhantomPinned)>,
}

/// For trm_open_options.flags: read the file into memory instead of mapping it. A mapped file that another
/// process truncates or overwrites while the model is open changes the weights under it or ends the process
/// with SIGBUS; replacing it by rename is safe. Use this flag where files may be changed in place.
pub const TRM_OPEN_READ: u32 = 1;

/// For trm_open_options.flags: turn the matrices of the blocks into 8-bit integers in memory, with a scale
/// for each output, as `trm quantize` does in a file. They take a quarter of the memory; answers are near
/// those of fp32, and the same on every machine. Matrices that are integers in the file stay as they are.
pub const TRM_OPEN_INT8: u32 = 2;

/// How to open a model.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_open_options {
    /// sizeof(trm_open_options)
    pub size: usize,
    /// TRM_OPEN_*, or 0
    pub flags: u32,
    /// 0
    pub reserved: u32,
    /// for the model's memory, or NULL; must outlive the model
    pub allocator: *const trm_allocator,
    /// trm_model_open_memory() only: memory for the model, any alignment, or NULL; the caller owns it
    /// and leaves it alone until the model is closed. Then there are no flags and no allocator
    pub workspace: *mut c_void,
    /// its size in bytes, at least what trm_model_measure() says; 0 with NULL
    pub workspace_size: usize,
}

/// How a [`trm_open_options`] begins.
pub const TRM_OPEN_OPTIONS_INIT: trm_open_options = trm_open_options {
    size: size_of::<trm_open_options>(),
    flags: 0,
    reserved: 0,
    allocator: null(),
    workspace: null_mut(),
    workspace_size: 0,
};

extern "C" {
    /// Opens a .trm file (doc/format.md). Everything in it is checked here, once: structure, checksums, shapes,
    /// finite weights. Raw weights are mapped and used in place; deflated ones are expanded into memory.
    /// * path     UTF-8.
    /// * options  or NULL for defaults.
    /// * model    receives the model, released by trm_model_close(); NULL after a failure.
    ///
    /// Returns TRM_ERROR_ARGUMENT, _MEMORY, _FILE, _FORMAT, _VERSION, _CHECKSUM, _UNSUPPORTED. Any thread. Since
    /// 0.1.0.
    #[must_use]
    pub fn trm_model_open(path: *const c_char, options: *const trm_open_options, model: *mut *mut trm_model, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// The file of a model by its name: "sudoku" is sudoku.trm in the first folder of trm_model_folder() that has
    /// it. A name is 1 to 64 letters, digits, '_', '-' and '.', the first no dot. What is longer or has other
    /// characters (a slash), is a file, or ends in ".trm" is a path, and given back as it is.
    /// * name  UTF-8.
    /// * path  receives the path for trm_model_open(), with a zero behind it; the caller's.
    /// * room  its size in bytes; 4200 always suffice for a name.
    ///
    /// Returns TRM_ERROR_FILE for a name that no folder has; TRM_ERROR_ARGUMENT. Not in firmware. Any thread,
    /// while none changes the environment. Since 0.2.0.
    #[must_use]
    pub fn trm_model_find(name: *const c_char, path: *mut c_char, room: usize, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// The folders where models are looked for by name, in their order: those of TRM_MODELS in the environment
    /// (with colons between, on Windows semicolons), the user's ($XDG_DATA_HOME/trm/models,
    /// ~/.local/share/trm/models), where this library was installed, /usr/local/share/trm/models,
    /// /usr/share/trm/models. They need not be there.
    /// * index  from 0.
    /// * path   receives the folder, with a zero behind it; "" behind the last one.
    /// * room   its size in bytes; 4096 always suffice.
    ///
    /// Returns TRM_ERROR_ARGUMENT. Not in firmware. Threads as above. Since 0.2.0.
    #[must_use]
    pub fn trm_model_folder(index: u32, path: *mut c_char, room: usize, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Opens a .trm file that lies in memory, such as flash or an embedded resource. Raw weights are used in place
    /// when `data` is aligned to 64 bytes (and copied otherwise), so `data` must stay unchanged until the model is
    /// closed; the caller keeps owning it. TRM_OPEN_READ copies always, after which `data` may be released.
    /// With a workspace it allocates nothing, and refuses what would have to be copied: TRM_ERROR_WORKSPACE when
    /// that is too small, otherwise as trm_model_measure(). trm_model_verify(), which needs an allocator, has none
    /// then: it returns TRM_ERROR_MEMORY where the task has rules (trm_solve_options.require_verified asks them in
    /// the solver's own workspace). trm_model_close() is still to be called before the workspace is used for
    /// something else. Otherwise as trm_model_open(). Firmware without the part "files" opens prepared models in
    /// place of files (doc/firmware.md), in a workspace alone and at a multiple of 64 alone; what is none is
    /// TRM_ERROR_FORMAT, one of another layout TRM_ERROR_VERSION, one elsewhere or NULL TRM_ERROR_ARGUMENT. Those
    /// have no metadata, and tell no tensors. Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_model_open_memory(data: *const c_void, bytes: usize, options: *const trm_open_options, model: *mut *mut trm_model, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// How many bytes of workspace trm_model_open_memory() needs for that file (trm_open_options.workspace), on
    /// this machine with this version: the model's own few kilobytes, as its weights stay where they are. Reads
    /// the file's directory and uses no memory but the stack, so that a machine without malloc can ask, too. It is
    /// a bound that depends on the file and on the instruction set in use (TRM_CPU included), which 8-bit weights
    /// need more or less for: a size found on one machine may be too small on another. Opening checks more of the
    /// file, and may refuse what was measured.
    /// * data   `bytes` bytes, aligned to 64 and with raw weights, or else they would have to be copied.
    /// * bytes  of the file.
    ///
    /// Returns TRM_ERROR_ARGUMENT, _FORMAT, _VERSION, _CHECKSUM; TRM_ERROR_UNSUPPORTED for deflated weights;
    /// TRM_ERROR_MEMORY when the size does not fit in size_t. Any thread. Since 0.2.0.
    #[must_use]
    pub fn trm_model_measure(data: *const c_void, bytes: usize, workspace: *mut usize, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Releases a model; accepts NULL. No solver of it may exist any more. Any thread. Since 0.1.0.
    pub fn trm_model_close(model: *mut trm_model);
}

/// Who computed the update of z and of y.
pub type trm_architecture = c_uint;
/// one network for both
pub const TRM_ARCHITECTURE_TRM: trm_architecture = 1;
/// Hierarchical Reasoning Model (arXiv 2506.21734): a low and a high network
pub const TRM_ARCHITECTURE_HRM: trm_architecture = 2;

/// How positions exchange information in a block.
pub type trm_block = c_uint;
/// a SwiGLU over the positions, for each channel
pub const TRM_BLOCK_MIXER: trm_block = 1;
/// multi-head attention, not causal
pub const TRM_BLOCK_ATTENTION: trm_block = 2;
/// named relations, one set of weights for every position and every size
pub const TRM_BLOCK_RELATIONAL: trm_block = 3;

/// How positions are told apart.
pub type trm_position_encoding = c_uint;
pub const TRM_POSITION_NONE: trm_position_encoding = 1;
/// a learned vector added to each embedded token
pub const TRM_POSITION_LEARNED: trm_position_encoding = 2;
/// rotation of queries and keys, half-split pairs
pub const TRM_POSITION_ROTARY: trm_position_encoding = 3;

/// The gated unit: with \[g, s] = Wgu a, plain is Wd (silu(g) s), normed is Wd (sigmoid(g) r(g s)).
pub type trm_gate = c_uint;
pub const TRM_GATE_PLAIN: trm_gate = 1;
pub const TRM_GATE_NORMED: trm_gate = 2;

/// What turns logits into probabilities, as in the loss that the model was trained with.
pub type trm_likelihood = c_uint;
pub const TRM_LIKELIHOOD_SOFTMAX: trm_likelihood = 1;
/// s(v) = v + 1 for v >= 0, 1 / (1 - v) below, normalised (arXiv 2501.04697)
pub const TRM_LIKELIHOOD_STABLEMAX: trm_likelihood = 2;

/// How the halt probability comes about.
pub type trm_halting = c_uint;
/// the sigmoid of one number
pub const TRM_HALTING_LOGIT: trm_halting = 1;
/// of a soft minimum over all nodes that answer: as sure as the least sure one
pub const TRM_HALTING_SOFTMIN: trm_halting = 2;
/// the product over them
pub const TRM_HALTING_PRODUCT: trm_halting = 3;
/// the sigmoid of the halt logit less the continue logit: the published HRM's rule, and a TRM's without
/// no_ACT_continue
pub const TRM_HALTING_DIFFERENCE: trm_halting = 4;

/// What a model is. Text belongs to the model and lives as long. Fill with TRM_MODEL_INFO_INIT, then
/// trm_model_describe().
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_model_info {
    /// sizeof(trm_model_info)
    pub size: usize,
    /// a trm_architecture
    pub architecture: u32,
    /// a trm_block
    pub block: u32,
    /// a trm_position_encoding
    pub position_encoding: u32,
    /// a trm_gate
    pub gate: u32,
    /// a trm_likelihood
    pub likelihood: u32,
    /// D
    pub channels: u32,
    /// S, the tokens of a question and of an answer
    pub positions: u32,
    /// P, the rows before them: puzzle embedding or registers
    pub prefix: u32,
    /// V; token values are 0 .. V - 1
    pub vocabulary: u32,
    /// rows of the puzzle-embedding table; 0 without one
    pub identifiers: u32,
    /// K, blocks of the network (HRM: of the low one)
    pub blocks: u32,
    /// HRM: blocks of the high network; TRM: 0
    pub high_blocks: u32,
    /// h; 0 in mixers
    pub heads: u32,
    /// hidden width of the SwiGLU over positions; 0 with attention
    pub token_hidden: u32,
    /// hidden width of the SwiGLU over channels
    pub channel_hidden: u32,
    /// T, updates of y in a supervision step
    pub cycles: u32,
    /// n, updates of z before each update of y
    pub updates: u32,
    /// supervision steps that the model was trained for
    pub maximum_steps: u32,
    /// rows and columns of the question as a grid; 0 when it is none
    pub grid_rows: u32,
    pub grid_columns: u32,
    /// 1 when weights are used in place, 0 when they were copied or expanded
    pub mapped: u32,
    /// for trm_model_metadata()
    pub metadata_count: u32,
    /// for trm_model_tensor()
    pub tensor_count: u32,
    /// trained numbers, padding not counted
    pub parameters: u64,
    /// size of the file
    pub file_bytes: u64,
    /// size of the weights in memory
    pub weight_bytes: u64,
    /// floating-point operations of one supervision step of one puzzle: 2 for each
    /// multiply-add of a matrix product; of a prepared model 0
    pub step_operations: u64,
    /// such as "sudoku"; "" when not given
    pub task: *const c_char,
    /// of the kernels in use, as TRM_CPU spells it
    pub instruction_set: *const c_char,
    /// 1 when matrices of the blocks are 8-bit integers, in the file or by TRM_OPEN_INT8
    pub quantised: u32,
    /// F, values that are treated alike, of the model's own shape; 1: none are
    pub fields: u32,
    /// the token of the first of the values that its task treats alike
    pub first_value: u32,
    /// of the model's own shape; 0 where its task has no boxes
    pub box_rows: u32,
    pub box_columns: u32,
    /// the bounds of shapes that the model takes; with one size the grid's rows, 0 without a grid
    pub least_rows: u32,
    pub most_rows: u32,
    pub least_columns: u32,
    pub most_columns: u32,
    pub least_fields: u32,
    pub most_fields: u32,
    /// S at most; in a model of one size that size
    pub most_positions: u32,
    /// for trm_model_relation()
    pub relations: u32,
    /// kinds of helpers: their tokens are below it; 0: the model knows no helpers
    pub helper_tokens: u32,
    /// real numbers that a question gives with each position and helper; 0: none
    pub features: u32,
    /// a trm_halting
    pub halting: u32,
    /// 1: it was taught how sure it is of each position, for trm_answers.cell_confidences
    pub cell_confidence: u32,
    /// how many there are from first_value on; 0: its task has none
    pub values: u32,
    /// the token of a position that is to be filled in; V where nobody says
    pub blank: u32,
    /// 1: whatever else a question has is in its answer, too
    pub keeps_givens: u32,
    /// deviation of the random numbers that a run may start with; 0: it was taught without
    pub start_noise: f32,
    /// of the halt probability, above which it stops by itself; 0.5 unless its file has another
    pub halt_threshold: f32,
}

/// How a [`trm_model_info`] begins.
pub const TRM_MODEL_INFO_INIT: trm_model_info = trm_model_info {
    size: size_of::<trm_model_info>(),
    architecture: 0,
    block: 0,
    position_encoding: 0,
    gate: 0,
    likelihood: 0,
    channels: 0,
    positions: 0,
    prefix: 0,
    vocabulary: 0,
    identifiers: 0,
    blocks: 0,
    high_blocks: 0,
    heads: 0,
    token_hidden: 0,
    channel_hidden: 0,
    cycles: 0,
    updates: 0,
    maximum_steps: 0,
    grid_rows: 0,
    grid_columns: 0,
    mapped: 0,
    metadata_count: 0,
    tensor_count: 0,
    parameters: 0,
    file_bytes: 0,
    weight_bytes: 0,
    step_operations: 0,
    task: null(),
    instruction_set: null(),
    quantised: 0,
    fields: 0,
    first_value: 0,
    box_rows: 0,
    box_columns: 0,
    least_rows: 0,
    most_rows: 0,
    least_columns: 0,
    most_columns: 0,
    least_fields: 0,
    most_fields: 0,
    most_positions: 0,
    relations: 0,
    helper_tokens: 0,
    features: 0,
    halting: 0,
    cell_confidence: 0,
    values: 0,
    blank: 0,
    keeps_givens: 0,
    start_noise: 0.0,
    halt_threshold: 0.0,
};

extern "C" {
    /// Fills `info`.
    ///
    /// Returns TRM_ERROR_ARGUMENT. Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_model_describe(model: *const trm_model, info: *mut trm_model_info, error: *mut trm_error) -> trm_status;
}

/// Kinds of metadata values.
pub type trm_metadata_type = c_uint;
/// unsigned, 64 bits
pub const TRM_METADATA_INTEGER: trm_metadata_type = 1;
/// a double
pub const TRM_METADATA_REAL: trm_metadata_type = 2;
/// UTF-8 without zeros
pub const TRM_METADATA_TEXT: trm_metadata_type = 3;
pub const TRM_METADATA_BYTES: trm_metadata_type = 4;

/// One key and value of the file. Pointers belong to the model.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_metadata {
    /// sizeof(trm_metadata)
    pub size: usize,
    /// zero-terminated
    pub key: *const c_char,
    /// a trm_metadata_type
    pub r#type: u32,
    /// of bytes, without the terminating zero
    pub length: u32,
    pub integer: u64,
    pub real: f64,
    /// text or bytes, followed by a zero; NULL for numbers
    pub bytes: *const c_char,
}

/// How a [`trm_metadata`] begins.
pub const TRM_METADATA_INIT: trm_metadata = trm_metadata {
    size: size_of::<trm_metadata>(),
    key: null(),
    r#type: 0,
    length: 0,
    integer: 0,
    real: 0.0,
    bytes: null(),
};

extern "C" {
    /// The metadata entry at `index` (below trm_model_info.metadata_count), in the file's order.
    ///
    /// Returns TRM_ERROR_ARGUMENT. Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_model_metadata(model: *const trm_model, index: u32, metadata: *mut trm_metadata, error: *mut trm_error) -> trm_status;
}

/// Storage of a tensor.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_tensor_info {
    /// sizeof(trm_tensor_info)
    pub size: usize,
    /// zero-terminated, belongs to the model
    pub name: *const c_char,
    /// outputs
    pub rows: u64,
    /// inputs
    pub columns: u64,
    /// in the file
    pub stored_bytes: u64,
    /// "f32" or "i8"; a constant
    pub r#type: *const c_char,
    /// "rows" or "panels"; a constant
    pub layout: *const c_char,
    /// "raw" or "deflate"; a constant
    pub encoding: *const c_char,
}

/// How a [`trm_tensor_info`] begins.
pub const TRM_TENSOR_INFO_INIT: trm_tensor_info = trm_tensor_info {
    size: size_of::<trm_tensor_info>(),
    name: null(),
    rows: 0,
    columns: 0,
    stored_bytes: 0,
    r#type: null(),
    layout: null(),
    encoding: null(),
};

extern "C" {
    /// The tensor at `index` (below trm_model_info.tensor_count), in the file's order.
    ///
    /// Returns TRM_ERROR_ARGUMENT. Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_model_tensor(model: *const trm_model, index: u32, tensor: *mut trm_tensor_info, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// The relation at `index` (below trm_model_info.relations), in the file's order.
    ///
    /// Returns TRM_ERROR_ARGUMENT. Any thread. Since 0.2.0.
    #[must_use]
    pub fn trm_model_relation(model: *const trm_model, index: u32, relation: *mut trm_relation_info, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Turns text into tokens by the model's alphabet, one character a position.
    /// * shape   of the question, or NULL for the model's own; its size is S.
    /// * text    `length` bytes, which must be S.
    /// * tokens  receives S tokens.
    ///
    /// Returns TRM_ERROR_ARGUMENT; TRM_ERROR_PUZZLE for a wrong length, a character outside the alphabet or of a
    /// value that the shape has not (7 in a Sudoku of 4x4), or a shape that the model does not take;
    /// TRM_ERROR_UNSUPPORTED when the model has no alphabet, or for a shape that this version cannot do.
    /// Any thread. Since 0.2.0.
    #[must_use]
    pub fn trm_model_encode(model: *const trm_model, shape: *const trm_shape, text: *const c_char, length: usize, tokens: *mut i32, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Turns tokens into characters; a token without a character becomes '?'.
    /// * shape   as in trm_model_encode().
    /// * tokens  `length` of them, which must be S.
    /// * text    receives S bytes, no terminating zero.
    ///
    /// Returns as trm_model_encode(). Any thread. Since 0.2.0.
    #[must_use]
    pub fn trm_model_decode(model: *const trm_model, shape: *const trm_shape, tokens: *const i32, length: usize, text: *mut c_char, error: *mut trm_error) -> trm_status;
}

/// For trm_solve_options.halt: stop a puzzle when its halt logit is positive: the model believes that its
/// answer is right.
pub const TRM_HALT_SIGNAL: u32 = 1;

/// For trm_solve_options.halt: stop a puzzle when its answer was the same after `stable_steps` steps in a
/// row.
pub const TRM_HALT_STABLE: u32 = 2;

/// Why a puzzle stopped.
pub type trm_stop = c_uint;
/// it has not
pub const TRM_STOP_RUNNING: trm_stop = 0;
/// the learned halt signal
pub const TRM_STOP_SIGNAL: trm_stop = 1;
/// a stable answer
pub const TRM_STOP_STABLE: trm_stop = 2;
/// the step limit. An answer that changes what the question gives (where the task's answers keep that)
/// stops for no signal, and neither does one that rules refute which are asked after every step
pub const TRM_STOP_LIMIT: trm_stop = 3;
/// the time budget of trm_solve()
pub const TRM_STOP_DEADLINE: trm_stop = 4;
/// a number of its last step was too large for a float, so that there is no answer: every token is 0,
/// every probability and the halt probability are 0, and every logit is -INFINITY. Other questions do not
/// notice
pub const TRM_STOP_OVERFLOW: trm_stop = 5;
/// the rules of its task, or the host's verifier, say that the answer is right
pub const TRM_STOP_VERIFIED: trm_stop = 6;
/// the step budget of its question
pub const TRM_STOP_BUDGET: trm_stop = 7;

/// What a run starts from.
pub type trm_start = c_uint;
/// as the model was taught: with random numbers where its start_noise is above 0
pub const TRM_START_MODEL: trm_start = 0;
/// the learned initial state alone
pub const TRM_START_FIXED: trm_start = 1;
/// with random numbers, that depend on the seed and the run alone; refused by a model that was
/// taught without
pub const TRM_START_RANDOM: trm_start = 2;

/// Which of the runs of a question answers it.
pub type trm_policy = c_uint;
/// the first that stops by the learned signal
pub const TRM_POLICY_FIRST_HALT: trm_policy = 1;
/// the answer that most runs agree on, each by its halt probability. Weak runs are dropped early: once a
/// third of a question's runs, two at least, have stopped by themselves with one answer that is not
/// refuted, those that go on and were less than half as sure as these are on average, after both of their
/// last two steps, make no further step and have no vote. With trm_solve_options.candidates all go on
pub const TRM_POLICY_VOTE: trm_policy = 2;
/// the run with the highest halt probability
pub const TRM_POLICY_BEST: trm_policy = 3;
/// the first whose answer the rules call right
pub const TRM_POLICY_FIRST_VERIFIED: trm_policy = 4;

/// What the rules of a task, or the host's verifier, say of an answer.
pub type trm_verdict = c_uint;
/// nothing: there are no rules
pub const TRM_VERDICT_UNVERIFIED: trm_verdict = 0;
/// it is right
pub const TRM_VERDICT_VERIFIED: trm_verdict = 1;
/// it is wrong
pub const TRM_VERDICT_REFUTED: trm_verdict = 2;

/// How an answer was found.
pub type trm_how = c_uint;
/// by the question as it is
pub const TRM_HOW_RUN: trm_how = 0;
/// by a run that saw it under a symmetry of its task
pub const TRM_HOW_VIEW: trm_how = 1;
/// by a run from another random start
pub const TRM_HOW_RESTART: trm_how = 2;
/// by a run that was given guesses as givens: the network and plain rules together
pub const TRM_HOW_SEARCH: trm_how = 3;
/// trm_repair() alone: by a search of the rules' own, without the network
pub const TRM_HOW_RULES: trm_how = 4;

/// Questions: arrays of the caller, read during the call only. S and the rest are those of each question's
/// shape.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_questions {
    /// sizeof(trm_questions)
    pub size: usize,
    /// number of puzzles, at least 1
    pub count: usize,
    /// count x S, values 0 .. V - 1
    pub tokens: *const i32,
    /// count puzzle identifiers below trm_model_info.identifiers, or NULL for zeros; 0 is allowed also where
    /// the model has none, any other is TRM_ERROR_PUZZLE
    pub identifiers: *const u32,
    /// NULL: the model's own shape
    pub shapes: *const trm_shape,
    /// 0 with NULL; 1: all questions have that shape; count: each has its own, one after another,
    /// TRM_ERROR_UNSUPPORTED where these differ and the model cannot have that in one call
    pub shape_count: usize,
    /// lists that the questions bring, NULL: none
    pub relations: *const trm_relation,
    /// 0 with NULL
    pub relation_count: usize,
    /// for each question the kinds of its shape's helpers, below trm_model_info.helper_tokens; NULL
    /// where there are none
    pub helper_tokens: *const i32,
    /// for each question (S + helpers) x trm_model_info.features numbers; NULL where the model has
    /// none
    pub features: *const f32,
}

/// How a [`trm_questions`] begins.
pub const TRM_QUESTIONS_INIT: trm_questions = trm_questions {
    size: size_of::<trm_questions>(),
    count: 0,
    tokens: null(),
    identifiers: null(),
    shapes: null(),
    shape_count: 0,
    relations: null(),
    relation_count: 0,
    helper_tokens: null(),
    features: null(),
};

/// The host's own rules. The library calls `verify` after the steps of a run, on the thread that called the
/// library, in the usual floating-point environment, never two at once in one solver. It must outlive the
/// solver; it may not use that solver. The struct has at least its full size of 0.2.0 and `verify`, or the
/// call fails with TRM_ERROR_ARGUMENT. Since 0.2.0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_verifier {
    /// sizeof(trm_verifier)
    pub size: usize,
    /// passed to verify
    pub user: *mut c_void,
    /// Judges an answer.
    /// * question  one question, as the caller gave it (count 1, its shape filled in; the first offset of
    ///   its relations is where its own lists begin).
    /// * index     its number in the call that brought it.
    /// * answer    S tokens.
    /// * verdict   receives a trm_verdict; TRM_VERDICT_UNVERIFIED before the call.
    ///
    /// Returns any status but TRM_OK ends the solve, which returns it with what is in `error` (never NULL).
    pub verify: Option<unsafe extern "C" fn(user: *mut c_void, question: *const trm_questions, index: usize, answer: *const i32, verdict: *mut u32, error: *mut trm_error) -> trm_status>,
}

/// How a [`trm_verifier`] begins.
pub const TRM_VERIFIER_INIT: trm_verifier = trm_verifier {
    size: size_of::<trm_verifier>(),
    user: null_mut(),
    verify: None,
};

/// A step of a run as a watcher sees it: filled by the library, valid during the call. Since 0.2.0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_run_step {
    /// sizeof(trm_run_step), that of the library
    pub size: usize,
    /// its number in the call that brought it
    pub question: usize,
    /// of the question's runs, from 0
    pub run: u32,
    /// a trm_how
    pub how: u32,
    /// of the run, from 1
    pub step: u32,
    /// a trm_stop: why the run ends here, or TRM_STOP_RUNNING
    pub stop: u32,
    /// a trm_verdict
    pub verdict: u32,
    /// guesses that the run was given as givens
    pub pins: u32,
    /// S
    pub positions: u32,
    /// positions whose token is another than after the step before; S after the first
    pub changed: u32,
    /// of the run
    pub halt_logit: f32,
    /// of the run
    pub halt_probability: f32,
    /// S
    pub tokens: *const i32,
    /// S, as in trm_answers
    pub probabilities: *const f32,
    /// S: the question with the guesses that this run was given
    pub asked: *const i32,
    /// the symmetry under which the run sees the question, as in
    /// trm_solve_options.views
    pub view: u32,
    /// 0
    pub reserved: u32,
}

/// How a [`trm_run_step`] begins.
pub const TRM_RUN_STEP_INIT: trm_run_step = trm_run_step {
    size: size_of::<trm_run_step>(),
    question: 0,
    run: 0,
    how: 0,
    step: 0,
    stop: 0,
    verdict: 0,
    pins: 0,
    positions: 0,
    changed: 0,
    halt_logit: 0.0,
    halt_probability: 0.0,
    tokens: null(),
    probabilities: null(),
    asked: null(),
    view: 0,
    reserved: 0,
};

/// A host that looks on. The library calls `step` after every step of every run, on the thread that called the
/// library, in the usual floating-point environment. It must outlive the solver; it may not use that solver.
/// The struct has at least its full size of 0.2.0 and `step`, or the call fails with TRM_ERROR_ARGUMENT. Since
/// 0.2.0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_watcher {
    /// sizeof(trm_watcher)
    pub size: usize,
    /// passed to step
    pub user: *mut c_void,
    /// Returns any status but TRM_OK ends the solve, which returns it with what is in `error` (never
    /// NULL).
    pub step: Option<unsafe extern "C" fn(user: *mut c_void, seen: *const trm_run_step, error: *mut trm_error) -> trm_status>,
}

/// How a [`trm_watcher`] begins.
pub const TRM_WATCHER_INIT: trm_watcher = trm_watcher {
    size: size_of::<trm_watcher>(),
    user: null_mut(),
    step: None,
};

/// The most numbers that trm_model_views() gives.
pub const TRM_MAXIMUM_VIEWS: u32 = 8;

/// For trm_solve_options.views, combined with |: rows and columns are changed. Question and answer alike, in
/// all of these.
pub const TRM_VIEW_TRANSPOSED: u32 = 1;

/// For trm_solve_options.views: upside down, behind the one above.
pub const TRM_VIEW_UPSIDE_DOWN: u32 = 2;

/// For trm_solve_options.views: left to right, behind the two above.
pub const TRM_VIEW_LEFT_TO_RIGHT: u32 = 4;

/// For trm_solve_options.views: the values that the task treats alike change places, as drawn by the view's
/// number.
pub const TRM_VIEW_VALUES: u32 = 8;

/// For trm_solve_options.views: before all other changes bands and stacks, rows within their band and columns
/// within their stack change places, those of them that the task has, as drawn by the view's number.
pub const TRM_VIEW_LINES: u32 = 16;

/// For trm_solve_options.views, times a number below 2^27, with at least one of the two above: another draw
/// for each number.
pub const TRM_VIEW_DRAW: u32 = 32;

/// How to solve. NULL where options are asked for means TRM_SOLVE_OPTIONS_INIT.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_solve_options {
    /// sizeof(trm_solve_options)
    pub size: usize,
    /// 1 to 65536; 0: the number in the model, 16 in the published ones
    pub maximum_steps: u32,
    /// TRM_HALT_*, combined with |; 0: always run maximum_steps, as the published evaluation
    /// does
    pub halt: u32,
    /// for TRM_HALT_STABLE: 2 to 65536
    pub stable_steps: u32,
    /// the most questions that a solver holds at once, 1 to 65536; memory grows with it and with the
    /// runs of each, answers do not depend on it
    pub batch: u32,
    /// trm_solve() only: start no step that would, at the pace of the slowest
    /// so far, end later than this after the call; the first step always runs;
    /// 0: no limit; TRM_ERROR_UNSUPPORTED in a build without a clock
    /// (freestanding)
    pub budget_nanoseconds: u64,
    /// threads, or NULL for the calling one alone; must outlive the solver
    pub executor: *const trm_executor,
    /// when no workspace is given; NULL: malloc and free; must outlive the solver
    pub allocator: *const trm_allocator,
    /// memory for the solver, any alignment, or NULL; the caller owns it and leaves it
    /// alone until the solver is freed
    pub workspace: *mut c_void,
    /// its size in bytes, at least what trm_solver_measure() says, which does not look at it; 0 with NULL, or
    /// the solver is refused with TRM_ERROR_ARGUMENT: memory that could not be had is not taken from
    /// elsewhere
    pub workspace_size: usize,
    /// for TRM_HALT_SIGNAL: stop when the halt probability is above it, below 1; 0:
    /// trm_model_info.halt_threshold, which is 0.5, the published rule, unless the file has another. A
    /// higher one costs steps and makes fewer mistakes
    pub halt_probability: f64,
    /// the largest that the solver must hold; NULL: the model's own; read during the call
    pub shape: *const trm_shape,
    /// the most numbers in the lists of all relations that one question brings, up to 16777216 for
    /// each; 0: they bring none
    pub heard: u64,
    /// a trm_start
    pub start: u32,
    /// of all that is drawn. The same seed gives the same answers, whatever else is solved with it
    pub seed: u64,
    /// of each question, 1 to 65536, at most 1048576 of a batch together; 0: 1. More than there are views
    /// only where runs start from random numbers: others would be the same
    pub runs: u32,
    /// a trm_policy; 0: TRM_POLICY_FIRST_HALT. An answer that is refuted loses to all
    /// others
    pub policy: u32,
    /// 1: questions whose first run fails are tried with guesses as givens, within step_budget, until the
    /// rules call an answer right. `runs` attempts ride at once, which changes no answer. Those without a
    /// guess make at most maximum_steps, 64 for 0, the others half as many. Where what is given breaks the
    /// task's rules already, no answer is right: one step is made, and its answer is refuted, by TRM_HOW_RUN
    /// and TRM_STOP_LIMIT. For tasks with values (trm_model_info.values), or models that begin at random,
    /// which then guess nothing; without views
    pub search: u32,
    /// 1: the rules are asked after every step, and an answer that they do not call right is not given: its
    /// tokens, probabilities and halt probability are 0, its logits -INFINITY, and its verdict is not
    /// TRM_VERDICT_VERIFIED
    pub require_verified: u32,
    /// how many distinct answers of a question are kept, up to 65536, for trm_solver_candidates(); 0: the one
    /// given. The runs go on until so many right ones were found, each to its own end, and the rules, where
    /// there are some, are asked after every step. The answer given is the one that the policy would have
    /// given without
    pub candidates: u32,
    /// the symmetries of the task under which the runs see a question, by number (TRM_VIEW_*), in turn; 0 is
    /// the question as it is; read during the call; NULL: all see it as it is. TRM_ERROR_ARGUMENT for one that
    /// is no symmetry of the task in the shape, or that the network could not notice: relational models treat
    /// values alike, and lines, too, where they hear groups alone
    pub views: *const u32,
    /// 0 with NULL
    pub view_count: usize,
    /// the most supervision steps of all runs of a question together; 0: no limit, in search 4096
    pub step_budget: u64,
    /// the host's own rules in place of the task's, asked after every step of every run, or NULL; must
    /// outlive the solver
    pub verifier: *const trm_verifier,
    /// or NULL; must outlive the solver
    pub watcher: *const trm_watcher,
}

/// How a [`trm_solve_options`] begins.
pub const TRM_SOLVE_OPTIONS_INIT: trm_solve_options = trm_solve_options {
    size: size_of::<trm_solve_options>(),
    maximum_steps: 0,
    halt: TRM_HALT_SIGNAL,
    stable_steps: 2,
    batch: 1,
    budget_nanoseconds: 0,
    executor: null(),
    allocator: null(),
    workspace: null_mut(),
    workspace_size: 0,
    halt_probability: 0.0,
    shape: null(),
    heard: 0,
    start: TRM_START_MODEL,
    seed: 0,
    runs: 0,
    policy: 0,
    search: 0,
    require_verified: 0,
    candidates: 0,
    views: null(),
    view_count: 0,
    step_budget: 0,
    verifier: null(),
    watcher: null(),
};

/// Where answers go: arrays of the caller, each of them NULL when not wanted. A pointer to the struct itself
/// must not be NULL where answers are asked for: that is TRM_ERROR_ARGUMENT.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_answers {
    /// sizeof(trm_answers)
    pub size: usize,
    /// count x S: the likeliest token of each position, the lowest of equals
    pub tokens: *mut i32,
    /// count x S: its probability under the model's likelihood
    pub probabilities: *mut f32,
    /// count x S x V; -INFINITY for a token that can be no answer
    pub logits: *mut f32,
    /// count: sigmoid of the halt logit, the model's trust in its own answer; 0 for one that changes a
    /// given
    pub halt_probabilities: *mut f32,
    /// count
    pub halt_logits: *mut f32,
    /// count: trained in HRM only; 0 in relational models
    pub continue_logits: *mut f32,
    /// count: supervision steps taken by the run that answers
    pub steps: *mut u32,
    /// count: a trm_stop each
    pub stops: *mut u32,
    /// count x S: how sure the model is of each token, by what it was taught
    /// (trm_model_info.cell_confidence); else as `probabilities`
    pub cell_confidences: *mut f32,
    /// count: a trm_verdict each, by the verifier or the rules of the task (trm_model_verify())
    pub verdicts: *mut u32,
    /// count: a trm_how each
    pub hows: *mut u32,
    /// count: runs that were begun
    pub runs: *mut u32,
    /// count: guesses that the run that answers was given as givens
    pub pins: *mut u32,
    /// count: supervision steps of all runs
    pub total_steps: *mut u64,
    /// count x S: 1 where the answer changes a given, which refutes it; else 0
    pub changed: *mut u8,
}

/// How a [`trm_answers`] begins.
pub const TRM_ANSWERS_INIT: trm_answers = trm_answers {
    size: size_of::<trm_answers>(),
    tokens: null_mut(),
    probabilities: null_mut(),
    logits: null_mut(),
    halt_probabilities: null_mut(),
    halt_logits: null_mut(),
    continue_logits: null_mut(),
    steps: null_mut(),
    stops: null_mut(),
    cell_confidences: null_mut(),
    verdicts: null_mut(),
    hows: null_mut(),
    runs: null_mut(),
    pins: null_mut(),
    total_steps: null_mut(),
    changed: null_mut(),
};

extern "C" {
    /// Solves questions.count puzzles, options.batch at a time. Reentrant: any number of threads may solve with
    /// one model. It is a loop over trm_solver_load(), trm_solver_step() and trm_solver_read(); a host that wants
    /// to look between steps calls those. A time budget is for the whole call; puzzles that it leaves no time for
    /// get one step each.
    ///
    /// Returns TRM_ERROR_ARGUMENT, also when `answers` is NULL; TRM_ERROR_MEMORY; TRM_ERROR_WORKSPACE;
    /// TRM_ERROR_PUZZLE for a token outside the vocabulary, an identifier out of range, a shape that the
    /// model does not take or lists that are none (every question is checked before any is solved);
    /// TRM_ERROR_UNSUPPORTED for what this version cannot do; what a verifier or a watcher returned. These
    /// two are the only failures behind which anything has been written: the answers of the batches before
    /// that one, of options.batch questions each, stay in `answers`, and the room of that batch and of all
    /// later ones is as it was. Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_solve(model: *const trm_model, questions: *const trm_questions, answers: *const trm_answers, options: *const trm_solve_options, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// The views of a question under symmetries of the model's task, for trm_solve_options.views:
    /// TRM_VIEW_TRANSPOSED, _UPSIDE_DOWN and _LEFT_TO_RIGHT in all combinations; 0 is the question as it is. Those
    /// that the network would not notice are left out: a relational Sudoku has two views, one of a published kind
    /// has eight, so has a map, and a graph has one. A Sudoku of a published kind has further ones, too many to
    /// list: TRM_VIEW_VALUES and TRM_VIEW_LINES.
    /// * shape  of the questions, or NULL for the model's own. Questions that bring lists have view 0 alone.
    /// * views  receives them, 0 first; room for TRM_MAXIMUM_VIEWS.
    /// * count  receives their number.
    ///
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_PUZZLE for a shape that the model does not take. Any thread. Since
    /// 0.2.0.
    #[must_use]
    pub fn trm_model_views(model: *const trm_model, shape: *const trm_shape, views: *mut u32, count: *mut u32, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Judges answers by the rules of the model's task (metadata task.rules, doc/format.md), whoever found them.
    /// For paths a search finds the shortest way: these rules solve the task by themselves.
    /// * questions  as trm_solve() takes them.
    /// * answers    count x S tokens.
    /// * verdicts   receives a trm_verdict for each: TRM_VERDICT_UNVERIFIED where the task has no rules, or
    ///   rules about relations that neither the shape nor the model nor the question has.
    ///
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_PUZZLE, TRM_ERROR_UNSUPPORTED as trm_solve(); TRM_ERROR_MEMORY from
    /// the model's allocator, whose memory it uses during the call. Any thread. Since 0.2.0.
    #[must_use]
    pub fn trm_model_verify(model: *const trm_model, questions: *const trm_questions, answers: *const i32, verdicts: *mut u32, error: *mut trm_error) -> trm_status;
}

/// The state of a batch of puzzles being solved. One thread at a time.
#[repr(C)]
#[derive(Debug)]
pub struct trm_solver {
    opaque: [u8; 0],
    marker: PhantomData<(*mut u8, PhantomPinned)>,
}

extern "C" {
    /// How many bytes of workspace a solver with these options needs, on this machine with this version. The
    /// workspace named in the options and its size are ignored, so that `bytes` may be that size.
    ///
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_UNSUPPORTED; TRM_ERROR_MEMORY when the size does not fit in size_t.
    /// Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_solver_measure(model: *const trm_model, options: *const trm_solve_options, bytes: *mut usize, error: *mut trm_error) -> trm_status;
}

/// What a model costs on a microcontroller: trm_firmware_measure() fills it. Since 0.2.0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_firmware_cost {
    /// sizeof(trm_firmware_cost)
    pub size: usize,
    /// of the file, which lies in flash
    pub model_bytes: u64,
    /// bytes of RAM, trm_open_options.workspace_size
    pub model_workspace: u64,
    /// bytes of RAM, trm_solve_options.workspace_size
    pub solver_workspace: u64,
    /// of one step of one question of the shape, counted as
    /// trm_model_info.step_operations
    pub operations: u64,
}

/// How a [`trm_firmware_cost`] begins.
pub const TRM_FIRMWARE_COST_INIT: trm_firmware_cost = trm_firmware_cost {
    size: size_of::<trm_firmware_cost>(),
    model_bytes: 0,
    model_workspace: 0,
    solver_workspace: 0,
    operations: 0,
};

extern "C" {
    /// What trm_model_measure() and trm_solver_measure() will say where trm.c runs with pointers of 32 bits: on
    /// every Cortex-M, on RV32, on wasm32. To choose a chip by; stack and code come on top (doc/firmware.md).
    /// * model    with raw weights.
    /// * options  as trm_solver_create() takes them, or NULL; their executor counts as threads of that
    ///   machine.
    /// * cost     its size filled in.
    ///
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_PUZZLE for a shape beyond the model's bounds, TRM_ERROR_UNSUPPORTED
    /// for deflated weights, TRM_ERROR_MEMORY for sizes that do not fit in size_t here. Not in trm.c
    /// itself. Any thread. Since 0.2.0.
    #[must_use]
    pub fn trm_firmware_measure(model: *const trm_model, options: *const trm_solve_options, cost: *mut trm_firmware_cost, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Makes a solver in the workspace of the options, or in memory from their allocator. The model must outlive
    /// it.
    /// * solver  receives the solver, released by trm_solver_free(); NULL after a failure.
    ///
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY, TRM_ERROR_WORKSPACE, TRM_ERROR_UNSUPPORTED. Any thread. Since
    /// 0.1.0.
    #[must_use]
    pub fn trm_solver_create(model: *const trm_model, options: *const trm_solve_options, solver: *mut *mut trm_solver, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Releases a solver (a workspace stays the caller's); accepts NULL. The solver's thread. Since 0.1.0.
    pub fn trm_solver_free(solver: *mut trm_solver);
}

extern "C" {
    /// Puts 1 to options.batch questions in the solver, each in the model's initial state; what was there is gone.
    ///
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_PUZZLE (a token or an identifier out of range, a shape or lists that
    /// the model does not take), TRM_ERROR_UNSUPPORTED: then the solver is as before. The solver's thread.
    /// Since 0.1.0.
    #[must_use]
    pub fn trm_solver_load(solver: *mut trm_solver, questions: *const trm_questions, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Changes the loaded questions, each of which goes on from what was thought about it (z); the answer (y)
    /// starts anew. Steps are counted from 0 again, as halting rules and budgets do, and every run runs; one that
    /// overflowed begins anew. How good a start the old thought is depends on the model and on how much has
    /// changed: with models/path-int8.trm it saves a tenth of the steps where the start moved along a way, and
    /// none where a wall came upon it (doc/firmware.md). trm_solver_load() forgets it.
    /// * questions  as many as were loaded, in the same shape.
    ///
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_PUZZLE as trm_solver_load(), also for another shape;
    /// TRM_ERROR_UNSUPPORTED with trm_solve_options.search: then the solver is as before. The solver's
    /// thread. Since 0.2.0.
    #[must_use]
    pub fn trm_solver_change(solver: *mut trm_solver, questions: *const trm_questions, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// One supervision step of every puzzle that has not stopped, then the halting rules. A host may go on
    /// stepping puzzles until `running` is 0; calling it then does nothing.
    /// * running  receives the number of puzzles that have not stopped; may be NULL.
    ///
    /// Returns TRM_ERROR_ARGUMENT when nothing is loaded. The solver's thread. Since 0.1.0.
    #[must_use]
    pub fn trm_solver_step(solver: *mut trm_solver, running: *mut u32, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// The answers after the last step of each loaded puzzle; count is that of the questions loaded.
    ///
    /// Returns TRM_ERROR_ARGUMENT when nothing is loaded, no step was made or `answers` is NULL. The solver's
    /// thread. Since 0.1.0.
    #[must_use]
    pub fn trm_solver_read(solver: *const trm_solver, answers: *const trm_answers, error: *mut trm_error) -> trm_status;
}

/// Where the candidates of a question go: arrays of the caller, each of them NULL when not wanted. Since
/// 0.2.0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_candidates {
    /// sizeof(trm_candidates)
    pub size: usize,
    /// how many the arrays have room for
    pub room: u32,
    /// 0
    pub reserved: u32,
    /// room x S
    pub tokens: *mut i32,
    /// room: runs that ended with it
    pub counts: *mut u32,
    /// room: a trm_verdict each
    pub verdicts: *mut u32,
    /// room: how likely it is right. 1 for a verified one, 0 for a refuted one; else the halt probability of
    /// the surest run that ended with it: there may be several right answers, so that these need not sum up to
    /// 1
    pub confidences: *mut f32,
    /// room: a trm_how each, of the first run that found it
    pub hows: *mut u32,
}

/// How a [`trm_candidates`] begins.
pub const TRM_CANDIDATES_INIT: trm_candidates = trm_candidates {
    size: size_of::<trm_candidates>(),
    room: 0,
    reserved: 0,
    tokens: null_mut(),
    counts: null_mut(),
    verdicts: null_mut(),
    confidences: null_mut(),
    hows: null_mut(),
};

extern "C" {
    /// The distinct answers of one question that its runs have ended with so far, as many as
    /// trm_solve_options.candidates keeps: the verified ones alone where there are some, those found by more and
    /// surer runs first; else the others, those that nobody refutes first. With require_verified none but verified
    /// ones. What many runs find late, after the room was taken by others that are no worse, is counted from then
    /// on. In a search, once right answers are known, further guesses differ from all of them.
    /// * question    of those loaded, from 0.
    /// * candidates  where they go.
    /// * count       receives how many were written, at most candidates->room.
    ///
    /// Returns TRM_ERROR_ARGUMENT, also for a solver made without candidates. The solver's thread. Since 0.2.0.
    #[must_use]
    pub fn trm_solver_candidates(solver: *const trm_solver, question: u32, candidates: *const trm_candidates, count: *mut u32, error: *mut trm_error) -> trm_status;
}

/// Why a hint can be believed.
pub type trm_reason = c_uint;
/// by plain rules: the last open position of a group
pub const TRM_REASON_LAST: trm_reason = 1;
/// by plain rules: the only place in a group for its value
pub const TRM_REASON_PLACE: trm_reason = 2;
/// by plain rules: the only value that is left to the position
pub const TRM_REASON_VALUE: trm_reason = 3;
/// the surest position of the model's answer
pub const TRM_REASON_MODEL: trm_reason = 4;

/// Why there are no further hints.
pub type trm_hints_end = c_uint;
/// there was no room for them
pub const TRM_HINTS_MORE: trm_hints_end = 0;
/// nothing is left to be filled in
pub const TRM_HINTS_DONE: trm_hints_end = 1;
/// there are none at all: what the question gives has no answer, as plain rules show
pub const TRM_HINTS_CLASH: trm_hints_end = 2;
/// the model found no answer that the rules call right, or its numbers overflowed
pub const TRM_HINTS_UNKNOWN: trm_hints_end = 3;

/// Where hints go: arrays of the caller, each of them NULL when not wanted. Since 0.2.0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_hints {
    /// sizeof(trm_hints)
    pub size: usize,
    /// how many the arrays have room for
    pub room: u32,
    /// 0
    pub reserved: u32,
    /// room: where
    pub positions: *mut u32,
    /// room: what
    pub tokens: *mut i32,
    /// room: a trm_reason each
    pub reasons: *mut u32,
    /// room: 1 where plain rules force it, else how sure the model is, as trm_answers.cell_confidences
    pub confidences: *mut f32,
    /// room: of TRM_REASON_LAST and _PLACE the name of the relation that the group is of, such as "row", else
    /// "". They belong to the model
    pub relations: *mut *const c_char,
    /// 1: a trm_hints_end
    pub end: *mut u32,
    /// 2: with TRM_HINTS_CLASH two positions that exclude each other, or twice one that has no value left, or
    /// that is open in a group where a value has no place left
    pub clash: *mut u32,
}

/// How a [`trm_hints`] begins.
pub const TRM_HINTS_INIT: trm_hints = trm_hints {
    size: size_of::<trm_hints>(),
    room: 0,
    reserved: 0,
    positions: null_mut(),
    tokens: null_mut(),
    reasons: null_mut(),
    confidences: null_mut(),
    relations: null_mut(),
    end: null_mut(),
    clash: null_mut(),
};

extern "C" {
    /// What to fill in next, and why: each hint presumes that those before it were followed. Plain rules come
    /// first, where those of the task are about values in groups: then no model is asked. Where they force
    /// nothing, the model solves the question, and its surest position is the hint. Where there are rules, those
    /// of the task or the host's verifier, only an answer that they call right is used, so that no hint leads
    /// astray. `options` say how it is solved (search is the way to find more); their batch and candidates are
    /// ignored.
    /// * question  one.
    /// * hints     where they go; room for one is enough to ask for the next.
    /// * count     receives how many were written. After a failure the arrays may have been written to, too.
    ///
    /// Returns as trm_solve(); TRM_ERROR_MEMORY also from the options' allocator, which a few bytes for each
    /// position and value are taken from beside the solver. Any thread. Since 0.2.0.
    #[must_use]
    pub fn trm_hint(model: *const trm_model, question: *const trm_questions, options: *const trm_solve_options, hints: *const trm_hints, count: *mut u32, error: *mut trm_error) -> trm_status;
}

/// What a repair came to: filled by the library. Since 0.2.0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_repaired {
    /// sizeof(trm_repaired)
    pub size: usize,
    /// TRM_VERDICT_VERIFIED, or _UNVERIFIED where nothing was found
    pub verdict: u32,
    /// givens that the answer changes; 0: none has to be
    pub changes: u32,
    /// 1: plain rules show that no answer changes fewer
    pub fewest: u32,
    /// a trm_how; TRM_HOW_RULES where the model found none
    pub how: u32,
    /// of the model's answer; 0 with TRM_HOW_RULES
    pub halt_probability: f32,
    /// 0
    pub reserved: u32,
    /// supervision steps of all attempts
    pub total_steps: u64,
}

/// How a [`trm_repaired`] begins.
pub const TRM_REPAIRED_INIT: trm_repaired = trm_repaired {
    size: size_of::<trm_repaired>(),
    verdict: 0,
    changes: 0,
    fewest: 0,
    how: 0,
    halt_probability: 0.0,
    reserved: 0,
    total_steps: 0,
};

extern "C" {
    /// Answers a question whose givens may be wrong: the answer that changes fewest of them. Plain rules try which
    /// givens have to be left out, none at first, then one, up to eight, within 20,000 tries; what they cannot
    /// refute the model answers, and the surest of its answers that the rules call right, apart from the givens
    /// left out, is the one given. Where the model finds none, that of the rules' own search is. `options` say how
    /// the model solves; their batch and candidates are ignored. For tasks whose rules are about values in groups.
    /// * question  one; the givens that the answer changes are those where the two differ.
    /// * tokens    receives S tokens, 0 where nothing was found.
    /// * repaired  receives what it came to.
    ///
    /// Returns as trm_solve(); TRM_ERROR_ARGUMENT also for options with a verifier, TRM_ERROR_UNSUPPORTED for
    /// other tasks; TRM_ERROR_MEMORY also from the options' allocator, which a few bytes for each position
    /// and value are taken from beside the solver. Any thread. Since 0.2.0.
    #[must_use]
    pub fn trm_repair(model: *const trm_model, question: *const trm_questions, options: *const trm_solve_options, tokens: *mut i32, repaired: *mut trm_repaired, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// The fp32 multiply-add rate that this machine reaches right now, on register operands, on all threads of the
    /// executor at once: the ceiling to measure a solve against. Takes about a tenth of a second. The kernels are
    /// those that trm_model_open() would pick.
    /// * executor  or NULL for the calling thread.
    /// * gflops    receives 1e9 operations a second, 2 for each multiply-add, of all threads together.
    ///
    /// Returns TRM_ERROR_ARGUMENT. Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_measure_peak(executor: *const trm_executor, gflops: *mut f64, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// The same of multiply-adds of 8-bit integers, which models with `quantised` spend their time on.
    /// * gops  receives 1e9 operations a second. Otherwise as trm_measure_peak(). Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_measure_peak_int8(executor: *const trm_executor, gops: *mut f64, error: *mut trm_error) -> trm_status;
}
