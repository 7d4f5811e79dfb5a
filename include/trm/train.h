/*
 * train.h - libtrm-train: make and change Tiny Recursive Models
 * Copyright (c) 2026 the libtrm authors. SPDX-License-Identifier: MIT
 *
 * \file train.h
 *
 * libtrm (trm.h) opens models and solves with them. This library makes the files that it opens: it converts
 * the checkpoints of the published training code (TRM and HRM, as safetensors) and back, re-encodes model
 * files for shipping, makes models with random weights of any dimensions, makes up puzzles and reads them
 * from CSV files, and trains models on them.
 *
 *     trm_convert_options options = TRM_CONVERT_OPTIONS_INIT;
 *     options.task = "sudoku";
 *     options.alphabet = ".123456789";    // the character of token 1, of token 2, ...
 *     options.alphabet_first = 1;
 *     options.grid_rows = options.grid_columns = 9;
 *     trm_error error = TRM_ERROR_INIT;
 *     if (trm_convert("checkpoint.safetensors", "sudoku.trm", &options, &error) != TRM_OK)
 *         fprintf(stderr, "%s\n", error.message);
 *
 * The rules of trm.h hold here too. In addition:
 *
 * Files.     An output appears whole or not at all: it is written beside its final name (OUTPUT.tmp-PID-N),
 *            flushed to the disk and renamed. After a failure that file is gone, and what was at OUTPUT
 *            before is untouched; the file of a process that was killed is removed by the next that writes
 *            OUTPUT. An OUTPUT that exists must be a regular file, whose mode, group and, where this is
 *            allowed, owner the new one takes; a symbolic link stays, and the file that it leads to is
 *            replaced. Input and output may be the same file. A .trm file was opened before it appears:
 *            what is written opens.
 * Threads.   Unless it says otherwise, a function may be called by any thread, also at the same time; it does
 *            its work on the calling thread, a trainer also on those of its executor.
 * Memory.    The allocator of the options serves everything but the JSON of headers and configurations, for
 *            which the JSON library calls malloc. Converting needs memory for the largest tensor twice,
 *            beyond the input.
 * Versions.  This library loads with exactly the libtrm that it was built with.
 *
 * CHECKPOINTS
 *
 * A safetensors file has the names that the published code saves, with or without any of the prefixes
 * `_orig_mod.`, `model.` and `inner.`; tensors called `golden.*` are ignored, any other tensor that the model
 * does not need is refused. Numbers may be F64, F32, F16, BF16, I64 or I32 and must be finite as f32.
 *
 *     embed_tokens.embedding_weight  V x D      H_init, L_init       D
 *     embed_pos.embedding_weight     N x D      lm_head.weight       V x D
 *     puzzle_emb.weights             I x E      q_head.weight, .bias 2 x D, 2
 *     NET.layers.I.mlp_t.gate_up_proj.weight, .mlp_t.down_proj.weight,
 *         .self_attn.qkv_proj.weight, .self_attn.o_proj.weight,
 *         .mlp.gate_up_proj.weight, .mlp.down_proj.weight      NET: L_level, and in an HRM H_level too
 *
 * What the published code does not have is written, and read, under names in its style:
 * `embed_registers.weight` (P x D) for register rows and `lm_head.bias` (V). Which optional tensors there are
 * decides what the model is: H_level makes it an HRM, mlp_t a mixer.
 *
 * The configuration is a JSON object with the published fields, either itself or in its field "arch":
 * hidden_size, num_heads, L_layers, H_layers, L_cycles, H_cycles, mlp_t, pos_encodings, seq_len, vocab_size,
 * puzzle_emb_ndim, puzzle_emb_len (0: as many rows as puzzle_emb_ndim needs), num_puzzle_identifiers,
 * rms_norm_eps, rope_theta, halt_max_steps, loss.loss_type. What the tensors tell may be left out, and must
 * agree when it is there; hidden widths come from the tensors alone. Other fields are ignored. Ours beside
 * them: "gate" ("plain", "normed"), "likelihood" ("stablemax", the default, as the published checkpoints are;
 * "softmax"), "halt_threshold" (0, the default: one half), "grid_rows", "grid_columns", "box_rows",
 * "box_columns".
 *
 * In a safetensors file written here `__metadata__` holds "arch" ("trm" or "hrm"), "config" (that object) and
 * the model's own metadata: text under its key, bytes in hexadecimal under its key and ".hex", integers of
 * the task in decimal under their key. Reading takes up again the keys with a dot.
 */
#ifndef TRM_TRAIN_H
#define TRM_TRAIN_H

#include <trm/trm.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------------
 * Converting
 * ---------------------------------------------------------------------------------------------------- */

/** Formats of model files. */
typedef enum trm_format {
    TRM_FORMAT_TRM = 1,        /**< doc/format.md */
    TRM_FORMAT_SAFETENSORS = 2 /**< the published names, see above */
} trm_format;

/** How the matrices of the blocks are stored; embeddings, initial states and heads always are fp32. */
typedef enum trm_precision {
    TRM_PRECISION_FP32 = 1,
    TRM_PRECISION_INT8 = 2 /**< 8-bit integers with a scale for each output: doc/format.md, type 3 */
} trm_precision;

/** How to convert. NULL where options are asked for means TRM_CONVERT_OPTIONS_INIT. */
typedef struct trm_convert_options {
    size_t size; /**< sizeof(trm_convert_options) */
    /** a trm_format to write; 0: by OUTPUT's ending, ".safetensors" or ".trm"; .trm in memory */
    uint32_t format;
    uint32_t deflate; /**< 1: deflate the weights of a .trm file, for shipping; 0: raw, used in place */
    const char *config_path; /**< JSON file with the configuration of a safetensors input; NULL: the input's
                                own __metadata__, else INPUT with .json in place of .safetensors, else
                                all_config.json, else config.json beside it */
    const char *task;        /**< such as "sudoku"; NULL: as in the input */
    const char *alphabet; /**< the characters of the tokens from alphabet_first on, one byte each; NULL: as in
                             the input */
    uint32_t alphabet_first; /**< the token of the alphabet's first character */
    uint32_t grid_rows;      /**< the question as a grid; both 0: as in the input */
    uint32_t grid_columns;
    uint32_t precision; /**< a trm_precision; 0: as in the input. Integers of the input are kept as they are
                           where integers are wanted */
    const trm_allocator *allocator; /**< or NULL */
    const char *const *keep; /**< keep_count names of tensors (doc/format.md) that stay or become fp32 */
    size_t keep_count;
    /** the halt probability above which the model stops where a solve asks for none, below 1; 0: as in the
     * input */
    double halt_threshold;
    uint32_t maximum_steps;  /**< that a solve makes where none are asked for; 0: as in the input */
    const char *calibration; /**< how these two were found, for the metadata provenance.calibration; NULL: as
                                in the input */
    /** which ways to choose among several runs were found to be trustworthy, for the metadata task.selectors
     * (doc/format.md): names of policies with one space between, or "none"; NULL: as in the input */
    const char *selectors;
} trm_convert_options;
#define TRM_CONVERT_OPTIONS_INIT \
    { \
        sizeof(trm_convert_options), 0, 0, NULL, NULL, NULL, 0, 0, 0, 0, NULL, NULL, 0, 0.0, 0, NULL, NULL \
    }

