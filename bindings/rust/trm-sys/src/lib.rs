//! Declarations of libtrm, a C library that runs Tiny Recursive Models. The crate `trm` is the safe way to it.
//!
//! Names, rules and documentation are those of the C header, `trm/trm.h`: a test compares every type, value, default
//! and signature with it. The library is the installed one, found by pkg-config, when it is at least as new as this
//! crate; otherwise, with the feature `bundled`, or with `TRM_BUNDLED=1` in the environment of cargo, it is compiled
//! from the sources that come with the crate, by `CC` or `cc`. With the feature `train` that is libtrm-train, too,
//! which makes and trains models (`trm/train.h`); its sources need the library jansson.
//!
//! # Rules that hold for every function
//!
//! * A [`trm_model`] never changes: any number of threads may use it at once. A [`trm_solver`] belongs to one thread
//!   at a time. A [`trm_pool`] may be used by several threads; their calls take turns.
//! * A function that can fail returns a [`trm_status`]; the optional last argument receives a sentence about it. When
//!   a function fails, its outputs are as they were, unless it says otherwise.
//! * The caller owns what it passes in. What a function creates is released by the function named with it.
//! * A struct that the caller fills begins with its own size, set by its `_INIT` constant.
#![allow(non_camel_case_types)]

#[rustfmt::skip] // lines are those of the header
mod declarations;

pub use declarations::*;

#[cfg(feature = "train")]
#[rustfmt::skip]
mod train;

#[cfg(feature = "train")]
pub use train::*;
