//! Series put together by what they have in common.

use std::collections::HashMap;
use std::sync::Arc;

use flagstaff_model::wire::SeriesCount;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bill::{Bill, Prices};
use super::counts::{Counts, Scope, Sum};
use super::filter::SeriesFilter;
use super::fleet::{ClusterNow, FleetNow};
use super::grow::costliest;
use super::view::{Clusters, LabelCost, Missing, Row, SeriesList, whole};
use super::{OTHER, hour_of};
use crate::access::Access;
use crate::app::price::Price;

/// How many children are shown one by one.
const CHILDREN: usize = 20;

/// What series have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SeriesBy)]
pub enum By {
    /// The provider of their cluster.
    Provider,
    /// The region of their cluster.
    Region,
    /// Their cluster.
    Cluster,
    /// Their team.
    Team,
    /// Their metric.
    Metric,
    /// The job that sends them.
    Job,
}

impl By {
    /// Whether all series of a cluster have it in common.
    fn is_of_cluster(self) -> bool {
        matches!(self, Self::Provider | Self::Region | Self::Cluster)
    }
}

/// Everything that a question about series now is answered from.
pub(super) struct Look {
    /// Now.
    pub(super) now: Arc<FleetNow>,
    /// A day ago.
    pub(super) day_ago: Arc<FleetNow>,
    /// What stores ask for.
    pub(super) prices: Prices,
    /// What whoever asks may see.
    pub(super) reach: Access,
}

/// What is put together.
#[derive(Debug, Default)]
struct Group<'a> {
    /// Of clusters: which one.
    id: Option<&'a str>,
    sum: Sum,
    bill: Bill<'a>,
    then: f64,
    /// Whether some of it is not known of a day ago.
    then_unknown: bool,
    children: Level<'a>,
}

/// Groups, and what is in none because it has no scope of its own.
#[derive(Debug, Default)]
struct Level<'a> {
    groups: HashMap<&'a str, Group<'a>>,
    rest: Option<Box<Group<'a>>>,
}

/// What was known of a cluster a day ago.
#[derive(Clone, Copy)]
enum Then<'a> {
    Known(&'a Counts),
    /// It had not joined: it had none.
    NotThere,
    Unknown,
}

impl<'a> Level<'a> {
    fn entry(&mut self, by: By, cluster: &'a ClusterNow, scope: Option<&'a Scope>) -> &mut Group<'a> {
        match key(by, cluster, scope) {
            Some(name) => self.groups.entry(name).or_insert_with(|| Group {
                id: (by == By::Cluster).then_some(cluster.id.as_str()),
                ..Group::default()
            }),
            None => self.rest.get_or_insert_default(),
        }
    }

    /// The group of something that was there a day ago, if there is one of it now.
    fn before(&mut self, by: By, cluster: &'a ClusterNow, scope: Option<&'a Scope>) -> Option<&mut Group<'a>> {
        match key(by, cluster, scope) {
            Some(name) => self.groups.get_mut(name),
            None => self.rest.as_deref_mut(),
        }
    }
}

/// What something is called by what it has in common; none for what has no scope of its own.
fn key<'a>(by: By, cluster: &'a ClusterNow, scope: Option<&'a Scope>) -> Option<&'a str> {
    let place = |name: &str| Some(cluster.place.get(name).map_or("", String::as_str));
    let scope = scope.filter(|scope| !scope.is_rest());
    match by {
        By::Provider => place("provider"),
        By::Region => place("region"),
        By::Cluster => Some(&cluster.name),
        By::Team => scope.map(|scope| &*scope.team),
        By::Metric => scope.map(|scope| &*scope.metric),
        By::Job => scope.map(|scope| &*scope.job),
    }
}

impl Look {
    /// The list that a person asked for.
    pub(super) fn list(&self, filter: &SeriesFilter, by: By, then: Option<By>, limit: usize) -> SeriesList {
        let whole_clusters = by.is_of_cluster() && then.is_none_or(By::is_of_cluster) && filter.is_whole_clusters();
        let mut clusters = Clusters { counted: 0, of: 0, missing: vec![] };
        let (mut total, mut level) = (Group::default(), Level::default());
        for cluster in self.now.within(Some(&self.reach), filter) {
            clusters.of += 1;
            let Some(counts) = cluster.counts.as_deref() else {
                let (id, name) = (cluster.id.clone(), cluster.name.clone());
                clusters.missing.push(Missing { id, name, heard_at: cluster.heard_at });
                continue;
            };
            clusters.counted += 1;
            let before = self.then(cluster);
            let unknown = matches!(before, Then::Unknown);
            let price = self.prices.of(cluster.place.get("region").map_or("", String::as_str));
            total.add(counts.sum(filter), unknown, price);
            for (scope, count) in parts(counts, filter, whole_clusters) {
                let sum = counts.sum_of(count);
                let group = level.entry(by, cluster, scope);
                group.add(sum, unknown, price);
                if let Some(then) = then {
                    group.children.entry(then, cluster, scope).add(sum, unknown, price);
                }
            }
            let Then::Known(counts) = before else { continue };
            total.then += counts.sum(filter).series;
            for (scope, count) in parts(counts, filter, whole_clusters) {
                let Some(group) = level.before(by, cluster, scope) else { continue };
                group.then += count.active;
                if let Some(child) = then.and_then(|then| group.children.before(then, cluster, scope)) {
                    child.then += count.active;
                }
            }
        }
        let (mut items, other) = level.rows(limit);
        if by == By::Metric && filter.team.is_none() && filter.job.is_none() {
            for item in &mut items {
                item.label = self.label(filter, &item.name);
            }
        }
        let total = (clusters.counted > 0).then(|| total.row("total"));
        SeriesList { by, then, as_of: self.now.as_of, clusters, total, items, other }
    }

