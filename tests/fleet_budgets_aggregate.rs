//! Budgets that aggregate labels away, on a real hub with a real Postgres: what clusters are ordered, what becomes of what their meters
//! report, and how it is undone. Meters are played by their reports, made by hand; no meter stands behind them.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::answering::{Answering, Told};
use flagstaff_tests::eventually::check;
use flagstaff_tests::hub::{Counted, Metered, hour};
use flagstaff_tests::{Hub, eventually};
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(40);

fn text(value: &Value, name: &str) -> Result<String> {
    Ok(value[name].as_str().with_context(|| format!("no {name} in {value}"))?.to_owned())
}

/// How a meter stands that sends 310 series in the place of 12,400.
fn said(id: &str, state: &str, refused: f64) -> Value {
    json!({"id": id, "limit": 735, "active": 300.0, "state": state, "since": "2026-11-22T10:00:00Z", "refused_series": refused,
        "aggregated": {"since": "2026-11-22T09:30:00Z", "inputs": 12_400, "outputs": 310, "samples": 74_400, "late_samples": 12,
            "kept": [{"metric": "http", "labels": ["pod"], "why": "The alert checkout/Slow uses it."}]}})
}

#[tokio::test]
async fn labels_reach_the_clusters_are_told_before_refusals_and_are_taken_back_in_one_press() -> Result<()> {
    let hub = Hub::start(&[], &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "1")]).await?;
    let admin = hub.admin().await?;
    let webhook = Answering::start(Told { status: 204, ..Told::default() }).await?;
    let target = json!({"name": "chat", "kind": "webhook", "address": webhook.url(), "scope": {"region": "eu"}});
    admin.post("/api/v1/notification-targets", &target).await?.good()?;
    let mut one = Metered::join(&hub, &admin, "one", "eu").await?;
    let mut two = Metered::join(&hub, &admin, "two", "eu").await?;
    one.counts(&hub, 300.0, &[]).await?;
    two.counts(&hub, 100.0, &[]).await?;
    let mut draft = json!({"name": "eu", "scope": {"region": "eu", "team": "shop"}, "soft_series": 900, "hard_series": 1000,
        "act": "refuse", "aggregate_labels": ["pod", "instance"], "reason": "what the store holds"});
    let made = admin.post("/api/v1/budgets", &draft).await?.good()?;
    let id = text(&made, "id")?;
    assert_eq!(
        (&made["aggregate_labels"], &made["aggregating"], &made["enforces"]),
        (&json!(["pod", "instance"]), &Value::Null, &Value::Null)
    );
    assert_eq!(
        one.orders(&hub).await?,
        json!([{"id": id, "name": "eu", "team": "shop", "limit": 735, "act": "refuse",
            "aggregate": {"labels": ["pod", "instance"], "from": 661}}]),
        "nine tenths of its part, rounded down"
    );
    assert_eq!(two.orders(&hub).await?[0]["aggregate"]["from"], 238);
    // A little more is no other order.
    one.counts(&hub, 305.0, &[]).await?;
    admin.two_looks(&id, LIMIT).await?;
    assert_eq!(one.cluster.desired(&hub, &one.seen, 0).await?.status, 304);
    assert_eq!(two.cluster.desired(&hub, &two.seen, 0).await?.status, 304);

    // One aggregates: it is told with who, how many, and what keeps its labels.
    one.counts(&hub, 300.0, &[said(&id, "aggregating", 0.0)]).await?;
    let found = admin.budget_until(&id, LIMIT, "it aggregates", |found| found["state"] == "enforcing").await?;
    let one_named = json!([{"id": one.id, "name": "one"}]);
    let kept = json!([{"metric": "http", "labels": ["pod"], "why": "The alert checkout/Slow uses it."}]);
    assert_eq!((&found["enforces"], &found["refusing"]), (&json!("aggregate"), &Value::Null));
    assert_eq!(
        found["aggregating"],
        json!({"clusters": one_named, "labels": ["pod", "instance"], "inputs": 12_400, "outputs": 310, "kept": kept})
    );
    let order = &found["orders"][0];
    for (name, value) in [
        ("from", json!(661)),
        ("labels", json!(["pod", "instance"])),
        ("state", json!("aggregating")),
        ("aggregating_since", json!("2026-11-22T09:30:00Z")),
        ("inputs", json!(12_400)),
        ("outputs", json!(310)),
        ("aggregated_samples", json!(74_400)),
        ("late_samples", json!(12)),
        ("kept", kept),
    ] {
        assert_eq!(order[name], value, "{name} of {order}");
    }
    assert_eq!((&found["orders"][1]["aggregating_since"], &found["orders"][1]["inputs"]), (&Value::Null, &json!(0)));
    let sentence = text(&found["last_event"], "sentence")?;
    assert_eq!(
        sentence,
        "For the budget eu (region eu, team shop) the labels pod, instance are aggregated away in one: 12,400 series become 310. Nothing \
         is refused: 400 series of 1,000 allowed. What keeps them: http (pod: The alert checkout/Slow uses it)."
    );
    let attention = admin.get("/api/v1/attention").await?.good()?;
    let line = attention["items"].as_array().context("items")?.iter().find(|line| line["sentence"] == sentence);
    assert_eq!(line.with_context(|| format!("no line in {attention}"))?["tone"], "warn", "no series is missed");

    // It comes to refusals: that is told, too, though the state is the same.
    one.counts(&hub, 300.0, &[said(&id, "refusing", 40.0)]).await?;
    let found = admin.budget_until(&id, LIMIT, "it refuses", |found| found["enforces"] == "refuse").await?;
    let sentence = text(&found["last_event"], "sentence")?;
    ensure!(
        sentence.starts_with("New series are refused for the budget eu (region eu, team shop) in one"),
        "{sentence}"
    );
    ensure!(
        sentence
            .ends_with("Of counters the labels pod, instance are aggregated away in one: 12,400 series become 310."),
        "{sentence}"
    );
    // The refusal ends, and labels are aggregated away as before.
    one.counts(&hub, 300.0, &[said(&id, "aggregating", 40.0)]).await?;
    admin.two_looks(&id, LIMIT).await?;
    assert_eq!(admin.budget(&id).await?["enforces"], "refuse", "a meter that alternates makes no flapping");
    hub.sql(&format!("UPDATE budget SET refused_at = refused_at - interval '10 minutes' WHERE id = '{id}'"))?;
    let found = admin.budget_until(&id, LIMIT, "it refuses no more", |found| found["enforces"] == "aggregate").await?;
    let sentence = text(&found["last_event"], "sentence")?;
    ensure!(sentence.starts_with("No series are refused any more for the budget eu"), "{sentence}");

    // One press, and no cluster aggregates or refuses anything.
    let release = format!("/api/v1/budgets/{id}/release");
    let viewer = admin.makes("viewer").await?;
    assert_eq!(viewer.post(&release, &json!({"reason": "x"})).await?.refusal()?, (403, "not_permitted".into()));
    let tried = admin.post(&release, &json!({"dry_run": true})).await?.good()?;
    let effect = text(&tried, "effect")?;
    ensure!(
        effect.contains("would refuse no series and aggregate no labels (pod, instance) away any more"),
        "{effect}"
    );
    one.orders(&hub).await?;
    let (held, released) = tokio::join!(one.cluster.desired(&hub, &one.seen, 25), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        admin.post(&release, &json!({"reason": "the shop needs its pods"})).await
    });
    let released = released?.good()?;
    assert_eq!(
        (&released["act"], &released["aggregate_labels"], &released["state"], &released["enforces"]),
        (&json!("watch"), &json!([]), &json!("ok"), &Value::Null)
    );
    assert_eq!(held?.good()?["budgets"], json!([]), "its order is gone at once");
    assert_eq!(two.orders(&hub).await?, json!([]));
    assert_eq!(admin.post(&release, &json!({"reason": "again"})).await?.refusal()?, (409, "conflict".into()));

    let words = ["enforcing", "enforcing", "enforcing", "ok"];
    let told = eventually(LIMIT, "all is told", async || {
        let told: Vec<Value> =
            webhook.seen().iter().map(|seen| serde_json::from_slice(&seen.body)).collect::<Result<_, _>>()?;
        check(told.len() >= words.len(), &told)?;
        anyhow::Ok(told)
    })
    .await?;
    let states: Vec<&str> = told.iter().filter_map(|message| message["budget"]["state"].as_str()).collect();
    assert_eq!(states, words, "each change once");
    let subjects: Vec<&str> = told.iter().filter_map(|message| message["subject"].as_str()).collect();
    let aggregated = "Labels are aggregated away for the budget eu";
    let refused = "New series are refused for the budget eu";
    assert_eq!(subjects, [aggregated, refused, aggregated, "The budget eu is within its limits again"]);
    assert_eq!(told[0]["budget"]["aggregating"]["outputs"], 310);
    let history = admin.get(&format!("/api/v1/budgets/{id}/history")).await?.good()?;
    let inputs: Vec<&Value> =
        history["changes"].as_array().into_iter().flatten().map(|one| &one["aggregating"]["inputs"]).collect();
    let told = json!(12_400);
    assert_eq!(inputs, [&Value::Null, &told, &told, &told, &Value::Null], "{history}");

    // Without a hard limit it begins at the whole part; what was refused for an order of before does not count.
    (draft["act"], draft["hard_series"], draft["aggregate_labels"]) = (json!("aggregate"), Value::Null, json!(["pod"]));
    draft["soft_series"] = json!(1000);
    admin.change_budget(&released, &draft).await?.good()?;
    assert_eq!(
        one.orders(&hub).await?,
        json!([{"id": id, "name": "eu", "team": "shop", "limit": 735, "act": "aggregate",
            "aggregate": {"labels": ["pod"], "from": 735}}])
    );
    let mut old = said(&id, "refusing", 40.0);
    old["aggregated"] = Value::Null;
    one.counts(&hub, 300.0, &[old]).await?;
    admin.two_looks(&id, LIMIT).await?;
    let found = admin.budget(&id).await?;
    assert_eq!((&found["state"], &found["orders"][0]["state"]), (&json!("ok"), &json!("refusing")));

    // What becomes over while only labels go is told as well.
    (draft["soft_series"], draft["hard_series"], draft["confirmed"]) = (json!(300), json!(1000), json!(true));
    admin.change_budget(&found, &draft).await?.good()?;
    one.counts(&hub, 300.0, &[said(&id, "aggregating", 0.0)]).await?;
    admin.budget_until(&id, LIMIT, "it aggregates", |found| found["enforces"] == "aggregate").await?;
    one.counts(&hub, 950.0, &[said(&id, "aggregating", 0.0)]).await?;
    let is_over =
        |found: &Value| text(&found["last_event"], "sentence").is_ok_and(|said| said.contains("which is over"));
    let found = admin.budget_until(&id, LIMIT, "it is told that it is over", is_over).await?;
    assert_eq!((&found["state"], &found["enforces"]), (&json!("enforcing"), &json!("aggregate")));
    Ok(())
}

