//! `generate`: sends made-up samples for clusters whose nodes are simulated, so that they have something to show; named as made up.

mod series;

use std::time::Duration;

use anyhow::{Context, Result};
use k8s_openapi::jiff::Timestamp;
use serde::{Deserialize, Serialize};

use flagstaff_tests::load::message::{self, WriteRequest};
use flagstaff_tests::load::{Load, Shape};
use series::Series;

/// A cluster to speak for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulated {
    /// Its name, the label `cluster`.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Where its samples go: the URL of a store's remote write.
    pub store: String,
    /// Where its samples are counted: the URL of its meter's remote write.
    pub meter: String,
    /// How many series more its meter gets to count, which no store holds.
    pub load: usize,
    /// How many nodes it has.
    pub nodes: usize,
    /// How many pods of applications.
    pub pods: usize,
}

/// Between two samples of a series.
const EVERY: Duration = Duration::from_secs(15);
/// Between two samples of a series of the load.
const LOAD_EVERY: Duration = Duration::from_secs(60);
/// Series in one request.
const AT_ONCE: usize = 2000;

/// Sends until it is ended. `clusters` is a JSON list of [`Simulated`].
pub async fn generate(clusters: &str) -> Result<()> {
    let clusters: Vec<Simulated> = serde_json::from_str(clusters).context("the list of clusters")?;
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?;
    let mut series = vec![];
    for cluster in clusters.iter().filter(|cluster| cluster.load > 0) {
        tokio::spawn(keep_loaded(client.clone(), cluster.clone()));
    }
    for cluster in clusters {
        let own = series::of(&cluster);
        series.push((cluster, own));
    }
    let mut due = tokio::time::interval(EVERY);
    loop {
        due.tick().await;
        let sending = series.iter().map(|(cluster, series)| send(&client, cluster, series));
        for (result, (cluster, _)) in futures::future::join_all(sending).await.into_iter().zip(&series) {
            // A cut network is what the demo shows: the next samples are tried anew, these are gone, as with a sender without a queue.
            if let Err(error) = result {
                eprintln!("{}: {error:#}", cluster.name);
            }
        }
    }
}

/// To the meter first: what a cut network keeps from the store is counted all the same.
async fn send(client: &reqwest::Client, cluster: &Simulated, series: &[Series]) -> Result<()> {
    let now = Timestamp::now().as_millisecond();
    for url in [&cluster.meter, &cluster.store] {
        for part in series.chunks(AT_ONCE) {
            let request = WriteRequest { timeseries: part.iter().map(|one| one.at(now)).collect() };
            message::send(client, url, &request).await?;
        }
    }
    Ok(())
}

/// Sends the load of a cluster to its meter, evenly over each round.
async fn keep_loaded(client: reqwest::Client, cluster: Simulated) {
    let Simulated { name, region, meter, load: series, .. } = cluster;
    let mut load = Load::new(Shape { cluster: name.clone(), region, series }, AT_ONCE);
    let mut due = tokio::time::interval(LOAD_EVERY / load.requests() as u32);
    loop {
        due.tick().await;
        let request = load.next(Timestamp::now().as_millisecond());
        if let Err(error) = message::send(&client, &meter, request).await {
            eprintln!("{name}: its load is not counted: {error:#}");
        }
    }
}
