//! Scenes from an agent's life. The agent is a small HTTP server that stands in for Alloy and reads its file as Alloy
//! does: a text with `refuse` in it is answered 400, with `die soon` it ends after answering, with `die now` before.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use prometheus_client::registry::Registry;
use rand::Rng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::alloy::Alloy;
use super::content::{Content, digest};
use super::keeper::Keeper;
use super::meters::Meters;
use super::pace::Pace;
use super::status::{Outcome, Status};
use super::target::Target;

/// How long a configuration that kills soon is lived with.
const SOON: Duration = Duration::from_millis(20);

/// Milliseconds where the shipped one has seconds.
fn quick() -> Pace {
    Pace {
        poll: Duration::from_millis(1),
        absent: Duration::from_millis(1),
        absent_most: Duration::from_millis(5),
        gauges: Duration::ZERO,
        restore: Duration::from_millis(20),
        ready: Duration::from_millis(100),
        dead: Duration::from_millis(200),
        window: Duration::from_secs(120),
    }
}

#[derive(Clone)]
struct StandIn {
    address: SocketAddr,
    file: PathBuf,
    loaded: Arc<Mutex<String>>,
    reloads: Arc<AtomicU32>,
    lives: Arc<AtomicU32>,
    life: CancellationToken,
}

impl StandIn {
    fn read(&self) -> String {
        let text = std::fs::read_to_string(&self.file).expect("a file");
        self.loaded.lock().expect("a lock").clone_from(&text);
        text
    }

    fn loaded(&self) -> String {
        self.loaded.lock().expect("a lock").clone()
    }

    fn reloads(&self) -> u32 {
        self.reloads.load(Ordering::SeqCst)
    }

    fn is_alive(&self) -> bool {
        !self.life.is_cancelled()
    }

    /// The kubelet starts the container.
    async fn start(&mut self) {
        self.life = CancellationToken::new();
        self.lives.fetch_add(1, Ordering::SeqCst);
        let text = self.read();
        if text.contains("refuse") || text.contains("die now") {
            return self.life.cancel();
        }
        let listener = TcpListener::bind(self.address).await.expect("an address of our own");
        let (agent, late) = (self.clone(), text.contains("die soon"));
        // Its connections end with it, as those of a process do.
        tokio::spawn(self.life.clone().run_until_cancelled_owned(async move {
            let mut connections = JoinSet::new();
            // One clock for its whole life: begun anew at each connection, it would never run out while it is asked often.
            let mut end = std::pin::pin!(sleep(SOON));
            loop {
                tokio::select! {
                    Ok((connection, _)) = listener.accept() => connections.spawn(agent.clone().answer(connection)),
                    () = &mut end, if late => return agent.life.cancel(),
                };
            }
        }));
    }

    async fn answer(self, mut connection: TcpStream) {
        let mut request = [0; 1024];
        let read = connection.read(&mut request).await.unwrap_or(0);
        let request = String::from_utf8_lossy(&request[..read]);
        let (status, body) = match request.split_whitespace().nth(1) {
            Some("/-/ready") => (200, "ready".to_owned()),
            Some("/-/reload") => self.reload(),
            Some("/metrics") => (200, self.metrics()),
            _ => (404, String::new()),
        };
        if !self.is_alive() {
            return;
        }
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        let _ = connection.write_all((head + &body).as_bytes()).await;
        let _ = connection.shutdown().await;
    }

    fn reload(&self) -> (u16, String) {
        self.reloads.fetch_add(1, Ordering::SeqCst);
        let text = self.read();
        if text.contains("die now") {
            self.life.cancel();
        }
        if text.contains("die soon") {
            let life = self.life.clone();
            tokio::spawn(async move {
                sleep(SOON).await;
                life.cancel();
            });
        }
        match text.contains("refuse") {
            true => (400, "config.alloy:3:1: cannot find the definition of component".to_owned()),
            false => (200, "config reloaded".to_owned()),
        }
    }

