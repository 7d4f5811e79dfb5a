//! Tiny Recursive Models ([arXiv 2510.04871](https://arxiv.org/abs/2510.04871)) solve puzzles such as Sudoku
//! and mazes: a small network refines its own answer, step by step, until it believes that the answer is
//! right. This crate runs them. It is the safe side of libtrm, a C library, which it links or brings along:
//! see [`trm_sys`].
//!
//! ```
//! use trm::{Model, Options};
//!
//! fn main() -> Result<(), trm::Error> {
//!     let model = Model::open("models/sudoku-4x4.trm")?;
//!     let answer = model.solve("1.3..4.2.3.12.4.", &Options::new())?;
//!     assert_eq!(answer.to_string(), "1234341243212143");
//!     assert!(answer.halt_probability > 0.9);
//!     Ok(())
//! }
//! ```
//!
//! * A [`Model`] never changes after it was opened. It is [`Send`], [`Sync`] and cheap to clone: any number
//!   of threads may solve with one.
//! * [`Options`] say how to solve: how many steps, how sure the model has to be, how long it may take, on
//!   which threads.
//! * [`Model::solve`] solves one puzzle, [`Model::solve_all`] many, [`Model::steps`] shows one being solved,
//!   step by step, a [`Solver`] does so with a batch, and [`Model::trace`] keeps every step of every run.
//! * A [`Puzzle`] may have a [`Shape`] and bring a [`Relation`], helpers and features of its own, for models
//!   that take those: one model answers Sudokus of every size, another colours any graph.
//! * With the feature `train`, the module `train` makes and trains models.
//! * Everything that can fail gives an [`Error`] with the library's sentence: what was expected, what was
//!   found, and where.
//!
//! The same model and puzzle give the same bits as an answer, whatever the number of threads, the batch or
//! the processor, and the same as every other program that uses libtrm. The library prints nothing and has no
//! global state.
#![warn(missing_docs, missing_debug_implementations, unsafe_op_in_unsafe_fn, unreachable_pub)]

mod answer;
mod callbacks;
mod candidates;
mod digits;
mod enumeration;
mod error;
mod executor;
mod hints;
mod info;
mod json;
mod measure;
mod model;
mod named;
mod open;
mod options;
mod pool;
mod puzzle;
mod questions;
mod relation;
mod repair;
mod shape;
mod solver;
mod steps;
mod text;
mod threads;
mod trace;
#[cfg(feature = "train")]
pub mod train;

pub use answer::{Answer, How, Policy, Stop, Verdict};
pub use callbacks::RunStep;
pub use candidates::Candidate;
pub use error::{Error, Result, Status};
pub use executor::Tasks;
pub use hints::{Hint, Hints, HintsEnd, Reason};
pub use info::{
    Architecture, Block, Gate, Halting, Info, Likelihood, Metadata, PositionEncoding, RelationInfo,
};
pub use info::{RelationLevel, RelationSource, Tensor};
pub use measure::{peak_gflops, peak_gops_int8};
pub use model::Model;
pub use named::models;
pub use open::OpenOptions;
pub use options::{Options, Start};
pub use pool::Pool;
pub use puzzle::Puzzle;
pub use relation::{Lists, Relation};
pub use repair::Repair;
pub use shape::Shape;
pub use solver::Solver;
pub use steps::Steps;
pub use trace::Trace;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The library's version, such as "0.2.0".
///
/// ```
/// assert!(trm::version().starts_with("0."));
/// ```
pub fn version() -> &'static str {
    // SAFETY: the function has no preconditions; it returns a constant, which is ASCII.
    let text = unsafe { std::ffi::CStr::from_ptr(trm_sys::trm_version_text()) };
    text.to_str().unwrap_or_default()
}
