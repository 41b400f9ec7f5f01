//! The certificate that a program shows: from PEM, from files that are read again when they change, with or without asking for the peer's.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// How soon a file that changed is noticed.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// A chain and its key, both PEM, ready to be shown. An error says which of them cannot be used, and why.
pub fn certified(chain: &str, key: &str) -> Result<Arc<CertifiedKey>> {
    let chain = certificates(chain)?;
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).context("the certificate's key is not PEM")?;
    let certified = CertifiedKey::from_der(chain, key, &default_provider());
    Ok(Arc::new(certified.map_err(|error| anyhow::anyhow!("not usable: {error}")).context("certificate and key")?))
}

fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .context("the certificate is not PEM")?;
    if chain.is_empty() {
        bail!("the certificate file has no certificate");
    }
    Ok(chain)
}

/// How connections are made. With `clients` (a file of authorities) a peer has to show a certificate of one of them.
pub fn server_config(shown: Arc<dyn ResolvesServerCert>, clients: Option<&Path>) -> Result<ServerConfig> {
    let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .context("TLS versions")?;
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(file) => {
            let mut roots = RootCertStore::empty();
            for authority in certificates(&read(file)?).with_context(|| format!("read {}", file.display()))? {
                roots.add(authority).with_context(|| format!("use the authorities of {}", file.display()))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(default_provider()));
            builder.with_client_cert_verifier(verifier.build().context("the authorities of clients")?)
        }
    };
    let mut config = builder.with_cert_resolver(shown);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// A file as text; an error names it.
pub fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))
}

/// A certificate and its key in files.
#[derive(Debug)]
pub struct Files {
    certificate: PathBuf,
    key: PathBuf,
    shown: RwLock<Arc<CertifiedKey>>,
}

impl Files {
    /// Reads both.
    pub fn load(certificate: &Path, key: &Path) -> Result<Arc<Self>> {
        let shown = RwLock::new(certified(&read(certificate)?, &read(key)?)?);
        Ok(Arc::new(Self { certificate: certificate.to_owned(), key: key.to_owned(), shown }))
    }

    /// Reads them again whenever the certificate changed; what cannot be used is said, and the old one is shown on.
    pub async fn keep(self: Arc<Self>) {
        let mut seen = self.changed();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let now = self.changed();
            if now.is_some() && now == seen {
                continue;
            }
            match read(&self.certificate).and_then(|chain| certified(&chain, &read(&self.key)?)) {
                Ok(certified) => {
                    *self.shown.write().unwrap_or_else(PoisonError::into_inner) = certified;
                    seen = now;
                    tracing::info!("a new certificate is shown");
                }
                Err(error) => tracing::error!("the new certificate is not usable, the old one is shown on: {error:#}"),
            }
        }
    }

    fn changed(&self) -> Option<SystemTime> {
        std::fs::metadata(&self.certificate).and_then(|meta| meta.modified()).ok()
    }
}

impl ResolvesServerCert for Files {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.shown.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}
