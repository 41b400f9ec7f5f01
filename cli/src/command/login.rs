//! `flagstaff login` and `logout`: a token of one's own for a hub, kept in a file that only its owner may read.

use std::path::PathBuf;

use clap::Args;
use reqwest::Method;
use serde_json::{Value, json};

use crate::exit::Failure;
use crate::hub::{Client, HubError, credentials, prompt, trust, word};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  flagstaff login https://hub.example.org
  flagstaff login https://hub.example.org:8443 --identity-key 3q2-7w…   # the hub has an authority of its own
  flagstaff login https://hub.example.org --email ana@example.org --password-stdin < password
  flagstaff login https://hub.example.org --token-stdin < token         # a token made in the console

The hub makes an API token for this machine; the password is not kept. Credentials are in
$XDG_CONFIG_HOME/flagstaff/credentials.json (else ~/.config), with mode 0600.
Programs need no login: they set FLAGSTAFF_HUB_URL and FLAGSTAFF_TOKEN.")]
pub struct Login {
    /// URL of the hub.
    url: String,
    /// Address of the account; asked for when it is left out.
    #[arg(long, value_name = "EMAIL")]
    email: Option<String>,
    /// Read the password from standard input instead of asking for it.
    #[arg(long)]
    password_stdin: bool,
    /// Read an API token from standard input, instead of making one with a password.
    #[arg(long, conflicts_with_all = ["email", "password_stdin"])]
    token_stdin: bool,
    /// Authorities (PEM) of the hub's certificate, where the system does not know them.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// The hub's identity key, by which its own authority is believed: the last part of each of its join tokens.
    #[arg(long, value_name = "KEY")]
    identity_key: Option<String>,
    /// How long the token is good.
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
}

#[derive(Debug, Args)]
pub struct Logout {
    /// URL of the hub; left out: the one of the last login.
    url: Option<String>,
}

/// Signs in.
pub async fn login(command: Login) -> Result<(), Failure> {
    let url = credentials::plain(&command.url);
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(Failure::Usage(format!("{url} is no URL: it begins with https://")));
    }
    let trust = trust::settle(&url, command.ca_file.as_deref(), command.identity_key.as_deref()).await?;
    let authorities = trust.certificates_pem.as_deref();
    let token = if command.token_stdin {
        prompt::line()?.trim().to_owned()
    } else {
        with_password(&Client::new(&url, authorities, None)?, &command).await?
    };
    let session = Client::new(&url, authorities, Some(token.clone()))?.get("/api/v1/session").await?;
    let mut kept = credentials::load()?;
    let hub = credentials::KnownHub {
        token,
        certificates_pem: trust.certificates_pem,
        identity_key: trust.identity_key,
        audit_head: kept.hubs.get(&url).and_then(|hub| hub.audit_head.clone()),
    };
    kept.hubs.insert(url.clone(), hub);
    kept.current = Some(url.clone());
    let path = credentials::save(&kept)?;
    let account = &session["account"];
    println!("signed in at {url} as {}; kept in {}", word(account, "email"), path.display());
    Ok(())
}

/// Makes an API token in a session that ends at once.
async fn with_password(client: &Client, command: &Login) -> Result<String, HubError> {
    let email = match &command.email {
        Some(email) => email.clone(),
        None => prompt::ask("E-mail")?,
    };
    let password = if command.password_stdin { prompt::line()? } else { prompt::secret("Password")? };
    let (session, cookie) = client.sign_in(&email, &password).await?;
    let account = &session["account"];
    let roles = account["grants"].as_array().into_iter().flatten().map(|grant| word(grant, "role"));
    let rank = |role: &str| ["viewer", "operator", "admin"].iter().position(|one| *one == role);
    let role = roles.chain([word(account, "role")]).max_by_key(|role| rank(role)).unwrap_or("viewer");
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let body = json!({
        "name": format!("flagstaff on {}", machine.trim()), "role": if rank(role).is_some() { role } else { "viewer" },
        "expires_in_seconds": u64::from(command.days) * 86_400, "reason": "flagstaff login",
    });
    Ok(word(&in_session(client, &cookie, &body).await?, "token").to_owned())
}

/// Makes an API token by a password: no token makes another one.
pub async fn api_token(client: &Client, email: &str, password: &str, body: &Value) -> Result<Value, HubError> {
    let (_, cookie) = client.sign_in(email, password).await?;
    in_session(client, &cookie, body).await
}

/// Makes an API token in a session, which has done its work then, whatever came of it.
async fn in_session(client: &Client, cookie: &str, body: &Value) -> Result<Value, HubError> {
    let made = client.send(client.in_session(Method::POST, "/api/v1/api-tokens", cookie).json(body)).await;
    client.send(client.in_session(Method::DELETE, "/api/v1/session", cookie)).await?;
    made
}

/// Takes the token back and forgets it.
pub async fn logout(command: Logout) -> Result<(), Failure> {
    let mut kept = credentials::load()?;
    let Some(url) = command.url.map(|url| credentials::plain(&url)).or_else(|| kept.current.clone()) else {
        return Err(HubError::NoHub.into());
    };
    let Some(hub) = kept.hubs.remove(&url) else { return Err(HubError::NotSignedIn { url }.into()) };
    if kept.current.as_ref() == Some(&url) {
        kept.current = None;
    }
    let client = Client::new(&url, hub.certificates_pem.as_deref(), Some(hub.token.clone()))?;
    let id = hub.token.split('.').nth(1).unwrap_or_default();
    let revoked = client.delete(&format!("/api/v1/api-tokens/{id}"), &json!({"reason": "flagstaff logout"})).await;
    credentials::save(&kept)?;
    match revoked {
        // It was not good any more.
        Ok(Value::Null) | Err(HubError::NotSignedIn { .. }) => println!("signed out at {url}"),
        Ok(other) => println!("signed out at {url}: {other}"),
        Err(error) => {
            return Err(Failure::Usage(format!(
                "forgotten here, but the hub keeps the token {id} until it is over: {error}"
            )));
        }
    }
    Ok(())
}
