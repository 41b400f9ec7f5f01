//! The hub under test as a process with a private Postgres of its own, spoken to over TLS.

mod cluster;
mod follower;
mod joined;
mod metered;
mod person;
mod series;
mod sql;

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;

use crate::lease::Lease;
use crate::node::{ADDRESS, NodeCluster};
use crate::protocol::Part;
use crate::{ports, programs};

pub use cluster::{Cluster, credential, sha256};
pub use follower::{Fleet, Follower, Manner};
pub use joined::{give_token, left_to};
pub use metered::Metered;
pub use person::{PASSWORD, Person};
pub use series::{Counted, hour, written};
pub use sql::Held;

const NAME: &str = "flagstaff-hub";
/// A machine under load takes its time for initdb.
const START: Duration = Duration::from_secs(120);

/// A running hub. Dropping it ends it and its Postgres.
pub struct Hub {
    lease: Arc<Lease>,
    data: Data,
    url: String,
    url_inside: String,
    client: reqwest::Client,
}

/// Where a hub keeps its data.
enum Data {
    /// In the folder of its lease.
    Lease,
    /// In a folder of its own, which goes with it.
    Own(tempfile::TempDir),
}

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: reqwest::header::HeaderMap,
    /// Its body.
    pub text: String,
}

impl Answer {
    /// Reads an answer.
    pub async fn of(request: RequestBuilder) -> Result<Self> {
        let answer = request.send().await.context("ask the hub")?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Ok(Self { status, headers, text: answer.text().await.context("read the hub's answer")? })
    }

    /// Its body as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.text).with_context(|| format!("JSON in {} {}", self.status, self.text))
    }

    /// Its body as JSON, when it is a success.
    pub fn good(&self) -> Result<Value> {
        ensure!(StatusCode::from_u16(self.status)?.is_success(), "the hub answered {}: {}", self.status, self.text);
        if self.text.is_empty() { Ok(Value::Null) } else { self.json() }
    }

    /// Status and code of a refusal.
    pub fn refusal(&self) -> Result<(u16, String)> {
        let problem = self.json()?;
        let kind = self.headers.get("content-type").context("no content type")?;
        ensure!(kind == "application/problem+json", "{kind:?}");
        ensure!(
            problem["status"] == self.status && problem["request_id"].as_str().is_some_and(|id| id.len() > 4),
            "{problem}"
        );
        Ok((self.status, problem["code"].as_str().unwrap_or_default().to_owned()))
    }
}

static SHARED: tokio::sync::OnceCell<(Hub, String)> = tokio::sync::OnceCell::const_new();

impl Hub {
    /// One for the whole program, with an admin who is signed in. Keep to clusters of your own names, and do not break it.
    pub async fn shared() -> Result<(&'static Self, Person<'static>)> {
        let shared = SHARED.get_or_try_init(async || {
            let hub = Self::start(&[], &[]).await?;
            let cookie = hub.admin().await?.cookie().to_owned();
            anyhow::Ok((hub, cookie))
        });
        let (hub, cookie) = shared.await?;
        Ok((hub, Person::with_cookie(hub, cookie)))
    }

    /// A hub alone with its data; further arguments and environment as its `--help` says.
    pub async fn start(args: &[&str], env: &[(&str, &str)]) -> Result<Self> {
        let lease = Lease::new()?;
        let address = format!("127.0.0.1:{}", ports::free()?);
        let url = format!("https://{address}");
        Self::start_at(
            Place { lease, data: Data::Lease, listen: address, url: url.clone(), url_inside: url },
            args,
            env,
        )
        .await
    }

    /// One that finds these keys in its folder when it starts for the first time.
    pub async fn start_with_keys(keys: &std::path::Path) -> Result<Self> {
        let lease = Lease::new()?;
        let folder = lease.folder().join("hub");
        std::fs::create_dir(&folder).context("make its folder")?;
        for entry in std::fs::read_dir(keys).context("read the keys")? {
            let entry = entry?;
            std::fs::copy(entry.path(), folder.join(entry.file_name())).context("copy a key")?;
        }
        let address = format!("127.0.0.1:{}", ports::free()?);
        let url = format!("https://{address}");
        let place = Place { lease, data: Data::Lease, listen: address, url: url.clone(), url_inside: url };
        Self::start_at(place, &[], &[]).await
    }

    /// One on a node, which pods reach at the node's address and this machine through a forwarded port.
    pub async fn on_node(node: &NodeCluster, args: &[&str], env: &[(&str, &str)]) -> Result<Self> {
        let inside = format!("{ADDRESS}:8443");
        let url = format!("https://{}", node.forwarder().to(&inside)?);
        let url_inside = format!("https://{inside}");
        let mut all = vec!["--public-url", &url_inside];
        all.extend(args);
        // The node's own folder may be where the user postgres cannot go.
        let data = Data::Own(tempfile::tempdir().context("make a folder")?);
        let place = Place {
            lease: node.processes().clone(),
            data,
            listen: "0.0.0.0:8443".into(),
            url,
            url_inside: url_inside.clone(),
        };
        Self::start_at(place, &all, env).await
    }

