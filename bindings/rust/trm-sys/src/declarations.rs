// Made from trm.h by tests/header, and compared with it there. TRM_RECORD=1 cargo test -p trm-sys writes it anew.

use std::marker::{PhantomData, PhantomPinned};
use std::mem::size_of;
use std::os::raw::{c_char, c_uint, c_void};
use std::ptr::{null, null_mut};

/// Version of this header; the shared library's name changes only when its binary interface breaks.
pub const TRM_VERSION_MAJOR: u32 = 0;

/// Version of this header; the shared library's name changes only when its binary interface breaks.
pub const TRM_VERSION_MINOR: u32 = 1;

/// Version of this header; the shared library's name changes only when its binary interface breaks.
pub const TRM_VERSION_PATCH: u32 = 0;

extern "C" {
    /// The library's version, major * 65536 + minor * 256 + patch. Any thread. Since 0.1.0.
    pub fn trm_version() -> u32;
}

extern "C" {
    /// The library's version as text, "0.1.0"; a constant. Any thread. Since 0.1.0.
    pub fn trm_version_text() -> *const c_char;
}

/// What a call came to. Values never change; new ones are added at the end.
pub type trm_status = c_uint;
/// done
pub const TRM_OK: trm_status = 0;
/// an argument or option is outside what the function accepts
pub const TRM_ERROR_ARGUMENT: trm_status = 1;
/// the allocator returned NULL
pub const TRM_ERROR_MEMORY: trm_status = 2;
/// the workspace is smaller than trm_solver_measure() says
pub const TRM_ERROR_WORKSPACE: trm_status = 3;
/// the operating system could not open, read, map or write a file
pub const TRM_ERROR_FILE: trm_status = 4;
/// the data is not what doc/format.md (or the named format) allows
pub const TRM_ERROR_FORMAT: trm_status = 5;
/// a .trm file of another major version
pub const TRM_ERROR_VERSION: trm_status = 6;
/// stored bytes differ from their checksum: the file is damaged
pub const TRM_ERROR_CHECKSUM: trm_status = 7;
/// valid, but this build lacks what it needs (zlib, threads, a type)
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
/// NULL. `release` is never given NULL. The struct has at least its full size of 0.1.0 and both functions, or
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
/// its full size of 0.1.0, a width and `run`, or the call fails with TRM_ERROR_ARGUMENT.
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
    /// remaining thread.
    /// * threads    1 to 1024; 0 means as many as the process may use (its CPU affinity and cgroup limit).
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

/// For trm_open_options.flags: turn the matrices of the blocks into 8-bit integers in memory, with a scale for each
/// output, as `trm quantize` does in a file. They take a quarter of the memory; answers are near those of fp32, and the
/// same on every machine. Matrices that are integers in the file stay as they are.
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
}

/// How a [`trm_open_options`] begins.
pub const TRM_OPEN_OPTIONS_INIT: trm_open_options = trm_open_options {
    size: size_of::<trm_open_options>(),
    flags: 0,
    reserved: 0,
    allocator: null(),
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
    /// Opens a .trm file that lies in memory, such as flash or an embedded resource. Raw weights are used in place
    /// when `data` is aligned to 64 bytes (and copied otherwise), so `data` must stay unchanged until the model is
    /// closed; the caller keeps owning it. TRM_OPEN_READ copies always, after which `data` may be released.
    /// Otherwise as trm_model_open(). Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_model_open_memory(data: *const c_void, bytes: usize, options: *const trm_open_options, model: *mut *mut trm_model, error: *mut trm_error) -> trm_status;
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
    /// multiply-add of a matrix product
    pub step_operations: u64,
    /// such as "sudoku"; "" when not given
    pub task: *const c_char,
    /// of the kernels in use: "scalar", "avx2", "avxvnni", "avx512",
    /// "avx512vnni", "neon", "dotprod", "i8mm"
    pub instruction_set: *const c_char,
    /// 1 when matrices of the blocks are 8-bit integers, in the file or by TRM_OPEN_INT8
    pub quantised: u32,
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
    /// Turns text into tokens by the model's alphabet, one character a position.
    /// * text    `length` bytes, which must be S.
    /// * tokens  receives S tokens.
    ///
    /// Returns TRM_ERROR_ARGUMENT; TRM_ERROR_PUZZLE for a wrong length or a character outside the alphabet;
    /// TRM_ERROR_UNSUPPORTED when the model has no alphabet. Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_model_encode(model: *const trm_model, text: *const c_char, length: usize, tokens: *mut i32, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Turns S tokens into S characters; a token without a character becomes '?'.
    /// * text  receives S bytes, no terminating zero.
    ///
    /// Returns as trm_model_encode(). Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_model_decode(model: *const trm_model, tokens: *const i32, text: *mut c_char, error: *mut trm_error) -> trm_status;
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
/// the step limit
pub const TRM_STOP_LIMIT: trm_stop = 3;
/// the time budget of trm_solve()
pub const TRM_STOP_DEADLINE: trm_stop = 4;

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
    /// the most puzzles that a solver holds at once, 1 to 65536; memory grows with it,
    /// answers do not depend on it
    pub batch: u32,
    /// trm_solve() only: start no step that would, at the pace of the slowest
    /// so far, end later than this after the call; the first step always runs;
    /// 0: no limit
    pub budget_nanoseconds: u64,
    /// threads, or NULL for the calling one alone; must outlive the solver
    pub executor: *const trm_executor,
    /// when no workspace is given; NULL: malloc and free; must outlive the solver
    pub allocator: *const trm_allocator,
    /// memory for the solver, any alignment, or NULL; the caller owns it and leaves it
    /// alone until the solver is freed
    pub workspace: *mut c_void,
    /// its size in bytes, at least what trm_solver_measure() says
    pub workspace_size: usize,
    /// for TRM_HALT_SIGNAL: stop when the halt probability is above it, below 1; 0: 0.5,
    /// the published rule. A higher one costs steps and makes fewer mistakes
    pub halt_probability: f64,
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
};