/**
 * Converts between .trm and safetensors, also each to itself. The input's format is told by its first bytes.
 * A .trm input keeps its metadata.
 * @param input_path   UTF-8, as output_path.
 * @return TRM_ERROR_ARGUMENT, _MEMORY, _FILE; _FORMAT, _VERSION, _CHECKSUM for the input or its
 * configuration; TRM_ERROR_UNSUPPORTED to deflate in a build without zlib. Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_convert(const char *input_path, const char *output_path,
                                              const trm_convert_options *options, trm_error *error);

/**
 * The same from memory to memory; options.format 0 means .trm, and nothing is looked for beside the input.
 * @param data          `bytes` bytes of a .trm or safetensors file, read during the call only.
 * @param output        receives the new file's bytes, released by trm_convert_free() with the same allocator;
 *                      NULL after a failure.
 * @param output_bytes  receives their number.
 * @return as trm_convert(). Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_convert_memory(const void *data, size_t bytes,
                                                     const trm_convert_options *options, void **output,
                                                     size_t *output_bytes, trm_error *error);

/**
 * An opened model as firmware without the part "files" takes it (doc/firmware.md): what opening found out,
 * and the weights, in one block that trm_model_open_memory() uses there where it lies. It is for machines of
 * little-endian numbers, and for a trm.c of the same layout; others say TRM_ERROR_VERSION. A checksum tells
 * there that it is what was written here, and nothing is checked again: who takes models from strangers opens
 * files.
 * @param allocator  or NULL.
 * @param prepared   receives the block, which has to lie at a multiple of 64; released by trm_convert_free()
 *                   with the same allocator; NULL after a failure.
 * @param bytes      receives its size.
 * @return TRM_ERROR_UNSUPPORTED for rotary positions, for relations that the file lists, beyond 4 GiB, and
 *         on a machine of big-endian numbers or with 8-byte ones at multiples of 4 (i386);
 *         TRM_ERROR_ARGUMENT, _MEMORY. Any thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_model_prepare(const trm_model *model, const trm_allocator *allocator,
                                                    void **prepared, size_t *bytes, trm_error *error);

/** Releases what trm_convert_memory(), trm_model_prepare() or trm_init_memory() made with this allocator
 * (NULL: the default one); accepts NULL. Any thread. Since 0.1.0. */
TRM_API void trm_convert_free(void *output, const trm_allocator *allocator);

/* ------------------------------------------------------------------------------------------------------
 * New models
 * ---------------------------------------------------------------------------------------------------- */

/** Dimensions of a new model. The defaults are the paper's for Sudoku, with register rows as prefix. */
typedef struct trm_init_options {
    size_t size;                /**< sizeof(trm_init_options) */
    uint32_t architecture;      /**< a trm_architecture */
    uint32_t block;             /**< a trm_block */
    uint32_t position_encoding; /**< a trm_position_encoding; 0: none in a mixer, rotary with attention */
    uint32_t gate;              /**< a trm_gate */
    uint32_t likelihood;        /**< a trm_likelihood */
    uint32_t channels;          /**< D */
    uint32_t positions;         /**< S */
    uint32_t prefix;            /**< P */
    uint32_t vocabulary;        /**< V */
    uint32_t identifiers;  /**< rows of a puzzle-embedding table, which then is the prefix; 0: the prefix is P
                              register rows */
    uint32_t puzzle_width; /**< numbers in a row of that table, at most P x D; 0: D */
    uint32_t head_bias;    /**< 1: the token head has a bias */
    uint32_t blocks;       /**< K; HRM: of the low network */
    uint32_t high_blocks;  /**< HRM: of the high network; 0: as many */
    uint32_t heads;        /**< attention only; 0: one for each 64 channels, at least one */
    uint32_t token_hidden; /**< mixer only; 0: 8/3 of P + S, rounded up to a multiple of 256, as published */
    uint32_t channel_hidden; /**< 0: the same of D */
    uint32_t cycles;         /**< T */
    uint32_t updates;        /**< n */
    uint32_t maximum_steps;  /**< supervision steps */
    uint32_t deflate;        /**< as in trm_convert_options */
    uint64_t seed;           /**< of the random weights */
    const char *task;        /**< such as "sudoku", or NULL */
    const char *alphabet;    /**< as in trm_convert_options, or NULL */
    uint32_t alphabet_first;
    uint32_t grid_rows; /**< both 0: no grid */
    uint32_t grid_columns;
    uint32_t reserved;              /**< 0 */
    const trm_allocator *allocator; /**< or NULL */
    uint32_t fields;                /**< relational: F, values that are treated alike; 0: 1, none are */
    uint32_t first_value;           /**< relational: the token of the first of them */
    uint32_t helper_tokens;         /**< relational: kinds of helpers; 0: none */
    uint32_t features; /**< relational: numbers that come with each position and helper; 0: none */
    /** relational: relation_count of them, at most 32, each name once; NULL: those of the task's family.
     * Source, level and aggregates 0: as the name says, row, column, box, up, cell and so on of the shape,
     * any other with each question */
    const trm_relation_info *relations;
    size_t relation_count; /**< 0 with NULL */
    float start_noise;     /**< relational: deviation of the random numbers that runs start with, 0 to 100 */
    uint32_t halting;      /**< a trm_halting; 0: TRM_HALTING_LOGIT, relational TRM_HALTING_SOFTMIN */
    /** relational: sizes that the model takes beside its own, as in metadata task.sizes: "4x4 6x6",
     * "5x5-30x30", or numbers of positions; NULL: none */
    const char *sizes;
    /** what a right answer is, as in metadata task.rules (doc/format.md); answers then keep what a question
     * gives. NULL: as the task's family has it. trm_puzzles_model() says it for described tasks */
    const char *rules;
} trm_init_options;
#define TRM_INIT_OPTIONS_INIT \
    { \
        sizeof(trm_init_options), TRM_ARCHITECTURE_TRM, TRM_BLOCK_MIXER, 0, TRM_GATE_PLAIN, \
            TRM_LIKELIHOOD_STABLEMAX, 512, 81, 16, 11, 0, 0, 0, 2, 0, 0, 0, 0, 3, 6, 16, 0, 0, NULL, NULL, \
            0, 0, 0, 0, NULL, 0, 0, 0, 0, NULL, 0, 0.0f, 0, NULL, NULL \
    }

/**
 * Writes a .trm file with random weights: matrices and embeddings nearly normal with deviation 1 /
 * sqrt(inputs), initial states with deviation 1, the halt head 0 with bias -5, puzzle embeddings and the
 * token head's bias 0, as the published code starts. Relational models: matrices and initial states cut at
 * two deviations, all matrices of a block that are added up counted as one, the halt head's bias 5.5 at each
 * node (5 without fields); gate normed, prefix 0. The same options give the same bytes on every machine,
 * as long as nothing is deflated (zlib's output depends on its version).
 * @param output_path  UTF-8.
 * @param options      or NULL for the defaults.
 * @return TRM_ERROR_ARGUMENT, _MEMORY, _FILE, _UNSUPPORTED. Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_init(const char *output_path, const trm_init_options *options,
                                           trm_error *error);

/**
 * The same to memory, as trm_model_open_memory() takes it.
 * @param options       or NULL for the defaults.
 * @param output        receives the new file's bytes, released by trm_convert_free() with the same allocator;
 *                      NULL after a failure.
 * @param output_bytes  receives their number.
 * @return as trm_init(). Any thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_init_memory(const trm_init_options *options, void **output,
                                                  size_t *output_bytes, trm_error *error);

/* ------------------------------------------------------------------------------------------------------
 * Puzzles
 * ---------------------------------------------------------------------------------------------------- */

