//! What the meter refuses, with stable codes and what a person can do.

use axum::http::StatusCode;
use flagstaff_remote_write as remote_write;

/// A refusal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request cannot be read.
    #[error("the request cannot be read: {0}")]
    Unreadable(#[from] remote_write::Error),
    /// The headers name another message.
    #[error("`{0}` is not remote write 1.0 or 2.0, packed by snappy or zstd")]
    Unsupported(String),
    /// The body is larger than allowed.
    #[error(
        "the body has more than {allowed} bytes; let the sender put fewer samples into a request, or set --max-body-bytes"
    )]
    BodyTooLarge {
        /// Bytes that are allowed.
        allowed: usize,
    },
    /// The sender did not send what it announced.
    #[error("the body ended early: {0}")]
    BodyBroken(String),
    /// Too much is under way.
    #[error(
        "{in_flight} bytes are under way, more than {allowed} are not taken; try again, or set --max-inflight-bytes"
    )]
    Overloaded {
        /// Bytes under way.
        in_flight: usize,
        /// Bytes that are allowed.
        allowed: usize,
    },
    /// No such destination.
    #[error("there is no destination `{name}`; there are: {known}")]
    NoDestination {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// The destination does not answer.
    #[error("destination `{name}` does not answer: {why}; the sender tries again by itself")]
    Unreachable {
        /// Its name.
        name: String,
        /// Why.
        why: String,
    },
    /// What the destination wants to see cannot be read.
    #[error(
        "the credential of destination `{name}` cannot be used: {why}; mend the file, the next request reads it again"
    )]
    NoCredential {
        /// Its name.
        name: String,
        /// Why.
        why: String,
    },
    /// Who asks is not known.
    #[error(
        "no credential that is known here was shown; give the sender a token of --bearer-file or a user of --basic-file"
    )]
    Unauthorized,
    /// The credentials of senders cannot be read.
    #[error("the credentials of senders cannot be read: {why}; mend the file, the next request reads it again")]
    Credentials {
        /// Which file, and why.
        why: String,
    },
    /// A question that cannot be answered.
    #[error("{0}")]
    Question(String),
    /// No such metric.
    #[error("no sample of `{metric}` was seen in the last day")]
    NoMetric {
        /// The metric.
        metric: String,
    },
    /// Labels of that metric are not looked at.
    #[error(
        "the labels of `{metric}` are not looked at yet; ask /api/v1/metrics/{metric} once, and again in some minutes"
    )]
    NoLabels {
        /// The metric.
        metric: String,
    },
    /// The metric has no such label.
    #[error("`{metric}` has no label `{label}`")]
    NoLabel {
        /// The metric.
        metric: String,
        /// The label.
        label: String,
    },
    /// A label has too many values to list them.
    #[error("`{label}` has some {values} values; they are listed one by one up to 50")]
    ManyValues {
        /// The label.
        label: String,
        /// About how many values it has.
        values: u64,
    },
    /// No such hour.
    #[error("there is no report of the hour {hour}; /api/v1/hours lists those there are")]
    NoHour {
        /// Its start.
        hour: jiff::Timestamp,
    },
    /// A report that was kept cannot be read.
    #[error("the report of the hour {hour} cannot be read: {why}; later hours are not touched by it")]
    HourUnreadable {
        /// Its start.
        hour: jiff::Timestamp,
        /// Why.
        why: String,
    },
    /// No such address.
    #[error("there is no such address here")]
    NotFound,
}

impl Error {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(error) => error.fault.code(),
            Self::Unsupported(_) => "meter.unsupported",
            Self::BodyTooLarge { .. } => "meter.body_too_large",
            Self::BodyBroken(_) => "meter.body_broken",
            Self::Overloaded { .. } => "meter.overloaded",
            Self::NoDestination { .. } => "meter.no_destination",
            Self::Unreachable { .. } => "meter.destination_unreachable",
            Self::NoCredential { .. } => "meter.credential",
            Self::Unauthorized => "meter.unauthorized",
            Self::Credentials { .. } => "meter.credentials",
            Self::Question(_) => "meter.question",
            Self::NoMetric { .. } => "meter.no_metric",
            Self::NoLabels { .. } => "meter.no_labels",
            Self::NoLabel { .. } => "meter.no_label",
            Self::ManyValues { .. } => "meter.many_values",
            Self::NoHour { .. } => "meter.no_hour",
            Self::HourUnreadable { .. } => "meter.hour_unreadable",
            Self::NotFound => "meter.not_found",
        }
    }

    /// Status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unreadable(_) | Self::BodyBroken(_) | Self::Question(_) => StatusCode::BAD_REQUEST,
            Self::Unsupported(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Overloaded { .. } | Self::NoCredential { .. } | Self::Credentials { .. } => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Unreachable { .. } => StatusCode::BAD_GATEWAY,
            Self::NoDestination { .. }
            | Self::NoMetric { .. }
            | Self::NoLabels { .. }
            | Self::NoLabel { .. }
            | Self::NoHour { .. }
            | Self::NotFound => StatusCode::NOT_FOUND,
            Self::HourUnreadable { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ManyValues { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}
