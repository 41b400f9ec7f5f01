//! Telling people outside of the hub: one message to one address, by a signed webhook or by e-mail.

mod back_off;
mod email;
mod failure;
mod message;
mod webhook;

pub use back_off::{DEADLINE, pause};
pub use email::{Mailer, check_email};
pub use failure::Failure;
pub use message::{AboutBudget, Message};
pub use webhook::{check_webhook, shown_url, sign};

use std::time::Duration;

use crate::telemetry::Addresses;

/// No try takes longer.
pub const LONGEST: Duration = Duration::from_secs(10);

/// Who is told.
pub enum Receiver {
    /// A program that listens.
    Webhook {
        /// Its whole URL.
        url: String,
        /// What messages are signed with.
        secret: String,
    },
    /// A person.
    Email {
        /// The address.
        address: String,
    },
}

/// The ways out.
pub struct Notices {
    addresses: Addresses,
    mailer: Option<Mailer>,
}

impl Notices {
    /// Webhooks only at these addresses; e-mail only with a mailer.
    pub fn new(addresses: Addresses, mailer: Option<Mailer>) -> Self {
        Self { addresses, mailer }
    }

    /// Which addresses may be called.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Whether e-mail can be sent.
    pub fn sends_email(&self) -> bool {
        self.mailer.is_some()
    }

    /// Tries once.
    ///
    /// # Errors
    /// Why it was not taken.
    pub async fn deliver(&self, to: &Receiver, message: &Message) -> Result<(), Failure> {
        let one = async {
            match to {
                Receiver::Webhook { url, secret } => webhook::post(&self.addresses, url, secret, message).await,
                Receiver::Email { address } => {
                    self.mailer.as_ref().ok_or(Failure::NoMail)?.send(address, message).await
                }
            }
        };
        tokio::time::timeout(LONGEST, one).await.unwrap_or(Err(Failure::Timeout { seconds: LONGEST.as_secs() }))
    }
}
