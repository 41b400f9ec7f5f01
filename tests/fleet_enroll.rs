//! Clusters join the hub, join again, and change their credential without a gap.

use anyhow::{Result, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::{Cluster, credential, sha256};
use serde_json::{Value, json};

fn text(token: &Value) -> &str {
    token["token"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_cluster_joins_and_one_report_makes_it_fresh() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let token = admin.join_token(json!({"uses": 2})).await?;
    let mut cluster = Cluster::new("joins");
    let first = cluster.enroll(hub, text(&token)).await?.good()?;
    assert_eq!(
        (&first["accepted"], &first["identity_epoch"], &first["status_every_seconds"]),
        (&json!(true), &json!(1), &json!(60))
    );
    let shown = admin.cluster("joins").await?;
    assert_eq!((&shown["state"], &shown["last_report_at"]), (&json!("changing"), &Value::Null));

    let answer = cluster.report_healthy(hub).await?;
    assert_eq!(answer, json!({"next_seconds": 60, "rotate": false}));
    let shown = admin.cluster("joins").await?;
    assert_eq!(shown["state"], "healthy", "{shown}");
    assert_eq!(
        (&shown["uid"], &shown["region"], &shown["provider"]),
        (&json!(cluster.uid), &json!("eu-west-1"), &json!("aws"))
    );
    assert_eq!(
        (&shown["simulated"], &shown["node_count"], &shown["objects"]["applied"]),
        (&json!(true), &json!(3), &json!(36))
    );
    assert_eq!(shown["gauges"]["series"], 838);
    assert_eq!(shown["gauges"].get("targets_down"), None, "what is not known is absent");
    assert_eq!(shown["series_trend"].as_array().map(Vec::len), Some(1));
    assert_eq!(shown.get("last_state"), None);
    ensure!(shown["last_report_at"].is_string(), "{shown}");

    // The same request again: its answer had been lost.
    assert_eq!(cluster.enroll(hub, text(&token)).await?.good()?, first);
    let listed = admin.get("/api/v1/join-tokens").await?.good()?;
    let item =
        listed["items"].as_array().and_then(|items| items.iter().find(|item| item["id"] == token["id"]).cloned());
    let item = item.unwrap_or_default();
    assert_eq!((&item["uses_left"], &item["clusters"][0]["name"]), (&json!(1), &json!("joins")));
    let detail = admin.get(&format!("/api/v1/clusters/{}", shown["id"].as_str().unwrap_or_default())).await?;
    let known = detail.headers.get("etag").cloned();
    let detail = detail.good()?;
    assert_eq!((&detail["conditions"][0]["type"], &detail["capacity"]["cpu_cores"]), (&json!("Ready"), &json!(12.0)));
    assert_eq!(detail["instances"][0]["id"], "leader-a");
    ensure!(known.is_some(), "no ETag");
    Ok(())
}

#[tokio::test]
async fn a_token_that_is_not_good_is_refused_with_its_reason() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let refused = async |name: &str, token: &str| Cluster::new(name).enroll(hub, token).await?.refusal();

    let used = admin.join_token(json!({})).await?;
    Cluster::new("uses-it-up").enroll(hub, text(&used)).await?.good()?;
    assert_eq!(refused("too-late", text(&used)).await?, (403, "join_token_used_up".into()));

    let revoked = admin.join_token(json!({"uses": 5})).await?;
    let path = format!("/api/v1/join-tokens/{}", revoked["id"].as_str().unwrap_or_default());
    admin.delete(&path).await?.good()?;
    admin.delete(&path).await?.good()?;
    assert_eq!(refused("revoked", text(&revoked)).await?, (403, "join_token_revoked".into()));

    let expired = admin.join_token(json!({"expires_in_seconds": 1})).await?;
    // Its time is by the hub's clock, which this one shares.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert_eq!(refused("expired", text(&expired)).await?, (403, "join_token_expired".into()));

    let bound = admin.join_token(json!({"labels": {"region": "us-east-1"}})).await?;
    assert_eq!(refused("elsewhere", text(&bound)).await?, (403, "join_token_wrong_labels".into()));
    let bound = admin.join_token(json!({"labels": {"region": "eu-west-1", "team": "a"}})).await?;
    Cluster::new("as-bound").enroll(hub, text(&bound)).await?.good()?;

    let good = admin.join_token(json!({})).await?;
    let mut parts: Vec<&str> = text(&good).split('.').collect();
    parts[2] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for wrong in ["", "fsj1.a.b.c", "nonsense", &parts.join(".")] {
        assert_eq!(refused("unknown", wrong).await?, (401, "join_token_unknown".into()), "{wrong}");
    }
    // None of them was used up by those who were refused.
    Cluster::new("after-all").enroll(hub, text(&good)).await?.good()?;
    Ok(())
}

#[tokio::test]
async fn a_name_that_another_cluster_has_is_refused_and_said() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let token = admin.join_token(json!({"uses": 3})).await?;
    Cluster::new("namesake").enroll(hub, text(&token)).await?.good()?;
    let mut other = Cluster::new("namesake");
    assert_eq!(other.enroll(hub, text(&token)).await?.refusal()?, (409, "conflict".into()));
    other.name = "another-name".into();
    other.enroll(hub, text(&token)).await?.good()?;
    // A later rename to a taken name changes nothing but is taken as a report.
    other.name = "namesake".into();
    other.report_healthy(hub).await?;
    assert_eq!(admin.cluster("another-name").await?["state"], "healthy");
    Ok(())
}

