//! `flagstaff budgets`: the budgets of series that one may see at a hub.

use clap::Args;
use serde_json::Value;

use crate::exit::Failure;
use crate::hub::{HubArguments, items, table, word};
use crate::report::counted;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagstaff budgets
  flagstaff budgets --state over
  flagstaff budgets --output json")]
pub struct Budgets {
    /// Only those in this state: unknown, ok, warning or over.
    #[arg(long, value_name = "STATE", value_parser = ["unknown", "ok", "warning", "over"])]
    state: Option<String>,
    #[command(flatten)]
    hub: HubArguments,
}

/// Lists them.
pub async fn run(command: Budgets) -> Result<(), Failure> {
    let client = command.hub.client()?;
    let mut answer = client.get("/api/v1/budgets").await?;
    if let (Some(state), Some(all)) = (&command.state, answer["items"].as_array_mut()) {
        all.retain(|one| word(one, "state") == state);
    }
    command.hub.tell(&answer, |out| {
        let rows: Vec<[String; 8]> = items(&answer)
            .iter()
            .map(|one| {
                let limit = if one["hard_series"].is_null() { &one["soft_series"] } else { &one["hard_series"] };
                let clusters = &one["clusters"];
                [
                    word(one, "name").to_owned(),
                    word(one, "state").to_owned(),
                    table::text(&one["scope_shown"]),
                    table::count(&one["series"]["value"]),
                    table::count(limit),
                    share(&one["share"]),
                    format!("{} of {}", clusters["counted"], clusters["of"]),
                    table::text(&one["forecast"]["over_on"]),
                ]
            })
            .collect();
        let head = ["NAME", "STATE", "FOR", "SERIES", "LIMIT", "SHARE", "CLUSTERS", "REACHED ON"];
        table::write(out, head, &rows)?;
        writeln!(out, "{}", counted(rows.len(), "budget"))
    })
}

fn share(value: &Value) -> String {
    value.as_f64().map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", (share * 100.0).floor()))
}
