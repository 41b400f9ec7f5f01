//! `flagstaff budgets`: the budgets of series that one may see at a hub, what each does past its limits, and the end of that.

mod set;
mod show;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::exit::Failure;
use crate::hub::{Client, HubArguments, HubError, escaped, items, table, word};
use crate::report::counted;

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  flagstaff budgets
  flagstaff budgets --state enforcing
  flagstaff budgets --output json
  flagstaff budgets show shop
  flagstaff budgets set shop --act aggregate --aggregate-labels pod --dry-run
  flagstaff budgets release shop --reason 'the sale needs them'"
)]
pub struct Budgets {
    #[command(subcommand)]
    act: Option<Act>,
    /// Only those in this state: unknown, ok, warning, over or enforcing.
    #[arg(long, value_name = "STATE", value_parser = ["unknown", "ok", "warning", "over", "enforcing"])]
    state: Option<String>,
    #[command(flatten)]
    hub: HubArguments,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Show a budget with its clusters: each one's part, how it stands to it, what it aggregates and what it refused.
    Show(show::Show),
    /// Set what a budget does past its limits, and which labels it aggregates away; all else stays.
    Set(set::Set),
    /// Let a budget refuse no series and aggregate no labels away any more: it only watches from then on, and its limits stay.
    Release(Release),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagstaff budgets release shop --reason 'the sale needs them'
  flagstaff budgets release shop --dry-run")]
pub struct Release {
    /// The budget's name.
    name: String,
    /// Why, for the audit log.
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    reason: Option<String>,
    /// Only tell what would be done.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    hub: HubArguments,
}

/// Lists them, or does something with one.
pub async fn run(command: Budgets) -> Result<(), Failure> {
    match command.act {
        Some(Act::Show(command)) => show::run(command).await,
        Some(Act::Set(command)) => set::run(command).await,
        Some(Act::Release(command)) => release(command).await,
        None => list(command).await,
    }
}

async fn release(command: Release) -> Result<(), Failure> {
    let client = command.hub.client()?;
    let budget = found(&client, &command.name).await?;
    let path = format!("/api/v1/budgets/{}/release", escaped(word(&budget, "id")));
    let answer =
        client.post(&path, &json!({"reason": command.reason.unwrap_or_default(), "dry_run": command.dry_run})).await?;
    command.hub.tell(&answer, |out| match word(&answer, "effect") {
        "" => writeln!(out, "{}: {} any more, and only watches", command.name, ended(&budget)),
        effect => writeln!(out, "{effect}"),
    })
}

async fn list(command: Budgets) -> Result<(), Failure> {
    let client = command.hub.client()?;
    let mut answer = client.get("/api/v1/budgets").await?;
    if let (Some(state), Some(all)) = (&command.state, answer["items"].as_array_mut()) {
        all.retain(|one| word(one, "state") == state);
    }
    command.hub.tell(&answer, |out| {
        let rows: Vec<[String; 10]> = items(&answer)
            .iter()
            .map(|one| {
                let limit = if one["hard_series"].is_null() { &one["soft_series"] } else { &one["hard_series"] };
                let clusters = &one["clusters"];
                [
                    word(one, "name").to_owned(),
                    word(one, "state").to_owned(),
                    table::text(&one["act"]),
                    table::text(&labels(one).join(",").into()),
                    table::text(&one["scope_shown"]),
                    table::count(&one["series"]["value"]),
                    table::count(limit),
                    share(&one["share"]),
                    format!("{} of {}", clusters["counted"], clusters["of"]),
                    table::text(&one["forecast"]["over_on"]),
                ]
            })
            .collect();
        let head = ["NAME", "STATE", "ACT", "LABELS", "FOR", "SERIES", "LIMIT", "SHARE", "CLUSTERS", "REACHED ON"];
        table::write(out, head, &rows)?;
        writeln!(out, "{}", counted(rows.len(), "budget"))
    })
}

/// The budget of that name.
async fn found(client: &Client, name: &str) -> Result<Value, HubError> {
    let all = client.get("/api/v1/budgets").await?;
    let found = items(&all).iter().find(|one| word(one, "name") == name).cloned();
    found.ok_or_else(|| HubError::NoBudget { name: name.to_owned() })
}

/// Labels that a budget aggregates away; a hub of before knows none.
fn labels(budget: &Value) -> Vec<&str> {
    words(&budget["aggregate_labels"])
}

fn words(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// What a press ends.
fn ended(budget: &Value) -> String {
    let labels = labels(budget).join(", ");
    match (word(budget, "act"), labels.as_str()) {
        ("refuse", "") => "refuses no series".into(),
        ("refuse", _) => format!("refuses no series and aggregates no labels ({labels}) away"),
        _ => format!("aggregates no labels ({labels}) away"),
    }
}

fn share(value: &Value) -> String {
    value.as_f64().map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", (share * 100.0).floor()))
}
