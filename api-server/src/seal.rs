//! Credentials of others at rest: sealed with AES-256-GCM by a key that lies outside of the database.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::identity::write_private;
use crate::secret;

/// The first byte of everything sealed: which way it was sealed.
const WAY: u8 = 1;

/// Seals and opens; the key never leaves it.
pub struct Sealer {
    key: RandomizedNonceKey,
}

/// What was sealed by another key, for another purpose, or was changed since.
#[derive(Debug, thiserror::Error)]
#[error("a sealed secret does not open with this hub's key")]
pub struct Unreadable;

impl Sealer {
    /// The key of that file; without one, the key of the data folder, made where there is none.
    pub fn load(data_dir: &Path, file: Option<&Path>) -> Result<Self> {
        let own = data_dir.join("encryption.key");
        let path = file.unwrap_or(&own);
        if file.is_none() && !own.exists() {
            write_private(&own, secret::token()?.as_bytes())?;
        }
        let bytes = std::fs::read(path).with_context(|| format!("read the encryption key {}", path.display()))?;
        let key = key_of(&bytes)
            .with_context(|| format!("{} has to hold 32 bytes, as base64 or as they are", path.display()))?;
        let key = RandomizedNonceKey::new(&AES_256_GCM, &key).ok().context("use the encryption key")?;
        Ok(Self { key })
    }

    /// A text that only this key opens, and only for the same purpose: a row's secret is worth nothing in another row.
    pub fn seal(&self, purpose: &str, text: &str) -> Result<Vec<u8>, Unreadable> {
        let mut sealed = text.as_bytes().to_vec();
        let nonce = self.key.seal_in_place_append_tag(Aad::from(purpose), &mut sealed).map_err(|_| Unreadable)?;
        Ok([&[WAY], nonce.as_ref().as_slice(), &sealed].concat())
    }

    /// The text again.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<String, Unreadable> {
        let (way, rest) = sealed.split_first().ok_or(Unreadable)?;
        let (nonce, text) = rest.split_at_checked(NONCE_LEN).ok_or(Unreadable)?;
        if *way != WAY {
            return Err(Unreadable);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unreadable)?;
        let mut text = text.to_vec();
        let text = self.key.open_in_place(nonce, Aad::from(purpose), &mut text).map_err(|_| Unreadable)?;
        String::from_utf8(text.to_vec()).map_err(|_| Unreadable)
    }
}

/// 32 bytes as they are, or as base64 of either alphabet.
fn key_of(bytes: &[u8]) -> Result<[u8; 32]> {
    if let Ok(key) = bytes.try_into() {
        return Ok(key);
    }
    let text = std::str::from_utf8(bytes).context("it is no text")?.trim();
    let text: String = text
        .chars()
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            c => c,
        })
        .collect();
    let padded =
        format!("{:=<width$}", text.trim_end_matches('='), width = text.trim_end_matches('=').len().div_ceil(4) * 4);
    let key = STANDARD.decode(padded).context("it is no base64")?;
    ensure!(key.len() == 32, "it holds {} bytes", key.len());
    key.try_into().map_err(|_| anyhow::anyhow!("it holds another length"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_purpose_with_its_key_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let sealer = Sealer::load(folder.path(), None).expect("a key");
        let sealed = sealer.seal("store s-1", "hunter2").expect("sealed");
        assert!(!sealed.windows(7).any(|part| part == b"hunter2"));
        assert_ne!(sealed, sealer.seal("store s-1", "hunter2").expect("sealed"), "no two are the same");
        assert_eq!(sealer.open("store s-1", &sealed).expect("open"), "hunter2");
        assert!(sealer.open("store s-2", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut other = sealed.clone();
            other[at] ^= 1;
            assert!(sealer.open("store s-1", &other).is_err(), "byte {at}");
            assert!(sealer.open("store s-1", &sealed[..at]).is_err(), "the first {at} bytes");
        }
        // The same after a restart, and nobody else may read it.
        let again = Sealer::load(folder.path(), None).expect("the key");
        assert_eq!(again.open("store s-1", &sealed).expect("open"), "hunter2");
        let mode = std::fs::metadata(folder.path().join("encryption.key")).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let elsewhere = tempfile::tempdir().expect("a folder");
        assert!(Sealer::load(elsewhere.path(), None).expect("a key").open("store s-1", &sealed).is_err());
    }

    #[test]
    fn a_key_of_ones_own_is_base64_or_bytes() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        let load = |bytes: &[u8]| {
            std::fs::write(&path, bytes).expect("write");
            Sealer::load(folder.path(), Some(&path))
        };
        let sealed = load(&[7; 32]).expect("bytes").seal("p", "text").expect("sealed");
        let base64 = STANDARD.encode([7; 32]);
        for text in [base64.clone(), format!("{base64}\n"), base64.trim_end_matches('=').to_owned()] {
            assert_eq!(load(text.as_bytes()).expect("base64").open("p", &sealed).expect("open"), "text");
        }
        for wrong in [&b"short"[..], b"", &[7; 31], STANDARD.encode([7; 31]).as_bytes()] {
            assert!(load(wrong).is_err(), "{wrong:?}");
        }
        assert!(!folder.path().join("encryption.key").exists(), "no key is made beside a given one");
    }
}
