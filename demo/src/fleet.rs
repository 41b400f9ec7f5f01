//! The fleet of the demo: a hub on the real node, and clusters with simulated nodes that join it beside the real one.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use flagstaff_crds::ClusterObservability;
use flagstaff_tests::hub::{Hub, Person};
use flagstaff_tests::meter::Meter;
use flagstaff_tests::observed::Stores;
use flagstaff_tests::programs::repository;
use flagstaff_tests::protocol::Part;
use flagstaff_tests::sink::Sink;
use flagstaff_tests::store::Prometheus;
use flagstaff_tests::{
    Cluster, ControlPlaneOptions, Etcd, FakeCluster, FakeOptions, Flag, Lease, NodeCluster, Operator, eventually,
};
use futures::{StreamExt, TryStreamExt, stream};
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};

use crate::budget;
use crate::generator::Simulated;
use crate::kubelet::Kubelet;
use crate::network::{Network, To};

/// How many clusters there are unless `CLUSTERS` says otherwise, the real one among them; more do not fit into 24 GiB.
const MOST: usize = 24;
/// What the real cluster with its stores takes, and each simulated one with its operator, in MiB.
const REAL_MIB: usize = 4000;
const EACH_MIB: usize = 560;
/// So many control planes come up at a time.
const AT_ONCE: usize = 3;
/// Where each cluster says it is, in turn: provider as in `providerID`, region.
const PLACES: [(&str, &str); 6] = [
    ("aws:///", "eu-west-1"),
    ("gce://demo/", "europe-west4"),
    ("azure:///", "westeurope"),
    ("aws:///", "us-east-1"),
    ("openstack:///", "nova-1"),
    ("gce://demo/", "asia-south1"),
];
/// What each cluster of a region is for, in turn.
const ENVIRONMENTS: [&str; 4] = ["prod", "prod", "stage", "dev"];
/// Reports come this often, so that one sees them come.
const STATUS_EVERY_SECONDS: &str = "5";
/// The Secret with the join token, in each cluster.
const JOIN_SECRET: &str = "flagstaff-hub-join";
/// Series that the meters of all simulated clusters of a whole fleet count together, unless `SERIES` says otherwise.
const SERIES: usize = 5_000_000;
/// What a meter counted comes this often, so that one sees it come.
const SERIES_EVERY_SECONDS: &str = "--series-seconds=10";
/// Everybody's address in the demo.
pub const EMAIL: &str = "ana@example.org";

/// A hub and the simulated clusters that joined it. Dropping it ends them.
pub struct Fleet {
    _generator: Arc<Lease>,
    _members: Vec<Member>,
    _sink: Sink,
    network: Network,
    hub: Hub,
    /// Clusters in the hub, and how many of them are healthy.
    pub healthy: (usize, usize),
    /// Active series that the hub counts, over all meters.
    pub series: f64,
}

struct Member {
    simulated: Simulated,
    _cluster: FakeCluster,
    _operator: Operator,
    meter: Meter,
    _kubelet: Kubelet,
}

/// What every simulated cluster is given.
struct Common<'a> {
    etcd: Arc<Etcd>,
    token: &'a str,
    hub: &'a str,
    store: &'a Prometheus,
    network: &'a Network,
    /// Where meters pass on to: what is generated for them is in no store.
    sink: &'a Sink,
    load: usize,
}

/// How many clusters there are to be: as `CLUSTERS` says, else as many as fit into the memory that is free.
pub fn wanted() -> Result<usize> {
    match std::env::var("CLUSTERS") {
        Err(_) => Ok((free_mib()?.saturating_sub(REAL_MIB) / EACH_MIB).clamp(1, MOST)),
        Ok(text) => {
            let count: usize = text.parse().with_context(|| format!("CLUSTERS={text} is no number"))?;
            anyhow::ensure!((1..=MOST).contains(&count), "CLUSTERS={count}: from 1 to {MOST}");
            Ok(count)
        }
    }
}

