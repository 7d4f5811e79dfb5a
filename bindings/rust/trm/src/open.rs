//! How to open a model.

use crate::error::{check, Result};
use crate::model::Model;
use crate::named;
use std::path::Path;
use std::ptr::null_mut;
use trm_sys::{trm_error, trm_model, trm_open_options, trm_status};
use trm_sys::{TRM_OPEN_INT8, TRM_OPEN_OPTIONS_INIT, TRM_OPEN_READ};

/// What a model from memory is called in a trace.
const NO_FILE: &[u8] = b"model";

/// How to open a model, as in [`std::fs::OpenOptions`]; [`Model::open`] is the short way.
///
/// ```
/// let model = trm::OpenOptions::new().int8(true).open("models/sudoku-4x4.trm")?;
/// assert!(model.info().quantised);
/// # Ok::<(), trm::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenOptions {
    is_read: bool,
    is_int8: bool,
}

impl OpenOptions {
    /// Mapped, with the weights as the file has them.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the file into memory instead of mapping it. When another process overwrites a mapped file in
    /// place, the weights change under the model, and truncating it can end this process with a SIGBUS;
    /// replacing it by another file of the same name is safe.
    pub fn read(mut self, read: bool) -> Self {
        self.is_read = read;
        self
    }

    /// Turns the matrices of the blocks into 8-bit integers in memory. They take a quarter of it; answers are
    /// near those of the stored weights, and the same on every machine.
    pub fn int8(mut self, int8: bool) -> Self {
        self.is_int8 = int8;
        self
    }

    /// Opens a file, or a model by its name ([`models`](crate::models)). Everything in it is checked here,
    /// once.
    pub fn open(self, path: impl AsRef<Path>) -> Result<Model> {
        let path = named::find(path.as_ref())?;
        let name = path.to_bytes().rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        // SAFETY: all pointers are to values that live through the call.
        self.model(self.is_read, name, |options, model, error| unsafe {
            trm_sys::trm_model_open(path.as_ptr(), options, model, error)
        })
    }

    /// Opens a file that lies in memory; the bytes are copied.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let bytes = std::fs::read("models/sudoku-4x4.trm")?;
    /// let model = trm::OpenOptions::new().open_bytes(&bytes)?;
    /// assert_eq!(model.info().file_bytes, bytes.len() as u64);
    /// # Ok(())
    /// # }
    /// ```
    pub fn open_bytes(self, bytes: &[u8]) -> Result<Model> {
        // SAFETY: as above; with TRM_OPEN_READ the library does not keep the bytes.
        self.model(true, NO_FILE, |options, model, error| unsafe {
            trm_sys::trm_model_open_memory(bytes.as_ptr().cast(), bytes.len(), options, model, error)
        })
    }

    /// Opens a file that is part of the program. Raw weights are used in place when the bytes are aligned to
    /// 64, and copied otherwise; deflated ones are expanded into memory.
    ///
    /// ```
    /// #[repr(align(64))]
    /// struct Aligned<T: ?Sized>(T);
    ///
    /// static BYTES: &Aligned<[u8]> = &Aligned(*include_bytes!("../models/sudoku-4x4.trm"));
    ///
    /// let model = trm::OpenOptions::new().open_static(&BYTES.0)?;
    /// assert_eq!(model.info().file_bytes, BYTES.0.len() as u64);
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn open_static(self, bytes: &'static [u8]) -> Result<Model> {
        // SAFETY: as above; the bytes outlive every model.
        self.model(self.is_read, NO_FILE, |options, model, error| unsafe {
            trm_sys::trm_model_open_memory(bytes.as_ptr().cast(), bytes.len(), options, model, error)
        })
    }

    fn model(
        self,
        is_read: bool,
        name: &[u8],
        open: impl FnOnce(&trm_open_options, *mut *mut trm_model, *mut trm_error) -> trm_status,
    ) -> Result<Model> {
        let mut options = TRM_OPEN_OPTIONS_INIT;
        options.flags =
            if is_read { TRM_OPEN_READ } else { 0 } | if self.is_int8 { TRM_OPEN_INT8 } else { 0 };
        let mut model = null_mut();
        check(|error| open(&options, &mut model, error))?;
        // SAFETY: the library opened it, and nobody else has it.
        unsafe { Model::from_pointer(model, name) }
    }
}
