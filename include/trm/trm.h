/*
 * trm.h - libtrm: run Tiny Recursive Models
 * Copyright (c) 2026 the libtrm authors. SPDX-License-Identifier: MIT
 *
 * \file trm.h
 *
 * A Tiny Recursive Model (arXiv 2510.04871) is one small network that refines its own answer: given a
 * question of S tokens (a Sudoku, a maze, a map) it repeats "supervision steps" until a learned signal says
 * that the answer is right. This library opens such models and solves with them. It needs nothing but the
 * C library, libm and, as build options, zlib and threads.
 *
 * The three calls that most programs need:
 *
 *     trm_model *model = NULL;
 *     trm_error error = TRM_ERROR_INIT;
 *     if (trm_model_open("sudoku.trm", NULL, &model, &error) != TRM_OK)
 *         fprintf(stderr, "%s\n", error.message);
 *
 *     trm_questions questions = TRM_QUESTIONS_INIT;   // questions.tokens: count x S token values
 *     trm_answers answers = TRM_ANSWERS_INIT;         // answers.tokens:   room for count x S
 *     trm_solve(model, &questions, &answers, NULL, &error);
 *
 *     trm_model_close(model);
 *
 * RULES THAT HOLD FOR EVERY FUNCTION
 *
 * Threads.   A trm_model never changes after it was opened: any number of threads may use it at once. A
 *            trm_solver belongs to one thread at a time. A trm_pool may be used by several threads; their
 *            calls take turns. There is no global state and nothing to initialise. Each function repeats its
 *            rule.
 * Errors.    A function that can fail returns a trm_status; TRM_OK is 0. The optional last argument `error`
 *            receives a sentence that says what was expected, what was found, and where. No function
 *            prints, exits, aborts, raises a signal or changes the locale or the floating-point environment.
 *            When a function fails, its outputs are as they were, unless it says otherwise.
 * Memory.    The caller owns what it passes in. What a function creates is released by the function named
 *            with it; those accept NULL. With a workspace given, solving allocates nothing.
 * Structs.   A struct that the caller fills begins with its own `size`, set by its _INIT macro. A smaller
 *            size (an older header) means defaults for the missing fields; the exceptions are trm_allocator
 *            and trm_executor, which are refused below their full size of 0.1.0. A larger size (a newer
 *            header) is accepted when every byte beyond what this library knows is zero, and refused with
 *            TRM_ERROR_ARGUMENT otherwise; so is any size above 65536, as in a struct that was not initialised.
 *            Structs that the library fills are filled as far as they reach.
 *            For structs that the library only writes to, a larger size is no error: the rest is set to zero.
 * Answers.   The same model and question give the same bits for any number of threads, any batch and any
 *            instruction set with fused multiply-add. TRM_CPU in the environment (scalar, avx2, avxvnni, avx512,
 *            avx512vnni, neon, dotprod, i8mm), read when a model is opened, can lower the instruction set that is used,
 *            never raise it.
 * Names.     Everything public is called trm_ or TRM_. Values of enumerations never change.
 */
#ifndef TRM_TRM_H
#define TRM_TRM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------------
 * Version
 * ---------------------------------------------------------------------------------------------------- */

/** Version of this header; the shared library's name changes only when its binary interface breaks. */
#define TRM_VERSION_MAJOR 0
#define TRM_VERSION_MINOR 1
#define TRM_VERSION_PATCH 0

/** Marks what the shared library exports. */
#if defined(_WIN32)
#if defined(TRM_BUILDING_LIBRARY)
#define TRM_API __declspec(dllexport)
#else
#define TRM_API
#endif
#elif defined(__GNUC__)
#define TRM_API __attribute__((visibility("default")))
#else
#define TRM_API
#endif

/** Marks results that must not be dropped. */
#if defined(__GNUC__)
#define TRM_MUST_CHECK __attribute__((warn_unused_result))
#else
#define TRM_MUST_CHECK
#endif

/** The library's version, major * 65536 + minor * 256 + patch. Any thread. Since 0.1.0. */
TRM_API uint32_t trm_version(void);

