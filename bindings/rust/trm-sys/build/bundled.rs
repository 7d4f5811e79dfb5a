//! The sources that come with this crate, compiled to a static library.

use crate::sources::{sources, Source, TRAIN, TRM};
use crate::target::{self, program, words};
use crate::{installed, is_wanted, link_flags, variable, Result};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// As meson.build has them. The answers' bits depend on the last one.
const FLAGS: [&str; 8] = [
    "-std=c11",
    "-O2",
    "-fPIC",
    "-fvisibility=hidden",
    "-D_FILE_OFFSET_BITS=64",
    "-fno-math-errno",
    "-fno-unroll-loops",
    "-ffp-contract=off",
];

struct Build {
    /// Where include/ and lib/ are.
    root: PathBuf,
    /// Where everything that is made goes.
    out: PathBuf,
    /// As the processor is called in lib/meson.build; None where the portable kernels have to do.
    kernels: Option<&'static str>,
    has_threads: bool,
}

pub fn link() -> Result<()> {
    target::check()?;
    let build = Build {
        root: PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("vendor"),
        out: PathBuf::from(variable("OUT_DIR")?),
        kernels: kernels()?,
        has_threads: env::var_os("CARGO_CFG_UNIX").is_some(),
    };
    for watched in ["include", "lib"] {
        println!("cargo:rerun-if-changed={}", build.root.join(watched).display());
    }
    let zlib =
        build.library("zlib", "z", "#include <zlib.h>\nint main(void) { return zlibVersion() == 0; }\n")?;
    let jansson = if is_wanted("TRAIN") { build.jansson()? } else { String::new() };
    build.configure(zlib.is_some())?;
    build.archive(&build.compile(&build.sources()?)?)?;

    println!("cargo:rustc-link-search=native={}", build.out.display());
    println!("cargo:rustc-link-lib=static=trm");
    link_flags(&format!("{jansson} {} -lm", zlib.unwrap_or_default()));
    Ok(())
}

fn kernels() -> Result<Option<&'static str>> {
    let is_little = variable("CARGO_CFG_TARGET_ENDIAN")? == "little";
    Ok(match variable("CARGO_CFG_TARGET_ARCH")?.as_str() {
        "x86_64" => Some("x86"),
        "aarch64" if is_little => Some("arm64"),
        _ => None,
    })
}

impl Build {
    /// What there is to compile.
    fn sources(&self) -> Result<Vec<Source>> {
        let path = self.root.join("lib/meson.build");
        let within = |sentence| format!("{}: {sentence}", path.display());
        let list = fs::read_to_string(&path).map_err(|error| within(error.to_string()))?;
        let mut all = sources(&list, &TRM, self.kernels).map_err(within)?;
        if is_wanted("TRAIN") {
            all.extend(sources(&list, &TRAIN, self.kernels).map_err(within)?);
        }
        Ok(all)
    }

    fn jansson(&self) -> Result<String> {
        let program = "#include <jansson.h>\nint main(void) { json_decref(json_object()); }\n";
        let flags = self.library("jansson", "jansson", program)?;
        flags.ok_or_else(|| {
            "the feature train needs the library jansson (Debian: libjansson-dev), found none".into()
        })
    }

    /// The linker's flags of a library, if a program with it can be made: what pkg-config says, or -lNAME.
    fn library(&self, package: &str, name: &str, program_text: &str) -> Result<Option<String>> {
        let source = self.out.join(format!("{package}_probe.c"));
        write(&source, program_text)?;
        let flags = installed::libraries(&[package.into()]).unwrap_or_else(|| format!("-l{name}"));
        let mut compiler = program("CC", "cc");
        compiler
            .args(words("CFLAGS").unwrap_or_default())
            .arg(&source)
            .arg("-o")
            .arg(source.with_extension(""))
            .args(flags.split_whitespace());
        let status = compiler.stdout(Stdio::null()).stderr(Stdio::null()).status();
        Ok(status.map_or(false, |status| status.success()).then_some(flags))
    }

    /// config.h, as meson writes it.
    fn configure(&self, has_zlib: bool) -> Result<()> {
        let configuration = [
            ("TRMI_HAVE_ZLIB", has_zlib),
            ("TRMI_HAVE_THREADS", self.has_threads),
            ("TRMI_HAVE_X86", self.kernels == Some("x86")),
            ("TRMI_HAVE_ARM64", self.kernels == Some("arm64")),
        ];
        let lines = configuration.map(|(name, is_set)| {
            let directive = if is_set { "define" } else { "undef" };
            format!("#{directive} {name}\n")
        });
        write(&self.out.join("config.h"), &lines.concat())
    }

    /// Compiles the sources, as many at a time as cargo allows; returns their objects.
    fn compile(&self, sources: &[Source]) -> Result<Vec<PathBuf>> {
        let jobs = variable("NUM_JOBS")?.parse().unwrap_or(1).max(1);
        let mut objects = Vec::new();
        for group in sources.chunks(jobs) {
            let mut running = Vec::new();
            for source in group {
                let object = self.out.join(source.path.replace('/', "_")).with_extension("o");
                let mut compiler = self.compiler()?;
                compiler.args(&source.flags).arg("-c").arg(self.root.join("lib").join(&source.path));
                let child = compiler.arg("-o").arg(&object).spawn();
                running.push((child.map_err(|error| format!("{compiler:?}: {error}"))?, compiler));
                objects.push(object);
            }
            for (mut child, compiler) in running {
                succeeded(&compiler, child.wait())?;
            }
        }
        Ok(objects)
    }

    fn compiler(&self) -> Result<Command> {
        let mut command = program("CC", "cc");
        command.args(FLAGS).args(words("CFLAGS").unwrap_or_default());
        if variable("CARGO_CFG_TARGET_ARCH")? == "s390x" {
            command.arg("-fexcess-precision=fast"); // or else gcc computes floats in double there
        }
        if self.has_threads {
            command.arg("-pthread");
        }
        if variable("PROFILE")? == "release" {
            command.arg("-DNDEBUG");
        }
        if variable("DEBUG")? == "true" {
            command.arg("-g");
        }
        command.arg("-I").arg(&self.out).arg("-I").arg(&self.root).arg("-I").arg(self.root.join("include"));
        Ok(command)
    }

    fn archive(&self, objects: &[PathBuf]) -> Result<()> {
        let archive = self.out.join("libtrm.a");
        let _ = fs::remove_file(&archive); // ar adds to what is there
        let mut command = program("AR", "ar");
        command.arg("crs").arg(&archive).args(objects);
        let status = command.status();
        succeeded(&command, status)
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn succeeded(command: &Command, status: std::io::Result<std::process::ExitStatus>) -> Result<()> {
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?}: {status}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}
