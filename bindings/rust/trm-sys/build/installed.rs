//! The library of this machine, as pkg-config knows it.

use crate::target::{is_another, program, words};
use crate::{is_wanted, link_flags, variable, Result};

/// Links the installed library. False where there is none that is as new as this crate.
pub fn link() -> bool {
    let libraries = range().ok().and_then(|range| libraries(&range));
    libraries.as_deref().map(link_flags).is_some()
}

/// Versions that have what this crate declares: from its own up to the next major one.
fn range() -> Result<[String; 2]> {
    let package = if is_wanted("TRAIN") { "trm-train" } else { "trm" };
    let least = format!("{package} >= {}", variable("CARGO_PKG_VERSION")?);
    let major = variable("CARGO_PKG_VERSION_MAJOR")?.parse::<u32>().map_err(|error| error.to_string())?;
    Ok([least, format!("{package} < {}", major + 1)])
}

/// What pkg-config says about linking packages. None where it does not know one, and for other machines than
/// the one that it knows about, unless the environment names a pkg-config for them.
pub fn libraries(packages: &[String]) -> Option<String> {
    if is_another() && words("PKG_CONFIG").is_none() {
        return None;
    }
    let output = program("PKG_CONFIG", "pkg-config").arg("--libs").args(packages).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_string())
}