/**
 * What puzzles are about. Three tasks are known by name, with their tokens, rules, symmetries and generators.
 *
 * "sudoku": a grid of N x N cells, N = box_rows x box_columns up to 25. Token 0 is padding, without a
 * character, 1 is '.', a blank, 2 is the digit '1' and so on ('A' follows '9', and may be typed small). Every
 * given is in the answer, and the answer has every digit once in each row, column and box.
 *
 * "jigsaw": the same with as many regions of as many cells in place of the boxes, which each puzzle brings as
 * its relation "box", or a file as the column `regions`: any grid of up to 25 x 25.
 *
 * "path": a grid of up to 100 x 100 cells. Token 0 is padding, 1 is '#', a wall, 2 is ' ', free, 3 is 'S',
 * the start, 4 is 'G', the goal, 5 is 'o', the path. The answer is the question with some free cells turned
 * to 'o'.
 *
 * Any other name is a task of its own: it needs an alphabet. Its symmetries and rules are those that
 * doc/format.md gives to the name ("latin", "maze", "colouring"), or none. Without a grid each puzzle has a
 * shape of its own, such as a graph of so many positions.
 *
 * Puzzles may bring relations, helpers, features and a number of fields with them. Answers then are held to
 * the rules of the task as far as these speak of such lists: a Sudoku with regions of its own as "box", a
 * colouring with its "edge". Symmetries are left alone for them.
 *
 * A task may also be described, by a text of a few lines (doc/rules.md). What its puzzles bring follows from
 * that:
 *
 *     task futoshiki
 *     variables N x N
 *     values N
 *     all_different row column
 *     less neighbours 20-50%
 */
typedef struct trm_task {
    size_t size;             /**< sizeof(trm_task) */
    const char *name;        /**< up to 63 bytes */
    uint32_t grid_rows;      /**< sudoku: N, or both 0 when the boxes are given; jigsaw: N */
    uint32_t grid_columns;   /**< rows x columns is at most 65536; both 0: none, not for the three above */
    uint32_t box_rows;       /**< sudoku: both 0 for 2x2, 2x3, 2x4, 3x3, 2x5, 3x4, ... */
    uint32_t box_columns;    /**< as N demands; other tasks: 0 */
    const char *alphabet;    /**< the characters of the tokens from alphabet_first on, one byte each;
                                sudoku and path: NULL, or the one above */
    uint32_t alphabet_first; /**< the last token is at most 255 */
    /** real numbers that come with each position and helper, at most 256; 0: none, or as many as those of
        the first puzzle that is read */
    uint32_t features;
    /** a description of the task, at most 4095 bytes (doc/rules.md), which says name and alphabet, too: these
     * are NULL or the same, and there is no grid, as each puzzle has a shape of its own; or NULL */
    const char *rules;
} trm_task;
#define TRM_TASK_INIT \
    { \
        sizeof(trm_task), NULL, 0, 0, 0, 0, NULL, 0, 0, NULL \
    }

/** Puzzles of one task in memory. One thread at a time while puzzles are added; reading may be shared. */
typedef struct trm_puzzles trm_puzzles;

/**
 * Makes an empty set.
 * @param task       read during the call only.
 * @param allocator  for the set's memory, or NULL; must outlive the set.
 * @param puzzles    receives the set, released by trm_puzzles_free(); NULL after a failure.
 * @return TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY; TRM_ERROR_FORMAT for a description that is none, whose
 * sentence names line and column. Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_puzzles_create(const trm_task *task, const trm_allocator *allocator,
                                                     trm_puzzles **puzzles, trm_error *error);

/** Releases a set; accepts NULL. The set's thread. Since 0.1.0. */
TRM_API void trm_puzzles_free(trm_puzzles *puzzles);

/** The number of puzzles; 0 for NULL. The set's thread. Since 0.1.0. */
TRM_API uint64_t trm_puzzles_count(const trm_puzzles *puzzles);

