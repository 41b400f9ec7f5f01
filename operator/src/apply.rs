//! Fourth step: server-side apply, concurrent within a phase; never by force twice, never over what is not ours.

use std::time::{Duration, Instant};

use futures::StreamExt;
use kube::ResourceExt;
use kube::api::{Patch, PatchParams};
use kube::runtime::events::EventType;

use flagstaff_crds::ClusterObservability;
use flagstaff_model::Reason;

use crate::applyset::{self, Extent, FIELD_MANAGER, PART_OF};
use crate::context::Context;
use crate::error::{OperatorError, code, sentence};
use crate::kind::Phase;
use crate::live::Seen;
use crate::object::{Applied, Desired, ObjectId, Prepared, Resources};
use crate::telemetry::{Verb, WriteResult};

/// Writes under way at once.
const CONCURRENCY: usize = 16;
/// Within this time a field that was taken back by force is not fought for again.
const CONTEST_WINDOW: Duration = Duration::from_secs(600);

/// Why one object is not as it should be.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Which object.
    pub id: ObjectId,
    /// For the condition.
    pub reason: Reason,
    /// A sentence for people.
    pub message: String,
}

/// What applying led to.
#[derive(Debug)]
pub struct Outcome {
    /// The set; only what is not among the faults is in the cluster as it should be.
    pub resources: Resources<Applied>,
    /// Objects that could not be applied.
    pub faults: Vec<Fault>,
    /// Objects written in this pass.
    pub written: usize,
}

/// Applies a set, phase by phase.
///
/// # Errors
/// [`OperatorError`] when the parent cannot be written or the API server cannot be reached; faults of single objects are
/// in the outcome.
pub async fn apply(
    context: &Context,
    flag: &ClusterObservability,
    resources: Resources<Prepared>,
    adopt: bool,
) -> Result<Outcome, OperatorError> {
    let extent = Extent { kinds: resources.kinds(), namespaces: resources.namespaces() };
    let widened = Extent::of(flag).union(&extent);
    applyset::write(&context.client, flag, &widened)
        .await
        .map_err(OperatorError::api("widen the ApplySet of the flag"))?;
    let mut faults = vec![];
    let mut written = 0;
    for phase in Phase::ALL {
        let mut writes = vec![];
        for desired in resources.objects.iter().filter(|object| object.id.kind.phase == phase) {
            writes.push(async move { (desired, one(context, flag, desired, adopt).await) });
        }
        let results: Vec<_> = futures::stream::iter(writes).buffer_unordered(CONCURRENCY).collect().await;
        for (desired, result) in results {
            match result {
                Ok(true) => written += 1,
                Ok(false) => {}
                Err(Trouble::Fault(reason, message)) => faults.push(Fault { id: desired.id.clone(), reason, message }),
                Err(Trouble::Unreachable(error)) => return Err(error),
            }
        }
    }
    faults.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Outcome { resources: resources.applied(), faults, written })
}

enum Trouble {
    Fault(Reason, String),
    Unreachable(OperatorError),
}

/// Applies one object where it differs; says whether it was written.
async fn one(context: &Context, flag: &ClusterObservability, desired: &Desired, adopt: bool) -> Result<bool, Trouble> {
    if is_settled(context, desired) {
        return Ok(false);
    }
    if let Some(message) = still_contested(context, &desired.id) {
        return Err(Trouble::Fault(Reason::Contested, message));
    }
    if context.live.get(&desired.id).is_none() {
        refuse_foreign(context, desired, adopt).await?;
    }
    let corrected = context.memory().applied.get(&desired.id).is_some_and(|(hash, _)| *hash == desired.hash);
    let seen = match patch(context, desired, false).await {
        Ok(seen) => seen,
        Err(error) if code(&error) == Some(409) => {
            context.metrics.wrote(Verb::Apply, desired.id.kind.kind, WriteResult::Conflict);
            take_back(context, flag, desired, &error).await?
        }
        Err(error) => {
            context.metrics.wrote(Verb::Apply, desired.id.kind.kind, WriteResult::Error);
            return Err(refused(&desired.id, error));
        }
    };
    context.metrics.wrote(Verb::Apply, desired.id.kind.kind, WriteResult::Ok);
    context.memory().applied.insert(desired.id.clone(), (desired.hash.clone(), seen.fingerprint.clone()));
    context.live.note(desired.id.clone(), seen);
    if corrected {
        context
            .tell(
                flag,
                EventType::Normal,
                "DriftCorrected",
                "Apply",
                format!("{} was changed or removed by somebody and is as it should be again", desired.id),
            )
            .await;
    }
    Ok(true)
}