/** The library's version as text, "0.1.0"; a constant. Any thread. Since 0.1.0. */
TRM_API const char *trm_version_text(void);

/* ------------------------------------------------------------------------------------------------------
 * Errors
 * ---------------------------------------------------------------------------------------------------- */

/** What a call came to. Values never change; new ones are added at the end. */
typedef enum trm_status {
    TRM_OK = 0,                /**< done */
    TRM_ERROR_ARGUMENT = 1,    /**< an argument or option is outside what the function accepts */
    TRM_ERROR_MEMORY = 2,      /**< the allocator returned NULL */
    TRM_ERROR_WORKSPACE = 3,   /**< the workspace is smaller than trm_solver_measure() says */
    TRM_ERROR_FILE = 4,        /**< the operating system could not open, read, map or write a file */
    TRM_ERROR_FORMAT = 5,      /**< the data is not what doc/format.md (or the named format) allows */
    TRM_ERROR_VERSION = 6,     /**< a .trm file of another major version */
    TRM_ERROR_CHECKSUM = 7,    /**< stored bytes differ from their checksum: the file is damaged */
    TRM_ERROR_UNSUPPORTED = 8, /**< valid, but this build lacks what it needs (zlib, threads, a type) */
    TRM_ERROR_PUZZLE = 9 /**< a question of the wrong length, or with a token, character or identifier that
                            the model lacks */
} trm_status;

/** Where a sentence about a failure is put. Fill with TRM_ERROR_INIT; owned by the caller; not shared between
 * threads. */
typedef struct trm_error {
    size_t size;       /**< sizeof(trm_error) */
    trm_status status; /**< the status of the last call that failed with this object */
    char message[496]; /**< a sentence in English, UTF-8, zero-terminated, without a newline */
} trm_error;
#define TRM_ERROR_INIT \
    { \
        sizeof(trm_error), TRM_OK, \
        { \
            0 \
        } \
    }

/** The name of a status, "TRM_ERROR_FILE"; a constant, "unknown status" for other values. Any thread. Since
 * 0.1.0. */
TRM_API const char *trm_status_name(trm_status status);

/* ------------------------------------------------------------------------------------------------------
 * Memory
 * ---------------------------------------------------------------------------------------------------- */

/**
 * The host's allocator. NULL where one is asked for means malloc and free.
 * Both functions are called by the thread that called the library, never by the library's workers. They must
 * outlive what was created with them. `allocate` returns at least `bytes` bytes aligned for any C type, or
 * NULL. `release` is never given NULL. The struct has at least its full size of 0.1.0 and both functions, or
 * the call fails with TRM_ERROR_ARGUMENT.
 */
typedef struct trm_allocator {
    size_t size; /**< sizeof(trm_allocator) */
    void *user;  /**< passed to both functions */
    void *(*allocate)(void *user, size_t bytes);
    void (*release)(void *user, void *pointer);
} trm_allocator;
#define TRM_ALLOCATOR_INIT \
    { \
        sizeof(trm_allocator), NULL, NULL, NULL \
    }

/* ------------------------------------------------------------------------------------------------------
 * Threads
 * ---------------------------------------------------------------------------------------------------- */

/**
 * How work is spread over threads; the library's own is trm_pool, a host may bring another.
 * `run` calls task(argument, 0) ... task(argument, count - 1), each exactly once, in any order, on any
 * threads, at once or one after the other, and returns when all have returned, with their writes visible to
 * its caller. `count` never exceeds `width`. A task does not wait for another one. The struct has at least
 * its full size of 0.1.0, a width and `run`, or the call fails with TRM_ERROR_ARGUMENT.
 */
typedef struct trm_executor {
    size_t size;    /**< sizeof(trm_executor) */
    uint32_t width; /**< how many tasks can run at once, 1 to 1024; work is cut in so many parts, scratch
                       memory grows with it */
    void *user;     /**< passed to run */
    void (*run)(void *user, void (*task)(void *argument, uint32_t index), void *argument, uint32_t count);
} trm_executor;
#define TRM_EXECUTOR_INIT \
    { \
        sizeof(trm_executor), 0, NULL, NULL \
    }

