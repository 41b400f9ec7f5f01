//! The packs' own dashboards, as they are compiled into the hub, for one cluster.

use std::sync::OnceLock;

use flagstaff_template::{Input, Pack, render};
use serde::Serialize;
use utoipa::ToSchema;

use super::query::{StoreName, stores};
use super::{App, Error, reach};
use crate::context::{OpContext, Role};

/// A dashboard in a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DashboardEntry {
    /// Names it, also in its address.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it shows.
    pub description: String,
    /// How many panels it has.
    pub panels: u64,
    /// The pack that it is of.
    pub pack: String,
    /// That pack's version, which is the hub's.
    pub version: String,
}

/// The dashboards for a cluster.
#[derive(Debug, Serialize, ToSchema)]
pub struct DashboardList {
    /// In the packs' order.
    pub items: Vec<DashboardEntry>,
    /// The stores that hold the cluster, in the order in which they are asked.
    pub stores: Vec<StoreName>,
}

/// One dashboard.
#[derive(Debug, Serialize, ToSchema)]
pub struct Dashboard {
    /// As in the list.
    pub entry: DashboardEntry,
    /// Grafana's model of it.
    #[schema(value_type = Object)]
    pub model: serde_json::Value,
    /// The stores that hold the cluster, in the order in which they are asked.
    pub stores: Vec<StoreName>,
}

struct Built {
    entry: DashboardEntry,
    model: serde_json::Value,
}

/// What there is for a cluster.
pub async fn list(app: &App, op: &OpContext, cluster_id: &str) -> Result<DashboardList, Error> {
    let stores = stores(app, &region(app, op, cluster_id).await?).await?;
    Ok(DashboardList { items: built()?.iter().map(|one| one.entry.clone()).collect(), stores })
}

/// One of them.
pub async fn get(app: &App, op: &OpContext, cluster_id: &str, name: &str) -> Result<Dashboard, Error> {
    let stores = stores(app, &region(app, op, cluster_id).await?).await?;
    let found = built()?.iter().find(|one| one.entry.name == name);
    let found = found.ok_or_else(|| Error::NotFound { what: format!("dashboard {name}") })?;
    Ok(Dashboard { entry: found.entry.clone(), model: found.model.clone(), stores })
}

async fn region(app: &App, op: &OpContext, cluster_id: &str) -> Result<String, Error> {
    Ok(reach::get(&mut *app.pool.acquire().await?, op, Role::Viewer, cluster_id).await?.region)
}

/// Rendered once: they hang on nothing that differs between clusters but the scrape interval, whose default is taken.
fn built() -> Result<&'static [Built], Error> {
    static BUILT: OnceLock<Vec<Built>> = OnceLock::new();
    if let Some(built) = BUILT.get() {
        return Ok(built);
    }
    let mut all = vec![];
    for name in Pack::builtin_names() {
        let Some(pack) = Pack::builtin(&name) else { continue };
        let rendered = render(&pack, &Input::sample())
            .map_err(|problems| Error::Internal(anyhow::anyhow!("the pack {name} does not render: {problems:?}")))?;
        for dashboard in rendered.dashboards {
            let text = |field: &str| dashboard.json[field].as_str().unwrap_or_default().to_owned();
            let entry = DashboardEntry {
                name: dashboard.name.clone(),
                title: text("title"),
                description: text("description"),
                panels: panels(&dashboard.json),
                pack: pack.manifest.name.clone(),
                version: pack.manifest.version.clone(),
            };
            all.push(Built { entry, model: dashboard.json });
        }
    }
    Ok(BUILT.get_or_init(|| all))
}

fn panels(value: &serde_json::Value) -> u64 {
    let all = value["panels"].as_array().into_iter().flatten();
    all.map(|panel| if panel["type"] == "row" { panels(panel) } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::telemetry::{StoreKind, confine};

    /// Every expression under a panel or a variable, with its language.
    fn expressions(value: &Value, found: &mut Vec<(StoreKind, String)>) {
        if let Some(expression) = value["expr"].as_str() {
            let loki = value["datasource"]["type"] == "loki";
            found.push((if loki { StoreKind::Loki } else { StoreKind::Prometheus }, expression.to_owned()));
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| expressions(item, found)),
            Value::Object(fields) => fields.values().for_each(|field| expressions(field, found)),
            _ => {}
        }
    }

    #[test]
    fn every_query_of_the_built_in_dashboards_can_be_confined() {
        let mut all = vec![];
        let built = built().expect("dashboards");
        built.iter().for_each(|one| expressions(&one.model, &mut all));
        assert!(built.len() >= 6 && all.len() > 100, "{} dashboards, {} queries", built.len(), all.len());
        for (kind, expression) in all {
            let mut text = expression.clone();
            for (variable, value) in [
                ("$__rate_interval", "5m"),
                ("$__range", "1h"),
                ("$__interval", "1m"),
                ("$__auto", "1m"),
                ("$cluster", "another-cluster"),
                ("$namespace", "shop"),
                ("$workload", "web"),
                ("$pod", "web-1"),
                ("$node", "n1"),
                ("$level", "info"),
                ("$search", "a"),
            ] {
                text = text.replace(variable, value);
            }
            let confined = confine(kind, &text, "own").unwrap_or_else(|reason| panic!("{reason}: {text}"));
            assert!(confined.contains("cluster=\"own\"") && !confined.contains("another-cluster"), "{confined}");
        }
    }
}
