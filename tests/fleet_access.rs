//! Who may do what, and with which clusters: roles within scopes, tokens of programs, tries without effect, and who may take a cluster's place.

use anyhow::{Context, Result, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::{Answer, Cluster, PASSWORD, Person, credential};
use reqwest::Method;
use serde_json::{Value, json};

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// An account without any role in the whole fleet.
async fn nobody<'a>(hub: &'a Hub, admin: &Person<'_>, name: &str) -> Result<(String, Person<'a>)> {
    let email = format!("{name}@access.example.org");
    let body = json!({"email": email, "name": name, "password": PASSWORD, "role": "none", "reason": "new"});
    let account = admin.post("/api/v1/accounts", &body).await?.good()?;
    Ok((text(&account, "id").to_owned(), Person::sign_in(hub, &email).await?))
}

async fn by(hub: &Hub, token: &str, method: Method, path: &str, body: &Value) -> Result<Answer> {
    Answer::of(hub.request(method, path).bearer_auth(token).json(body)).await
}

async fn joined(hub: &Hub, admin: &Person<'_>, name: &str, region: &str) -> Result<(Cluster, String)> {
    let token = admin.join_token(json!({"name": name, "needs_acceptance": true})).await?;
    let mut cluster = Cluster::new(name);
    cluster.region = region.into();
    let joined = cluster.enroll(hub, text(&token, "token")).await?.good()?;
    cluster.report_healthy(hub).await?;
    Ok((cluster, text(&joined, "cluster_id").to_owned()))
}

#[tokio::test]
async fn a_role_counts_in_its_part_of_the_fleet_and_a_refusal_says_what_is_missing() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let (_, near) = joined(hub, &admin, "access-near", "access-1").await?;
    let (_, far) = joined(hub, &admin, "access-far", "access-2").await?;
    let (id, person) = nobody(hub, &admin, "scoped").await?;
    let total = async || -> Result<Value> { Ok(person.get("/api/v1/clusters").await?.good()?["total"].clone()) };
    assert_eq!(total().await?, 0, "without any grant there is nothing to see");

    let grants = format!("/api/v1/accounts/{id}/grants");
    let wide = json!({"role": "operator", "scope": {}});
    assert_eq!(admin.post(&grants, &wide).await?.refusal()?, (400, "invalid".into()));
    let grant = json!({"role": "viewer", "scope": {"region": "access-1"}, "reason": "on call"});
    let grant = admin.post(&grants, &grant).await?.good()?;
    assert_eq!(total().await?, 1);
    person.get(&format!("/api/v1/clusters/{near}")).await?.good()?;
    assert_eq!(person.get(&format!("/api/v1/clusters/{far}")).await?.refusal()?, (404, "not_found".into()));

    let accept = format!("/api/v1/clusters/{near}/accept");
    let denied = person.post(&accept, &json!({})).await?;
    assert_eq!(denied.refusal()?, (403, "not_permitted".into()));
    let problem = denied.json()?;
    for part in ["operator", "cluster access-near", "viewer", "ana@example.org"] {
        ensure!(text(&problem, "detail").contains(part), "no {part} in {problem}");
    }
    assert_eq!(
        (&problem["missing"]["needs"], &problem["missing"]["has"], &problem["missing"]["place"]),
        (&json!("operator"), &json!("viewer"), &json!("cluster access-near"))
    );
    ensure!(problem["missing"]["granted_by"].to_string().contains("ana@example.org"), "{problem}");
    let operator = json!({"role": "operator", "scope": {"region": "access-1", "labels": {"environment": "prod"}}});
    admin.post(&grants, &operator).await?.good()?;
    person.post(&accept, &json!({})).await?.good()?;
    // Join tokens only for that very part.
    let bound = json!({"name": "bound", "labels": {"region": "access-1", "environment": "prod"}});
    person.post("/api/v1/join-tokens", &bound).await?.good()?;
    for labels in [json!({}), json!({"region": "access-2", "environment": "prod"}), json!({"region": "access-1"})] {
        let refused = person.post("/api/v1/join-tokens", &json!({"name": "x", "labels": labels})).await?;
        assert_eq!(refused.refusal()?, (403, "not_permitted".into()), "{labels}");
    }
    admin.delete(&format!("{grants}/{}", text(&grant, "id"))).await?.good()?;
    let session = person.get("/api/v1/session").await?.good()?;
    assert_eq!(
        (&session["account"]["role"], session["account"]["grants"].as_array().map(Vec::len)),
        (&json!("none"), Some(1))
    );
    admin.delete(&format!("/api/v1/accounts/{id}")).await?.good()?;
    assert_eq!(person.get("/api/v1/session").await?.refusal()?, (401, "not_signed_in".into()));
    Ok(())
}

