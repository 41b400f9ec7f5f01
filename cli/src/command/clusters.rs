//! `flagstaff clusters`: the clusters that one may see at a hub.

use clap::Args;

use crate::exit::Failure;
use crate::hub::{HubArguments, items, table, word};
use crate::report::counted;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagstaff clusters
  flagstaff clusters --state offline
  flagstaff clusters --region eu-west-1 --sort=-series --output json")]
pub struct Clusters {
    /// Only those with this in name, region, provider or environment.
    search: Option<String>,
    /// Only those in this state, such as healthy, degraded, failing, late or offline.
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// Only those in this region.
    #[arg(long, value_name = "NAME")]
    region: Option<String>,
    /// Only those at this provider.
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// In which order: name, -series, state or last_report_at.
    #[arg(long, value_name = "ORDER", default_value = "name")]
    sort: String,
    #[command(flatten)]
    hub: HubArguments,
}

/// Lists them.
pub async fn run(command: Clusters) -> Result<(), Failure> {
    let client = command.hub.client()?;
    let asked = [
        ("q", command.search.as_deref()),
        ("state", command.state.as_deref()),
        ("region", command.region.as_deref()),
        ("provider", command.provider.as_deref()),
        ("sort", Some(command.sort.as_str())),
    ];
    let asked: Vec<String> =
        asked.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", crate::hub::escaped(value?)))).collect();
    let answer = client.all(&format!("/api/v1/clusters?{}", asked.join("&"))).await?;
    command.hub.tell(&answer, |out| {
        let rows: Vec<[String; 8]> = items(&answer)
            .iter()
            .map(|one| {
                let state = match word(one, "last_state") {
                    "" => word(one, "state").to_owned(),
                    last => format!("{} (was {last})", word(one, "state")),
                };
                [
                    word(one, "name").to_owned(),
                    state,
                    table::text(&one["region"]),
                    table::text(&one["provider"]),
                    table::count(&one["node_count"]),
                    table::count(&one["gauges"]["series"]),
                    table::text(&one["template"]["version"]),
                    table::time(&one["last_report_at"]),
                ]
            })
            .collect();
        let head = ["NAME", "STATE", "REGION", "PROVIDER", "NODES", "SERIES", "TEMPLATE", "LAST REPORT"];
        table::write(out, head, &rows)?;
        writeln!(out, "{}", counted(rows.len(), "cluster"))
    })
}
