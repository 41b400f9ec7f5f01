//! Budgets on a real hub with a real Postgres: states, what is told of them to whom, and what a person may do. Meters are played by their
//! reports; the receivers of messages are listeners of this test: a webhook's over HTTP, and one that speaks as much SMTP as a mail needs.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::answering::{Answering, Told};
use flagstaff_tests::eventually::check;
use flagstaff_tests::hub::{Answer, Cluster, Person};
use flagstaff_tests::{Hub, eventually};
use reqwest::Method;
use serde_json::{Value, json};

#[path = "fleet_budgets/mail.rs"]
mod mail;

use mail::Mail;

const SECRET: &str = "a secret of some length";
const LIMIT: Duration = Duration::from_secs(40);

/// A cluster whose meter reports.
struct Counting {
    cluster: Cluster,
    id: String,
    revision: u64,
}

impl Counting {
    async fn join(hub: &Hub, admin: &Person<'_>, name: &str, region: &str) -> Result<Self> {
        let token = admin.join_token(json!({})).await?;
        let mut cluster = Cluster::new(name);
        cluster.region = region.to_owned();
        let joined = cluster.enroll(hub, token["token"].as_str().context("a token")?).await?.good()?;
        cluster.report_healthy(hub).await?;
        Ok(Self { cluster, id: text(&joined, "cluster_id")?, revision: 0 })
    }

    /// What its meter counts now, by metric, all of the team `shop`; `hours_ago` for an hour that is over.
    async fn counts(&mut self, hub: &Hub, metrics: &[(&str, u64)], hours_ago: i64) -> Result<()> {
        self.revision += 1;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
        let hour = i64::try_from(now / 3600)? - hours_ago;
        let at = if hours_ago == 0 { i64::try_from(now)? } else { hour * 3600 + 3599 };
        let time = |seconds: i64| hub.sql(&format!("SELECT to_char(to_timestamp({seconds}), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"));
        let count = |active: u64| json!({"active": active, "hour": active, "new": 1, "samples_per_second": 1.0});
        let scopes: Vec<Value> = metrics
            .iter()
            .map(|(metric, active)| {
                let mut scope = count(*active);
                scope["metric"] = json!(metric);
                scope["team"] = json!("shop");
                scope["job"] = json!("app");
                scope
            })
            .collect();
        let labels: Vec<Value> = metrics
            .iter()
            .map(|(metric, active)| json!({"metric": metric, "label": "path", "series": active, "values": active, "series_without": 1}))
            .collect();
        let report = json!({"instance": "meter-1", "hour": time(hour * 3600)?, "revision": self.revision, "closed": hours_ago > 0,
            "at": time(at)?, "counted_seconds": 3600, "window_seconds": 600,
            "total": count(metrics.iter().map(|(_, active)| active).sum()), "scopes": scopes, "labels": labels});
        let request = hub.request(Method::POST, "/agent/v1/series").bearer_auth(&self.cluster.credential).json(&report);
        let answer = Answer::of(request).await?.good()?;
        ensure!(answer["kept"] == true, "the report was not kept: {answer}");
        Ok(())
    }

    /// Nothing was heard of its meter for long.
    fn falls_silent(&self, hub: &Hub) -> Result<()> {
        hub.sql(&format!(
            "UPDATE series_report SET received_at = received_at - interval '1 hour', looked_at = looked_at - interval '1 hour'
             WHERE cluster_id = '{}'",
            self.id
        ))?;
        Ok(())
    }
}

fn text(value: &Value, name: &str) -> Result<String> {
    Ok(value[name].as_str().with_context(|| format!("no {name} in {value}"))?.to_owned())
}

async fn budget(admin: &Person<'_>, id: &str) -> Result<Value> {
    admin.get(&format!("/api/v1/budgets/{id}")).await?.good()
}

