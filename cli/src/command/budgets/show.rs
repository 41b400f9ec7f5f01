//! `flagstaff budgets show`: one budget, how each of its clusters stands to it, and what keeps its labels.

use clap::Args;
use serde_json::Value;

use super::set::does;
use super::{found, share};
use crate::exit::Failure;
use crate::hub::{HubArguments, escaped, table, word};
use crate::report::counted;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagstaff budgets show shop")]
pub struct Show {
    /// The budget's name.
    name: String,
    #[command(flatten)]
    hub: HubArguments,
}

/// Shows it.
pub(super) async fn run(command: Show) -> Result<(), Failure> {
    let client = command.hub.client()?;
    let id = word(&found(&client, &command.name).await?, "id").to_owned();
    let budget = client.get(&format!("/api/v1/budgets/{}", escaped(&id))).await?;
    command.hub.tell(&budget, |out| {
        writeln!(
            out,
            "{} for {}: {}, {}",
            command.name,
            word(&budget, "scope_shown"),
            word(&budget, "state"),
            does(&budget)
        )?;
        writeln!(
            out,
            "{} series, {} of the limit; warns at {}, over at {}",
            table::count(&budget["series"]["value"]),
            share(&budget["share"]),
            table::count(&budget["soft_series"]),
            table::count(&budget["hard_series"])
        )?;
        if let Some(sentence) = budget["last_event"]["sentence"].as_str() {
            writeln!(out, "{sentence}")?;
        }
        let orders = budget["orders"].as_array().map(Vec::as_slice).unwrap_or_default();
        if orders.is_empty() {
            return Ok(());
        }
        let rows: Vec<[String; 8]> = orders.iter().map(row).collect();
        let head = ["CLUSTER", "STATE", "PART", "FROM", "ACTIVE", "IN", "OUT", "REFUSED"];
        writeln!(out)?;
        table::write(out, head, &rows)?;
        writeln!(out, "{}", counted(rows.len(), "cluster"))?;
        for why in orders.iter().filter(|order| !word(order, "why").is_empty()) {
            writeln!(out, "{}: {}", word(&why["cluster"], "name"), word(why, "why"))?;
        }
        for kept in budget["aggregating"]["kept"].as_array().into_iter().flatten() {
            if word(kept, "metric").is_empty() {
                writeln!(out, "{}", word(kept, "why"))?;
                continue;
            }
            writeln!(
                out,
                "{} keeps {}: {}",
                word(kept, "metric"),
                super::words(&kept["labels"]).join(", "),
                word(kept, "why")
            )?;
        }
        Ok(())
    })
}

fn row(order: &Value) -> [String; 8] {
    let aggregates = !order["aggregating_since"].is_null();
    let sums = |name: &str| if aggregates { table::count(&order[name]) } else { "–".to_owned() };
    // Estimates: a part of a series says nothing.
    let rounded = |name: &str| table::count(&order[name].as_f64().map(|number| number.round() as u64).into());
    [
        word(&order["cluster"], "name").to_owned(),
        table::text(&order["state"]),
        table::count(&order["limit"]),
        table::count(&order["from"]),
        rounded("active"),
        sums("inputs"),
        sums("outputs"),
        rounded("refused_series"),
    ]
}
