//! Where one is signed in: a file in the configuration folder that only its owner may read.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::HubError;

/// Everything that is kept.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Credentials {
    /// URL of the hub of the last login.
    pub current: Option<String>,
    /// Hubs by URL.
    pub hubs: BTreeMap<String, KnownHub>,
}

/// A hub at which one is signed in.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct KnownHub {
    /// The API token.
    pub token: String,
    /// Authorities of its certificate (PEM), where they were pinned.
    pub certificates_pem: Option<String>,
    /// Its identity key, where that was compared.
    pub identity_key: Option<String>,
    /// The newest seal of its audit log that was seen: number and hash.
    pub audit_head: Option<(i64, String)>,
}

impl std::fmt::Debug for KnownHub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KnownHub").field("identity_key", &self.identity_key).finish_non_exhaustive()
    }
}

/// A URL without what does not matter.
pub fn plain(url: &str) -> String {
    url.trim().trim_end_matches('/').to_owned()
}

/// The file: below `XDG_CONFIG_HOME`, else in `~/.config`.
pub fn file() -> Result<PathBuf, HubError> {
    let given = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = given("XDG_CONFIG_HOME").or_else(|| given("HOME").map(|home| home.join(".config")));
    let folder = folder
        .ok_or_else(|| HubError::NoAnswer("neither XDG_CONFIG_HOME nor HOME says where credentials are kept".into()))?;
    Ok(folder.join("flagstaff/credentials.json"))
}

/// What is kept; nothing when there is no file.
pub fn load() -> Result<Credentials, HubError> {
    let path = file()?;
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Credentials::default()),
        Err(error) => return Err(fault(&path, &error)),
    };
    let open = std::fs::metadata(&path).map_err(|error| fault(&path, &error))?.permissions().mode() & 0o077 != 0;
    if open {
        let why = "others may read it: run `chmod 600` on it, and make another token if somebody could have".to_owned();
        return Err(HubError::File { path: path.display().to_string(), why });
    }
    let wrong = |error: serde_json::Error| HubError::File {
        path: path.display().to_string(),
        why: format!("it is not understood: {error}; remove it and sign in again"),
    };
    serde_json::from_slice(&text).map_err(wrong)
}

/// Keeps it, whole or not at all.
pub fn save(credentials: &Credentials) -> Result<PathBuf, HubError> {
    let path = file()?;
    write(&path, credentials).map_err(|error| fault(&path, &error))?;
    Ok(path)
}

fn write(path: &Path, credentials: &Credentials) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let part = path.with_extension("part");
    // One that was left behind may have other rights.
    match std::fs::remove_file(&part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
    serde_json::to_writer_pretty(&mut file, credentials)?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    std::fs::rename(&part, path)
}

fn fault(path: &Path, error: &std::io::Error) -> HubError {
    HubError::File { path: path.display().to_string(), why: error.to_string() }
}
