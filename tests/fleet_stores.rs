//! Telemetry stores of the hub: asked for one cluster only, read only, with credentials that nobody sees again.

mod door;
mod stage;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use door::{Door, Manner};
use flagstaff_tests::certificates::Authority;
use flagstaff_tests::eventually::check;
use flagstaff_tests::hub::{Answer, Cluster};
use flagstaff_tests::lease::Lease;
use flagstaff_tests::protocol::Part;
use flagstaff_tests::store::{Prometheus, PrometheusOptions, Site};
use flagstaff_tests::{eventually, ports, programs};
use reqwest::Method;
use serde_json::{Value, json};
use stage::{OTHER, OWN, SOON, Stage};

const PASSWORD: &str = "a password of the store";
/// Of that password, as Prometheus keeps it.
const HASH: &str = "$2b$04$abcdefghijklmnopqrstuue1ycxEQAPpKX1163x4txup1Eh/x1XBm";

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
async fn credentials_are_sealed_and_nobody_sees_them_again() -> Result<()> {
    let stage = Stage::get().await?;
    let admin = stage.admin();
    let (secret, token) = ("hunter2-Zwiebel", "glsa_Kartoffel-0815");
    let basic = format!("Basic {}", STANDARD.encode(format!("grafana:{secret}")));
    let asks = |value: String| Manner::Asks("authorization", value, stage.prometheus.url().to_owned());
    let (by_password, by_token) = (Door::open(asks(basic)).await?, Door::open(asks(format!("Bearer {token}"))).await?);
    let tenant = Door::open(Manner::Asks("x-team", "acme".into(), stage.prometheus.url().into())).await?;
    let mut said = vec![];
    let one = json!({"authentication": "basic", "username": "grafana", "secret": secret});
    let two = json!({"authentication": "bearer", "secret": token});
    let one = stage.store("password", by_password.url(), one).await?;
    let two = stage.store("token", by_token.url(), two).await?;
    let three = stage.store("tenant", tenant.url(), json!({"tenant_header": "X-Team", "tenant": "acme"})).await?;
    for store in [&one, &two, &three] {
        let path = format!("/api/v1/stores/{}/check", store["id"].as_str().unwrap_or_default());
        let checked = admin.post(&path, &json!({})).await?.good()?;
        ensure!(checked["ok"] == true && checked["clusters_found"].to_string().contains(OWN), "{checked}");
        said.extend([checked, stage.ask(store, "up").await?.good()?, store.clone()]);
    }
    // Nothing but questions reached the stores.
    for call in [by_password.seen(), by_token.seen(), tenant.seen()].concat() {
        ensure!(["POST /api/v1/query", "GET /api/v1/label/cluster/values"].contains(&call.as_str()), "{call}");
    }

    // A wrong one is refused by the store, and that is said.
    let path = format!("/api/v1/stores/{}", one["id"].as_str().unwrap_or_default());
    let draft = |secret: Value, url: &str| json!({"name": "z password", "kind": "prometheus", "url": url, "authentication": "basic", "username": "grafana", "secret": secret});
    let put = async |body: &Value, etag: &Value| {
        let request = admin.request(Method::PUT, &path).header("if-match", etag.as_str().unwrap_or_default());
        Answer::of(request.json(body)).await
    };
    let mut tried = draft(json!("wrong-Gurke"), by_password.url());
    tried["dry_run"] = json!(true);
    let answer = put(&tried, &one["etag"]).await?.good()?;
    assert_eq!((&answer["ok"], &answer["code"]), (&json!(false), &json!("store_unauthorized")), "{answer}");
    said.push(answer);
    stage.ask(&one, "up").await?.good().context("a try changes nothing")?;
    // Without a secret the old one stays; but not at another host, where its owner could be somebody else.
    let changed = put(&draft(Value::Null, by_password.url()), &one["etag"]).await?.good()?;
    stage.ask(&changed, "up").await?.good()?;
    assert_eq!(
        put(&draft(Value::Null, by_password.url()), &one["etag"]).await?.refusal()?,
        (412, "precondition_failed".into())
    );
    let elsewhere = put(&draft(Value::Null, tenant.url()), &changed["etag"]).await?;
    assert_eq!(elsewhere.refusal()?, (400, "invalid".into()));
    said.push(changed);
    said.push(admin.get("/api/v1/stores").await?.good()?);
    said.push(admin.get("/api/v1/audit").await?.good()?);
    ensure!(said.iter().any(|text| text.to_string().contains("store.make")), "the audit log tells of it");

    let rows = stage.hub.sql("SELECT store::text, encode(secret_sealed, 'escape') FROM store")?;
    ensure!(rows.contains("z password") && rows.contains("\\\\x01"), "the table is read: {rows}");
    let dump = stage.hub.dump()?;
    ensure!(dump.contains("z password") && dump.contains("COPY public.store"), "the backup is read");
    let all = [("answers", json!(said).to_string()), ("table", rows), ("backup", dump), ("log", stage.hub.log()?)];
    for plain in [secret, token, "wrong-Gurke"] {
        let hex: String = plain.bytes().map(|byte| format!("{byte:02x}")).collect();
        let base64 = STANDARD.encode(plain);
        let with_user = STANDARD.encode(format!("grafana:{plain}"));
        for (place, text) in &all {
            for form in [plain, &hex, base64.trim_end_matches('='), with_user.trim_end_matches('=')] {
                ensure!(!text.contains(form), "{form} stands in the {place}");
            }
        }
    }
    let key = std::fs::metadata(stage.hub.data_dir().join("encryption.key"))?;
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&key.permissions()) & 0o777, 0o600);
    Ok(())
}

