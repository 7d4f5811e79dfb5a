//! Models made and trained: libtrm-train. This module comes with the feature `train`.
//!
//! ```
//! use trm::train::{Generate, InitOptions, Puzzles, Task, TrainOptions, Trainer};
//!
//! # let directory = std::env::temp_dir().join(format!("trm-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&directory).unwrap();
//! # let path = directory.join("new.trm");
//! let task = Task::sudoku(2, 2);
//! let mut puzzles = Puzzles::new(&task)?;
//! puzzles.generate(&Generate::new(1000).seed(7))?; // or read("mine.csv")?
//!
//! InitOptions::new().task(&task).channels(32).token_hidden(32).write(&path)?;
//! let mut trainer = Trainer::new(&path, &puzzles, &TrainOptions::new().steps(2).batch(16))?;
//! while trainer.steps() < 2 {
//!     println!("loss {:.3}", trainer.step()?.loss);
//! }
//! trainer.write(&path)?;
//! assert_eq!(trm::Model::open(&path)?.info().positions, 16);
//! # std::fs::remove_dir_all(&directory).unwrap();
//! # Ok::<(), trm::Error>(())
//! ```
//!
//! What is written appears whole or not at all: it is made beside its final name, and then renamed.

mod convert;
mod init;
mod options;
mod puzzles;
mod settings;
mod task;
mod trainer;

pub use convert::{ConvertOptions, Precision};
pub use init::InitOptions;
pub use options::{Optimiser, TrainOptions};
pub use puzzles::{Generate, Lesson, Puzzles, ReadOptions};
pub use task::Task;
pub use trainer::{Report, Trainer};