/** The library's own threads. */
typedef struct trm_pool trm_pool;

/**
 * Starts `threads` - 1 workers, which sleep while there is nothing to do; the caller of a solve is the
 * remaining thread.
 * @param threads    1 to 1024; 0 means as many as the process may use (its CPU affinity and cgroup limit).
 * @param allocator  for the pool's own few bytes, or NULL.
 * @param pool       receives the pool, released by trm_pool_free().
 * @return TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY; TRM_ERROR_UNSUPPORTED for threads > 1 in a build without
 * threads, or when the system starts no more of them. Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_pool_create(uint32_t threads, const trm_allocator *allocator,
                                                  trm_pool **pool, trm_error *error);

/** Ends the workers and releases the pool; accepts NULL. No solve may be using it. After fork() the child
 * must not use or free a pool of its parent. Any thread. Since 0.1.0. */
TRM_API void trm_pool_free(trm_pool *pool);

/** The pool as an executor, to be named in trm_solve_options; owned by the pool. Several solvers may name it,
 * from several threads: their work takes turns. NULL for NULL. Any thread. Since 0.1.0. */
TRM_API const trm_executor *trm_pool_executor(const trm_pool *pool);

/* ------------------------------------------------------------------------------------------------------
 * Models
 * ---------------------------------------------------------------------------------------------------- */

/** An opened model: immutable, shared freely between threads. */
typedef struct trm_model trm_model;

/** For trm_open_options.flags: read the file into memory instead of mapping it. A mapped file that another
 * process truncates or overwrites while the model is open changes the weights under it or ends the process
 * with SIGBUS; replacing it by rename is safe. Use this flag where files may be changed in place. */
#define TRM_OPEN_READ 1u
/** For trm_open_options.flags: turn the matrices of the blocks into 8-bit integers in memory, with a scale for each
 * output, as `trm quantize` does in a file. They take a quarter of the memory; answers are near those of fp32, and the
 * same on every machine. Matrices that are integers in the file stay as they are. */
#define TRM_OPEN_INT8 2u

/** How to open a model. */
typedef struct trm_open_options {
    size_t size;                    /**< sizeof(trm_open_options) */
    uint32_t flags;                 /**< TRM_OPEN_*, or 0 */
    uint32_t reserved;              /**< 0 */
    const trm_allocator *allocator; /**< for the model's memory, or NULL; must outlive the model */
} trm_open_options;
#define TRM_OPEN_OPTIONS_INIT \
    { \
        sizeof(trm_open_options), 0, 0, NULL \
    }

/**
 * Opens a .trm file (doc/format.md). Everything in it is checked here, once: structure, checksums, shapes,
 * finite weights. Raw weights are mapped and used in place; deflated ones are expanded into memory.
 * @param path     UTF-8.
 * @param options  or NULL for defaults.
 * @param model    receives the model, released by trm_model_close(); NULL after a failure.
 * @return TRM_ERROR_ARGUMENT, _MEMORY, _FILE, _FORMAT, _VERSION, _CHECKSUM, _UNSUPPORTED. Any thread. Since
 * 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_model_open(const char *path, const trm_open_options *options,
                                                 trm_model **model, trm_error *error);

/**
 * Opens a .trm file that lies in memory, such as flash or an embedded resource. Raw weights are used in place
 * when `data` is aligned to 64 bytes (and copied otherwise), so `data` must stay unchanged until the model is
 * closed; the caller keeps owning it. TRM_OPEN_READ copies always, after which `data` may be released.
 * Otherwise as trm_model_open(). Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_model_open_memory(const void *data, size_t bytes,
                                                        const trm_open_options *options, trm_model **model,
                                                        trm_error *error);

/** Releases a model; accepts NULL. No solver of it may exist any more. Any thread. Since 0.1.0. */
TRM_API void trm_model_close(trm_model *model);