/**
 * What the puzzles are about, everything filled in: grid, boxes, alphabet.
 * @param task  to be filled (TRM_TASK_INIT); name and alphabet belong to the set.
 * @return TRM_ERROR_ARGUMENT. The set's thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_puzzles_describe(const trm_puzzles *puzzles, trm_task *task,
                                                       trm_error *error);

/**
 * Adds the puzzles of a list, table or JSON lines, as trm_csv_open() reads it. Every puzzle is checked
 * against the task: length, characters, the answer against the question, a rating from 0 to 4294967295, which
 * may be missing (0) or a fraction (rounded). After a failure the set
 * is as before; the sentence names file, line, column and what was wrong.
 * @param path   UTF-8.
 * @param limit  take only so many, from the beginning; 0: all of them.
 * @return TRM_ERROR_PUZZLE for a puzzle that the task does not allow; otherwise as trm_csv_open() and
 * trm_csv_next(). A file without a puzzle is TRM_ERROR_FORMAT. The set's thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_puzzles_read(trm_puzzles *puzzles, const char *path, uint64_t limit,
                                                   trm_error *error);

/**
 * Adds puzzles that lie in memory as tokens. Each is checked as trm_puzzles_read() does; its rating is 0.
 * @param questions  read during the call only. Their shapes are the set's own, or any where it has none: then
 *                   each names its positions, or rows and columns, and the tokens of one follow those of the
 *                   one before. trm_relation.lists of 0 means one list for each position. Helpers and
 *                   features are those of the shape and of the task. Identifiers are 0. Questions that bring
 *                   relations, helpers or features have as many positions and helpers as the first of their
 *                   call; further calls add those of other sizes.
 * @param answers    as many tokens.
 * @return TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY; TRM_ERROR_PUZZLE for a puzzle that the task does
 * not allow, or lists that are none; TRM_ERROR_UNSUPPORTED for questions of several sizes that bring
 * something. After a failure the set is as before. The set's thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_puzzles_add(trm_puzzles *puzzles, const trm_questions *questions,
                                                  const int32_t *answers, trm_error *error);

/**
 * What a new model for the puzzles of a described task is like: everything in `options` that follows from the
 * description.
 * @param puzzles  with at least one puzzle; the largest is the model's own size, and it takes any other.
 * @param options  receives block, positions and grid, vocabulary, fields, first_value, helper_tokens, task,
 *                 alphabet, relations, rules, sizes, gate, likelihood and prefix; the rest is left. Texts and
 *                 arrays belong to the set.
 * @return TRM_ERROR_ARGUMENT, also for a set whose task is not described. The set's thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_puzzles_model(const trm_puzzles *puzzles, trm_init_options *options,
                                                    trm_error *error);

/**
 * Moves puzzles from one set to another, to measure on what is not learnt from. Which, their text and what
 * they bring decide: a puzzle that stands in the list twice is on one side.
 * @param puzzles  loses them; the others keep their order.
 * @param to       an empty set of the same task.
 * @param share    of each hundred so many, on average; 1 to 99.
 * @return TRM_ERROR_ARGUMENT, also for a set that is too small for anything to be moved or left;
 * TRM_ERROR_MEMORY. After a failure both are as before. The sets' thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_puzzles_hold_back(trm_puzzles *puzzles, trm_puzzles *to, uint32_t share,
                                                        trm_error *error);

/** What to generate. */
typedef struct trm_generate_options {
    size_t size;    /**< sizeof(trm_generate_options) */
    uint64_t count; /**< puzzles to add */
    uint64_t first; /**< number of the first of them: each puzzle depends on the task, the seed, its number
                       and the ranges below alone, so that a large set can be made in parts */
    uint64_t seed;  /**< of the random numbers */
    /** sudoku, jigsaw: drawn evenly from this range as far as grids have such puzzles; */
    uint32_t least_givens;
    uint32_t most_givens; /**< both 0: 4-10 of 16 cells, 8-20 of 36, 24-45 of 81, else 45-65 % */
    uint32_t least_walls; /**< path: per cent of the cells, drawn evenly from this range; */
    uint32_t most_walls;  /**< both 0: 20-35, and with `open` no walls */
    /** path: 1: open maps, to whose goals several shortest ways may lead. The answer has the one that from
     * the start always takes the first of up, left, right, down that comes nearer to the goal */
    uint32_t open;
    /** path: per cent of the puzzles whose goal cannot be reached: the answer has no way */
    uint32_t unreachable;
    /** colouring: vertices, up to 512, drawn evenly from this range; both 0: 10-24 */
    uint32_t least_positions;
    uint32_t most_positions;
    uint32_t
        least_fields;     /**< colouring: colours, up to 9, drawn evenly from this range; both 0: from 3 to as
                           many */
    uint32_t most_fields; /**< as the alphabet has */
    /** sudoku, jigsaw: 1: as few givens as leave one solution, none of which could be left out; the range,
        if there is one, bounds how many */
    uint32_t minimal;
    uint32_t reserved; /**< 0 */
    /** a described task: N, drawn evenly from this range; both 0: 4-6 of N x N variables, 6-12 of N */
    uint32_t least_size;
    uint32_t most_size;
} trm_generate_options;
#define TRM_GENERATE_OPTIONS_INIT \
    { \
        sizeof(trm_generate_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
    }

/**
 * Adds puzzles that are made up at random, the same on every machine.
 * Sudoku: a random grid loses givens in random order as long as its solution stays the only one. The rating
 * counts the dead ends of a search that proves it: naked singles, hidden singles and locked candidates first,
 * then a guess in a cell with the fewest candidates. Jigsaw: the same in regions that are drawn, too: two
 * neighbours exchange cells many times, each of them connected throughout. Path: random walls; a length of at
 * least 4 moves is drawn among those for which the grid has a shortest path that is the only one, then start
 * and goal among the pairs so far apart (on more than 128 free cells: among those with one of 128 random
 * starts); on open maps any goal, and any start at least 2 moves from it. Of goals that cannot be reached
 * half have walls drawn around them, or around the start. The rating is the number of moves, 0 where there is
 * no way. Colouring, of a task without a grid: vertices with random colours, joined at random or between
 * neighbours on a plane, as many edges as make colourings scarce; colours are taken away in random order as
 * long as the answer stays the only one; each brings "edge" and its number of fields. The rating counts the
 * vertices to be coloured. A described task: an answer is drawn, then what the puzzle brings so that the
 * answer fulfils it; clauses until it is the only one; givens are taken away in random order as long as it
 * stays so, or as the description says. Each puzzle brings its relations, helpers and shape. The rating
 * counts the variables to be found. Puzzles are drawn independently of each other: on small grids some come
 * twice.
 * @return TRM_ERROR_ARGUMENT for a range that is empty or not possible, or in which thousands of attempts
 * found no puzzle; TRM_ERROR_UNSUPPORTED for a task without a generator; TRM_ERROR_MEMORY. After a failure
 * the set is as before. The set's thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_puzzles_generate(trm_puzzles *puzzles,
                                                       const trm_generate_options *options, trm_error *error);

/**
 * The regions of the jigsaw at `index` (below trm_puzzles_count()), as letters.
 * @param regions  receives rows x columns bytes, a letter from A on for each cell, no terminating zero.
 * @return TRM_ERROR_ARGUMENT, also for puzzles of another task. The set's thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_puzzles_regions(const trm_puzzles *puzzles, uint64_t index,
                                                      char *regions, trm_error *error);

/**
 * What the puzzle at `index` (below trm_puzzles_count()) brings beside its text.
 * @param question  to be filled (TRM_QUESTIONS_INIT): count 1, tokens NULL, a shape where it has one of its
 *                  own, relations, helper_tokens, features. Arrays belong to the set.
 * @return TRM_ERROR_ARGUMENT. The set's thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_puzzles_question(const trm_puzzles *puzzles, uint64_t index,
                                                       trm_questions *question, trm_error *error);

/**
 * The puzzle at `index` (below trm_puzzles_count()) as characters; each output may be NULL.
 * @param question  receives rows x columns bytes, or as many as its own shape has positions, no terminating
 *                  zero; `answer` the same.
 * @param rating    receives its rating.
 * @return TRM_ERROR_ARGUMENT. The set's thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_puzzles_get(const trm_puzzles *puzzles, uint64_t index, char *question,
                                                  char *answer, uint32_t *rating, trm_error *error);

/**
 * Writes all puzzles as a file that trm_csv_open() reads, gzipped when the path ends in ".gz": CSV, or JSON
 * lines when puzzles bring more along than the regions of jigsaws.
 * @param output_path  UTF-8.
 * @param source       the first column of every row: without comma, quote or control characters.
 * @return TRM_ERROR_ARGUMENT, _MEMORY, _FILE; TRM_ERROR_UNSUPPORTED for .gz in a build without zlib. The
 * set's thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_puzzles_write(const trm_puzzles *puzzles, const char *output_path,
                                                    const char *source, trm_error *error);

/** What can be wrong with a question; Sudokus have the first seven, paths the others. Since 0.2.0. */
typedef enum trm_fault {
    TRM_FAULT_CLASH = 1,      /**< a given is another digit, which its row, column or box has already */
    TRM_FAULT_WRONG = 2,      /**< a given is another digit, and no two givens contradict each other by it */
    TRM_FAULT_TWO_WRONG = 3,  /**< two givens are other digits */
    TRM_FAULT_UNSOLVABLE = 4, /**< as TRM_FAULT_WRONG, and an exact search finds no solution */
    TRM_FAULT_SEVERAL = 5,    /**< givens are missing: there are several solutions */
    TRM_FAULT_SOLVED = 6,     /**< the question is its answer */
    TRM_FAULT_ONE_BLANK = 7,  /**< but for one cell */
    TRM_FAULT_WALLED_IN = 8,  /**< walls on all four sides of the goal */
    TRM_FAULT_SWAPPED = 9,    /**< start and goal have changed places */
    TRM_FAULT_NOISE =
        10 /**< of all cells but these two one in twenty is a wall instead of free, or the reverse */
} trm_fault;

/**
 * Makes a question faulty, to see what a model does with it. Whether an answer is right then,
 * trm_model_verify() tells.
 * @param task      sudoku or path, of the puzzle's size.
 * @param fault     a trm_fault of this task.
 * @param seed      of what is drawn; the same seed gives the same question.
 * @param answer    the puzzle's answer, rows x columns characters; read during the call only.
 * @param question  the question, as many, and then the faulty one.
 * @param made      receives 1, or 0 when hundreds of tries gave none with that fault: then the question is as
 *                  before; may be NULL.
 * @return TRM_ERROR_ARGUMENT; TRM_ERROR_UNSUPPORTED for a fault of another task, and for Sudokus beyond 16 x
 * 16; TRM_ERROR_PUZZLE for text that is no puzzle of the task; TRM_ERROR_MEMORY. Any thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_spoil(const trm_task *task, uint32_t fault, uint64_t seed,
                                            const char *answer, char *question, uint32_t *made,
                                            trm_error *error);

/* ------------------------------------------------------------------------------------------------------
 * Files of puzzles
 * ---------------------------------------------------------------------------------------------------- */

/**
 * A list of puzzles, read row by row, plain or gzipped (doc/lists.md). Its first line tells what it is.
 *
 * A table has a header, whose names tell the columns: question (or questions, quizzes, puzzle, puzzles, ...),
 * answer (or solution, solutions, ...), rating (or difficulty), source; `rows` and `columns`, the puzzle's
 * grid where its length does not tell it; `regions`, a letter for each cell, those of a jigsaw. Commas,
 * semicolons, tabs or bars stand between them, and fields may stand in quotes. \n or \r\n ends a line; a byte
 * order mark and empty lines are passed over.
 *
 * Under a header that begins with exactly `source,question,answer,rating`, as trm_puzzles_write() makes it,
 * nothing is trimmed, and nothing is quoted but what could be no puzzle otherwise: spaces are cells of a
 * maze.
 *
 * Other lists have a puzzle on each line, perhaps with its answer or a note behind it, or puzzles drawn on
 * several lines.
 *
 * JSON lines, where the first byte is `{`: each line is an object, a puzzle with all that it brings.
 *
 *     {"question": "1..2", "answer": "1212", "relations": {"edge": [[1,3],[0,2],[1,3],[0,2]]}}
 *
 * "question" and "answer" are text, or lists of numbers: 0 for a blank and v for the v-th value where the
 * task has these, else tokens. "relations" are lists over positions or nodes, one for each, in any order, no
 * number twice in a list. "helpers" is the list of their tokens; "features" a list of numbers for each
 * position, then each helper, or all in one. "rows" and "columns", "box": [ROWS, COLUMNS], "positions",
 * "fields" name the shape; "source" and "rating" are as in CSV. Any other key is an error.
 *
 * A folder of arrays, as the published code builds it (all__inputs.npy, all__labels.npy): a row is a puzzle.
 * Only where the task is known. One thread at a time.
 */
typedef struct trm_csv trm_csv;

/** The fields of a row. */
typedef enum trm_csv_field {
    TRM_CSV_SOURCE = 0,
    TRM_CSV_QUESTION = 1,
    TRM_CSV_ANSWER = 2,
    TRM_CSV_RATING = 3,
    TRM_CSV_ROWS =
        4, /**< this and the next also of puzzles that are drawn, where the task leaves their size open */
    TRM_CSV_COLUMNS = 5,
    TRM_CSV_REGIONS = 6
} trm_csv_field;

/** For trm_csv_options.flags: a list without a header is taken as it is: without a task, one question a line
 * and nothing else. */
#define TRM_CSV_LINES 1u
/** The same: a table without a column of answers is refused when it is opened; the sentence names the columns
    that it has. */
#define TRM_CSV_ANSWERS 2u

/** How to read. NULL where options are asked for means TRM_CSV_OPTIONS_INIT. */
typedef struct trm_csv_options {
    size_t size;                    /**< sizeof(trm_csv_options) */
    uint32_t flags;                 /**< TRM_CSV_*, or 0 */
    uint32_t reserved;              /**< 0 */
    const trm_allocator *allocator; /**< for about 200 KB and the longest line, or 1 MB for a
                                       folder, or NULL; must outlive the reader */
    const trm_task *task; /**< what the puzzles are about: its name and alphabet tell cells from what
                                       stands around them, its grid how many there are (0: any); NULL:
                                       unknown */
    const char *question; /**< the column of questions, where its name is not a usual one; or NULL */
    const char *answer;   /**< the same of answers */
} trm_csv_options;
#define TRM_CSV_OPTIONS_INIT \
    { \
        sizeof(trm_csv_options), 0, 0, NULL, NULL, NULL, NULL \
    }

/**
 * Opens a file and reads its first line, or a folder.
 * @param path  UTF-8.
 * @param csv   receives the reader, released by trm_csv_close(); NULL after a failure.
 * @return TRM_ERROR_ARGUMENT, _MEMORY, _FILE; TRM_ERROR_FORMAT for a first line that says nothing and an
 * empty file (not with TRM_CSV_LINES), for what is certainly no list, such as a workbook, and for arrays that
 * are no tokens; TRM_ERROR_UNSUPPORTED for a gzipped file in a build without zlib, and a folder of arrays
 * without a task. Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_csv_open(const char *path, const trm_csv_options *options,
                                               trm_csv **csv, trm_error *error);

/**
 * The same for a file, pipe or terminal that is open already, such as standard input.
 * @param descriptor  of the system; read from where it stands, left open, not used by others meanwhile.
 * @param name        for sentences about it, such as "standard input"; copied.
 * @return as trm_csv_open(). Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_csv_open_descriptor(int descriptor, const char *name,
                                                          const trm_csv_options *options, trm_csv **csv,
                                                          trm_error *error);

/**
 * Opens a list whose bytes are in memory, as trm_csv_open() does a file's.
 * @param bytes  `size` bytes, which stay the caller's, and as they are until the reader is closed; NULL when
 *               size is 0.
 * @param name   what messages call it.
 * @return as trm_csv_open(). Any thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_csv_open_memory(const void *bytes, size_t size, const char *name,
                                                      const trm_csv_options *options, trm_csv **csv,
                                                      trm_error *error);

/** Releases a reader; accepts NULL. The reader's thread. Since 0.1.0. */
TRM_API void trm_csv_close(trm_csv *csv);

/**
 * Goes to the next row, whose fields trm_csv_text() then has.
 * @param line  receives its number in the file, from 1; 0 behind the last row.
 * @return TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY; TRM_ERROR_FILE when the system cannot read on;
 * TRM_ERROR_FORMAT for a row that has not the fields of the first line, an object that is no puzzle, a line
 * of 1 MiB (JSON: 64 MiB) or more, or damaged gzip data. After a failure only trm_csv_close()
 * makes sense. The reader's thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_csv_next(trm_csv *csv, uint64_t *line, trm_error *error);

/**
 * A field of the row that trm_csv_next() went to.
 * @param field   a trm_csv_field.
 * @param length  receives its bytes; may be NULL.
 * @param column  receives where in the line it begins, from 1; 0 when the line has no such field; may be
 *                NULL.
 * @return its text, with a zero behind it, "" for a field that the line does not have; it belongs to the
 * reader until the next trm_csv_next(). NULL, and zeros, without a row or for another field. The reader's
 * thread. Since 0.2.0.
 */
TRM_API const char *trm_csv_text(const trm_csv *csv, uint32_t field, size_t *length, size_t *column);

/**
 * What the row that trm_csv_next() went to brings beside its text: of a row of CSV its regions, where it has
 * these.
 * @param question  to be filled (TRM_QUESTIONS_INIT): count 1; tokens, the numbers of a question that is a
 *                  list, NULL for text (as many as its shape's positions, or rows x columns); one shape, with
 *                  what the row names; relations, helper_tokens and features. Arrays belong to the reader
 *                  until the next trm_csv_next(). A row of CSV without regions has count 0.
 * @param answer    receives the numbers of an answer that is a list, as many as the question has cells, or
 *                  NULL; may be NULL.
 * @param features  receives how many features come with each position and helper; may be NULL.
 * @return TRM_ERROR_ARGUMENT without a row. The reader's thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_csv_question(const trm_csv *csv, trm_questions *question,
                                                   const int32_t **answer, uint32_t *features,
                                                   trm_error *error);

/** 1 when the next row, or its beginning, has been read already; 0 when trm_csv_next() first asks the system
 * for more, which on a terminal or a pipe may take its time. The reader's thread. Since 0.1.0. */
TRM_API uint32_t trm_csv_waiting(const trm_csv *csv);

/**
 * How far the reader is.
 * @param taken  receives the bytes of the stored file that the rows so far are worth, for gzip an estimate.
 * @param whole  receives the size of the stored file; 0 when it has none, as a pipe.
 * Both may be NULL. The reader's thread. Since 0.1.0.
 */
TRM_API void trm_csv_progress(const trm_csv *csv, uint64_t *taken, uint64_t *whole);

/**
 * As trm_puzzles_read(), with a say in how to read: the columns of a table by their names. The task is the
 * set's, and so is the allocator.
 * @param options  or NULL for the defaults.
 * @return as trm_puzzles_read(). The set's thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_puzzles_read_list(trm_puzzles *puzzles, const char *path,
                                                        const trm_csv_options *options, uint64_t limit,
                                                        trm_error *error);

/** For trm_survey.groups: no value stands twice in any of these in any answer. */
#define TRM_SURVEY_ROWS 1u
#define TRM_SURVEY_COLUMNS 2u
#define TRM_SURVEY_BOXES 4u
/** The same for the regions that each puzzle brings. */
#define TRM_SURVEY_REGIONS 8u

/**
 * What a list of puzzles tells of itself, and what it makes sense to train. Texts end with a zero. Fill with
 * TRM_SURVEY_INIT. Since 0.2.0.
 */
typedef struct trm_survey {
    size_t size;        /**< sizeof(trm_survey) */
    uint64_t puzzles;   /**< that were looked at */
    uint64_t repeated;  /**< of these: the same question with the same answer stood before */
    uint32_t cells;     /**< of each; 0: they differ */
    uint32_t grid_rows; /**< both 0: none was found */
    uint32_t grid_columns;
    uint32_t box_rows; /**< both 0: none */
    uint32_t box_columns;
    uint32_t groups;       /**< TRM_SURVEY_*, combined with | */
    uint32_t keeps_givens; /**< 1: what a question gives is in its answer */
    uint32_t has_blank;    /**< 1: the alphabet begins with the character of an open cell */
    /** values that are alike as far as the list can tell: all but the blank; 1: they are not */
    uint32_t fields;
    uint32_t values;     /**< characters of answers */
    char alphabet[128];  /**< of questions and answers */
    char task[64];       /**< proposed: trm_task.name, and for a new model: */
    char relations[768]; /**< as in metadata model.relations; "": those of the task's family */
    uint32_t block;      /**< a trm_block */
    uint32_t channels;
    uint32_t channel_hidden; /**< 0: the usual width */
    uint32_t cycles;
    uint32_t updates;
    uint32_t batch;
    uint64_t steps;
    float start_noise;
    uint32_t helper_tokens; /**< kinds of helpers that puzzles bring */
    char findings
        [4096]; /**< sentences for people: what was found, what follows, what is not known; a line for each */
} trm_survey;
#define TRM_SURVEY_INIT \
    { \
        sizeof(trm_survey), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, { 0 }, { 0 }, { 0 }, 0, 0, 0, 0, 0, 0, 0, \
            0.0f, 0, \
        { \
            0 \
        } \
    }

/**
 * Looks at lists of puzzles of one task that nobody has named: their size, alphabet and grid, the blank,
 * whether answers keep what is given, groups without a value twice, values that are alike. Nothing is certain
 * but what contradicts itself.
 * @param paths    UTF-8, `count` of them; lists with answers. The first 100,000 puzzles, of at most 64 MiB,
 *                 are looked at.
 * @param options  as of trm_csv_open(), without a task; or NULL.
 * @param survey   receives what was found.
 * @return TRM_ERROR_PUZZLE for answers that contradict their questions or each other, whose sentence names
 * rows, and for questions without an answer; otherwise as trm_csv_open() and trm_csv_next(). Any thread.
 * Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_csv_survey(const char *const *paths, size_t count,
                                                 const trm_csv_options *options, trm_survey *survey,
                                                 trm_error *error);

/* ------------------------------------------------------------------------------------------------------
 * Training
 * ---------------------------------------------------------------------------------------------------- */

/** How weights change. Puzzle embeddings always move by the sign of their gradient. */
typedef enum trm_optimiser {
    TRM_OPTIMISER_ADAMW = 1,      /**< arXiv 1711.05101 */
    TRM_OPTIMISER_ADAM_ATAN2 = 2, /**< arXiv 2407.05872, as the published code has it */
    TRM_OPTIMISER_MUON = 3        /**< Muon for the matrices of the network, AdamW for the rest */
} trm_optimiser;

/**
 * Processes that learn together, on one machine or several of the same kind. Each has a trainer of its own,
 * made with the same model, puzzles and options but for `rank`, and calls trm_trainer_step() as often as the
 * others. Of each step it teaches its share of the batch; then all of them have the same bits, which are
 * those of a single process with the same options. `trm train` makes one of MPI. Fill with TRM_TEAM_INIT.
 */
typedef struct trm_team {
    size_t size;    /**< sizeof(trm_team) */
    uint32_t rank;  /**< of this process, below count */
    uint32_t count; /**< processes, at most options.shards */
    /**
     * Gives every process the parts of all: `data` has `count` parts, one after another, of bytes[0],
     * bytes[1], ... bytes, of which this process has filled part `rank`; when it returns the others are
     * filled, too. All processes call it with the same `bytes`. Any other status than TRM_OK, with a sentence
     * in `error` (never NULL), fails the step: its trainer is then as before the step, and may be saved.
     */
    trm_status (*share)(void *user, void *data, const size_t *bytes, trm_error *error);
    void *user; /**< passed to share */
} trm_team;
#define TRM_TEAM_INIT \
    { \
        sizeof(trm_team), 0, 0, NULL, NULL \
    }

/**
 * Rules of a task with several right answers, to learn from. The trainer calls both on the thread that called
 * the library, in the usual floating-point environment. The struct has at least its full size of 0.2.0 and
 * both functions, or the call fails with TRM_ERROR_ARGUMENT. Since 0.2.0.
 */
typedef struct trm_judge {
    size_t size; /**< sizeof(trm_judge) */
    void *user;  /**< passed to both functions */
    /** Judges an answer, as that of trm_verifier; `index` is the puzzle's in its set. */
    trm_status (*verify)(void *user, const trm_questions *question, size_t index, const int32_t *answer,
                         uint32_t *verdict, trm_error *error);
    /**
     * Finds the right answer that the model is nearest to, which then is what it learns.
     * @param question  one question, as of trm_verifier.
     * @param index     the puzzle's in its set.
     * @param logits    S x V, the model's own.
     * @param answer    S tokens: the answer of the set before the call, the nearest one behind it.
     * @param found     receives 1, or 0 when a bounded search found none: then the set's answer stays.
     * @return any status but TRM_OK fails the step, with what is in `error` (never NULL).
     */
    trm_status (*nearest)(void *user, const trm_questions *question, size_t index, const float *logits,
                          int32_t *answer, uint32_t *found, trm_error *error);
} trm_judge;
#define TRM_JUDGE_INIT \
    { \
        sizeof(trm_judge), NULL, NULL, NULL \
    }

/**
 * Finds right answers to learn where several are right, for a host that trains by itself: of each question
 * the one that trm_trainer_step() would learn, which a bounded search finds when it tries first what the
 * model is surest of. Where the model's own answer is right, that is the one.
 * @param model      its rules count, not its weights: they are about values in lists that it hears, or of
 *                   shortest ways on graphs (doc/rules.md).
 * @param questions  as trm_solve() takes them.
 * @param logits     count x S x V: those of a question's values, without fields those of all tokens, are
 *                   finite.
 * @param answers    receives S tokens for each question; those of which none is found are left. After a
 *                   failure those found before it stand there.
 * @param found      receives 1 for each, or 0 where a bounded search found no answer, or the question has
 *                   more than 512 positions or 16 values, or more constraints than the search has room
 *                   for.
 * @return TRM_ERROR_ARGUMENT, TRM_ERROR_PUZZLE as trm_solve(); TRM_ERROR_UNSUPPORTED for a model without such
 *         rules; TRM_ERROR_MEMORY from the model's allocator, whose memory it uses during the call. Any
 *         thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_model_nearest(const trm_model *model, const trm_questions *questions,
                                                    const float *logits, int32_t *answers, uint32_t *found,
                                                    trm_error *error);

/**
 * How to train. Each optimiser step takes one supervision step of each puzzle of the batch; its state is
 * carried on until the puzzle halts, then another takes its place. The defaults are the fast recipe for small
 * models (Muon, cosine, no label smoothing).
 */
typedef struct trm_train_options {
    size_t size;        /**< sizeof(trm_train_options) */
    uint32_t batch;     /**< puzzles at a time */
    uint32_t shards;    /**< parts of the batch whose gradients are summed by themselves: as many threads can
                           work; the weights depend on it, and not on the threads. Each costs the memory of
                           the weights, alone up to 64 of them, and has a puzzle: more than `batch` are as
                           many as `batch` */
    uint64_t steps;     /**< optimiser steps of the whole run, for the schedules */
    uint64_t seed;      /**< of everything that is drawn */
    uint32_t optimiser; /**< a trm_optimiser */
    uint32_t maximum_steps;    /**< supervision steps before a puzzle is replaced in any case */
    double learning_rate;      /**< of AdamW or AdamATan2 */
    double weight_decay;       /**< the same */
    double beta1, beta2;       /**< the same */
    double muon_learning_rate; /**< Muon */
    double muon_weight_decay;
    double muon_momentum;
    double puzzle_learning_rate; /**< of puzzle embeddings */
    double puzzle_weight_decay;
    uint64_t warm_up;       /**< steps over which the learning rates rise from 0 */
    uint32_t cosine;        /**< 1: they fall to 0 over the run as a cosine; 0: they stay */
    uint32_t curriculum;    /**< 1: T 1 n 2, from 30 % of the run T 2 n 4, from 60 % the model's own (arXiv
                               2511.08653) */
    double clip;            /**< the gradient's largest norm; 0: any */
    double smoothing;       /**< of the labels, below 1 */
    double halt_weight;     /**< of the halt loss beside the answer's */
    double exploration;     /**< share of the puzzles that may not halt before a drawn number of steps */
    double average;         /**< decay of the averaged weights (EMA), below 1 */
    uint64_t average_begin; /**< the step from which on they are averaged */
    uint32_t states; /**< latent states of each puzzle, of which the one with the lowest loss learns; 1: the
                        usual */
    uint32_t recompute; /**< 1: less memory for a fifth more time: evaluations are computed again */
    uint32_t plain;     /**< 1: puzzles as they are, 0: each under a random symmetry of its task */
    /** A trm_precision, that of the model to be; 0: fp32. With INT8 the network learns with its matrices
     * rounded to what trm_convert() makes of them; files have fp32 all the same. */
    uint32_t precision;
    const trm_executor *executor;   /**< or NULL: the calling thread; not copied, outlives the trainer */
    const trm_allocator *allocator; /**< or NULL */
    const trm_team *team;           /**< or NULL: this process alone; copied */
    /** relational models: of the loss of what each position says of itself, whether it is right */
    double cell_weight;
    /** 0: a puzzle stays until its halt logit is positive, or for maximum_steps; above: one that is
     * answered rightly is replaced with this probability, whatever the halt logit says */
    double replacement;
    /** 1: the first puzzles begin with step counts drawn below maximum_steps, so that a batch has puzzles
     * of all ages */
    uint32_t staggered;
    const trm_judge *judge; /**< for tasks with several right answers, or NULL; copied */
    /** models with fields (Sudokus): share of the puzzles that are shown with a given that is wrong: what the
     * halt logit should say of them is no, whatever the answer, which is not learnt from. Where the model's
     * file has rules about values in lists that it hears, a bounded search must have shown that no answer is
     * left: a puzzle stays as it is where 16 such changes, drawn at random, did not do; without such rules
     * every change counts */
    double wrong_givens;
} trm_train_options;
#define TRM_TRAIN_OPTIONS_INIT \
    { \
        sizeof(trm_train_options), 128, 8, 1000, 0, TRM_OPTIMISER_MUON, 16, 1e-3, 0.0, 0.9, 0.95, 0.02, \
            0.005, 0.95, 1e-2, 0.1, 0, 1, 0, 1.0, 0.0, 0.5, 0.1, 0.99, 0, 1, 0, 0, 0, NULL, NULL, NULL, 0.1, \
            0.0, 0, NULL, 0.0 \
    }

/** What a field of trm_train_options is. */
typedef enum trm_option_kind {
    TRM_OPTION_SWITCH = 1, /**< uint32_t, 0 or 1 */
    TRM_OPTION_WORD = 2,   /**< uint32_t, for which a word stands */
    TRM_OPTION_COUNT = 3,  /**< uint32_t */
    TRM_OPTION_LONG = 4,   /**< uint64_t */
    TRM_OPTION_REAL = 5    /**< double */
} trm_option_kind;

/** A field of trm_train_options, for commands and forms that offer it. Text is constant. Fill with
 * TRM_OPTION_INFO_INIT. */
typedef struct trm_option_info {
    size_t size;        /**< sizeof(trm_option_info) */
    const char *name;   /**< of the field; NULL behind the last one */
    const char *help;   /**< a few words */
    const char *words;  /**< for the values 1, 2 and so on, with spaces; 0 means the first; or NULL */
    size_t offset;      /**< of the field in trm_train_options */
    uint32_t kind;      /**< a trm_option_kind */
    uint32_t reserved;  /**< 0 */
    double usual;       /**< that of TRM_TRAIN_OPTIONS_INIT */
    double least, most; /**< of what trm_trainer_create() takes; warm_up must also be below steps */
} trm_option_info;
#define TRM_OPTION_INFO_INIT \
    { \
        sizeof(trm_option_info), NULL, NULL, NULL, 0, 0, 0, 0.0, 0.0, 0.0 \
    }

/** The option at `index`, from 0: all fields of trm_train_options that are numbers.
 *  @return TRM_ERROR_ARGUMENT. Any thread. Since 0.2.0. */
TRM_API TRM_MUST_CHECK trm_status trm_train_option(uint32_t index, trm_option_info *info, trm_error *error);

/** A training run: weights, averages, moments, and the puzzles on their way. One thread at a time. */
typedef struct trm_trainer trm_trainer;

/** What a step did. Fill with TRM_TRAIN_REPORT_INIT. */
typedef struct trm_train_report {
    size_t size;      /**< sizeof(trm_train_report) */
    uint64_t step;    /**< optimiser steps so far, this one too */
    uint64_t steps;   /**< of the whole run */
    uint32_t cycles;  /**< T of this step */
    uint32_t updates; /**< n of this step */
    double loss;      /**< mean over the batch: answer + halt_weight * halt + cell_weight * cells */
    double answer_loss;
    double halt_loss;
    double cell_accuracy;  /**< of the answers of all puzzles of the batch */
    double gradient_norm;  /**< before it was clipped */
    double rate_share;     /**< of the options' learning rates, which this step took: the schedule's */
    uint64_t halted;       /**< puzzles that were replaced */
    uint64_t exact;        /**< of those: all cells right */
    uint64_t halted_steps; /**< of those: supervision steps, summed up */
    double cell_loss;      /**< relational models: of the positions' confidences */
} trm_train_report;
#define TRM_TRAIN_REPORT_INIT \
    { \
        sizeof(trm_train_report), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
    }

/**
 * Begins a run.
 * @param model_path  a .trm file (trm_init() makes one), whose weights are the first; only read. What a
 * calibration found, threshold and selectors, is left out: other weights say other probabilities.
 * @param puzzles     to learn from; used until the trainer is freed. Their cells must be the model's
 * positions, their tokens in its vocabulary.
 * @param options     or NULL for the defaults.
 * @param trainer     receives the run, released by trm_trainer_free(); NULL after a failure.
 * @return TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY, TRM_ERROR_PUZZLE for puzzles that do not fit the model,
 * TRM_ERROR_UNSUPPORTED for an HRM or more than 256 updates a cycle; otherwise as trm_model_open(). Any
 * thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_trainer_create(const char *model_path, const trm_puzzles *puzzles,
                                                     const trm_train_options *options, trm_trainer **trainer,
                                                     trm_error *error);

/**
 * Adds a further set to learn from, before the first step: relational models without a size of their own
 * learn from puzzles of several shapes, each set of one. A run that goes on from its checkpoint is given them
 * again, in the same order with the same shares.
 * @param puzzles  as of trm_trainer_create(); used until the trainer is freed.
 * @param share    how often its puzzles are drawn; that of the first set is 1. Above 0.
 * @return as trm_trainer_create(); TRM_ERROR_ARGUMENT after the first step, and for more than 64 sets; as
 * trm_trainer_resume() for a set that is not the checkpoint's. After another failure than these the run can
 * only be freed. The trainer's thread. Since 0.2.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_trainer_add(trm_trainer *trainer, const trm_puzzles *puzzles,
                                                  double share, trm_error *error);

/** Releases a run; accepts NULL. The trainer's thread. Since 0.1.0. */
TRM_API void trm_trainer_free(trm_trainer *trainer);

/**
 * One optimiser step. The bits of the weights depend on the model, the puzzles and the options alone, not on
 * the executor.
 * @param report  receives what was done; may be NULL.
 * @return TRM_ERROR_ARGUMENT when all steps of the run are done; what the team's share() returned, and
 * TRM_ERROR_UNSUPPORTED when the loss or the
 * gradient is not a finite number: the weights are then as before the step, and the run cannot go on. The
 * trainer's thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_trainer_step(trm_trainer *trainer, trm_train_report *report,
                                                   trm_error *error);

/** Optimiser steps so far; 0 for NULL. The trainer's thread. Since 0.1.0. */
TRM_API uint64_t trm_trainer_steps(const trm_trainer *trainer);

/** The model with the averaged weights as they are after the last step, to solve with. It belongs to the
 *  trainer and changes with the next step. The trainer's thread. Since 0.1.0. */
TRM_API const trm_model *trm_trainer_model(const trm_trainer *trainer);

/**
 * Adds text to the metadata of the files that are written, such as "provenance.command"; replaces what has
 * the same key.
 * @param key   1 to 255 of A-Z a-z 0-9 . _ -, neither "model." nor "train." in front.
 * @param text  UTF-8.
 * @return TRM_ERROR_ARGUMENT, TRM_ERROR_MEMORY. The trainer's thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_trainer_describe(trm_trainer *trainer, const char *key,
                                                       const char *text, trm_error *error);

/**
 * Writes the averaged weights as a model.
 * @param deflate  1: deflated, for shipping.
 * @return TRM_ERROR_ARGUMENT, _MEMORY, _FILE, _UNSUPPORTED. The trainer's thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_trainer_write(trm_trainer *trainer, const char *output_path,
                                                    uint32_t deflate, trm_error *error);

/**
 * Writes a checkpoint: everything that trm_trainer_resume() needs. It is a .trm file too, that of the
 * averaged weights.
 * @return as trm_trainer_write(). The trainer's thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_trainer_save(trm_trainer *trainer, const char *output_path,
                                                   trm_error *error);

/**
 * Goes on with a run from its checkpoint, bit for bit as if it had not been interrupted.
 * @param puzzles   the same as before, which is checked; of several sets the first: trm_trainer_add() brings
 *                  the others.
 * @param options   of these, executor and allocator count, the rest comes from the checkpoint; or NULL.
 * @return as trm_trainer_create(), and TRM_ERROR_FORMAT for a file that is no checkpoint. Any thread. Since
 * 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_trainer_resume(const char *checkpoint_path, const trm_puzzles *puzzles,
                                                     const trm_train_options *options, trm_trainer **trainer,
                                                     trm_error *error);

#ifdef __cplusplus
}
#endif

#endif /* TRM_TRAIN_H */
