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
 *            What computes does so in the usual environment, whatever the host's: rounding to nearest,
 *            subnormal numbers kept, nothing trapped. It is set for the time of a call, and of a task on
 *            another thread; then the host's is back, flags included. So the host's callbacks find the usual
 *            one, too. When a function fails, its outputs are as they were, unless it says otherwise.
 * Memory.    The caller owns what it passes in. What a function creates is released by the function named
 *            with it; those accept NULL. With a workspace given, opening and solving allocate nothing.
 * Structs.   A struct that the caller fills begins with its own `size`, set by its _INIT macro. A smaller
 *            size (an older header) means defaults for the missing fields; the exceptions are the structs of
 *            callbacks (trm_allocator, trm_executor, trm_verifier, trm_watcher), which are refused below
 *            their full size of 0.2.0. A larger size (a newer
 *            header) is accepted when every byte beyond what this library knows is zero, and refused with
 *            TRM_ERROR_ARGUMENT otherwise; so is any size above 65536, as in a struct that was not
 *            initialised. Structs that the library fills are filled as far as they reach.
 *            For structs that the library only writes to, a larger size is no error: the rest is set to zero.
 *            In an array of structs all have the size of the first, which is also the distance between them.
 * Answers. The same model and question give the same bits for any number of threads, any batch, whatever was
 *            solved before, and any instruction set with fused multiply-add. They are never NaN: a question
 *            whose numbers overflow stops with TRM_STOP_OVERFLOW. TRM_CPU in the environment (scalar, avx2,
 *            avxvnni, avx512, avx512vnni, neon, dotprod, i8mm: trm_instruction_set() has the words), read
 *            when a model is opened, can lower the instruction set that is used, never raise it.
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
#define TRM_VERSION_MINOR 2
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

/** The library's version as text, "0.2.0"; a constant. Any thread. Since 0.1.0. */
TRM_API const char *trm_version_text(void);

/** The words that TRM_CPU in the environment knows, those of other machines included: "scalar", then the
    others, NULL behind the last. Any thread. Since 0.2.0. */
TRM_API const char *trm_instruction_set(uint32_t index);

/* ------------------------------------------------------------------------------------------------------
 * Errors
 * ---------------------------------------------------------------------------------------------------- */

