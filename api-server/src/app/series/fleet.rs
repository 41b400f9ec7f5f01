//! The newest report of each cluster, together: what the fleet's series are now, or were in an hour before.

use std::sync::Arc;

use jiff::Timestamp;
use jiff_sqlx::Timestamp as At;
use sqlx::PgConnection;

use super::counts::{Counts, Sum};
use super::filter::SeriesFilter;
use super::{FRESH, hour_of};
use crate::access::{Access, Labels};
use crate::app::{App, Error};
use crate::context::Role;
use crate::store::series_report::{self, Newest};

/// All clusters that count, with what their meters counted.
#[derive(Debug)]
pub struct FleetNow {
    /// When that was, by the hub's clock.
    pub as_of: Timestamp,
    /// By name.
    pub clusters: Vec<ClusterNow>,
}

/// A cluster.
#[derive(Debug)]
pub struct ClusterNow {
    /// Names it in the hub.
    pub id: String,
    /// A person's name for it.
    pub name: String,
    /// Its labels, with name, region, provider and environment among them.
    pub place: Labels,
    /// When it joined first.
    pub enrolled_at: Timestamp,
    /// What was counted; none where that is not known, or not known any more.
    pub counts: Option<Arc<Counts>>,
    /// When its newest report came; none where none ever did.
    pub heard_at: Option<Timestamp>,
}

/// Series that a filter means, with how many clusters of those that it means are in the numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counted {
    /// Active series.
    pub series: f64,
    /// Variance of that; 0 where it is exact.
    pub variance: f64,
    /// Samples a second.
    pub samples_per_second: f64,
    /// Series that were not known before, within an hour.
    pub new_per_hour: f64,
    /// Clusters whose numbers are in it.
    pub clusters_counted: u64,
    /// Clusters whose numbers should be.
    pub clusters_of: u64,
}

/// The fleet as its newest reports say at a time; what is older than [`FRESH`] then is not known.
pub async fn fleet_now(app: &App, connection: &mut PgConnection, at: Timestamp) -> Result<Arc<FleetNow>, Error> {
    let rows = series_report::newest(connection).await?;
    load(app, connection, at, rows, |row| is_fresh(row, at)).await
}

/// The fleet in the clock hour of a time before, as far as hours are kept. Clusters without a report of that very hour are not known.
pub async fn fleet_at(app: &App, connection: &mut PgConnection, at: Timestamp) -> Result<Arc<FleetNow>, Error> {
    let rows = series_report::of_hour(connection, hour_of(at)).await?;
    load(app, connection, at, rows, |_| true).await
}

/// Whether a newest report still says how things are. The meter looks at an open hour when it is asked, so that one is as old as its
/// coming here, whatever the meter's clock says; a closed hour may have waited on the way.
fn is_fresh(row: &Newest, at: Timestamp) -> bool {
    is_young(row.received_at, row.looked_at, row.closed, at)
}

/// The same of anything that a report said, by when it came, when the meter looked, and whether its hour was over then.
pub fn is_young(received_at: Option<At>, looked_at: Option<At>, closed: Option<bool>, at: Timestamp) -> bool {
    let young = |then: Option<At>| then.is_some_and(|then| at.duration_since(then.to_jiff()) <= FRESH);
    young(received_at) && (closed == Some(false) || young(looked_at))
}

async fn load(
    app: &App,
    connection: &mut PgConnection,
    as_of: Timestamp,
    rows: Vec<Newest>,
    counts_in: impl Fn(&Newest) -> bool,
) -> Result<Arc<FleetNow>, Error> {
    let wanted = rows.iter().filter(|row| counts_in(row)).filter_map(Newest::key).collect();
    let mut read = app.series.read(connection, wanted).await?;
    let cluster = |row: Newest| ClusterNow {
        counts: read.remove(&row.id),
        place: row.place(),
        enrolled_at: row.enrolled_at.to_jiff(),
        heard_at: row.received_at.map(|at| at.to_jiff()),
        id: row.id,
        name: row.name,
    };
    Ok(Arc::new(FleetNow { as_of, clusters: rows.into_iter().map(cluster).collect() }))
}

