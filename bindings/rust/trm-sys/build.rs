//! Finds libtrm by pkg-config, or compiles the sources that come with this crate.
//!
//! `TRM_BUNDLED=1` in the environment, or the feature `bundled`, asks for the sources. Otherwise the environment of
//! pkg-config has its usual meaning. The sources need a C11 compiler that takes the options of gcc: `CC`, or `cc`;
//! the archive is made by `AR`, or `ar`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Folders of the library that make up libtrm; the others belong to libtrm-train.
const FOLDERS: [&str; 5] = ["core", "format", "kernels", "model", "solve"];

/// As in lib/meson.build. The answers' bits depend on the last two.
const FLAGS: [&str; 7] = [
    "-std=c11",
    "-O2",
    "-fPIC",
    "-fvisibility=hidden",
    "-D_FILE_OFFSET_BITS=64",
    "-ffp-contract=off",
    "-fno-math-errno",
];

const AVX2: [&str; 2] = ["-mavx2", "-mfma"];
const AVX512: [&str; 6] = [
    "-mavx2",
    "-mfma",
    "-mavx512f",
    "-mavx512bw",
    "-mavx512dq",
    "-mavx512vl",
];

/// Files for one instruction set, as in lib/meson.build. Which of them run is decided at run time.
const INSTRUCTION_SETS: [(&str, &[&str]); 2] = [
    ("kernels/x86/kernels_avx2.c", &AVX2),
    ("kernels/x86/kernels_avx512.c", &AVX512),
];

type Result<T> = std::result::Result<T, String>;

fn main() {
    for name in ["TRM_BUNDLED", "CC", "AR", "PKG_CONFIG", "PKG_CONFIG_PATH"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    println!("cargo:rerun-if-changed=build.rs");
    let libraries = match installed() {
        Some(libraries) => libraries,
        None => bundled().unwrap_or_else(|sentence| {
            eprintln!("libtrm could not be compiled: {sentence}");
            std::process::exit(1);
        }),
    };
    // How a C program links the same library, for the tests of this crate and of those that depend on it.
    println!("cargo:rustc-env=TRM_LIBRARIES={libraries}");
    println!("cargo:libraries={libraries}");
}

fn variable(name: &str) -> Result<String> {
    env::var(name).map_err(|error| format!("{name}: {error}"))
}

fn program(name: &str, default: &str) -> Command {
    let words = env::var(name).unwrap_or_else(|_| default.into());
    let mut words = words.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or(default));
    command.args(words);
    command
}

// ---------------------------------------------------------------------------------------------------------------------
// Installed
// ---------------------------------------------------------------------------------------------------------------------

/// What pkg-config says about linking a package; None where it does not know one.
fn pkg_config(packages: &[&str]) -> Option<String> {
    let output = program("PKG_CONFIG", "pkg-config")
        .arg("--libs")
        .args(packages)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_string())
}

/// pkg-config knows the libraries of this machine: for another one it has to be named by the environment.
fn pkg_config_serves_target() -> bool {
    env::var("HOST") == env::var("TARGET") || env::var_os("PKG_CONFIG").is_some()
}

fn installed() -> Option<String> {
    let bundled = env::var("TRM_BUNDLED").map_or(false, |value| !value.is_empty() && value != "0");
    if bundled || env::var_os("CARGO_FEATURE_BUNDLED").is_some() || !pkg_config_serves_target() {
        return None;
    }
    let least = format!("trm >= {}", variable("CARGO_PKG_VERSION").ok()?);
    let next: u32 = variable("CARGO_PKG_VERSION_MAJOR").ok()?.parse().ok()?;
    let libraries = pkg_config(&[&least, &format!("trm < {}", next + 1)])?;
    link(&libraries);
    Some(libraries)
}

