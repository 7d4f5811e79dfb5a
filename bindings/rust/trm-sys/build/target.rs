//! The programs for the machine that is compiled for, named in the environment as the crate cc has it:
//! `CC_<target>`, `TARGET_CC`, `CC`.

use crate::{variable, Result};
use std::env;
use std::process::Command;

/// Whether it is another one than this.
pub fn is_another() -> bool {
    env::var("HOST") != env::var("TARGET")
}

/// Where a program or flags for it may be named, the first first.
fn names(kind: &str) -> Vec<String> {
    let target = env::var("TARGET").unwrap_or_default();
    let machine = if is_another() { "TARGET" } else { "HOST" };
    vec![
        format!("{kind}_{target}"),
        format!("{kind}_{}", target.replace('-', "_")),
        format!("{machine}_{kind}"),
        kind.into(),
    ]
}

/// Tells cargo what the environment may name.
pub fn watch() {
    for name in ["CC", "CFLAGS", "AR", "PKG_CONFIG"].iter().flat_map(|kind| names(kind)) {
        println!("cargo:rerun-if-env-changed={name}");
    }
}

/// The words that are named.
pub fn words(kind: &str) -> Option<Vec<String>> {
    let text = names(kind).iter().find_map(|name| env::var(name).ok())?;
    Some(text.split_whitespace().map(String::from).collect())
}

/// The program with its arguments, or the usual one.
pub fn program(kind: &str, usual: &str) -> Command {
    let mut words = words(kind).unwrap_or_default().into_iter();
    let mut command = Command::new(words.next().unwrap_or_else(|| usual.into()));
    command.args(words);
    command
}

/// Refuses a machine for which nobody names a compiler: what `cc` makes here runs on no other.
pub fn check() -> Result<()> {
    let target = variable("TARGET")?;
    if target == "wasm32-unknown-unknown" {
        return Err(format!("{target} has no C library; wasm32-wasip1 has one, and gives the same answers"));
    }
    if is_another() && words("CC").is_none() {
        let name = target.replace('-', "_");
        return Err(format!(
            "{target} is another machine than this one, {}: name a C compiler for it that takes the options of gcc in \
             CC_{name} (or TARGET_CC, or CC), and an archiver in AR_{name}",
            variable("HOST")?
        ));
    }
    Ok(())
}
