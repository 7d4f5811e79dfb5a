//! Models by their names.

use crate::error::{check, Result};
use crate::text;
use std::collections::BTreeMap;
use std::ffi::CStr;
use std::ffi::CString;
use std::os::raw::c_char;
use std::path::{Path, PathBuf};

const ROOM: usize = 4200;

/// The path of a model, which may be a name.
pub(crate) fn find(path: &Path) -> Result<CString> {
    let name = text::path(path)?;
    let mut found = vec![0u8; ROOM.max(name.as_bytes_with_nul().len())];
    let place = found.as_mut_ptr().cast::<c_char>();
    // SAFETY: the name ends with a zero, and there is as much room as is said.
    check(|error| unsafe { trm_sys::trm_model_find(name.as_ptr(), place, found.len(), error) })?;
    Ok(until_zero(&found).into())
}

/// What the library wrote, which ends with a zero.
fn until_zero(bytes: &[u8]) -> &CStr {
    let end = bytes.iter().position(|&byte| byte == 0).map_or(0, |zero| zero + 1);
    CStr::from_bytes_with_nul(&bytes[..end]).unwrap_or_default()
}

/// The path of each model that can be named, as in [`Model::open`](crate::Model::open)`("sudoku")`: those in
/// the folders of `TRM_MODELS` in the environment, the user's (`~/.local/share/trm/models`) and the system's;
/// the first that has a name has it.
///
/// ```
/// std::env::set_var("TRM_MODELS", "models");
/// assert!(trm::models()?.contains_key("sudoku-4x4"));
/// assert_eq!(trm::Model::open("sudoku-4x4")?.info().positions, 16);
/// # Ok::<(), trm::Error>(())
/// ```
pub fn models() -> Result<BTreeMap<String, PathBuf>> {
    let mut found = BTreeMap::new();
    for index in 0.. {
        let mut folder = vec![0u8; ROOM];
        let place = folder.as_mut_ptr().cast::<c_char>();
        // SAFETY: there is as much room as is said.
        check(|error| unsafe { trm_sys::trm_model_folder(index, place, ROOM, error) })?;
        let folder = until_zero(&folder).to_string_lossy().into_owned();
        if folder.is_empty() {
            break;
        }
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
            if path.extension().map_or(false, |ending| ending == "trm") && !name.starts_with('.') {
                found.entry(name.to_string()).or_insert_with(|| path.clone());
            }
        }
    }
    Ok(found)
}