/// How many series each simulated cluster's meter counts.
fn load() -> Result<usize> {
    let all = match std::env::var("SERIES") {
        Err(_) => SERIES,
        Ok(text) => text.parse().with_context(|| format!("SERIES={text} is no number"))?,
    };
    Ok(all / (MOST - 1))
}

fn free_mib() -> Result<usize> {
    let text = std::fs::read_to_string("/proc/meminfo").context("read /proc/meminfo")?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:")).context("no MemAvailable")?;
    let kibibytes: usize = line.trim().trim_end_matches(" kB").parse().context("MemAvailable")?;
    Ok(kibibytes / 1024)
}

impl Fleet {
    /// Starts the hub, joins the real cluster to it, and makes the others.
    pub async fn start(real: &NodeCluster, client: &Client, stores: &Stores, count: usize) -> Result<Self> {
        let console = repository().join("web/dist").display().to_string();
        let hub = Hub::on_node(
            real,
            &["--web-dir", &console],
            &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", STATUS_EVERY_SECONDS)],
        )
        .await?;
        let admin = hub.admin().await?;
        let token = admin.join_token(json!({"name": "demo", "uses": count, "expires_in_seconds": 86400})).await?;
        let token = token["token"].as_str().context("a join token")?.to_owned();
        join(&Flag { client: client.clone() }, &token, hub.url_inside()).await?;
        connect(&admin, stores).await?;
        let network = Network::start().await?;
        let etcd = Etcd::shared_by_many().await?;
        let sink = Sink::start().await?;
        let common = Common {
            etcd,
            token: &token,
            hub: hub.url(),
            store: &stores.prometheus,
            network: &network,
            sink: &sink,
            load: load()?,
        };
        let ways = ways(&common, count).await?;
        let members: Vec<Member> = stream::iter(1..count)
            .map(|number| member(number, &common, &ways[(number - 1) % PLACES.len()]))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        let generator = generator(&members)?;
        let healthy = all_healthy(&admin, count).await?;
        let counted = budget::counted(&admin, members.iter().map(|member| member.simulated.load).sum()).await?;
        // A meter that was just started learns for ten minutes what there is, and refuses nothing meanwhile. One that ends saves what it
        // knows, and begins with that.
        stream::iter(&members)
            .map(|member| member.meter.restart())
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
        let series = budget::set(&admin, &counted).await?;
        drop(admin);
        Ok(Self { healthy, series, _sink: sink, network, hub, _members: members, _generator: generator })
    }

    /// Address of the console.
    pub fn console(&self) -> &str {
        self.hub.url()
    }

    /// The certificate of the hub's authority.
    pub fn authority(&self) -> PathBuf {
        self.hub.data_dir().join("ca.crt")
    }

    /// Where the network is told what to do.
    pub fn network(&self) -> &str {
        self.network.api()
    }

    /// The meters of the simulated clusters.
    pub fn meters(&self) -> Vec<(String, String)> {
        let meters = self._members.iter().map(|member| &member.simulated);
        meters.map(|simulated| (simulated.name.clone(), simulated.meter.clone())).collect()
    }

    /// The regions of the simulated clusters, each once.
    pub fn regions(&self) -> Vec<String> {
        let regions: BTreeSet<_> = self._members.iter().map(|member| member.simulated.region.clone()).collect();
        regions.into_iter().collect()
    }
}

/// A region's ways: to the hub and to the store.
struct Ways {
    hub: String,
    store: String,
}

async fn ways(common: &Common<'_>, count: usize) -> Result<Vec<Ways>> {
    let mut ways = vec![];
    for (_, region) in PLACES.iter().take(count.saturating_sub(1)) {
        let bare = |url: &str| url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/').to_owned();
        let hub = common.network.open(region, To::Hub, &bare(common.hub)).await?;
        let store = common.network.open(region, To::Store, &bare(common.store.url())).await?;
        ways.push(Ways { hub: format!("https://{hub}"), store: format!("http://{store}/api/v1/write") });
    }
    Ok(ways)
}

