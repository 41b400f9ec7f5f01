//! The hub's identity: an Ed25519 key that join tokens pin, and that signs the certificates which clusters are to trust.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flagstaff_model::wire::TrustAnswer;

use crate::secret;

/// The key; it never leaves the data folder.
pub struct Identity {
    pair: Ed25519KeyPair,
}

impl Identity {
    /// The key of the data folder; a new one where there is none. Whoever loses the folder loses the trust of every cluster.
    pub fn load(data_dir: &Path) -> Result<Self> {
        let path = data_dir.join("identity.key");
        if !path.exists() {
            let made = Ed25519KeyPair::generate().context("make the identity key")?;
            let document = made.to_pkcs8().context("write the identity key")?;
            write_private(&path, document.as_ref())?;
        }
        let bytes = std::fs::read(&path).with_context(|| format!("read {}", path.display()))?;
        let pair =
            Ed25519KeyPair::from_pkcs8(&bytes).with_context(|| format!("{} is no Ed25519 key", path.display()))?;
        Ok(Self { pair })
    }

    /// The public key, base64url.
    pub fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.pair.public_key().as_ref())
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
    use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};

    use super::*;

    #[test]
    fn the_signature_is_of_what_clusters_check() {
        let folder = tempfile::tempdir().expect("a folder");
        let identity = Identity::load(folder.path()).expect("a key");
        let trust = identity.sign(7, false, "PEM".into());
        let key = URL_SAFE_NO_PAD.decode(&trust.key).expect("base64");
        let signature = URL_SAFE_NO_PAD.decode(&trust.signature).expect("base64");
        let text = format!("flagstaff trust v1\n7\nfalse\n{}\n", secret::hex(&secret::sha256("PEM")));
        assert!(UnparsedPublicKey::new(&ED25519, key).verify(text.as_bytes(), &signature).is_ok());
        // The key is the same after a restart.
        assert_eq!(Identity::load(folder.path()).expect("the key").public_key(), identity.public_key());
    }
}
