/*
 * train.h - libtrm-train: make and change Tiny Recursive Models
 * Copyright (c) 2026 the libtrm authors. SPDX-License-Identifier: MIT
 *
 * \file train.h
 *
 * libtrm (trm.h) opens models and solves with them. This library makes the files that it opens: it converts
 * the checkpoints of the published training code (TRM and HRM, as safetensors) and back, re-encodes model
 * files for shipping, and makes models with random weights of any dimensions.
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
 * flushed to the disk and renamed. After a failure that file is gone, and what was at OUTPUT before is
 * untouched. An OUTPUT that exists must be a regular file; a symbolic link is replaced by the new file. Input
 * and output may be the same file. Threads.   Every function may be called by any thread, also at the same
 * time; each does its work on the calling thread. Memory.    The allocator of the options serves everything
 * but the JSON of headers and configurations, for which the JSON library calls malloc. Beyond the input,
 * memory for the largest tensor twice is needed. Versions.  This library loads with exactly the libtrm that
 * it was built with.
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
 *     NET.layers.I.mlp_t.gate_up_proj.weight, .mlp_t.down_proj.weight, .self_attn.qkv_proj.weight,
 * .self_attn.o_proj.weight, .mlp.gate_up_proj.weight, .mlp.down_proj.weight      NET: L_level, and in an HRM
 * H_level too
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
 * "softmax"), "grid_rows", "grid_columns".
 *
 * In a safetensors file written here `__metadata__` holds "arch" ("trm" or "hrm"), "config" (that object) and
 * the model's own metadata: text under its key, bytes in hexadecimal under its key and ".hex". Reading takes
 * up again the keys with a dot.
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

/** How to convert. NULL where options are asked for means TRM_CONVERT_OPTIONS_INIT. */
typedef struct trm_convert_options {
    size_t size; /**< sizeof(trm_convert_options) */
    uint32_t
        format; /**< a trm_format to write; 0: safetensors when OUTPUT ends in ".safetensors", else .trm */
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
    uint32_t reserved;              /**< 0 */
    const trm_allocator *allocator; /**< or NULL */
} trm_convert_options;
#define TRM_CONVERT_OPTIONS_INIT \
    { \
        sizeof(trm_convert_options), 0, 0, NULL, NULL, NULL, 0, 0, 0, 0, NULL \
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
 * @param output        receives the new file's bytes, released by trm_convert_free() with the same allocator.
 * @param output_bytes  receives their number.
 * @return as trm_convert(). Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_convert_memory(const void *data, size_t bytes,
                                                     const trm_convert_options *options, void **output,
                                                     size_t *output_bytes, trm_error *error);

/** Releases what trm_convert_memory() made with this allocator (NULL: the default one); accepts NULL. Any
 * thread. Since 0.1.0. */
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
} trm_init_options;
#define TRM_INIT_OPTIONS_INIT \
    { \
        sizeof(trm_init_options), TRM_ARCHITECTURE_TRM, TRM_BLOCK_MIXER, 0, TRM_GATE_PLAIN, \
            TRM_LIKELIHOOD_STABLEMAX, 512, 81, 16, 11, 0, 0, 0, 2, 0, 0, 0, 0, 3, 6, 16, 0, 0, NULL, NULL, \
            0, 0, 0, 0, NULL \
    }

/**
 * Writes a .trm file with random weights: matrices and embeddings nearly normal with deviation 1 /
 * sqrt(inputs), initial states with deviation 1, the halt head 0 with bias -5, puzzle embeddings and the
 * token head's bias 0, as the published code starts. The same options give the same bytes on every machine,
 * as long as nothing is deflated (zlib's output depends on its version).
 * @param output_path  UTF-8.
 * @param options      or NULL for the defaults.
 * @return TRM_ERROR_ARGUMENT, _MEMORY, _FILE, _UNSUPPORTED. Any thread. Since 0.1.0.
 */
TRM_API TRM_MUST_CHECK trm_status trm_init(const char *output_path, const trm_init_options *options,
                                           trm_error *error);

#ifdef __cplusplus
}
#endif

#endif /* TRM_TRAIN_H */
