//! What is known of our own objects in the cluster: metadata only, kept by watches on our label.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt;
use kube::api::{Api, DynamicObject, PartialObjectMeta};
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event};
use kube::{Client, ResourceExt};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::applyset::PART_OF;
use crate::kind::Kind;
use crate::object::ObjectId;

/// The state of one live object, as far as drift can be told from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// UID.
    pub uid: String,
    /// Generation where the kind has one (it moves with the spec only), else the resourceVersion.
    pub fingerprint: String,
}

impl Seen {
    /// Reads it from an object's metadata.
    pub fn of<K: ResourceExt>(object: &K) -> Seen {
        let generation = object.meta().generation.filter(|generation| *generation > 0);
        Seen {
            uid: object.uid().unwrap_or_default(),
            fingerprint: generation
                .map(|generation| format!("g{generation}"))
                .unwrap_or_else(|| format!("r{}", object.resource_version().unwrap_or_default())),
        }
    }
}

/// The live objects of one flag.
#[derive(Clone, Default)]
pub struct Live {
    inner: Arc<Mutex<Inner>>,
    changed: Arc<Notify>,
}

#[derive(Default)]
struct Inner {
    objects: HashMap<ObjectId, Seen>,
    /// Objects listed since the last `Init` of their kind's watch.
    listing: HashMap<&'static str, Vec<(ObjectId, Seen)>>,
    watched: HashMap<&'static str, bool>,
}

impl Live {
    /// What is known of one object; `None` also while the first list of its kind is under way.
    pub fn get(&self, id: &ObjectId) -> Option<Seen> {
        self.lock().objects.get(id).cloned()
    }

    /// Takes note of an object we have just written.
    pub fn note(&self, id: ObjectId, seen: Seen) {
        self.lock().objects.insert(id, seen);
    }

    /// Whether there is an object of ours that is not in `keep`.
    pub fn any_besides(&self, keep: &HashSet<ObjectId>) -> bool {
        self.lock().objects.keys().any(|id| !keep.contains(id))
    }

    /// Waits for the next change.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Number of objects known.
    pub fn len(&self) -> usize {
        self.lock().objects.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Starts to watch a kind, once; the watch ends with `stop`.
    pub fn watch(&self, client: &Client, kind: &'static Kind, applyset: &str, stop: &CancellationToken) {
        if self.lock().watched.insert(kind.plural, true).is_some() {
            return;
        }
        let api: Api<PartialObjectMeta<DynamicObject>> = Api::all_with(client.clone(), &kind.resource());
        let config = watcher::Config::default().labels(&format!("{PART_OF}={applyset}")).any_semantic();
        let live = self.clone();
        let stop = stop.clone();
        tokio::spawn(async move {
            let stream = watcher::watcher(api, config).default_backoff();
            let mut stream = std::pin::pin!(stream);
            loop {
                let event = tokio::select! {
                    () = stop.cancelled() => return,
                    event = stream.next() => event,
                };
                match event {
                    Some(Ok(event)) => live.take(kind, event),
                    Some(Err(error)) => tracing::debug!(kind = kind.kind, %error, "the watch is begun again"),
                    None => return,
                }
            }
        });
    }

    fn take(&self, kind: &'static Kind, event: Event<PartialObjectMeta<DynamicObject>>) {
        let id = |object: &PartialObjectMeta<DynamicObject>| ObjectId {
            kind,
            namespace: object.namespace(),
            name: object.name_any(),
        };
        let mut inner = self.lock();
        match event {
            Event::Init => {
                inner.listing.insert(kind.plural, vec![]);
            }
            Event::InitApply(object) => {
                let entry = (id(&object), Seen::of(&object));
                inner.listing.entry(kind.plural).or_default().push(entry);
            }
            Event::InitDone => {
                let listed = inner.listing.remove(kind.plural).unwrap_or_default();
                inner.objects.retain(|id, _| id.kind != kind);
                inner.objects.extend(listed);
            }
            Event::Apply(object) => {
                inner.objects.insert(id(&object), Seen::of(&object));
            }
            Event::Delete(object) => {
                inner.objects.remove(&id(&object));
            }
        }
        drop(inner);
        self.changed.notify_one();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