/** Who computed the update of z and of y. */
typedef enum trm_architecture {
    TRM_ARCHITECTURE_TRM = 1, /**< one network for both */
    TRM_ARCHITECTURE_HRM = 2 /**< Hierarchical Reasoning Model (arXiv 2506.21734): a low and a high network */
} trm_architecture;

/** How positions exchange information in a block. */
typedef enum trm_block {
    TRM_BLOCK_MIXER = 1,    /**< a SwiGLU over the positions, for each channel */
    TRM_BLOCK_ATTENTION = 2 /**< multi-head attention, not causal */
} trm_block;

/** How positions are told apart. */
typedef enum trm_position_encoding {
    TRM_POSITION_NONE = 1,
    TRM_POSITION_LEARNED = 2, /**< a learned vector added to each embedded token */
    TRM_POSITION_ROTARY = 3   /**< rotation of queries and keys, half-split pairs */
} trm_position_encoding;

/** The gated unit: with [g, s] = Wgu a, plain is Wd (silu(g) s), normed is Wd (sigmoid(g) r(g s)). */
typedef enum trm_gate { TRM_GATE_PLAIN = 1, TRM_GATE_NORMED = 2 } trm_gate;

/** What turns logits into probabilities, as in the loss that the model was trained with. */
typedef enum trm_likelihood {
    TRM_LIKELIHOOD_SOFTMAX = 1,
    TRM_LIKELIHOOD_STABLEMAX =
        2 /**< s(v) = v + 1 for v >= 0, 1 / (1 - v) below, normalised (arXiv 2501.04697) */
} trm_likelihood;

/** What a model is. Text belongs to the model and lives as long. Fill with TRM_MODEL_INFO_INIT, then
 * trm_model_describe(). */
typedef struct trm_model_info {
    size_t size;                /**< sizeof(trm_model_info) */
    uint32_t architecture;      /**< a trm_architecture */
    uint32_t block;             /**< a trm_block */
    uint32_t position_encoding; /**< a trm_position_encoding */
    uint32_t gate;              /**< a trm_gate */
    uint32_t likelihood;        /**< a trm_likelihood */
    uint32_t channels;          /**< D */
    uint32_t positions;         /**< S, the tokens of a question and of an answer */
    uint32_t prefix;            /**< P, the rows before them: puzzle embedding or registers */
    uint32_t vocabulary;        /**< V; token values are 0 .. V - 1 */
    uint32_t identifiers;       /**< rows of the puzzle-embedding table; 0 without one */
    uint32_t blocks;            /**< K, blocks of the network (HRM: of the low one) */
    uint32_t high_blocks;       /**< HRM: blocks of the high network; TRM: 0 */
    uint32_t heads;             /**< h; 0 in mixers */
    uint32_t token_hidden;      /**< hidden width of the SwiGLU over positions; 0 with attention */
    uint32_t channel_hidden;    /**< hidden width of the SwiGLU over channels */
    uint32_t cycles;            /**< T, updates of y in a supervision step */
    uint32_t updates;           /**< n, updates of z before each update of y */
    uint32_t maximum_steps;     /**< supervision steps that the model was trained for */
    uint32_t grid_rows;         /**< rows and columns of the question as a grid; 0 when it is none */
    uint32_t grid_columns;
    uint32_t mapped;          /**< 1 when weights are used in place, 0 when they were copied or expanded */
    uint32_t metadata_count;  /**< for trm_model_metadata() */
    uint32_t tensor_count;    /**< for trm_model_tensor() */
    uint64_t parameters;      /**< trained numbers, padding not counted */
    uint64_t file_bytes;      /**< size of the file */
    uint64_t weight_bytes;    /**< size of the weights in memory */
    uint64_t step_operations; /**< floating-point operations of one supervision step of one puzzle: 2 for each
                                 multiply-add of a matrix product */
    const char *task;         /**< such as "sudoku"; "" when not given */
    const char *instruction_set; /**< of the kernels in use: "scalar", "avx2", "avxvnni", "avx512",
                                    "avx512vnni", "neon", "dotprod", "i8mm" */
    uint32_t
        quantised; /**< 1 when matrices of the blocks are 8-bit integers, in the file or by TRM_OPEN_INT8 */
} trm_model_info;
#define TRM_MODEL_INFO_INIT \
    { \
        sizeof(trm_model_info), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
            0, 0, NULL, NULL, 0 \
    }