impl FleetNow {
    /// The clusters that a filter means, of those that somebody may see; `None` sees all.
    pub fn within<'a>(
        &'a self,
        reach: Option<&'a Access>,
        filter: &'a SeriesFilter,
    ) -> impl Iterator<Item = &'a ClusterNow> {
        let seen = move |place: &Labels| reach.is_none_or(|access| access.among(place) >= Role::Viewer);
        self.clusters
            .iter()
            .filter(move |cluster| filter.fits_cluster(&cluster.id, &cluster.place) && seen(&cluster.place))
    }

    /// How many series a filter means, within what somebody may see; `None` sees all.
    pub fn count(&self, reach: Option<&Access>, filter: &SeriesFilter) -> Counted {
        let (mut sum, mut counted) = (Sum::default(), Counted::default());
        for cluster in self.within(reach, filter) {
            counted.clusters_of += 1;
            if let Some(counts) = &cluster.counts {
                counted.clusters_counted += 1;
                sum += counts.sum(filter);
            }
        }
        Counted {
            series: sum.series,
            variance: sum.variance,
            samples_per_second: sum.samples_per_second,
            new_per_hour: sum.new_per_hour,
            ..counted
        }
    }

    /// The cluster of that id.
    pub fn cluster(&self, id: &str) -> Option<&ClusterNow> {
        self.clusters.iter().find(|cluster| cluster.id == id)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use flagstaff_model::wire::{ScopeCount, SeriesCount, SeriesReport};

    use super::*;
    use crate::access::Right;

    pub(in super::super) fn scope(metric: &str, team: &str, job: &str, active: f64) -> ScopeCount {
        let count =
            SeriesCount { active, hour: active, new: 6, samples_per_second: active / 60.0, ..Default::default() };
        ScopeCount { metric: metric.into(), team: team.into(), job: job.into(), count }
    }

    pub(in super::super) fn counts(scopes: Vec<ScopeCount>) -> Arc<Counts> {
        let mut total = SeriesCount::default();
        for scope in &scopes {
            total.active += scope.count.active;
            total.samples_per_second += scope.count.samples_per_second;
            total.new += scope.count.new;
        }
        Arc::new(Counts::of(SeriesReport { total, scopes, counted_seconds: 1800, ..Default::default() }))
    }

    pub(in super::super) fn cluster(name: &str, region: &str, counts: Option<Arc<Counts>>) -> ClusterNow {
        let place = [("name", name), ("region", region), ("provider", "aws")];
        ClusterNow {
            id: format!("c-{name}"),
            name: name.into(),
            place: place.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            enrolled_at: Timestamp::UNIX_EPOCH,
            counts,
            heard_at: None,
        }
    }

    pub(in super::super) fn fleet(clusters: Vec<ClusterNow>) -> FleetNow {
        FleetNow { as_of: Timestamp::UNIX_EPOCH, clusters }
    }

    #[test]
    fn filters_and_reach_narrow_and_what_is_missing_is_not_zero() {
        let fleet = fleet(vec![
            cluster("a", "eu", Some(counts(vec![scope("up", "shop", "j", 5.0), scope("http", "shop", "j", 100.0)]))),
            cluster("b", "us", Some(counts(vec![scope("up", "pay", "j", 7.0)]))),
            cluster("c", "eu", None),
        ]);
        let of = |filter: SeriesFilter| fleet.count(None, &filter);
        let all = of(SeriesFilter::default());
        assert_eq!((all.series, all.clusters_counted, all.clusters_of), (112.0, 2, 3));
        assert_eq!(all.new_per_hour, 36.0, "six in half an hour are twelve in one, three times");
        let eu = of(SeriesFilter { region: Some("eu".into()), ..Default::default() });
        assert_eq!((eu.series, eu.clusters_counted, eu.clusters_of), (105.0, 1, 2));
        let up = of(SeriesFilter { metric: Some("up".into()), team: Some("pay".into()), ..Default::default() });
        assert_eq!((up.series, up.clusters_counted, up.clusters_of), (7.0, 2, 3));
        let access = Access::of(vec![Right { role: Role::Viewer, wanted: [("region".into(), "us".into())].into() }]);
        let seen = fleet.count(Some(&access), &SeriesFilter::default());
        assert_eq!((seen.series, seen.clusters_of), (7.0, 1));
    }
}
