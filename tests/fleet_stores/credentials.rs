//! Credentials of stores: sealed, used, never told; and authorities of one's own.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flagstaff_tests::certificates::Authority;
use flagstaff_tests::hub::Answer;
use flagstaff_tests::lease::Lease;
use flagstaff_tests::protocol::Part;
use flagstaff_tests::{ports, programs};
use reqwest::Method;
use serde_json::{Value, json};

use super::door::{Door, Manner};
use super::stage::{OWN, SOON, Stage};

const PASSWORD: &str = "a password of the store";
/// Of that password, as Prometheus keeps it.
const HASH: &str = "$2b$04$abcdefghijklmnopqrstuue1ycxEQAPpKX1163x4txup1Eh/x1XBm";

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
    // A secret opens in its own row only: moved to another one it is of no use.
    let ids = [&one, &two].map(|store| store["id"].as_str().unwrap_or_default());
    stage.hub.sql(&format!(
        "UPDATE store SET secret_sealed = (SELECT secret_sealed FROM store WHERE id = '{}'), revision = revision + 1 WHERE id = '{}'",
        ids[0], ids[1]
    ))?;
    assert_eq!(stage.ask(&two, "up").await?.refusal()?, (502, "store_secret_unreadable".into()));
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
