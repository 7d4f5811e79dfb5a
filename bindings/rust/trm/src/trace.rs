//! Solves with every step of every run.

use crate::answer::{Answer, How, Stop, Verdict};
use crate::callbacks::RunStep;
use crate::error::Result;
use crate::json::{self, Object};
use crate::model::Model;
use crate::options::Options;
use crate::puzzle::Puzzle;
use crate::questions::Questions;
use crate::shape::Shape;
use crate::solver;
use std::sync::{Arc, Mutex, PoisonError};

/// A solve with every step of every run. As JSON it is what `trm trace -o x.json` writes, to the byte, and
/// what `trm trace x.json -o x.html` makes a page of, or a picture.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Trace {
    /// The answer.
    pub answer: Answer,
    /// The steps, by run, then by step.
    pub steps: Vec<RunStep>,
    question: Vec<i32>,
    /// Name, offsets and numbers of what the puzzle brought.
    relations: Vec<(String, Vec<u32>, Vec<u32>)>,
    is_withheld: bool,
    model: Model,
    shape: Shape,
}

impl Model {
    /// Solves one puzzle, and keeps every step of every run; the answer is the same to the bit.
    ///
    /// ```
    /// # let model = trm::Model::open("models/sudoku-4x4.trm")?;
    /// let trace = model.trace("1.3..4.2.3.12.4.", &trm::Options::new())?;
    /// assert_eq!(trace.steps.last().map(|step| &step.tokens), Some(&trace.answer.tokens));
    /// assert!(trace.to_json()?.starts_with("{\"format\": \"trm-trace\", \"version\": 1, "));
    /// # Ok::<(), trm::Error>(())
    /// ```
    pub fn trace<'a>(&self, puzzle: impl Into<Puzzle<'a>>, options: &Options) -> Result<Trace> {
        let puzzle = puzzle.into();
        let questions = Questions::of(self, &puzzle)?;
        let (seen, before) = (Arc::new(Mutex::new(Vec::new())), options.callbacks().clone());
        let to = Arc::clone(&seen);
        let watching = options.clone().watcher(move |step| {
            before.look(step);
            to.lock().unwrap_or_else(PoisonError::into_inner).push(step.clone());
        });
        let answer = solver::solve(self, &questions, &watching)?.swap_remove(0);
        let mut steps = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
        steps.sort_by_key(|step: &RunStep| (step.run, step.step));
        let brought = puzzle.relations.iter();
        Ok(Trace {
            is_withheld: options.is_required() && answer.verdict != Verdict::Verified,
            answer,
            steps,
            question: questions.tokens().to_vec(),
            relations: brought.map(|one| (one.name.into(), one.first.into(), one.heard.into())).collect(),
            model: self.clone(),
            shape: questions.shape(),
        })
    }
}

impl Trace {
    /// The numbers on one line, as `doc/trace.md` of the project has them.
    pub fn to_json(&self) -> Result<String> {
        let (mut to, info) = (String::new(), self.model.info());
        let mut root = Object::new(&mut to);
        root.text("format", "trm-trace");
        root.integer("version", 1u32);
        json::text(root.key("model"), self.model.file_name());
        json::float(root.key("halt_threshold"), info.halt_threshold, 6);
        root.integer("positions", self.question.len() as u64);
        self.write_grid(root.key("grid"));
        self.write_relations(root.key("relations"));
        self.write_blank(root.key("blank"))?;
        root.characters("question", &self.text(&self.question)?);
        self.write_answer(root.key("answer"))?;
        let mut done = Ok(());
        json::list(root.key("runs"), self.runs(), |to, run| {
            if let Err(error) = self.write_run(to, run) {
                done = Err(error);
            }
        });
        root.end();
        done.map(|()| to)
    }

    fn text(&self, tokens: &[i32]) -> Result<String> {
        self.model.decode_as(self.shape, tokens)
    }

    /// The steps of each run.
    fn runs(&self) -> Vec<&[RunStep]> {
        let mut runs = Vec::new();
        let mut rest = self.steps.as_slice();
        while let Some(first) = rest.first() {
            let (run, others) = rest.split_at(rest.iter().take_while(|step| step.run == first.run).count());
            runs.push(run);
            rest = others;
        }
        runs
    }

    /// Boxes belong to Sudokus whose regions nobody brought.
    fn write_grid(&self, to: &mut String) {
        let (info, shape) = (self.model.info(), self.shape.as_c());
        let is_own = shape.rows == 0;
        let (rows, columns) = match (is_own, shape.positions) {
            (true, 0) => (info.grid_rows, info.grid_columns),
            (true, _) => (0, 0),
            _ => (shape.rows, shape.columns),
        };
        if rows == 0 {
            to.push_str("null");
            return;
        }
        let mut boxes = (0, 0);
        if self.relations.is_empty() {
            boxes = match (shape.box_rows, is_own) {
                (0, true) => (info.box_rows, info.box_columns),
                (0, false) => (0, 0),
                _ => (shape.box_rows, shape.box_columns),
            };
            if boxes.0 == 0 && info.task == "sudoku" && rows == columns {
                // SAFETY: both numbers live through the call.
                unsafe { trm_sys::trm_default_boxes(rows, &mut boxes.0, &mut boxes.1) };
            }
        }
        let mut grid = Object::new(to);
        grid.integer("rows", rows);
        grid.integer("columns", columns);
        grid.integer("box_rows", boxes.0);
        grid.integer("box_columns", boxes.1);
        grid.end();
    }

