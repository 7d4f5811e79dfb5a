//! A solve to look at.

use crate::answer::Answer;
use crate::error::Result;
use crate::solver::Solver;
use std::iter::FusedIterator;

/// One puzzle being solved: the answer as it stands after each step. [`Model::steps`](crate::Model::steps)
/// makes it.
#[derive(Debug)]
pub struct Steps {
    solver: Solver,
    is_running: bool,
}

impl Steps {
    /// Of a solver that one puzzle was loaded in.
    pub(crate) fn new(solver: Solver) -> Self {
        Self { solver, is_running: true }
    }

    fn step(&mut self) -> Result<Answer> {
        self.is_running = false; // unless this step goes well
        let running = self.solver.step()?;
        let answer = self.solver.answers()?.swap_remove(0);
        self.is_running = running > 0;
        Ok(answer)
    }
}

impl Iterator for Steps {
    type Item = Result<Answer>;

    fn next(&mut self) -> Option<Self::Item> {
        self.is_running.then(|| self.step())
    }
}

impl FusedIterator for Steps {}