#[tokio::test]
async fn a_private_authority_is_trusted_where_it_is_given() -> Result<()> {
    let stage = Stage::get().await?;
    let lease = Lease::new()?;
    let authority = Authority::new(&lease.folder().join("authority"))?;
    let files = authority.server("store", &["127.0.0.1"])?;
    let address = format!("127.0.0.1:{}", ports::free()?);
    let web = json!({
        "tls_server_config": {"cert_file": files.certificate, "key_file": files.key},
        "basic_auth_users": {"grafana": HASH},
    });
    let (config, web_config) = (lease.folder().join("prometheus.yaml"), lease.folder().join("web.yaml"));
    std::fs::write(&web_config, web.to_string())?;
    std::fs::write(&config, "{}")?;
    let part = Part::new("with-tls", programs::built("prometheus", "prometheus")?)
        .flag("config.file", config.display())
        .flag("web.config.file", web_config.display())
        .flag("storage.tsdb.path", lease.folder().join("data").display())
        .flag("web.listen-address", &address);
    lease.start(part)?;
    let url = format!("https://{address}");
    let draft = json!({"name": "z tls", "kind": "prometheus", "url": url, "authentication": "basic", "username": "grafana",
        "secret": PASSWORD, "dry_run": true});
    let tries = async |authorities: String| {
        let mut draft = draft.clone();
        draft["authorities_pem"] = authorities.into();
        stage.admin().post("/api/v1/stores", &draft).await?.good()
    };
    lease
        .ready("with-tls", SOON, async || {
            let found = tries(authority.pem()).await?;
            ensure!(found["ok"] == true, "{found}");
            Ok(())
        })
        .await?;
    let other = Authority::new(&lease.folder().join("other"))?;
    for wrong in [String::new(), other.pem()] {
        let found = tries(wrong).await?;
        assert_eq!(found["code"], "store_unavailable", "{found}");
        ensure!(found["detail"].as_str().is_some_and(|text| text.contains("certificate")), "{found}");
    }
    let mut draft = draft.clone();
    draft["authorities_pem"] = "no certificate".into();
    assert_eq!(stage.admin().post("/api/v1/stores", &draft).await?.refusal()?, (400, "invalid".into()));
    Ok(())
}

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
    assert_eq!(names, ["agents", "cluster", "logs", "namespace", "node", "workload"]);
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