/// Whether the cluster still holds what we applied last, and that is what is wanted now.
fn is_settled(context: &Context, desired: &Desired) -> bool {
    let Some(seen) = context.live.get(&desired.id) else { return false };
    context
        .memory()
        .applied
        .get(&desired.id)
        .is_some_and(|(hash, fingerprint)| *hash == desired.hash && *fingerprint == seen.fingerprint)
}

fn still_contested(context: &Context, id: &ObjectId) -> Option<String> {
    let mut memory = context.memory();
    let (since, message) = memory.contested.get(id)?.clone();
    if since.elapsed() < CONTEST_WINDOW {
        return Some(message);
    }
    memory.contested.remove(id);
    memory.forced.remove(id);
    None
}

/// An object of that name that does not carry our label is somebody else's.
async fn refuse_foreign(context: &Context, desired: &Desired, adopt: bool) -> Result<(), Trouble> {
    let found = desired
        .id
        .api(&context.client)
        .get_metadata_opt(&desired.id.name)
        .await
        .map_err(|error| refused(&desired.id, error))?;
    let Some(found) = found else { return Ok(()) };
    let ours = found.labels().get(PART_OF) == Some(&applyset::id("cluster"));
    if ours || adopt {
        return Ok(());
    }
    let managers: Vec<&str> = found.managed_fields().iter().filter_map(|entry| entry.manager.as_deref()).collect();
    Err(Trouble::Fault(
        Reason::NotOurs,
        format!(
            "{} exists and is not ours (written by {}); remove or rename it, or set spec.adopt to take it over",
            desired.id,
            if managers.is_empty() { "an unknown manager".to_owned() } else { managers.join(", ") }
        ),
    ))
}

async fn patch(context: &Context, desired: &Desired, force: bool) -> Result<Seen, kube::Error> {
    let params = PatchParams { force, ..PatchParams::apply(FIELD_MANAGER) };
    let applied = desired
        .id
        .api(&context.client)
        .patch_metadata(&desired.id.name, &params, &Patch::Apply(&desired.value))
        .await?;
    Ok(Seen::of(&applied))
}

/// Somebody else holds some of our fields: taken back once, and then no more for ten minutes.
async fn take_back(
    context: &Context,
    flag: &ClusterObservability,
    desired: &Desired,
    conflict: &kube::Error,
) -> Result<Seen, Trouble> {
    let who = describe_conflict(conflict);
    let recent = context.memory().forced.get(&desired.id).is_some_and(|(at, _)| at.elapsed() < CONTEST_WINDOW);
    if recent {
        let message = format!(
            "{} is contested: {who}. It was taken back once and lost again within 10 minutes; it is left alone until then",
            desired.id
        );
        context.memory().contested.insert(desired.id.clone(), (Instant::now(), message.clone()));
        context.metrics.conflicted(desired.id.kind.kind);
        context.tell(flag, EventType::Warning, "Contested", "Apply", message.clone()).await;
        return Err(Trouble::Fault(Reason::Contested, message));
    }
    context.memory().forced.insert(desired.id.clone(), (Instant::now(), who.clone()));
    let seen = patch(context, desired, true).await.map_err(|error| refused(&desired.id, error))?;
    context
        .tell(flag, EventType::Warning, "TakenBack", "Apply", format!("{} was taken back once: {who}", desired.id))
        .await;
    Ok(seen)
}

/// Manager and fields, in the API server's own words.
fn describe_conflict(error: &kube::Error) -> String {
    let kube::Error::Api(status) = error else { return error.to_string() };
    let causes: Vec<String> = status
        .details
        .iter()
        .flat_map(|details| &details.causes)
        .map(|cause| format!("{} ({})", cause.message, cause.field))
        .collect();
    if causes.is_empty() { status.message.clone() } else { causes.join(", ") }
}

fn refused(id: &ObjectId, error: kube::Error) -> Trouble {
    match code(&error) {
        Some(403) => Trouble::Fault(Reason::Forbidden, format!("{id}: {}", sentence(&error))),
        Some(429 | 500..) | None => Trouble::Unreachable(OperatorError::api(format!("apply {id}"))(error)),
        Some(_) => Trouble::Fault(Reason::ApplyFailed, format!("{id}: {}", sentence(&error))),
    }
}
