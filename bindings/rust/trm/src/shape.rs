//! The shape of a puzzle.

use crate::info::{Block, Info};
use std::fmt;
use trm_sys::{trm_shape, TRM_SHAPE_INIT};

/// The shape of a puzzle, for models that take several: rows and columns of a grid, or positions that are
/// none, such as the vertices of a graph; the boxes of a Sudoku; how many values a position can take. What is
/// not said is told by the puzzle (a square by its length), or is the model's own.
///
/// ```
/// use trm::{Model, Options, Puzzle, Shape};
///
/// let model = Model::open("models/sudoku-small.trm")?;
/// // A square tells its shape; boxes of 2 x 3 are meant unless others are named.
/// let tall = Puzzle::from(".126..2.4561...34.6.512.1..4.6..62..").shape(Shape::new().boxes(3, 2));
/// let answer = model.solve(tall, &Options::new())?;
/// assert_eq!(answer.grid()[0], [4, 1, 2, 6, 3, 5]);
/// # Ok::<(), trm::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Shape(trm_shape);

impl Shape {
    /// What the puzzle tells, or else the model's own.
    pub fn new() -> Self {
        Self(TRM_SHAPE_INIT)
    }

    /// A grid of so many rows and columns.
    pub fn grid(rows: u32, columns: u32) -> Self {
        Self(trm_shape { rows, columns, ..TRM_SHAPE_INIT })
    }

    /// So many positions that are no grid.
    pub fn positions(positions: u32) -> Self {
        Self(trm_shape { positions, ..TRM_SHAPE_INIT })
    }

    /// The boxes of a Sudoku, of so many rows and columns, where the squarest are not meant.
    pub fn boxes(mut self, rows: u32, columns: u32) -> Self {
        (self.0.box_rows, self.0.box_columns) = (rows, columns);
        self
    }

    /// How many values a position can take, as the colours of a graph.
    pub fn fields(mut self, values: u32) -> Self {
        self.0.fields = values;
        self
    }

    /// How many helpers there are; of a puzzle its [`helpers`](crate::Puzzle::helpers) say so.
    pub fn helpers(mut self, count: u32) -> Self {
        self.0.helpers = count;
        self
    }

    #[cfg(feature = "train")]
    pub(crate) fn of(shape: &trm_shape) -> Self {
        Self(*shape)
    }

    /// S, where it says so itself; else 0.
    #[cfg(feature = "train")]
    pub(crate) fn own_cells(&self) -> usize {
        match self.0.rows as usize * self.0.columns as usize {
            0 => self.0.positions as usize,
            grid => grid,
        }
    }

    pub(crate) fn as_c(&self) -> &trm_shape {
        &self.0
    }

    /// With what the length of a puzzle tells, where nobody says more: a square, or the number of positions.
    pub(crate) fn told_by(self, length: usize, info: &Info) -> Self {
        let is_open = (self.0.rows, self.0.columns, self.0.positions) == (0, 0, 0);
        let side = (1..=u32::from(u16::MAX)).find(|&side| u64::from(side) * u64::from(side) >= length as u64);
        match (side, u32::try_from(length)) {
            (Some(side), _)
                if is_open
                    && length != info.positions as usize
                    && info.most_rows > info.least_rows
                    && side as usize * side as usize == length =>
            {
                Self(trm_shape { rows: side, columns: side, ..self.0 })
            }
            (_, Ok(positions)) if is_open && info.grid_rows == 0 && info.block == Block::Relational => {
                Self(trm_shape { positions, ..self.0 })
            }
            _ => self,
        }
    }

    /// S of a model.
    pub(crate) fn cells(&self, info: &Info) -> u64 {
        match (self.0.rows, self.0.columns, self.0.positions) {
            (0, 0, 0) => info.positions.into(),
            (0, 0, positions) => positions.into(),
            (rows, columns, _) => u64::from(rows) * u64::from(columns),
        }
    }

    /// The columns of a grid; of what is none all positions.
    pub(crate) fn row_length(&self, info: &Info) -> u32 {
        let is_grid = u64::from(info.grid_rows) * u64::from(info.grid_columns) == u64::from(info.positions);
        match (self.0.columns, self.0.positions) {
            (0, 0) if is_grid => info.grid_columns,
            (0, 0) => info.positions,
            (0, positions) => positions,
            (columns, _) => columns,
        }
    }

    fn numbers(&self) -> [u32; 7] {
        let s = &self.0;
        [s.rows, s.columns, s.box_rows, s.box_columns, s.fields, s.positions, s.helpers]
    }
}

impl Default for Shape {
    fn default() -> Self {
        Self::new()
    }
}

impl PartialEq for Shape {
    fn eq(&self, other: &Self) -> bool {
        self.numbers() == other.numbers()
    }
}

impl Eq for Shape {}

/// What is said of it.
impl fmt::Display for Shape {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = &self.0;
        match (s.rows, s.columns, s.positions) {
            (0, 0, 0) => write!(to, "the model's own shape")?,
            (0, 0, positions) => write!(to, "{positions} positions")?,
            (rows, columns, _) => write!(to, "{rows} x {columns}")?,
        }
        if s.box_rows > 0 {
            write!(to, " with boxes of {} x {}", s.box_rows, s.box_columns)?;
        }
        for (count, what) in [(s.fields, "fields"), (s.helpers, "helpers")] {
            if count > 0 {
                write!(to, ", {count} {what}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Shape({self})")
    }
}
