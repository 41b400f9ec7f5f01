//! Speaking with a hub: who one is there, how it is trusted, and what it says.

mod client;
pub mod credentials;
mod error;
pub mod prompt;
pub mod table;
pub mod trust;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use crate::exit::Failure;
use crate::report::Form;
pub use client::{Client, escaped};
pub use error::HubError;

/// Which hub, and how it is told. The same for every command that asks a hub.
#[derive(Debug, Args)]
pub struct HubArguments {
    /// URL of the hub; left out: the one of the last `flagstaff login`.
    #[arg(long, value_name = "URL", env = "FLAGSTAFF_HUB_URL")]
    hub: Option<String>,
    /// Authorities (PEM) of the hub's certificate; left out: what `flagstaff login` pinned, or the system's.
    #[arg(long, value_name = "FILE", env = "FLAGSTAFF_CA_FILE")]
    ca_file: Option<PathBuf>,
    /// How it is told.
    #[arg(long, value_enum, default_value = "text")]
    pub output: Form,
}

impl HubArguments {
    /// A client with the credentials of `FLAGSTAFF_TOKEN`, or of the last login there.
    pub fn client(&self) -> Result<Client, HubError> {
        let kept = credentials::load()?;
        let Some(url) = self.hub.clone().or_else(|| kept.current.clone()) else { return Err(HubError::NoHub) };
        let url = credentials::plain(&url);
        let known = kept.hubs.get(&url);
        let token = std::env::var("FLAGSTAFF_TOKEN").ok().filter(|token| !token.is_empty());
        let Some(token) = token.or_else(|| known.map(|hub| hub.token.clone())) else {
            return Err(HubError::NotSignedIn { url });
        };
        let authorities = match &self.ca_file {
            Some(path) => Some(trust::read(path)?),
            None => known.and_then(|hub| hub.certificates_pem.clone()),
        };
        Client::new(&url, authorities.as_deref(), Some(token))
    }

    /// Tells an answer: as it came for programs, by `text` for people.
    pub fn tell(
        &self,
        answer: &Value,
        text: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        match self.output {
            Form::Json => writeln!(out, "{answer}")?,
            Form::Text => text(&mut out)?,
        }
        Ok(())
    }
}

/// A text of an answer; empty when there is none.
pub fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The items of a list.
pub fn items(answer: &Value) -> &[Value] {
    answer["items"].as_array().map_or(&[], Vec::as_slice)
}
