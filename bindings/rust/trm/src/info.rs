//! What a model is, copied: nothing here refers to the file any more.

use crate::enumeration::enumeration;
use crate::error::{check, Result};
use std::ffi::CStr;
use std::os::raw::c_char;
use trm_sys::{trm_metadata, trm_model, trm_model_info};
use trm_sys::{TRM_AGGREGATE_MAX, TRM_AGGREGATE_NODE, TRM_AGGREGATE_SUM};
use trm_sys::{TRM_METADATA_INIT, TRM_MODEL_INFO_INIT, TRM_RELATION_INFO_INIT, TRM_TENSOR_INFO_INIT};

enumeration! {
    /// Who computes the updates of z and of y.
    Architecture {
        /// One network for both.
        Trm = TRM_ARCHITECTURE_TRM,
        /// Hierarchical Reasoning Model ([arXiv 2506.21734](https://arxiv.org/abs/2506.21734)): a low and a
        /// high network.
        Hrm = TRM_ARCHITECTURE_HRM,
    }
}

enumeration! {
    /// How positions exchange information in a block.
    Block {
        /// A SwiGLU over the positions, for each channel.
        Mixer = TRM_BLOCK_MIXER,
        /// Multi-head attention, not causal.
        Attention = TRM_BLOCK_ATTENTION,
        /// Named relations, one set of weights for every position and every size.
        Relational = TRM_BLOCK_RELATIONAL,
    }
}

enumeration! {
    /// How positions are told apart.
    PositionEncoding {
        /// Not at all.
        None = TRM_POSITION_NONE,
        /// By a learned vector added to each embedded token.
        Learned = TRM_POSITION_LEARNED,
        /// By a rotation of queries and keys.
        Rotary = TRM_POSITION_ROTARY,
    }
}

enumeration! {
    /// The gated unit; with \[g, s\] = W a:
    Gate {
        /// silu(g) s
        Plain = TRM_GATE_PLAIN,
        /// sigmoid(g) r(g s)
        Normed = TRM_GATE_NORMED,
    }
}

enumeration! {
    /// What turns logits into probabilities, as in the loss that the model was trained with.
    Likelihood {
        /// The usual one.
        Softmax = TRM_LIKELIHOOD_SOFTMAX,
        /// v + 1 for v >= 0, 1 / (1 - v) below, normalised
        /// ([arXiv 2501.04697](https://arxiv.org/abs/2501.04697)).
        Stablemax = TRM_LIKELIHOOD_STABLEMAX,
    }
}

enumeration! {
    /// How the halt probability comes about.
    Halting {
        /// The sigmoid of one number.
        Logit = TRM_HALTING_LOGIT,
        /// That of a soft minimum over all that answers: as sure as the least sure one.
        Softmin = TRM_HALTING_SOFTMIN,
        /// The product over all that answers.
        Product = TRM_HALTING_PRODUCT,
        /// The sigmoid of the halt logit less the continue logit.
        Difference = TRM_HALTING_DIFFERENCE,
    }
}

enumeration! {
    /// Where the lists of a relation come from.
    RelationSource {
        /// From a puzzle's shape and the relation's name, unless the puzzle brings its own.
        Shape = TRM_RELATION_SHAPE,
        /// From the model's file, unless the puzzle brings its own.
        File = TRM_RELATION_FILE,
        /// Every puzzle brings its own.
        Question = TRM_RELATION_QUESTION,
    }
}

enumeration! {
    /// What the elements of a relation are: what its lists are counted by, and what stands in them.
    RelationLevel {
        /// Positions; each value hears its like there.
        Positions = TRM_LEVEL_POSITIONS,
        /// Nodes: value v of position p is p F + v, the helpers follow.
        Nodes = TRM_LEVEL_NODES,
        /// Values within a position, the same in each.
        Fields = TRM_LEVEL_FIELDS,
    }
}

/// A relation that a model knows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RelationInfo {
    /// Its name, as a [`Relation`](crate::Relation) of a puzzle has it.
    pub name: String,
    /// Where its lists come from.
    pub source: RelationSource,
    /// What it is counted by.
    pub level: RelationLevel,
    /// Whether the sum of a list is heard.
    pub sum: bool,
    /// Whether the largest number of a list in each channel is heard.
    pub max: bool,
    /// Whether lists have one element at most, which is heard as it is.
    pub node: bool,
}

