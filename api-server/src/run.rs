//! The life of the hub: what is started, in which order, and how it ends.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use flagstaff_serve::{listener, logging};
use jiff::Timestamp;
use nix::fcntl::{Flock, FlockArg};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::app::budget::Bases;
use crate::app::{App, Feed, Gate};
use crate::certificate::{Certificate, host_of};
use crate::identity::Identity;
use crate::metrics::Metrics;
use crate::notice::{Mailer, Notices};
use crate::postgres::Postgres;
use crate::seal::Sealer;
use crate::settings::Settings;
use crate::telemetry::{Addresses, Telemetry};
use crate::{http, store, worker};

/// What is under way may end by itself within this; a rollout gives 30 s.
const GRACE: Duration = Duration::from_secs(20);

/// Runs until SIGTERM or Ctrl-C.
pub async fn run(settings: Settings) -> Result<()> {
    logging::init(settings.log_format, &settings.log)?;
    let _lock = lock_folder(&settings.data_dir)?;
    let (postgres, options) = database_of(&settings).await?;
    let ended = serve(&settings, options, postgres.clone()).await;
    if let Some(postgres) = postgres {
        postgres.end().await?;
    }
    ended
}

async fn database_of(settings: &Settings) -> Result<(Option<Arc<Postgres>>, PgConnectOptions)> {
    let url = settings.database_url.clone().or_else(|| std::env::var("DATABASE_URL").ok());
    if let Some(url) = url {
        // The URL may hold a password: it is never quoted.
        let options = url
            .parse()
            .map_err(|_| anyhow::anyhow!("the database URL is not understood; write postgres://user@host/name"))?;
        return Ok((None, options));
    }
    let postgres = Postgres::start(&settings.data_dir, settings.postgres_bin.as_deref()).await?;
    let options = postgres.options();
    Ok((Some(postgres), options))
}

async fn serve(settings: &Settings, options: PgConnectOptions, postgres: Option<Arc<Postgres>>) -> Result<()> {
    let scheme = if settings.plain_http { "http" } else { "https" };
    let listening = listener::bind(settings.listen).await?;
    let address = listening.local_addr().context("the address that the hub listens on")?;
    let public_url = settings.public_url.clone().unwrap_or_else(|| format!("{scheme}://{address}"));
    let public_url = public_url.trim_end_matches('/').to_owned();
    let certificate = Certificate::load(settings, host_of(&public_url))?;
    let identity = Identity::load(&settings.data_dir, settings.identity_key_file.as_deref())?;

    let pool = PgPoolOptions::new()
        .max_connections(settings.max_connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(1));
    let pool = store::connect(options.clone(), pool).await.context("connect to Postgres")?;
    store::migrate(&pool).await?;
    let epoch = store::hub::first_start(&pool, Timestamp::now()).await?;
    same_key(&pool, &identity.public_key(), settings.replace_identity_key).await?;
    let (bundle, public_roots) = certificate.bundle();
    let number = store::hub::trust_number(&pool, bundle, public_roots, Timestamp::now()).await?;
    let trust = identity.sign(number, public_roots, bundle.to_owned());
    let metrics = Metrics::new();
    let mailer = match (&settings.smtp_url, &settings.smtp_from) {
        (Some(url), Some(from)) => Some(Mailer::new(url, from)?),
        _ => None,
    };
    let addresses = Addresses::new(settings.allow_link_local_stores);
    let app = Arc::new(App {
        pool: pool.clone(),
        feed: Feed::default(),
        gate: Gate::new(settings.max_requests, settings.max_held),
        metrics,
        telemetry: Telemetry::new(addresses.clone(), Duration::from_secs(settings.store_timeout_seconds)),
        budgets: Bases::default(),
        notices: Notices::new(addresses, mailer),
        sealer: Sealer::load(&settings.data_dir, settings.encryption_key_file.as_deref())?,
        series: crate::app::series::Series::default(),
        identity_key: identity.public_key(),
        identity,
        trust,
        epoch,
        public_url: public_url.clone(),
        started_at: Timestamp::now(),
        status_every_seconds: settings.status_every_seconds,
        ending: CancellationToken::new(),
    });
    if let Some(link) = crate::app::account::setup_link(&app, Timestamp::now()).await? {
        println!("setup: {link}");
        tracing::info!("nobody has an account yet: the link that was printed makes the first one, within an hour");
    }

    let health = http::Health::default();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(health.clone().keep(options.clone(), app.ending.clone()));
    tasks.spawn(worker::feed::run(app.clone()));
    tasks.spawn(worker::lead::run(app.clone(), options));
    tasks.spawn(certificate.clone().keep());
    if let Some(postgres) = postgres {
        tasks.spawn(postgres.watch());
    }
    let router = http::router(app.clone(), health, web_folder(settings));
    let tls = if settings.plain_http { None } else { Some(certificate.server_config()?) };
    tracing::info!(
        "listening on {scheme}://{address}; reached as {public_url}; database epoch {}; identity key {}",
        app.epoch,
        app.identity_key
    );
    println!("ready: {public_url}");

    let serving = listener::serve(listening, tls, router, app.ending.clone(), GRACE);
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let ending = app.ending.clone();
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!("told to end"),
            _ = interrupt.recv() => tracing::info!("interrupted"),
        }
        ending.cancel();
    };
    let stop = tokio::spawn(stop);
    serving.await;
    stop.abort();
    tasks.shutdown().await;
    pool.close().await;
    tracing::info!("ended");
    Ok(())
}

/// All replicas of one database have one identity key: another one makes join tokens that clusters cannot use at the others.
async fn same_key(pool: &sqlx::PgPool, key: &str, replace: bool) -> Result<()> {
    let known = store::hub::identity_key(pool, key, replace).await?;
    if known != key {
        bail!(
            "this hub's identity key is {key}, and the one that this database knows is {known}. Another replica has that one: give all \
             of them the same file by --identity-key-file. If it is lost for good, start once with --replace-identity-key; then every \
             cluster needs a new join token"
        );
    }
    Ok(())
}

/// One hub, one data folder.
fn lock_folder(data_dir: &Path) -> Result<Flock<std::fs::File>> {
    std::fs::create_dir_all(data_dir).with_context(|| format!("make {}", data_dir.display()))?;
    let file = std::fs::File::create(data_dir.join("hub.lock")).context("make the lock file")?;
    match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
        Ok(lock) => Ok(lock),
        Err((_, nix::errno::Errno::EWOULDBLOCK)) => {
            bail!("another hub uses {}; end it, or choose another --data-dir", data_dir.display())
        }
        Err((_, error)) => Err(error).context("lock the data folder"),
    }
}

/// Where the built console is, if it is anywhere.
fn web_folder(settings: &Settings) -> Option<PathBuf> {
    if settings.web_dir.is_some() {
        return settings.web_dir.clone();
    }
    let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join("web/dist")));
    [beside, Some(PathBuf::from("web/dist"))].into_iter().flatten().find(|folder| folder.join("index.html").exists())
}
