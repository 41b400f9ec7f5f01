//! `flagstaff audit`: who did what, and whether the log is as it was sealed.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::exit::Failure;
use crate::hub::{Client, HubArguments, HubError, credentials, items, table, word};

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// List entries, newest first.
    List(List),
    /// Compare the whole log with its seals, and with the newest seal that was seen from here before.
    Verify(Verify),
}

#[derive(Debug, Args)]
pub struct List {
    /// How many entries.
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    limit: u16,
    #[command(flatten)]
    hub: HubArguments,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The newest seal is remembered beside the credentials: a log that was cut off before it is found.

Exit codes: 0 the log is as it was sealed, 1 something was changed, 2 the hub cannot be asked."
)]
pub struct Verify {
    #[command(flatten)]
    hub: HubArguments,
}

/// Runs a subcommand.
pub async fn run(command: Audit) -> Result<(), Failure> {
    match command {
        Audit::List(command) => list(command).await,
        Audit::Verify(command) => verify(command).await,
    }
}

async fn list(command: List) -> Result<(), Failure> {
    let answer = command.hub.client()?.get(&format!("/api/v1/audit?limit={}", command.limit.clamp(1, 1000))).await?;
    command.hub.tell(&answer, |out| {
        let row =
            |one: &Value| ["action", "subject", "who", "outcome", "reason"].map(|name| word(one, name).to_owned());
        let rows: Vec<[String; 6]> = items(&answer)
            .iter()
            .map(|one| {
                let [action, subject, who, outcome, reason] = row(one);
                [table::time(&one["at"]), who, action, subject, outcome, reason]
            })
            .collect();
        table::write(out, ["AT", "WHO", "WHAT", "TO WHAT", "OUTCOME", "WHY"], &rows)
    })
}

async fn verify(command: Verify) -> Result<(), Failure> {
    let client = command.hub.client()?;
    let mut kept = credentials::load()?;
    let seen = kept.hubs.get(client.url()).and_then(|hub| hub.audit_head.clone());
    let (mut seals, mut entries, mut problems) = (0, 0, vec![]);
    let (mut after, mut head) = (0, Value::Null);
    if let Some((number, sha256)) = &seen {
        problems.extend(cut_off(&client, *number, sha256).await?);
    }
    let unsealed = loop {
        let part = client.get(&format!("/api/v1/audit/verification?after={after}")).await?;
        seals += part["seals"].as_u64().unwrap_or_default();
        entries += part["entries"].as_u64().unwrap_or_default();
        problems.extend(part["problems"].as_array().cloned().unwrap_or_default());
        if part["head"].is_object() {
            head = part["head"].clone();
        }
        match part["next_after"].as_i64() {
            Some(next) if next > after => after = next,
            _ => break part["unsealed"].clone(),
        }
    };
    let intact = problems.is_empty();
    if let (true, Some(hub), Some(number)) = (intact, kept.hubs.get_mut(client.url()), head["number"].as_i64()) {
        hub.audit_head = Some((number, word(&head, "sha256").to_owned()));
        credentials::save(&kept)?;
    }
    let answer = json!({"intact": intact, "seals": seals, "entries": entries, "unsealed": unsealed, "head": head, "problems": problems});
    command.hub.tell(&answer, |out| {
        for problem in &problems {
            writeln!(out, "{}", word(problem, "sentence"))?;
        }
        let standing = if intact { "is as it was sealed" } else { "is NOT as it was sealed" };
        writeln!(
            out,
            "The audit log {standing}: {entries} entries in {seals} seals, {} not sealed yet.",
            table::count(&unsealed)
        )?;
        match head["number"].as_u64() {
            Some(number) => writeln!(out, "Newest seal: {number} {}", word(&head, "sha256")),
            None => Ok(()),
        }
    })?;
    if intact { Ok(()) } else { Err(Failure::Problems) }
}

/// Whether the newest seal that was seen before is there no more, or is another one.
async fn cut_off(client: &Client, number: i64, sha256: &str) -> Result<Option<Value>, Failure> {
    let problem =
        |sentence: String| Some(json!({"kind": "seal_removed", "seal": number, "entry": null, "sentence": sentence}));
    match client.get(&format!("/api/v1/audit/verification?after={number}")).await {
        Ok(part) if word(&part["from"], "sha256") == sha256 => Ok(None),
        Ok(_) => Ok(problem(format!("Seal {number} is another one than was seen from here before."))),
        Err(HubError::Refused { status: 404, .. }) => Ok(problem(format!(
            "Seal {number}, which was seen from here before, is gone: the log was cut off, or is an older one."
        ))),
        Err(error) => Err(error.into()),
    }
}
