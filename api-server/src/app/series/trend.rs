//! Series over time: each step of it, also those of which nothing is known.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

use super::filter::SeriesFilter;
use super::view::{SeriesPoint, SeriesTrend, whole};
use super::{DAYS_KEPT, HOURS_KEPT, day_of, hour_of, week_of};
use crate::access::Access;
use crate::app::{App, Error};
use crate::context::{OpContext, Role};
use crate::store::series_report;
use crate::store::series_trend;

/// Hours of a question where nobody says how many, and at most: a year.
const HOURS: i64 = 24;
const MOST_HOURS: i64 = 8760;

/// How time is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    Hour,
    Day,
    Week,
}

impl Grain {
    /// The word in the database.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
        }
    }

    /// How long one is.
    pub(super) fn length(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::Hour => 1,
            Self::Day => 24,
            Self::Week => 24 * 7,
        })
    }

    /// The beginning of the one that a time is in.
    pub(super) fn of(self, at: Timestamp) -> Timestamp {
        match self {
            Self::Hour => hour_of(at),
            Self::Day => day_of(at),
            Self::Week => week_of(at),
        }
    }
}

/// Series of the last hours.
pub async fn trend(app: &App, op: &OpContext, filter: &SeriesFilter, hours: Option<i64>) -> Result<SeriesTrend, Error> {
    op.needs_somewhere(Role::Viewer)?;
    let hours = hours.unwrap_or(HOURS);
    if !(HOURS..=MOST_HOURS).contains(&hours) {
        return Err(Error::invalid(format!("hours has to be {HOURS} to {MOST_HOURS}.")));
    }
    let (kind, name) = filter.kind()?;
    let length = SignedDuration::from_hours(hours);
    let grain = match length {
        length if length <= HOURS_KEPT => Grain::Hour,
        length if length <= DAYS_KEPT => Grain::Day,
        _ => Grain::Week,
    };
    let mut connection = app.pool.acquire().await?;
    let clusters = reached(&mut connection, op.access()?, filter).await?;
    let from = grain.of(op.at - length);
    let rows = match grain {
        Grain::Hour => series_trend::hours(&mut connection, &clusters, kind, name, from.to_sqlx()).await?,
        // What has not been made of hours yet is made of them here: they are kept for long enough.
        _ => {
            let unmade = grain.of(op.at - grain.length());
            series_trend::made(
                &mut connection,
                &clusters,
                grain.as_str(),
                (kind, name),
                from.to_sqlx(),
                unmade.to_sqlx(),
            )
            .await?
        }
    };
    let known: HashMap<Timestamp, _> = rows.into_iter().map(|row| (row.at.to_jiff(), row)).collect();
    let mut points = vec![];
    let mut at = from;
    while at <= op.at {
        let row = known.get(&at);
        points.push(SeriesPoint {
            at,
            series: row.map(|row| whole(row.active)),
            most: row.map(|row| whole(row.most)),
            clusters: row.map_or(0, |row| u64::try_from(row.clusters).unwrap_or_default()),
        });
        at += grain.length();
    }
    let step_seconds = u64::try_from(grain.length().as_secs()).unwrap_or_default();
    Ok(SeriesTrend { step_seconds, clusters_of: clusters.len() as u64, points })
}

/// The ids of the clusters that a filter means, of those that somebody may see.
pub(super) async fn reached(
    connection: &mut PgConnection,
    reach: &Access,
    filter: &SeriesFilter,
) -> Result<Vec<String>, Error> {
    let rows = series_report::clusters(connection).await?;
    let mut ids = vec![];
    for row in rows {
        let place = row.place();
        if filter.fits_cluster(&row.id, &place) && reach.among(&place) >= Role::Viewer {
            ids.push(row.id);
        }
    }
    Ok(ids)
}