    fn write_relations(&self, to: &mut String) {
        let mut all = Object::new(to);
        for (name, first, heard) in &self.relations {
            json::list(all.key(name), first.windows(2), |to, ends| {
                let numbers = &heard[ends[0] as usize..ends[1] as usize];
                json::list(to, numbers, |to, &number| json::integer(to, number));
            });
        }
        all.end();
    }

    fn write_blank(&self, to: &mut String) -> Result<()> {
        let info = self.model.info();
        match info.blank {
            Some(blank) => {
                let text = self.model.decode(&vec![blank; info.positions as usize])?;
                json::characters(
                    to,
                    text.get(..text.chars().next().map_or(0, char::len_utf8)).unwrap_or_default(),
                );
            }
            None => to.push_str("null"),
        }
        Ok(())
    }

    /// The run whose last step is the answer: a vote has several, the first of them is told.
    fn answering(&self) -> Option<u32> {
        let is_answer = |last: &&RunStep| {
            last.how == self.answer.how && last.step == self.answer.steps && last.tokens == self.answer.tokens
        };
        self.runs().iter().filter_map(|run| run.last()).find(is_answer).map(|last| last.run)
    }

    fn write_answer(&self, to: &mut String) -> Result<()> {
        let (answer, mut object) = (&self.answer, Object::new(to));
        if !self.is_withheld {
            object.characters("text", &self.text(&answer.tokens)?);
        }
        match self.answering().filter(|_| !self.is_withheld) {
            Some(run) => object.integer("run", run),
            None => object.key("run").push_str("null"),
        }
        object.text("stop", stop_name(answer.stop));
        object.integer("steps", answer.steps);
        object.float("halt_probability", answer.halt_probability);
        object.text("verdict", verdict_name(answer.verdict));
        object.text("how", how_name(answer.how));
        object.integer("runs", answer.runs);
        object.integer("pins", answer.pins);
        object.integer("total_steps", answer.total_steps);
        object.end();
        Ok(())
    }

    fn write_run(&self, to: &mut String, run: &[RunStep]) -> Result<()> {
        let texts = run.iter().map(|step| self.text(&step.tokens)).collect::<Result<Vec<_>>>()?;
        let (first, mut object) = (&run[0], Object::new(to));
        object.integer("run", first.run);
        object.text("how", how_name(first.how));
        object.integer("view", first.view);
        self.write_pins(object.key("pins"), first)?;
        json::list(object.key("steps"), run.iter().zip(&texts), |to, (step, text)| {
            write_step(to, step, text)
        });
        object.end();
        Ok(())
    }

    /// What the run was asked beyond the question.
    fn write_pins(&self, to: &mut String, first: &RunStep) -> Result<()> {
        let asked: Vec<char> = self.text(&first.asked)?.chars().collect();
        let pins = (0..asked.len()).filter(|&position| first.asked[position] != self.question[position]);
        json::list(to, pins, |to, position| {
            let mut pin = Object::new(to);
            pin.integer("position", position as u64);
            pin.characters("text", &asked[position].to_string());
            pin.end();
        });
        Ok(())
    }
}

fn write_step(to: &mut String, step: &RunStep, text: &str) {
    let mut object = Object::new(to);
    object.integer("step", step.step);
    object.characters("text", text);
    json::list(object.key("probabilities"), &step.probabilities, |to, &number| json::float(to, number, 9));
    object.integer("changed", step.changed);
    object.float("halt_logit", step.halt_logit);
    object.float("halt_probability", step.halt_probability);
    object.text("verdict", verdict_name(step.verdict));
    object.text("stop", stop_name(step.stop));
    object.end();
}

fn stop_name(stop: Stop) -> &'static str {
    match stop {
        Stop::Running => "running",
        Stop::Signal => "signal",
        Stop::Stable => "stable",
        Stop::Limit => "limit",
        Stop::Deadline => "deadline",
        Stop::Overflow => "overflow",
        Stop::Verified => "verified",
        Stop::Budget => "budget",
        Stop::Other(_) => "unknown",
    }
}

fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Unverified => "unverified",
        Verdict::Verified => "verified",
        Verdict::Refuted => "refuted",
        Verdict::Other(_) => "unknown",
    }
}

fn how_name(how: How) -> &'static str {
    match how {
        How::Run => "run",
        How::View => "view",
        How::Restart => "restart",
        How::Search => "search",
        How::Rules => "rules",
        How::Other(_) => "unknown",
    }
}
