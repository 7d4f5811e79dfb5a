//! src/declarations.rs is what trm.h says: its text is made from the header, and what the compilers make of both, a C
//! and a Rust one, is compared.
//!
//! After a change of trm.h, `TRM_RECORD=1 cargo test -p trm-sys` writes src/declarations.rs.

mod c;
mod layout;
mod rust;
mod tokens;

use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn header() -> Vec<c::Item> {
    c::parse(&read("vendor/include/trm/trm.h"))
}

#[test]
fn the_text_is_made_from_the_header() {
    let expected = rust::declarations(&header());
    if std::env::var_os("TRM_RECORD").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/declarations.rs");
        fs::write(&path, &expected).unwrap();
    }
    let found = read("src/declarations.rs");
    for (number, (expected, found)) in expected.lines().zip(found.lines()).enumerate() {
        assert_eq!(found, expected, "line {}; TRM_RECORD=1 writes the file anew", number + 1);
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn every_export_of_the_header_is_declared() {
    let text = read("vendor/include/trm/trm.h");
    let exported = text.lines().filter(|line| line.starts_with("TRM_API ")).count();
    let items = header();
    let declared = items.iter().filter(|item| matches!(item, c::Item::Function { .. })).count();
    assert_eq!(declared, exported);
}

#[test]
fn the_c_compiler_sees_the_same_structs_and_values() {
    let expected = layout::of_c(&header());
    let found = layout::of_rust(&read("src/declarations.rs"));
    assert!(expected.len() > 100, "the C program says little: {expected:#?}");
    for line in &expected {
        assert!(found.contains(line), "trm.h has {line}, which Rust has not");
    }
    for line in &found {
        assert!(expected.contains(line), "Rust has {line}, which trm.h has not");
    }
}

#[test]
fn the_library_is_the_one_declared() {
    let header = (trm_sys::TRM_VERSION_MAJOR, trm_sys::TRM_VERSION_MINOR, trm_sys::TRM_VERSION_PATCH);
    assert_eq!(format!("{}.{}.{}", header.0, header.1, header.2), env!("CARGO_PKG_VERSION"));
    // SAFETY: the function has no preconditions.
    let version = unsafe { trm_sys::trm_version() };
    assert!(version >= header.0 * 65536 + header.1 * 256 + header.2, "found {version:#x}");
}
