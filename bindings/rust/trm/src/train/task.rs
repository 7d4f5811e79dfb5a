//! What puzzles are about.

use super::puzzles::Puzzles;
use crate::error::{check, Result};
use crate::text;
use std::ffi::{CStr, CString};
use std::ptr::null;
use trm_sys::{trm_puzzles, trm_task, TRM_TASK_INIT};

/// What puzzles are about. Sudokus and paths are known: their tokens, rules, symmetries, and how to make them
/// up. Any other task has tokens alone.
///
/// ```
/// use trm::train::{Puzzles, Task};
///
/// let task = Puzzles::new(&Task::sudoku(2, 3))?.task()?;
/// assert_eq!((task.grid_rows, task.alphabet.as_str(), task.alphabet_first), (6, ".123456", 1));
/// # Ok::<(), trm::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Task {
    /// Such as "sudoku".
    pub name: String,
    /// Rows and columns of a puzzle; 0 in a Sudoku as long as the boxes tell.
    pub grid_rows: u32,
    /// The same.
    pub grid_columns: u32,
    /// Of a Sudoku's boxes; 0 in other tasks.
    pub box_rows: u32,
    /// The same.
    pub box_columns: u32,
    /// The characters of the tokens; empty in a known task until it is asked for.
    pub alphabet: String,
    /// The token of the first of them.
    pub alphabet_first: u32,
    /// Real numbers that come with each position and helper.
    pub features: u32,
}

impl Task {
    /// Sudokus with boxes of so many rows and columns, up to 25 cells.
    pub fn sudoku(box_rows: u32, box_columns: u32) -> Self {
        Self { box_rows, box_columns, ..Self::new("sudoku", 0, 0, "") }
    }

    /// Shortest paths in grids of up to 100 x 100 cells: `#` a wall, `S` the start, `G` the goal, `o` the
    /// path.
    pub fn path(rows: u32, columns: u32) -> Self {
        Self::new("path", rows, columns, "")
    }

    /// Graphs to be coloured, in up to so many colours, at most 9; each has a size of its own.
    pub fn colouring(colours: u32) -> Self {
        let alphabet: String =
            (0..=colours.min(9)).map(|colour| if colour == 0 { '.' } else { digit(colour) }).collect();
        Self { alphabet_first: 0, ..Self::new("colouring", 0, 0, &alphabet) }
    }

    /// A task of your own. Without rows and columns each puzzle has a size of its own, as graphs have. Its
    /// tokens are the characters of the alphabet, from token 1 on; 0 is padding.
    pub fn new(name: &str, rows: u32, columns: u32, alphabet: &str) -> Self {
        Self {
            name: name.into(),
            grid_rows: rows,
            grid_columns: columns,
            box_rows: 0,
            box_columns: 0,
            alphabet: alphabet.into(),
            alphabet_first: u32::from(!alphabet.is_empty()),
            features: 0,
        }
    }

    /// With everything that the library knows about it.
    pub(super) fn filled(&self) -> Result<Self> {
        Puzzles::new(self)?.task()
    }

    pub(super) fn to_c(&self) -> Result<Owned> {
        let name = text::ended("name", self.name.as_str())?;
        let alphabet = match self.alphabet.as_str() {
            "" => None,
            alphabet => Some(text::ended("alphabet", text::bytes(alphabet)?)?),
        };
        let task = trm_task {
            name: name.as_ptr(),
            grid_rows: self.grid_rows,
            grid_columns: self.grid_columns,
            box_rows: self.box_rows,
            box_columns: self.box_columns,
            alphabet: alphabet.as_ref().map_or(null(), |alphabet| alphabet.as_ptr()),
            alphabet_first: self.alphabet_first,
            features: self.features,
            ..TRM_TASK_INIT
        };
        Ok(Owned { task, name, _alphabet: alphabet })
    }

    /// # Safety
    ///
    /// The set is there.
    pub(super) unsafe fn of(puzzles: *const trm_puzzles) -> Result<Self> {
        let mut task = TRM_TASK_INIT;
        // SAFETY: the set is there, which name and alphabet belong to; they end with a zero.
        unsafe {
            check(|error| trm_sys::trm_puzzles_describe(puzzles, &mut task, error))?;
            let [name, alphabet] =
                [task.name, task.alphabet].map(|text| text::from_bytes(CStr::from_ptr(text).to_bytes()));
            Ok(Self {
                name,
                grid_rows: task.grid_rows,
                grid_columns: task.grid_columns,
                box_rows: task.box_rows,
                box_columns: task.box_columns,
                alphabet,
                alphabet_first: task.alphabet_first,
                features: task.features,
            })
        }
    }
}

fn digit(number: u32) -> char {
    char::from_digit(number, 10).unwrap_or('?')
}

/// A task as the library takes it, with the text that it names.
pub(super) struct Owned {
    pub(super) task: trm_task,
    name: CString,
    _alphabet: Option<CString>,
}

impl Owned {
    /// What a model's file calls the task; NULL for no name.
    pub(super) fn name(&self) -> *const std::os::raw::c_char {
        if self.name.as_bytes().is_empty() {
            null()
        } else {
            self.name.as_ptr()
        }
    }
}
