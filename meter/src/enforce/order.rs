//! The file of `--budgets`: which budgets are kept, and which metrics are never refused.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use flagstaff_model::wire::{AggregateOrder, BudgetAct, BudgetOrder};
use serde::Deserialize;

use super::family;
use super::kept::{Keep, Kept};
use crate::count::batch::Names;

/// A larger file is not read.
const MOST_BYTES: u64 = 4 << 20;

/// What the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Orders {
    /// Budgets.
    #[serde(default)]
    pub budgets: Vec<Order>,
    /// What is never refused, because rules use it.
    #[serde(default)]
    pub keep: Keep,
}

/// One budget. A limit that is left out by mistake must not mean none at all: it has to be there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Names it.
    pub id: String,
    /// A person's name for it.
    #[serde(default)]
    pub name: String,
    /// Of this team.
    #[serde(default)]
    pub team: Option<String>,
    /// Of this metric.
    #[serde(default)]
    pub metric: Option<String>,
    /// Active series that it may have; 0 lets nothing new in.
    pub limit: u64,
    /// What is done past the limit.
    #[serde(default)]
    pub act: BudgetAct,
    /// What is aggregated away before anything is refused.
    #[serde(default)]
    pub aggregate: Option<AggregateOrder>,
}

/// Labels that say what a series is: without them there is nothing left that could be added up.
const NEVER: [&str; 3] = ["__name__", "le", "quantile"];

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// It cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is too large.
    #[error("{path} has {bytes} bytes; more than {MOST_BYTES} are not read")]
    TooLarge {
        /// The file.
        path: String,
        /// Its size.
        bytes: u64,
    },
    /// It is not what it should be.
    #[error("{path}: {source}")]
    Invalid {
        /// The file.
        path: String,
        /// Where and why.
        source: serde_yaml::Error,
    },
    /// A budget makes no sense.
    #[error("{path}: budgets[{index}] (`{id}`): {why}")]
    Budget {
        /// The file.
        path: String,
        /// Which one, from 0.
        index: usize,
        /// Its id.
        id: String,
        /// Why.
        why: String,
    },
    /// A pattern cannot be used.
    #[error("{path}: keep.patterns: {why}")]
    Pattern {
        /// The file.
        path: String,
        /// Why.
        why: String,
    },
}

impl OrderError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        "meter.budgets_invalid"
    }
}

impl Orders {
    /// Reads a file's text.
    ///
    /// # Errors
    /// [`OrderError`] with the place that is wrong.
    pub fn parse(path: &Path, text: &str) -> Result<(Self, Kept), OrderError> {
        let name = || path.display().to_string();
        // An empty file sets nothing.
        let orders: Option<Self> =
            serde_yaml::from_str(text).map_err(|source| OrderError::Invalid { path: name(), source })?;
        let orders = orders.unwrap_or_default();
        let mut ids = HashSet::new();
        for (index, order) in orders.budgets.iter().enumerate() {
            let wrong = |why: &str| OrderError::Budget { path: name(), index, id: order.id.clone(), why: why.into() };
            if order.id.is_empty() {
                return Err(wrong("it needs an id"));
            }
            if !ids.insert(&order.id) {
                return Err(wrong("another one has the same id"));
            }
            if let Some(why) = order.wrong_labels() {
                return Err(wrong(&why));
            }
        }
        let kept = Kept::new(&orders.keep).map_err(|why| OrderError::Pattern { path: name(), why })?;
        Ok((orders, kept))
    }
}

impl Order {
    /// What it has aggregated away; none where it is only to watch, or its act is a word of a newer hub.
    pub fn sums(&self) -> Option<&AggregateOrder> {
        self.aggregate.as_ref().filter(|_| matches!(self.act, BudgetAct::Aggregate | BudgetAct::Refuse))
    }

    /// Whether it counts series of such names.
    pub fn counts(&self, metric: &str, team: &str) -> bool {
        self.is_of(team, |own| own == metric)
    }

