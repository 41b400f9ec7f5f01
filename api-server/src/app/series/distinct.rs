//! How many different series there were within some time: unions of sketches count none twice.

use std::collections::BTreeMap;

use flagstaff_sketch::Distinct;
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;

use super::filter::SeriesFilter;
use super::hour_of;
use super::take::{read_sketch, union};
use super::trend::{Grain, reached};
use super::view::{Number, SeriesDistinct};
use crate::app::{App, Error};
use crate::context::{OpContext, Role};
use crate::store::series_trend::{self, PieceRow};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const YEAR: SignedDuration = SignedDuration::from_hours(24 * 366);
/// Sketches of a cluster that are in memory at once.
const AT_ONCE: usize = 64;

/// Different series from then until then; a day until now where nothing is said.
pub async fn distinct(
    app: &App,
    op: &OpContext,
    filter: &SeriesFilter,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Result<SeriesDistinct, Error> {
    op.needs_somewhere(Role::Viewer)?;
    // Which series they were is known of hours that are over.
    let until = hour_of(until.unwrap_or(op.at).min(op.at));
    // Before that there was nothing to count, and times from outside may be ones that cannot be reckoned with.
    let until = until.max(Timestamp::UNIX_EPOCH + YEAR);
    let from = hour_of(from.unwrap_or(until - DAY));
    if from >= until || until.duration_since(from) > YEAR {
        return Err(Error::invalid(
            "from has to be before until, by an hour that is over at least and by a year at most.",
        ));
    }
    let (kind, name) = filter.kind()?;
    let mut connection = app.pool.acquire().await?;
    let ids = reached(&mut connection, op.access()?, filter).await?;
    let rows = series_trend::pieces(&mut connection, &ids, kind, name, from.to_sqlx(), until.to_sqlx()).await?;
    let mut by_cluster: BTreeMap<String, Vec<Piece>> = BTreeMap::new();
    for row in rows {
        by_cluster.entry(row.cluster_id.clone()).or_default().push(Piece::of(&row));
    }
    let mut found =
        SeriesDistinct { series: None, clusters: 0, clusters_of: ids.len() as u64, from, until, left_out: 0 };
    let (mut sum, mut variance) = (0.0, 0.0);
    for (cluster, pieces) in by_cluster {
        let chosen = choose(pieces, from, until);
        found.left_out += chosen.iter().filter(|piece| !piece.has_sketch).count() as u64;
        let chosen: Vec<_> = chosen.into_iter().filter(|piece| piece.has_sketch).collect();
        let mut united: Option<Distinct> = None;
        for pieces in chosen.chunks(AT_ONCE) {
            let grains: Vec<String> = pieces.iter().map(|piece| piece.grain.as_str().to_owned()).collect();
            let ats: Vec<_> = pieces.iter().map(|piece| piece.at.to_sqlx()).collect();
            let packed = series_trend::sketches(&mut connection, &cluster, kind, name, &grains, &ats).await?;
            let before = united.take();
            let work = move || {
                let more = packed.iter().map(|packed| read_sketch(packed)).collect::<Result<Vec<_>, _>>()?;
                Ok::<_, Error>(union(&more.into_iter().chain(before).collect::<Vec<_>>()))
            };
            united = Some(tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.into()))??);
        }
        let Some(united) = united else { continue };
        found.clusters += 1;
        // No cluster's series is another's.
        sum += united.estimate();
        variance += united.standard_error().powi(2);
        for piece in &chosen {
            found.from = found.from.min(piece.at);
            found.until = found.until.max(piece.end());
        }
    }
    found.series = (found.clusters > 0).then(|| Number::of(sum, variance));
    Ok(found)
}

/// An hour, day or week of a cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Piece {
    grain: Grain,
    at: Timestamp,
    has_sketch: bool,
}

impl Piece {
    fn of(row: &PieceRow) -> Self {
        let grain = match row.grain.as_str() {
            "hour" => Grain::Hour,
            "day" => Grain::Day,
            _ => Grain::Week,
        };
        Self { grain, at: row.at.to_jiff(), has_sketch: row.has_sketch }
    }

    fn end(&self) -> Timestamp {
        self.at + self.grain.length()
    }

    fn covers(&self, other: &Self) -> bool {
        self.at <= other.at && other.end() <= self.end()
    }
}

/// Few pieces that hold all there is of a time, and of no other time where that can be had: days and weeks that lie in it, hours beside
/// them; only where no hours are kept any more, a day or week that reaches beyond.
fn choose(pieces: Vec<Piece>, from: Timestamp, until: Timestamp) -> Vec<Piece> {
    let within = |piece: &Piece| from <= piece.at && piece.end() <= until;
    let reaches_in = |piece: &Piece| piece.at < until && from < piece.end();
    let mut chosen: Vec<Piece> = vec![];
    let mut take = |fits: &dyn Fn(&Piece) -> bool, grains: [Grain; 3]| {
        for grain in grains {
            for piece in pieces.iter().filter(|piece| piece.grain == grain && fits(piece)) {
                if !chosen.iter().any(|taken| taken.covers(piece) || piece.covers(taken)) {
                    chosen.push(*piece);
                }
            }
        }
    };
    // First what lies in it, the longest first; then, for what is left, the shortest that reaches beyond.
    take(&within, [Grain::Week, Grain::Day, Grain::Hour]);
    take(&|piece| !within(piece) && reaches_in(piece), [Grain::Hour, Grain::Day, Grain::Week]);
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(grain: Grain, at: &str) -> Piece {
        Piece { grain, at: format!("{at}:00:00Z").parse().expect("a time"), has_sketch: true }
    }

    #[test]
    fn days_within_and_hours_beside_them() {
        let mut pieces = vec![piece(Grain::Day, "2026-11-16T00"), piece(Grain::Day, "2026-11-17T00")];
        pieces.extend((0..24).map(|hour| piece(Grain::Hour, &format!("2026-11-16T{hour:02}"))));
        pieces.extend((0..24).map(|hour| piece(Grain::Hour, &format!("2026-11-17T{hour:02}"))));
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let chosen = choose(pieces.clone(), at("2026-11-16T00:00:00Z"), at("2026-11-17T02:00:00Z"));
        assert_eq!(
            chosen,
            [
                piece(Grain::Day, "2026-11-16T00"),
                piece(Grain::Hour, "2026-11-17T00"),
                piece(Grain::Hour, "2026-11-17T01")
            ]
        );
        // Where hours are gone, the day stands for them.
        let days: Vec<_> = pieces.into_iter().filter(|piece| piece.grain == Grain::Day).collect();
        let chosen = choose(days, at("2026-11-16T12:00:00Z"), at("2026-11-16T13:00:00Z"));
        assert_eq!(chosen, [piece(Grain::Day, "2026-11-16T00")]);
    }
}
