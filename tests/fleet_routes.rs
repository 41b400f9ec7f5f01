//! Every route of both surfaces, as the hub describes them: nobody gets in without signing in, and no body holds a secret.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::{Answer, Cluster, Counted, hour, sha256};
use reqwest::Method;
use serde_json::{Value, json};

/// Routes that everybody may call, with what they answer to an empty question.
const OPEN: [(&str, &str, u16); 4] = [
    ("post", "/agent/v1/enroll", 401),
    ("get", "/agent/v1/trust", 200),
    ("post", "/api/v1/setup", 400),
    ("post", "/api/v1/session", 400),
];

async fn routes(hub: &Hub, cookie: &str) -> Result<Vec<(String, String)>> {
    let request = hub.request(Method::GET, "/api/v1/openapi.json").header("cookie", cookie);
    let document = Answer::of(request).await?.good()?;
    let mut routes = vec![];
    for (path, methods) in document["paths"].as_object().context("no paths")? {
        routes.extend(methods.as_object().context("no methods")?.keys().map(|method| (method.clone(), path.clone())));
    }
    ensure!(routes.len() > 20, "{routes:?}");
    Ok(routes)
}

fn request(hub: &Hub, method: &str, path: &str, id: &str) -> Result<reqwest::RequestBuilder> {
    let method = Method::from_bytes(method.to_uppercase().as_bytes())?;
    Ok(hub.request(method, &path.replace("{id}", id).replace("{name}", "cluster")).header("x-flagstaff-csrf", "1"))
}

#[tokio::test]
async fn nobody_gets_in_without_signing_in() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let cluster = Cluster::new("not-signed-in");
    let token = admin.join_token(json!({})).await?;
    let joined = cluster.enroll(hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    let id = joined["cluster_id"].as_str().unwrap_or_default();
    let mut open = BTreeSet::new();
    for (method, path) in routes(hub, admin.cookie()).await? {
        if let Some(found) = OPEN.iter().find(|one| one.0 == method && one.1 == path) {
            let answer = Answer::of(request(hub, &method, &path, id)?.json(&json!({}))).await?;
            assert_eq!(answer.status, found.2, "{method} {path}: {}", answer.text);
            open.insert(found.1);
            continue;
        }
        // A person's session is nothing to clusters, and the other way round.
        let (code, strange) = if path.starts_with("/agent/") {
            ("credential_unknown", ("cookie", admin.cookie().to_owned()))
        } else {
            ("not_signed_in", ("authorization", format!("Bearer {}", cluster.credential)))
        };
        for (name, value) in [
            ("x-nothing", String::new()),
            strange,
            ("cookie", "flagstaff_session=wrong".into()),
            ("authorization", "Bearer wrong".into()),
        ] {
            // Also with a body that makes no sense: who is not signed in learns nothing about it.
            let asked = request(hub, &method, &path, id)?.header(name, &value).json(&json!({"name": 1}));
            let answer = Answer::of(asked).await?;
            let body_first = path == "/agent/v1/status" && answer.status == 400;
            ensure!(!body_first, "{path} reads the body of a stranger");
            assert_eq!(answer.refusal()?, (401, code.to_owned()), "{method} {path} with {name}");
        }
    }
    assert_eq!(open.len(), OPEN.len(), "a route that everybody may call is gone: {open:?}");
    Ok(())
}

#[tokio::test]
async fn no_body_holds_a_secret() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let token = admin.join_token(json!({"uses": 2})).await?;
    let text = token["token"].as_str().context("a token")?.to_owned();
    let mut cluster = Cluster::new("keeps-secrets");
    let joined = cluster.enroll(hub, &text).await?.good()?;
    cluster.report_healthy(hub).await?;
    // The routes below are asked for a metric of this name.
    ensure!(cluster.is_kept(hub, &Counted::in_hour(hour(0)).scope("cluster", "t", "j", 1.0)).await?);
    let id = joined["cluster_id"].as_str().context("an id")?;
    let edit = json!({"content": {"packs": {"base": {"logs": {"rate": 1}}}}, "reason": "there is to be a change"});
    let edited = admin.put_layer(&format!("cluster/{id}"), None, &edit).await?.good()?;
    let change = edited["change"]["id"].as_str().context("a change")?;
    let budget =
        json!({"name": "keeps-secrets", "scope": {"cluster": id}, "soft_series": 1000, "reason": "there is to be one"});
    let budget = admin.post("/api/v1/budgets", &budget).await?.good()?;
    let budget = budget["id"].as_str().context("a budget")?;
    let target = json!({"name": "keeps-secrets", "kind": "webhook", "address": "https://127.0.0.1:1/token-in-url", "scope": {"cluster": id}});
    let target = admin.post("/api/v1/notification-targets", &target).await?.good()?;
    let secret = text.split('.').nth(2).context("a secret")?;
    let session = admin.cookie().split_once('=').context("a cookie")?.1;
    let secrets = [
        secret.to_owned(),
        cluster.credential.clone(),
        sha256(&cluster.credential),
        session.to_owned(),
        "$argon2".to_owned(),
        "a long password".to_owned(),
        "token-in-url".to_owned(),
        target["secret"].as_str().context("a target's secret")?.to_owned(),
    ];
    let mut read = 0;
    for (method, path) in routes(hub, admin.cookie()).await? {
        if method != "get" || path == "/api/v1/stream" {
            continue;
        }
        let id = match path.split('/').nth(3) {
            Some("changes") => change,
            Some("budgets") => budget,
            _ => id,
        };
        let asked = if path.starts_with("/agent/") {
            request(hub, &method, &path, id)?.bearer_auth(&cluster.credential)
        } else {
            request(hub, &method, &path, id)?.header("cookie", admin.cookie())
        };
        let answer = Answer::of(asked).await?;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        for secret in &secrets {
            ensure!(!answer.text.contains(secret), "{path} tells a secret: {}", answer.text);
        }
        read += 1;
    }
    ensure!(read > 10, "only {read} routes were read");
    // Nor does the log, nor the database but as a hash.
    let log = hub.log()?;
    ensure!(!secrets.iter().any(|secret| log.contains(secret)), "the log tells a secret");
    let kept = hub.sql("SELECT string_agg(join_token::text, ' ') FROM join_token")?
        + &hub.sql("SELECT string_agg(cluster::text, ' ') FROM cluster")?;
    ensure!(!kept.contains(secret) && !kept.contains(&cluster.credential), "the database holds a secret");
    Ok(())
}

