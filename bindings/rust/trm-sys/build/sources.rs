//! What libtrm is made of. lib/meson.build is the only list of it, so that list is read: as far as it goes,
//! which is lists of strings, their sums, and one dictionary for each kind of processor.

use crate::Result;
use std::collections::HashMap;

/// Lists that make up a library.
pub struct Library {
    folders: &'static [&'static str],
    /// Of the files for one instruction set each.
    instruction_sets: &'static str,
}

pub const TRM: Library = Library {
    folders: &["core", "host", "posix", "format", "kernels", "task", "model", "net", "solve"],
    instruction_sets: "instruction_sets",
};
pub const TRAIN: Library = Library {
    folders: &["interchange", "posix_train", "puzzles", "learning"],
    instruction_sets: "train_instruction_sets",
};

pub struct Source {
    /// Below lib/.
    pub path: String,
    /// Flags that this file alone needs.
    pub flags: Vec<String>,
}

/// A library's sources for a kind of processor: "x86", "arm64", or neither.
pub fn sources(list: &str, library: &Library, kernels: Option<&str>) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for folder in library.folders {
        let files = between(list, &format!("{folder} = files(\n"), ")")?;
        sources.extend(strings(files).map(|path| Source { path, flags: Vec::new() }));
    }
    if let Some(processor) = kernels {
        sources.extend(instruction_sets(list, library.instruction_sets, processor)?);
    }
    Ok(sources)
}

/// Files for one instruction set each. Which of them run is decided at run time.
fn instruction_sets(list: &str, name: &str, processor: &str) -> Result<Vec<Source>> {
    let branch = between(list, &format!("if {processor}\n"), "\ne")?; // up to elif or endif
    let mut flags = HashMap::new();
    for line in branch.lines() {
        if let Some((name, value)) =
            line.trim().split_once(" = ").filter(|(_, value)| !value.starts_with('{'))
        {
            flags.insert(name.to_string(), sum(value, &flags)?);
        }
    }
    let mut sources = Vec::new();
    for line in between(branch, &format!("  {name} = {{\n"), "\n  }")?.lines() {
        let entry = line.trim().trim_end_matches(',').split_once(": ");
        let (path, value) = entry.ok_or_else(|| format!("expected 'file': flags, found {line}"))?;
        sources.push(Source { path: strings(path).collect(), flags: sum(value, &flags)? });
    }
    Ok(sources)
}

/// `avx2 + ['-mavxvnni']`, as strings.
fn sum(expression: &str, known: &HashMap<String, Vec<String>>) -> Result<Vec<String>> {
    let mut values = Vec::new();
    for term in expression.split(" + ") {
        match known.get(term) {
            Some(flags) => values.extend_from_slice(flags),
            None if term.starts_with('[') => values.extend(strings(term)),
            None => return Err(format!("expected a list or the name of one, found {term}")),
        }
    }
    Ok(values)
}

/// What stands in quotes.
fn strings(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split('\'').skip(1).step_by(2).map(String::from)
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> Result<&'a str> {
    let rest = text.split_once(begin).map(|(_, rest)| rest);
    let found = rest.and_then(|rest| rest.split_once(end)).map(|(found, _)| found);
    found.ok_or_else(|| format!("expected {begin:?} and, later, {end:?}"))
}
