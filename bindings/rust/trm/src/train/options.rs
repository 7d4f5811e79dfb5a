//! How to train.

use super::convert::Precision;
use super::settings::settings;
use crate::enumeration::enumeration;
use crate::executor::Tasks;
use crate::pool::Pool;
use crate::threads::Threads;
use trm_sys::trm_train_options;

enumeration! {
    /// How weights change. Puzzle embeddings always move by the sign of their gradient.
    Optimiser {
        /// [arXiv 1711.05101](https://arxiv.org/abs/1711.05101)
        AdamW = TRM_OPTIMISER_ADAMW,
        /// [arXiv 2407.05872](https://arxiv.org/abs/2407.05872), as the published code has it.
        AdamAtan2 = TRM_OPTIMISER_ADAM_ATAN2,
        /// Muon for the matrices of the network, AdamW for the rest.
        Muon = TRM_OPTIMISER_MUON,
    }
}

settings! {
    /// How to train. What is not said is the fast recipe for small models: Muon, cosine, no label smoothing.
    /// Each optimiser step takes one supervision step of each puzzle of the batch; its state is carried on
    /// until the puzzle halts, then another takes its place.
    ///
    /// A number that the library does not take is an error of the call that the options are given to.
    TrainOptions of trm_train_options = TRM_TRAIN_OPTIONS_INIT {
        /// Puzzles at a time, 128 unless said.
        batch(u32): u32,
        /// Parts of the batch whose gradients are summed by themselves, 8 unless said: as many threads can
        /// work. The weights depend on it, and not on the threads.
        shards(u32): u32,
        /// Optimiser steps of the whole run, for the schedules; 1000 unless said.
        steps(u64): u64,
        /// Of everything that is drawn; 0 unless said.
        seed(u64): u64,
        /// Muon unless said.
        optimiser(Optimiser): u32,
        /// Supervision steps before a puzzle is replaced in any case, 16 unless said.
        maximum_steps(u32): u32,
        /// Of AdamW or AdamATan2.
        learning_rate(f64): f64,
        /// The same.
        weight_decay(f64): f64,
        /// The same.
        beta1(f64): f64,
        /// The same.
        beta2(f64): f64,
        /// Of Muon.
        muon_learning_rate(f64): f64,
        /// The same.
        muon_weight_decay(f64): f64,
        /// The same.
        muon_momentum(f64): f64,
        /// Of puzzle embeddings.
        puzzle_learning_rate(f64): f64,
        /// The same.
        puzzle_weight_decay(f64): f64,
        /// Steps over which the learning rates rise from 0.
        warm_up(u64): u64,
        /// Whether they fall to 0 over the run as a cosine, which they do unless said.
        cosine(bool): u32,
        /// Whether the first 60 % of the run make fewer updates
        /// ([arXiv 2511.08653](https://arxiv.org/abs/2511.08653)).
        curriculum(bool): u32,
        /// The gradient's largest norm; 0: any.
        clip(f64): f64,
        /// Of the labels, below 1.
        smoothing(f64): f64,
        /// Of the halt loss beside the answer's.
        halt_weight(f64): f64,
        /// Share of the puzzles that may not halt before a drawn number of steps.
        exploration(f64): f64,
        /// Relational models: of the loss of what each position says of itself, whether it is right; 0.1
        /// unless said.
        cell_weight(f64): f64,
        /// Above 0, a puzzle that is answered rightly is replaced with this probability, whatever the halt
        /// logit says.
        replacement(f64): f64,
        /// The first puzzles begin with drawn step counts, so that a batch has puzzles of all ages.
        staggered(bool): u32,
        /// Models with fields: share of the puzzles that are shown with a wrong given, to learn that no
        /// answer is right.
        wrong_givens(f64): f64,
        /// Decay of the averaged weights, which the model has in the end; below 1, 0.99 unless said.
        average(f64): f64,
        /// The step from which on they are averaged.
        average_begin(u64): u64,
        /// Latent states of each puzzle, of which the one with the lowest loss learns; 1, the usual, unless
        /// said.
        states(u32): u32,
        /// Less memory for a fifth more time.
        recompute(bool): u32,
        /// Puzzles as they are, and not each under a random symmetry of its task.
        plain(bool): u32,
        /// That of the model to be: with [`Precision::Int8`] the network learns with its matrices rounded.
        /// Files have fp32 all the same.
        precision(Precision): u32,
    }
    {
        threads: Threads,
    }
}

impl TrainOptions {
    /// The fast recipe.
    pub fn new() -> Self {
        Self::default()
    }

    /// Spreads the work over the threads of a pool. The weights do not depend on it.
    pub fn pool(mut self, pool: &Pool) -> Self {
        self.threads = Threads::Pool(pool.clone());
        self
    }

    /// Spreads the work over the host's own threads, as [`Options::executor`](crate::Options::executor) does.
    pub fn executor(mut self, width: u32, run: impl Fn(&Tasks) + Send + Sync + 'static) -> Self {
        self.threads = Threads::host(width, run);
        self
    }

    pub(super) fn threads(&self) -> &Threads {
        &self.threads
    }

    /// Good as long as the threads are.
    pub(super) fn to_c(&self) -> trm_train_options {
        trm_train_options { executor: self.threads.executor(), ..self.settings() }
    }
}
