//! Stores that fail, and addresses that are never called: each refusal names the store, and nothing becomes zero.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use flagstaff_tests::store::{Prometheus, PrometheusOptions, Site};
use serde_json::json;

use super::door::{Door, Manner};
use super::stage::{OTHER, Stage};

#[tokio::test]
async fn a_store_that_misbehaves_is_named_with_what_it_does() -> Result<()> {
    let stage = Stage::get().await?;
    let foreign = json!({"status": "success", "data": {"resultType": "vector", "result": [
        {"metric": {"__name__": "up", "cluster": OTHER}, "value": [1, "1"]}]}});
    let says = |status, media, body: &str| Manner::Says(status, media, body.to_owned());
    let json = "application/json";
    for (manner, code, status) in [
        (Manner::Hangs, "store_timeout", 504),
        (Manner::Stalls, "store_timeout", 504),
        (Manner::Floods, "store_answer_too_large", 400),
        (says(200, "text/html", "<html>private page</html>"), "store_not_understood", 502),
        (says(200, json, "<html>private page</html>"), "store_not_understood", 502),
        (says(200, json, "{\"status\": \"success\"}"), "store_not_understood", 502),
        (says(200, json, "\u{0}\u{1}garbage"), "store_not_understood", 502),
        (says(404, "text/plain", "private page"), "store_not_understood", 502),
        (says(500, "text/plain", "private page"), "store_unavailable", 502),
        (says(503, json, "{}"), "store_unavailable", 502),
        (says(403, "text/plain", "private page"), "store_unauthorized", 502),
        (Manner::Redirects(stage.prometheus.url().to_owned()), "store_redirected", 502),
        (Manner::Redirects("http://169.254.169.254/latest/meta-data".into()), "store_redirected", 502),
        (says(200, json, &foreign.to_string()), "store_not_confined", 502),
        (says(400, json, "{\"status\": \"error\", \"error\": \"too many\"}"), "store_query_refused", 400),
        (says(400, "text/plain", "private page"), "store_not_understood", 502),
    ] {
        let name = format!("{code} {:04x}", rand::random::<u16>());
        let door = Door::open(manner.clone()).await?;
        let store = stage.store(&name, door.url(), json!({})).await?;
        let begun = Instant::now();
        let answer = stage.ask(&store, "up").await?;
        assert_eq!(answer.refusal()?, (status, code.to_owned()), "{manner:?}: {}", answer.text);
        ensure!(begun.elapsed() < Duration::from_secs(12), "{manner:?} took {:?}", begun.elapsed());
        let detail = answer.json()?["detail"].as_str().unwrap_or_default().to_owned();
        ensure!(detail.contains(&name), "{manner:?} does not name the store: {detail}");
        // What a page says that is no store's answer is nobody's business.
        ensure!(!answer.text.contains("private page") && !answer.text.contains(OTHER), "{manner:?}: {}", answer.text);
        let id = store["id"].as_str().unwrap_or_default();
        let checked = stage.admin().post(&format!("/api/v1/stores/{id}/check"), &json!({})).await?.good()?;
        ensure!(checked["ok"] == false || code == "store_not_confined", "{manner:?}: {checked}");
        stage.admin().delete(&format!("/api/v1/stores/{id}")).await?.good()?;
        assert_eq!(stage.ask(&store, "up").await?.refusal()?, (404, "store_missing".into()));
    }
    Ok(())
}

#[tokio::test]
async fn addresses_that_hold_credentials_of_machines_are_never_called() -> Result<()> {
    let stage = Stage::get().await?;
    for url in [
        "http://169.254.169.254/latest/meta-data",
        "http://2852039166",
        "http://[::ffff:169.254.169.254]",
        "http://[fe80::1]:9090",
        "http://[fd00:ec2::254]",
        "http://100.100.100.200",
        "http://0.0.0.0:9090",
    ] {
        for dry_run in [true, false] {
            let draft = json!({"name": "z metadata", "kind": "prometheus", "url": url, "authentication": "none", "dry_run": dry_run});
            let refusal = stage.admin().post("/api/v1/stores", &draft).await?.refusal()?;
            assert_eq!(refusal, (400, "store_address_refused".into()), "{url}");
        }
    }
    for url in
        ["ftp://a", "http://a:b@127.0.0.1", "http://127.0.0.1/?a=b", "http://127.0.0.1/api/v1/write", "127.0.0.1:9090"]
    {
        let draft = json!({"name": "z wrong", "kind": "prometheus", "url": url, "authentication": "none"});
        assert_eq!(stage.admin().post("/api/v1/stores", &draft).await?.refusal()?, (400, "invalid".into()), "{url}");
    }
    // One that got into the table otherwise is refused when it is called.
    let store = stage.store("written", "http://127.0.0.1:9", json!({})).await?;
    let id = store["id"].as_str().context("an id")?;
    stage.hub.sql(&format!("UPDATE store SET url = 'http://169.254.169.254' WHERE id = '{id}'"))?;
    let answer = stage.ask(&store, "up").await?;
    assert_eq!(answer.refusal()?, (400, "store_address_refused".into()), "{}", answer.text);
    Ok(())
}

#[tokio::test]
async fn a_dead_store_says_since_when_there_is_no_data() -> Result<()> {
    let stage = Stage::get().await?;
    let site = Site::loopback()?;
    let mortal =
        Prometheus::with(&site, None, PrometheusOptions { name: "mortal".into(), ..PrometheusOptions::default() })
            .await?;
    let store = stage.store("mortal", mortal.url(), json!({})).await?;
    let never = stage.store("never", "http://127.0.0.1:9", json!({})).await?;
    let refused = stage.ask(&never, "up").await?;
    assert_eq!(refused.refusal()?, (502, "store_unavailable".into()));
    ensure!(
        refused.json()?.get("no_data_since").is_none() && refused.text.contains("never answered"),
        "{}",
        refused.text
    );

    let good = stage.ask(&store, "up").await?.good()?;
    assert_eq!(good["series"], json!([]), "nothing is no zero");
    mortal.kill()?;
    let dead = stage.ask(&store, "up").await?;
    assert_eq!(dead.refusal()?, (502, "store_unavailable".into()));
    let problem = dead.json()?;
    let since = problem["no_data_since"].as_str().context("since when")?;
    ensure!(since <= good["answered_at"].as_str().unwrap_or_default(), "{since} after {good}");
    ensure!(
        problem["detail"].as_str().is_some_and(|text| text.contains("z mortal") && text.contains("No data since 20")),
        "{problem}"
    );
    let listed = stage.admin().get("/api/v1/stores").await?.good()?;
    let item = listed["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|item| item["name"] == "z mortal")
        .cloned()
        .context("the store")?;
    assert_eq!(
        (&item["last_failure_code"], &item["last_good_at"]),
        (&json!("store_unavailable"), &json!(since)),
        "{item}"
    );
    mortal.start_again().await?;
    stage.ask(&store, "up").await?.good()?;
    Ok(())
}