#[tokio::test]
async fn a_token_may_no_more_than_its_maker_now_and_later() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let (_, id) = joined(hub, &admin, "access-token", "access-3").await?;
    let (account, person) = nobody(hub, &admin, "maker").await?;
    let tokens = "/api/v1/api-tokens";
    assert_eq!(person.post(tokens, &json!({"name": "x"})).await?.refusal()?, (403, "not_permitted".into()));
    let role = async |role: &str| admin.post(&format!("/api/v1/accounts/{account}/role"), &json!({"role": role})).await;
    role("operator").await?.good()?;
    assert_eq!(person.post(tokens, &json!({"name": "x", "role": "admin"})).await?.refusal()?.0, 403);
    let new = json!({"name": "deploys", "role": "operator", "scope": {"region": "access-3"}, "reason": "pipeline"});
    let made = person.post(tokens, &new).await?.good()?;
    let token = text(&made, "token");
    ensure!(token.starts_with("fat1.t-"), "{token}");

    // A program needs no header that says that it is no foreign page.
    let accept = format!("/api/v1/clusters/{id}/accept");
    by(hub, token, Method::POST, &accept, &json!({"reason": "by the pipeline"})).await?.good()?;
    let session = by(hub, token, Method::GET, "/api/v1/session", &json!({})).await?.good()?;
    assert_eq!(session["account"]["email"], "maker@access.example.org");
    assert_eq!(by(hub, token, Method::GET, "/api/v1/audit", &json!({})).await?.refusal()?.0, 403);
    let again = by(hub, token, Method::POST, tokens, &json!({"name": "child"})).await?;
    assert_eq!(again.refusal()?, (403, "not_permitted".into()), "no token makes another one");
    let listed = person.get(tokens).await?;
    ensure!(!listed.text.contains(token) && !hub.log()?.contains(token), "its text is told once");
    let item = listed.good()?["items"][0].clone();
    ensure!(item["last_used_at"].is_string() && item["scope"] == json!({"region": "access-3"}), "{item}");
    let kept = hub.sql("SELECT string_agg(api_token::text, ' ') FROM api_token")?;
    ensure!(!kept.contains(token.split('.').nth(2).context("a secret")?), "the database holds a secret");

    // The maker loses the role: so does the token, at once.
    role("viewer").await?.good()?;
    assert_eq!(by(hub, token, Method::POST, &accept, &json!({})).await?.refusal()?, (403, "not_permitted".into()));
    by(hub, token, Method::GET, &format!("/api/v1/clusters/{id}"), &json!({})).await?.good()?;
    for wrong in [format!("{token}x"), token.replace("fat1", "fat2"), "fat1.t-000000000000.AAAA".into()] {
        let refused = by(hub, &wrong, Method::GET, "/api/v1/session", &json!({})).await?;
        assert_eq!(refused.refusal()?, (401, "not_signed_in".into()), "{wrong}");
    }
    person.delete(&format!("{tokens}/{}", text(&made, "id"))).await?.good()?;
    assert_eq!(by(hub, token, Method::GET, "/api/v1/session", &json!({})).await?.refusal()?.0, 401);
    let brief = person.post(tokens, &json!({"name": "brief", "expires_in_seconds": 1})).await?.good()?;
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert_eq!(by(hub, text(&brief, "token"), Method::GET, "/api/v1/session", &json!({})).await?.refusal()?.0, 401);

    let audit = admin.get("/api/v1/audit?limit=1000").await?.text;
    for part in ["maker@access.example.org by the API token deploys", "api_token.revoke", "account.role", "pipeline"] {
        ensure!(audit.contains(part), "no {part} in the audit log");
    }
    Ok(())
}

