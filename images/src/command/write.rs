//! `flagstaff-images write`: an archive of binaries that are there already.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use flagstaff_images::{
    Architecture, Compression, Directory, File, Image, MACHINE_CA_CERTIFICATES, Reference, User, write_archive,
};

/// What `write` can be told.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The full reference of the image, such as docker.io/grafana/alloy:v1.11.0
    #[arg(long)]
    reference: Reference,
    /// A static binary, put at /NAME or at /DEST; the first is what the image starts
    #[arg(long, required = true, value_name = "PATH[:/DEST]")]
    binary: Vec<String>,
    /// A file of data
    #[arg(long, value_name = "PATH:/DEST")]
    file: Vec<String>,
    /// A directory that belongs to the image's user
    #[arg(long, value_name = "/PATH")]
    directory: Vec<String>,
    /// A first argument that is always given to the program
    #[arg(long, value_name = "ARGUMENT", allow_hyphen_values = true)]
    argument: Vec<String>,
    /// An environment variable
    #[arg(long, value_name = "NAME=VALUE")]
    env: Vec<String>,
    /// A label of the image
    #[arg(long, value_name = "NAME=VALUE")]
    label: Vec<String>,
    /// Who the program runs as
    #[arg(long, default_value_t, value_name = "UID:GID")]
    user: User,
    /// Put this machine's certificate authorities into the image
    #[arg(long)]
    ca_certificates: bool,
    /// The machine that the binaries are for (default: this one)
    #[arg(long)]
    arch: Option<Architecture>,
    /// How the layer is stored: none (fastest) or gzip (smallest)
    #[arg(long, default_value = "gzip")]
    compression: Compression,
    /// The archive to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let image = image(arguments)?;
    let digest = write_archive(&image, &arguments.out)?;
    println!("{} {}@{digest}", arguments.out.display(), image.reference);
    Ok(())
}

fn image(arguments: &Arguments) -> anyhow::Result<Image> {
    let mut binaries = arguments.binary.iter().map(|text| binary(text));
    let first = binaries.next().context("--binary is missing")??;
    let architecture = architecture(arguments.arch)?;
    let mut image = Image::of_program(arguments.reference.clone(), architecture, first);
    for binary in binaries {
        image.files.push(binary?);
    }
    for text in &arguments.file {
        let Some((source, path)) = text.rsplit_once(":/") else {
            bail!("--file {text}: say where it goes, as PATH:/DEST");
        };
        image.files.push(File::data(format!("/{path}"), source));
    }
    image.entrypoint.extend(arguments.argument.iter().cloned());
    for text in &arguments.env {
        let (name, value) = pair("--env", text)?;
        image.environment.insert(name, value);
    }
    for text in &arguments.label {
        let (name, value) = pair("--label", text)?;
        image.labels.insert(name, value);
    }
    image.user = arguments.user;
    image.directories = arguments
        .directory
        .iter()
        .map(|path| Directory { path: path.clone(), mode: 0o755, owner: arguments.user })
        .collect();
    if arguments.ca_certificates {
        image.ca_certificates = Some(MACHINE_CA_CERTIFICATES.into());
    }
    image.compression = arguments.compression;
    Ok(image)
}

/// The architecture that was asked for, or that of this machine.
pub(crate) fn architecture(asked: Option<Architecture>) -> anyhow::Result<Architecture> {
    asked.or_else(Architecture::of_this_machine).context("images are made for amd64 and arm64: say which by --arch")
}

fn binary(text: &str) -> anyhow::Result<File> {
    if let Some((source, path)) = text.rsplit_once(":/") {
        return Ok(File::program(format!("/{path}"), source));
    }
    let source = PathBuf::from(text);
    let name = source
        .file_name()
        .and_then(|name| name.to_str())
        .with_context(|| format!("--binary {text}: it has no file name; say PATH:/DEST"))?;
    Ok(File::program(format!("/{name}"), &source))
}

fn pair(flag: &str, text: &str) -> anyhow::Result<(String, String)> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => bail!("{flag} {text}: expected NAME=VALUE"),
    }
}
