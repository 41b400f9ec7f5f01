//! Whether the series of a scope are aggregated, decided once for all of them.

use std::sync::Arc;

use flagstaff_model::wire::KeptLabels;
use flagstaff_remote_write::{Request, Series};

use super::Aggregate;
use crate::count::Count;
use crate::count::batch::{Names, Record};
use crate::enforce::family::family;

/// So many scopes have decisions at once; past it all are made again.
const DECISIONS: usize = 100_000;

/// What becomes of the series of a scope.
#[derive(Debug, Clone, Default)]
pub(super) struct Decision {
    /// The labels that they lose; none where they go on as they are.
    pub(super) without: Option<Arc<[String]>>,
    /// What people are told of labels that stay.
    pub(super) kept: Option<Box<(Names, Vec<KeptLabels>)>>,
}

impl Aggregate {
    /// What senders say of types. Whether it is anything new.
    pub(super) fn learn(&mut self, request: &Request<'_>) -> bool {
        let mut changed = false;
        // What cannot be read says nothing; the destination judges it.
        let _unreadable = request.each_kind(|metric, kind| changed |= self.counters.learn(metric, kind));
        changed
    }

    /// Which labels the series of a scope lose.
    pub(super) fn without(&mut self, record: &Record, series: &Series<'_>, count: &Count) -> Option<Arc<[String]>> {
        if let Some(decision) = self.decisions.get(&record.scope_key) {
            return decision.without.clone();
        }
        let decision = self.decide(series, count)?;
        if self.decisions.len() >= DECISIONS {
            self.decisions.clear();
        }
        let without = decision.without.clone();
        self.decisions.insert(record.scope_key, decision);
        without
    }

    fn decide(&mut self, series: &Series<'_>, count: &Count) -> Option<Decision> {
        let (mut names, mut labels) = (Names::default(), vec![]);
        let read = series.read(|label| {
            names.note(label, &count.rule);
            labels.push(label.name.text);
        });
        read.ok()?;
        names.settle(&count.rule);
        if let Ok(Some(kind)) = series.kind() {
            self.counters.learn(&names.metric, kind);
        }
        let has = |name: &str| labels.contains(&name);
        let is_bucket = names.metric.ends_with("_bucket") && has("le");
        if is_bucket && self.counters.has_buckets(&names.metric) {
            // Its sum and count may have come first.
            self.decisions.retain(|_, decision| {
                decision.kept.as_ref().is_none_or(|kept| family(&kept.0.metric) != family(&names.metric))
            });
        }
        let wanted = self.plan.as_ref()?.wanted(&names);
        let why_not = self.counters.why_not(&names.metric, is_bucket, has("quantile"));
        let metric = family(&names.metric).to_owned();
        let told = |label: &str, why: &str| KeptLabels {
            metric: metric.clone(),
            labels: vec![label.to_owned()],
            why: why.to_owned(),
        };
        let by_rules = wanted.kept.iter().filter(|(label, _)| has(label)).map(|(label, why)| told(label, why));
        let by_type = wanted.labels.iter().filter(|label| why_not.is_some() && has(label));
        let kept: Vec<KeptLabels> =
            by_rules.chain(by_type.map(|label| told(label, why_not.unwrap_or_default()))).collect();
        let without = (why_not.is_none() && !wanted.labels.is_empty()).then(|| wanted.labels.into());
        let kept = (!kept.is_empty()).then(|| Box::new((names, kept)));
        Some(Decision { without, kept })
    }
}