/** Fills `info`. @return TRM_ERROR_ARGUMENT. Any thread. Since 0.1.0. */
TRM_API TRM_MUST_CHECK trm_status trm_model_describe(const trm_model *model, trm_model_info *info,
                                                     trm_error *error);

/** Kinds of metadata values. */
typedef enum trm_metadata_type {
    TRM_METADATA_INTEGER = 1, /**< unsigned, 64 bits */
    TRM_METADATA_REAL = 2,    /**< a double */
    TRM_METADATA_TEXT = 3,    /**< UTF-8 without zeros */
    TRM_METADATA_BYTES = 4
} trm_metadata_type;

/** One key and value of the file. Pointers belong to the model. */
typedef struct trm_metadata {
    size_t size;     /**< sizeof(trm_metadata) */
    const char *key; /**< zero-terminated */
    uint32_t type;   /**< a trm_metadata_type */
    uint32_t length; /**< of bytes, without the terminating zero */
    uint64_t integer;
    double real;
    const char *bytes; /**< text or bytes, followed by a zero; NULL for numbers */
} trm_metadata;
#define TRM_METADATA_INIT \
    { \
        sizeof(trm_metadata), NULL, 0, 0, 0, 0.0, NULL \
    }

/** The metadata entry at `index` (below trm_model_info.metadata_count), in the file's order.
 *  @return TRM_ERROR_ARGUMENT. Any thread. Since 0.1.0. */
TRM_API TRM_MUST_CHECK trm_status trm_model_metadata(const trm_model *model, uint32_t index,
                                                     trm_metadata *metadata, trm_error *error);

/** Storage of a tensor. */
typedef struct trm_tensor_info {
    size_t size;           /**< sizeof(trm_tensor_info) */
    const char *name;      /**< zero-terminated, belongs to the model */
    uint64_t rows;         /**< outputs */
    uint64_t columns;      /**< inputs */
    uint64_t stored_bytes; /**< in the file */
    const char *type;      /**< "f32" or "i8"; a constant */
    const char *layout;    /**< "rows" or "panels"; a constant */
    const char *encoding;  /**< "raw" or "deflate"; a constant */
} trm_tensor_info;
#define TRM_TENSOR_INFO_INIT \
    { \
        sizeof(trm_tensor_info), NULL, 0, 0, 0, NULL, NULL, NULL \
    }

/** The tensor at `index` (below trm_model_info.tensor_count), in the file's order.
 *  @return TRM_ERROR_ARGUMENT. Any thread. Since 0.1.0. */
TRM_API TRM_MUST_CHECK trm_status trm_model_tensor(const trm_model *model, uint32_t index,
                                                   trm_tensor_info *tensor, trm_error *error);

/**
 * Turns text into tokens by the model's alphabet, one character a position.
 * @param text    `length` bytes, which must be S.
 * @param tokens  receives S tokens.
 * @return TRM_ERROR_ARGUMENT; TRM_ERROR_PUZZLE for a wrong length or a character outside the alphabet;
 *         TRM_ERROR_UNSUPPORTED when the model has no alphabet. Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_model_encode(const trm_model *model, const char *text, size_t length,
                                                   int32_t *tokens, trm_error *error);

/**
 * Turns S tokens into S characters; a token without a character becomes '?'.
 * @param text  receives S bytes, no terminating zero.
 * @return as trm_model_encode(). Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_model_decode(const trm_model *model, const int32_t *tokens, char *text,
                                                   trm_error *error);

/* ------------------------------------------------------------------------------------------------------
 * Solving
 * ---------------------------------------------------------------------------------------------------- */

