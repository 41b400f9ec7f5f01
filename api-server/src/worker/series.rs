//! Counts the active series of clusters that do not count their own, by the stores that hold them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::lead::WORKER;
use crate::app::{App, Error, ask};
use crate::store::telemetry_store::StoreRow;
use crate::store::{series, telemetry_store, term};
use crate::telemetry::{Question, all_series};

/// Clusters counted in one round; the next round goes on with those that were counted longest ago.
const AT_MOST: i64 = 200;
/// After this without a count, it is not known any more.
const OLD: SignedDuration = SignedDuration::from_mins(5);

/// Counts each minute until the term is over; more often where clusters report more often.
pub(super) async fn run(app: Arc<App>, led: i64) {
    let pause = Duration::from_secs(app.status_every_seconds.clamp(1, 60));
    loop {
        tokio::time::sleep(pause).await;
        match count(&app, led).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!("cannot count series: {error}"),
        }
    }
}

/// One round. False when the term is over.
async fn count(app: &App, led: i64) -> Result<bool, Error> {
    let (clusters, stores) = {
        let mut connection = app.pool.acquire().await?;
        let clusters = series::uncounted(&mut connection, AT_MOST).await?;
        (clusters, telemetry_store::list(&mut connection).await?)
    };
    let of = |region: &str| -> Option<&StoreRow> {
        let mut own = stores.iter().filter(|store| store.kind == "prometheus");
        let fits = |store: &&StoreRow| store.region.as_deref().is_none_or(|only| only == region);
        let all: Vec<_> = own.by_ref().filter(fits).collect();
        all.iter().find(|store| store.region.is_some()).or(all.first()).copied()
    };
    let mut down: BTreeSet<&str> = BTreeSet::new();
    let mut counts: BTreeMap<String, (&str, i64)> = BTreeMap::new();
    for cluster in &clusters {
        let (Some(store), Some(selector)) = (of(&cluster.region), all_series(&cluster.name)) else { continue };
        if down.contains(store.id.as_str()) {
            continue;
        }
        match ask::ask(app, store, Question::At(&format!("count({selector})"), Timestamp::now(), 2)).await {
            Ok(answer) => {
                // No answer is no zero: the store holds nothing of this cluster.
                let value = answer.series.first().and_then(|one| one.points.first()?.1);
                if let Some(value) = value.filter(|value| (0.0..1e15).contains(value)) {
                    counts.insert(cluster.id.clone(), (&store.id, value as i64));
                }
            }
            Err(Error::Telemetry(fault)) => {
                tracing::debug!(store = %store.name, "no series counted: {fault}");
                down.insert(&store.id);
            }
            Err(error) => return Err(error),
        }
    }
    let now = Timestamp::now();
    let mut tx = app.pool.begin().await?;
    if !term::holds(&mut tx, WORKER, led).await? {
        return Ok(false);
    }
    for (cluster, (store, value)) in counts {
        series::keep(&mut tx, &cluster, store, value, now).await?;
    }
    series::forget(&mut tx, now - OLD).await?;
    tx.commit().await?;
    Ok(true)
}