    async fn start_at(place: Place, args: &[&str], env: &[(&str, &str)]) -> Result<Self> {
        let Place { lease, data, listen, url, url_inside } = place;
        let folder = folder(&lease, &data);
        // The user postgres has to pass through.
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o711)).context("open the folder")?;
        let mut part = Part::new(NAME, programs::ours(NAME)?)
            .flag("data-dir", folder.join("hub").display())
            .flag("listen", &listen)
            .args(args.iter().copied());
        for (name, value) in env {
            part = part.env(*name, *value);
        }
        lease.start(part)?;
        let authority = folder.join("hub/ca.crt");
        // The authority is there before the hub listens, and it listens before anything else.
        lease
            .ready(NAME, START, async || {
                ensure!(authority.exists(), "there is no {}", authority.display());
                Ok(())
            })
            .await?;
        let this = Self { client: client(&authority)?, lease, data, url, url_inside };
        this.ready().await?;
        Ok(this)
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it is reached from the pods of its node, and from what runs beside it.
    pub fn url_inside(&self) -> &str {
        &self.url_inside
    }

    /// Its data folder.
    pub fn data_dir(&self) -> PathBuf {
        folder(&self.lease, &self.data).join("hub")
    }

    /// A client that trusts its authority and keeps no cookie.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// A request to one of its paths.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// The answer of one of its paths.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        Answer::of(self.request(Method::GET, path)).await
    }

    /// Its process.
    pub fn pid(&self) -> Option<i32> {
        self.lease.pid_of(NAME)
    }

    /// The process of its Postgres.
    pub fn postgres_pid(&self) -> Result<i32> {
        let lock =
            std::fs::read_to_string(self.data_dir().join("postgres/data/postmaster.pid")).context("its Postgres")?;
        Ok(lock.lines().next().unwrap_or_default().trim().parse()?)
    }

    /// What it has said and logged.
    pub fn log(&self) -> Result<String> {
        std::fs::read_to_string(self.lease.log(NAME)).context("read the hub's log")
    }

    /// `kill -9`.
    pub fn kill(&self) -> Result<()> {
        self.lease.kill(NAME)
    }

    /// SIGTERM, as a rollout does.
    pub fn stop(&self) -> Result<()> {
        self.lease.stop(NAME, Duration::from_secs(60))
    }

    /// Starts it again as it was, with the data it had.
    pub async fn start_again(&self) -> Result<()> {
        self.lease.start_again(NAME)?;
        self.ready().await
    }

    /// The first account, by the link that it printed; signed in.
    pub async fn admin(&self) -> Result<Person<'_>> {
        let log = self.log()?;
        let link =
            log.lines().filter_map(|line| line.strip_prefix("setup: ")).next_back().context("no link was printed")?;
        let (_, token) = link.split_once("/setup#").with_context(|| format!("no token in {link}"))?;
        Person::set_up(self, token).await
    }

    /// Waits until it can work.
    pub async fn ready(&self) -> Result<()> {
        self.lease
            .ready(NAME, START, async || match self.get("/readyz").await? {
                Answer { status: 200, .. } => Ok(()),
                Answer { status, text, .. } => bail!("/readyz says {status}: {text}"),
            })
            .await
    }

    /// A number of its metrics; the line begins with `line`.
    pub async fn metric(&self, line: &str) -> Result<f64> {
        let text = self.get("/metrics").await?.text;
        let found = text
            .lines()
            .find_map(|one| one.strip_prefix(line))
            .with_context(|| format!("no metric {line} in\n{text}"))?;
        found.trim().parse().with_context(|| format!("{line}{found}"))
    }
}

/// Where a hub is put.
struct Place {
    lease: Arc<Lease>,
    data: Data,
    listen: String,
    url: String,
    url_inside: String,
}

fn folder(lease: &Lease, data: &Data) -> PathBuf {
    match data {
        Data::Lease => lease.folder().to_owned(),
        Data::Own(folder) => folder.path().to_owned(),
    }
}

fn client(authority: &std::path::Path) -> Result<reqwest::Client> {
    let pem = std::fs::read(authority).context("read the hub's authority")?;
    reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(&pem).context("the hub's authority")?])
        .https_only(true)
        .no_proxy()
        // Each test has a runtime of its own, which takes its connections along.
        .pool_max_idle_per_host(0)
        .timeout(Duration::from_secs(60))
        .build()
        .context("make an HTTP client")
}
