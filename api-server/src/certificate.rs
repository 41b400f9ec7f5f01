//! The certificate that the hub shows: its own authority's, made anew each day, or a person's, read again when it changes.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use flagstaff_serve::certificate::read;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;

use crate::identity::write_private;
use crate::settings::Settings;

const DAY: Duration = Duration::from_secs(86_400);

/// Where the certificate comes from.
enum Source {
    /// Our own authority (certificate and key as PEM), for these names.
    Own { authority: String, key: String, names: Vec<String> },
    /// Files of a person.
    Files { certificate: PathBuf, key: PathBuf },
}

/// What is shown, and what clusters have to trust for it.
pub struct Certificate {
    source: Source,
    shown: RwLock<Arc<CertifiedKey>>,
    bundle: String,
    public_roots: bool,
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificate").finish_non_exhaustive()
    }
}

impl Certificate {
    /// As the settings say; the authority is kept in the data folder. `host` is that of the public URL.
    pub fn load(settings: &Settings, host: &str) -> Result<Arc<Self>> {
        let given = match &settings.trust_bundle {
            Some(path) => Some(std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?),
            None => None,
        };
        let (source, bundle, public_roots) = match (&settings.tls_cert, &settings.tls_key) {
            (Some(certificate), Some(key)) => {
                let source = Source::Files { certificate: certificate.clone(), key: key.clone() };
                let public = given.is_none();
                (source, given.unwrap_or_default(), public)
            }
            // What speaks TLS for us has a certificate that only a person knows about.
            _ if settings.plain_http && given.is_none() => (own(settings, host)?, String::new(), true),
            _ => {
                let source = own(settings, host)?;
                let own = if let Source::Own { authority, .. } = &source { authority.clone() } else { String::new() };
                (source, given.unwrap_or_default() + &own, false)
            }
        };
        let shown = RwLock::new(source.certify()?);
        Ok(Arc::new(Self { source, shown, bundle, public_roots }))
    }

    /// PEM certificates of the authorities, and whether public ones count too.
    pub fn bundle(&self) -> (&str, bool) {
        (&self.bundle, self.public_roots)
    }

    /// How connections are made.
    pub fn server_config(self: &Arc<Self>) -> Result<ServerConfig> {
        flagstaff_serve::certificate::server_config(self.clone(), None)
    }

    /// Makes the certificate anew each day, or reads it again when its file changed. Connections go on meanwhile.
    pub async fn keep(self: Arc<Self>) {
        let mut read = self.source.changed();
        loop {
            let pause = if matches!(self.source, Source::Own { .. }) { DAY } else { Duration::from_secs(30) };
            tokio::time::sleep(pause).await;
            let now = self.source.changed();
            if now.is_some() && now == read {
                continue;
            }
            match self.source.certify() {
                Ok(certified) => {
                    *self.shown.write().unwrap_or_else(PoisonError::into_inner) = certified;
                    read = now;
                    tracing::info!("a new certificate is shown");
                }
                Err(error) => tracing::error!("the new certificate is not usable, the old one is shown on: {error:#}"),
            }
        }
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.shown.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl Source {
    fn certify(&self) -> Result<Arc<CertifiedKey>> {
        let (chain, key) = match self {
            Self::Own { key, names, .. } => issue(key, names)?,
            Self::Files { certificate, key } => (read(certificate)?, read(key)?),
        };
        flagstaff_serve::certificate::certified(&chain, &key)
    }

    /// When the file changed last; nothing for our own.
    fn changed(&self) -> Option<SystemTime> {
        let Self::Files { certificate, .. } = self else { return None };
        std::fs::metadata(certificate).and_then(|meta| meta.modified()).ok()
    }
}

/// The authority of a folder, a new one where there is none. Returns where its certificate and its key are.
pub fn make_authority(folder: &Path) -> Result<(PathBuf, PathBuf)> {
    let (certificate, key) = (folder.join("ca.crt"), folder.join("ca.key"));
    if !certificate.exists() || !key.exists() {
        let pair = KeyPair::generate().context("make the authority's key")?;
        let made = authority_params()?.self_signed(&pair).context("make the authority")?;
        write_private(&key, pair.serialize_pem().as_bytes())?;
        write_private(&certificate, made.pem().as_bytes())?;
    }
    Ok((certificate, key))
}

/// The authority that is shared, or that of the data folder.
fn own(settings: &Settings, host: &str) -> Result<Source> {
    let (certificate, key) = match &settings.authority_dir {
        // Never made here: each replica would make another one.
        Some(shared) => (shared.join("ca.crt"), shared.join("ca.key")),
        None => make_authority(&settings.data_dir)?,
    };
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let address = settings.listen.ip();
    if !address.is_unspecified() {
        names.push(address.to_string());
    }
    names.extend(std::fs::read_to_string("/proc/sys/kernel/hostname").ok().map(|name| name.trim().to_owned()));
    names.push(host.to_owned());
    names.sort();
    names.dedup();
    names.retain(|name| !name.is_empty());
    Ok(Source::Own { authority: read(&certificate)?, key: read(&key)?, names })
}

/// A certificate for the names, with the chain up to and without the authority.
fn issue(key: &str, names: &[String]) -> Result<(String, String)> {
    let signer = KeyPair::from_pem(key).context("read the authority's key")?;
    let issuer = Issuer::new(authority_params()?, signer);
    let mut params = params(names.to_vec(), "flagstaff-hub", 90)?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let pair = KeyPair::generate().context("make the certificate's key")?;
    let made = params.signed_by(&pair, &issuer).context("make the certificate")?;
    Ok((made.pem(), pair.serialize_pem()))
}

/// The authority: its name and what it may sign are the same for ever, its key is in the data folder.
fn authority_params() -> Result<CertificateParams> {
    let mut params = params(vec![], "Flagstaff hub", 3650)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

/// Valid from 24 hours ago: the clock of a cluster may be behind.
fn params(names: Vec<String>, common: &str, days: u32) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(names).context("the names of a certificate")?;
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common);
    params.distinguished_name = name;
    let now = SystemTime::now();
    params.not_before = (now - DAY).into();
    params.not_after = (now + DAY * days).into();
    Ok(params)
}

/// The host of a URL without scheme, port and path; an IPv6 address without its brackets.
pub fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    if let Some((address, _)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return address;
    }
    let host = authority.split(':').next().unwrap_or(authority);
    if host.parse::<IpAddr>().is_ok_and(|address| address.is_unspecified()) { "localhost" } else { host }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_url_is_found() {
        for (url, host) in [
            ("https://hub.example.org/a", "hub.example.org"),
            ("https://hub:8443", "hub"),
            ("https://[::1]:8443/", "::1"),
            ("https://0.0.0.0:1", "localhost"),
        ] {
            assert_eq!(host_of(url), host);
        }
    }

    #[test]
    fn a_day_ago_is_within_the_validity_of_what_is_made() {
        let params = params(vec!["localhost".into()], "x", 90).expect("parameters");
        assert!(params.not_before <= SystemTime::now() - DAY + Duration::from_secs(5));
    }
}