/// Tells cargo of a linker's flags.
fn link(libraries: &str) {
    for word in libraries.split_whitespace() {
        if let Some(directory) = word.strip_prefix("-L") {
            println!("cargo:rustc-link-search=native={directory}");
        } else if let Some(name) = word.strip_prefix("-l") {
            println!("cargo:rustc-link-lib={name}");
        }
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Bundled
// ---------------------------------------------------------------------------------------------------------------------

fn bundled() -> Result<String> {
    let out = PathBuf::from(variable("OUT_DIR")?);
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("vendor");
    for watched in ["include/trm/trm.h", "lib"] {
        println!("cargo:rerun-if-changed={}", root.join(watched).display());
    }

    let zlib = zlib(&out)?;
    let simd = variable("CARGO_CFG_TARGET_ARCH")? == "x86_64";
    let threads = env::var_os("CARGO_CFG_UNIX").is_some();
    let configuration = [
        ("TRMI_HAVE_ZLIB", zlib.is_some()),
        ("TRMI_HAVE_THREADS", threads),
        ("TRMI_HAVE_X86", simd),
    ];
    write_configuration(&out.join("config.h"), &configuration)?;

    let mut sources: Vec<(String, &[&str])> = Vec::new();
    for source in listed_sources(&root)? {
        sources.push((source, &[]));
    }
    if simd {
        sources.extend(INSTRUCTION_SETS.map(|(source, flags)| (source.to_string(), flags)));
    }
    let objects = compile(&root, &out, &sources)?;
    let archive = out.join("libtrm.a");
    let _ = fs::remove_file(&archive); // ar adds to what is there
    run(program("AR", "ar").arg("crs").arg(&archive).args(&objects))?;

    println!("cargo:rustc-link-search=native={}", out.display());
    println!("cargo:rustc-link-lib=static=trm");
    let others = format!("{} -lm", zlib.unwrap_or_default());
    link(&others);
    let pthread = if threads { "-pthread" } else { "" };
    Ok(format!("{} {others} {pthread}", archive.display()))
}

/// The linker's flags of zlib, if there is one: what pkg-config says, or -lz.
fn zlib(out: &Path) -> Result<Option<String>> {
    let source = out.join("zlib_probe.c");
    write(&source, "#include <zlib.h>\nint main(void) { return zlibVersion() == 0; }\n")?;
    let named = if pkg_config_serves_target() { pkg_config(&["zlib"]) } else { None };
    let flags = named.unwrap_or_else(|| "-lz".into());
    let mut compiler = program("CC", "cc");
    compiler.arg(&source).arg("-o").arg(out.join("zlib_probe")).args(flags.split_whitespace());
    let found = compiler.stdout(Stdio::null()).stderr(Stdio::null()).status();
    Ok(found.map_or(false, |status| status.success()).then(|| flags))
}

fn write_configuration(path: &Path, configuration: &[(&str, bool)]) -> Result<()> {
    let lines = configuration.iter().map(|(name, is_set)| {
        if *is_set {
            format!("#define {name}\n")
        } else {
            format!("#undef {name}\n")
        }
    });
    write(path, &lines.collect::<String>())
}

/// The sources that lib/meson.build lists for FOLDERS: lines of the form 'core/pool.c', in blocks that begin with
/// core = files(
fn listed_sources(root: &Path) -> Result<Vec<String>> {
    let path = root.join("lib/meson.build");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut sources = Vec::new();
    for folder in FOLDERS {
        let begin = format!("{folder} = files(\n");
        let block = text
            .split_once(&begin)
            .and_then(|(_, rest)| rest.split_once(')'))
            .ok_or_else(|| format!("{}: expected a list of {folder}'s files", path.display()))?;
        sources.extend(block.0.split('\'').skip(1).step_by(2).map(String::from));
    }
    Ok(sources)
}

/// Compiles `sources`, as many at a time as cargo allows; returns their objects.
fn compile(root: &Path, out: &Path, sources: &[(String, &[&str])]) -> Result<Vec<PathBuf>> {
    let jobs = variable("NUM_JOBS")?.parse().unwrap_or(1).max(1);
    let mut objects = Vec::new();
    for group in sources.chunks(jobs) {
        let mut running = Vec::new();
        for (source, flags) in group {
            let object = out.join(source.replace('/', "_")).with_extension("o");
            let mut compiler = compiler(root, out)?;
            compiler.args(*flags).arg("-c").arg(root.join("lib").join(source)).arg("-o").arg(&object);
            let child = compiler.spawn().map_err(|error| format!("{compiler:?}: {error}"))?;
            running.push((compiler, child));
            objects.push(object);
        }
        for (compiler, mut child) in running {
            let status = child.wait().map_err(|error| format!("{compiler:?}: {error}"))?;
            if !status.success() {
                return Err(format!("{compiler:?}: {status}"));
            }
        }
    }
    Ok(objects)
}

fn compiler(root: &Path, out: &Path) -> Result<Command> {
    let mut command = program("CC", "cc");
    command.args(FLAGS);
    if env::var_os("CARGO_CFG_UNIX").is_some() {
        command.arg("-pthread");
    }
    if variable("PROFILE")? == "release" {
        command.arg("-DNDEBUG");
    }
    if variable("DEBUG")? == "true" {
        command.arg("-g");
    }
    command.arg("-I").arg(out).arg("-I").arg(root).arg("-I").arg(root.join("include"));
    Ok(command)
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{command:?}: {status}"))
    }
}