/// Waits until a budget is so.
async fn until(admin: &Person<'_>, id: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Result<Value> {
    eventually(LIMIT, what, async || {
        let found = budget(admin, id).await?;
        check(holds(&found), &found)?;
        anyhow::Ok(found)
    })
    .await
}

/// Writes to a budget that is as `etag` says.
async fn write(admin: &Person<'_>, method: Method, id: &str, etag: Option<&str>, body: &Value) -> Result<Answer> {
    let request = admin.request(method, &format!("/api/v1/budgets/{id}")).json(body);
    Answer::of(match etag {
        Some(etag) => request.header("if-match", etag),
        None => request,
    })
    .await
}

fn said(status: u16) -> Told {
    Told { status, ..Told::default() }
}

/// The states that a listener was told, in their order; each message once, and each rightly signed.
fn told(webhook: &Answering) -> Result<Vec<String>> {
    let mut states = vec![];
    for seen in webhook.seen() {
        let header = |name: &str| seen.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
        let signed = [format!("{}.", header("x-flagstaff-timestamp")).as_bytes(), &seen.body[..]].concat();
        let tag = aws_lc_rs::hmac::sign(&key, &signed);
        let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        ensure!(header("x-flagstaff-signature") == format!("v1={hex}"), "wrongly signed: {:?}", seen.headers);
        let message: Value = serde_json::from_slice(&seen.body)?;
        ensure!(header("x-flagstaff-notice") == message["id"], "{message}");
        states.push(message["budget"]["state"].as_str().unwrap_or("test").to_owned());
    }
    Ok(states)
}