    fn metrics(&self) -> String {
        let life = self.lives.load(Ordering::SeqCst);
        format!("alloy_config_last_load_successful 1\nprocess_start_time_seconds {life}\n")
    }
}

/// A pod: the agent's file, the agent, the keeper.
struct Scene {
    folder: tempfile::TempDir,
    agent: StandIn,
    keeper: Keeper,
    status: watch::Receiver<Status>,
}

fn keeper(agent: &StandIn) -> (Keeper, watch::Receiver<Status>) {
    let (sender, status) = watch::channel(Status::new("node".into()));
    let alloy = Alloy::new(&format!("http://{}", agent.address)).expect("an address");
    let meters = Meters::register(&mut Registry::default(), "node");
    let keeper = Keeper::new(alloy, Target::new(&agent.file), quick(), sender, meters).expect("a keeper");
    (keeper, status)
}

impl Scene {
    /// A pod whose init container wrote `first`, and whose agent is not started yet.
    async fn with(first: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("config.alloy");
        std::fs::write(&file, first).expect("written");
        // An address of its own, so that it can end and start again while other tests run.
        let digits: [u8; 2] = rand::rng().random();
        let ip = [127, rand::rng().random_range(1..255), digits[0], digits[1]];
        let agent = StandIn {
            address: (ip, 12345).into(),
            file,
            loaded: Arc::default(),
            reloads: Arc::default(),
            lives: Arc::default(),
            life: CancellationToken::new(),
        };
        agent.life.cancel();
        let (keeper, status) = keeper(&agent);
        Self { folder, agent, keeper, status }
    }

    /// A pod whose agent runs `first`.
    async fn running(first: &str) -> Self {
        let mut scene = Self::with(first).await;
        scene.agent.start().await;
        scene
    }

    fn file(&self) -> String {
        std::fs::read_to_string(&self.agent.file).expect("a file")
    }

    /// The sidecar's container starts again.
    fn forget(&mut self) {
        (self.keeper, self.status) = keeper(&self.agent);
    }

    async fn step(&mut self, content: &Content) -> Status {
        self.keeper.step(content).await;
        self.status.borrow().clone()
    }

    /// Steps, with a kubelet that starts the agent again, until the report is this.
    async fn until(&mut self, content: &Content, wanted: impl Fn(&Status) -> bool) -> Status {
        let reached = async {
            loop {
                let pause = self.keeper.step(content).await;
                let status = self.status.borrow().clone();
                if wanted(&status) {
                    return status;
                }
                sleep(pause).await;
                if !self.agent.is_alive() {
                    sleep(Duration::from_millis(10)).await;
                    self.agent.start().await;
                }
            }
        };
        timeout(Duration::from_secs(20), reached).await.expect("the report comes to this in time")
    }
}

fn content(candidate: &str, good: Option<&str>) -> Content {
    Content::new(Some(candidate.to_owned()), good.map(str::to_owned))
}

#[tokio::test]
async fn a_candidate_is_taken_over_once() {
    let mut scene = Scene::running("one").await;
    let newest = content("two", Some("one"));
    let status = scene.step(&newest).await;
    assert_eq!((status.outcome, status.agent_ready), (Outcome::Accepted, true));
    assert_eq!(status.candidate_sha, Some(digest("two")));
    assert_eq!(status.running_sha, Some(digest("two")));
    assert_eq!(status.good_sha, Some(digest("one")));
    assert_eq!(scene.agent.loaded(), "two");
    let later = scene.step(&newest).await;
    assert_eq!((later.since, scene.agent.reloads()), (status.since, 1), "nothing more happens");
}

