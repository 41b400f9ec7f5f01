//! Telemetry stores of the hub: asked for one cluster only, read only, with credentials that nobody sees again.

mod credentials;
mod door;
mod faults;
mod stage;

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually;
use flagstaff_tests::eventually::check;
use flagstaff_tests::hub::{Answer, Cluster};
use reqwest::Method;
use serde_json::{Value, json};
use stage::{OTHER, OWN, SOON, Stage};

fn now_and_an_hour_ago() -> (String, String) {
    let now = k8s_openapi::jiff::Timestamp::now();
    let ago = now - k8s_openapi::jiff::SignedDuration::from_hours(1);
    (ago.to_string(), now.to_string())
}

/// Every cluster that an answer names, and whether it holds anything.
fn clusters(answer: &Value) -> (BTreeSet<&str>, bool) {
    let all = |field: &str| answer[field].as_array().into_iter().flatten();
    let found = all("series").chain(all("streams")).filter_map(|one| one["labels"]["cluster"].as_str()).collect();
    (found, all("series").chain(all("streams")).next().is_some())
}

#[tokio::test]
async fn no_query_reads_another_cluster() -> Result<()> {
    let stage = Stage::get().await?;
    // The store itself shows both: what is asked below would show the other one, were it asked as it stands.
    ensure!(stage.prometheus.query("up").await?.len() == 2);
    for expression in [
        "up",
        "up{cluster=\"stores-other\"}",
        "up{cluster=~\".*\"}",
        "up{cluster!=\"stores-own\"}",
        "{__name__=~\"up|prometheus_build_info\"}",
        "{__name__=\"up\", cluster=\"stores-other\"}",
        "up or up{cluster=\"stores-other\"}",
        "up{cluster=\"stores-other\"} unless on (job) vector(0)",
        "max_over_time(up{cluster=\"stores-other\"}[5m:1s])",
        "last_over_time(up[10m])",
        "up @ end() or up{cluster=\"stores-other\"} offset 1s",
        "label_replace(up, \"seen\", \"$1\", \"cluster\", \"(.*)\")",
        "label_replace(up, \"seen\", \"$1\", \"cluster\", \"(.*)\") or up{cluster=\"stores-other\"}",
        "up # }\n or up{cluster=\"stores-other\"} # \"",
        "sum by (cluster) (up)",
        "group by (cluster) ({__name__=~\"up\", cluster=~\".+\"})",
        "sort(up) and on() (up{cluster=\"stores-other\"} == 1)",
    ] {
        let (from, to) = now_and_an_hour_ago();
        for body in [
            json!({"kind": "prometheus", "expression": expression}),
            json!({"kind": "prometheus", "expression": expression, "from": from, "to": to, "step_seconds": 15}),
        ] {
            let text = stage.query(body).await?;
            let answer = text.good().with_context(|| expression.to_owned())?;
            let (found, any) = clusters(&answer);
            ensure!(any && found.is_subset(&BTreeSet::from([OWN])), "{expression}: {found:?} in {answer}");
            ensure!(!answer["series"].to_string().contains(OTHER), "{expression}: {answer}");
        }
    }
    // Numbers without labels count one cluster.
    for (expression, expected) in
        [("sum(up)", 1.0), ("count({__name__=\"up\"})", 1.0), ("count(count by (job) (up))", 1.0)]
    {
        let answer = stage.query(json!({"kind": "prometheus", "expression": expression})).await?.good()?;
        assert_eq!(answer["series"][0]["points"][0][1], expected, "{expression}");
    }
    for expression in [
        "{cluster=\"stores-other\"}",
        "{job=~\".+\"}",
        "{__name__=~\".*\"}",
        "up{cluster=\"stores-own\" or cluster=\"stores-other\"}",
        "label_replace(up, \"cluster\", \"stores-own\", \"\", \"\")",
        "label_join(up, \"cluster\", \"\", \"job\")",
        "count_values(\"cluster\", up)",
        "info(up)",
        "up{\"clus\\x74er\"=\"stores-other\", \"a b\"=\"\"}",
        "sum(up",
        "",
        &format!("up{{a=\"{}\"}}", "x".repeat(9000)),
    ] {
        let refusal = stage.query(json!({"kind": "prometheus", "expression": expression})).await?.refusal()?;
        assert_eq!(refusal, (400, "query_not_confined".into()), "{expression}");
    }
    Ok(())
}

