//! `flagstaff meter`: what a meter counts, live.

mod ask;
mod table;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

pub use ask::MeterError;

use crate::exit::Failure;
use crate::report::Form;
use ask::Meter;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the largest metrics, teams, jobs, labels or label values, again and again until Ctrl-C.
    Top(Top),
}

#[derive(Debug, Args)]
pub struct Top {
    /// Where the meter listens; in a cluster `kubectl port-forward` makes it reachable.
    #[arg(long, env = "FLAGSTAFF_METER_URL", default_value = "http://127.0.0.1:9095", value_name = "URL")]
    meter: String,
    #[command(flatten)]
    door: Door,
    /// What is listed.
    #[arg(long, value_enum, default_value_t = By::Metric)]
    by: By,
    /// Only of this metric; needed for label values.
    #[arg(long, value_name = "NAME")]
    metric: Option<String>,
    /// Only of this label; needed for label values.
    #[arg(long, value_name = "NAME")]
    label: Option<String>,
    /// Only of this team.
    #[arg(long, value_name = "NAME")]
    team: Option<String>,
    /// How many rows; by default as many as fit.
    #[arg(long, value_name = "COUNT")]
    limit: Option<usize>,
    /// Ask once and end; it is the default where the output is no terminal.
    #[arg(long)]
    once: bool,
    /// How often to ask.
    #[arg(long, default_value_t = 2, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    every: u64,
    /// How the answer is told. JSON is one object a line: `{"summary": …, "top": …}`.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    output: Form,
}

/// What a guarded meter wants to see.
#[derive(Debug, Args)]
struct Door {
    /// File with the token that it wants to see.
    #[arg(long, env = "FLAGSTAFF_METER_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Authorities (PEM) to believe, instead of the public ones.
    #[arg(long, env = "FLAGSTAFF_METER_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Certificate and key (PEM, one file) to show.
    #[arg(long, env = "FLAGSTAFF_METER_IDENTITY_FILE", value_name = "FILE")]
    identity_file: Option<PathBuf>,
}

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// Metrics.
    Metric,
    /// Teams.
    Team,
    /// Jobs: who sends it.
    Job,
    /// Labels, by the series that each costs.
    Label,
    /// Values of one label of one metric.
    LabelValue,
}

impl By {
    fn name(self) -> &'static str {
        match self {
            Self::Metric => "metric",
            Self::Team => "team",
            Self::Job => "job",
            Self::Label => "label",
            Self::LabelValue => "label_value",
        }
    }
}

/// Clears the screen and what was scrolled off it, and goes to its first line.
const CLEAR: &str = "\x1b[2J\x1b[3J\x1b[H";

/// Runs a subcommand.
pub fn run(command: Command) -> Result<(), Failure> {
    let Command::Top(top) = command;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(show(&top))
}

async fn show(top: &Top) -> Result<(), Failure> {
    let meter = Meter::new(&top.meter, &top.door)?;
    let live = !top.once && io::stdout().is_terminal() && top.output == Form::Text;
    let limit = top.limit.unwrap_or(if live { rows_of_terminal() } else { 50 });
    loop {
        let shown = ask(&meter, top, limit).await;
        let mut out = io::stdout().lock();
        match shown {
            // A live view goes on when the meter is away for a moment.
            Err(error) if live => writeln!(out, "{CLEAR}{error}")?,
            Err(error) => return Err(error.into()),
            Ok((summary, found)) if top.output == Form::Json => {
                writeln!(out, "{}", json!({ "summary": summary, "top": found }))?;
            }
            Ok((summary, found)) => {
                let text = table::page(&summary, &found, top.by.name());
                write!(out, "{}{text}", if live { CLEAR } else { "" })?;
            }
        }
        out.flush()?;
        if !live {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(top.every)).await;
    }
}

async fn ask(meter: &Meter, top: &Top, limit: usize) -> Result<(serde_json::Value, serde_json::Value), MeterError> {
    let limit = limit.to_string();
    let mut query = vec![("by", top.by.name()), ("limit", &limit)];
    for (name, value) in [("metric", &top.metric), ("label", &top.label), ("team", &top.team)] {
        query.extend(value.as_deref().map(|value| (name, value)));
    }
    Ok((meter.get("api/v1/summary", &[]).await?, meter.get("api/v1/top", &query).await?))
}

/// What fits below the head, by the terminal's own word.
fn rows_of_terminal() -> usize {
    let lines = std::env::var("LINES").ok().and_then(|lines| lines.parse::<usize>().ok()).unwrap_or(40);
    lines.saturating_sub(9).max(5)
}