#[tokio::test]
async fn what_the_agent_refuses_is_taken_back_and_not_tried_again() {
    let mut scene = Scene::running("one").await;
    let newest = content("refuse this", Some("one"));
    let status = scene.step(&newest).await;
    assert_eq!(status.outcome, Outcome::Refused);
    assert_eq!(status.message, "config.alloy:3:1: cannot find the definition of component");
    assert!(status.agent_ready, "a refusal takes no pod out of service");
    assert_eq!((scene.file().as_str(), scene.agent.loaded().as_str()), ("one", "one"));
    assert_eq!(scene.agent.reloads(), 2, "once there and once back");
    for _ in 0..5 {
        scene.step(&newest).await;
    }
    scene.forget();
    assert_eq!(scene.step(&newest).await.outcome, Outcome::Refused, "a new container of the sidecar remembers");
    assert_eq!(scene.agent.reloads(), 2);
    let status = scene.step(&content("better", Some("one"))).await;
    assert_eq!((status.outcome, scene.agent.loaded().as_str()), (Outcome::Accepted, "better"));
}

#[tokio::test]
async fn a_refused_one_is_tried_once_more_after_the_agent_started_again() {
    let mut scene = Scene::running("one").await;
    let newest = content("refuse this", Some("one"));
    scene.step(&newest).await;
    scene.agent.life.cancel();
    assert_eq!(scene.step(&newest).await.outcome, Outcome::Refused);
    scene.agent.start().await;
    assert_eq!(scene.agent.loaded(), "one");
    scene.step(&newest).await;
    assert_eq!(scene.agent.reloads(), 4);
    assert_eq!(scene.file(), "one");
}

#[tokio::test]
async fn nothing_is_tried_on_an_agent_that_is_not_there() {
    let mut scene = Scene::with("good").await;
    let newest = content("new", Some("good"));
    let status = scene.step(&newest).await;
    assert_eq!((status.outcome, status.agent_ready), (Outcome::Pending, false));
    assert!(status.message.starts_with("Nothing listens at http://127."), "{}", status.message);
    assert_eq!(scene.file(), "good", "its first start is with the good one");
    scene.agent.start().await;
    assert_eq!(scene.step(&newest).await.outcome, Outcome::Accepted);
    assert_eq!(scene.file(), "new");
}

#[tokio::test]
async fn an_agent_that_ends_after_accepting_is_brought_back_to_good() {
    let mut scene = Scene::running("good").await;
    let newest = content("die soon", Some("good"));
    assert_eq!(scene.step(&newest).await.outcome, Outcome::Accepted);
    sleep(Duration::from_millis(50)).await;
    assert!(!scene.agent.is_alive());
    // Nobody starts it: it stays away until it counts as dead.
    let dead = async {
        loop {
            let status = scene.step(&newest).await;
            if status.outcome == Outcome::Crashed {
                return status;
            }
            assert_eq!(scene.file(), "die soon");
            sleep(Duration::from_millis(5)).await;
        }
    };
    let status = timeout(Duration::from_secs(20), dead).await.expect("counts as dead in time");
    assert!(status.message.contains("brought back to the last good one"), "{}", status.message);
    assert_eq!(scene.file(), "good");
    scene.agent.start().await;
    let status = scene.step(&newest).await;
    assert_eq!((status.outcome, status.running_sha), (Outcome::Crashed, Some(digest("good"))));
    scene.forget();
    assert_eq!(scene.step(&newest).await.outcome, Outcome::Crashed, "it is not tried again");
    assert_eq!(scene.agent.loaded(), "good");
}

#[tokio::test]
async fn a_crash_loop_is_seen_by_its_starts() {
    let mut scene = Scene::running("good").await;
    let newest = content("die soon", Some("good"));
    let status = scene.until(&newest, |status| status.outcome == Outcome::Crashed).await;
    assert!(status.message.contains("it started 2 times within 120 s"), "{}", status.message);
    assert_eq!(scene.file(), "good");
    // The present process may have a few milliseconds left; the next one lives on.
    sleep(SOON * 3).await;
    if !scene.agent.is_alive() {
        scene.agent.start().await;
    }
    let status = scene.step(&newest).await;
    assert_eq!((status.outcome, status.running_sha), (Outcome::Crashed, Some(digest("good"))));
    sleep(SOON * 3).await;
    assert!(scene.agent.is_alive());
    assert_eq!((scene.file().as_str(), scene.agent.loaded().as_str()), ("good", "good"));
}

