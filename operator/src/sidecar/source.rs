//! Follows the ConfigMap: through the API where that can be used, and always through the mounted folder.

use std::path::PathBuf;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::BoxStream;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::Api;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, watch_object};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::content::{CANDIDATE, Content, GOOD};
use super::merge::{Merge, Version};
use super::meters::Meters;
use super::{Args, folder};

/// Between two looks into the folder.
const POLL: Duration = Duration::from_secs(2);
/// How long the API may take to show its first object before the folder is believed.
const FIRST: Duration = Duration::from_secs(3);

type Objects = BoxStream<'static, Result<Option<ConfigMap>, watcher::Error>>;

/// Follows until it is dropped; sends each newest content.
pub async fn follow(args: Args, contents: watch::Sender<Option<Content>>, meters: Meters) {
    let mut objects = open(&args).await;
    let mut follower = Follower { merge: Merge::default(), contents, meters, watches: None, folder_problem: None };
    let mut polls = interval(POLL);
    polls.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let believed_from = Instant::now() + if objects.is_some() { FIRST } else { Duration::ZERO };
    loop {
        // The folder first: what it showed before the API's first word is then known to be older.
        let next = async {
            match &mut objects {
                Some(objects) => objects.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            _ = polls.tick() => follower.poll(args.source.clone()).await,
            event = next => match event {
                Some(event) => follower.api(event),
                None => objects = None,
            },
        }
        if follower.watches == Some(true) || Instant::now() >= believed_from {
            follower.send();
        }
    }
}

/// The watch; none, and why, where it cannot even begin.
async fn open(args: &Args) -> Option<Objects> {
    let name = args.config_map.as_deref()?;
    match client(args).await {
        Ok((client, namespace)) => {
            let api: Api<ConfigMap> = Api::namespaced(client, &namespace);
            Some(watch_object(api, name).default_backoff().boxed())
        }
        Err(error) => {
            warn(&format!("{error:#}"));
            None
        }
    }
}

async fn client(args: &Args) -> Result<(kube::Client, String), kube::Error> {
    let config = match &args.kubeconfig {
        Some(file) => {
            let kubeconfig = kube::config::Kubeconfig::read_from(file)?;
            kube::Config::from_custom_kubeconfig(kubeconfig, &Default::default()).await?
        }
        None => kube::Config::incluster().map_err(|error| kube::Error::Service(Box::new(error)))?,
    };
    let namespace = args.namespace.clone().unwrap_or_else(|| config.default_namespace.clone());
    Ok((kube::Client::try_from(config)?, namespace))
}

fn warn(reason: &str) {
    tracing::warn!(
        code = "operator.sidecar_no_watch",
        fix = "Grant get, list and watch on this one ConfigMap to the agent's service account.",
        "the ConfigMap cannot be watched through the API, the folder is read every {} s: {reason}",
        POLL.as_secs()
    );
}

struct Follower {
    merge: Merge,
    contents: watch::Sender<Option<Content>>,
    meters: Meters,
    watches: Option<bool>,
    folder_problem: Option<String>,
}

impl Follower {
    fn api(&mut self, event: Result<Option<ConfigMap>, watcher::Error>) {
        match event {
            Ok(object) => {
                if self.watches.replace(true) == Some(false) {
                    tracing::info!("the ConfigMap is watched through the API again");
                }
                match object {
                    Some(object) => self.merge.api(content(&object), version(&object)),
                    None => tracing::warn!("the ConfigMap does not exist; the agent goes on with what it has"),
                }
            }
            Err(error) => {
                if self.watches.replace(false) != Some(false) {
                    warn(&error.to_string());
                }
            }
        }
        self.meters.watches(self.watches == Some(true));
    }

    async fn poll(&mut self, source: PathBuf) {
        let read = tokio::task::spawn_blocking(move || folder::read(&source)).await;
        let problem = match read {
            // A folder without a candidate is one that is not mounted yet, or a mistake: neither is followed.
            Ok(Ok(content)) if content.candidate.is_none() => None,
            Ok(Ok(content)) => {
                self.merge.folder(content);
                None
            }
            Ok(Err(error)) => Some(error.to_string()),
            Err(error) => Some(error.to_string()),
        };
        if problem.is_some() && self.folder_problem != problem {
            tracing::warn!("{}", problem.as_deref().unwrap_or_default());
        }
        self.folder_problem = problem;
    }

    fn send(&self) {
        let Some(current) = self.merge.current() else { return };
        self.contents.send_if_modified(|content| {
            let changed = content.as_ref() != Some(current);
            if changed {
                *content = Some(current.clone());
            }
            changed
        });
    }
}

fn content(object: &ConfigMap) -> Content {
    let value = |key: &str| object.data.as_ref().and_then(|data| data.get(key)).cloned();
    Content::new(value(CANDIDATE), value(GOOD))
}

fn version(object: &ConfigMap) -> Version {
    Version {
        uid: object.metadata.uid.clone().unwrap_or_default(),
        resource_version: object.metadata.resource_version.clone().unwrap_or_default(),
    }
}
