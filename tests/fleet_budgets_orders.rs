//! Budgets that refuse series, on a real hub with a real Postgres: what clusters are ordered, what becomes of what their meters report,
//! and how it is undone. Meters are played by their reports, made by hand; no meter stands behind them.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::answering::{Answering, Told};
use flagstaff_tests::eventually::check;
use flagstaff_tests::hub::{Answer, Cluster, Counted, Metered, Person, hour};
use flagstaff_tests::{Hub, eventually};
use reqwest::Method;
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(40);

fn text(value: &Value, name: &str) -> Result<String> {
    Ok(value[name].as_str().with_context(|| format!("no {name} in {value}"))?.to_owned())
}

async fn until(admin: &Person<'_>, id: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Result<Value> {
    admin.budget_until(id, LIMIT, what, holds).await
}

fn refusing(id: &str, state: &str, series: f64) -> Value {
    json!({"id": id, "limit": 735, "active": 734.0, "state": state, "since": "2026-11-22T10:00:00Z", "refused_series": series,
        "refused_samples": 900, "let_through": 3, "refused": [
            {"metric": "http", "team": "shop", "job": "web", "series": series, "samples": 800, "label": "path"},
            {"metric": "jobs", "team": "shop", "job": "web", "series": 2.0, "samples": 100}]})
}

