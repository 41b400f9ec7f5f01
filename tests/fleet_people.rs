//! People: the first by a one-time link, others by an admin; what each role may do; every write on record.

use anyhow::{Context, Result, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::{Answer, Cluster, Person};
use reqwest::Method;
use serde_json::{Value, json};

const PASSWORD: &str = "a long password";

async fn sign_in(hub: &Hub, email: &str, password: &str) -> Result<Answer> {
    let body = json!({"email": email, "password": password});
    Answer::of(hub.request(Method::POST, "/api/v1/session").header("x-flagstaff-csrf", "1").json(&body)).await
}

#[tokio::test]
async fn the_link_makes_one_admin_and_no_second_one() -> Result<()> {
    let hub = Hub::start(&[], &[]).await?;
    let log = hub.log()?;
    let token = log
        .lines()
        .find_map(|line| line.strip_prefix("setup: "))
        .and_then(|link| link.split_once('#'))
        .context("a link")?
        .1;
    let body = |token: &str, password: &str| json!({"token": token, "email": "x@example.org", "name": "X", "password": password});
    let set_up = async |body: Value| {
        Answer::of(hub.request(Method::POST, "/api/v1/setup").header("x-flagstaff-csrf", "1").json(&body)).await
    };
    assert_eq!(set_up(body("wrong", PASSWORD)).await?.refusal()?, (403, "setup_unknown".into()));
    // What is refused uses nothing up.
    assert_eq!(set_up(body(token, "short")).await?.refusal()?, (400, "invalid".into()));
    let admin = hub.admin().await?;
    let me = admin.get("/api/v1/session").await?.good()?;
    assert_eq!((&me["account"]["email"], &me["account"]["role"]), (&json!("ana@example.org"), &json!("admin")));
    assert_eq!(me["hub"]["status_every_seconds"], 60);
    assert_eq!(set_up(body(token, PASSWORD)).await?.refusal()?, (403, "setup_unknown".into()));
    // After a restart no new link is printed, and the session is still good.
    hub.stop()?;
    hub.start_again().await?;
    assert_eq!(hub.log()?.lines().filter(|line| line.starts_with("setup: ")).count(), 1);
    admin.get("/api/v1/session").await?.good()?;
    Ok(())
}

#[tokio::test]
async fn each_role_may_do_what_it_may_and_is_told_what_it_may_not() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let (viewer, operator) = (admin.makes("viewer").await?, admin.makes("operator").await?);
    let token = operator.join_token(json!({"name": "by-operator", "reason": "two new ones"})).await?;
    let cluster = Cluster::new("roles");
    let joined = cluster.enroll(hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    let id = joined["cluster_id"].as_str().unwrap_or_default();

    viewer.get("/api/v1/clusters").await?.good()?;
    viewer.get(&format!("/api/v1/clusters/{id}")).await?.good()?;
    let refused = (403, "not_permitted".to_owned());
    let forget = json!({"reason": "gone", "force": true});
    for path in ["/api/v1/join-tokens", "/api/v1/audit", "/api/v1/accounts"] {
        assert_eq!(viewer.get(path).await?.refusal()?, refused, "{path}");
    }
    let denied = viewer.post("/api/v1/join-tokens", &json!({"name": "x"})).await?;
    assert_eq!(denied.refusal()?, refused);
    ensure!(
        denied.text.contains("operator") && denied.text.contains("admin"),
        "it says what is needed and who grants it: {}",
        denied.text
    );
    for path in [format!("/api/v1/clusters/{id}/remove"), format!("/api/v1/clusters/{id}/accept")] {
        assert_eq!(viewer.post(&path, &json!({"reason": "x"})).await?.refusal()?, refused);
    }
    let account = json!({"email": "y@example.org", "name": "Y", "password": PASSWORD, "role": "admin"});
    assert_eq!(operator.post("/api/v1/accounts", &account).await?.refusal()?, refused);
    assert_eq!(operator.post(&format!("/api/v1/clusters/{id}/remove"), &forget).await?.refusal()?, refused);
    admin.post(&format!("/api/v1/clusters/{id}/remove"), &forget).await?.good()?;
    assert_eq!(viewer.get(&format!("/api/v1/clusters/{id}")).await?.status, 404);

    let audit = operator.get("/api/v1/audit?limit=1000").await?.good()?;
    let entries: Vec<_> = audit["items"].as_array().into_iter().flatten().collect();
    let made = entries.iter().find(|entry| entry["action"] == "join_token.make" && entry["subject"] == token["id"]);
    let made = made.context("the join token in the audit log")?;
    assert_eq!(
        (&made["who"], &made["reason"], &made["outcome"]),
        (&json!("operator@example.org"), &json!("two new ones"), &json!("done"))
    );
    for action in ["account.setup", "account.make", "cluster.join", "cluster.forget", "session.begin"] {
        ensure!(entries.iter().any(|entry| entry["action"] == action), "no {action} in {audit}");
    }
    Ok(())
}

#[tokio::test]
async fn a_write_without_the_header_is_not_from_our_pages() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    for (method, path) in
        [(Method::POST, "/api/v1/join-tokens"), (Method::DELETE, "/api/v1/session"), (Method::POST, "/api/v1/session")]
    {
        let request = hub.request(method, path).header("cookie", admin.cookie()).json(&json!({"name": "x"}));
        assert_eq!(Answer::of(request).await?.refusal()?, (403, "not_permitted".into()), "{path}");
    }
    admin.get("/api/v1/session").await?.good()?;
    Ok(())
}

#[tokio::test]
async fn who_signs_out_is_out_and_who_guesses_is_stopped() -> Result<()> {
    let hub = Hub::start(&[], &[]).await?;
    let admin = hub.admin().await?;
    let again = Person::sign_in(&hub, " ANA@example.org ").await?;
    let answer = sign_in(&hub, "ana@example.org", PASSWORD).await?;
    let cookie = answer.headers.get("set-cookie").context("a cookie")?.to_str()?;
    for part in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
        ensure!(cookie.contains(part), "{cookie}");
    }
    again.delete("/api/v1/session").await?.good()?;
    assert_eq!(again.get("/api/v1/session").await?.refusal()?, (401, "not_signed_in".into()));
    admin.get("/api/v1/session").await?.good()?;
    // Only hashes are kept: neither token nor password is anywhere in the database.
    let token = admin.cookie().split_once('=').context("a cookie")?.1.to_owned();
    let dump = hub.sql("SELECT string_agg(session::text, ' ') FROM session")?
        + &hub.sql("SELECT string_agg(account::text, ' ') FROM account")?;
    ensure!(!dump.contains(&token) && !dump.contains(PASSWORD) && dump.contains("$argon2id$"), "{dump}");

    for (index, email) in ["ana@example.org", "nobody@example.org"].into_iter().enumerate() {
        for _ in 0..10 {
            assert_eq!(sign_in(&hub, email, "wrong password").await?.refusal()?, (401, "wrong_password".into()));
        }
        let stopped = sign_in(&hub, email, PASSWORD).await?;
        assert_eq!(stopped.refusal()?, (429, "too_many_tries".into()), "{index}");
        ensure!(stopped.headers.contains_key("retry-after"), "{:?}", stopped.headers);
    }
    // What was typed as an address is not in the audit log: people type passwords there.
    let audit = admin.get("/api/v1/audit").await?.text;
    ensure!(!audit.contains("nobody@example.org") && audit.contains("wrong_password"), "{audit}");
    Ok(())
}
