//! What holds on one cluster: each layer's word on each value, what the flag says instead, and what of it has arrived.

use std::collections::BTreeMap;

use flagstaff_model::Layer;
use flagstaff_model::wire::{Overridden, Settings, SettingsReport};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::effect;
use crate::app::layer_change::release::Standing;
use crate::app::{App, Error, reach};
use crate::context::{OpContext, Role};
use crate::store::{cluster, cluster_settings};

/// What holds on a cluster.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClusterValues {
    /// What it was released last; absent before the first.
    pub revision: Option<String>,
    /// What it says it has; absent from an operator that knows no settings.
    pub reported_revision: Option<String>,
    /// Whether all that it was released is there and has come to rest.
    pub held: bool,
    /// Why it is not followed, with layer and place; what was good before runs on.
    pub refused: Option<String>,
    /// The open change that it waits in or was released by.
    pub change_id: Option<String>,
    /// Whether it is observed, and who says so; absent until the cluster says it.
    pub enabled: Option<Said>,
    /// Whether what runs is left as it is; absent until the cluster says it.
    pub suspended: Option<Said>,
    /// How many destinations there are; absent until the cluster says it.
    pub destinations: Option<Said>,
    /// The layers that can be edited for it, lowest first.
    pub layers: Vec<LayerName>,
    /// By pointer. Values that no layer and no flag sets have the pack's default, and are not here.
    pub values: Vec<ClusterValue>,
}

/// What holds, and who says so.
#[derive(Debug, Serialize, ToSchema)]
pub struct Said {
    /// What holds.
    #[schema(value_type = Object)]
    pub value: Value,
    /// `flag`, `chart`, a layer such as `region eu-west-1`, or nobody (empty).
    pub by: String,
}

/// A layer by its name.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LayerName {
    /// `fleet`, `provider`, `region`, `group` or `cluster`.
    pub kind: String,
    /// `all` for the fleet, the id for a cluster.
    pub name: String,
    /// Whether there is such a layer already.
    pub exists: bool,
}

/// One value.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClusterValue {
    /// `/enabled`, `/suspend`, `/destinations`, or a value of a pack such as `/packs/base/logs/rate`.
    pub pointer: String,
    /// What holds; null where the pack's default does.
    #[schema(value_type = Object, nullable)]
    pub effective: Value,
    /// Who says so: a layer such as `region eu-west-1`, or `flag`.
    pub by: String,
    /// Whether the flag on the cluster says otherwise than the layers.
    pub overridden: bool,
    /// Each layer's word, lowest first.
    pub words: Vec<LayerWord>,
}

/// One layer's word.
#[derive(Debug, Serialize, ToSchema)]
pub struct LayerWord {
    /// The layer as people call it, such as `region eu-west-1`.
    pub layer: String,
    /// What it says; null where it takes a lower layer's value away.
    #[schema(value_type = Object, nullable)]
    pub value: Value,
}

/// Of one cluster.
pub async fn values(app: &App, op: &OpContext, id: &str) -> Result<ClusterValues, Error> {
    let mut connection = app.pool.acquire().await?;
    let row = reach::get(&mut connection, op, Role::Viewer, id).await?;
    let released = cluster_settings::get(&mut connection, id).await?;
    let released: Option<Settings> = released.and_then(|value| serde_json::from_value(value).ok());
    let reported = row.report().and_then(|report| report.settings);
    let standing = Standing::read(&mut connection).await?;
    let rows = crate::store::layer::list(&mut connection).await?;
    let target = cluster_settings::target(&mut connection, id).await?;
    let mut layers = vec![];
    for (kind, name) in [("fleet", "all"), ("provider", &row.provider), ("region", &row.region), ("cluster", &row.id)] {
        if !name.is_empty() {
            let exists = rows.iter().any(|row| row.kind == kind && row.name == name);
            layers.push(LayerName { kind: kind.to_owned(), name: name.to_owned(), exists });
        }
    }
    let groups = standing.for_cluster(id, None).into_iter().filter(|layer| layer.kind == "group");
    let groups = groups.filter(|group| target.as_ref().is_some_and(|target| group.is_for(target)));
    let groups = groups.map(|group| LayerName { kind: group.kind, name: group.name, exists: true });
    let last = layers.pop();
    layers.extend(groups);
    layers.extend(last);
    let known = released.as_ref().map(|settings| &settings.revision);
    let arrived = reported.as_ref().is_some_and(|said| Some(&said.revision) == known);
    let effective = reported.as_ref().filter(|said| !said.revision.is_empty()).map(|said| &said.effective);
    let said = |value: Value, by: &String| Said { value, by: by.clone() };
    Ok(ClusterValues {
        revision: known.cloned(),
        reported_revision: reported.as_ref().map(|said| said.revision.clone()),
        held: arrived && reported.as_ref().is_some_and(|said| said.held),
        refused: reported.as_ref().and_then(|said| said.refused.clone()),
        change_id: standing.change_of(id).map(|change| change.id.clone()),
        enabled: effective.map(|one| said(one.enabled.into(), &one.enabled_by)),
        suspended: effective.map(|one| said(one.suspended.into(), &one.suspended_by)),
        destinations: effective.map(|one| said(one.destinations.into(), &one.destinations_by)),
        layers,
        values: each(&released.unwrap_or_default(), reported.as_ref()),
    })
}

fn each(released: &Settings, reported: Option<&SettingsReport>) -> Vec<ClusterValue> {
    let overridden: BTreeMap<&str, &Overridden> =
        reported.into_iter().flat_map(|said| &said.overridden).map(|one| (one.pointer.as_str(), one)).collect();
    let words = effect::words(released);
    let values = words.settings.iter().map(|(pointer, spoken)| {
        let flag = overridden.get(pointer.as_str());
        let by = flag.map(|one| one.by.clone()).or_else(|| words.source(pointer).map(Layer::to_string));
        let effective = match flag {
            Some(one) => one.value.clone(),
            None => words.merged.pointer(pointer).cloned().unwrap_or_default(),
        };
        ClusterValue {
            pointer: pointer.clone(),
            effective,
            by: by.unwrap_or_default(),
            overridden: flag.is_some(),
            words: spoken
                .iter()
                .map(|word| LayerWord { layer: word.layer.to_string(), value: word.value.clone() })
                .collect(),
        }
    });
    values.collect()
}