#[tokio::test]
async fn a_write_can_be_tried_and_the_last_admin_stays() -> Result<()> {
    let hub = Hub::start(&[], &[]).await?;
    let admin = hub.admin().await?;
    let token = admin.join_token(json!({"needs_acceptance": true})).await?;
    let cluster = Cluster::new("tried");
    let id = text(&cluster.enroll(&hub, text(&token, "token")).await?.good()?, "cluster_id").to_owned();
    let me = admin.get("/api/v1/session").await?.good()?;
    let me = text(&me["account"], "id").to_owned();
    let team = admin.post("/api/v1/teams", &json!({"name": "kept"})).await?.good()?;
    assert_eq!(team["labels"], json!({"team": "kept"}));
    let other = json!({"email": "o@example.org", "name": "O", "password": PASSWORD, "role": "viewer"});
    let other = text(&admin.post("/api/v1/accounts", &other).await?.good()?, "id").to_owned();
    let grants = format!("/api/v1/accounts/{other}/grants");
    let grant = admin.post(&grants, &json!({"role": "admin", "scope": {"team": "kept"}})).await?.good()?;
    let made = admin.post("/api/v1/api-tokens", &json!({"name": "kept"})).await?.good()?;
    let tables = "hub, account, access_grant, team, api_token, join_token, cluster, event, audit";
    let count = || -> Result<String> {
        let parts: Vec<String> = tables
            .split(", ")
            .skip(1)
            .map(|table| format!("(SELECT md5(string_agg({table}::text, ',' ORDER BY {table}::text)) FROM {table})"))
            .collect();
        hub.sql(&format!("SELECT concat_ws(' ', {})", parts.join(", ")))
    };
    let before = count()?;
    let post = [
        ("/api/v1/join-tokens".to_owned(), json!({"name": "x"})),
        (format!("/api/v1/clusters/{id}/accept"), json!({})),
        (format!("/api/v1/clusters/{id}/remove"), json!({"reason": "x"})),
        (format!("/api/v1/clusters/{id}/remove"), json!({"reason": "x", "force": true})),
        (
            "/api/v1/accounts".to_owned(),
            json!({"email": "n@example.org", "name": "N", "password": PASSWORD, "role": "none"}),
        ),
        (format!("/api/v1/accounts/{other}/role"), json!({"role": "admin"})),
        (grants.clone(), json!({"role": "viewer", "scope": {"region": "r"}})),
        ("/api/v1/teams".to_owned(), json!({"name": "x"})),
        ("/api/v1/api-tokens".to_owned(), json!({"name": "x"})),
    ];
    let delete = [
        format!("/api/v1/join-tokens/{}", text(&token, "id")),
        format!("/api/v1/accounts/{other}"),
        format!("{grants}/{}", text(&grant, "id")),
        format!("/api/v1/teams/{}", text(&team, "id")),
        format!("/api/v1/api-tokens/{}", text(&made, "id")),
    ];
    let calls = post.into_iter().map(|(path, body)| (Method::POST, path, body));
    for (method, path, mut body) in calls.chain(delete.into_iter().map(|path| (Method::DELETE, path, json!({})))) {
        body["dry_run"] = json!(true);
        let answer = Answer::of(admin.request(method.clone(), &path).json(&body)).await?;
        let told = answer.good()?;
        assert_eq!((answer.status, &told["dry_run"]), (200, &json!(true)), "{method} {path}: {told}");
        ensure!(text(&told, "effect").len() > 20 && told.get("token").is_none(), "{method} {path}: {told}");
        assert_eq!(count()?, before, "{method} {path} wrote something");
    }
    // Nobody locks everybody out.
    for answer in [
        admin.post(&format!("/api/v1/accounts/{me}/role"), &json!({"role": "viewer"})).await?,
        admin.delete(&format!("/api/v1/accounts/{me}")).await?,
    ] {
        assert_eq!(answer.refusal()?, (409, "conflict".into()));
    }
    admin.delete(&format!("/api/v1/teams/{}", text(&team, "id"))).await?.good()?;
    assert_eq!(hub.sql("SELECT count(*) FROM access_grant")?, "0", "a grant for a team goes with it");
    Ok(())
}

#[tokio::test]
async fn nobody_takes_a_known_clusters_place_by_a_token_for_others() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let own = admin.join_token(json!({"uses": 1, "labels": {"team": "a"}})).await?;
    let mut cluster = Cluster::new("place");
    let joined = cluster.enroll(hub, text(&own, "token")).await?.good()?;
    let id = text(&joined, "cluster_id");
    cluster.report_healthy(hub).await?;

    // A label that its token asked for stays, whatever it says of itself.
    let mut moved = cluster.clone();
    moved.team = "b".into();
    moved.report_healthy(hub).await?;
    assert_eq!(admin.cluster("place").await?["labels"]["team"], "a");

    let (other, mut thief) = (admin.join_token(json!({"uses": 9})).await?, cluster.clone());
    thief.credential = credential();
    for _ in 0..3 {
        let refused = thief.enroll(hub, text(&other, "token")).await?;
        assert_eq!(refused.refusal()?, (403, "join_token_other_cluster".into()));
    }
    assert_eq!(admin.kinds(id).await?, ["joined", "flagged", "join_refused"], "said once, however often it is tried");
    cluster.sequence += 5;
    cluster.report_healthy(hub).await?;

    // Whoever has its credential is it: by another token it joins again.
    let mut renewed = cluster.clone();
    renewed.credential = credential();
    let again = hub.request(Method::POST, "/agent/v1/enroll").bearer_auth(&cluster.credential);
    let again = Answer::of(again.json(&renewed.enrollment(text(&other, "token")))).await?.good()?;
    assert_eq!((&again["cluster_id"], &again["identity_epoch"]), (&json!(id), &json!(2)));
    // It lost that, and its token too: an operator makes one for this very cluster, which no other can use.
    let consent = admin.join_token(json!({"cluster": id})).await?;
    let stranger = Cluster::new("place-2").enroll(hub, text(&consent, "token")).await?;
    assert_eq!(stranger.refusal()?, (403, "join_token_other_cluster".into()));
    renewed.credential = credential();
    let again = renewed.enroll(hub, text(&consent, "token")).await?.good()?;
    assert_eq!((&again["cluster_id"], &again["identity_epoch"]), (&json!(id), &json!(3)));
    renewed.report_healthy(hub).await?;
    assert_eq!(admin.post("/api/v1/join-tokens", &json!({"name": "x", "cluster": "c-none"})).await?.refusal()?.0, 404);
    Ok(())
}