/** For trm_solve_options.halt: stop a puzzle when its halt logit is positive: the model believes that its
 * answer is right. */
#define TRM_HALT_SIGNAL 1u
/** For trm_solve_options.halt: stop a puzzle when its answer was the same after `stable_steps` steps in a
 * row. */
#define TRM_HALT_STABLE 2u

/** Why a puzzle stopped. */
typedef enum trm_stop {
    TRM_STOP_RUNNING = 0, /**< it has not */
    TRM_STOP_SIGNAL = 1,  /**< the learned halt signal */
    TRM_STOP_STABLE = 2,  /**< a stable answer */
    TRM_STOP_LIMIT = 3,   /**< the step limit */
    TRM_STOP_DEADLINE = 4 /**< the time budget of trm_solve() */
} trm_stop;

/** How to solve. NULL where options are asked for means TRM_SOLVE_OPTIONS_INIT. */
typedef struct trm_solve_options {
    size_t size;            /**< sizeof(trm_solve_options) */
    uint32_t maximum_steps; /**< 1 to 65536; 0: the number in the model, 16 in the published ones */
    uint32_t halt; /**< TRM_HALT_*, combined with |; 0: always run maximum_steps, as the published evaluation
                      does */
    uint32_t stable_steps; /**< for TRM_HALT_STABLE: 2 to 65536 */
    uint32_t batch; /**< the most puzzles that a solver holds at once, 1 to 65536; memory grows with it,
                       answers do not depend on it */
    uint64_t budget_nanoseconds;  /**< trm_solve() only: start no step that would, at the pace of the slowest
                                     so far, end later than this after the call; the first step always runs;
                                     0: no limit */
    const trm_executor *executor; /**< threads, or NULL for the calling one alone; must outlive the solver */
    const trm_allocator
        *allocator;  /**< when no workspace is given; NULL: malloc and free; must outlive the solver */
    void *workspace; /**< memory for the solver, any alignment, or NULL; the caller owns it and leaves it
                        alone until the solver is freed */
    size_t workspace_size; /**< its size in bytes, at least what trm_solver_measure() says */
    double
        halt_probability; /**< for TRM_HALT_SIGNAL: stop when the halt probability is above it, below 1; 0: 0.5,
                                the published rule. A higher one costs steps and makes fewer mistakes */
} trm_solve_options;
#define TRM_SOLVE_OPTIONS_INIT \
    { \
        sizeof(trm_solve_options), 0, TRM_HALT_SIGNAL, 2, 1, 0, NULL, NULL, NULL, 0, 0.0 \
    }

/** Questions: arrays of the caller, read during the call only. */
typedef struct trm_questions {
    size_t size;           /**< sizeof(trm_questions) */
    size_t count;          /**< number of puzzles, at least 1 */
    const int32_t *tokens; /**< count x S, values 0 .. V - 1 */
    const uint32_t
        *identifiers; /**< count puzzle identifiers below trm_model_info.identifiers, or NULL for zeros; 0 is
                         allowed also where the model has none, any other is TRM_ERROR_PUZZLE */
} trm_questions;
#define TRM_QUESTIONS_INIT \
    { \
        sizeof(trm_questions), 0, NULL, NULL \
    }

/** Where answers go: arrays of the caller, each of them NULL when not wanted. A pointer to the struct itself
 * must not be NULL where answers are asked for: that is TRM_ERROR_ARGUMENT. */
typedef struct trm_answers {
    size_t size;               /**< sizeof(trm_answers) */
    int32_t *tokens;           /**< count x S: the likeliest token of each position, the lowest of equals */
    float *probabilities;      /**< count x S: its probability under the model's likelihood */
    float *logits;             /**< count x S x V */
    float *halt_probabilities; /**< count: sigmoid of the halt logit, the model's trust in its own answer */
    float *halt_logits;        /**< count */
    float *continue_logits;    /**< count: trained in HRM only */
    uint32_t *steps;           /**< count: supervision steps taken */
    uint32_t *stops;           /**< count: a trm_stop each */
} trm_answers;
#define TRM_ANSWERS_INIT \
    { \
        sizeof(trm_answers), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
    }

