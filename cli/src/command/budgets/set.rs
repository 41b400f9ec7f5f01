//! `flagstaff budgets set`: what a budget does past its limits, and which labels it aggregates away.

use clap::Args;
use serde_json::{Value, json};

use super::found;
use crate::exit::Failure;
use crate::hub::{HubArguments, escaped, word};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagstaff budgets set shop --act aggregate --aggregate-labels pod,instance --dry-run
  flagstaff budgets set shop --act refuse --aggregate-labels pod --reason 'what the store holds'
  flagstaff budgets set shop --act watch --reason 'agreed with the team'")]
pub struct Set {
    /// The budget's name.
    name: String,
    /// What is done past its limits: watch only tells, aggregate takes labels away from the soft limit on, refuse lets no new series past
    /// the hard limit.
    #[arg(long, value_name = "ACT", value_parser = ["watch", "aggregate", "refuse"])]
    act: String,
    /// Labels that counters lose from the soft limit on, with commas between them; left out, those that the budget has.
    #[arg(long, value_name = "LABELS", value_delimiter = ',')]
    aggregate_labels: Option<Vec<String>>,
    /// It is meant, though it is past a limit already.
    #[arg(long)]
    confirmed: bool,
    /// Why, for the audit log.
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    reason: Option<String>,
    /// Only tell what would be done, and what would have been in the last 24 hours.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    hub: HubArguments,
}

/// Sets it; everything else of the budget stays.
pub(super) async fn run(command: Set) -> Result<(), Failure> {
    let client = command.hub.client()?;
    let budget = found(&client, &command.name).await?;
    let path = format!("/api/v1/budgets/{}", escaped(word(&budget, "id")));
    let answer = client.put(&path, word(&budget, "etag"), &draft(&budget, &command)).await?;
    command.hub.tell(&answer, |out| match word(&answer, "effect") {
        "" => writeln!(out, "{}: {}", command.name, does(&answer)),
        effect => writeln!(out, "{effect}"),
    })
}

fn draft(budget: &Value, command: &Set) -> Value {
    let labels: Vec<&str> = match (command.act.as_str(), &command.aggregate_labels) {
        (_, Some(labels)) => labels.iter().map(|label| label.trim()).filter(|label| !label.is_empty()).collect(),
        ("watch", None) => vec![],
        (_, None) => super::labels(budget),
    };
    let mut draft = json!({
        "act": command.act,
        "aggregate_labels": labels,
        "reason": command.reason.as_deref().unwrap_or_default(),
        "confirmed": command.confirmed,
        "dry_run": command.dry_run,
    });
    for name in ["name", "scope", "soft_series", "hard_series", "owner"] {
        draft[name] = budget[name].clone();
    }
    draft
}

/// What a budget does past its limits.
pub(super) fn does(budget: &Value) -> String {
    let labels = super::labels(budget).join(", ");
    match (word(budget, "act"), labels.as_str()) {
        ("aggregate", _) => format!("aggregates {labels} away from its soft limit on"),
        ("refuse", "") => "refuses new series past its hard limit".into(),
        ("refuse", _) => {
            format!("aggregates {labels} away from its soft limit on, and refuses new series past its hard limit")
        }
        _ => "only watches".into(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        set: Set,
    }

    fn command(words: &str) -> Set {
        let words = format!("set shop --reason x --confirmed {words}");
        Line::parse_from(words.split_whitespace()).set
    }

    #[test]
    fn what_is_not_said_stays_as_it_is_but_one_that_watches_has_no_labels() {
        let budget = json!({"id": "b-1", "name": "shop", "scope": {"team": "shop"}, "soft_series": 5, "hard_series": null,
            "owner": {"name": "Ana", "emails": []}, "act": "aggregate", "aggregate_labels": ["pod"], "state": "ok"});
        let labels = |words| draft(&budget, &command(words))["aggregate_labels"].clone();
        assert_eq!(labels("--act refuse"), json!(["pod"]));
        assert_eq!(labels("--act refuse --aggregate-labels="), json!([]));
        assert_eq!(labels("--act aggregate --aggregate-labels instance,pod"), json!(["instance", "pod"]));
        assert_eq!(labels("--act watch"), json!([]));
        let draft = draft(&budget, &command("--act watch"));
        assert_eq!(
            draft,
            json!({"name": "shop", "scope": {"team": "shop"}, "soft_series": 5, "hard_series": null, "owner": {"name": "Ana", "emails": []},
                "act": "watch", "aggregate_labels": [], "reason": "x", "confirmed": true, "dry_run": false})
        );
    }
}
