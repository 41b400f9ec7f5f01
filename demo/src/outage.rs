//! `outage`: cuts the network of one region for a while, and prints what the hub makes of its clusters meanwhile.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::{Value, json};

use crate::folder::{self, State};
use crate::network::{self, To};

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
    let hub = Watcher::sign_in(&state).await?;
    let ways = [To::Hub, To::Store];
    println!("{region}: its network is cut for {} s; the console shows it live: {}", outage.seconds, state.console);
    let begun = Instant::now();
    let mut seen = BTreeMap::new();
    let cut = async {
        for way in ways {
            network::set(&state.network, &region, way, false).await?;
        }
        while begun.elapsed() < Duration::from_secs(outage.seconds) {
            hub.tell(&region, begun, &mut seen).await?;
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
        if hub.tell(&region, begun, &mut seen).await? {
            println!("every cluster of {region} is healthy {:.0} s later", whole.elapsed().as_secs_f64());
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    bail!("not every cluster of {region} is healthy {} s after the network was whole: {seen:?}", BACK.as_secs())
}

/// Somebody who looks at the hub.
struct Watcher<'a> {
    state: &'a State,
    client: reqwest::Client,
    cookie: String,
}

impl<'a> Watcher<'a> {
    async fn sign_in(state: &'a State) -> Result<Self> {
        let authority = std::fs::read(&state.hub_authority).with_context(|| format!("read {}", state.hub_authority))?;
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([reqwest::Certificate::from_pem(&authority).context("read the hub's authority")?])
            .timeout(Duration::from_secs(15))
            .build()?;
        let body = json!({"email": state.email, "password": state.password});
        let request =
            client.post(format!("{}/api/v1/session", state.console)).header("x-flagstaff-csrf", "1").json(&body);
        let answer = request.send().await.context("sign in")?.error_for_status().context("sign in")?;
        let cookie = answer.headers().get("set-cookie").context("no cookie")?.to_str()?.to_owned();
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { state, client, cookie })
    }

    /// Prints each state that is new; says whether all are healthy.
    async fn tell(&self, region: &str, begun: Instant, seen: &mut BTreeMap<String, String>) -> Result<bool> {
        let url = format!("{}/api/v1/clusters?limit=200&region={region}", self.state.console);
        let answer = self.client.get(url).header("cookie", &self.cookie).send().await.context("ask the hub")?;
        let page: Value = answer.error_for_status().context("ask the hub")?.json().await?;
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
}