#[tokio::test]
async fn an_agent_that_dies_while_loading_is_asked_twice_and_no_more() {
    let mut scene = Scene::running("good").await;
    let newest = content("die now", Some("good"));
    let status = scene.step(&newest).await;
    assert_eq!(status.outcome, Outcome::Pending, "{}", status.message);
    assert_eq!(scene.file(), "good", "its next start is safe at once");
    let status = scene.until(&newest, |status| status.outcome == Outcome::Crashed).await;
    assert!(status.message.starts_with("The agent went away while it loaded"), "{}", status.message);
    scene.until(&newest, |status| status.agent_ready).await;
    assert_eq!(scene.file(), "good");
}

#[tokio::test]
async fn a_first_configuration_that_never_starts_is_replaced_by_the_next_one() {
    let mut scene = Scene::with("refuse at start").await;
    let first = content("refuse at start", None);
    for _ in 0..3 {
        scene.agent.start().await;
        let status = scene.step(&first).await;
        assert_eq!(status.outcome, Outcome::Pending);
    }
    let next = content("mended", None);
    assert_eq!(scene.step(&next).await.outcome, Outcome::Pending);
    assert_eq!(scene.file(), "mended", "the next start finds it");
    scene.agent.start().await;
    assert_eq!(scene.step(&next).await.outcome, Outcome::Accepted);
    assert_eq!(scene.agent.reloads(), 0);
}

#[tokio::test]
async fn a_crash_without_any_good_one_goes_back_to_the_one_before() {
    let mut scene = Scene::running("before").await;
    let newest = content("die soon", None);
    scene.step(&content("before", None)).await;
    scene.until(&newest, |status| status.outcome == Outcome::Crashed).await;
    let before = digest("before");
    let status =
        scene.until(&newest, |status| status.agent_ready && status.running_sha.as_ref() == Some(&before)).await;
    assert_eq!(status.outcome, Outcome::Crashed);
    assert_eq!(scene.file(), "before");
}

#[tokio::test]
async fn a_try_that_was_broken_off_is_taken_back_first() {
    let mut scene = Scene::running("good").await;
    // As a sidecar killed between writing and the agent's answer leaves it.
    let target = Target::new(&scene.agent.file);
    let text = |text: &str| super::content::Text::new(text.to_owned()).expect("some text");
    target.write_previous(&text("good")).expect("writable");
    target.write_memory(&format!(r#"{{"trying":"{}"}}"#, digest("refuse this"))).expect("writable");
    target.write(&text("refuse this")).expect("writable");
    scene.forget();
    let nothing_new = content("good", Some("good"));
    assert_eq!(scene.step(&nothing_new).await.outcome, Outcome::Accepted);
    assert_eq!(scene.file(), "good");
    assert_eq!((scene.agent.loaded().as_str(), scene.agent.reloads()), ("good", 1));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_said_and_nothing_is_tried() {
    let mut scene = Scene::running("one").await;
    // A folder in the way of the new file: also root cannot write through it.
    let blocked = scene.folder.path().join("config.alloy.new");
    std::fs::create_dir(&blocked).expect("made");
    let newest = content("two", Some("one"));
    let status = scene.step(&newest).await;
    assert_eq!(status.outcome, Outcome::Pending);
    assert!(status.message.contains("cannot be written"), "{}", status.message);
    assert_eq!((scene.file().as_str(), scene.agent.reloads()), ("one", 0));
    std::fs::remove_dir(&blocked).expect("removed");
    assert_eq!(scene.step(&newest).await.outcome, Outcome::Accepted);
}

#[tokio::test]
async fn an_empty_candidate_changes_nothing() {
    let mut scene = Scene::running("one").await;
    let status = scene.step(&Content::new(Some("\n".into()), Some("one".into()))).await;
    assert_eq!((status.outcome, status.candidate_sha), (Outcome::None, None));
    assert_eq!((scene.file().as_str(), scene.agent.reloads()), ("one", 0));
}