#[tokio::test]
async fn no_log_query_reads_another_cluster() -> Result<()> {
    let stage = Stage::get().await?;
    let (from, to) = now_and_an_hour_ago();
    let ask = async |expression: &str| {
        stage.query(json!({"kind": "loki", "expression": expression, "from": from, "to": to, "step_seconds": 60})).await
    };
    for expression in [
        "{namespace=\"shop\"}",
        "{cluster=\"stores-other\"}",
        "{cluster=~\".+\", namespace=`shop`} |= \"line\"",
        "{cluster!=\"stores-own\"} # {cluster=\"stores-other\"}",
        "{namespace=\"shop\", # \"}\ncluster=\"stores-other\"}",
        "{namespace=\"shop\"} |~ `.*` | line_format \"{{.namespace}}\"",
        "sum by (cluster) (count_over_time({cluster=\"stores-other\"}[10m]))",
        "sum by (cluster) (rate({namespace=\"shop\"}[10m])) or sum by (cluster) (rate({cluster=\"stores-other\"}[10m]))",
    ] {
        let answer = ask(expression).await?.good().with_context(|| expression.to_owned())?;
        let (found, any) = clusters(&answer);
        ensure!(any && found.is_subset(&BTreeSet::from([OWN])), "{expression}: {found:?} in {answer}");
        ensure!(!answer["streams"].to_string().contains(OTHER), "{expression}: {answer}");
    }
    for expression in [
        "{namespace=\"shop\"} // {",
        "{namespace=\"shop\" /* } */, cluster=\"stores-other\"}",
        "{namespace=\"shop\"} |= '\"' or {cluster=\"stores-other\"}",
        "{namespace=\"shop\"",
        "{namespace=\"shop\" or cluster=\"stores-other\"}",
        "vector(1)",
        "",
    ] {
        assert_eq!(ask(expression).await?.refusal()?, (400, "query_not_confined".into()), "{expression}");
    }
    let limited =
        stage.query(json!({"kind": "loki", "expression": "{}", "from": from, "to": to, "limit": 2})).await?.good()?;
    assert_eq!(limited["is_truncated"], true, "{limited}");
    Ok(())
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_before_a_store_is_asked() -> Result<()> {
    let stage = Stage::get().await?;
    let (from, to) = now_and_an_hour_ago();
    for body in [
        json!({"kind": "prometheus", "expression": "up", "from": from}),
        json!({"kind": "prometheus", "expression": "up", "from": to, "to": from}),
        json!({"kind": "prometheus", "expression": "up", "from": from, "to": to, "at": to}),
        json!({"kind": "prometheus", "expression": "up", "from": from, "to": to, "step_seconds": 0}),
        json!({"kind": "prometheus", "expression": "up", "from": "1000-01-01T00:00:00Z", "to": to}),
        json!({"kind": "mysql", "expression": "up"}),
        json!({"expression": "up"}),
    ] {
        assert_eq!(stage.query(body.clone()).await?.refusal()?, (400, "invalid".into()), "{body}");
    }
    let body = json!({"kind": "loki", "expression": "{}"});
    let nowhere = stage.admin().post("/api/v1/clusters/c-none/query", &body).await?;
    assert_eq!(nowhere.refusal()?, (404, "not_found".into()));
    // What the store says of a query is passed on.
    let wrong = stage.query(json!({"kind": "loki", "expression": "{namespace=\"shop\"} | nonsense nonsense"})).await?;
    assert_eq!(wrong.refusal()?, (400, "store_query_refused".into()));
    ensure!(
        wrong.json()?["detail"].as_str().is_some_and(|text| text.contains("both loki") && text.contains("parse error")),
        "{}",
        wrong.text
    );
    Ok(())
}

#[tokio::test]
async fn a_store_counts_series_until_the_cluster_does() -> Result<()> {
    let stage = Stage::get().await?;
    let admin = stage.admin();
    let token = admin.join_token(json!({})).await?;
    // Known to the store under the name of the cluster that must not be read: here it is its own.
    let mut cluster = Cluster::new("stores-counted");
    cluster.enroll(&stage.hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    let mut report = cluster.healthy();
    report["gauges"] = json!({"agents_ready": 1});
    cluster.report(&stage.hub, &report).await?.good()?;
    stage.loki.push(&[("cluster", "stores-counted")], "no series").await?;
    let before = admin.cluster("stores-counted").await?;
    ensure!(before["gauges"].get("series").is_none(), "what nobody counted is not known: {before}");

    stage.prometheus.load_rules("counted", "groups: [{name: g, rules: [{record: a, expr: vector(1), labels: {cluster: stores-counted}}, {record: b, expr: vector(1), labels: {cluster: stores-counted}}]}]").await?;
    let counted = eventually(SOON, "the store's count", async || {
        let cluster = admin.cluster("stores-counted").await?;
        check(cluster["gauges"]["series"] == 2, &cluster)?;
        anyhow::Ok(cluster)
    })
    .await?;
    assert_eq!(counted["series_counted_by"], "both prometheus");
    let id = counted["id"].as_str().context("an id")?.to_owned();
    let path = format!("/api/v1/clusters/{id}/gauges");
    // The next report comes within the same minute and leaves it there.
    cluster.report(&stage.hub, &report).await?.good()?;
    let history = admin.get(&path).await?.good()?;
    ensure!(history["points"].as_array().is_some_and(|points| points.iter().any(|point| point[1] == 2.0)), "{history}");
    let first = admin.get("/api/v1/clusters?sort=-series").await?.good()?;
    assert_eq!(first["items"].as_array().map(Vec::len), Some(3));

    cluster.report_healthy(&stage.hub).await?;
    let own = admin.cluster("stores-counted").await?;
    assert_eq!((&own["gauges"]["series"], own.get("series_counted_by")), (&json!(838), None));
    Ok(())
}

#[tokio::test]
async fn stores_are_for_operators_and_for_their_region() -> Result<()> {
    let stage = Stage::get().await?;
    let admin = stage.admin();
    let viewer = admin.makes("viewer").await?;
    let path = format!("/api/v1/clusters/{}", stage.id);
    let asked = json!({"kind": "prometheus", "expression": "up"});
    assert_eq!(viewer.post(&format!("{path}/query"), &asked).await?.good()?["store"]["name"], "both prometheus");
    let draft = json!({"name": "mine", "kind": "prometheus", "url": "http://127.0.0.1:9", "authentication": "none"});
    assert_eq!(viewer.post("/api/v1/stores", &draft).await?.refusal()?, (403, "not_permitted".into()));
    assert_eq!(viewer.get("/api/v1/stores").await?.refusal()?, (403, "not_permitted".into()));
    let health = viewer.get("/api/v1/store-health").await?.good()?;
    ensure!(health.to_string().contains("both loki") && !health.to_string().contains("127.0.0.1"), "{health}");
    let nobody = Answer::of(
        stage.hub.request(Method::POST, &format!("{path}/query")).header("x-flagstaff-csrf", "1").json(&asked),
    );
    assert_eq!(nobody.await?.refusal()?, (401, "not_signed_in".into()));

    // One of another region is never asked, and one of the own region comes first.
    let elsewhere = stage.store("elsewhere", stage.prometheus.url(), json!({"region": "us-east-1"})).await?;
    assert_eq!(stage.ask(&elsewhere, "up").await?.refusal()?, (404, "store_missing".into()));
    assert_eq!(
        admin
            .post(
                "/api/v1/stores",
                &json!({"name": "z elsewhere", "kind": "loki", "url": "http://127.0.0.1:9", "authentication": "none"})
            )
            .await?
            .refusal()?,
        (409, "conflict".into())
    );
    let change = Answer::of(
        admin
            .request(Method::PUT, &format!("/api/v1/stores/{}", elsewhere["id"].as_str().unwrap_or_default()))
            .json(&draft),
    );
    assert_eq!(change.await?.refusal()?, (400, "invalid".into()), "a change names what was seen");

    let list = viewer.get(&format!("{path}/dashboards")).await?.good()?;
    let names: Vec<_> =
        list["items"].as_array().into_iter().flatten().filter_map(|item| item["name"].as_str()).collect();
    assert_eq!(names, ["agents", "cluster", "logs", "namespace", "node", "workload", "batch-jobs"]);
    ensure!(
        list["stores"].as_array().is_some_and(|stores| stores.iter().all(|store| store["url"].is_null())),
        "{list}"
    );
    let one = viewer.get(&format!("{path}/dashboards/node")).await?.good()?;
    ensure!(one["model"]["panels"].as_array().is_some_and(|panels| panels.len() > 10), "{one}");
    assert_eq!(viewer.get(&format!("{path}/dashboards/none")).await?.refusal()?, (404, "not_found".into()));
    assert_eq!(viewer.get("/api/v1/clusters/c-none/dashboards").await?.refusal()?, (404, "not_found".into()));
    Ok(())
}
