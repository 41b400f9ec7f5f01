//! The hub's side of an operator: joins, reports, asks what is wanted. The cluster never depends on it.

mod client;
mod doubt;
mod error;
mod join;
mod memory;
mod meter;
mod pace;
mod report;
pub mod series;
mod session;
mod trust;

use std::sync::Arc;

use kube::api::Api;
use tokio_util::sync::CancellationToken;

use flagstaff_crds::{ClusterObservability, HubSetting};
use flagstaff_model::Reason;

use crate::context::Context;
use crate::error::OperatorError;
pub use error::HubError;
pub use memory::Kept;

/// How it stands with the hub, for the condition `Hub` of the flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Why it is so.
    pub reason: Reason,
    /// A sentence for people.
    pub message: String,
}

impl Standing {
    /// Whether the hub knows this cluster and hears it.
    pub fn is_connected(&self) -> bool {
        self.reason == Reason::HubConnected
    }
}

/// After a hub refused to let this cluster join again, the old credential is used for so long before the next try.
const JOIN_AGAIN: std::time::Duration = std::time::Duration::from_secs(60);

/// A word for one time of leading.
pub fn new_instance() -> String {
    join::new_credential().chars().take(12).collect()
}

/// Speaks with the hub that the flag names, for as long as this operator leads.
pub async fn run(context: Arc<Context>, instance: String, stop: CancellationToken) {
    let mut failures = 0_u32;
    loop {
        let result = tokio::select! {
            () = stop.cancelled() => return,
            result = once(&context, &instance) => result,
        };
        let pause = match result {
            Ok(()) => {
                failures = 0;
                std::time::Duration::from_secs(2)
            }
            Err(error) => {
                failures += 1;
                let pause = pace::backoff(failures);
                tracing::warn!(code = error.code(), pause_seconds = pause.as_secs_f32(), "hub: {error}");
                stand(
                    &context,
                    Some(Standing { reason: error.reason(), message: format!("{}: {error}", error.code()) }),
                );
                pause
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// One session: from what is remembered, or from joining, until something breaks or the flag names another hub.
async fn once(context: &Arc<Context>, instance: &str) -> Result<(), HubError> {
    let Some((flag, setting)) = setting(context).await? else {
        stand(context, None);
        return Ok(());
    };
    let Some(facts) = context.memory().survey.as_ref().map(|(_, survey)| survey.facts.clone()) else {
        // The first pass has not looked at the cluster yet.
        return Ok(());
    };
    let namespace = &context.settings.namespace;
    let mut remembered = memory::load(&context.client, namespace).await?;
    let (mut join_again, mut not_joined) = (tokio::time::Instant::now(), None);
    if join::is_needed(context, &setting, &remembered).await? {
        match join::join(context, &setting, &flag, &facts, instance, remembered.clone()).await {
            Ok(joined) => remembered = joined,
            // The old credential may still serve, or serve again when the hub has its database back.
            Err(error) if remembered.can_report(&setting.url) => {
                tracing::warn!(
                    code = error.code(),
                    "hub: cannot join again: {error}; going on with the old credential"
                );
                stand(
                    context,
                    Some(Standing { reason: error.reason(), message: format!("{}: {error}", error.code()) }),
                );
                // A session that left at once to join again would never report, and never back off.
                join_again += JOIN_AGAIN;
                not_joined = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    if !remembered.left_by_order.is_empty() {
        let message = format!(
            "this cluster left {} by order {}; it joins again with another join token",
            remembered.url, remembered.left_by_order
        );
        stand(context, Some(Standing { reason: Reason::HubLeft, message }));
        return Ok(());
    }
    match session::run(context, &setting, instance, (remembered, join_again)).await {
        // Neither the old credential nor the token: what a person can mend is the token.
        Err(error) if error.is_unknown_credential() => Err(not_joined.unwrap_or(error)),
        ended => ended,
    }
}

/// What the hub has set, as it is kept in this cluster.
///
/// # Errors
/// [`OperatorError`] when it cannot be read: then nothing may be concluded from it.
pub async fn kept(context: &Context) -> Result<Kept, OperatorError> {
    let loaded = memory::load(&context.client, &context.settings.namespace).await;
    loaded.map(Kept::from).map_err(|error| OperatorError::Settings(error.to_string()))
}

/// The flag and the hub that it names.
async fn setting(context: &Context) -> Result<Option<(ClusterObservability, HubSetting)>, HubError> {
    let api: Api<ClusterObservability> = Api::all(context.client.clone());
    let read = api.get_opt("cluster").await.map_err(OperatorError::api("get the flag"));
    let flag = read.map_err(|error| HubError::Memory { name: memory::SECRET.into(), why: error.to_string() })?;
    Ok(flag.and_then(|flag| {
        let hub = flag.spec.hub.clone()?;
        Some((flag, hub))
    }))
}

/// Writes down how it stands; a change is put on the flag at once.
fn stand(context: &Context, standing: Option<Standing>) {
    let changed = {
        let mut memory = context.memory();
        let changed = memory.hub != standing;
        memory.hub = standing;
        changed
    };
    if changed {
        context.nudge.notify_one();
    }
}
