//! `outage`: cuts the network of one region for a while, and prints what the hub makes of its clusters meanwhile.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::folder;
use crate::network::{self, To};
use crate::visitor::Visitor;

/// What is cut, and for how long.
#[derive(Debug, Args)]
pub struct Outage {
    /// The region; the first one of the simulated clusters when left out
    region: Option<String>,
    /// For how long
    #[arg(long, default_value_t = 120)]
    seconds: u64,
}

/// After the network is whole again, every cluster is fresh within this.
const BACK: Duration = Duration::from_secs(180);

/// Cuts, waits, mends, and waits until every cluster is healthy again.
pub async fn outage(outage: Outage) -> Result<()> {
    let Some(state) = folder::running()? else { bail!("no demo runs; `make demo` starts one") };
    let regions = state.regions.join(", ");
    let region = match &outage.region {
        Some(region) => region.clone(),
        None => state.regions.first().cloned().context("no cluster is simulated: CLUSTERS=2 or more")?,
    };
    ensure!(state.regions.contains(&region), "there is no region {region}; there are {regions}");
    let hub = Visitor::sign_in(&state).await?;
    let ways = [To::Hub, To::Store];
    println!("{region}: its network is cut for {} s; the console shows it live: {}", outage.seconds, state.console);
    let begun = Instant::now();
    let mut seen = BTreeMap::new();
    let cut = async {
        for way in ways {
            network::set(&state.network, &region, way, false).await?;
        }
        while begun.elapsed() < Duration::from_secs(outage.seconds) {
            tell(&hub, &region, begun, &mut seen).await?;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        anyhow::Ok(())
    };
    let ended = tokio::select! {
        ended = cut => ended,
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    // Whatever happened, the network is whole afterwards.
    for way in ways {
        network::set(&state.network, &region, way, true).await?;
    }
    ended?;
    println!("{:>4} s  the network is whole again", begun.elapsed().as_secs());
    let whole = Instant::now();
    while whole.elapsed() < BACK {
        if tell(&hub, &region, begun, &mut seen).await? {
            println!("every cluster of {region} is healthy {:.0} s later", whole.elapsed().as_secs_f64());
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    bail!("not every cluster of {region} is healthy {} s after the network was whole: {seen:?}", BACK.as_secs())
}

/// Prints each state that is new; says whether all are healthy.
async fn tell(hub: &Visitor<'_>, region: &str, begun: Instant, seen: &mut BTreeMap<String, String>) -> Result<bool> {
    let page = hub.get(&format!("/api/v1/clusters?limit=200&region={region}")).await?;
    let items = page["items"].as_array().context("no clusters")?;
    for item in items {
        let (name, now) = (item["name"].as_str().unwrap_or_default(), item["state"].as_str().unwrap_or_default());
        if seen.insert(name.to_owned(), now.to_owned()).as_deref() != Some(now) {
            let message = item["state_message"].as_str().unwrap_or_default();
            println!("{:>4} s  {name}: {now}  {message}", begun.elapsed().as_secs());
        }
    }
    Ok(!items.is_empty() && items.iter().all(|item| item["state"] == "healthy"))
}