#[tokio::test]
async fn labels_that_cannot_go_are_refused_and_a_try_says_what_would_be_left() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let mut one = Metered::join(hub, &admin, "aggregate-one", "aggregate-land").await?;
    let counted = |ago: i64, active: f64| {
        Counted::in_hour(hour(ago)).scope("http", "shop", "web", active).label("http", "pod", 1100, 40, &[])
    };
    ensure!(one.cluster.is_kept(hub, &counted(0, 1200.0)).await?);
    // Three hours ago it was above its soft limit in between, at most.
    ensure!(one.cluster.is_kept(hub, &counted(3, 800.0).closed()).await?);
    let draft = |more: Value| {
        let mut draft = json!({"name": "labels", "scope": {"region": "aggregate-land", "metric": "http"}, "soft_series": 900,
            "hard_series": 5000, "act": "aggregate", "aggregate_labels": ["pod"], "reason": "what the store holds"});
        for (name, value) in more.as_object().into_iter().flatten() {
            draft[name] = value.clone();
        }
        draft
    };
    let make = async |more: Value| admin.post("/api/v1/budgets", &draft(more)).await;
    for (wrong, part) in [
        (json!({"aggregate_labels": []}), "aggregate_labels: a budget that aggregates has to say which labels"),
        (json!({"act": "watch"}), "aggregate_labels: a budget that watches aggregates nothing"),
        (json!({"aggregate_labels": ["pod", "le"]}), "aggregate_labels[1]: the label le has to stay: it holds"),
        (
            json!({"aggregate_labels": ["namespace"]}),
            "aggregate_labels[0]: the label namespace has to stay: it says which team",
        ),
        (json!({"aggregate_labels": ["po d"]}), "aggregate_labels[0] is no name of a label"),
        (json!({"aggregate_labels": ["pod", "a", "pod"]}), "aggregate_labels[2]: the label pod is in it already"),
        (json!({"aggregate_labels": vec!["pod"; 21]}), "aggregate_labels holds 21 labels; it may hold 20"),
    ] {
        let refused = make(wrong).await?;
        assert_eq!(refused.refusal()?, (400, "invalid".into()), "{}", refused.text);
        ensure!(refused.text.contains(part), "no {part} in {}", refused.text);
    }
    let refused = make(json!({"act": "refuse", "hard_series": null})).await?;
    assert_eq!(refused.refusal()?, (422, "no_hard_limit".into()));

    // It is past where it begins: a try says so, and what would be left, and to do it takes a word.
    let tried = make(json!({"dry_run": true})).await?.good()?;
    let would = &tried["would_aggregate"];
    assert_eq!(
        (&would["hours"], &would["hours_at_least"], &would["hours_at_most"], &tried["would_refuse"]),
        (&json!(2), &json!(1), &json!(2), &Value::Null),
        "{tried}"
    );
    assert_eq!(would["unknown"].as_array().map(Vec::len), Some(22), "{tried}");
    let left = &would["left"];
    assert_eq!(
        (
            &left["series"]["value"],
            &left["left"]["value"],
            &left["is_at_most"],
            &left["clusters"],
            &left["clusters_of"]
        ),
        // 100 of them have no pod, and 40 are left of the others.
        (&json!(1200), &json!(140), &json!(false), &json!(1), &json!(1)),
        "{tried}"
    );
    ensure!(left["left"]["standard_error"].as_f64().is_some_and(|error| error > 0.5 && error < 2.0), "{tried}");
    let effect = text(&tried, "effect")?;
    for part in [
        "it would aggregate at once, and has to be confirmed",
        "The label pod would be aggregated away from the first minute on",
        "Nothing would be refused.",
        "it would have aggregated in between 1 and 2 of the 2 hours that are known",
        "Without the label there would be about 140 series (± 2) of 1,200 now",
    ] {
        ensure!(effect.contains(part), "no {part} in {effect}");
    }
    let of_a_team = json!({"dry_run": true, "scope": {"region": "aggregate-land", "metric": "http", "team": "shop"}});
    let tried = make(of_a_team).await?.good()?;
    assert_eq!(tried["would_aggregate"]["left"], Value::Null);
    ensure!(text(&tried, "effect")?.ends_with("What would be left without the labels is not known."), "{tried}");
    let tried = make(json!({"dry_run": true, "act": "refuse"})).await?.good()?;
    ensure!(tried["would_aggregate"].is_object() && tried["would_refuse"].is_object(), "{tried}");
    let refused = make(json!({})).await?;
    assert_eq!(refused.refusal()?, (409, "confirm_over".into()));
    ensure!(refused.text.contains("would aggregate at once"), "{}", refused.text);
    assert_eq!(one.orders(hub).await?, json!([]), "what was tried or refused orders nothing");
    let made = make(json!({"confirmed": true})).await?.good()?;
    assert_eq!((&made["act"], &made["state"]), (&json!("aggregate"), &json!("warning")));
    let order = one.orders(hub).await?[0].clone();
    assert_eq!((&order["limit"], &order["aggregate"]["from"]), (&json!(5000), &json!(900)));

    // A report that cannot be one is refused with its place, and kept nothing of.
    for (wrong, place) in [
        (json!({"inputs": 1e18 as u64}), "budgets[0].aggregated.inputs"),
        (json!({"kept": vec![json!({"metric": "m"}); 11]}), "budgets[0].aggregated.kept"),
        (json!({"kept": [{"labels": vec!["pod"; 21]}]}), "budgets[0].aggregated.kept[0].labels"),
        (json!({"kept": [{"why": "x".repeat(5000)}]}), "budgets[0].aggregated.kept[0].why"),
    ] {
        let report = json!({"id": "b", "state": "aggregating", "aggregated": wrong});
        let answer = one.cluster.counted(hub, &counted(0, 1.0).revision(90).budget(report)).await?;
        assert_eq!(answer.refusal()?, (400, "invalid".into()));
        ensure!(answer.text.contains(place), "no {place} in {}", answer.text);
    }
    Ok(())
}