/// What a model is, and what it costs to run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Info {
    /// Whether there is one network or two.
    pub architecture: Architecture,
    /// What its blocks are.
    pub block: Block,
    /// How positions are told apart.
    pub position_encoding: PositionEncoding,
    /// The gated unit of its blocks.
    pub gate: Gate,
    /// What turns logits into probabilities.
    pub likelihood: Likelihood,
    /// D, the numbers at each position.
    pub channels: u32,
    /// S, the tokens of a question and of an answer.
    pub positions: u32,
    /// P, the rows before them: puzzle embedding or registers.
    pub prefix: u32,
    /// V; token values are 0 to V - 1.
    pub vocabulary: u32,
    /// Rows of the puzzle-embedding table; 0 without one.
    pub identifiers: u32,
    /// K, blocks of the network; in an HRM of the low one.
    pub blocks: u32,
    /// Blocks of an HRM's high network; 0 in a TRM.
    pub high_blocks: u32,
    /// Attention heads; 0 in mixers.
    pub heads: u32,
    /// Hidden width of the SwiGLU over positions; 0 with attention.
    pub token_hidden: u32,
    /// Hidden width of the SwiGLU over channels.
    pub channel_hidden: u32,
    /// T, updates of y in a supervision step.
    pub cycles: u32,
    /// n, updates of z before each update of y.
    pub updates: u32,
    /// Supervision steps that the model was trained for.
    pub maximum_steps: u32,
    /// Rows of the question as a grid; 0 when it is none.
    pub grid_rows: u32,
    /// Its columns.
    pub grid_columns: u32,
    /// Whether weights are used in place; otherwise they were copied or expanded.
    pub mapped: bool,
    pub(crate) metadata_count: u32,
    pub(crate) tensor_count: u32,
    /// Trained numbers.
    pub parameters: u64,
    /// Size of the file.
    pub file_bytes: u64,
    /// Size of the weights in memory.
    pub weight_bytes: u64,
    /// Operations of one supervision step of one puzzle: 2 for each multiply-add of a matrix product.
    pub step_operations: u64,
    /// What it solves, such as "sudoku"; "" when the file does not say.
    pub task: String,
    /// The instruction set of the kernels in use, such as "avx2".
    pub instruction_set: String,
    /// Whether matrices of the blocks are 8-bit integers, in the file or by
    /// [`OpenOptions::int8`](crate::OpenOptions::int8).
    pub quantised: bool,
    /// F, values that are treated alike, of the model's own shape; 1: none are.
    pub fields: u32,
    /// The token of the first of the values that its task treats alike.
    pub first_value: i32,
    /// How many values there are from that on; 0 where the task has none.
    pub values: u32,
    /// Rows of a box of the grid, as of a Sudoku; 0 where there are none.
    pub box_rows: u32,
    /// Its columns.
    pub box_columns: u32,
    /// The fewest rows of a grid that the model takes; 0 without a grid.
    pub least_rows: u32,
    /// The most.
    pub most_rows: u32,
    /// The fewest columns.
    pub least_columns: u32,
    /// The most.
    pub most_columns: u32,
    /// The fewest values of a position.
    pub least_fields: u32,
    /// The most.
    pub most_fields: u32,
    /// The most positions; in a model of one size that size.
    pub most_positions: u32,
    pub(crate) relation_count: u32,
    /// Kinds of helpers: their tokens are below it; 0: the model knows no helpers.
    pub helper_tokens: u32,
    /// Real numbers that come with each position and helper; 0: none.
    pub features: u32,
    /// How the halt probability comes about.
    pub halting: Halting,
    /// Of the halt probability, above which it stops by itself.
    pub halt_threshold: f32,
    /// Whether it was taught how sure it is of each position.
    pub cell_confidence: bool,
    /// Deviation of the random numbers that a run may start with; 0: it was taught without.
    pub start_noise: f32,
    /// The token of what a question leaves open, where that is known.
    pub blank: Option<i32>,
    /// Whether an answer has everything else that its question has.
    pub keeps_givens: bool,
}

/// A value of a file's metadata.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Metadata {
    /// A whole number.
    Integer(u64),
    /// A real number.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes, as of alphabets; values of kinds that only newer versions know, too.
    Bytes(Vec<u8>),
}

/// How a tensor is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tensor {
    /// Its name, as in doc/format.md.
    pub name: String,
    /// Outputs.
    pub rows: u64,
    /// Inputs.
    pub columns: u64,
    /// Size in the file.
    pub stored_bytes: u64,
    /// "f32" or "i8".
    pub kind: String,
    /// "rows" or "panels".
    pub layout: String,
    /// "raw" or "deflate".
    pub encoding: String,
}

/// # Safety
///
/// The model is open.
pub(crate) unsafe fn describe(model: *const trm_model) -> Result<Info> {
    let mut info = TRM_MODEL_INFO_INIT;
    // SAFETY: the model is open, and `info` begins with its size.
    check(|error| unsafe { trm_sys::trm_model_describe(model, &mut info, error) })?;
    // SAFETY: its texts belong to the open model.
    Ok(unsafe { copy(&info) })
}