#[tokio::test]
async fn what_is_not_there_too_large_or_nonsense_is_said_as_a_problem() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    assert_eq!(hub.get("/api/v1/nothing").await?.refusal()?, (404, "not_found".into()));
    assert_eq!(admin.get("/api/v1/clusters/c-nothing").await?.refusal()?, (404, "not_found".into()));
    assert_eq!(admin.get("/api/v1/clusters?sort=colour").await?.refusal()?, (400, "invalid".into()));
    assert_eq!(admin.get("/api/v1/clusters?cursor=colour").await?.refusal()?, (400, "invalid".into()));
    assert_eq!(admin.get("/api/v1/clusters?limit=many").await?.refusal()?, (400, "invalid".into()));
    let large = hub.request(Method::POST, "/agent/v1/enroll").body("x".repeat(300 << 10));
    assert_eq!(Answer::of(large).await?.refusal()?, (413, "invalid".into()));
    let piece = || Ok::<_, std::io::Error>(http_body::Frame::data(axum::body::Bytes::from(vec![b' '; 16 << 10])));
    let endless = http_body_util::StreamBody::new(futures::stream::iter((0..64).map(move |_| piece())));
    let endless = hub.request(Method::POST, "/agent/v1/enroll").body(reqwest::Body::wrap(endless));
    assert_eq!(Answer::of(endless).await?.refusal()?, (413, "invalid".into()));
    let nonsense = hub.request(Method::POST, "/agent/v1/enroll").body("{\"join_token\": \"hunter2\"");
    let answer = Answer::of(nonsense).await?;
    assert_eq!(answer.refusal()?, (400, "invalid".into()));
    ensure!(!answer.text.contains("hunter2"), "{}", answer.text);
    let headers = hub.get("/").await?.headers;
    for (name, part) in [
        ("content-security-policy", "default-src 'none'"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ] {
        ensure!(
            headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(part)),
            "{headers:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn lists_are_cut_into_pages_sorted_and_filtered_by_the_hub() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let token = admin.join_token(json!({"uses": 9})).await?;
    for (index, series) in [Some(30), None, Some(500), Some(4)].into_iter().enumerate() {
        let mut cluster = Cluster::new(&format!("page-{index}"));
        cluster.region = "pages".into();
        cluster.enroll(hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
        let mut report = cluster.healthy();
        match series {
            Some(series) => report["gauges"]["series"] = json!(series),
            None => drop(report["gauges"].as_object_mut().and_then(|gauges| gauges.remove("series"))),
        }
        cluster.report(hub, &report).await?.good()?;
    }
    let names = async |query: &str| -> Result<(Vec<String>, Value)> {
        let (mut names, mut cursor, mut page) = (vec![], String::new(), Value::Null);
        for _ in 0..10 {
            page =
                admin.get(&format!("/api/v1/clusters?region=pages&limit=3&cursor={cursor}&{query}")).await?.good()?;
            let items = page["items"].as_array().context("items")?;
            ensure!(items.len() <= 3, "{page}");
            names.extend(items.iter().filter_map(|item| item["name"].as_str()).map(str::to_owned));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        Ok((names, page))
    };
    let (by_name, page) = names("").await?;
    assert_eq!(by_name, ["page-0", "page-1", "page-2", "page-3"]);
    assert_eq!((&page["total"], &page["counts"]["healthy"]), (&json!(4), &json!(4)));
    assert_eq!(names("sort=-series").await?.0, ["page-2", "page-0", "page-3", "page-1"]);
    assert_eq!(names("sort=state").await?.0, by_name);
    assert_eq!(names("sort=last_report_at").await?.0, by_name);
    assert_eq!(names("q=PAGE-2").await?.0, ["page-2"]);
    assert_eq!(names("state=late").await?.0, Vec::<String>::new());
    let id = admin.cluster("page-0").await?["id"].as_str().unwrap_or_default().to_owned();
    let gauge = admin.get(&format!("/api/v1/clusters/{id}/gauges?name=series")).await?.good()?;
    assert_eq!((&gauge["unit"], &gauge["points"][0][1]), (&json!("series"), &json!(30.0)));
    assert_eq!(admin.get(&format!("/api/v1/clusters/{id}/gauges?name=colour")).await?.refusal()?.0, 400);
    Ok(())
}
