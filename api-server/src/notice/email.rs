//! A message as an e-mail over SMTP, by the server that whoever runs the hub names.

use anyhow::{Context, Result};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::{Failure, LONGEST, Message};

/// Sends e-mail.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// By the server of `url`: `smtps://user:password@host`, `smtp://…?tls=required`, or `smtp://host` in the clear.
    ///
    /// # Errors
    /// When the URL or the sender is not understood; the URL may hold a password and is never quoted.
    pub fn new(url: &str, from: &str) -> Result<Self> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| anyhow::anyhow!("--smtp-url is not understood; write smtps://user:password@host"))?
            .timeout(Some(LONGEST))
            .build();
        let from = from.parse().with_context(|| format!("--smtp-from {from} is no e-mail address"))?;
        Ok(Self { transport, from })
    }

    pub(super) async fn send(&self, to: &str, message: &Message) -> Result<(), Failure> {
        let unusable = |what: &dyn std::fmt::Display| Failure::MailRefused(what.to_string());
        let to: Address = to.parse().map_err(|error| unusable(&error))?;
        let host = self.from.email.domain();
        let email = lettre::Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(format!("[Flagstaff] {}", message.subject))
            // The same at each try: a mail server that has it already can tell.
            .message_id(Some(format!("<{}@{host}>", message.id)))
            .header(ContentType::TEXT_PLAIN)
            .body(message.text())
            .map_err(|error| unusable(&error))?;
        match self.transport.send(email).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_timeout() => Err(Failure::Timeout { seconds: LONGEST.as_secs() }),
            Err(error) if error.is_permanent() => Err(Failure::MailRefused(deepest(&error))),
            Err(error) => Err(Failure::Mail(deepest(&error))),
        }
    }
}

/// The cause behind the causes; what stands before it says only that something failed.
fn deepest(error: &lettre::transport::smtp::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string().trim_end_matches('.').to_owned()
}

/// Whether a text is an e-mail address.
///
/// # Errors
/// A sentence that says that it is none.
pub fn check_email(text: &str) -> Result<(), String> {
    let one = text.parse::<Address>().ok().filter(|_| text.len() <= 254 && !text.chars().any(char::is_control));
    one.map(|_| ()).ok_or_else(|| format!("{text} is no e-mail address."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_is_named_by_a_url_that_is_never_quoted() {
        for right in ["smtp://127.0.0.1:2525", "smtps://user:hunter2@mail.example.org", "smtp://a:b@c?tls=required"] {
            assert!(Mailer::new(right, "Flagstaff <hub@example.org>").is_ok(), "{right}");
        }
        let wrong = Mailer::new("pop3://user:hunter2@mail.example.org", "hub@example.org").err().expect("refused");
        assert!(!format!("{wrong:#}").contains("hunter2"), "{wrong:#}");
        assert!(Mailer::new("smtp://127.0.0.1", "nobody").is_err());
    }

    #[test]
    fn an_address_is_one_address() {
        assert!(check_email("ana@example.org").is_ok());
        for wrong in ["", "ana", "ana@", "a@b.org\r\nBcc: c@d.org", "a@b.org, c@d.org", "Ana <a@b.org>"] {
            assert!(check_email(wrong).is_err(), "{wrong:?}");
        }
    }
}