#[tokio::test]
async fn a_credential_is_replaced_without_a_gap() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let mut cluster = Cluster::new("rotates");
    cluster.enroll(hub, text(&admin.join_token(json!({})).await?)).await?.good()?;
    let id = admin.cluster("rotates").await?["id"].as_str().unwrap_or_default().to_owned();
    // Its credential is old: the hub asks for a new one.
    hub.sql(&format!("UPDATE cluster SET credential_since = now() - interval '31 days' WHERE id = '{id}'"))?;
    assert_eq!(cluster.report_healthy(hub).await?["rotate"], true);
    let desired = cluster.desired(hub, &Value::Null, 0).await?.good()?;
    assert_eq!(desired["rotate_credential"], true);

    let (old, new) = (cluster.credential.clone(), credential());
    let mut report = cluster.healthy();
    report["next_credential_sha256"] = json!(sha256(&new));
    // Said, and said again: the answer may have been lost. Both are good until the new one is used.
    for _ in 0..2 {
        assert_eq!(cluster.report(hub, &report).await?.good()?["rotate"], false);
    }
    cluster.credential = new;
    cluster.report_healthy(hub).await?;
    let mut late = cluster.clone();
    late.credential = old;
    assert_eq!(late.report(hub, &report).await?.refusal()?, (401, "credential_unknown".into()));
    assert_eq!(late.desired(hub, &Value::Null, 0).await?.refusal()?, (401, "credential_unknown".into()));
    let now = cluster.desired(hub, &Value::Null, 0).await?.good()?;
    assert_eq!(now["rotate_credential"], false);
    ensure!(now["generation"].as_u64() > desired["generation"].as_u64(), "{now} after {desired}");

    // Nobody takes another cluster's place by its hash.
    let mut thief = Cluster::new("thief");
    thief.enroll(hub, text(&admin.join_token(json!({})).await?)).await?.good()?;
    let mut report = thief.healthy();
    report["next_credential_sha256"] = json!(sha256(&cluster.credential));
    assert_eq!(thief.report(hub, &report).await?.refusal()?, (409, "conflict".into()));
    // Nor does it report for another one.
    let report = cluster.healthy();
    assert_eq!(thief.report(hub, &report).await?.refusal()?, (409, "conflict".into()));
    cluster.report_healthy(hub).await?;
    Ok(())
}

#[tokio::test]
async fn what_a_newer_cluster_says_more_is_no_error() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let mut cluster = Cluster::new("newer");
    let mut request = cluster.enrollment(text(&admin.join_token(json!({})).await?));
    request["facts"]["quantum_nodes"] = json!({"count": 3});
    request["hub_protocol"] = json!(["x"]);
    let request = hub.request(reqwest::Method::POST, "/agent/v1/enroll").json(&request);
    flagstaff_tests::hub::Answer::of(request).await?.good()?;
    let mut report = cluster.healthy();
    report["flag"]["ready"] = json!("Perhaps");
    report["flag"]["conditions"][0]["status"] = json!("Perhaps");
    report["gauges"]["qubits"] = json!(7);
    report["layers"] = json!([{"name": "x"}]);
    cluster.report(hub, &report).await?.good()?;
    assert_eq!(admin.cluster("newer").await?["state"], "changing");
    // A number that nobody measured is not known, and no list fails for it.
    report["gauges"]["series"] = json!(u64::MAX);
    cluster.report(hub, &report).await?.good()?;
    for sort in ["name", "-series"] {
        admin.get(&format!("/api/v1/clusters?sort={sort}")).await?.good()?;
    }
    assert_eq!(admin.cluster("newer").await?["gauges"].get("series"), None);
    // What makes no sense is refused, and names the place.
    let mut zero = report.clone();
    zero["flag"]["message"] = json!("a\u{0}b");
    assert_eq!(cluster.report(hub, &zero).await?.refusal()?, (400, "invalid".into()));
    report["objects"] = json!("many");
    assert_eq!(cluster.report(hub, &report).await?.refusal()?, (400, "invalid".into()));
    Ok(())
}