    /// Whether it is for series of such names, or for another part of the same histogram.
    pub fn is_for(&self, names: &Names) -> bool {
        self.is_of(&names.team, |own| family::family(own) == family::family(&names.metric))
    }

    fn is_of(&self, team: &str, metric: impl Fn(&str) -> bool) -> bool {
        self.team.as_ref().is_none_or(|own| own == team) && self.metric.as_deref().is_none_or(metric)
    }

    /// What is wrong with the labels that it aggregates away.
    fn wrong_labels(&self) -> Option<String> {
        let Some(aggregate) = &self.aggregate else {
            let needed = self.act == BudgetAct::Aggregate;
            return needed.then(|| "act aggregate needs aggregate.labels".into());
        };
        if aggregate.labels.is_empty() {
            return Some("aggregate.labels names none".into());
        }
        let never = aggregate.labels.iter().find(|label| NEVER.contains(&label.as_str()) || label.starts_with("__"));
        never.map(|label| format!("aggregate.labels: without `{label}` a series cannot be added up"))
    }
}

impl From<&Order> for BudgetOrder {
    fn from(order: &Order) -> Self {
        let Order { id, name, team, metric, limit, act, aggregate } = order.clone();
        Self { id, name, team, metric, limit, act, aggregate }
    }
}

/// Follows the file.
#[derive(Debug)]
pub struct Watch {
    path: PathBuf,
    text: Option<String>,
}

impl Watch {
    /// Nothing was read yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path, text: None }
    }

    /// What it says, if that is other than the last time. A file that is not there says nothing: no budget is kept.
    ///
    /// # Errors
    /// [`OrderError`], once for each content.
    pub fn look(&mut self) -> Result<Option<(Orders, Kept)>, OrderError> {
        let name = || self.path.display().to_string();
        let unreadable = |source| OrderError::Unreadable { path: name(), source };
        let text = match std::fs::metadata(&self.path) {
            Ok(found) if found.len() > MOST_BYTES => {
                return Err(OrderError::TooLarge { path: name(), bytes: found.len() });
            }
            Ok(_) => std::fs::read_to_string(&self.path).map_err(unreadable)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(unreadable(error)),
        };
        if self.text.as_ref() == Some(&text) {
            return Ok(None);
        }
        let read = Orders::parse(&self.path, &text);
        self.text = Some(text);
        read.map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<(Orders, Kept), String> {
        Orders::parse(Path::new("budgets.yaml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (text, says) in [
            ("budgets: [{id: b-1, act: refuse}]", "missing field `limit`"),
            ("budgets: [{id: b-1, limt: 4}]", "unknown field `limt`"),
            ("budgets: [{limit: 4, id: ''}]", "budgets[0] (``): it needs an id"),
            ("budgets: [{id: a, limit: 1}, {id: a, limit: 1}]", "budgets[1] (`a`): another one has the same id"),
            ("budgets: [{id: b-1, limit: -4}]", "budgets[0].limit"),
            ("keep: {patterns: ['(']}", "keep.patterns: "),
            ("budgets: {", "budgets.yaml: "),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn what_rules_use_is_kept_and_a_newer_word_does_nothing() {
        let (orders, kept) =
            parse("budgets: [{id: b, limit: 5, act: melt}]\nkeep: {metrics: [http_total], patterns: ['node_.*']}")
                .expect("it is fine");
        assert_eq!(orders.budgets[0].act, BudgetAct::Other("melt".into()));
        for (metric, is_kept) in [
            ("up", true),
            ("scrape_samples_scraped", true),
            ("http_total", true),
            ("node_load1", true),
            ("xnode_", false),
        ] {
            assert_eq!(kept.contains(metric), is_kept, "{metric}");
        }
        assert_eq!(parse("").expect("nothing is fine").0, Orders::default());
    }
}