/// # Safety
///
/// The texts are there.
unsafe fn copy(info: &trm_model_info) -> Info {
    Info {
        architecture: info.architecture.into(),
        block: info.block.into(),
        position_encoding: info.position_encoding.into(),
        gate: info.gate.into(),
        likelihood: info.likelihood.into(),
        channels: info.channels,
        positions: info.positions,
        prefix: info.prefix,
        vocabulary: info.vocabulary,
        identifiers: info.identifiers,
        blocks: info.blocks,
        high_blocks: info.high_blocks,
        heads: info.heads,
        token_hidden: info.token_hidden,
        channel_hidden: info.channel_hidden,
        cycles: info.cycles,
        updates: info.updates,
        maximum_steps: info.maximum_steps,
        grid_rows: info.grid_rows,
        grid_columns: info.grid_columns,
        mapped: info.mapped != 0,
        metadata_count: info.metadata_count,
        tensor_count: info.tensor_count,
        parameters: info.parameters,
        file_bytes: info.file_bytes,
        weight_bytes: info.weight_bytes,
        step_operations: info.step_operations,
        // SAFETY: as the caller says.
        task: unsafe { text(info.task) },
        // SAFETY: as above.
        instruction_set: unsafe { text(info.instruction_set) },
        quantised: info.quantised != 0,
        fields: info.fields,
        first_value: info.first_value as i32,
        values: info.values,
        box_rows: info.box_rows,
        box_columns: info.box_columns,
        least_rows: info.least_rows,
        most_rows: info.most_rows,
        least_columns: info.least_columns,
        most_columns: info.most_columns,
        least_fields: info.least_fields,
        most_fields: info.most_fields,
        most_positions: info.most_positions,
        relation_count: info.relations,
        helper_tokens: info.helper_tokens,
        features: info.features,
        halting: info.halting.into(),
        halt_threshold: info.halt_threshold,
        cell_confidence: info.cell_confidence != 0,
        start_noise: info.start_noise,
        blank: (info.blank < info.vocabulary).then_some(info.blank as i32),
        keeps_givens: info.keeps_givens != 0,
    }
}

/// # Safety
///
/// The model is open.
pub(crate) unsafe fn metadata(model: *const trm_model, index: u32) -> Result<(String, Metadata)> {
    let mut entry = TRM_METADATA_INIT;
    // SAFETY: the model is open, and `entry` begins with its size.
    check(|error| unsafe { trm_sys::trm_model_metadata(model, index, &mut entry, error) })?;
    // SAFETY: the text belongs to the open model.
    Ok(unsafe { (text(entry.key), value(&entry)) })
}

/// # Safety
///
/// Bytes that the entry names are there.
unsafe fn value(entry: &trm_metadata) -> Metadata {
    match entry.r#type {
        trm_sys::TRM_METADATA_INTEGER => Metadata::Integer(entry.integer),
        trm_sys::TRM_METADATA_REAL => Metadata::Real(entry.real),
        // SAFETY: text is followed by a zero.
        trm_sys::TRM_METADATA_TEXT => Metadata::Text(unsafe { text(entry.bytes) }),
        _ if entry.bytes.is_null() => Metadata::Bytes(Vec::new()),
        // SAFETY: there are so many.
        _ => Metadata::Bytes(
            unsafe { std::slice::from_raw_parts(entry.bytes.cast(), entry.length as usize) }.to_vec(),
        ),
    }
}

/// # Safety
///
/// The model is open.
pub(crate) unsafe fn tensor(model: *const trm_model, index: u32) -> Result<Tensor> {
    let mut info = TRM_TENSOR_INFO_INIT;
    // SAFETY: the model is open, and `info` begins with its size.
    check(|error| unsafe { trm_sys::trm_model_tensor(model, index, &mut info, error) })?;
    // SAFETY: texts belong to the open model, or are constants.
    let [name, kind, layout, encoding] =
        [info.name, info.r#type, info.layout, info.encoding].map(|pointer| unsafe { text(pointer) });
    Ok(Tensor {
        name,
        rows: info.rows,
        columns: info.columns,
        stored_bytes: info.stored_bytes,
        kind,
        layout,
        encoding,
    })
}

/// # Safety
///
/// The model is open.
pub(crate) unsafe fn relation(model: *const trm_model, index: u32) -> Result<RelationInfo> {
    let mut info = TRM_RELATION_INFO_INIT;
    // SAFETY: the model is open, and `info` begins with its size.
    check(|error| unsafe { trm_sys::trm_model_relation(model, index, &mut info, error) })?;
    Ok(RelationInfo {
        // SAFETY: the name belongs to the open model.
        name: unsafe { text(info.name) },
        source: info.source.into(),
        level: info.level.into(),
        sum: info.aggregates & TRM_AGGREGATE_SUM != 0,
        max: info.aggregates & TRM_AGGREGATE_MAX != 0,
        node: info.aggregates & TRM_AGGREGATE_NODE != 0,
    })
}

/// # Safety
///
/// The pointer is to text that ends with a zero.
unsafe fn text(pointer: *const c_char) -> String {
    // SAFETY: as the caller says.
    unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned()
}
