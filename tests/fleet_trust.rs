//! A cluster knows the hub by the key in its join token: the certificates come without checks, and are believed for their signature.

use anyhow::{Context, Result, ensure};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flagstaff_tests::Hub;
use serde_json::{Value, json};

#[tokio::test]
async fn the_bundle_is_signed_by_the_key_in_the_token_and_is_what_the_hub_shows() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let token = admin.join_token(json!({})).await?;
    let token = token["token"].as_str().context("a token")?;
    let pinned = token.split('.').nth(3).context("a key")?;

    let blind = reqwest::Client::builder()
        .tls_danger_accept_invalid_certs(true)
        .pool_max_idle_per_host(0)
        .no_proxy()
        .build()?;
    let trust: Value = blind.get(format!("{}/agent/v1/trust", hub.url())).send().await?.json().await?;
    assert_eq!(trust["key"], pinned);
    let bundle = trust["certificates_pem"].as_str().context("a bundle")?;
    let sum: String = digest(&SHA256, bundle.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let text = format!("flagstaff trust v1\n{}\n{}\n{sum}\n", trust["number"], trust["public_roots"]);
    let key = UnparsedPublicKey::new(&ED25519, URL_SAFE_NO_PAD.decode(pinned)?);
    let signature = URL_SAFE_NO_PAD.decode(trust["signature"].as_str().context("a signature")?)?;
    ensure!(key.verify(text.as_bytes(), &signature).is_ok(), "the signature is not of {text}");
    ensure!(key.verify(text.replace("false", "true").as_bytes(), &signature).is_err(), "it is a signature of anything");

    // Only with that bundle is the hub believed.
    let authority = reqwest::Certificate::from_pem(bundle.as_bytes())?;
    let trusting =
        reqwest::Client::builder().tls_certs_only([authority]).pool_max_idle_per_host(0).no_proxy().build()?;
    assert_eq!(trusting.get(format!("{}/healthz", hub.url())).send().await?.status(), 200);
    let other = reqwest::Client::builder().pool_max_idle_per_host(0).no_proxy().build()?;
    ensure!(other.get(format!("{}/healthz", hub.url())).send().await.is_err(), "it is believed by anybody");
    Ok(())
}

#[tokio::test]
async fn key_bundle_and_number_are_the_same_after_a_restart() -> Result<()> {
    let hub = Hub::start(&[], &[]).await?;
    let before = hub.get("/agent/v1/trust").await?.good()?;
    hub.stop()?;
    hub.start_again().await?;
    let after = hub.get("/agent/v1/trust").await?.good()?;
    assert_eq!(before, after);
    ensure!(before["number"].as_u64() > Some(1_700_000_000), "{before}");
    Ok(())
}
