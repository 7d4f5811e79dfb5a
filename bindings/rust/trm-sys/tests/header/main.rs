//! src/declarations.rs is what trm.h says, and src/train.rs what train.h says: their text is made from the
//! headers, and what the compilers make of both, a C and a Rust one, is compared.
//!
//! After a change of a header, `TRM_RECORD=1 cargo test -p trm-sys` writes them.

mod c;
mod layout;
mod rust;
mod tokens;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

struct Header {
    name: &'static str,
    /// Its file in Rust, and how that begins.
    declarations: &'static str,
    begin: &'static str,
}

const TRM: Header = Header {
    name: "trm.h",
    declarations: "src/declarations.rs",
    begin: "\
// Made from trm.h by tests/header, and compared with it there. TRM_RECORD=1 cargo test -p trm-sys writes it
// anew.

use std::marker::{PhantomData, PhantomPinned};
use std::mem::size_of;
use std::os::raw::{c_char, c_uint, c_void};
use std::ptr::{null, null_mut};
",
};

const TRAIN: Header = Header {
    name: "train.h",
    declarations: "src/train.rs",
    begin: "\
// Made from train.h by tests/header, and compared with it there. TRM_RECORD=1 cargo test -p trm-sys writes it
// anew.

use crate::declarations::*;
use std::marker::{PhantomData, PhantomPinned};
use std::mem::size_of;
use std::os::raw::{c_char, c_int, c_uint, c_void};
use std::ptr::{null, null_mut};
",
};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Header {
    fn text(&self) -> String {
        read(&format!("vendor/include/trm/{}", self.name))
    }

    fn items(&self) -> Vec<c::Item> {
        c::parse(&self.text())
    }

    fn check_text(&self) {
        let expected = rust::declarations(self.begin, &self.items());
        if std::env::var_os("TRM_RECORD").is_some() {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(self.declarations);
            fs::write(&path, &expected).unwrap();
        }
        let found = read(self.declarations);
        for (number, (expected, found)) in expected.lines().zip(found.lines()).enumerate() {
            assert_eq!(
                found,
                expected,
                "{}, line {}; TRM_RECORD=1 writes it anew",
                self.declarations,
                number + 1
            );
        }
        assert_eq!(found.len(), expected.len());
    }

    fn check_exports(&self) {
        let exported = self.text().lines().filter(|line| line.starts_with("TRM_API ")).count();
        let items = self.items();
        let declared = items.iter().filter(|item| matches!(item, c::Item::Function { .. })).count();
        assert_eq!(declared, exported, "{}", self.name);
    }

    fn check_layout(&self, structures: BTreeSet<String>) {
        let name = self.name;
        let expected = layout::of_c(name, &self.items());
        let found = layout::of_rust(structures, &read(self.declarations));
        assert!(expected.len() > 80, "the C program says little: {expected:#?}");
        for line in &expected {
            assert!(found.contains(line), "{name} has {line}, which Rust has not");
        }
        for line in &found {
            assert!(expected.contains(line), "Rust has {line}, which {name} has not");
        }
    }
}

#[test]
fn the_text_is_made_from_the_headers() {
    TRM.check_text();
    TRAIN.check_text();
}

#[test]
fn every_export_of_the_headers_is_declared() {
    TRM.check_exports();
    TRAIN.check_exports();
}

#[test]
fn the_c_compiler_sees_the_same_structs_and_values() {
    TRM.check_layout(layout::of_trm());
    #[cfg(feature = "train")]
    TRAIN.check_layout(layout::of_train());
}

#[test]
fn the_library_is_the_one_declared() {
    let header = (trm_sys::TRM_VERSION_MAJOR, trm_sys::TRM_VERSION_MINOR, trm_sys::TRM_VERSION_PATCH);
    assert_eq!(format!("{}.{}.{}", header.0, header.1, header.2), env!("CARGO_PKG_VERSION"));
    // SAFETY: the function has no preconditions.
    let version = unsafe { trm_sys::trm_version() };
    assert!(version >= header.0 * 65536 + header.1 * 256 + header.2, "found {version:#x}");
}
