//! What a model is, copied: nothing here refers to the file any more.

use crate::enumeration::enumeration;
use crate::error::{check, Result};
use std::ffi::CStr;
use std::os::raw::c_char;
use trm_sys::{trm_metadata, trm_model, trm_model_info};
use trm_sys::{TRM_METADATA_INIT, TRM_MODEL_INFO_INIT, TRM_TENSOR_INFO_INIT};

enumeration! {
    /// Who computes the updates of z and of y.
    Architecture {
        /// One network for both.
        Trm = TRM_ARCHITECTURE_TRM,
        /// Hierarchical Reasoning Model ([arXiv 2506.21734](https://arxiv.org/abs/2506.21734)): a low and a high network.
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
        /// v + 1 for v >= 0, 1 / (1 - v) below, normalised ([arXiv 2501.04697](https://arxiv.org/abs/2501.04697)).
        Stablemax = TRM_LIKELIHOOD_STABLEMAX,
    }
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
    /// Whether matrices of the blocks are 8-bit integers, in the file or by [`OpenOptions::int8`](crate::OpenOptions::int8).
    pub quantised: bool,
    /// Rows of a box of the grid, as of a Sudoku; 0 where there are none.
    pub box_rows: u32,
    /// Its columns.
    pub box_columns: u32,
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
        box_rows: info.box_rows,
        box_columns: info.box_columns,
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
        _ => Metadata::Bytes(unsafe { std::slice::from_raw_parts(entry.bytes.cast(), entry.length as usize) }.to_vec()),
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
    Ok(Tensor { name, rows: info.rows, columns: info.columns, stored_bytes: info.stored_bytes, kind, layout, encoding })
}

/// # Safety
///
/// The pointer is to text that ends with a zero.
unsafe fn text(pointer: *const c_char) -> String {
    // SAFETY: as the caller says.
    unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned()
}
