//! One line of the answer: what was looked at, how it is, and what to do.

use serde::Serialize;

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing stands in the way.
    Ok,
    /// It works, and somebody should know.
    Warning,
    /// It does not work before something is done.
    Problem,
}

impl Level {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at.
    pub check: &'static str,
    /// How it is.
    pub level: Level,
    /// One sentence.
    pub message: String,
    /// What a person can do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

impl Check {
    /// Nothing stands in the way.
    pub fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, level: Level::Ok, message: message.into(), fix: None }
    }

    /// It works, and somebody should know.
    pub fn warning(check: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, level: Level::Warning, message: message.into(), fix: Some(fix.into()) }
    }

    /// It does not work before something is done.
    pub fn problem(check: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, level: Level::Problem, message: message.into(), fix: Some(fix.into()) }
    }

    /// It could not be looked at, and so nothing is known.
    pub fn unknown(check: &'static str, error: impl std::fmt::Display, fix: impl Into<String>) -> Self {
        Self::warning(check, format!("could not be looked at: {error}"), fix)
    }

    /// Whether it is a problem.
    pub fn is_problem(&self) -> bool {
        self.level == Level::Problem
    }
}

/// What the API server said, in its own words.
pub fn sentence(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => status.message.clone(),
        other => other.to_string(),
    }
}
