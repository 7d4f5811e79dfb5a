//! Files from other files.

use super::settings::settings;
use super::task::Task;
use crate::enumeration::enumeration;
use crate::error::{check, Result};
use crate::text;
use std::ffi::CString;
use std::path::{Path, PathBuf};
use std::ptr::null;

enumeration! {
    /// How the matrices of the blocks are stored.
    Precision {
        /// As they were trained.
        Fp32 = TRM_PRECISION_FP32,
        /// 8-bit integers with a scale for each output.
        Int8 = TRM_PRECISION_INT8,
    }
}

settings! {
    /// How to convert. What is not said is as in the input.
    ///
    /// ```
    /// use trm::train::{ConvertOptions, Precision};
    ///
    /// # let directory = std::env::temp_dir().join(format!("trm-convert-{}", std::process::id()));
    /// # std::fs::create_dir_all(&directory).unwrap();
    /// # let path = directory.join("int8.trm");
    /// let options = ConvertOptions::new().precision(Precision::Int8).deflate(true);
    /// options.convert("models/sudoku-4x4.trm", &path)?;
    /// assert!(trm::Model::open(&path)?.info().quantised);
    /// # std::fs::remove_dir_all(&directory).unwrap();
    /// # Ok::<(), trm::Error>(())
    /// ```
    ConvertOptions of trm_convert_options = TRM_CONVERT_OPTIONS_INIT {
        /// Whether the weights of a `.trm` file are deflated, for shipping, or raw, to be used in place.
        deflate(bool): u32,
        /// How the matrices of the blocks are stored.
        precision(Precision): u32,
        /// The halt probability above which the model stops where a solve asks for no other.
        halt_threshold(f64): f64,
        /// The steps that a solve makes where it asks for no other number.
        maximum_steps(u32): u32,
    }
    {
        configuration: Option<PathBuf>,
        task: Option<Task>,
        keep: Vec<String>,
    }
}

impl ConvertOptions {
    /// As the input is.
    pub fn new() -> Self {
        Self::default()
    }

    /// The JSON file with the configuration of a published checkpoint; unless said, what lies beside it.
    pub fn configuration(mut self, path: impl AsRef<Path>) -> Self {
        self.configuration = Some(path.as_ref().into());
        self
    }

    /// What the model's puzzles are about: name, grid and alphabet.
    pub fn task(mut self, task: &Task) -> Self {
        self.task = Some(task.clone());
        self
    }

    /// Names of tensors that stay, or become, fp32.
    pub fn keep<T: Into<String>>(mut self, tensors: impl IntoIterator<Item = T>) -> Self {
        self.keep.extend(tensors.into_iter().map(Into::into));
        self
    }

    /// Converts between `.trm` and safetensors, the format of published checkpoints, also each to itself. The
    /// output's name tells its format: safetensors when it ends in `.safetensors`, else `.trm`.
    pub fn convert(&self, input: impl AsRef<Path>, output: impl AsRef<Path>) -> Result<()> {
        let (input, output) = (text::path(input.as_ref())?, text::path(output.as_ref())?);
        let configuration = self.configuration.as_deref().map(text::path).transpose()?;
        let task = self.task.as_ref().map(Task::filled).transpose()?;
        let owned = task.as_ref().map(Task::to_c).transpose()?;
        let names = self
            .keep
            .iter()
            .map(|name| text::ended("keep", name.as_str()))
            .collect::<Result<Vec<CString>>>()?;
        let keep: Vec<_> = names.iter().map(|name| name.as_ptr()).collect();
        let mut options = self.settings();
        options.config_path = configuration.as_ref().map_or(null(), |path| path.as_ptr());
        (options.keep, options.keep_count) = (keep.as_ptr(), keep.len());
        if let Some(owned) = &owned {
            options.task = owned.name();
            options.alphabet = owned.task.alphabet;
            options.alphabet_first = owned.task.alphabet_first;
            options.grid_rows = owned.task.grid_rows;
            options.grid_columns = owned.task.grid_columns;
        }
        // SAFETY: the options and what they name live through the call.
        check(|error| unsafe { trm_sys::trm_convert(input.as_ptr(), output.as_ptr(), &options, error) })
    }
}
