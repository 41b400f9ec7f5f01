//! `flagstaff token`: join tokens, by which clusters join, and API tokens, by which programs ask the hub.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Map, Value, json};

use super::login;
use crate::exit::Failure;
use crate::hub::{HubArguments, escaped, items, prompt, table, word};

#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make a token; its text is told this once.
    Create(Create),
    /// List tokens, without their texts.
    List(List),
    /// Take a token back.
    Revoke(Revoke),
}

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Lets clusters join.
    Join,
    /// Lets a program ask the hub, as whoever made it, and never more.
    Api,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagstaff token create join new-shops --uses 3 --hours 24 --label region=eu-west-1
  flagstaff token create join shop-eu-1-again --cluster shop-eu-1
  flagstaff token create api nightly-report --role viewer --team payments --hours 720

An API token is made by a person: the password is asked for.")]
pub struct Create {
    /// What it is for.
    kind: Kind,
    /// A name for it.
    name: String,
    /// How many hours it is good; left out: 1 for a join token, 720 for an API token.
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u64).range(1..=8784))]
    hours: Option<u64>,
    /// join: how many clusters may join by it.
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    uses: u32,
    /// join: a person has to accept who joins by it.
    #[arg(long)]
    needs_acceptance: bool,
    /// join: only this known cluster may join by it, again.
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    /// api: what it may do (viewer, operator, admin).
    #[arg(long, value_name = "ROLE", default_value = "viewer")]
    role: String,
    /// api: only with the clusters of this team.
    #[arg(long, value_name = "NAME")]
    team: Option<String>,
    /// api: read the password from standard input instead of asking for it.
    #[arg(long)]
    password_stdin: bool,
    /// Only clusters with this label; name, region, provider and environment count as labels. May be repeated.
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = label)]
    labels: Vec<(String, String)>,
    /// Why, for the audit log.
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    /// Only tell what would be done.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    hub: HubArguments,
}

#[derive(Debug, Args)]
pub struct List {
    /// Only those of this kind.
    kind: Option<Kind>,
    #[command(flatten)]
    hub: HubArguments,
}

#[derive(Debug, Args)]
pub struct Revoke {
    /// The token's id, as `flagstaff token list` shows it.
    id: String,
    /// Why, for the audit log.
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    /// Only tell what would be done.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    hub: HubArguments,
}

fn label(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it has to be NAME=VALUE")?;
    if name.is_empty() { Err("it has to be NAME=VALUE".into()) } else { Ok((name.into(), value.into())) }
}

/// Runs a subcommand.
pub async fn run(command: Token) -> Result<(), Failure> {
    match command {
        Token::Create(command) => create(command).await,
        Token::List(command) => list(command).await,
        Token::Revoke(command) => revoke(command).await,
    }
}

async fn create(command: Create) -> Result<(), Failure> {
    let client = command.hub.client()?;
    let labels: Map<String, Value> = command.labels.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let mut body = json!({"name": command.name, "reason": command.reason, "dry_run": command.dry_run});
    if let Some(hours) = command.hours {
        body["expires_in_seconds"] = json!(hours * 3600);
    }
    let answer = match command.kind {
        Kind::Join => {
            body["uses"] = json!(command.uses);
            body["needs_acceptance"] = json!(command.needs_acceptance);
            body["labels"] = Value::Object(labels);
            if let Some(name) = &command.cluster {
                body["cluster"] = client.cluster(name).await?["id"].clone();
            }
            client.post("/api/v1/join-tokens", &body).await?
        }
        Kind::Api => {
            body["role"] = json!(command.role);
            body["scope"] = json!({"team": command.team, "labels": labels});
            let session = client.get("/api/v1/session").await?;
            let email = word(&session["account"], "email");
            let password = match command.password_stdin {
                true => prompt::line()?,
                false => prompt::secret(&format!("Password of {email}"))?,
            };
            login::api_token(&client, email, &password, &body).await?
        }
    };
    command.hub.tell(&answer, |out| {
        if !word(&answer, "effect").is_empty() {
            return writeln!(out, "{}", word(&answer, "effect"));
        }
        // The text alone on standard output, so that it can be piped where it belongs.
        eprintln!("{} is good until {}; its text is told this once:", word(&answer, "id"), word(&answer, "expires_at"));
        writeln!(out, "{}", word(&answer, "token"))
    })
}

async fn list(command: List) -> Result<(), Failure> {
    let client = command.hub.client()?;
    let mut answer = json!({});
    let wanted = |kind| command.kind.is_none_or(|only| only == kind);
    if wanted(Kind::Join) {
        match client.get("/api/v1/join-tokens").await {
            Ok(found) => answer["join_tokens"] = found["items"].clone(),
            // Who may make none still has API tokens.
            Err(crate::hub::HubError::Refused { status: 403, .. }) if command.kind.is_none() => {}
            Err(error) => return Err(error.into()),
        }
    }
    if wanted(Kind::Api) {
        answer["api_tokens"] = client.get("/api/v1/api-tokens").await?["items"].clone();
    }
    command.hub.tell(&answer, |out| {
        let mut rows = vec![];
        for (kind, name) in [("join", "join_tokens"), ("api", "api_tokens")] {
            for one in items(&json!({"items": answer[name]})) {
                let standing = match (one["revoked_at"].is_string(), one["uses_left"].as_u64()) {
                    (true, _) => "taken back".to_owned(),
                    (false, Some(left)) => format!("{left} uses left"),
                    (false, None) => word(one, "role").to_owned(),
                };
                rows.push([
                    word(one, "id").to_owned(),
                    kind.to_owned(),
                    word(one, "name").to_owned(),
                    standing,
                    table::time(&one["expires_at"]),
                    table::time(&one["last_used_at"]),
                    word(one, "created_by").to_owned(),
                ]);
            }
        }
        table::write(out, ["ID", "KIND", "NAME", "STANDING", "EXPIRES", "LAST USED", "MADE BY"], &rows)
    })
}

async fn revoke(command: Revoke) -> Result<(), Failure> {
    let client = command.hub.client()?;
    let kind = match command.id.split_once('-') {
        Some(("j", _)) => "join-tokens",
        Some(("t", _)) => "api-tokens",
        _ => {
            let message = format!(
                "{} is no id of a token: they begin with j- or t-; `flagstaff token list` shows them",
                command.id
            );
            return Err(Failure::Usage(message));
        }
    };
    let body = json!({"reason": command.reason, "dry_run": command.dry_run});
    let answer = client.delete(&format!("/api/v1/{kind}/{}", escaped(&command.id)), &body).await?;
    command.hub.tell(&answer, |out| match word(&answer, "effect") {
        "" => writeln!(out, "{} is taken back", command.id),
        effect => writeln!(out, "{effect}"),
    })
}
