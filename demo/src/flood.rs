//! `flood`: one team ships a label with a new value each time; prints what its budget in the hub makes of it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use flagstaff_tests::load::message::{self, Label, Sample, TimeSeries, WriteRequest};
use k8s_openapi::jiff::Timestamp;
use serde_json::Value;

use crate::figures::thousands;
use crate::folder;
use crate::visitor::Visitor;

/// What is sent, and for how long.
#[derive(Debug, Args)]
pub struct Flood {
    /// The team whose metric gets the label
    #[arg(default_value = "payments")]
    team: String,
    /// For how long
    #[arg(long, default_value_t = 90)]
    seconds: u64,
    /// New series a second
    #[arg(long, default_value_t = 20_000)]
    per_second: usize,
}

/// The metric and its label.
const METRIC: &str = "checkout_session_total";
const LABEL: &str = "session_id";
/// Series in one request.
const AT_ONCE: usize = 2000;
/// The hub knows within this that the flood is over.
const BACK: Duration = Duration::from_secs(180);
/// What Prometheus sends in the place of a value when a series has ended.
const STALE: u64 = 0x7ff0_0000_0000_0002;

/// Floods, ends what it began, and waits until the budget is as it was.
pub async fn flood(flood: Flood) -> Result<()> {
    let Some(state) = folder::running()? else { bail!("no demo runs; `make demo` starts one") };
    let (cluster, meter) = state.meters.first().cloned().context("no cluster is simulated: CLUSTERS=2 or more")?;
    let hub = Visitor::sign_in(&state).await?;
    let before = budget(&hub, &flood.team).await?;
    // After an earlier flood it is below its limits before it says so.
    let is_calm = before["refusing"].is_null() && before["series"]["value"].as_f64() < before["soft_series"].as_f64();
    ensure!(is_calm, "the budget of team {} is {} already", flood.team, before["state"]);
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?;
    println!(
        "{}: in {cluster} its metric {METRIC} gets a label {LABEL}, {} new series a second for {} s; the console shows it live: {}/budgets",
        flood.team,
        thousands(flood.per_second as f64),
        flood.seconds,
        state.console
    );
    let begun = Instant::now();
    let mut told = Told { team: &flood.team, begun, state: String::new() };
    let mut sent = 0;
    let mut looked = begun;
    let flooding = async {
        while begun.elapsed() < Duration::from_secs(flood.seconds) {
            let due = (begun.elapsed().as_secs_f64() * flood.per_second as f64) as usize;
            while sent + AT_ONCE <= due {
                message::send(&client, &meter, &request(&cluster, &flood.team, sent, 1.0)).await?;
                sent += AT_ONCE;
            }
            if looked.elapsed() > Duration::from_secs(1) {
                looked = Instant::now();
                told.look(&hub).await?;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        anyhow::Ok(())
    };
    let ended = tokio::select! {
        ended = flooding => ended,
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    // Whatever happened, every series that was sent is said to have ended.
    for from in (0..sent).step_by(AT_ONCE) {
        message::send(&client, &meter, &request(&cluster, &flood.team, from, f64::from_bits(STALE))).await?;
    }
    ended?;
    println!("{:>4} s  the label is gone; {} series had it", begun.elapsed().as_secs(), thousands(sent as f64));
    others(&hub, &flood.team).await?;
    let over = Instant::now();
    while over.elapsed() < BACK {
        told.look(&hub).await?;
        let budget = budget(&hub, &flood.team).await?;
        let number = |name: &str| budget[name].as_f64().unwrap_or_default();
        if budget["series"]["value"].as_f64().is_some_and(|series| series < number("soft_series")) {
            let later = over.elapsed().as_secs();
            println!(
                "team {} is below its budget again {later} s later; it counts as {} until nothing was refused for ten minutes",
                flood.team, told.state
            );
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    bail!("the budget of team {} is {} still, {} s after the label was gone", flood.team, told.state, BACK.as_secs())
}

/// Says what became of everybody else meanwhile.
async fn others(hub: &Visitor<'_>, team: &str) -> Result<()> {
    let page = hub.get("/api/v1/budgets").await?;
    let items = page["items"].as_array().into_iter().flatten();
    let others: Vec<&Value> =
        items.filter(|one| one["scope"]["team"].is_string() && one["scope"]["team"] != team).collect();
    let refused: f64 =
        others.iter().filter_map(|one| one["refusing"]["series"].as_f64()).fold(0.0, |sum, one| sum + one);
    println!("        of {} other teams {} series were refused", others.len(), thousands(refused));
    Ok(())
}

/// What was printed last.
struct Told<'a> {
    team: &'a str,
    begun: Instant,
    state: String,
}

impl Told<'_> {
    /// Prints the budget when its state is another one than before; says its state.
    async fn look(&mut self, hub: &Visitor<'_>) -> Result<&str> {
        let budget = budget(hub, self.team).await?;
        let state = budget["state"].as_str().unwrap_or_default();
        if self.state != state {
            let number = |value: &Value| value.as_f64().map_or("unknown".to_owned(), thousands);
            let grew: Vec<String> = budget["grew"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|one| {
                    let label = one["label"].as_str().map(|label| format!(" ({label})")).unwrap_or_default();
                    format!("{}{label} +{}", one["metric"].as_str().unwrap_or_default(), number(&one["by"]))
                })
                .collect();
            let grew = if grew.is_empty() { String::new() } else { format!("; grew most: {}", grew.join(", ")) };
            let refused = match &budget["refusing"] {
                Value::Null => String::new(),
                refusing => {
                    format!("; refused: {} series, {}", number(&refusing["series"]), most(&refusing["refused"]))
                }
            };
            println!(
                "{:>4} s  team {}: {state}, {} of {} series{refused}{grew}",
                self.begun.elapsed().as_secs(),
                self.team,
                number(&budget["series"]["value"]),
                number(&budget["hard_series"]),
            );
            self.state = state.to_owned();
        }
        Ok(&self.state)
    }
}

/// The metric of which most was refused, with its label.
fn most(refused: &Value) -> String {
    let text = |name: &str| refused[0][name].as_str().unwrap_or_default().to_owned();
    let label = Some(text("label")).filter(|label| !label.is_empty()).map(|label| format!(" ({label})"));
    format!("most of {}{}", text("metric"), label.unwrap_or_default())
}

async fn budget(hub: &Visitor<'_>, team: &str) -> Result<Value> {
    let page = hub.get("/api/v1/budgets").await?;
    let items = page["items"].as_array().cloned().unwrap_or_default();
    let found = items.into_iter().find(|budget| budget["scope"]["team"] == team);
    found.with_context(|| format!("team {team} has no budget; the demo sets one for each of its teams"))
}

fn request(cluster: &str, team: &str, from: usize, value: f64) -> WriteRequest {
    let timestamp = Timestamp::now().as_millisecond();
    let series = |number: usize| {
        let session = format!("{:016x}", (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let labels = [
            ("__name__", METRIC),
            ("cluster", cluster),
            ("generator", "flagstaff-demo"),
            ("job", team),
            ("namespace", team),
            (LABEL, &session),
        ];
        let labels = labels.map(|(name, value)| Label { name: name.into(), value: value.into() }).to_vec();
        TimeSeries { labels, samples: vec![Sample { value, timestamp }] }
    };
    WriteRequest { timeseries: (from..from + AT_ONCE).map(series).collect() }
}
