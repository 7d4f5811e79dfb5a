//! New models.

use super::settings::settings;
use super::task::Task;
use crate::error::{check, Result};
use crate::info::{Architecture, Block, Gate, Likelihood, PositionEncoding};
use crate::text;
use std::path::Path;

settings! {
    /// The dimensions of a new model. What is not said is the paper's for Sudoku, with registers as prefix.
    ///
    /// ```
    /// use trm::train::{InitOptions, Task};
    ///
    /// # let directory = std::env::temp_dir().join(format!("trm-init-{}", std::process::id()));
    /// # std::fs::create_dir_all(&directory).unwrap();
    /// # let path = directory.join("new.trm");
    /// InitOptions::new().task(&Task::path(8, 8)).channels(64).token_hidden(64).write(&path)?;
    /// assert_eq!(trm::Model::open(&path)?.info().task, "path");
    /// # std::fs::remove_dir_all(&directory).unwrap();
    /// # Ok::<(), trm::Error>(())
    /// ```
    InitOptions of trm_init_options = TRM_INIT_OPTIONS_INIT {
        /// One network or two; training takes TRMs alone.
        architecture(Architecture): u32,
        /// How positions exchange information.
        block(Block): u32,
        /// How positions are told apart. Unless said, not at all in a mixer, by rotation with attention.
        position_encoding(PositionEncoding): u32,
        /// The gated unit.
        gate(Gate): u32,
        /// What turns logits into probabilities.
        likelihood(Likelihood): u32,
        /// D, 512 unless said.
        channels(u32): u32,
        /// S, unless a [`task`](Self::task) tells.
        positions(u32): u32,
        /// P, 16 unless said.
        prefix(u32): u32,
        /// V, unless a [`task`](Self::task) tells.
        vocabulary(u32): u32,
        /// Rows of a puzzle-embedding table, which then is the prefix.
        identifiers(u32): u32,
        /// Numbers in a row of that table, at most P x D; D unless said.
        puzzle_width(u32): u32,
        /// Whether the token head has a bias.
        head_bias(bool): u32,
        /// K, 2 unless said; in an HRM of the low network.
        blocks(u32): u32,
        /// Of an HRM's high network; as many unless said.
        high_blocks(u32): u32,
        /// With attention; one for each 64 channels unless said.
        heads(u32): u32,
        /// Hidden width over the positions, in mixers; 8/3 of P + S, rounded up to a multiple of 256, unless
        /// said.
        token_hidden(u32): u32,
        /// Hidden width over the channels; the same of D unless said.
        channel_hidden(u32): u32,
        /// T, updates of y in a supervision step.
        cycles(u32): u32,
        /// n, updates of z before each of them.
        updates(u32): u32,
        /// Supervision steps.
        maximum_steps(u32): u32,
        /// Whether weights are deflated, for shipping.
        deflate(bool): u32,
        /// Of the random weights: the same options give the same file on every machine, as long as nothing is
        /// deflated.
        seed(u64): u64,
    }
    {
        task: Option<Task>,
    }
}

impl InitOptions {
    /// The paper's.
    pub fn new() -> Self {
        Self::default()
    }

    /// For puzzles of a task: their cells, tokens, grid and alphabet.
    pub fn task(mut self, task: &Task) -> Self {
        self.task = Some(task.clone());
        self
    }

    /// Writes a model with random weights.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = text::path(path.as_ref())?;
        let task = self.task.as_ref().map(Task::filled).transpose()?;
        let owned = task.as_ref().map(Task::to_c).transpose()?;
        let mut options = self.settings();
        if let (Some(task), Some(owned)) = (&task, &owned) {
            options.positions = task.grid_rows * task.grid_columns;
            options.vocabulary = task.alphabet_first + task.alphabet.chars().count() as u32;
            options.task = owned.name();
            options.alphabet = owned.task.alphabet;
            options.alphabet_first = task.alphabet_first;
            options.grid_rows = task.grid_rows;
            options.grid_columns = task.grid_columns;
        }
        // SAFETY: the options and what they name live through the call.
        check(|error| unsafe { trm_sys::trm_init(path.as_ptr(), &options, error) })
    }
}
