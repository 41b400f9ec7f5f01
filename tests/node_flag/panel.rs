//! Every panel of every dashboard in the cluster is asked of the stores, as Grafana would ask.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually;
use flagstaff_tests::eventually::check;
use flagstaff_tests::observed::Stores;
use flagstaff_tests::programs::repository;
use flagstaff_tests::{Cluster, NodeCluster};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, ListParams};
use serde_json::Value;

/// Each panel returns data within two minutes, or the pack's README lists it as rightly empty.
pub async fn every_panel_has_data(cluster: &NodeCluster, stores: &Stores) -> Result<()> {
    let readme = repository().join("templates/base/README.md");
    let readme = std::fs::read_to_string(&readme).context("read the pack's README")?;
    let maps: Api<ConfigMap> = Api::namespaced(cluster.client().await?, "flagstaff");
    let maps = maps.list(&ListParams::default().labels("grafana_dashboard=1")).await.context("list the dashboards")?;
    let mut asked = 0;
    let mut empty = vec![];
    for text in maps.items.into_iter().flat_map(|map| map.data.unwrap_or_default().into_values()) {
        let dashboard: Value = serde_json::from_str(&text).context("read a dashboard")?;
        let title = dashboard["title"].as_str().unwrap_or_default().trim_start_matches("Flagstaff / ").to_owned();
        for panel in panels(&dashboard) {
            let name = panel["title"].as_str().unwrap_or_default().to_owned();
            if readme.contains(&format!("| {title} | {name} |")) {
                continue;
            }
            asked += 1;
            let filled =
                eventually(Duration::from_secs(30), &name, async || check(has_data(stores, panel).await?, "no data"))
                    .await;
            if let Err(error) = filled {
                empty.push(format!("{title} / {name}: {error:#}"));
            }
        }
    }
    ensure!(asked > 30, "only {asked} panels were found");
    ensure!(empty.is_empty(), "{} of {asked} panels are empty:\n{}", empty.len(), empty.join("\n"));
    Ok(())
}

/// Panels with queries, those in folded rows too.
fn panels(dashboard: &Value) -> Vec<&Value> {
    let mut all = vec![];
    for panel in dashboard["panels"].as_array().into_iter().flatten() {
        if panel["targets"].is_array() {
            all.push(panel);
        }
        all.extend(panel["panels"].as_array().into_iter().flatten());
    }
    all
}

/// Whether any query of a panel returns something.
async fn has_data(stores: &Stores, panel: &Value) -> Result<bool> {
    for target in panel["targets"].as_array().into_iter().flatten() {
        let expr = with_variables(target["expr"].as_str().unwrap_or_default());
        let of = target.get("datasource").filter(|source| source.is_object()).unwrap_or(&panel["datasource"]);
        let found = if of["type"] == "loki" {
            if expr.trim_start().starts_with('{') {
                !stores.loki.lines(&expr, Duration::from_secs(900)).await?.is_empty()
            } else {
                stores.loki.query(&expr).await?["result"].as_array().is_some_and(|result| !result.is_empty())
            }
        } else {
            !stores.prometheus.query(&expr).await.with_context(|| expr.clone())?.is_empty()
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Grafana's own variables, the ones of a single choice, and everything else as All.
fn with_variables(expr: &str) -> String {
    let mut text = expr
        .replace("$__rate_interval", "5m")
        .replace("$__range", "15m")
        .replace("$__interval", "15m")
        .replace("$__auto", "15m");
    let chosen = [
        ("cluster", "demo"),
        ("namespace", "flagstaff"),
        ("node", "node-1"),
        ("workload", "flagstaff-agent-node"),
        ("level", ".*"),
    ];
    for (name, value) in chosen {
        text = text.replace(&format!("${{{name}}}"), value).replace(&format!("${name}"), value);
    }
    let mut result = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('$') {
        result.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (name, skip) = match after.strip_prefix('{') {
            Some(braced) => (
                braced.split(['}', ':']).next().unwrap_or_default(),
                braced.find('}').map_or(after.len(), |end| end + 2),
            ),
            None => {
                let end = after.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(after.len());
                (&after[..end], end)
            }
        };
        result.push_str(match name {
            "search" => "",
            _ => ".+",
        });
        rest = &after[skip..];
    }
    result + rest
}
