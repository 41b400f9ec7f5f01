//! Counts the objects by which a Prometheus operator is told whom to scrape.

use std::collections::{BTreeMap, BTreeSet};

use kube::api::ListParams;
use serde::Deserialize;

use crate::pages::{ListError, list};

/// Kinds that our agents read too, with their plurals.
pub const MONITORS: [(&str, &str); 3] =
    [("ServiceMonitor", "servicemonitors"), ("PodMonitor", "podmonitors"), ("Probe", "probes")];

/// How many there are of each kind, and in which namespaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Monitors {
    /// By kind; a kind without any is left out.
    pub counts: BTreeMap<&'static str, usize>,
    /// Namespaces they are in.
    pub namespaces: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Object {
    metadata: Meta,
}

#[derive(Default, Deserialize)]
struct Meta {
    #[serde(default)]
    namespace: String,
}

/// Counts those that are outside of `namespace`, which is ours. `apis` says what the cluster serves.
pub async fn monitors(client: &kube::Client, apis: &BTreeSet<String>, namespace: &str) -> Result<Monitors, ListError> {
    let mut found = Monitors::default();
    for (kind, plural) in MONITORS {
        if !apis.contains(&format!("monitoring.coreos.com/v1/{kind}")) {
            continue;
        }
        let path = format!("/apis/monitoring.coreos.com/v1/{plural}");
        let what = format!("{plural}.monitoring.coreos.com");
        let outside = |object: Object| Some(object.metadata.namespace).filter(|in_it| in_it != namespace);
        let namespaces = list(client, &path, &what, ListParams::default(), outside).await?;
        if !namespaces.is_empty() {
            found.counts.insert(kind, namespaces.len());
            found.namespaces.extend(namespaces);
        }
    }
    Ok(found)
}
