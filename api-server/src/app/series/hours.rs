//! What a filter's series were in each of the last clock hours, out of the kept reports.

use jiff::{SignedDuration, Timestamp};

use super::counts::Counts;
use super::filter::SeriesFilter;
use super::hour_of;
use super::shared::decode;
use crate::app::{App, Error};
use crate::store::series_report::{self, Key, Newest};

/// Reports that are read at once, and of one question together; hours beyond that are not known.
const AT_ONCE: usize = 16;
const MOST: usize = 4_000;

/// One clock hour.
#[derive(Debug, Clone, PartialEq)]
pub struct Hour {
    /// Its start.
    pub at: Timestamp,
    /// Clusters whose reports are in the numbers.
    pub counted: usize,
    /// Clusters whose reports should be.
    pub of: usize,
    /// Active series at the last look.
    pub active: f64,
    /// Different series within it.
    pub distinct: f64,
    /// Those of them that the meters had not known before.
    pub new: u64,
}

/// The last so many clock hours, the running one first. Reports are read here and let go: nobody asks for them again.
pub async fn hours(app: &App, at: Timestamp, filter: &SeriesFilter, many: i64) -> Result<Vec<Hour>, Error> {
    let _place = app.series.place().await?;
    let mut connection = app.pool.acquire().await?;
    let (mut hours, mut read) = (vec![], 0);
    for ago in 0..many {
        let hour = hour_of(at) - SignedDuration::from_hours(ago);
        let rows = series_report::of_hour(&mut connection, hour).await?;
        let end = hour + SignedDuration::from_hours(1);
        let within: Vec<Newest> = rows
            .into_iter()
            // What was reported counts, also of an hour before it joined here; only who had not joined is not missed.
            .filter(|row| row.at.is_some() || row.enrolled_at.to_jiff() < end)
            .filter(|row| filter.fits_cluster(&row.id, &row.place()))
            .collect();
        let keys: Vec<Key> = within.iter().filter_map(Newest::key).collect();
        let mut found = Hour { at: hour, counted: 0, of: within.len(), active: 0.0, distinct: 0.0, new: 0 };
        if read + keys.len() <= MOST {
            read += keys.len();
            for keys in keys.chunks(AT_ONCE) {
                let bodies = series_report::bodies(&mut connection, keys).await?;
                let filter = filter.clone();
                let sums = tokio::task::spawn_blocking(move || {
                    let count = |counts: Counts| counts.count(&filter);
                    bodies.iter().map(|body| Ok(count(decode(&body.body)?))).collect::<Result<Vec<_>, Error>>()
                });
                for sum in sums.await.map_err(|error| Error::Internal(error.into()))?? {
                    found.counted += 1;
                    found.active += sum.active;
                    found.distinct += sum.hour;
                    found.new = found.new.saturating_add(sum.new);
                }
            }
        }
        hours.push(found);
    }
    Ok(hours)
}
