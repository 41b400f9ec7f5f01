//! The fleet of the demo: a hub on the real node, and clusters with simulated nodes that join it beside the real one.

use std::sync::Arc;

use anyhow::{Context, Result};
use flagstaff_crds::ClusterObservability;
use flagstaff_tests::hub::{Hub, PASSWORD, Person};
use flagstaff_tests::programs::repository;
use flagstaff_tests::{
    Cluster, ControlPlaneOptions, Etcd, FakeCluster, FakeOptions, Flag, NodeCluster, Operator, eventually,
};
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};
use std::time::Duration;

/// How many clusters there are unless `CLUSTERS` says otherwise, the real one among them.
const CLUSTERS: usize = 3;
/// More do not fit into 24 GiB.
const MOST: usize = 24;
/// Where each cluster says it is, in turn: provider as in `providerID`, region.
const PLACES: [(&str, &str); 6] = [
    ("aws:///", "eu-west-1"),
    ("gce://demo/", "europe-west4"),
    ("azure:///", "westeurope"),
    ("aws:///", "us-east-1"),
    ("openstack:///", "nova-1"),
    ("gce://demo/", "asia-south1"),
];
/// Reports come this often, so that one sees them come.
const STATUS_EVERY_SECONDS: &str = "5";
/// The Secret with the join token, in each cluster.
const JOIN_SECRET: &str = "flagstaff-hub-join";

/// A hub and the simulated clusters that joined it. Dropping it ends them.
pub struct Fleet {
    _hub: Hub,
    _members: Vec<Member>,
    /// Address of the console.
    pub console: String,
    /// Who is signed in with which password.
    pub account: String,
    /// Clusters in the hub, and how many of them are healthy.
    pub healthy: (usize, usize),
}

struct Member {
    _cluster: FakeCluster,
    _operator: Operator,
}

/// How many clusters are asked for.
pub fn wanted() -> Result<usize> {
    match std::env::var("CLUSTERS") {
        Err(_) => Ok(CLUSTERS),
        Ok(text) => {
            let count: usize = text.parse().with_context(|| format!("CLUSTERS={text} is no number"))?;
            anyhow::ensure!((1..=MOST).contains(&count), "CLUSTERS={count}: from 1 to {MOST}");
            Ok(count)
        }
    }
}

impl Fleet {
    /// Starts the hub, joins the real cluster to it, and makes the others.
    pub async fn start(real: &NodeCluster, client: &Client, store: &str) -> Result<Self> {
        let console = repository().join("web/dist").display().to_string();
        let hub = Hub::on_node(
            real,
            &["--web-dir", &console],
            &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", STATUS_EVERY_SECONDS)],
        )
        .await?;
        let admin = hub.admin().await?;
        let count = wanted()?;
        let token = admin.join_token(json!({"name": "demo", "uses": count, "expires_in_seconds": 86400})).await?;
        let token = token["token"].as_str().context("a join token")?.to_owned();
        join(&Flag { client: client.clone() }, &token, hub.url_inside()).await?;
        let etcd = Etcd::shared_by_many().await?;
        let mut members = vec![];
        for number in 1..count {
            members.push(simulated(number, &etcd, &token, hub.url(), store).await?);
        }
        let healthy = all_healthy(&admin, count).await?;
        let account = format!("ana@example.org / {PASSWORD}");
        Ok(Self { console: hub.url().to_owned(), account, healthy, _hub: hub, _members: members })
    }
}

/// Puts the token into the cluster and names the hub in its flag.
async fn join(flag: &Flag, token: &str, url: &str) -> Result<()> {
    flag.apply(json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": JOIN_SECRET, "namespace": "flagstaff"},
        "stringData": {"token": token},
    }))
    .await?;
    let hub = json!({"spec": {"hub": {"url": url, "joinTokenSecret": {"name": JOIN_SECRET}}}});
    let api: Api<ClusterObservability> = Api::all(flag.client.clone());
    let params = PatchParams { field_manager: Some("demo".into()), ..PatchParams::default() };
    api.patch("cluster", &params, &Patch::Merge(&hub)).await.context("name the hub in the flag")?;
    Ok(())
}

/// A real control plane with simulated nodes: no agent runs there, so nothing is sent.
async fn simulated(number: usize, etcd: &Arc<Etcd>, token: &str, url: &str, store: &str) -> Result<Member> {
    let (provider, region) = PLACES[number % PLACES.len()];
    let control_plane = ControlPlaneOptions { etcd: Some(etcd.clone()), ..ControlPlaneOptions::default() };
    let zones = ["a", "b", "c"].map(|zone| format!("{region}{zone}")).to_vec();
    let options = FakeOptions { control_plane, region: region.into(), zones, provider: provider.into(), nodes: 3 };
    let cluster = FakeCluster::with(options).await?;
    let flag = Flag::install(&cluster).await?;
    let operator = Operator::start(cluster.kubeconfig(), &["--no-election", "--health-seconds=10"], &[]).await?;
    flag.raise(json!({
        "enabled": true,
        "cluster": {"name": format!("{region}-simulated-{number}"), "environment": "demo"},
        "destinations": [{"name": "metrics", "signal": "metrics", "url": store}],
    }))
    .await?;
    join(&flag, token, url).await?;
    Ok(Member { _cluster: cluster, _operator: operator })
}

/// Waits until the hub calls every cluster healthy.
async fn all_healthy(admin: &Person<'_>, count: usize) -> Result<(usize, usize)> {
    eventually(Duration::from_secs(180), "every cluster is healthy in the hub", async || {
        let page: Value = admin.get("/api/v1/clusters").await?.good()?;
        let items = page["items"].as_array().cloned().unwrap_or_default();
        let healthy = items.iter().filter(|item| item["state"] == "healthy").count();
        let said: Vec<String> =
            items.iter().map(|item| format!("{} {} {}", item["name"], item["state"], item["state_message"])).collect();
        flagstaff_tests::eventually::check(items.len() == count && healthy == count, said)?;
        anyhow::Ok((items.len(), healthy))
    })
    .await
}
