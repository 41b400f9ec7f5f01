//! `flagstaff budgets`: the budgets of series that one may see at a hub, and the end of a refusal.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::exit::Failure;
use crate::hub::{HubArguments, HubError, escaped, items, table, word};
use crate::report::counted;

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  flagstaff budgets
  flagstaff budgets --state enforcing
  flagstaff budgets --output json
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
    /// Let a budget refuse no series any more: it only watches from then on, and its limits stay.
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
        Some(Act::Release(command)) => release(command).await,
        None => list(command).await,
    }
}

async fn release(command: Release) -> Result<(), Failure> {
    let client = command.hub.client()?;
    let all = client.get("/api/v1/budgets").await?;
    let found = items(&all).iter().find(|one| word(one, "name") == command.name);
    let found = found.ok_or_else(|| HubError::NoBudget { name: command.name.clone() })?;
    let path = format!("/api/v1/budgets/{}/release", escaped(word(found, "id")));
    let answer =
        client.post(&path, &json!({"reason": command.reason.unwrap_or_default(), "dry_run": command.dry_run})).await?;
    command.hub.tell(&answer, |out| match word(&answer, "effect") {
        "" => writeln!(out, "{}: refuses no series any more, and only watches", command.name),
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
        let rows: Vec<[String; 9]> = items(&answer)
            .iter()
            .map(|one| {
                let limit = if one["hard_series"].is_null() { &one["soft_series"] } else { &one["hard_series"] };
                let clusters = &one["clusters"];
                [
                    word(one, "name").to_owned(),
                    word(one, "state").to_owned(),
                    table::text(&one["act"]),
                    table::text(&one["scope_shown"]),
                    table::count(&one["series"]["value"]),
                    table::count(limit),
                    share(&one["share"]),
                    format!("{} of {}", clusters["counted"], clusters["of"]),
                    table::text(&one["forecast"]["over_on"]),
                ]
            })
            .collect();
        let head = ["NAME", "STATE", "ACT", "FOR", "SERIES", "LIMIT", "SHARE", "CLUSTERS", "REACHED ON"];
        table::write(out, head, &rows)?;
        writeln!(out, "{}", counted(rows.len(), "budget"))
    })
}

fn share(value: &Value) -> String {
    value.as_f64().map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", (share * 100.0).floor()))
}