#[tokio::test]
async fn a_budget_goes_through_its_states_and_each_change_is_told_once() -> Result<()> {
    let mail = Mail::start().await?;
    let smtp = format!("--smtp-url=smtp://{}", mail.address());
    let pace = [("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "1")];
    let hub = Hub::start(&[&smtp, "--smtp-from=Flagstaff <hub@example.org>"], &pace).await?;
    let admin = hub.admin().await?;
    let (mut one, mut other) =
        (Counting::join(&hub, &admin, "pay-1", "eu").await?, Counting::join(&hub, &admin, "pay-2", "eu").await?);
    let webhook = Answering::start(said(500)).await?;
    let target = json!({"name": "chat", "kind": "webhook", "address": format!("{}/hook/T0/token-in-url", webhook.url()), "secret": SECRET});
    let target = admin.post("/api/v1/notification-targets", &target).await?.good()?;
    // Of another region's budgets somebody else is told.
    let elsewhere = Answering::start(said(200)).await?;
    let quiet = json!({"name": "us", "kind": "webhook", "address": elsewhere.url(), "scope": {"region": "us"}});
    let quiet = admin.post("/api/v1/notification-targets", &quiet).await?.good()?;
    ensure!(text(&quiet, "secret")?.len() > 30, "the hub makes a secret where none is given");
    let mut events = admin.request(Method::GET, "/api/v1/stream").send().await?;

    let old = [("http_requests_total", 300), ("up", 10)];
    one.counts(&hub, &old, 1).await?;
    one.counts(&hub, &old, 0).await?;
    other.counts(&hub, &[("up", 90)], 0).await?;
    let draft = json!({"name": "eu", "scope": {"region": "eu"}, "soft_series": 800, "hard_series": 1000,
        "owner": {"name": "Ana", "emails": ["ana@example.org"]}, "reason": "what the store holds"});
    let made = admin.post("/api/v1/budgets", &draft).await?;
    assert_eq!((made.status, made.headers.get("etag").is_some()), (201, true), "{}", made.text);
    let made = made.good()?;
    let id = text(&made, "id")?;
    assert_eq!(
        (&made["state"], &made["series"], &made["clusters"], &made["left"]),
        (&json!("ok"), &json!({"value": 400, "exact": true, "standard_error": 0.0}), &json!({"counted": 2, "of": 2}), &json!(600.0))
    );
    assert_eq!(made["forecast"], Value::Null);
    ensure!(made["forecast_says"].as_str().is_some_and(|says| says.contains("3 days of history")), "{made}");
    let own = json!({"name": "pay-1", "scope": {"cluster": one.id}, "soft_series": 700, "reason": "a share"});
    let own = admin.post("/api/v1/budgets", &own).await?.good()?;
    assert_eq!(own["within"], json!([{"id": id, "name": "eu", "left": 600.0}]), "it lies within its region's");

    // Warning, while the listener fails: it is tried again, and delivered when the listener is well.
    one.counts(&hub, &[("http_requests_total", 760), ("up", 10)], 0).await?;
    let warned = until(&admin, &id, "a warning", |found| found["state"] == "warning").await?;
    assert_eq!(warned["grew"], json!([{"metric": "http_requests_total", "label": "path", "by": 460.0}]));
    ensure!(text(&warned["last_event"], "sentence")?.contains("860 series of 1,000 allowed, 86 %"), "{warned}");
    let tried = |found: &Value| found["notices"].as_array().into_iter().flatten().find(|one| one["kind"] == "webhook").cloned();
    let failing = until(&admin, &id, "two tries", |found| tried(found).is_some_and(|one| one["tries"].as_i64() >= Some(2))).await?;
    let failing = tried(&failing).context("a notice")?;
    assert_eq!((&failing["state"], &failing["last_failure"]), (&json!("waiting"), &json!("It answered 500, and not a status of success.")));
    ensure!(failing["next_at"].is_string(), "{failing}");
    webhook.tell(said(204));
    let done = |found: &Value, count: usize| {
        let all = found["notices"].as_array().cloned().unwrap_or_default();
        all.len() == count && all.iter().all(|one| one["state"] == "delivered")
    };
    until(&admin, &id, "both are delivered", |found| done(found, 2)).await?;
    let tries = told(&webhook)?.len();

    // One cluster says nothing: what is left of the sum lowers no state.
    one.falls_silent(&hub)?;
    let silent = until(&admin, &id, "one is missing", |found| found["clusters"]["counted"] == 1).await?;
    assert_eq!((&silent["state"], &silent["series"]["value"]), (&json!("warning"), &json!(90)));
    other.falls_silent(&hub)?;
    let silent = until(&admin, &id, "all are missing", |found| found["clusters"]["counted"] == 0).await?;
    assert_eq!((&silent["state"], &silent["series"], &silent["left"]), (&json!("warning"), &Value::Null, &Value::Null));

    other.counts(&hub, &[("up", 90)], 0).await?;
    one.counts(&hub, &[("http_requests_total", 1500), ("up", 10)], 0).await?;
    until(&admin, &id, "it is over", |found| found["state"] == "over").await?;
    let attention = admin.get("/api/v1/attention").await?.good()?;
    let lines = attention["items"].as_array().context("items")?;
    let line = lines.iter().find(|line| line["key"] == format!("budget/{id}")).context("no line")?;
    assert_eq!((&line["tone"], &line["cause"]["region"]), (&json!("bad"), &json!("eu")));
    until(&admin, &id, "it is told", |found| done(found, 4)).await?;

    // A little below the limit it is over still; far below it is well.
    one.counts(&hub, &[("up", 900)], 0).await?;
    until(&admin, &id, "it hovers", |found| found["series"]["value"] == 990).await?;
    assert_eq!(budget(&admin, &id).await?["state"], "over");
    one.counts(&hub, &old, 0).await?;
    let fine = until(&admin, &id, "it is well", |found| found["state"] == "ok" && done(found, 6)).await?;
    assert_eq!(fine["grew"], json!([]));

    // Each change once: the first was tried until it was taken.
    let states = told(&webhook)?;
    ensure!(states[..tries].iter().all(|state| state == "warning"), "{states:?}");
    assert_eq!(states[tries..], ["warning", "over", "ok", "ok"].map(str::to_owned)[..], "the cluster's own budget is told as well: {states:?}");
    Ok(())
}
