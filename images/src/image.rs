//! What an image is made of.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::reference::Reference;

/// Everything that an archive is written from.
#[derive(Clone, Debug)]
pub struct Image {
    /// The full reference under which a cluster asks for the image.
    pub reference: Reference,
    /// The machine that the binaries are for.
    pub architecture: Architecture,
    /// The program and its first arguments; the program is one of `files`.
    pub entrypoint: Vec<String>,
    /// Who the program runs as.
    pub user: User,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// Labels of the image's configuration.
    pub labels: BTreeMap<String, String>,
    /// Files, copied from this machine. They belong to root.
    pub files: Vec<File>,
    /// Directories beyond `/etc`, `/tmp` and the parents of files, which are always there.
    pub directories: Vec<Directory>,
    /// A bundle of certificate authorities to put at `/etc/ssl/certs/ca-certificates.crt`.
    pub ca_certificates: Option<PathBuf>,
    /// How the layer is stored.
    pub compression: Compression,
}

impl Image {
    /// An image of one program, put at `/<file name>` and started as `nonroot`.
    #[must_use]
    pub fn of_program(reference: Reference, architecture: Architecture, program: File) -> Self {
        Self {
            reference,
            architecture,
            entrypoint: vec![program.path.clone()],
            user: User::default(),
            environment: BTreeMap::new(),
            labels: BTreeMap::new(),
            files: vec![program],
            directories: Vec::new(),
            ca_certificates: None,
            compression: Compression::default(),
        }
    }
}

/// A file of the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it stands in the image, absolute.
    pub path: String,
    /// Where it is copied from.
    pub source: PathBuf,
    /// Its permission bits.
    pub mode: u32,
}

impl File {
    /// A program: readable and executable by everyone.
    #[must_use]
    pub fn program(path: impl Into<String>, source: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), source: source.into(), mode: 0o755 }
    }

    /// A file of data: readable by everyone.
    #[must_use]
    pub fn data(path: impl Into<String>, source: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), source: source.into(), mode: 0o644 }
    }
}

/// A directory of the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// Where it stands in the image, absolute.
    pub path: String,
    /// Its permission bits.
    pub mode: u32,
    /// Who it belongs to.
    pub owner: User,
}

/// A numeric user and group. A name would not do: a kubelet can check `runAsNonRoot` on numbers only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    /// The user's number.
    pub uid: u32,
    /// The group's number.
    pub gid: u32,
}

impl User {
    /// The owner of everything that a program may not change.
    pub const ROOT: Self = Self { uid: 0, gid: 0 };
    /// The user that programs run as, with the number that distroless images gave it.
    pub const NONROOT: Self = Self { uid: 65532, gid: 65532 };
}

impl Default for User {
    fn default() -> Self {
        Self::NONROOT
    }
}

impl fmt::Display for User {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.uid, self.gid)
    }
}

impl FromStr for User {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_once(':')
            .and_then(|(uid, gid)| Some((uid.parse().ok()?, gid.parse().ok()?)))
            .map(|(uid, gid)| Self { uid, gid })
            .ok_or_else(|| ParseError::new(text, "a user is two numbers, `uid:gid`"))
    }
}

/// The machines that images are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// 64-bit x86.
    Amd64,
    /// 64-bit Arm.
    Arm64,
}

impl Architecture {
    /// The name that image registries and Kubernetes use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }

    /// The architecture of the machine that this program was built for, where images are made for it.
    #[must_use]
    pub fn of_this_machine() -> Option<Self> {
        match std::env::consts::ARCH {
            "x86_64" => Some(Self::Amd64),
            "aarch64" => Some(Self::Arm64),
            _ => None,
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Architecture {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "amd64" => Ok(Self::Amd64),
            "arm64" => Ok(Self::Arm64),
            _ => Err(ParseError::new(text, "an architecture is `amd64` or `arm64`")),
        }
    }
}

/// How a layer is stored in the archive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// As it is: written and imported fastest, for images that stay on one machine.
    None,
    /// Compressed, for images that travel.
    #[default]
    Gzip,
}

impl FromStr for Compression {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "none" => Ok(Self::None),
            "gzip" => Ok(Self::Gzip),
            _ => Err(ParseError::new(text, "a compression is `none` or `gzip`")),
        }
    }
}

/// A word that stands for no value of its kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}`: {expected}")]
pub struct ParseError {
    text: String,
    expected: &'static str,
}

impl ParseError {
    pub(crate) fn new(text: &str, expected: &'static str) -> Self {
        Self { text: text.to_owned(), expected }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_two_numbers() {
        assert_eq!("65532:65532".parse(), Ok(User::NONROOT));
        assert_eq!(User::NONROOT.to_string(), "65532:65532");
        for text in ["nonroot", "65532", "1:x", "-1:0", ""] {
            assert!(text.parse::<User>().is_err(), "`{text}` was taken");
        }
    }
}
