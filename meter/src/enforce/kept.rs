//! What is kept because rules use it: metrics that are never refused, labels that are never aggregated away.

use std::collections::{BTreeMap, HashMap, HashSet};

use regex::RegexSet;
use serde::Deserialize;

use super::family;

/// Metrics that are never refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// All of them: it is not known which ones rules use.
    #[serde(default)]
    pub all: bool,
    /// Why all of them, for people.
    #[serde(default)]
    pub why: String,
    /// By name.
    #[serde(default)]
    pub metrics: Vec<String>,
    /// By expressions that the whole name matches.
    #[serde(default)]
    pub patterns: Vec<String>,
    /// By metric: labels that no rule needs, though rules use the metric. Of those that are not listed every label is needed.
    #[serde(default)]
    pub spare: BTreeMap<String, Vec<String>>,
    /// By metric and label: the rule that needs it, for people.
    #[serde(default)]
    pub needs: BTreeMap<String, BTreeMap<String, String>>,
}

/// The same, ready to be asked.
#[derive(Debug, Default)]
pub struct Kept {
    /// Where all are kept: why.
    pub all: Option<String>,
    metrics: HashSet<String>,
    patterns: RegexSet,
    spare: HashMap<String, Vec<String>>,
    needs: BTreeMap<String, BTreeMap<String, String>>,
}

impl Kept {
    /// Ready to be asked; an error names a pattern that is none.
    pub fn new(keep: &Keep) -> Result<Self, String> {
        let whole = keep.patterns.iter().map(|pattern| format!("^(?:{pattern})$"));
        let patterns = RegexSet::new(whole).map_err(|error| error.to_string())?;
        let all = keep.all.then(|| keep.why.clone());
        let spare = keep.spare.clone().into_iter().collect();
        Ok(Self { all, metrics: keep.metrics.iter().cloned().collect(), patterns, spare, needs: keep.needs.clone() })
    }

    /// Why a label of a metric, or of another part of the same histogram, is needed; none where no rule that is known needs it.
    pub fn needed(&self, metric: &str, label: &str) -> Option<String> {
        family::members(metric).find_map(|member| self.needed_of(&member, label))
    }

    fn needed_of(&self, metric: &str, label: &str) -> Option<String> {
        if !self.contains(metric) {
            return None;
        }
        let is_spare = |labels: &Vec<String>| labels.iter().any(|one| one == label);
        if !self.patterns.is_match(metric) && self.spare.get(metric).is_some_and(is_spare) {
            return None;
        }
        let by = self.needs.get(metric).and_then(|labels| labels.get(label));
        Some(match by {
            Some(rule) => format!("the rule {} needs it", shown(rule)),
            None => format!("a rule uses {metric}, and may need it"),
        })
    }

    /// Whether a metric is never refused: what says that targets are there, and what rules use.
    pub fn contains(&self, metric: &str) -> bool {
        self.all.is_some()
            || metric == "up"
            || metric.starts_with("scrape_")
            || self.metrics.contains(metric)
            || self.patterns.is_match(metric)
    }
}

/// So many letters of a rule's name: who is told refuses a longer report.
const SHOWN: usize = 200;

/// A rule's name, or its beginning.
fn shown(rule: &str) -> String {
    match rule.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &rule[..end]),
        None => rule.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_of_a_rule_is_cut_and_any_part_of_a_histogram_is_asked_for_all() {
        let long = "é".repeat(5000);
        let keep: Keep = serde_yaml::from_str(&format!(
            "{{metrics: [wait_count, hits], spare: {{hits: [pod]}}, needs: {{wait_count: {{pod: {long}}}}}}}"
        ))
        .expect("it is fine");
        let kept = Kept::new(&keep).expect("no patterns");
        let why = kept.needed("wait_bucket", "pod").expect("needed");
        assert!(why.starts_with("the rule é") && why.chars().count() < 250, "{why}");
        assert_eq!(kept.needed("hits", "pod"), None);
        assert!(kept.needed("hits", "path").is_some_and(|why| why.contains("may need it")));
        assert_eq!(kept.needed("other", "pod"), None);
    }
}
