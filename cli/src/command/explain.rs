//! `flagstaff explain`: what holds on a cluster, and which layer says so.

use std::io::Write;

use clap::Args;
use serde_json::Value;

use crate::exit::Failure;
use crate::hub::{HubArguments, HubError, table, word};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagstaff explain shop-eu-1
  flagstaff explain shop-eu-1 /packs/base/logs/rate
  flagstaff explain shop-eu-1 /packs --output json

Values that no layer and no flag sets have the pack's default and are not told.
`flagstaff template explain` tells the same of a pack, without a hub.")]
pub struct Explain {
    /// The cluster's name, or its id at the hub.
    name: String,
    /// Only this value and those below it, such as /enabled or /packs/base/logs.
    #[arg(default_value = "")]
    pointer: String,
    #[command(flatten)]
    hub: HubArguments,
}

/// Tells it.
pub async fn run(command: Explain) -> Result<(), Failure> {
    let pointer = command.pointer.trim_end_matches('/');
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return Err(Failure::Usage(format!("{pointer} is no pointer: it begins with /, such as /packs/base/logs")));
    }
    let client = command.hub.client()?;
    let cluster = client.cluster(&command.name).await?;
    let asked = client.get(&format!("/api/v1/clusters/{}/values", word(&cluster, "id"))).await;
    let mut answer = match asked {
        // The cluster was found a moment ago: the address was not.
        Err(HubError::Refused { status: 404, .. }) => {
            return Err(Failure::Usage(format!("{} is of an older version, which sets no values", client.url())));
        }
        answer => answer?,
    };
    let below = |one: &Value| {
        word(one, "pointer").strip_prefix(pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if let Some(values) = answer["values"].as_array_mut() {
        values.retain(below);
        if values.is_empty() && !pointer.is_empty() {
            let message = format!(
                "no layer and no flag says anything about {pointer} of {}: it is as the pack has it",
                command.name
            );
            return Err(Failure::Usage(message));
        }
    }
    command.hub.tell(&answer, |out| show(out, &answer))
}

fn show(out: &mut dyn Write, answer: &Value) -> std::io::Result<()> {
    let refused = word(answer, "refused");
    let standing = match (word(answer, "revision"), answer["held"].as_bool(), refused) {
        ("", ..) => "the hub has set nothing here yet".to_owned(),
        (_, _, refused) if !refused.is_empty() => format!("not followed: {refused}"),
        (revision, Some(true), _) => format!("{revision} is there"),
        (revision, ..) => format!("{revision} is on its way; {} is there", table::text(&answer["reported_revision"])),
    };
    writeln!(out, "{standing}")?;
    for name in ["enabled", "suspended", "destinations"] {
        let said = &answer[name];
        if said.is_object() {
            let by = Some(word(said, "by")).filter(|by| !by.is_empty()).unwrap_or("nobody");
            writeln!(out, "  {name:14} {}  (by {by})", said["value"])?;
        }
    }
    for value in answer["values"].as_array().into_iter().flatten() {
        let mark = if value["overridden"] == true { ", over every layer" } else { "" };
        writeln!(out, "\n{}: {}  (by {}{mark})", word(value, "pointer"), value["effective"], word(value, "by"))?;
        for said in value["words"].as_array().into_iter().flatten() {
            writeln!(out, "  {:24} {}", word(said, "layer"), said["value"])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_layers_word_is_told() {
        let answer = json!({"revision": "r2", "reported_revision": "r1", "held": false,
            "enabled": {"value": true, "by": "fleet"},
            "values": [{"pointer": "/packs/base/logs/rate", "effective": 5, "by": "flag", "overridden": true,
                "words": [{"layer": "fleet", "value": 1}, {"layer": "region eu-west-1", "value": 3}]}]});
        let mut out = vec![];
        show(&mut out, &answer).expect("written");
        let text = String::from_utf8(out).expect("text");
        for part in [
            "r2 is on its way; r1",
            "(by fleet)",
            "/packs/base/logs/rate: 5  (by flag, over every layer)",
            "region eu-west-1",
        ] {
            assert!(text.contains(part), "no {part} in {text}");
        }
    }
}