/**
 * Solves questions.count puzzles, options.batch at a time. Reentrant: any number of threads may solve with
 * one model. It is a loop over trm_solver_load(), trm_solver_step() and trm_solver_read(); a host that wants
 * to look between steps calls those. A time budget is for the whole call; puzzles that it leaves no time for
 * get one step each.
 * @return TRM_ERROR_ARGUMENT, also when `answers` is NULL; TRM_ERROR_MEMORY; TRM_ERROR_WORKSPACE;
 *         TRM_ERROR_PUZZLE for a token outside the vocabulary or an identifier out of range (every question
 *         is checked before any is solved). Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_solve(const trm_model *model, const trm_questions *questions,
                                            const trm_answers *answers, const trm_solve_options *options,
                                            trm_error *error);

/** The state of a batch of puzzles being solved. One thread at a time. */
typedef struct trm_solver trm_solver;

/**
 * How many bytes of workspace a solver with these options needs, on this machine with this version. The
 * workspace named in the options is ignored.
 * @return TRM_ERROR_ARGUMENT; TRM_ERROR_MEMORY when the size does not fit in size_t. Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_solver_measure(const trm_model *model, const trm_solve_options *options,
                                                     size_t *bytes, trm_error *error);

/**
 * Makes a solver in the workspace of the options, or in memory from their allocator. The model must outlive
 * it.
 * @param solver  receives the solver, released by trm_solver_free(); NULL after a failure.
 * @return TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY, TRM_ERROR_WORKSPACE. Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_solver_create(const trm_model *model, const trm_solve_options *options,
                                                    trm_solver **solver, trm_error *error);

/** Releases a solver (a workspace stays the caller's); accepts NULL. The solver's thread. Since 0.1.0. */
TRM_API void trm_solver_free(trm_solver *solver);

/**
 * Puts 1 to options.batch questions in the solver, each in the model's initial state; what was there is gone.
 * @return TRM_ERROR_ARGUMENT, TRM_ERROR_PUZZLE (a token or an identifier out of range): then the solver is
 *         as before. The solver's thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_solver_load(trm_solver *solver, const trm_questions *questions,
                                                  trm_error *error);

/**
 * One supervision step of every puzzle that has not stopped, then the halting rules. A host may go on
 * stepping puzzles until `running` is 0; calling it then does nothing.
 * @param running  receives the number of puzzles that have not stopped; may be NULL.
 * @return TRM_ERROR_ARGUMENT when nothing is loaded. The solver's thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_solver_step(trm_solver *solver, uint32_t *running, trm_error *error);

/**
 * The answers after the last step of each loaded puzzle; count is that of the questions loaded.
 * @return TRM_ERROR_ARGUMENT when nothing is loaded, no step was made or `answers` is NULL. The solver's
 *         thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_solver_read(const trm_solver *solver, const trm_answers *answers,
                                                  trm_error *error);

/* ------------------------------------------------------------------------------------------------------
 * Measuring
 * ---------------------------------------------------------------------------------------------------- */

/**
 * The fp32 multiply-add rate that this machine reaches right now, on register operands, on all threads of the
 * executor at once: the ceiling to measure a solve against. Takes about a tenth of a second. The kernels are
 * those that trm_model_open() would pick.
 * @param executor  or NULL for the calling thread.
 * @param gflops    receives 1e9 operations a second, 2 for each multiply-add, of all threads together.
 * @return TRM_ERROR_ARGUMENT. Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_measure_peak(const trm_executor *executor, double *gflops,
                                                   trm_error *error);

/**
 * The same of multiply-adds of 8-bit integers, which models with `quantised` spend their time on.
 * @param gops  receives 1e9 operations a second. Otherwise as trm_measure_peak(). Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_measure_peak_int8(const trm_executor *executor, double *gops,
                                                        trm_error *error);

#ifdef __cplusplus
}
#endif

#endif /* TRM_TRM_H */