#[tokio::test]
async fn orders_reach_the_clusters_add_up_and_are_taken_back_in_one_press() -> Result<()> {
    let hub = Hub::start(&[], &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "1")]).await?;
    let admin = hub.admin().await?;
    let webhook = Answering::start(Told { status: 204, ..Told::default() }).await?;
    let target = json!({"name": "chat", "kind": "webhook", "address": webhook.url(), "scope": {"region": "eu"}});
    admin.post("/api/v1/notification-targets", &target).await?.good()?;
    let mut one = Metered::join(&hub, &admin, "one", "eu").await?;
    let mut two = Metered::join(&hub, &admin, "two", "eu").await?;
    let mut elsewhere = Metered::join(&hub, &admin, "elsewhere", "us").await?;
    one.counts(&hub, 300.0, &[]).await?;
    two.counts(&hub, 100.0, &[]).await?;
    assert_eq!(one.seen["budgets"], json!([]), "none is a word, too");

    // Held questions of those that it is for are answered at once.
    let draft = json!({"name": "eu", "scope": {"region": "eu", "team": "shop"}, "soft_series": 900, "hard_series": 1000,
        "act": "refuse", "reason": "what the store holds"});
    let (held, made) = tokio::join!(one.next_orders(&hub), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        admin.post("/api/v1/budgets", &draft).await
    });
    held?;
    let made = made?.good()?;
    let id = text(&made, "id")?;
    assert_eq!((&made["act"], &made["state"], &made["refusing"]), (&json!("refuse"), &json!("ok"), &Value::Null));
    assert_eq!(
        one.seen["budgets"],
        json!([{"id": id, "name": "eu", "team": "shop", "limit": 735, "act": "refuse"}]),
        "300, a twentieth of what is left, and three quarters of the rest"
    );
    assert_eq!(two.limit(&hub).await?, 265, "together they are the limit");
    assert_eq!(elsewhere.orders(&hub).await?, json!([]));

    // A look that finds what is there is no news to anybody, nor is a little more.
    let before = (one.seen["generation"].clone(), two.seen["generation"].clone());
    one.counts(&hub, 305.0, &[]).await?;
    admin.two_looks(&id, LIMIT).await?;
    assert_eq!(one.cluster.desired(&hub, &one.seen, 0).await?.status, 304);
    assert_eq!(two.cluster.desired(&hub, &two.seen, 0).await?.status, 304);

    // One needs more: it gets it of what is left, and the other one has less.
    one.counts(&hub, 700.0, &[]).await?;
    eventually(LIMIT, "the parts move", async || {
        let limits = (one.limit(&hub).await?, two.limit(&hub).await?);
        check(limits.0 > 850 && limits.1 >= 100 && limits.0 + limits.1 <= 1000, limits)
    })
    .await?;
    ensure!(one.seen["generation"].as_u64() > before.0.as_u64(), "{} after {}", one.seen, before.0);
    ensure!(two.seen["generation"].as_u64() > before.1.as_u64(), "{} after {}", two.seen, before.1);
    assert_eq!(
        elsewhere.seen["generation"],
        elsewhere.cluster.desired(&hub, &Value::Null, 0).await?.good()?["generation"]
    );

    // Who says nothing keeps its part, whatever the others do.
    let kept = one.limit(&hub).await?;
    one.falls_silent(&hub)?;
    two.counts(&hub, 400.0, &[]).await?;
    let free = 1000 - kept;
    admin.two_looks(&id, LIMIT).await?;
    let limits = (one.limit(&hub).await?, two.limit(&hub).await?);
    ensure!(limits.0 == kept && limits.1 <= free && limits.1 + 1 >= free, "{limits:?} with {free} left");
    one.counts(&hub, 300.0, &[]).await?;
    two.counts(&hub, 100.0, &[]).await?;
    eventually(LIMIT, "the parts are as they were", async || {
        let limits = (one.limit(&hub).await?, two.limit(&hub).await?);
        check(limits == (735, 265), limits)
    })
    .await?;

    // A meter of before says nothing of budgets, one of tomorrow a word that is not known, another one that it cannot: no harm.
    let strange = json!({"id": id, "limit": 735, "active": 300.0, "state": "melting", "since": "2026-11-22T10:00:00Z"});
    one.counts(&hub, 300.0, &[strange, json!({"id": "b-unknown", "state": "refusing"})]).await?;
    admin.two_looks(&id, LIMIT).await?;
    let found = admin.budget(&id).await?;
    assert_eq!(
        (&found["state"], &found["orders"][0]["state"], &found["orders"][1]["state"]),
        (&json!("ok"), &json!("melting"), &Value::Null)
    );
    let unable = json!({"id": id, "limit": 265, "active": 100.0, "state": "unable", "why": "It is a tap: nothing goes through it.",
        "since": "2026-11-22T10:00:00Z", "let_through": 7});
    two.counts(&hub, 100.0, std::slice::from_ref(&unable)).await?;
    let found = admin.budget(&id).await?;
    let second = &found["orders"][1];
    assert_eq!(
        (&second["cluster"]["name"], &second["state"], &second["why"], &second["let_through"], &second["limit"]),
        (&json!("two"), &json!("unable"), &json!("It is a tap: nothing goes through it."), &json!(7), &json!(265))
    );
    // Of a budget that is not for it a cluster may say what it likes.
    elsewhere.counts(&hub, 5.0, &[refusing(&id, "refusing", 9.0)]).await?;
    admin.two_looks(&id, LIMIT).await?;
    assert_eq!(admin.budget(&id).await?["state"], "ok");

    // One refuses: it is told once, with who, how many and what.
    one.counts(&hub, 300.0, &[refusing(&id, "refusing", 1240.0)]).await?;
    let found = until(&admin, &id, "it is enforcing", |found| found["state"] == "enforcing").await?;
    let one_named = json!([{"id": one.id, "name": "one"}]);
    assert_eq!((&found["refusing"]["clusters"], &found["refusing"]["series"]), (&one_named, &json!(1240.0)));
    assert_eq!(
        found["orders"][0]["refused"][0],
        json!({"metric": "http", "team": "shop", "job": "web", "label": "path", "series": 1240.0, "samples": 800})
    );
    let sentence = text(&found["last_event"], "sentence")?;
    assert_eq!(
        sentence,
        "New series are refused for the budget eu (region eu, team shop) in one: about 1,240 in this hour. Series that are known go on: \
         400 of 1,000 allowed. What was refused most: http by its label path (1,240), jobs (2)."
    );
    let attention = admin.get("/api/v1/attention").await?.good()?;
    let lines = attention["items"].as_array().context("items")?;
    ensure!(
        lines.iter().any(|line| line["key"] == format!("budget/{id}") && line["sentence"] == sentence),
        "{attention}"
    );
    // A meter that alternates makes no flapping state, until nobody refused for ten minutes.
    one.counts(&hub, 300.0, &[refusing(&id, "watching", 1240.0)]).await?;
    admin.two_looks(&id, LIMIT).await?;
    let found = admin.budget(&id).await?;
    assert_eq!((&found["state"], &found["refusing"]), (&json!("enforcing"), &Value::Null));
    one.counts(&hub, 300.0, &[refusing(&id, "refusing", 1300.0)]).await?;
    admin.two_looks(&id, LIMIT).await?;
    one.counts(&hub, 300.0, &[refusing(&id, "watching", 1300.0)]).await?;
    admin.two_looks(&id, LIMIT).await?;
    hub.sql(&format!("UPDATE budget SET refused_at = refused_at - interval '10 minutes' WHERE id = '{id}'"))?;
    until(&admin, &id, "it is over", |found| found["state"] == "ok").await?;

    // It refuses again, and is released in one press.
    one.counts(&hub, 300.0, &[refusing(&id, "refusing", 1400.0)]).await?;
    until(&admin, &id, "it is enforcing again", |found| found["state"] == "enforcing").await?;
    let release = format!("/api/v1/budgets/{id}/release");
    let viewer = admin.makes("viewer").await?;
    assert_eq!(viewer.post(&release, &json!({"reason": "x"})).await?.refusal()?, (403, "not_permitted".into()));
    assert_eq!(admin.post(&release, &json!({"reason": " "})).await?.refusal()?, (400, "invalid".into()));
    let tried = admin.post(&release, &json!({"dry_run": true})).await?.good()?;
    ensure!(text(&tried, "effect")?.contains("would refuse no series any more"), "{tried}");
    one.limit(&hub).await?;
    let (held, released) = tokio::join!(one.cluster.desired(&hub, &one.seen, 25), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        admin.post(&release, &json!({"reason": "the shop needs them"})).await
    });
    let released = released?.good()?;
    assert_eq!(
        (&released["act"], &released["state"], &released["hard_series"]),
        (&json!("watch"), &json!("ok"), &json!(1000))
    );
    assert_eq!(held?.good()?["budgets"], json!([]), "its order is gone at once");
    assert_eq!(two.orders(&hub).await?, json!([]));
    assert_eq!(admin.budget(&id).await?["orders"], json!([]));
    assert_eq!(admin.post(&release, &json!({"reason": "again"})).await?.refusal()?, (409, "conflict".into()));

    let words = ["enforcing", "ok", "enforcing", "ok"];
    let told = eventually(LIMIT, "all is told", async || {
        let told: Vec<Value> =
            webhook.seen().iter().map(|seen| serde_json::from_slice(&seen.body)).collect::<Result<_, _>>()?;
        check(told.len() >= words.len(), &told)?;
        anyhow::Ok(told)
    })
    .await?;
    let states: Vec<&str> = told.iter().filter_map(|message| message["budget"]["state"].as_str()).collect();
    assert_eq!(states, words, "each change once");
    assert_eq!(told[0]["budget"]["refusing"]["clusters"], one_named);
    assert_eq!(told[0]["budget"]["refusing"]["refused"][0]["label"], "path");
    let audit = admin.get("/api/v1/audit?limit=200").await?.good()?;
    let entry = audit["items"].as_array().into_iter().flatten().find(|entry| entry["action"] == "budget.release");
    assert_eq!(entry.context("no entry of the release")?["reason"], "the shop needs them");

    // Removed, it takes its orders along; a report on it is let go.
    let again = admin.change_budget(&released, &draft).await?.good()?;
    assert_eq!(one.limit(&hub).await?, 735);
    let etag = text(&again, "etag")?;
    let gone = admin.request(Method::DELETE, &format!("/api/v1/budgets/{id}")).header("if-match", etag);
    assert_eq!(Answer::of(gone.json(&json!({"reason": "it was a try"}))).await?.status, 204);
    assert_eq!(one.orders(&hub).await?, json!([]));
    one.counts(&hub, 300.0, &[refusing(&id, "refusing", 1.0)]).await
}

