//! What went wrong, in the library's words.

use crate::enumeration::enumeration;
use std::ffi::CStr;
use std::fmt;
use trm_sys::{trm_error, trm_status, TRM_ERROR_INIT, TRM_OK};

enumeration! {
    /// What kind of failure an [`Error`] is.
    Status {
        /// An argument or option is outside what the function accepts.
        Argument = TRM_ERROR_ARGUMENT,
        /// There is not enough memory.
        Memory = TRM_ERROR_MEMORY,
        /// A [`Solver`](crate::Solver) is too small for a puzzle: [`Options::shape`](crate::Options::shape),
        /// [`Options::heard`](crate::Options::heard).
        Workspace = TRM_ERROR_WORKSPACE,
        /// The operating system could not open, read or map a file.
        File = TRM_ERROR_FILE,
        /// The data is not that of a model.
        Format = TRM_ERROR_FORMAT,
        /// The file is of another major version.
        Version = TRM_ERROR_VERSION,
        /// The file is damaged.
        Checksum = TRM_ERROR_CHECKSUM,
        /// It is valid, but this build of the library lacks what it needs.
        Unsupported = TRM_ERROR_UNSUPPORTED,
        /// A puzzle has the wrong length, or a token, a character or an identifier that the model lacks.
        Puzzle = TRM_ERROR_PUZZLE,
    }
}

/// A failure: its kind, and a sentence that says what was expected, what was found, and where.
///
/// ```
/// use trm::{Model, Status};
///
/// let error = Model::open("missing.trm").unwrap_err();
/// assert_eq!(error.status(), Status::File);
/// assert_eq!(error.to_string(), "missing.trm: cannot be opened: No such file or directory");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    status: Status,
    message: String,
}

/// Something, or an [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn new(status: Status, message: String) -> Self {
        Self { status, message }
    }

    /// What kind of failure it is.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The same failure, with the place where it happened in front of its sentence.
    pub(crate) fn within(self, place: &str) -> Self {
        Self { message: format!("{place}: {}", self.message), ..self }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Calls a function whose last argument is a `trm_error`.
pub(crate) fn check(function: impl FnOnce(*mut trm_error) -> trm_status) -> Result<()> {
    let mut error = TRM_ERROR_INIT;
    match function(&mut error) {
        TRM_OK => Ok(()),
        status => Err(Error::new(status.into(), text(&error))),
    }
}

fn text(error: &trm_error) -> String {
    // SAFETY: the library ends every message with a zero, and TRM_ERROR_INIT is full of them.
    let message = unsafe { CStr::from_ptr(error.message.as_ptr()) };
    message.to_string_lossy().into_owned()
}
