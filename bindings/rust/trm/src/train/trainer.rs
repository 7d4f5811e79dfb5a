//! A training run.

use super::options::TrainOptions;
use super::puzzles::Puzzles;
use crate::error::{check, Result};
use crate::executor::throwing;
use crate::text;
use crate::threads::Threads;
use std::marker::PhantomData;
use std::os::raw::c_char;
use std::path::Path;
use std::ptr::null_mut;
use trm_sys::{
    trm_error, trm_puzzles, trm_status, trm_train_options, trm_train_report, trm_trainer,
    TRM_TRAIN_REPORT_INIT,
};

/// What an optimiser step did.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// Optimiser steps so far, this one too.
    pub step: u64,
    /// Of the whole run.
    pub steps: u64,
    /// T of this step.
    pub cycles: u32,
    /// n of this step.
    pub updates: u32,
    /// Mean over the batch: that of the answer, and the weighted one of the halt signal.
    pub loss: f64,
    /// The answer's alone.
    pub answer_loss: f64,
    /// The halt signal's.
    pub halt_loss: f64,
    /// Of the answers of all puzzles of the batch.
    pub cell_accuracy: f64,
    /// Before it was clipped.
    pub gradient_norm: f64,
    /// Of this step, as a share of the options' rates.
    pub rate_share: f64,
    /// Puzzles that were replaced.
    pub halted: u64,
    /// Of those: all cells right.
    pub exact: u64,
    /// Of those: supervision steps, summed up.
    pub halted_steps: u64,
}

impl From<trm_train_report> for Report {
    fn from(report: trm_train_report) -> Self {
        Self {
            step: report.step,
            steps: report.steps,
            cycles: report.cycles,
            updates: report.updates,
            loss: report.loss,
            answer_loss: report.answer_loss,
            halt_loss: report.halt_loss,
            cell_accuracy: report.cell_accuracy,
            gradient_norm: report.gradient_norm,
            rate_share: report.rate_share,
            halted: report.halted,
            exact: report.exact,
            halted_steps: report.halted_steps,
        }
    }
}

/// A training run: weights, averages, and the puzzles on their way. The same model, puzzles and options give
/// the same bits, whatever the number of threads.
///
/// It can move to another thread, but is used by one at a time:
///
/// ```compile_fail
/// fn shared<T: Sync>() {}
/// shared::<trm::train::Trainer>();
/// ```
///
/// The puzzles stay as they are as long as it learns from them:
///
/// ```compile_fail
/// # use trm::train::{Generate, Puzzles, Task, TrainOptions, Trainer};
/// let mut puzzles = Puzzles::new(&Task::sudoku(2, 2)).unwrap();
/// let mut trainer = Trainer::new("models/sudoku-4x4.trm", &puzzles, &TrainOptions::new()).unwrap();
/// puzzles.generate(&Generate::new(1)).unwrap();
/// trainer.step().unwrap();
/// ```
#[derive(Debug)]
pub struct Trainer<'a> {
    pointer: *mut trm_trainer,
    puzzles: PhantomData<&'a Puzzles>,
    /// The library calls them when it makes a step.
    _threads: Threads,
}

// SAFETY: a trainer belongs to one thread at a time, whichever it is; what it refers to can be shared.
unsafe impl Send for Trainer<'_> {}

impl Drop for Trainer<'_> {
    fn drop(&mut self) {
        // SAFETY: nobody else has the pointer. The threads are dropped after this.
        unsafe { trm_sys::trm_trainer_free(self.pointer) }
    }
}

type Begin = unsafe extern "C" fn(
    *const c_char,
    *const trm_puzzles,
    *const trm_train_options,
    *mut *mut trm_trainer,
    *mut trm_error,
) -> trm_status;

impl<'a> Trainer<'a> {
    /// Begins with the weights of a model, whose file is only read. [`InitOptions`](super::InitOptions) make
    /// one.
    pub fn new(model: impl AsRef<Path>, puzzles: &'a Puzzles, options: &TrainOptions) -> Result<Self> {
        Self::begin(trm_sys::trm_trainer_create, model.as_ref(), puzzles, options)
    }

    /// Goes on from a checkpoint, bit for bit as if the run had not been interrupted, with the same puzzles.
    /// Of the options the threads alone count.
    pub fn resume(
        checkpoint: impl AsRef<Path>,
        puzzles: &'a Puzzles,
        options: &TrainOptions,
    ) -> Result<Self> {
        Self::begin(trm_sys::trm_trainer_resume, checkpoint.as_ref(), puzzles, options)
    }

    fn begin(begin: Begin, path: &Path, puzzles: &'a Puzzles, options: &TrainOptions) -> Result<Self> {
        let (path, threads) = (text::path(path)?, options.threads().clone());
        let options = options.to_c();
        let mut pointer = null_mut();
        // SAFETY: the arguments live through the call; the puzzles are borrowed and the threads held for
        // longer.
        check(|error| unsafe { begin(path.as_ptr(), puzzles.pointer(), &options, &mut pointer, error) })?;
        Ok(Self { pointer, puzzles: PhantomData, _threads: threads })
    }

    /// Makes one optimiser step. After the last one of the run it is an error.
    pub fn step(&mut self) -> Result<Report> {
        let mut report = TRM_TRAIN_REPORT_INIT;
        // SAFETY: the trainer is there, and so are its puzzles and threads.
        throwing(|| check(|error| unsafe { trm_sys::trm_trainer_step(self.pointer, &mut report, error) }))?;
        Ok(report.into())
    }

    /// Optimiser steps so far.
    pub fn steps(&self) -> u64 {
        // SAFETY: the trainer is there.
        unsafe { trm_sys::trm_trainer_steps(self.pointer) }
    }

    /// Adds text to what files that are written say about themselves, such as "provenance.command".
    pub fn describe(&mut self, key: &str, value: &str) -> Result<()> {
        let (key, value) = (text::ended("key", key)?, text::ended("value", value)?);
        // SAFETY: the trainer is there, the texts live through the call.
        check(|error| unsafe {
            trm_sys::trm_trainer_describe(self.pointer, key.as_ptr(), value.as_ptr(), error)
        })
    }

    /// Writes the averaged weights as a model, to be used in place;
    /// [`ConvertOptions::deflate`](super::ConvertOptions::deflate) makes it small.
    pub fn write(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = text::path(path.as_ref())?;
        // SAFETY: the trainer is there.
        check(|error| unsafe { trm_sys::trm_trainer_write(self.pointer, path.as_ptr(), 0, error) })
    }

    /// Writes a checkpoint, from which [`resume`](Self::resume) goes on. It is a model, too, that of the
    /// averaged weights.
    pub fn save(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = text::path(path.as_ref())?;
        // SAFETY: the trainer is there.
        check(|error| unsafe { trm_sys::trm_trainer_save(self.pointer, path.as_ptr(), error) })
    }
}