#[tokio::test]
async fn to_refuse_needs_a_hard_limit_a_word_when_it_is_reached_and_says_what_it_would_have_done() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let mut one = Metered::join(hub, &admin, "orders-one", "orders-land").await?;
    // Nobody is ordered anything before a person accepted it.
    let token = admin.join_token(json!({"needs_acceptance": true})).await?;
    let mut waiting = Cluster::new("orders-waiting");
    waiting.region = "orders-land".into();
    waiting.enroll(hub, token["token"].as_str().context("a token")?).await?.good()?;
    hub.sql(&format!("UPDATE cluster SET enrolled_at = enrolled_at - interval '2 days' WHERE id = '{}'", one.id))?;
    one.counts(hub, 1200.0, &[]).await?;
    // Three hours ago it was above its limit in between, five hours ago to the end.
    for (ago, active) in [(3, 900.0), (5, 1010.0)] {
        let then = Counted::in_hour(hour(ago)).closed().scope("http", "shop", "web", active);
        ensure!(one.cluster.is_kept(hub, &then).await?);
    }
    let draft = |more: Value| {
        let mut draft = json!({"name": "orders", "scope": {"region": "orders-land"}, "soft_series": 900, "hard_series": 1000,
            "act": "refuse", "reason": "what the store holds"});
        for (name, value) in more.as_object().into_iter().flatten() {
            draft[name] = value.clone();
        }
        draft
    };
    let make = async |more: Value| admin.post("/api/v1/budgets", &draft(more)).await;
    let refused = make(json!({"hard_series": null})).await?;
    assert_eq!(refused.refusal()?, (422, "no_hard_limit".into()));
    ensure!(refused.text.contains("needs a hard limit: set hard_series"), "{}", refused.text);
    assert_eq!(make(json!({"act": "explode"})).await?.refusal()?, (400, "invalid".into()));

    // It is at its limit already: a try says what it would do, and to do it takes a word.
    let tried = make(json!({"dry_run": true})).await?.good()?;
    let would = &tried["would_refuse"];
    assert_eq!(
        (
            &would["hours"],
            &would["hours_at_least"],
            &would["hours_at_most"],
            &would["series_at_least"],
            &would["series_at_most"]
        ),
        // Of 1200 now 24 are new, of 900 then 18, of 1010 then 20, of which 10 were above the limit at the end.
        (&json!(3), &json!(2), &json!(3), &json!(34), &json!(62)),
        "{tried}"
    );
    assert_eq!((would["unknown"].as_array().map(Vec::len), &would["partly"]), (Some(21), &json!([])), "{tried}");
    let effect = text(&tried, "effect")?;
    for part in [
        "has to be confirmed",
        "Series that are known go on",
        "between 34 and 62 series in between 2 and 3 of the 3 hours",
        "Of 21 hours nothing is known",
    ] {
        ensure!(effect.contains(part), "no {part} in {effect}");
    }
    let refused = make(json!({})).await?;
    assert_eq!(refused.refusal()?, (409, "confirm_over".into()));
    ensure!(refused.text.contains("new ones of what grew would be refused"), "{}", refused.text);
    assert_eq!(one.orders(hub).await?, json!([]), "what was tried or refused orders nothing");

    let watching = make(json!({"act": "watch", "confirmed": true})).await?.good()?;
    assert_eq!((&watching["state"], &watching["act"]), (&json!("over"), &json!("watch")));
    assert_eq!(one.orders(hub).await?, json!([]));
    assert_eq!(admin.change_budget(&watching, &draft(json!({}))).await?.refusal()?, (409, "confirm_over".into()));
    let tried = admin.change_budget(&watching, &draft(json!({"dry_run": true}))).await?.good()?;
    assert_eq!(tried["would_refuse"]["series_at_most"], 62);
    let refuses = admin.change_budget(&watching, &draft(json!({"confirmed": true}))).await?.good()?;
    assert_eq!((&refuses["state"], &refuses["act"]), (&json!("over"), &json!("refuse")));
    assert_eq!(one.limit(hub).await?, 1000, "its share of a limit that is reached is all of it");
    let desired = waiting.desired(hub, &Value::Null, 0).await?.good()?;
    assert_eq!((&desired["accepted"], &desired["budgets"]), (&json!(false), &Value::Null));

    // A report that cannot be one is refused with its place, and kept nothing of.
    for (wrong, place) in [
        (json!({"id": ""}), "budgets[0].id"),
        (json!({"id": "b", "active": -1.0}), "budgets[0].active"),
        (json!({"id": "b", "refused": [{"series": "many"}]}), "budgets[0].refused[0].series"),
        (json!({"id": "b", "why": "x".repeat(5000)}), "budgets[0].why"),
    ] {
        let counted = Counted::in_hour(one.hour).revision(90).scope("http", "shop", "web", 1.0).budget(wrong);
        let answer = one.cluster.counted(hub, &counted).await?;
        assert_eq!(answer.refusal()?, (400, "invalid".into()));
        ensure!(answer.text.contains(place), "no {place} in {}", answer.text);
    }
    // Switched back by a change like any other, its orders go, too.
    admin.change_budget(&refuses, &draft(json!({"act": "watch", "confirmed": true}))).await?.good()?;
    assert_eq!(one.orders(hub).await?, json!([]));
    Ok(())
}
