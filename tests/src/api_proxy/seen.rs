//! What went through the proxy, and what kind of request it is.

use serde_json::Value;

/// A request that went through.
#[derive(Clone, Debug)]
pub struct Seen {
    /// `GET`, `PATCH`, …
    pub method: String,
    /// The path.
    pub path: String,
    /// The query, as it was sent.
    pub query: String,
    /// The body, where it is JSON.
    pub body: Value,
    /// What was answered.
    pub status: u16,
    /// The text that was answered, for lists by label only.
    pub answer: String,
}

impl Seen {
    /// Whether it changes anything, refused or not. Leases and events are no state of ours.
    pub fn is_write(&self) -> bool {
        let about_itself = self.path.contains("/leases") || self.path.contains("/events");
        !about_itself && matches!(self.method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE")
    }

    /// Whether it lists members of the flag's set of one kind.
    pub fn is_list_of_ours(&self, plural: &str) -> bool {
        self.method == "GET" && lists_ours(&self.path, &self.query, plural)
    }
}

pub(super) fn is_watch(query: &str) -> bool {
    query.split('&').any(|part| matches!(part, "watch=true" | "watch=1"))
}

pub(super) fn lists_ours(path: &str, query: &str, plural: &str) -> bool {
    !is_watch(query) && path.ends_with(&format!("/{plural}")) && query.contains("part-of")
}