    fn then(&self, cluster: &ClusterNow) -> Then<'_> {
        match self.day_ago.cluster(&cluster.id).and_then(|then| then.counts.as_deref()) {
            Some(counts) => Then::Known(counts),
            None if cluster.enrolled_at >= hour_of(self.day_ago.as_of) + SignedDuration::from_hours(1) => {
                Then::NotThere
            }
            None => Then::Unknown,
        }
    }

    fn label(&self, filter: &SeriesFilter, metric: &str) -> Option<LabelCost> {
        let known = self.now.within(Some(&self.reach), filter).filter_map(|cluster| cluster.counts.as_deref());
        costliest(metric, known).map(|(name, saves)| LabelCost { name, saves: whole(saves) })
    }
}

/// The parts of a cluster that a filter means: its scopes, or the whole cluster at once.
fn parts<'a>(
    counts: &'a Counts,
    filter: &'a SeriesFilter,
    whole: bool,
) -> impl Iterator<Item = (Option<&'a Scope>, &'a SeriesCount)> {
    let scopes = counts.scopes.iter().filter(move |scope| !whole && filter.fits_scope(scope));
    let scopes = scopes.map(|scope| (Some(scope), &scope.count));
    whole.then_some((None, &counts.total)).into_iter().chain(scopes)
}

impl<'a> Group<'a> {
    fn add(&mut self, sum: Sum, then_unknown: bool, price: Option<&'a Price>) {
        self.sum += sum;
        self.then_unknown |= then_unknown;
        self.bill.add(price, &sum);
    }

    fn row(self, name: &str) -> Row {
        let (children, other) = self.children.rows(CHILDREN);
        Row {
            id: self.id.map(str::to_owned),
            day_ago: (!self.then_unknown).then(|| whole(self.then)),
            cost: self.bill.cost(),
            children: children.into_iter().chain(other).collect(),
            ..Row::of(name, &self.sum)
        }
    }
}

impl Level<'_> {
    /// The largest, and the rest of them.
    fn rows(self, limit: usize) -> (Vec<Row>, Option<Row>) {
        let mut groups: Vec<_> = self.groups.into_iter().collect();
        groups.sort_by(|one, other| other.1.sum.series.total_cmp(&one.1.sum.series).then_with(|| one.0.cmp(other.0)));
        let mut rest = self.rest.map(|rest| *rest);
        for (_, group) in groups.drain(limit.min(groups.len())..) {
            let rest = rest.get_or_insert_default();
            rest.sum += group.sum;
            rest.bill.merge(group.bill);
            rest.then += group.then;
            rest.then_unknown |= group.then_unknown;
        }
        // Of the rest it does not matter what it is made of.
        let rest = rest.map(|rest| Group { children: Level::default(), ..rest }.row(OTHER));
        (groups.into_iter().map(|(name, group)| group.row(name)).collect(), rest)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::fleet::tests::{cluster, counts, fleet, scope};
    use super::*;
    use crate::access::Right;
    use crate::context::Role;

    fn look(now: Vec<ClusterNow>, day_ago: Vec<ClusterNow>) -> Look {
        let reach = Access::of(vec![Right { role: Role::Viewer, wanted: Default::default() }]);
        let (now, day_ago) = (Arc::new(fleet(now)), Arc::new(fleet(day_ago)));
        Look { now, day_ago, prices: Prices::default(), reach }
    }

    #[test]
    fn a_day_ago_is_only_said_when_all_of_it_is_known() {
        let up = |active| Some(counts(vec![scope("up", "shop", "j", active)]));
        let mut joined_since = cluster("c", "us", up(3.0));
        joined_since.enrolled_at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(2);
        let look = look(
            vec![cluster("a", "eu", up(5.0)), cluster("b", "us", up(7.0)), joined_since],
            vec![cluster("a", "eu", up(4.0)), cluster("b", "us", None)],
        );
        let list = look.list(&SeriesFilter::default(), By::Cluster, None, 9);
        let day_ago: Vec<_> = list.items.iter().map(|row| (row.name.as_str(), row.day_ago)).collect();
        assert_eq!(day_ago, [("b", None), ("a", Some(4)), ("c", Some(0))]);
        assert_eq!(list.total.expect("a total").day_ago, None, "of b it is not known");
        let list = look.list(&SeriesFilter { region: Some("eu".into()), ..Default::default() }, By::Team, None, 9);
        assert_eq!((list.items[0].series.value, list.items[0].day_ago), (5, Some(4)));
    }

    #[test]
    fn what_is_beyond_the_limit_is_in_other_and_nothing_is_lost() {
        let scopes = (0..30).map(|index| scope("m", "t", &format!("job-{index:02}"), f64::from(index))).collect();
        let look = look(vec![cluster("a", "eu", Some(counts(scopes)))], vec![]);
        let list = look.list(&SeriesFilter::default(), By::Team, Some(By::Job), 1);
        let children = &list.items[0].children;
        assert_eq!((children.len(), children[0].name.as_str(), children[20].name.as_str()), (21, "job-29", "other"));
        assert_eq!(children.iter().map(|row| row.series.value).sum::<u64>(), 435);
        assert_eq!(list.other, None);
        let list = look.list(&SeriesFilter::default(), By::Job, None, 2);
        assert_eq!(list.other.map(|row| row.series.value), Some(435 - 29 - 28));
    }
}
