//! Settings in layers: fleet, provider, region, group, cluster; a later one wins, and the flag over all.

pub mod content;
pub mod edit;
pub mod effect;
pub mod values;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use self::content::{Content, Selector};
use super::{App, Error};
use crate::context::{OpContext, Role};
use crate::store::cluster_settings;
use crate::store::layer::{self, LayerRow};

/// A layer.
#[derive(Debug, Serialize, ToSchema)]
pub struct LayerView {
    /// `fleet`, `provider`, `region`, `group` or `cluster`.
    #[schema(example = "region")]
    pub kind: String,
    /// `all` for the fleet, the id for a cluster.
    pub name: String,
    /// Of a group: labels that its clusters have.
    pub selector: Selector,
    /// What it sets.
    pub content: Content,
    /// For `If-Match` of the next edit.
    pub etag: String,
    /// Who edited it last.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
    /// How many clusters it is for.
    pub clusters: usize,
}

/// All layers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Layers {
    /// By kind and name.
    pub items: Vec<LayerView>,
}

/// All of them.
pub async fn list(app: &App, op: &OpContext) -> Result<Layers, Error> {
    op.needs(Role::Viewer)?;
    let mut connection = app.pool.acquire().await?;
    let rows = layer::list(&mut connection).await?;
    let targets = cluster_settings::targets(&mut connection).await?;
    let items = rows.into_iter().map(|row| {
        let mut shown = view(row, 0);
        let counting = effect::Counting {
            kind: shown.kind.clone(),
            name: shown.name.clone(),
            selector: shown.selector.clone(),
            content: Content::default(),
        };
        shown.clusters = targets.iter().filter(|target| counting.is_for(target)).count();
        shown
    });
    Ok(Layers { items: items.collect() })
}

fn view(row: LayerRow, clusters: usize) -> LayerView {
    LayerView {
        kind: row.kind,
        name: row.name,
        selector: serde_json::from_value(row.selector).unwrap_or_default(),
        content: serde_json::from_value(row.content).unwrap_or_default(),
        etag: row.etag,
        changed_by: row.changed_by,
        changed_at: row.changed_at.to_jiff(),
        clusters,
    }
}
