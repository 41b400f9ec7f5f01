//! The hub's identity: an Ed25519 key that join tokens pin, and that signs the certificates which clusters are to trust.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use flagstaff_model::wire::TrustAnswer;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

use crate::secret;

/// The key; it never leaves the process.
pub struct Identity {
    pair: Ed25519KeyPair,
}

impl Identity {
    /// The key of the file that replicas share, or that of the data folder, a new one where there is none. Whoever loses it loses the
    /// trust of every cluster.
    pub fn load(data_dir: &Path, shared: Option<&Path>) -> Result<Self> {
        if let Some(path) = shared {
            // Never made here: a replica that makes a key of its own where the shared one is missing would spoil what the others made.
            return Self::read(path);
        }
        Self::make(&data_dir.join("identity.key"))
    }

    /// The key of this file, a new one where there is none.
    pub fn make(path: &Path) -> Result<Self> {
        if !path.exists() {
            write_private(path, new_key_pem()?.as_bytes())?;
        }
        Self::read(path)
    }

    /// A PKCS #8 key, as PEM or as it stands.
    fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("read the identity key {}", path.display()))?;
        let der = match PrivatePkcs8KeyDer::from_pem_slice(&bytes) {
            Ok(der) => der.secret_pkcs8_der().to_vec(),
            Err(_) => bytes,
        };
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).with_context(|| {
            format!("{} is no Ed25519 key in PKCS #8; `flagstaff-hub keys DIR` makes one", path.display())
        })?;
        Ok(Self { pair })
    }

    /// The public key, base64url.
    pub fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.pair.public_key().as_ref())
    }

    /// A signature.
    pub fn sign_bytes(&self, text: &[u8]) -> Vec<u8> {
        self.pair.sign(text).as_ref().to_vec()
    }

    /// The certificates with the signature that clusters check.
    pub fn sign(&self, number: u64, public_roots: bool, certificates_pem: String) -> TrustAnswer {
        let mut trust =
            TrustAnswer { number, public_roots, certificates_pem, key: self.public_key(), signature: String::new() };
        let text = trust.signed_text(&secret::hex(&secret::sha256(&trust.certificates_pem)));
        trust.signature = URL_SAFE_NO_PAD.encode(self.pair.sign(text.as_bytes()).as_ref());
        trust
    }
}

/// A new key in PKCS #8.
fn new_key() -> Result<Vec<u8>> {
    let made = Ed25519KeyPair::generate().context("make the identity key")?;
    Ok(made.to_pkcs8().context("write the identity key")?.as_ref().to_vec())
}

/// A new key as PEM, for a Secret that replicas share.
fn new_key_pem() -> Result<String> {
    let text = STANDARD.encode(new_key()?);
    let lines: Vec<&str> = text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    Ok(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n")))
}

/// Whether a signature is by the key, base64url.
pub fn is_signed(key: &str, text: &[u8], signature: &[u8]) -> bool {
    let Ok(key) = URL_SAFE_NO_PAD.decode(key) else { return false };
    UnparsedPublicKey::new(&ED25519, key).verify(text, signature).is_ok()
}

/// Writes a file that only its owner may read, whole or not at all.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let part = path.with_extension("part");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)
        .with_context(|| format!("make {}", part.display()))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).with_context(|| format!("write {}", part.display()))?;
    std::fs::rename(&part, path).with_context(|| format!("write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_of_what_clusters_check() {
        let folder = tempfile::tempdir().expect("a folder");
        let identity = Identity::load(folder.path(), None).expect("a key");
        let trust = identity.sign(7, false, "PEM".into());
        let key = URL_SAFE_NO_PAD.decode(&trust.key).expect("base64");
        let signature = URL_SAFE_NO_PAD.decode(&trust.signature).expect("base64");
        let text = format!("flagstaff trust v1\n7\nfalse\n{}\n", secret::hex(&secret::sha256("PEM")));
        assert!(UnparsedPublicKey::new(&ED25519, key).verify(text.as_bytes(), &signature).is_ok());
        // The key is the same after a restart.
        assert_eq!(Identity::load(folder.path(), None).expect("the key").public_key(), identity.public_key());
    }

    #[test]
    fn a_shared_key_is_read_as_pem_and_never_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("shared.pem");
        assert!(Identity::load(folder.path(), Some(&path)).is_err());
        std::fs::write(&path, new_key_pem().expect("a key")).expect("written");
        let one = Identity::load(folder.path(), Some(&path)).expect("the key");
        let other = Identity::load(folder.path(), Some(&path)).expect("the key");
        assert_eq!(one.public_key(), other.public_key());
        assert!(is_signed(&one.public_key(), b"x", &other.sign_bytes(b"x")));
        assert!(!is_signed(&one.public_key(), b"y", &other.sign_bytes(b"x")) && !is_signed("?", b"x", b""));
        // As `openssl genpkey -algorithm ed25519` writes it, without the public half.
        let bare = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
        std::fs::write(&path, bare).expect("written");
        assert!(Identity::load(folder.path(), Some(&path)).is_ok());
    }
}
