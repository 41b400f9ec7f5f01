//! Budgets on a real hub with a real Postgres: states, what is told of them to whom, and what a person may do. Meters are played by their
//! reports; the receivers of messages are listeners of this test: a webhook's over HTTP, and one that speaks as much SMTP as a mail needs.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::answering::{Answering, Told};
use flagstaff_tests::hub::{Answer, Cluster, Person};
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
        let time = |seconds: i64| {
            hub.sql(&format!("SELECT to_char(to_timestamp({seconds}), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"))
        };
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

/// Waits until a budget is so.
async fn until(admin: &Person<'_>, id: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Result<Value> {
    admin.budget_until(id, LIMIT, what, holds).await
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

/// What a listener was told of a budget, in its order: each state, and how often the message came. Each is rightly signed.
fn told(webhook: &Answering, name: &str) -> Result<Vec<(String, usize)>> {
    let mut heard: Vec<(Value, String, usize)> = vec![];
    for seen in webhook.seen() {
        let header = |name: &str| seen.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
        let signed = [format!("{}.", header("x-flagstaff-timestamp")).as_bytes(), &seen.body[..]].concat();
        let tag = aws_lc_rs::hmac::sign(&key, &signed);
        let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        ensure!(header("x-flagstaff-signature") == format!("v1={hex}"), "wrongly signed: {:?}", seen.headers);
        let message: Value = serde_json::from_slice(&seen.body)?;
        ensure!(header("x-flagstaff-notice") == message["id"], "{message}");
        if message["budget"]["name"] != name {
            continue;
        }
        match heard.iter_mut().find(|one| one.0 == message["id"]) {
            Some(again) => again.2 += 1,
            None => heard.push((message["id"].clone(), text(&message["budget"], "state")?, 1)),
        }
    }
    Ok(heard.into_iter().map(|(_, state, times)| (state, times)).collect())
}

/// What grew is looked for in the hour before: an hour that ends in the midst of a test would be another one.
async fn within_an_hour() -> Result<()> {
    loop {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
        let left = 3600 - now % 3600;
        if left > 75 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(left)).await;
    }
}

