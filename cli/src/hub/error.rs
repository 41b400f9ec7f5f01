//! Why a hub cannot be asked, each with what to do.

use thiserror::Error;

/// Why a hub cannot be asked.
#[derive(Debug, Error)]
pub enum HubError {
    /// Nobody said which.
    #[error(
        "no hub is known here: run `flagstaff login https://hub.example.org` first, or give --hub URL and FLAGSTAFF_TOKEN"
    )]
    NoHub,
    /// No credentials for it.
    #[error("nobody is signed in at {url}: run `flagstaff login {url}`, or set FLAGSTAFF_TOKEN to an API token")]
    NotSignedIn {
        /// Which hub.
        url: String,
    },
    /// It does not answer.
    #[error("{url} does not answer: {why}")]
    Unreachable {
        /// Which hub.
        url: String,
        /// What happened.
        why: String,
    },
    /// Its certificate is of no authority that is known here.
    #[error(
        "the certificate of {url} is of no authority that is known here. Compare its identity key {key} with the last part of a join \
         token or with Settings in its console, then pass --identity-key {key}, or name its authorities by --ca-file"
    )]
    Untrusted {
        /// Which hub.
        url: String,
        /// The key that it shows.
        key: String,
    },
    /// It shows another key than it should.
    #[error("{url} cannot prove that it is the hub: {why}. Nothing secret was sent")]
    Impostor {
        /// Which hub.
        url: String,
        /// What is wrong.
        why: String,
    },
    /// It refused.
    #[error("{detail} ({code}, request {request_id})")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Stable code.
        code: String,
        /// What happened, and what a person can do.
        detail: String,
        /// Names the request in the hub's log.
        request_id: String,
    },
    /// A name that no cluster has.
    #[error("no cluster {name} is to be seen at this hub{hint}")]
    NoCluster {
        /// The name.
        name: String,
        /// Names that are alike.
        hint: String,
    },
    /// A name that no budget has.
    #[error("no budget {name} is to be seen at this hub; `flagstaff budgets` lists those that you may see")]
    NoBudget {
        /// The name.
        name: String,
    },
    /// A file cannot be read or written.
    #[error("{path}: {why}")]
    File {
        /// Which.
        path: String,
        /// What happened.
        why: String,
    },
    /// A person has to answer, and nobody is there.
    #[error("{0}")]
    NoAnswer(String),
}
