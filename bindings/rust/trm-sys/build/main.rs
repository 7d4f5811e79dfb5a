//! Finds libtrm by pkg-config, or compiles the sources that come with this crate.
//!
//! `TRM_BUNDLED=1` in the environment, or the feature `bundled`, asks for the sources. Otherwise the
//! environment of pkg-config has its usual meaning. The sources need a C11 compiler that takes the options of
//! gcc: `CC_<target>`, `TARGET_CC`, `CC`, or `cc`, with `CFLAGS` named the same way; the archive is made by
//! `AR`, or `ar`. docs.rs, which says `DOCS_RS`, gets nothing: pages need no library.

mod bundled;
mod installed;
mod sources;
mod target;

use std::env;

type Result<T> = std::result::Result<T, String>;

fn main() {
    target::watch();
    for name in ["TRM_BUNDLED", "PKG_CONFIG_PATH", "DOCS_RS"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    println!("cargo:rerun-if-changed=build");
    if env::var_os("DOCS_RS").is_some() {
        return;
    }
    let asked = env::var("TRM_BUNDLED").map_or(false, |value| !value.is_empty() && value != "0");
    if asked || is_wanted("BUNDLED") || !installed::link() {
        bundled::link().unwrap_or_else(|sentence| {
            eprintln!("libtrm could not be compiled: {sentence}");
            std::process::exit(1);
        });
    }
}

/// Whether a feature is.
fn is_wanted(feature: &str) -> bool {
    env::var_os(format!("CARGO_FEATURE_{feature}")).is_some()
}

/// A variable that cargo sets.
fn variable(name: &str) -> Result<String> {
    env::var(name).map_err(|error| format!("{name}: {error}"))
}

/// Tells cargo of a linker's flags.
fn link_flags(flags: &str) {
    for word in flags.split_whitespace() {
        if let Some(directory) = word.strip_prefix("-L") {
            println!("cargo:rustc-link-search=native={directory}");
        } else if let Some(name) = word.strip_prefix("-l") {
            println!("cargo:rustc-link-lib={name}");
        }
    }
}