#[tokio::test]
async fn a_budget_goes_through_its_states_and_each_change_is_told_once() -> Result<()> {
    within_an_hour().await?;
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
        (
            &json!("ok"),
            &json!({"value": 400, "exact": true, "standard_error": 0.0}),
            &json!({"counted": 2, "of": 2}),
            &json!(600.0)
        )
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
    let tried =
        |found: &Value| found["notices"].as_array().into_iter().flatten().find(|one| one["kind"] == "webhook").cloned();
    let failing =
        until(&admin, &id, "two tries", |found| tried(found).is_some_and(|one| one["tries"].as_i64() >= Some(2)))
            .await?;
    let failing = tried(&failing).context("a notice")?;
    assert_eq!(
        (&failing["state"], &failing["last_failure"]),
        (&json!("waiting"), &json!("It answered 500, and not a status of success."))
    );
    ensure!(failing["next_at"].is_string(), "{failing}");
    webhook.tell(said(204));
    let done = |found: &Value, count: usize| {
        let all = found["notices"].as_array().cloned().unwrap_or_default();
        all.len() == count && all.iter().all(|one| one["state"] == "delivered")
    };
    until(&admin, &id, "both are delivered", |found| done(found, 2)).await?;

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
    assert_eq!(admin.budget(&id).await?["state"], "over");
    one.counts(&hub, &old, 0).await?;
    let fine = until(&admin, &id, "it is well", |found| found["state"] == "ok" && done(found, 6)).await?;
    assert_eq!(fine["grew"], json!([]));

    // Where no hour before is known, what grew is seen all the same: against what the hub saw in the state before.
    let young = json!({"name": "pay-2", "scope": {"cluster": other.id}, "soft_series": 200, "reason": "a share"});
    let young = text(&admin.post("/api/v1/budgets", &young).await?.good()?, "id")?;
    other.counts(&hub, &[("up", 90), ("requests", 300), ("jobs", 7)], 0).await?;
    let warned = until(&admin, &young, "a warning", |found| found["state"] == "warning").await?;
    let grew =
        json!([{"metric": "requests", "label": "path", "by": 300.0}, {"metric": "jobs", "label": "path", "by": 7.0}]);
    assert_eq!(warned["grew"], grew);

    // Each change once; the first was tried until it was taken.
    let states = told(&webhook, "eu")?;
    let words: Vec<&str> = states.iter().map(|(state, _)| state.as_str()).collect();
    assert_eq!(words, ["warning", "over", "ok"], "{states:?}");
    ensure!(states[0].1 >= 3 && states[1..].iter().all(|(_, times)| *times == 1), "{states:?}");
    ensure!(elsewhere.seen().is_empty(), "of this region nobody else is told");
    let letters = mail.taken();
    let subjects: Vec<&str> =
        letters.iter().filter_map(|letter| letter.text.lines().find(|line| line.starts_with("Subject: "))).collect();
    assert_eq!(
        subjects,
        ["nears its limit", "is over its limit", "is within its limits again"]
            .map(|what| format!("Subject: [Flagstaff] The budget eu {what}")),
    );
    ensure!(letters.iter().all(|letter| letter.to == "ana@example.org"), "{letters:?}");

    // It is in the history, in the audit log, in the timeline of the cluster whose own budget it was, and on the stream.
    let history = admin.get(&format!("/api/v1/budgets/{id}/history?hours=24")).await?.good()?;
    let changes: Vec<&str> =
        history["changes"].as_array().into_iter().flatten().filter_map(|change| change["state"].as_str()).collect();
    assert_eq!(changes, ["ok", "over", "warning", "ok"], "newest first");
    let points = history["points"].as_array().context("points")?;
    let most = points.iter().filter_map(|point| point["series"].as_f64()).fold(0.0, f64::max);
    assert_eq!((points.len() <= 2, most), (true, 1600.0), "the most of its hour: {points:?}");
    assert_eq!(history["notices"].as_array().map(Vec::len), Some(6));
    let audit = admin.get("/api/v1/audit?limit=200").await?.good()?;
    let entries: Vec<(&str, &str)> = audit["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry["subject"] == "eu")
        .filter_map(|entry| Some((entry["action"].as_str()?, entry["who"].as_str()?)))
        .collect();
    let ana = "ana@example.org";
    assert_eq!(
        entries,
        [
            ("budget.ok", "hub"),
            ("budget.over", "hub"),
            ("budget.warning", "hub"),
            ("budget.ok", ana),
            ("budget.make", ana)
        ]
    );
    let own = text(&own, "id")?;
    until(&admin, &own, "the cluster's own is well", |found| found["state"] == "ok").await?;
    let kinds = admin.kinds(&one.id).await?;
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).filter(|kind| kind.starts_with("budget_")).collect();
    assert_eq!(kinds, ["budget_ok", "budget_warning", "budget_ok"]);
    let mut heard = String::new();
    let over = format!("event: budget\ndata: {{\"id\":\"{id}\",\"name\":\"eu\",\"state\":\"over\"");
    while !heard.contains(&over) {
        let chunk = tokio::time::timeout(LIMIT, events.chunk()).await.with_context(|| format!("heard only {heard}"))?;
        heard.push_str(&String::from_utf8_lossy(&chunk?.context("the stream ended")?));
    }

    // A target is tried by hand, and shows neither its URL nor its secret.
    let path = format!("/api/v1/notification-targets/{}", text(&target, "id")?);
    assert_eq!(admin.post(&format!("{path}/test"), &json!({})).await?.good()?["ok"], true);
    webhook.tell(said(503));
    let failed = admin.post(&format!("{path}/test"), &json!({})).await?.good()?;
    assert_eq!((&failed["ok"], &failed["code"]), (&json!(false), &json!("notice_refused")));
    let list = admin.get("/api/v1/notification-targets").await?;
    ensure!(!list.text.contains("token-in-url") && !list.text.contains(SECRET), "{}", list.text);
    let listed = &list.good()?;
    assert_eq!(
        (&listed["sends_email"], &listed["items"][0]["address"]),
        (&json!(true), &json!(format!("{}/…", webhook.url())))
    );
    ensure!(
        listed["items"][0]["last_delivered_at"].is_string() && listed["items"][0]["last_failure"].is_string(),
        "{listed}"
    );
    let log = hub.log()?;
    ensure!(!log.contains("token-in-url") && !log.contains(SECRET), "the log tells a secret");
    assert_eq!(admin.delete(&path).await?.status, 204);
    assert_eq!(admin.post(&format!("{path}/test"), &json!({})).await?.refusal()?, (404, "not_found".into()));
    Ok(())
}

