//! `flagstaff cluster`: one cluster, what is wrong with it, and what happened to it.

use std::io::Write;

use clap::Args;
use serde_json::{Value, json};

use crate::exit::Failure;
use crate::hub::{HubArguments, table, word};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagstaff cluster shop-eu-1
  flagstaff cluster shop-eu-1 --events 50
  flagstaff cluster shop-eu-1 --accept --reason 'asked for by Bo'
  flagstaff cluster shop-eu-1 --remove --reason 'moved to another fleet' --dry-run")]
pub struct Cluster {
    /// Its name, or its id at the hub.
    name: String,
    /// How many entries of its timeline to show.
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    events: u16,
    /// Accept it, when it waits for that.
    #[arg(long, conflicts_with = "remove")]
    accept: bool,
    /// Order it to leave the hub: it takes away what the hub had switched on.
    #[arg(long, requires = "reason")]
    remove: bool,
    /// Why, for the audit log.
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    /// Only tell what would be done.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    hub: HubArguments,
}

/// Shows it, or does something with it.
pub async fn run(command: Cluster) -> Result<(), Failure> {
    let client = command.hub.client()?;
    let cluster = client.cluster(&command.name).await?;
    let path = format!("/api/v1/clusters/{}", word(&cluster, "id"));
    if command.accept || command.remove {
        let (act, done) = if command.accept { ("accept", "accepted") } else { ("remove", "its removal was ordered") };
        let body = json!({"reason": command.reason, "dry_run": command.dry_run});
        let answer = client.post(&format!("{path}/{act}"), &body).await?;
        return command.hub.tell(&answer, |out| match word(&answer, "effect") {
            "" => writeln!(out, "{}: {done}", command.name),
            effect => writeln!(out, "{effect}"),
        });
    }
    let mut answer = client.get(&path).await?;
    let events = client.get(&format!("{path}/events?limit={}", command.events.max(1))).await?;
    answer["events"] = events["items"].clone();
    command.hub.tell(&answer, |out| show(out, &answer))
}

fn show(out: &mut dyn Write, cluster: &Value) -> std::io::Result<()> {
    let gauge = |name: &str| table::count(&cluster["gauges"][name]);
    let because = [word(cluster, "state_reason"), word(cluster, "state_message")];
    let because: Vec<&str> = because.into_iter().filter(|word| !word.is_empty()).collect();
    let facts = [
        ("state", [word(cluster, "state").to_owned(), because.join(": ")].join("  ").trim_end().to_owned()),
        ("since", table::time(&cluster["state_since"])),
        ("id, uid", format!("{}, {}", word(cluster, "id"), word(cluster, "uid"))),
        ("place", [&cluster["region"], &cluster["provider"], &cluster["environment"]].map(table::text).join(", ")),
        (
            "kubernetes",
            format!("{}, {} nodes", table::text(&cluster["kubernetes_version"]), table::count(&cluster["node_count"])),
        ),
        ("operator", table::text(&cluster["operator_version"])),
        (
            "template",
            format!("{} {}", table::text(&cluster["template"]["pack"]), table::text(&cluster["template"]["version"])),
        ),
        ("agents", format!("{} of {} ready", gauge("agents_ready"), gauge("agents_wanted"))),
        ("series", gauge("series")),
        ("last report", table::time(&cluster["last_report_at"])),
    ];
    writeln!(out, "{}", word(cluster, "name"))?;
    for (name, value) in facts {
        writeln!(out, "  {name:12} {value}")?;
    }
    let lines = |name: &str, line: fn(&Value) -> (String, String)| -> Vec<(String, String)> {
        cluster[name].as_array().into_iter().flatten().map(line).collect()
    };
    let problems = lines("problems", |one| (word(one, "place").to_owned(), word(one, "message").to_owned()));
    let conditions = lines("conditions", |one| {
        let said = [word(one, "reason"), word(one, "message")];
        let said: Vec<&str> = said.into_iter().filter(|word| !word.is_empty()).collect();
        (format!("{}={}", word(one, "type"), word(one, "status")), said.join(": "))
    });
    for (title, lines) in [("Wrong", problems), ("Conditions", conditions)] {
        if !lines.is_empty() {
            writeln!(out, "\n{title}")?;
        }
        for (head, text) in lines {
            writeln!(out, "  {head:24} {text}")?;
        }
    }
    writeln!(out, "\nTimeline, newest first")?;
    for event in cluster["events"].as_array().into_iter().flatten() {
        let by = [word(event, "who"), word(event, "reason")].into_iter().filter(|word| !word.is_empty());
        let by = by.collect::<Vec<_>>().join(", ");
        writeln!(out, "  {}  {}  ({by})", table::time(&event["at"]), word(event, "sentence"))?;
    }
    Ok(())
}