/// Questions: arrays of the caller, read during the call only.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct trm_questions {
    /// sizeof(trm_questions)
    pub size: usize,
    /// number of puzzles, at least 1
    pub count: usize,
    /// count x S, values 0 .. V - 1
    pub tokens: *const i32,
    /// count puzzle identifiers below trm_model_info.identifiers, or NULL for zeros; 0 is
    /// allowed also where the model has none, any other is TRM_ERROR_PUZZLE
    pub identifiers: *const u32,
}

/// How a [`trm_questions`] begins.
pub const TRM_QUESTIONS_INIT: trm_questions = trm_questions {
    size: size_of::<trm_questions>(),
    count: 0,
    tokens: null(),
    identifiers: null(),
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
    /// count x S x V
    pub logits: *mut f32,
    /// count: sigmoid of the halt logit, the model's trust in its own answer
    pub halt_probabilities: *mut f32,
    /// count
    pub halt_logits: *mut f32,
    /// count: trained in HRM only
    pub continue_logits: *mut f32,
    /// count: supervision steps taken
    pub steps: *mut u32,
    /// count: a trm_stop each
    pub stops: *mut u32,
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
};

extern "C" {
    /// Solves questions.count puzzles, options.batch at a time. Reentrant: any number of threads may solve with
    /// one model. It is a loop over trm_solver_load(), trm_solver_step() and trm_solver_read(); a host that wants
    /// to look between steps calls those. A time budget is for the whole call; puzzles that it leaves no time for
    /// get one step each.
    ///
    /// Returns TRM_ERROR_ARGUMENT, also when `answers` is NULL; TRM_ERROR_MEMORY; TRM_ERROR_WORKSPACE;
    /// TRM_ERROR_PUZZLE for a token outside the vocabulary or an identifier out of range (every question
    /// is checked before any is solved). Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_solve(model: *const trm_model, questions: *const trm_questions, answers: *const trm_answers, options: *const trm_solve_options, error: *mut trm_error) -> trm_status;
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
    /// workspace named in the options is ignored.
    ///
    /// Returns TRM_ERROR_ARGUMENT; TRM_ERROR_MEMORY when the size does not fit in size_t. Any thread. Since 0.1.0.
    #[must_use]
    pub fn trm_solver_measure(model: *const trm_model, options: *const trm_solve_options, bytes: *mut usize, error: *mut trm_error) -> trm_status;
}

extern "C" {
    /// Makes a solver in the workspace of the options, or in memory from their allocator. The model must outlive
    /// it.
    /// * solver  receives the solver, released by trm_solver_free(); NULL after a failure.
    ///
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY, TRM_ERROR_WORKSPACE. Any thread. Since 0.1.0.
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
    /// Returns TRM_ERROR_ARGUMENT, TRM_ERROR_PUZZLE (a token or an identifier out of range): then the solver is
    /// as before. The solver's thread. Since 0.1.0.
    #[must_use]
    pub fn trm_solver_load(solver: *mut trm_solver, questions: *const trm_questions, error: *mut trm_error) -> trm_status;
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
