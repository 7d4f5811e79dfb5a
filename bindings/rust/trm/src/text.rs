//! Text as the library takes it.

use crate::error::{Error, Result, Status};
use std::ffi::CString;
use std::path::Path;

/// Alphabets are of bytes, which here are the characters of those numbers.
pub(crate) fn bytes(text: &str) -> Result<Vec<u8>> {
    let byte = |(at, character): (usize, char)| {
        u8::try_from(u32::from(character)).map_err(|_| {
            let sentence = format!("character {}: no alphabet has {character:?}", at + 1);
            Error::new(Status::Puzzle, sentence)
        })
    };
    text.chars().enumerate().map(byte).collect()
}

pub(crate) fn from_bytes(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// A file's name: its own bytes on Unix, UTF-8 elsewhere.
pub(crate) fn path(path: &Path) -> Result<CString> {
    #[cfg(unix)]
    let bytes = std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str());
    #[cfg(not(unix))]
    let bytes = path.to_str().map(str::as_bytes).ok_or_else(|| {
        Error::new(Status::Argument, format!("{}: expected a path that is Unicode", path.display()))
    })?;
    ended("path", bytes)
}

/// Bytes with a zero behind them. A sentence about them calls them `what`.
pub(crate) fn ended(what: &str, bytes: impl Into<Vec<u8>>) -> Result<CString> {
    CString::new(bytes).map_err(|error| {
        let sentence =
            format!("{what}: expected text without a zero, found one at byte {}", error.nul_position());
        Error::new(Status::Argument, sentence)
    })
}