#[tokio::test]
async fn a_budget_is_written_with_care() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let mut cluster = Counting::join(hub, &admin, "careful", "careful-land").await?;
    for day in (1..=8).rev() {
        cluster.counts(hub, &[("http", 1000 - 50 * day)], 24 * i64::try_from(day)?).await?;
    }
    cluster.counts(hub, &[("http", 990), ("up", 10)], 0).await?;
    let draft = |more: Value| {
        let mut draft = json!({"name": "careful", "scope": {"region": "careful-land"}, "soft_series": 1200, "hard_series": 1500,
            "owner": {"name": "Ana"}, "reason": "a share"});
        for (name, value) in more.as_object().into_iter().flatten() {
            draft[name] = value.clone();
        }
        draft
    };
    let make = async |more: Value| admin.post("/api/v1/budgets", &draft(more)).await;
    let tried = make(json!({"dry_run": true, "reason": "", "hard_series": 1200, "soft_series": 900})).await?.good()?;
    assert_eq!(
        tried["effect"],
        "The budget careful for region careful-land would be made: a warning from 900 series on, over from 1,200 on. It has 1,000 series \
         now, in 1 of 1 clusters: there would be a warning at once."
    );
    for wrong in [
        json!({"reason": " "}),
        json!({"name": ""}),
        json!({"soft_series": 0}),
        json!({"hard_series": 1199}),
        json!({"owner": {"emails": ["nobody"]}}),
        json!({"scope": {"region": "elsewhere", "cluster": cluster.id}}),
        json!({"scope": {"metric": "a\nb"}}),
    ] {
        assert_eq!(make(wrong.clone()).await?.refusal()?, (400, "invalid".into()), "{wrong}");
    }
    assert_eq!(make(json!({"scope": {"cluster": "c-nothing"}})).await?.refusal()?, (404, "not_found".into()));
    let over = json!({"soft_series": 500, "hard_series": 600});
    let unsure = make(over.clone()).await?;
    assert_eq!(unsure.refusal()?, (409, "confirm_over".into()));
    ensure!(unsure.text.contains("1,000 series") && unsure.text.contains("600 allowed"), "{}", unsure.text);
    let all = admin.get("/api/v1/budgets").await?.text;
    ensure!(!all.contains("careful"), "nothing of it was kept: {all}");

    let mut sure = over;
    sure["confirmed"] = json!(true);
    let made = make(sure).await?.good()?;
    let id = text(&made, "id")?;
    assert_eq!(
        (&made["state"], &made["share"], &made["left"]),
        (&json!("over"), &json!(1000.0 / 600.0), &json!(-400.0))
    );
    assert_eq!(make(json!({})).await?.refusal()?, (409, "conflict".into()), "the name is taken");

    // A change has to know what it changes.
    let etag = text(&made, "etag")?;
    let wider = draft(json!({"reason": "more room"}));
    assert_eq!(write(&admin, Method::PUT, &id, None, &wider).await?.refusal()?, (400, "invalid".into()));
    assert_eq!(
        write(&admin, Method::PUT, &id, Some("\"99\""), &wider).await?.refusal()?,
        (412, "precondition_failed".into())
    );
    let tried = write(&admin, Method::PUT, &id, Some(&etag), &draft(json!({"dry_run": true}))).await?.good()?;
    ensure!(
        tried["dry_run"] == true && tried["effect"].as_str().is_some_and(|effect| effect.contains("would be changed")),
        "{tried}"
    );
    assert_eq!(admin.budget(&id).await?["hard_series"], 600, "a try changes nothing");
    let changed = write(&admin, Method::PUT, &id, Some(&etag), &wider).await?.good()?;
    assert_eq!(
        (&changed["state"], &changed["hard_series"], &changed["reason"]),
        (&json!("ok"), &json!(1500), &json!("more room"))
    );
    let event = &changed["last_event"];
    assert_eq!(
        (&event["before"], &event["state"], &event["who"]),
        (&json!("over"), &json!("ok"), &json!("ana@example.org"))
    );
    assert_eq!(write(&admin, Method::PUT, &id, Some(&etag), &wider).await?.refusal()?.0, 412, "the first one won");

    // What the meters told of the days before is enough to look ahead; of a team's metric nobody has kept days.
    let forecast = &changed["forecast"];
    assert_eq!(forecast["days_of_history"].as_u64(), Some(8), "{changed}");
    let pace = forecast["per_day"].as_f64().context("a pace")?;
    ensure!((pace - 50.0).abs() < 1e-6, "{forecast}");
    let ahead = |name: &str| -> Result<i64> {
        let days = hub.sql(&format!("SELECT '{}'::date - (now() at time zone 'UTC')::date", text(forecast, name)?))?;
        Ok(days.parse()?)
    };
    // 50 a day, on a line through 1000 today: 500 more take ten days.
    assert_eq!((ahead("over_on")?, ahead("earliest")?, ahead("latest")?), (10, 10, 10), "{forecast}");
    assert_eq!(forecast["says"], changed["forecast_says"]);
    let inner =
        make(json!({"name": "careful-http", "scope": {"region": "careful-land", "team": "shop", "metric": "http"}}))
            .await?
            .good()?;
    assert_eq!((&inner["forecast"], &inner["series"]["value"]), (&Value::Null, &json!(990)));
    ensure!(text(&inner, "forecast_says")?.starts_with("It takes 3 days of history"), "{inner}");
    assert_eq!(inner["within"], json!([{"id": id, "name": "careful", "left": 500.0}]));

    // Somebody who sees this region only sees these; a viewer changes none, and another region's people see none.
    for (who, region, sees) in [("careful-viewer", "careful-land", 2), ("careful-stranger", "other-land", 0)] {
        let email = format!("{who}@example.org");
        let account = json!({"email": email, "name": who, "password": flagstaff_tests::hub::PASSWORD, "role": "none"});
        let account = text(&admin.post("/api/v1/accounts", &account).await?.good()?, "id")?;
        let grant = json!({"role": "viewer", "scope": {"region": region}, "reason": "looks"});
        admin.post(&format!("/api/v1/accounts/{account}/grants"), &grant).await?.good()?;
        let person = Person::sign_in(hub, &email).await?;
        let list = person.get("/api/v1/budgets").await?.good()?;
        assert_eq!(list["items"].as_array().map(Vec::len), Some(sees), "{who}: {list}");
        let etag = text(&changed, "etag")?;
        let refused = write(&person, Method::PUT, &id, Some(&etag), &wider).await?.refusal()?;
        let expected = if sees > 0 { (403, "not_permitted") } else { (404, "not_found") };
        assert_eq!((refused.0, refused.1.as_str()), expected, "{who}");
        assert_eq!(person.post("/api/v1/budgets", &wider).await?.refusal()?, (403, "not_permitted".into()));
        assert_eq!(person.get("/api/v1/notification-targets").await?.refusal()?, (403, "not_permitted".into()));
    }

    let target = async |more: Value| {
        let mut target = json!({"name": "careful", "kind": "webhook", "address": "https://127.0.0.1:1/", "scope": {"region": "careful-land"}});
        for (name, value) in more.as_object().into_iter().flatten() {
            target[name] = value.clone();
        }
        admin.post("/api/v1/notification-targets", &target).await
    };
    for wrong in [
        json!({"address": "http://169.254.169.254/latest"}),
        json!({"address": "https://user:password@example.org"}),
        json!({"secret": "short"}),
        json!({"kind": "email", "address": "ana@example.org"}),
    ] {
        assert_eq!(target(wrong.clone()).await?.refusal()?, (400, "invalid".into()), "{wrong}");
    }
    let tried = target(json!({"dry_run": true})).await?.good()?;
    assert_eq!(tried["effect"], "https://127.0.0.1:1/ would be told of budgets within region careful-land.");

    let etag = text(&changed, "etag")?;
    let gone = json!({"reason": "it was a try"});
    assert_eq!(write(&admin, Method::DELETE, &id, None, &gone).await?.refusal()?, (400, "invalid".into()));
    let tried = write(&admin, Method::DELETE, &id, Some(&etag), &json!({"dry_run": true})).await?.good()?;
    ensure!(tried["effect"].as_str().is_some_and(|effect| effect.contains("would be removed")), "{tried}");
    assert_eq!(write(&admin, Method::DELETE, &id, Some(&etag), &gone).await?.status, 204);
    assert_eq!(admin.get(&format!("/api/v1/budgets/{id}")).await?.refusal()?, (404, "not_found".into()));
    Ok(())
}
