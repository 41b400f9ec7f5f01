//! What calls about series share: reports that were read lately, and how many are taken in at once.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sqlx::PgConnection;
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};

use super::counts::Counts;
use super::unpack;
use crate::app::Error;
use crate::store::series_report::{self, Key};

/// Reports that are unpacked at once; each takes up to some 60 MiB meanwhile.
const PLACES: usize = 8;
/// How long one waits for a place.
const WAIT: Duration = Duration::from_secs(2);
/// What nobody asked for so long is read again when somebody does.
const UNUSED: Duration = Duration::from_secs(20 * 60);
/// Reports that are read from the database at once.
const AT_ONCE: usize = 64;

/// Names a report, whatever its revision.
type Name = (String, Timestamp, String);

struct Known {
    revision: i64,
    counts: Arc<Counts>,
    used: Instant,
}

/// What calls about series share.
pub struct Series {
    known: Mutex<HashMap<Name, Known>>,
    places: Semaphore,
}

impl Default for Series {
    fn default() -> Self {
        Self { known: Mutex::default(), places: Semaphore::new(PLACES) }
    }
}

impl Series {
    /// A place among the reports that are taken in.
    pub async fn place(&self) -> Result<SemaphorePermit<'_>, Error> {
        match tokio::time::timeout(WAIT, self.places.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(Error::Overloaded),
        }
    }

    /// Reads reports, by cluster; those that are known are not read again. Callers take turns, so that none is read twice.
    pub(super) async fn read(
        &self,
        connection: &mut PgConnection,
        wanted: Vec<Key>,
    ) -> Result<HashMap<String, Arc<Counts>>, Error> {
        let mut known = self.known.lock().await;
        let now = Instant::now();
        let (mut found, mut unknown) = (HashMap::new(), vec![]);
        for key in wanted {
            match known.get_mut(&name(&key)).filter(|known| known.revision >= key.revision) {
                Some(known) => {
                    known.used = now;
                    found.insert(key.cluster_id, known.counts.clone());
                }
                None => unknown.push(key),
            }
        }
        for keys in unknown.chunks(AT_ONCE) {
            let bodies = series_report::bodies(connection, keys).await?;
            let read = tokio::task::spawn_blocking(move || {
                bodies.into_iter().map(|body| Ok((body.key, decode(&body.body)?))).collect::<Result<Vec<_>, Error>>()
            });
            for (key, counts) in read.await.map_err(|error| Error::Internal(error.into()))?? {
                let counts = Arc::new(counts);
                known.insert(name(&key), Known { revision: key.revision, counts: counts.clone(), used: now });
                found.insert(key.cluster_id, counts);
            }
        }
        known.retain(|_, known| now.duration_since(known.used) < UNUSED);
        Ok(found)
    }
}

fn name(key: &Key) -> Name {
    (key.cluster_id.clone(), key.at.to_jiff(), key.instance.clone())
}

/// A body as it was kept.
pub(super) fn decode(body: &[u8]) -> Result<Counts, Error> {
    Ok(Counts::of(unpack::kept(body)?))
}