/** What a call came to. Values never change; new ones are added at the end. */
typedef enum trm_status {
    TRM_OK = 0,              /**< done */
    TRM_ERROR_ARGUMENT = 1,  /**< an argument or option is outside what the function accepts */
    TRM_ERROR_MEMORY = 2,    /**< the allocator returned NULL */
    TRM_ERROR_WORKSPACE = 3, /**< the workspace is smaller than its measure says */
    TRM_ERROR_FILE = 4,      /**< the operating system could not open, read, map or write a file */
    TRM_ERROR_FORMAT = 5,    /**< the data is not what doc/format.md (or the named format) allows */
    TRM_ERROR_VERSION = 6,   /**< a .trm file of another major version */
    TRM_ERROR_CHECKSUM = 7,  /**< stored bytes differ from their checksum: the file is damaged */
    /** valid, but this build or this version lacks what it needs (zlib, threads, a type, an option
     * that only a later version fulfils) */
    TRM_ERROR_UNSUPPORTED = 8,
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
 * NULL. `release` is never given NULL. The struct has at least its full size of 0.2.0 and both functions, or
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
 * its full size of 0.2.0, a width and `run`, or the call fails with TRM_ERROR_ARGUMENT.
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
 * remaining thread. No more threads are started than the process has processors (its CPU affinity and cgroup
 * limit): those do the work of all.
 * @param threads    1 to 1024: the executor's width; 0 means as many as there are processors.
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
 * Shapes and relations
 * ---------------------------------------------------------------------------------------------------- */

/**
 * The shape of a question: a grid of rows x columns positions, or `positions` of them that are no grid (a
 * graph's vertices). A field of 0 is the model's own, as trm_model_describe() tells it; rows and columns go
 * together, and so do the two of a box. A model of one size has one shape, and any other is refused with
 * TRM_ERROR_PUZZLE; a size-free model takes all within its bounds. Since 0.2.0.
 */
typedef struct trm_shape {
    size_t size;      /**< sizeof(trm_shape) */
    uint32_t rows;    /**< of the grid */
    uint32_t columns; /**< the same */
    /** of a box of the grid, such as 3 x 3 in a Sudoku of 9 x 9; rows is a multiple of it */
    uint32_t box_rows;
    uint32_t box_columns;
    /** F, the values that a position can take, in models that treat these alike (digits, colours);
     * else 1 */
    uint32_t fields;
    uint32_t positions; /**< S, for questions that are no grid; of a grid 0 or rows x columns */
    uint32_t helpers;   /**< nodes behind the positions that take part and answer nothing; 0: none */
    uint32_t reserved;  /**< 0 */
} trm_shape;
#define TRM_SHAPE_INIT \
    { \
        sizeof(trm_shape), 0, 0, 0, 0, 0, 0, 0, 0 \
    }

/**
 * The boxes of a Sudoku of `side` rows and columns where nobody names other ones: the squarest, with no more
 * rows than columns (2 x 3 of 6, 2 x 5 of 10, 5 x 5 of 25). Both become 0 where there are none, as of a prime
 * number. Any thread. Since 0.2.0.
 */
TRM_API void trm_default_boxes(uint32_t side, uint32_t *box_rows, uint32_t *box_columns);

/**
 * Who hears whom in a question, or in each of several: for each element the list of those that it hears.
 * Elements are positions, or nodes (position p with value v is node p F + v, the helpers follow), as the
 * model says of the relation of that name (trm_relation_info.level). Arrays of the caller, read during the
 * call only. Since 0.2.0.
 */
typedef struct trm_relation {
    size_t size;      /**< sizeof(trm_relation) */
    const char *name; /**< that of a relation of the model, zero-terminated */
    /** where in `heard` the list of each element begins: offsets for the elements of one question
     * after those of another, running on, and the end of the last list. The first is 0, none is below
     * the one before it, the last is heard_count */
    const uint32_t *first;
    /** numbers of elements within their question, strictly ascending in each list; may be NULL when
     * heard_count is 0 */
    const uint32_t *heard;
    uint64_t heard_count; /**< numbers in `heard` */
    /** 1: `first` has the lists of one question, and all questions have these; 0: each its own */
    uint32_t shared;
    /** how many lists `first` has, to be checked: a number of elements, times the questions unless
     * shared; 0: nobody says, and it has as many as it must */
    uint32_t lists;
} trm_relation;
#define TRM_RELATION_INIT \
    { \
        sizeof(trm_relation), NULL, NULL, NULL, 0, 0, 0 \
    }

/** Where the lists of a relation come from. */
typedef enum trm_relation_source {
    /** from the question's shape and the relation's name ("row", "box"), unless the question brings
     * its own */
    TRM_RELATION_SHAPE = 1,
    TRM_RELATION_FILE = 2,    /**< from the model's file, metadata relation.NAME */
    TRM_RELATION_QUESTION = 3 /**< every question brings its own */
} trm_relation_source;

/** What the elements of a relation are. */
typedef enum trm_relation_level {
    TRM_LEVEL_POSITIONS = 1, /**< positions; each value hears its like there */
    TRM_LEVEL_NODES = 2,     /**< positions with a value, then helpers */
    TRM_LEVEL_FIELDS = 3     /**< values within a position, the same in each */
} trm_relation_level;

/** For trm_relation_info.aggregates: an element hears the sum of its list. */
#define TRM_AGGREGATE_SUM 1u
/** For trm_relation_info.aggregates: the largest number in each channel. */
#define TRM_AGGREGATE_MAX 2u
/** For trm_relation_info.aggregates, alone: lists have at most one element, which is heard as it is. */
#define TRM_AGGREGATE_NODE 4u

/** A relation that a model knows: trm_model_relation() fills it, trm_init_options asks for it. Since
    0.2.0. */
typedef struct trm_relation_info {
    size_t size;         /**< sizeof(trm_relation_info) */
    const char *name;    /**< zero-terminated, at most 31 bytes; a model's belongs to the model */
    uint32_t source;     /**< a trm_relation_source */
    uint32_t level;      /**< a trm_relation_level */
    uint32_t aggregates; /**< TRM_AGGREGATE_*, combined with | */
    uint32_t reserved;   /**< 0 */
    /** trm_init_options, source TRM_RELATION_FILE: the lists, shared; else NULL (those of a model are
     * its metadata relation.NAME) */
    const trm_relation *lists;
} trm_relation_info;
#define TRM_RELATION_INFO_INIT \
    { \
        sizeof(trm_relation_info), NULL, 0, 0, 0, 0, NULL \
    }

/* ------------------------------------------------------------------------------------------------------
 * Models
 * ---------------------------------------------------------------------------------------------------- */

/** An opened model: immutable, shared freely between threads. */
typedef struct trm_model trm_model;

/** For trm_open_options.flags: read the file into memory instead of mapping it. A mapped file that another
 * process truncates or overwrites while the model is open changes the weights under it or ends the process
 * with SIGBUS; replacing it by rename is safe. Use this flag where files may be changed in place. */
#define TRM_OPEN_READ 1u
/** For trm_open_options.flags: turn the matrices of the blocks into 8-bit integers in memory, with a scale
 * for each output, as `trm quantize` does in a file. They take a quarter of the memory; answers are near
 * those of fp32, and the same on every machine. Matrices that are integers in the file stay as they are. */
#define TRM_OPEN_INT8 2u

/** How to open a model. */
typedef struct trm_open_options {
    size_t size;                    /**< sizeof(trm_open_options) */
    uint32_t flags;                 /**< TRM_OPEN_*, or 0 */
    uint32_t reserved;              /**< 0 */
    const trm_allocator *allocator; /**< for the model's memory, or NULL; must outlive the model */
    /** trm_model_open_memory() only: memory for the model, any alignment, or NULL; the caller owns it
     * and leaves it alone until the model is closed. Then there are no flags and no allocator */
    void *workspace;
    size_t workspace_size; /**< its size in bytes, at least what trm_model_measure() says; 0 with NULL */
} trm_open_options;
#define TRM_OPEN_OPTIONS_INIT \
    { \
        sizeof(trm_open_options), 0, 0, NULL, NULL, 0 \
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
 * The file of a model by its name: "sudoku" is sudoku.trm in the first folder of trm_model_folder() that has
 * it. A name is 1 to 64 letters, digits, '_', '-' and '.', the first no dot. What is longer or has other
 * characters (a slash), is a file, or ends in ".trm" is a path, and given back as it is.
 * @param name  UTF-8.
 * @param path  receives the path for trm_model_open(), with a zero behind it; the caller's.
 * @param room  its size in bytes; 4200 always suffice for a name.
 * @return TRM_ERROR_FILE for a name that no folder has; TRM_ERROR_ARGUMENT. Not in firmware. Any thread,
 * while none changes the environment. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_model_find(const char *name, char *path, size_t room, trm_error *error);

/**
 * The folders where models are looked for by name, in their order: those of TRM_MODELS in the environment
 * (with colons between, on Windows semicolons), the user's ($XDG_DATA_HOME/trm/models,
 * ~/.local/share/trm/models), where this library was installed, /usr/local/share/trm/models,
 * /usr/share/trm/models. They need not be there.
 * @param index  from 0.
 * @param path   receives the folder, with a zero behind it; "" behind the last one.
 * @param room   its size in bytes; 4096 always suffice.
 * @return TRM_ERROR_ARGUMENT. Not in firmware. Threads as above. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_model_folder(uint32_t index, char *path, size_t room, trm_error *error);

/**
 * Opens a .trm file that lies in memory, such as flash or an embedded resource. Raw weights are used in place
 * when `data` is aligned to 64 bytes (and copied otherwise), so `data` must stay unchanged until the model is
 * closed; the caller keeps owning it. TRM_OPEN_READ copies always, after which `data` may be released.
 * With a workspace it allocates nothing, and refuses what would have to be copied: TRM_ERROR_WORKSPACE when
 * that is too small, otherwise as trm_model_measure(). trm_model_verify(), which needs an allocator, has none
 * then: it returns TRM_ERROR_MEMORY where the task has rules (trm_solve_options.require_verified asks them in
 * the solver's own workspace). trm_model_close() is still to be called before the workspace is used for
 * something else. Otherwise as trm_model_open(). Firmware without the part "files" opens prepared models in
 * place of files (doc/firmware.md), in a workspace alone and at a multiple of 64 alone; what is none is
 * TRM_ERROR_FORMAT, one of another layout TRM_ERROR_VERSION, one elsewhere or NULL TRM_ERROR_ARGUMENT. Those
 * have no metadata, and tell no tensors. Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_model_open_memory(const void *data, size_t bytes,
                                                        const trm_open_options *options, trm_model **model,
                                                        trm_error *error);

/**
 * How many bytes of workspace trm_model_open_memory() needs for that file (trm_open_options.workspace), on
 * this machine with this version: the model's own few kilobytes, as its weights stay where they are. Reads
 * the file's directory and uses no memory but the stack, so that a machine without malloc can ask, too. It is
 * a bound that depends on the file and on the instruction set in use (TRM_CPU included), which 8-bit weights
 * need more or less for: a size found on one machine may be too small on another. Opening checks more of the
 * file, and may refuse what was measured.
 * @param data   `bytes` bytes, aligned to 64 and with raw weights, or else they would have to be copied.
 * @param bytes  of the file.
 * @return TRM_ERROR_ARGUMENT, _FORMAT, _VERSION, _CHECKSUM; TRM_ERROR_UNSUPPORTED for deflated weights;
 *         TRM_ERROR_MEMORY when the size does not fit in size_t. Any thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_model_measure(const void *data, size_t bytes, size_t *workspace,
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
    TRM_BLOCK_MIXER = 1,     /**< a SwiGLU over the positions, for each channel */
    TRM_BLOCK_ATTENTION = 2, /**< multi-head attention, not causal */
    TRM_BLOCK_RELATIONAL = 3 /**< named relations, one set of weights for every position and every size */
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

/** How the halt probability comes about. */
typedef enum trm_halting {
    TRM_HALTING_LOGIT = 1, /**< the sigmoid of one number */
    /** of a soft minimum over all nodes that answer: as sure as the least sure one */
    TRM_HALTING_SOFTMIN = 2,
    TRM_HALTING_PRODUCT = 3, /**< the product over them */
    /** the sigmoid of the halt logit less the continue logit: the published HRM's rule, and a TRM's without
        no_ACT_continue */
    TRM_HALTING_DIFFERENCE = 4
} trm_halting;

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
                                 multiply-add of a matrix product; of a prepared model 0 */
    const char *task;         /**< such as "sudoku"; "" when not given */
    const char *instruction_set; /**< of the kernels in use, as TRM_CPU spells it */
    uint32_t
        quantised;   /**< 1 when matrices of the blocks are 8-bit integers, in the file or by TRM_OPEN_INT8 */
    uint32_t fields; /**< F, values that are treated alike, of the model's own shape; 1: none are */
    uint32_t first_value; /**< the token of the first of the values that its task treats alike */
    uint32_t box_rows;    /**< of the model's own shape; 0 where its task has no boxes */
    uint32_t box_columns;
    /** the bounds of shapes that the model takes; with one size the grid's rows, 0 without a grid */
    uint32_t least_rows;
    uint32_t most_rows;
    uint32_t least_columns;
    uint32_t most_columns;
    uint32_t least_fields;
    uint32_t most_fields;
    uint32_t most_positions; /**< S at most; in a model of one size that size */
    uint32_t relations;      /**< for trm_model_relation() */
    /** kinds of helpers: their tokens are below it; 0: the model knows no helpers */
    uint32_t helper_tokens;
    uint32_t features; /**< real numbers that a question gives with each position and helper; 0: none */
    uint32_t halting;  /**< a trm_halting */
    /** 1: it was taught how sure it is of each position, for trm_answers.cell_confidences */
    uint32_t cell_confidence;
    uint32_t values;       /**< how many there are from first_value on; 0: its task has none */
    uint32_t blank;        /**< the token of a position that is to be filled in; V where nobody says */
    uint32_t keeps_givens; /**< 1: whatever else a question has is in its answer, too */
    /** deviation of the random numbers that a run may start with; 0: it was taught without */
    float start_noise;
    /** of the halt probability, above which it stops by itself; 0.5 unless its file has another */
    float halt_threshold;
} trm_model_info;
#define TRM_MODEL_INFO_INIT \
    { \
        sizeof(trm_model_info), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
            0, 0, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.0f, 0.0f \
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

/** The relation at `index` (below trm_model_info.relations), in the file's order.
 *  @return TRM_ERROR_ARGUMENT. Any thread. Since 0.2.0. */
TRM_API TRM_MUST_CHECK trm_status trm_model_relation(const trm_model *model, uint32_t index,
                                                     trm_relation_info *relation, trm_error *error);

/**
 * Turns text into tokens by the model's alphabet, one character a position.
 * @param shape   of the question, or NULL for the model's own; its size is S.
 * @param text    `length` bytes, which must be S.
 * @param tokens  receives S tokens.
 * @return TRM_ERROR_ARGUMENT; TRM_ERROR_PUZZLE for a wrong length, a character outside the alphabet or of a
 *         value that the shape has not (7 in a Sudoku of 4x4), or a shape that the model does not take;
 *         TRM_ERROR_UNSUPPORTED when the model has no alphabet, or for a shape that this version cannot do.
 *         Any thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_model_encode(const trm_model *model, const trm_shape *shape,
                                                   const char *text, size_t length, int32_t *tokens,
                                                   trm_error *error);

/**
 * Turns tokens into characters; a token without a character becomes '?'.
 * @param shape   as in trm_model_encode().
 * @param tokens  `length` of them, which must be S.
 * @param text    receives S bytes, no terminating zero.
 * @return as trm_model_encode(). Any thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_model_decode(const trm_model *model, const trm_shape *shape,
                                                   const int32_t *tokens, size_t length, char *text,
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
    /** the step limit. An answer that changes what the question gives (where the task's answers keep that)
     * stops for no signal, and neither does one that rules refute which are asked after every step */
    TRM_STOP_LIMIT = 3,
    TRM_STOP_DEADLINE = 4, /**< the time budget of trm_solve() */
    /** a number of its last step was too large for a float, so that there is no answer: every token is 0,
     * every probability and the halt probability are 0, and every logit is -INFINITY. Other questions do not
     * notice */
    TRM_STOP_OVERFLOW = 5,
    /** the rules of its task, or the host's verifier, say that the answer is right */
    TRM_STOP_VERIFIED = 6,
    TRM_STOP_BUDGET = 7 /**< the step budget of its question */
} trm_stop;

/** What a run starts from. */
typedef enum trm_start {
    /** as the model was taught: with random numbers where its start_noise is above 0 */
    TRM_START_MODEL = 0,
    TRM_START_FIXED = 1, /**< the learned initial state alone */
    /** with random numbers, that depend on the seed and the run alone; refused by a model that was
     * taught without */
    TRM_START_RANDOM = 2
} trm_start;

/** Which of the runs of a question answers it. */
typedef enum trm_policy {
    TRM_POLICY_FIRST_HALT = 1, /**< the first that stops by the learned signal */
    /** the answer that most runs agree on, each by its halt probability. Weak runs are dropped early: once a
     * third of a question's runs, two at least, have stopped by themselves with one answer that is not
     * refuted, those that go on and were less than half as sure as these are on average, after both of their
     * last two steps, make no further step and have no vote. With trm_solve_options.candidates all go on */
    TRM_POLICY_VOTE = 2,
    TRM_POLICY_BEST = 3,          /**< the run with the highest halt probability */
    TRM_POLICY_FIRST_VERIFIED = 4 /**< the first whose answer the rules call right */
} trm_policy;

/** What the rules of a task, or the host's verifier, say of an answer. */
typedef enum trm_verdict {
    TRM_VERDICT_UNVERIFIED = 0, /**< nothing: there are no rules */
    TRM_VERDICT_VERIFIED = 1,   /**< it is right */
    TRM_VERDICT_REFUTED = 2     /**< it is wrong */
} trm_verdict;

/** How an answer was found. */
typedef enum trm_how {
    TRM_HOW_RUN = 0,     /**< by the question as it is */
    TRM_HOW_VIEW = 1,    /**< by a run that saw it under a symmetry of its task */
    TRM_HOW_RESTART = 2, /**< by a run from another random start */
    /** by a run that was given guesses as givens: the network and plain rules together */
    TRM_HOW_SEARCH = 3,
    TRM_HOW_RULES = 4 /**< trm_repair() alone: by a search of the rules' own, without the network */
} trm_how;

/** Questions: arrays of the caller, read during the call only. S and the rest are those of each question's
    shape. */
typedef struct trm_questions {
    size_t size;           /**< sizeof(trm_questions) */
    size_t count;          /**< number of puzzles, at least 1 */
    const int32_t *tokens; /**< count x S, values 0 .. V - 1 */
    /** count puzzle identifiers below trm_model_info.identifiers, or NULL for zeros; 0 is allowed also where
        the model has none, any other is TRM_ERROR_PUZZLE */
    const uint32_t *identifiers;
    const trm_shape *shapes; /**< NULL: the model's own shape */
    /** 0 with NULL; 1: all questions have that shape; count: each has its own, one after another,
     * TRM_ERROR_UNSUPPORTED where these differ and the model cannot have that in one call */
    size_t shape_count;
    const trm_relation *relations; /**< lists that the questions bring, NULL: none */
    size_t relation_count;         /**< 0 with NULL */
    /** for each question the kinds of its shape's helpers, below trm_model_info.helper_tokens; NULL
     * where there are none */
    const int32_t *helper_tokens;
    /** for each question (S + helpers) x trm_model_info.features numbers; NULL where the model has
     * none */
    const float *features;
} trm_questions;
#define TRM_QUESTIONS_INIT \
    { \
        sizeof(trm_questions), 0, NULL, NULL, NULL, 0, NULL, 0, NULL, NULL \
    }

/**
 * The host's own rules. The library calls `verify` after the steps of a run, on the thread that called the
 * library, in the usual floating-point environment, never two at once in one solver. It must outlive the
 * solver; it may not use that solver. The struct has at least its full size of 0.2.0 and `verify`, or the
 * call fails with TRM_ERROR_ARGUMENT. Since 0.2.0.
 */
typedef struct trm_verifier {
    size_t size; /**< sizeof(trm_verifier) */
    void *user;  /**< passed to verify */
    /**
     * Judges an answer.
     * @param question  one question, as the caller gave it (count 1, its shape filled in; the first offset of
     *                  its relations is where its own lists begin).
     * @param index     its number in the call that brought it.
     * @param answer    S tokens.
     * @param verdict   receives a trm_verdict; TRM_VERDICT_UNVERIFIED before the call.
     * @return any status but TRM_OK ends the solve, which returns it with what is in `error` (never NULL).
     */
    trm_status (*verify)(void *user, const trm_questions *question, size_t index, const int32_t *answer,
                         uint32_t *verdict, trm_error *error);
} trm_verifier;
#define TRM_VERIFIER_INIT \
    { \
        sizeof(trm_verifier), NULL, NULL \
    }

/** A step of a run as a watcher sees it: filled by the library, valid during the call. Since 0.2.0. */
typedef struct trm_run_step {
    size_t size;        /**< sizeof(trm_run_step), that of the library */
    size_t question;    /**< its number in the call that brought it */
    uint32_t run;       /**< of the question's runs, from 0 */
    uint32_t how;       /**< a trm_how */
    uint32_t step;      /**< of the run, from 1 */
    uint32_t stop;      /**< a trm_stop: why the run ends here, or TRM_STOP_RUNNING */
    uint32_t verdict;   /**< a trm_verdict */
    uint32_t pins;      /**< guesses that the run was given as givens */
    uint32_t positions; /**< S */
    uint32_t changed;   /**< positions whose token is another than after the step before; S after the first */
    float halt_logit;   /**< of the run */
    float halt_probability;     /**< of the run */
    const int32_t *tokens;      /**< S */
    const float *probabilities; /**< S, as in trm_answers */
    const int32_t *asked;       /**< S: the question with the guesses that this run was given */
    uint32_t view;              /**< the symmetry under which the run sees the question, as in
                            trm_solve_options.views */
    uint32_t reserved;          /**< 0 */
} trm_run_step;
#define TRM_RUN_STEP_INIT \
    { \
        sizeof(trm_run_step), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.0f, 0.0f, NULL, NULL, NULL, 0, 0 \
    }

/**
 * A host that looks on. The library calls `step` after every step of every run, on the thread that called the
 * library, in the usual floating-point environment. It must outlive the solver; it may not use that solver.
 * The struct has at least its full size of 0.2.0 and `step`, or the call fails with TRM_ERROR_ARGUMENT. Since
 * 0.2.0.
 */
typedef struct trm_watcher {
    size_t size; /**< sizeof(trm_watcher) */
    void *user;  /**< passed to step */
    /** @return any status but TRM_OK ends the solve, which returns it with what is in `error` (never
        NULL). */
    trm_status (*step)(void *user, const trm_run_step *seen, trm_error *error);
} trm_watcher;
#define TRM_WATCHER_INIT \
    { \
        sizeof(trm_watcher), NULL, NULL \
    }

/** The most numbers that trm_model_views() gives. */
#define TRM_MAXIMUM_VIEWS 8

/** For trm_solve_options.views, combined with |: rows and columns are changed. Question and answer alike, in
    all of these. */
#define TRM_VIEW_TRANSPOSED 1u
/** For trm_solve_options.views: upside down, behind the one above. */
#define TRM_VIEW_UPSIDE_DOWN 2u
/** For trm_solve_options.views: left to right, behind the two above. */
#define TRM_VIEW_LEFT_TO_RIGHT 4u
/** For trm_solve_options.views: the values that the task treats alike change places, as drawn by the view's
    number. */
#define TRM_VIEW_VALUES 8u
/** For trm_solve_options.views: before all other changes bands and stacks, rows within their band and columns
 * within their stack change places, those of them that the task has, as drawn by the view's number. */
#define TRM_VIEW_LINES 16u
/** For trm_solve_options.views, times a number below 2^27, with at least one of the two above: another draw
    for each number. */
#define TRM_VIEW_DRAW 32u

/** How to solve. NULL where options are asked for means TRM_SOLVE_OPTIONS_INIT. */
typedef struct trm_solve_options {
    size_t size;            /**< sizeof(trm_solve_options) */
    uint32_t maximum_steps; /**< 1 to 65536; 0: the number in the model, 16 in the published ones */
    uint32_t halt; /**< TRM_HALT_*, combined with |; 0: always run maximum_steps, as the published evaluation
                      does */
    uint32_t stable_steps; /**< for TRM_HALT_STABLE: 2 to 65536 */
    /** the most questions that a solver holds at once, 1 to 65536; memory grows with it and with the
     * runs of each, answers do not depend on it */
    uint32_t batch;
    uint64_t budget_nanoseconds;  /**< trm_solve() only: start no step that would, at the pace of the slowest
                                     so far, end later than this after the call; the first step always runs;
                                     0: no limit; TRM_ERROR_UNSUPPORTED in a build without a clock
                                     (freestanding) */
    const trm_executor *executor; /**< threads, or NULL for the calling one alone; must outlive the solver */
    const trm_allocator
        *allocator;  /**< when no workspace is given; NULL: malloc and free; must outlive the solver */
    void *workspace; /**< memory for the solver, any alignment, or NULL; the caller owns it and leaves it
                        alone until the solver is freed */
    /** its size in bytes, at least what trm_solver_measure() says, which does not look at it; 0 with NULL, or
     * the solver is refused with TRM_ERROR_ARGUMENT: memory that could not be had is not taken from
     * elsewhere */
    size_t workspace_size;
    /** for TRM_HALT_SIGNAL: stop when the halt probability is above it, below 1; 0:
     * trm_model_info.halt_threshold, which is 0.5, the published rule, unless the file has another. A
     * higher one costs steps and makes fewer mistakes */
    double halt_probability;
    /** the largest that the solver must hold; NULL: the model's own; read during the call */
    const trm_shape *shape;
    /** the most numbers in the lists of all relations that one question brings, up to 16777216 for
     * each; 0: they bring none */
    uint64_t heard;
    uint32_t start; /**< a trm_start */
    /** of all that is drawn. The same seed gives the same answers, whatever else is solved with it */
    uint64_t seed;
    /** of each question, 1 to 65536, at most 1048576 of a batch together; 0: 1. More than there are views
     * only where runs start from random numbers: others would be the same */
    uint32_t runs;
    uint32_t policy; /**< a trm_policy; 0: TRM_POLICY_FIRST_HALT. An answer that is refuted loses to all
                          others */
    /** 1: questions whose first run fails are tried with guesses as givens, within step_budget, until the
     * rules call an answer right. `runs` attempts ride at once, which changes no answer. Those without a
     * guess make at most maximum_steps, 64 for 0, the others half as many. Where what is given breaks the
     * task's rules already, no answer is right: one step is made, and its answer is refuted, by TRM_HOW_RUN
     * and TRM_STOP_LIMIT. For tasks with values (trm_model_info.values), or models that begin at random,
     * which then guess nothing; without views */
    uint32_t search;
    /** 1: the rules are asked after every step, and an answer that they do not call right is not given: its
     * tokens, probabilities and halt probability are 0, its logits -INFINITY, and its verdict is not
     * TRM_VERDICT_VERIFIED */
    uint32_t require_verified;
    /** how many distinct answers of a question are kept, up to 65536, for trm_solver_candidates(); 0: the one
     * given. The runs go on until so many right ones were found, each to its own end, and the rules, where
     * there are some, are asked after every step. The answer given is the one that the policy would have
     * given without */
    uint32_t candidates;
    /** the symmetries of the task under which the runs see a question, by number (TRM_VIEW_*), in turn; 0 is
     * the question as it is; read during the call; NULL: all see it as it is. TRM_ERROR_ARGUMENT for one that
     * is no symmetry of the task in the shape, or that the network could not notice: relational models treat
     * values alike, and lines, too, where they hear groups alone */
    const uint32_t *views;
    size_t view_count; /**< 0 with NULL */
    /** the most supervision steps of all runs of a question together; 0: no limit, in search 4096 */
    uint64_t step_budget;
    /** the host's own rules in place of the task's, asked after every step of every run, or NULL; must
     * outlive the solver */
    const trm_verifier *verifier;
    const trm_watcher *watcher; /**< or NULL; must outlive the solver */
} trm_solve_options;
#define TRM_SOLVE_OPTIONS_INIT \
    { \
        sizeof(trm_solve_options), 0, TRM_HALT_SIGNAL, 2, 1, 0, NULL, NULL, NULL, 0, 0.0, NULL, 0, \
            TRM_START_MODEL, 0, 0, 0, 0, 0, 0, NULL, 0, 0, NULL, NULL \
    }

/** Where answers go: arrays of the caller, each of them NULL when not wanted. A pointer to the struct itself
 * must not be NULL where answers are asked for: that is TRM_ERROR_ARGUMENT. */
typedef struct trm_answers {
    size_t size;          /**< sizeof(trm_answers) */
    int32_t *tokens;      /**< count x S: the likeliest token of each position, the lowest of equals */
    float *probabilities; /**< count x S: its probability under the model's likelihood */
    float *logits;        /**< count x S x V; -INFINITY for a token that can be no answer */
    /** count: sigmoid of the halt logit, the model's trust in its own answer; 0 for one that changes a
     * given */
    float *halt_probabilities;
    float *halt_logits;     /**< count */
    float *continue_logits; /**< count: trained in HRM only; 0 in relational models */
    uint32_t *steps;        /**< count: supervision steps taken by the run that answers */
    uint32_t *stops;        /**< count: a trm_stop each */
    /** count x S: how sure the model is of each token, by what it was taught
     * (trm_model_info.cell_confidence); else as `probabilities` */
    float *cell_confidences;
    /** count: a trm_verdict each, by the verifier or the rules of the task (trm_model_verify()) */
    uint32_t *verdicts;
    uint32_t *hows;        /**< count: a trm_how each */
    uint32_t *runs;        /**< count: runs that were begun */
    uint32_t *pins;        /**< count: guesses that the run that answers was given as givens */
    uint64_t *total_steps; /**< count: supervision steps of all runs */
    uint8_t *changed;      /**< count x S: 1 where the answer changes a given, which refutes it; else 0 */
} trm_answers;
#define TRM_ANSWERS_INIT \
    { \
        sizeof(trm_answers), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, \
            NULL, NULL \
    }

/**
 * Solves questions.count puzzles, options.batch at a time. Reentrant: any number of threads may solve with
 * one model. It is a loop over trm_solver_load(), trm_solver_step() and trm_solver_read(); a host that wants
 * to look between steps calls those. A time budget is for the whole call; puzzles that it leaves no time for
 * get one step each.
 * @return TRM_ERROR_ARGUMENT, also when `answers` is NULL; TRM_ERROR_MEMORY; TRM_ERROR_WORKSPACE;
 *         TRM_ERROR_PUZZLE for a token outside the vocabulary, an identifier out of range, a shape that the
 *         model does not take or lists that are none (every question is checked before any is solved);
 *         TRM_ERROR_UNSUPPORTED for what this version cannot do; what a verifier or a watcher returned. These
 *         two are the only failures behind which anything has been written: the answers of the batches before
 *         that one, of options.batch questions each, stay in `answers`, and the room of that batch and of all
 *         later ones is as it was. Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_solve(const trm_model *model, const trm_questions *questions,
                                            const trm_answers *answers, const trm_solve_options *options,
                                            trm_error *error);

/**
 * The views of a question under symmetries of the model's task, for trm_solve_options.views:
 * TRM_VIEW_TRANSPOSED, _UPSIDE_DOWN and _LEFT_TO_RIGHT in all combinations; 0 is the question as it is. Those
 * that the network would not notice are left out: a relational Sudoku has two views, one of a published kind
 * has eight, so has a map, and a graph has one. A Sudoku of a published kind has further ones, too many to
 * list: TRM_VIEW_VALUES and TRM_VIEW_LINES.
 * @param shape  of the questions, or NULL for the model's own. Questions that bring lists have view 0 alone.
 * @param views  receives them, 0 first; room for TRM_MAXIMUM_VIEWS.
 * @param count  receives their number.
 * @return TRM_ERROR_ARGUMENT, TRM_ERROR_PUZZLE for a shape that the model does not take. Any thread. Since
 * 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_model_views(const trm_model *model, const trm_shape *shape,
                                                  uint32_t *views, uint32_t *count, trm_error *error);

/**
 * Judges answers by the rules of the model's task (metadata task.rules, doc/format.md), whoever found them.
 * For paths a search finds the shortest way: these rules solve the task by themselves.
 * @param questions  as trm_solve() takes them.
 * @param answers    count x S tokens.
 * @param verdicts   receives a trm_verdict for each: TRM_VERDICT_UNVERIFIED where the task has no rules, or
 *                   rules about relations that neither the shape nor the model nor the question has.
 * @return TRM_ERROR_ARGUMENT, TRM_ERROR_PUZZLE, TRM_ERROR_UNSUPPORTED as trm_solve(); TRM_ERROR_MEMORY from
 *         the model's allocator, whose memory it uses during the call. Any thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_model_verify(const trm_model *model, const trm_questions *questions,
                                                   const int32_t *answers, uint32_t *verdicts,
                                                   trm_error *error);

/** The state of a batch of puzzles being solved. One thread at a time. */
typedef struct trm_solver trm_solver;

/**
 * How many bytes of workspace a solver with these options needs, on this machine with this version. The
 * workspace named in the options and its size are ignored, so that `bytes` may be that size.
 * @return TRM_ERROR_ARGUMENT, TRM_ERROR_UNSUPPORTED; TRM_ERROR_MEMORY when the size does not fit in size_t.
 *         Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_solver_measure(const trm_model *model, const trm_solve_options *options,
                                                     size_t *bytes, trm_error *error);

/** What a model costs on a microcontroller: trm_firmware_measure() fills it. Since 0.2.0. */
typedef struct trm_firmware_cost {
    size_t size;               /**< sizeof(trm_firmware_cost) */
    uint64_t model_bytes;      /**< of the file, which lies in flash */
    uint64_t model_workspace;  /**< bytes of RAM, trm_open_options.workspace_size */
    uint64_t solver_workspace; /**< bytes of RAM, trm_solve_options.workspace_size */
    uint64_t operations;       /**< of one step of one question of the shape, counted as
                                    trm_model_info.step_operations */
} trm_firmware_cost;
#define TRM_FIRMWARE_COST_INIT \
    { \
        sizeof(trm_firmware_cost), 0, 0, 0, 0 \
    }

/**
 * What trm_model_measure() and trm_solver_measure() will say where trm.c runs with pointers of 32 bits: on
 * every Cortex-M, on RV32, on wasm32. To choose a chip by; stack and code come on top (doc/firmware.md).
 * @param model    with raw weights.
 * @param options  as trm_solver_create() takes them, or NULL; their executor counts as threads of that
 *                 machine.
 * @param cost     its size filled in.
 * @return TRM_ERROR_ARGUMENT, TRM_ERROR_PUZZLE for a shape beyond the model's bounds, TRM_ERROR_UNSUPPORTED
 *         for deflated weights, TRM_ERROR_MEMORY for sizes that do not fit in size_t here. Not in trm.c
 *         itself. Any thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_firmware_measure(const trm_model *model,
                                                       const trm_solve_options *options,
                                                       trm_firmware_cost *cost, trm_error *error);

/**
 * Makes a solver in the workspace of the options, or in memory from their allocator. The model must outlive
 * it.
 * @param solver  receives the solver, released by trm_solver_free(); NULL after a failure.
 * @return TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY, TRM_ERROR_WORKSPACE, TRM_ERROR_UNSUPPORTED. Any thread. Since
 * 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_solver_create(const trm_model *model, const trm_solve_options *options,
                                                    trm_solver **solver, trm_error *error);

/** Releases a solver (a workspace stays the caller's); accepts NULL. The solver's thread. Since 0.1.0. */
TRM_API void trm_solver_free(trm_solver *solver);

/**
 * Puts 1 to options.batch questions in the solver, each in the model's initial state; what was there is gone.
 * @return TRM_ERROR_ARGUMENT, TRM_ERROR_PUZZLE (a token or an identifier out of range, a shape or lists that
 *         the model does not take), TRM_ERROR_UNSUPPORTED: then the solver is as before. The solver's thread.
 *         Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_solver_load(trm_solver *solver, const trm_questions *questions,
                                                  trm_error *error);

/**
 * Changes the loaded questions, each of which goes on from what was thought about it (z); the answer (y)
 * starts anew. Steps are counted from 0 again, as halting rules and budgets do, and every run runs; one that
 * overflowed begins anew. How good a start the old thought is depends on the model and on how much has
 * changed: with models/path-int8.trm it saves a tenth of the steps where the start moved along a way, and
 * none where a wall came upon it (doc/firmware.md). trm_solver_load() forgets it.
 * @param questions  as many as were loaded, in the same shape.
 * @return TRM_ERROR_ARGUMENT, TRM_ERROR_PUZZLE as trm_solver_load(), also for another shape;
 *         TRM_ERROR_UNSUPPORTED with trm_solve_options.search: then the solver is as before. The solver's
 *         thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_solver_change(trm_solver *solver, const trm_questions *questions,
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

/** Where the candidates of a question go: arrays of the caller, each of them NULL when not wanted. Since
    0.2.0. */
typedef struct trm_candidates {
    size_t size;        /**< sizeof(trm_candidates) */
    uint32_t room;      /**< how many the arrays have room for */
    uint32_t reserved;  /**< 0 */
    int32_t *tokens;    /**< room x S */
    uint32_t *counts;   /**< room: runs that ended with it */
    uint32_t *verdicts; /**< room: a trm_verdict each */
    /** room: how likely it is right. 1 for a verified one, 0 for a refuted one; else the halt probability of
     * the surest run that ended with it: there may be several right answers, so that these need not sum up to
     * 1 */
    float *confidences;
    uint32_t *hows; /**< room: a trm_how each, of the first run that found it */
} trm_candidates;
#define TRM_CANDIDATES_INIT \
    { \
        sizeof(trm_candidates), 0, 0, NULL, NULL, NULL, NULL, NULL \
    }

/**
 * The distinct answers of one question that its runs have ended with so far, as many as
 * trm_solve_options.candidates keeps: the verified ones alone where there are some, those found by more and
 * surer runs first; else the others, those that nobody refutes first. With require_verified none but verified
 * ones. What many runs find late, after the room was taken by others that are no worse, is counted from then
 * on. In a search, once right answers are known, further guesses differ from all of them.
 * @param question    of those loaded, from 0.
 * @param candidates  where they go.
 * @param count       receives how many were written, at most candidates->room.
 * @return TRM_ERROR_ARGUMENT, also for a solver made without candidates. The solver's thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_solver_candidates(const trm_solver *solver, uint32_t question,
                                                        const trm_candidates *candidates, uint32_t *count,
                                                        trm_error *error);

/** Why a hint can be believed. */
typedef enum trm_reason {
    TRM_REASON_LAST = 1,  /**< by plain rules: the last open position of a group */
    TRM_REASON_PLACE = 2, /**< by plain rules: the only place in a group for its value */
    TRM_REASON_VALUE = 3, /**< by plain rules: the only value that is left to the position */
    TRM_REASON_MODEL = 4  /**< the surest position of the model's answer */
} trm_reason;

/** Why there are no further hints. */
typedef enum trm_hints_end {
    TRM_HINTS_MORE = 0, /**< there was no room for them */
    TRM_HINTS_DONE = 1, /**< nothing is left to be filled in */
    TRM_HINTS_CLASH =
        2, /**< there are none at all: what the question gives has no answer, as plain rules show */
    /** the model found no answer that the rules call right, or its numbers overflowed */
    TRM_HINTS_UNKNOWN = 3
} trm_hints_end;

/** Where hints go: arrays of the caller, each of them NULL when not wanted. Since 0.2.0. */
typedef struct trm_hints {
    size_t size;         /**< sizeof(trm_hints) */
    uint32_t room;       /**< how many the arrays have room for */
    uint32_t reserved;   /**< 0 */
    uint32_t *positions; /**< room: where */
    int32_t *tokens;     /**< room: what */
    uint32_t *reasons;   /**< room: a trm_reason each */
    /** room: 1 where plain rules force it, else how sure the model is, as trm_answers.cell_confidences */
    float *confidences;
    /** room: of TRM_REASON_LAST and _PLACE the name of the relation that the group is of, such as "row", else
     * "". They belong to the model */
    const char **relations;
    uint32_t *end; /**< 1: a trm_hints_end */
    /** 2: with TRM_HINTS_CLASH two positions that exclude each other, or twice one that has no value left, or
     * that is open in a group where a value has no place left */
    uint32_t *clash;
} trm_hints;
#define TRM_HINTS_INIT \
    { \
        sizeof(trm_hints), 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
    }

/**
 * What to fill in next, and why: each hint presumes that those before it were followed. Plain rules come
 * first, where those of the task are about values in groups: then no model is asked. Where they force
 * nothing, the model solves the question, and its surest position is the hint. Where there are rules, those
 * of the task or the host's verifier, only an answer that they call right is used, so that no hint leads
 * astray. `options` say how it is solved (search is the way to find more); their batch and candidates are
 * ignored.
 * @param question  one.
 * @param hints     where they go; room for one is enough to ask for the next.
 * @param count     receives how many were written. After a failure the arrays may have been written to, too.
 * @return as trm_solve(); TRM_ERROR_MEMORY also from the options' allocator, which a few bytes for each
 *         position and value are taken from beside the solver. Any thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_hint(const trm_model *model, const trm_questions *question,
                                           const trm_solve_options *options, const trm_hints *hints,
                                           uint32_t *count, trm_error *error);

/** What a repair came to: filled by the library. Since 0.2.0. */
typedef struct trm_repaired {
    size_t size;            /**< sizeof(trm_repaired) */
    uint32_t verdict;       /**< TRM_VERDICT_VERIFIED, or _UNVERIFIED where nothing was found */
    uint32_t changes;       /**< givens that the answer changes; 0: none has to be */
    uint32_t fewest;        /**< 1: plain rules show that no answer changes fewer */
    uint32_t how;           /**< a trm_how; TRM_HOW_RULES where the model found none */
    float halt_probability; /**< of the model's answer; 0 with TRM_HOW_RULES */
    uint32_t reserved;      /**< 0 */
    uint64_t total_steps;   /**< supervision steps of all attempts */
} trm_repaired;
#define TRM_REPAIRED_INIT \
    { \
        sizeof(trm_repaired), 0, 0, 0, 0, 0.0f, 0, 0 \
    }

/**
 * Answers a question whose givens may be wrong: the answer that changes fewest of them. Plain rules try which
 * givens have to be left out, none at first, then one, up to eight, within 20,000 tries; what they cannot
 * refute the model answers, and the surest of its answers that the rules call right, apart from the givens
 * left out, is the one given. Where the model finds none, that of the rules' own search is. `options` say how
 * the model solves; their batch and candidates are ignored. For tasks whose rules are about values in groups.
 * @param question  one; the givens that the answer changes are those where the two differ.
 * @param tokens    receives S tokens, 0 where nothing was found.
 * @param repaired  receives what it came to.
 * @return as trm_solve(); TRM_ERROR_ARGUMENT also for options with a verifier, TRM_ERROR_UNSUPPORTED for
 *         other tasks; TRM_ERROR_MEMORY also from the options' allocator, which a few bytes for each position
 *         and value are taken from beside the solver. Any thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_repair(const trm_model *model, const trm_questions *question,
                                             const trm_solve_options *options, int32_t *tokens,
                                             trm_repaired *repaired, trm_error *error);

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
