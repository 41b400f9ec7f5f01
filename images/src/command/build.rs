//! `flagstaff-images build`: our own programs, linked statically, an archive of each.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use clap::Args;
use flagstaff_images::{Architecture, Compression, File, Image, MACHINE_CA_CERTIFICATES, Reference, write_archive};
use serde::Deserialize;

use super::write::architecture;

/// What `build` can be told.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The cargo profile
    #[arg(long, default_value = "release")]
    profile: String,
    /// The folder for the archives
    #[arg(long, default_value = "dist/images")]
    out: PathBuf,
    /// The machine that the images are for (default: this one)
    #[arg(long)]
    arch: Option<Architecture>,
    /// Only this program; may be repeated
    #[arg(long, value_parser = PROGRAMS.map(|program| program.binary))]
    program: Vec<String>,
    /// Registry and path before the image's name
    #[arg(long, default_value = "ghcr.io/flagstaff-dev")]
    registry: String,
    /// The tag (default: the workspace's version)
    #[arg(long, default_value = env!("CARGO_PKG_VERSION"))]
    tag: String,
    /// How the layer is stored: none (fastest) or gzip (smallest)
    #[arg(long, default_value = "gzip")]
    compression: Compression,
}

/// A program that has an image. Package, binary and image share their stem.
struct Program {
    package: &'static str,
    /// The binary's name, and the image's.
    binary: &'static str,
    title: &'static str,
    /// A folder whose files stand in the image under the same path.
    folder: Option<&'static str>,
}

const PROGRAMS: [Program; 4] = [
    Program { package: "flagstaff-operator", binary: "flagstaff-operator", title: "Flagstaff operator", folder: None },
    // It looks for the console beside itself.
    Program { package: "flagstaff-hub", binary: "flagstaff-hub", title: "Flagstaff hub", folder: Some("web/dist") },
    Program { package: "flagstaff-meter", binary: "flagstaff-meter", title: "Flagstaff meter", folder: None },
    Program { package: "flagstaff-cli", binary: "flagstaff", title: "Flagstaff command line", folder: None },
];

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let architecture = architecture(arguments.arch)?;
    for program in &PROGRAMS {
        let asked = &arguments.program;
        if !asked.is_empty() && !asked.iter().any(|name| name == program.binary) {
            continue;
        }
        let binary = build_static(program, &arguments.profile, architecture)?;
        let image = image(program, arguments, architecture, &binary)?;
        let name = format!("{}-{}-linux-{architecture}.tar", program.binary, arguments.tag);
        let out = arguments.out.join(name);
        let digest = write_archive(&image, &out)?;
        println!("{} {}@{digest}", out.display(), image.reference);
    }
    Ok(())
}

fn image(program: &Program, arguments: &Arguments, architecture: Architecture, binary: &Path) -> anyhow::Result<Image> {
    let reference: Reference = format!("{}/{}:{}", arguments.registry, program.binary, arguments.tag).parse()?;
    let file = File::program(format!("/{}", program.binary), binary);
    let mut image = Image::of_program(reference, architecture, file);
    image.ca_certificates = Some(MACHINE_CA_CERTIFICATES.into());
    if let Some(folder) = program.folder {
        image.files.extend(files(Path::new(folder))?);
    }
    image.compression = arguments.compression;
    image.labels = [
        ("org.opencontainers.image.title", program.title),
        ("org.opencontainers.image.version", arguments.tag.as_str()),
        ("org.opencontainers.image.licenses", env!("CARGO_PKG_LICENSE")),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    Ok(image)
}

/// The files of a folder, in order, each under its own path in the image.
fn files(folder: &Path) -> anyhow::Result<Vec<File>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("{} cannot be read: make it with `make console`", folder.display()))?;
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    let mut found = vec![];
    for path in paths {
        match path.is_dir() {
            true => found.extend(files(&path)?),
            false => found.push(File::data(format!("/{}", path.display()), &path)),
        }
    }
    Ok(found)
}

/// One line of what cargo reports; other kinds of line have none of these fields.
#[derive(Deserialize)]
struct CargoMessage {
    reason: String,
    executable: Option<PathBuf>,
}

/// Builds the program with the C library inside, and answers where cargo put it.
///
/// The target is named even where it is this machine's own: only then do the flags leave build scripts
/// and procedural macros alone, which cannot be static.
fn build_static(program: &Program, profile: &str, architecture: Architecture) -> anyhow::Result<PathBuf> {
    let target = target(architecture);
    let flags = match env::var("RUSTFLAGS") {
        Ok(flags) => format!("{flags} -C target-feature=+crt-static"),
        Err(_) => "-C target-feature=+crt-static".to_owned(),
    };
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--message-format=json-render-diagnostics"])
        .args(["--profile", profile, "--target", target])
        .args(["--package", program.package, "--bin", program.binary])
        .env("RUSTFLAGS", flags)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .stdout(Stdio::piped());
    if let Some((variable, linker)) = cross_linker(architecture) {
        command.env(variable, linker);
    }
    let mut child = command.spawn().context("cannot start cargo")?;
    let mut executable = None;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line.context("cannot read what cargo says")?;
            let message: CargoMessage =
                serde_json::from_str(&line).with_context(|| format!("cargo said something unexpected: {line}"))?;
            if message.reason == "compiler-artifact" {
                executable = message.executable.or(executable);
            }
        }
    }
    let status = child.wait().context("cannot wait for cargo")?;
    if !status.success() {
        bail!("cargo could not build {} for {target}: {status}", program.package);
    }
    executable.with_context(|| format!("cargo built no binary {}", program.binary))
}

fn target(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::Amd64 => "x86_64-unknown-linux-gnu",
        Architecture::Arm64 => "aarch64-unknown-linux-gnu",
    }
}

/// The variable that names cargo's linker and the linker, where another machine's is needed and none was named.
fn cross_linker(architecture: Architecture) -> Option<(String, &'static str)> {
    if Architecture::of_this_machine() == Some(architecture) {
        return None;
    }
    let target = target(architecture).to_uppercase().replace('-', "_");
    let variable = format!("CARGO_TARGET_{target}_LINKER");
    let linker = match architecture {
        Architecture::Amd64 => "x86_64-linux-gnu-gcc",
        Architecture::Arm64 => "aarch64-linux-gnu-gcc",
    };
    env::var_os(&variable).is_none().then_some((variable, linker))
}
