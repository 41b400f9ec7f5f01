//! Fifth step: removes what is ours and no longer wanted. One failed list, and nothing is removed at all.

use std::collections::{BTreeSet, HashSet};
use std::time::{Duration, Instant};

use futures::StreamExt;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, PartialObjectMeta, Preconditions};
use kube::runtime::events::EventType;

use flagstaff_crds::ClusterObservability;

use crate::applyset::{self, Extent, FIELD_MANAGER, PART_OF};
use crate::context::Context;
use crate::error::{OperatorError, code, sentence};
use crate::kind::Kind;
use crate::object::ObjectId;

/// Annotation of what agents may still send through: with the value `agents` it stays until every agent runs its newest configuration.
const REMOVED_AFTER: &str = "flagstaff.dev/removed-after";
/// Agents that do not follow in this time are not waited for.
const HELD_AT_MOST: Duration = Duration::from_secs(600);

/// What pruning led to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Objects that were removed.
    pub removed: usize,
    /// Objects of ours that are still there and should not be, with why.
    pub left: Vec<String>,
    /// Objects that stay until the agents have done with them.
    pub held: usize,
}

impl Outcome {
    /// Whether nothing of ours is there that should not be.
    pub fn is_clean(&self) -> bool {
        self.left.is_empty() && self.held == 0
    }
}

/// Removes every object of the set that is not in `keep`. Until the `agents_follow`, what they may still send through is held.
///
/// # Errors
/// [`OperatorError`] when any kind cannot be listed: then nothing was removed.
pub async fn prune(
    context: &Context,
    flag: &ClusterObservability,
    keep: &HashSet<ObjectId>,
    extent: &Extent,
    agents_follow: bool,
) -> Result<Outcome, OperatorError> {
    let widened = Extent::of(flag).union(extent);
    let kinds: BTreeSet<&'static Kind> = widened.kinds.clone();
    let candidates = list(context, flag, &kinds).await?;
    let surplus: Vec<_> = candidates.into_iter().filter(|(id, _)| !keep.contains(id)).collect();
    let (held, surplus): (Vec<_>, Vec<_>) =
        surplus.into_iter().partition(|(_, object)| !agents_follow && object.annotations().contains_key(REMOVED_AFTER));
    let (held, surplus) = hold(context, held, surplus);
    let mut deletes = vec![];
    for (id, object) in surplus {
        deletes.push(delete(context, id, object));
    }
    let results: Vec<_> = futures::stream::iter(deletes).buffer_unordered(16).collect().await;
    let mut outcome = Outcome { held, ..Outcome::default() };
    for result in results {
        match result {
            Ok(id) => {
                outcome.removed += 1;
                context.memory().applied.remove(&id);
                context.metrics.pruned(id.kind.kind);
            }
            Err(message) => outcome.left.push(message),
        }
    }
    if outcome.removed > 0 {
        context
            .tell(
                flag,
                EventType::Normal,
                "Pruned",
                "Prune",
                format!("{} objects that are no longer wanted were removed", outcome.removed),
            )
            .await;
    }
    if outcome.is_clean() {
        // What was just written to the parent is not in `flag` yet; `widened` is at least as wide.
        applyset::write(&context.client, flag, extent)
            .await
            .map_err(OperatorError::api("narrow the ApplySet of the flag"))?;
    }
    Ok(outcome)
}

type Surplus = Vec<(ObjectId, PartialObjectMeta<DynamicObject>)>;

/// How many are held, and what is removed now: with those that were held for too long.
fn hold(context: &Context, held: Surplus, mut surplus: Surplus) -> (usize, Surplus) {
    let mut memory = context.memory();
    if held.is_empty() {
        memory.held_since = None;
        return (0, surplus);
    }
    if memory.held_since.get_or_insert_with(Instant::now).elapsed() < HELD_AT_MOST {
        return (held.len(), surplus);
    }
    surplus.extend(held);
    (0, surplus)
}

/// Every member of the set that is ours to remove, listed at quorum, kind by kind.
async fn list(
    context: &Context,
    flag: &ClusterObservability,
    kinds: &BTreeSet<&'static Kind>,
) -> Result<Vec<(ObjectId, PartialObjectMeta<DynamicObject>)>, OperatorError> {
    let selector = format!("{PART_OF}={}", applyset::id(&flag.name_any()));
    let flag_uid = flag.uid().unwrap_or_default();
    let mut lists = vec![];
    for kind in kinds.iter().copied() {
        lists.push(list_kind(context, kind, &selector));
    }
    let lists: Vec<_> = futures::stream::iter(lists).buffer_unordered(8).collect().await;
    let mut found = vec![];
    for list in lists {
        let (kind, items) = list?;
        for object in items {
            if is_ours(&object, &flag_uid) {
                found.push((ObjectId { kind, namespace: object.namespace(), name: object.name_any() }, object));
            }
        }
    }
    Ok(found)
}

async fn list_kind(
    context: &Context,
    kind: &'static Kind,
    selector: &str,
) -> Result<(&'static Kind, Vec<PartialObjectMeta<DynamicObject>>), OperatorError> {
    let api: Api<DynamicObject> = Api::all_with(context.client.clone(), &kind.resource());
    // No resourceVersion: the list is read from etcd by quorum, never from a cache that may be stale.
    match api.list_metadata(&ListParams::default().labels(selector)).await {
        Ok(list) => Ok((kind, list.items)),
        // A kind whose CRD is gone has no objects any more.
        Err(error) if kind.optional && code(&error) == Some(404) => Ok((kind, vec![])),
        Err(error) => Err(OperatorError::PruneList { plural: kind.plural, source: Box::new(error) }),
    }
}

/// Ours is what has our label (the list's selector), our flag or a team's flag as owner, and our field manager.
fn is_ours(object: &PartialObjectMeta<DynamicObject>, flag_uid: &str) -> bool {
    let owned = object.owner_references().iter().any(|owner| {
        owner.api_version.starts_with("flagstaff.dev/")
            && (owner.uid == flag_uid || owner.kind == "ServiceObservability")
    });
    let managed = object.managed_fields().iter().any(|entry| entry.manager.as_deref() == Some(FIELD_MANAGER));
    owned && managed && object.metadata.deletion_timestamp.is_none()
}

async fn delete(context: &Context, id: ObjectId, object: PartialObjectMeta<DynamicObject>) -> Result<ObjectId, String> {
    let preconditions = Preconditions { uid: object.uid(), resource_version: object.resource_version() };
    let params = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::background() };
    match id.api(&context.client).delete(&id.name, &params).await {
        Ok(_) => Ok(id),
        Err(error) if code(&error) == Some(404) => Ok(id),
        Err(error) => Err(format!("{id}: {}", sentence(&error))),
    }
}
