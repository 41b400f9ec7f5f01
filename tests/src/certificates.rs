//! A certificate authority for one cluster: nothing in the harness skips verification.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};

/// The authority with its files in a folder of the lease.
pub struct Authority {
    folder: PathBuf,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate and its key, as files.
#[derive(Clone, Debug)]
pub struct Files {
    /// The certificate (PEM).
    pub certificate: PathBuf,
    /// The private key (PEM).
    pub key: PathBuf,
}

/// A certificate and its key, as PEM.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The certificate.
    pub certificate: String,
    /// The private key.
    pub key: String,
}

impl Authority {
    /// A new authority, its files in `folder`.
    pub fn new(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
        let mut params = params(Vec::new(), "flagstaff-test-ca", None)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages =
            vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate().context("make the authority's key")?;
        let issuer = CertifiedIssuer::self_signed(params, key).context("make the authority")?;
        let this = Self { folder: folder.to_owned(), issuer };
        write(&this.certificate(), &this.pem())?;
        write(&this.key(), &this.issuer.key().serialize_pem())?;
        Ok(this)
    }

    /// The authority's certificate.
    pub fn certificate(&self) -> PathBuf {
        self.folder.join("ca.crt")
    }

    /// The authority's key, for the controller-manager, which signs requests with it.
    pub fn key(&self) -> PathBuf {
        self.folder.join("ca.key")
    }

    /// The authority's certificate as PEM.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// For a server that is called by these names and addresses.
    pub fn server(&self, file: &str, names: &[&str]) -> Result<Files> {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        self.write(file, &self.sign(params(names, file, None)?, ExtendedKeyUsagePurpose::ServerAuth)?)
    }

    /// For a user of the API: the common name is the user's, the organisation is the group.
    pub fn client(&self, user: &str, group: Option<&str>) -> Result<Pair> {
        self.sign(params(Vec::new(), user, group)?, ExtendedKeyUsagePurpose::ClientAuth)
    }

    /// The same as files.
    pub fn client_files(&self, file: &str, user: &str, group: Option<&str>) -> Result<Files> {
        self.write(file, &self.client(user, group)?)
    }

    /// A bare key pair (`<file>.key`, `<file>.pub`), for service account tokens.
    pub fn bare_key(&self, file: &str) -> Result<Files> {
        let key = KeyPair::generate().context("make a key")?;
        let files = Files {
            certificate: self.folder.join(format!("{file}.pub")),
            key: self.folder.join(format!("{file}.key")),
        };
        write(&files.certificate, &key.public_key_pem())?;
        write(&files.key, &key.serialize_pem())?;
        Ok(files)
    }

    fn sign(&self, mut params: CertificateParams, usage: ExtendedKeyUsagePurpose) -> Result<Pair> {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().context("make a key")?;
        let certificate = params.signed_by(&key, &self.issuer).context("sign a certificate")?;
        Ok(Pair { certificate: certificate.pem(), key: key.serialize_pem() })
    }

    fn write(&self, file: &str, pair: &Pair) -> Result<Files> {
        let files = Files {
            certificate: self.folder.join(format!("{file}.crt")),
            key: self.folder.join(format!("{file}.key")),
        };
        write(&files.certificate, &pair.certificate)?;
        write(&files.key, &pair.key)?;
        Ok(files)
    }
}

fn params(names: Vec<String>, common: &str, organisation: Option<&str>) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(names).context("a certificate's names")?;
    let mut name = DistinguishedName::new();
    if let Some(organisation) = organisation {
        name.push(DnType::OrganizationName, organisation);
    }
    name.push(DnType::CommonName, common);
    params.distinguished_name = name;
    // Valid in every year that a test may be run in; tests of expiry make their own.
    params.not_before = rcgen::date_time_ymd(2024, 1, 1);
    params.not_after = rcgen::date_time_ymd(2099, 1, 1);
    Ok(params)
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("write {}", path.display()))
}
