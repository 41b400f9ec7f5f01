//! Why a hub is believed: by the system's authorities, by a file of them, or because a person knows its identity key.

use std::io::IsTerminal;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flagstaff_model::wire::{TRUST_PATH, TrustAnswer};

use super::client::Client;
use super::error::HubError;
use super::prompt;

/// How a hub is believed from now on.
#[derive(Debug, Default)]
pub struct Trust {
    /// Authorities (PEM); the system's when there are none.
    pub certificates_pem: Option<String>,
    /// Its identity key, where that was compared.
    pub identity_key: Option<String>,
}

/// A file of authorities.
pub fn read(path: &Path) -> Result<String, HubError> {
    std::fs::read_to_string(path)
        .map_err(|error| HubError::File { path: path.display().to_string(), why: error.to_string() })
}

/// Finds out how a hub can be believed. `key` is what a person says its identity key is.
pub async fn settle(url: &str, file: Option<&Path>, key: Option<&str>) -> Result<Trust, HubError> {
    if let Some(file) = file {
        let certificates_pem = Some(read(file)?);
        let answer = ask(&Client::new(url, certificates_pem.as_deref(), None)?).await?;
        return compared(url, &answer, key).map(|identity_key| Trust { certificates_pem, identity_key });
    }
    // What only the system's authorities vouch for needs no pin, which would have to follow every renewal.
    let outcome = ask(&Client::new(url, None, None)?).await;
    if let Ok(answer) = outcome {
        let identity_key = compared(url, &answer, key)?;
        return Ok(Trust { certificates_pem: None, identity_key });
    }
    let Ok(answer) = ask(&Client::unchecked(url)?).await else { return outcome.map(|_| Trust::default()) };
    if key.is_none() {
        if !std::io::stdin().is_terminal() {
            return Err(HubError::Untrusted { url: url.to_owned(), key: answer.key });
        }
        let question = format!(
            "The certificate of {url} is of no authority that is known here.\nIts identity key is {}: the last part of each of its join \
             tokens, and to be seen under Settings in its console.\nIs that the one you know?",
            answer.key
        );
        if !prompt::agree(&question)? {
            return Err(HubError::Untrusted { url: url.to_owned(), key: answer.key });
        }
    }
    let identity_key = Some(compared(url, &answer, key)?.unwrap_or_else(|| answer.key.clone()));
    let certificates_pem = Some(answer.certificates_pem);
    // What it signed has to be what it shows.
    ask(&Client::new(url, certificates_pem.as_deref(), None)?).await?;
    Ok(Trust { certificates_pem, identity_key })
}

async fn ask(client: &Client) -> Result<TrustAnswer, HubError> {
    let answer = client.get(TRUST_PATH).await?;
    serde_json::from_value(answer)
        .map_err(|_| HubError::Unreachable { url: client.url().to_owned(), why: "it is no hub".into() })
}

/// The key, when a person named it and it is the one that signed.
fn compared(url: &str, answer: &TrustAnswer, key: Option<&str>) -> Result<Option<String>, HubError> {
    let impostor = |why: &str| HubError::Impostor { url: url.to_owned(), why: why.to_owned() };
    if !is_signed(answer) {
        return Err(impostor("the signature over its certificates is wrong"));
    }
    match key {
        Some(key) if key != answer.key => Err(impostor(&format!("its identity key is {}, not {key}", answer.key))),
        key => Ok(key.map(str::to_owned)),
    }
}

fn is_signed(answer: &TrustAnswer) -> bool {
    let (Ok(key), Ok(signature)) = (URL_SAFE_NO_PAD.decode(&answer.key), URL_SAFE_NO_PAD.decode(&answer.signature))
    else {
        return false;
    };
    let hash = digest(&SHA256, answer.certificates_pem.as_bytes());
    let hex: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    UnparsedPublicKey::new(&ED25519, key).verify(answer.signed_text(&hex).as_bytes(), &signature).is_ok()
}
