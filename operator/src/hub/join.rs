//! Joins the hub: by the token's pinned key its certificates are believed, and the credential is saved before it is sent.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng;

use flagstaff_crds::{ClusterObservability, HubSetting};
use flagstaff_model::Facts;
use flagstaff_model::wire::{EnrollRequest, JoinToken};

use super::client::HubClient;
use super::error::HubError;
use super::memory::{self, Memory};
use super::{report, trust};
use crate::context::Context;
use crate::object::sha256;

/// Whether this cluster has to join: never joined, another URL, or a join token it has not used yet.
///
/// # Errors
/// [`HubError`] when it has never joined and there is no token to join with.
pub async fn is_needed(context: &Context, setting: &HubSetting, memory: &Memory) -> Result<bool, HubError> {
    let joined = !memory.cluster_id.is_empty() && memory.url == setting.url;
    match token(context, setting).await {
        Ok(token) => Ok(!joined || token.id != memory.join_token_id),
        // A used token may be taken away; what was joined by it stays joined.
        Err(_) if joined => Ok(false),
        Err(error) => Err(error),
    }
}

/// Joins, and remembers what came of it.
///
/// # Errors
/// [`HubError`] when the token, the hub's identity or the hub itself refuses.
pub async fn join(
    context: &Context,
    setting: &HubSetting,
    flag: &ClusterObservability,
    facts: &Facts,
    instance: &str,
    before: Memory,
) -> Result<Memory, HubError> {
    let token = token(context, setting).await?;
    let same_hub = before.identity_key == token.identity_key;
    let newest = if same_hub { before.trust_number } else { 0 };
    let answer = HubClient::trust(&setting.url).await?;
    trust::check(&answer, &token.identity_key, newest, &setting.url)?;
    let mut memory = Memory {
        url: setting.url.clone(),
        identity_key: token.identity_key.clone(),
        trust_number: answer.number,
        public_roots: answer.public_roots,
        certificates_pem: answer.certificates_pem,
        // The old one stays beside the new one until the hub has answered: a refusal must not cost what still works.
        credential: if same_hub { before.credential.clone() } else { String::new() },
        // One that was saved and never answered is sent again: it may have arrived.
        next_credential: match same_hub && !before.next_credential.is_empty() {
            true => before.next_credential.clone(),
            false => new_credential(),
        },
        cluster_id: if same_hub { before.cluster_id.clone() } else { String::new() },
        epoch: if same_hub { before.epoch.clone() } else { String::new() },
        generation: if same_hub { before.generation } else { 0 },
        settings: before.settings.clone().filter(|_| same_hub),
        budgets: before.budgets.clone().filter(|_| same_hub),
        good_settings: before.good_settings.clone().filter(|_| same_hub),
        doubted_epoch: if same_hub { before.doubted_epoch.clone() } else { String::new() },
        confirmed: if same_hub { before.confirmed.clone() } else { String::new() },
        ..Memory::default()
    };
    let namespace = &context.settings.namespace;
    memory::save(&context.client, namespace, &memory).await?;
    let request = EnrollRequest {
        join_token: token.text(),
        cluster: report::identity(facts, flag),
        facts: report::facts(facts),
        instance: instance.to_owned(),
        operator_version: env!("CARGO_PKG_VERSION").into(),
        credential_sha256: sha256(memory.next_credential.as_bytes()),
    };
    // Of this very hub: another one never sees it.
    let shown = Some(memory.credential.as_str()).filter(|credential| !credential.is_empty());
    let answer = HubClient::trusting(&memory)?.enroll(shown, &request).await?;
    memory.cluster_id = answer.cluster_id;
    memory.credential = std::mem::take(&mut memory.next_credential);
    memory.join_token_id = token.id;
    memory::save(&context.client, namespace, &memory).await?;
    tracing::info!(cluster_id = memory.cluster_id, url = memory.url, "joined the hub");
    Ok(memory)
}

/// 32 random bytes as text.
pub fn new_credential() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

async fn token(context: &Context, setting: &HubSetting) -> Result<JoinToken, HubError> {
    let reference = &setting.join_token_secret;
    let fault = |why: String| HubError::Token { name: reference.name.clone(), why };
    let text = crate::secret::text(context, &reference.name, &reference.key).await.map_err(fault)?;
    JoinToken::parse(&text).map_err(|error| fault(error.to_string()))
}
