//! Why a message was not taken; no sentence holds a URL or a secret.

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Nobody is there.
    #[error("It does not answer: {0}. Look at the receiver and the network in between.")]
    Unreachable(String),
    /// It took too long.
    #[error("It did not answer within {seconds} s. A receiver should answer first, and work then.")]
    Timeout {
        /// What it was given.
        seconds: u64,
    },
    /// It answered that it does not take it.
    #[error("It answered {status}, and not a status of success.")]
    Refused {
        /// The status.
        status: u16,
    },
    /// It sends us elsewhere.
    #[error(
        "It redirects to another address (status {status}), which is not followed. Set the URL that takes messages itself."
    )]
    Redirected {
        /// 3xx.
        status: u16,
    },
    /// Its address is one that is never called.
    #[error("It is at an address that is not called: {0}.")]
    AddressRefused(String),
    /// Its URL and secret do not open.
    #[error("Its URL is sealed by another key than this hub's. Make the target anew, or bring the key back.")]
    SecretUnreadable,
    /// There is no way to send e-mail.
    #[error("This hub sends no e-mail. Start it with --smtp-url and --smtp-from.")]
    NoMail,
    /// The mail server does not take it now.
    #[error("The mail server did not take it: {0}.")]
    Mail(String),
    /// The mail server will never take it.
    #[error("The mail server refused it for good: {0}.")]
    MailRefused(String),
}

impl Failure {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "notice_unreachable",
            Self::Timeout { .. } => "notice_timeout",
            Self::Refused { .. } => "notice_refused",
            Self::Redirected { .. } => "notice_redirected",
            Self::AddressRefused(_) => "notice_address_refused",
            Self::SecretUnreadable => "notice_secret_unreadable",
            Self::NoMail => "notice_no_mail",
            Self::Mail(_) => "notice_mail",
            Self::MailRefused(_) => "notice_mail_refused",
        }
    }

    /// Whether another try would end the same.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::AddressRefused(_) | Self::SecretUnreadable | Self::NoMail | Self::MailRefused(_))
    }
}
