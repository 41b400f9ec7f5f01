//! Asks the API server for everything at once and puts the answers together.

use std::future::Future;
use std::time::Duration;

use flagstaff_model::{ClusterIdentity, Facts};
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apimachinery::pkg::version::Info;
use kube::api::{Api, ListParams};
use serde::Deserialize;

use super::{FactsError, OBSERVE, apis, nodes};
use crate::foreign::{self, Found};
use crate::pages::list;

const TIMEOUT: Duration = Duration::from_secs(30);

/// Everything found, with more of somebody else's than a template needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathered {
    /// What a template may ask. The foreign workloads in it are those that would be used under `auto`; the name is the
    /// one that the cluster's tool gave it, or `cluster-` and eight digits of its UID.
    pub facts: Facts,
    /// All that was found of somebody else's, to decide from.
    pub foreign: Found,
}

#[derive(Deserialize)]
struct Named {
    metadata: Name,
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

/// Finds the facts; any part that fails fails the whole.
pub async fn gather(client: &kube::Client) -> Result<Gathered, FactsError> {
    let observed = ListParams::default().labels(&format!("{OBSERVE}=true"));
    let (uid, version, apis, nodes, namespaces, foreign) = tokio::try_join!(
        identity(client),
        async {
            let asked = within("its version", client.apiserver_version()).await?;
            asked.map_err(|source| FactsError::Version { source: Box::new(source) })
        },
        async { within("which resources it serves", apis::find(client)).await? },
        async { Ok(nodes::find(client).await?) },
        async {
            let name = |namespace: Named| Some(namespace.metadata.name);
            Ok(list::<Named, _>(client, "/api/v1/namespaces", "namespaces", observed, name).await?)
        },
        async { Ok(foreign::find(client).await?) },
    )?;
    let usable = |found: &[foreign::Foreign]| {
        found.iter().find(|foreign| foreign.unusable.is_none()).map(|foreign| foreign.workload.clone())
    };
    let facts = Facts {
        cluster: ClusterIdentity {
            name: if nodes.cluster_name.is_empty() { default_name(&uid) } else { nodes.cluster_name },
            uid,
            region: nodes.region,
            provider: nodes.provider,
            ..ClusterIdentity::default()
        },
        kubernetes_minor: minor(&version)?,
        kubernetes_version: version.git_version,
        apis,
        nodes: nodes.summary,
        foreign_kube_state_metrics: usable(&foreign.kube_state_metrics),
        foreign_node_exporter: usable(&foreign.node_exporter),
        observed_namespaces: namespaces.into_iter().collect(),
    };
    Ok(Gathered { facts, foreign })
}

async fn identity(client: &kube::Client) -> Result<String, FactsError> {
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let namespace = within("who it is", namespaces.get_metadata("kube-system"))
        .await?
        .map_err(|source| FactsError::Identity { source: Box::new(source) })?;
    namespace.metadata.uid.filter(|uid| !uid.is_empty()).ok_or(FactsError::NoIdentity)
}

async fn within<T>(what: &'static str, asked: impl Future<Output = T>) -> Result<T, FactsError> {
    let timeout = |_| FactsError::Timeout { what, seconds: TIMEOUT.as_secs() };
    tokio::time::timeout(TIMEOUT, asked).await.map_err(timeout)
}

/// A name until a person gives one: the same after every restart.
fn default_name(uid: &str) -> String {
    let short: String = uid.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    format!("cluster-{}", short.to_ascii_lowercase())
}

/// `36+` as some providers write it is 36.
fn minor(version: &Info) -> Result<u32, FactsError> {
    let digits: String = version.minor.chars().take_while(char::is_ascii_digit).collect();
    digits
        .parse()
        .map_err(|_| FactsError::StrangeVersion { version: version.git_version.clone(), minor: version.minor.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("36", Some(36))]
    #[case("33+", Some(33))]
    #[case("", None)]
    #[case("x", None)]
    fn minor_versions(#[case] said: &str, #[case] wanted: Option<u32>) {
        let version = Info { minor: said.to_owned(), git_version: "v1.x".to_owned(), ..Info::default() };
        assert_eq!(minor(&version).ok(), wanted);
    }

    #[test]
    fn a_cluster_without_a_name_is_called_by_its_identity() {
        assert_eq!(default_name("1A2b3c4d-5e6f-7081-92a3-b4c5d6e7f809"), "cluster-1a2b3c4d");
    }
}