/// The generator speaks for every simulated cluster: no agent runs there.
fn generator(members: &[Member]) -> Result<Arc<Lease>> {
    let clusters: Vec<&Simulated> = members.iter().map(|member| &member.simulated).collect();
    let lease = Lease::new()?;
    let program = std::env::current_exe().context("find this program")?;
    lease.start(Part::new("generator", program).arg("generate").arg(serde_json::to_string(&clusters)?))?;
    Ok(lease)
}

/// Lets the hub ask the stores, so that the console draws the packs' dashboards.
async fn connect(admin: &Person<'_>, stores: &Stores) -> Result<()> {
    for (name, kind, url) in
        [("Prometheus", "prometheus", stores.prometheus.url_inside()), ("Loki", "loki", stores.loki.url_inside())]
    {
        let store =
            json!({"name": name, "kind": kind, "url": url, "authentication": "none", "reason": "the demo's own"});
        admin.post("/api/v1/stores", &store).await?.good().with_context(|| format!("let the hub ask {name}"))?;
    }
    Ok(())
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

/// A real control plane with simulated nodes: no agent runs there, the generator sends in their place.
async fn member(number: usize, common: &Common<'_>, ways: &Ways) -> Result<Member> {
    let (provider, region) = PLACES[(number - 1) % PLACES.len()];
    let round = (number - 1) / PLACES.len();
    let environment = ENVIRONMENTS[round % ENVIRONMENTS.len()];
    let name = format!("{region}-{environment}-{}", round + 1);
    let control_plane = ControlPlaneOptions { etcd: Some(common.etcd.clone()), ..ControlPlaneOptions::default() };
    let zones = ["a", "b", "c"].map(|zone| format!("{region}{zone}")).to_vec();
    let nodes = 3 + number % 4;
    let options = FakeOptions { control_plane, region: region.into(), zones, provider: provider.into(), nodes };
    let cluster = FakeCluster::with(options).await?;
    let flag = Flag::install(&cluster).await?;
    let to = format!("--destination=nowhere={}", common.sink.url());
    let cluster_name = format!("--cluster={name}");
    let kept = ["--data-dir={folder}/meter", "--budgets={folder}/budgets.yaml"];
    let meter = Meter::start(&["--mode=inline", &to, &cluster_name, kept[0], kept[1]]).await?;
    let kubelet = Kubelet::mount(flag.client.clone(), meter.folder().join("budgets.yaml"));
    let url = format!("--meter={}", meter.url());
    let args = ["--no-election", "--health-seconds=10", SERIES_EVERY_SECONDS, &url];
    let operator = Operator::start(cluster.kubeconfig(), &args, &[]).await?;
    flag.raise(json!({
        "enabled": true,
        "cluster": {"name": name, "environment": environment},
        "meter": {"mode": "inline"},
        "destinations": [{"name": "metrics", "signal": "metrics", "url": ways.store}],
    }))
    .await?;
    join(&flag, common.token, &ways.hub).await?;
    let pods = 20 + (number * 37) % 90;
    let (meter_url, store) = (meter.write_url(), ways.store.clone());
    let simulated = Simulated { name, region: region.into(), store, meter: meter_url, load: common.load, nodes, pods };
    Ok(Member { simulated, _cluster: cluster, _operator: operator, meter, _kubelet: kubelet })
}

/// Waits until the hub calls every cluster healthy.
async fn all_healthy(admin: &Person<'_>, count: usize) -> Result<(usize, usize)> {
    eventually(Duration::from_secs(300), "every cluster is healthy in the hub", async || {
        let page: Value = admin.get("/api/v1/clusters?limit=200").await?.good()?;
        let items = page["items"].as_array().cloned().unwrap_or_default();
        let healthy = items.iter().filter(|item| item["state"] == "healthy").count();
        let said: Vec<String> =
            items.iter().map(|item| format!("{} {} {}", item["name"], item["state"], item["state_message"])).collect();
        flagstaff_tests::eventually::check(items.len() == count && healthy == count, said)?;
        anyhow::Ok((items.len(), healthy))
    })
    .await
}
