//! A message as a POST of JSON, signed with HMAC-SHA256; only to addresses that may be called, and nowhere else.

use std::error::Error;
use std::sync::Arc;

use aws_lc_rs::hmac;
use axum::http::header::CONTENT_TYPE;
use jiff::Timestamp;
use reqwest::{Client, Url, redirect};

use super::{Failure, LONGEST, Message};
use crate::secret;
use crate::telemetry::{Addresses, RefusedAddress};

/// `v1=` and the HMAC-SHA256 in hex over the time, a point, and the body as it was sent.
pub fn sign(secret: &str, seconds: i64, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let text = [format!("{seconds}.").as_bytes(), body].concat();
    format!("v1={}", secret::hex(hmac::sign(&key, &text).as_ref()))
}

/// A URL that a webhook may have.
///
/// # Errors
/// What is wrong with another one, as a sentence.
pub fn check_webhook(text: &str, addresses: &Addresses) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("address is no URL: {error}."))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) || text.len() > 2048 {
        return Err("address has to begin with https:// or http://, name a host, and have 2048 letters at most.".into());
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("address may not hold a user, a password or a fragment: messages are signed instead.".into());
    }
    match addresses.refused(&url) {
        Some(ip) => Err(format!("address is not called: {ip} is a link-local or metadata address.")),
        None => Ok(url),
    }
}

/// What may be shown of it: the rest of a URL is often all that keeps others from using it.
pub fn shown_url(url: &Url) -> String {
    let rest = if url.path() == "/" && url.query().is_none() { "/" } else { "/…" };
    format!("{}{rest}", url.origin().ascii_serialization())
}

pub(super) async fn post(addresses: &Addresses, url: &str, secret: &str, message: &Message) -> Result<(), Failure> {
    let url = Url::parse(url).map_err(|_| Failure::Unreachable("its URL is none".into()))?;
    if let Some(ip) = addresses.refused(&url) {
        return Err(Failure::AddressRefused(RefusedAddress(ip).to_string()));
    }
    let body =
        serde_json::to_vec(message).map_err(|error| Failure::Unreachable(format!("nothing can be sent ({error})")))?;
    let seconds = Timestamp::now().as_second();
    let mut builder = Client::builder()
        .user_agent(concat!("flagstaff-hub/", env!("CARGO_PKG_VERSION")))
        // A proxy would connect for us, past every look at addresses.
        .no_proxy()
        .redirect(redirect::Policy::none())
        .dns_resolver(Arc::new(addresses.clone()))
        .timeout(LONGEST);
    if url.scheme() == "http" {
        // A machine without any authorities can still speak to receivers that need none.
        builder = builder.tls_certs_only([]);
    }
    let client = builder.build().map_err(|error| failure(&error))?;
    let request = client
        .post(url)
        .header(CONTENT_TYPE, "application/json")
        .header("x-flagstaff-notice", &message.id)
        .header("x-flagstaff-timestamp", seconds)
        .header("x-flagstaff-signature", sign(secret, seconds, &body))
        .body(body);
    // What the receiver has to say beyond its status is not read.
    match request.send().await.map_err(|error| failure(&error))?.status().as_u16() {
        200..=299 => Ok(()),
        status @ 300..=399 => Err(Failure::Redirected { status }),
        status => Err(Failure::Refused { status }),
    }
}

fn failure(error: &reqwest::Error) -> Failure {
    if error.is_timeout() {
        return Failure::Timeout { seconds: LONGEST.as_secs() };
    }
    let mut cause: &dyn Error = error;
    loop {
        if let Some(refused) = cause.downcast_ref::<RefusedAddress>() {
            return Failure::AddressRefused(refused.to_string());
        }
        match cause.source() {
            Some(source) => cause = source,
            None => break Failure::Unreachable(cause.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_over_time_and_body() {
        // The second vector of RFC 4231 is HMAC-SHA256("Jefe", "what do ya want for nothing?"); ours has the time before.
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"Jefe");
        let vector = hmac::sign(&key, b"what do ya want for nothing?");
        assert_eq!(secret::hex(vector.as_ref()), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let signed = sign("Jefe", 7, b"{}");
        assert_eq!(signed, format!("v1={}", secret::hex(hmac::sign(&key, b"7.{}").as_ref())));
        for other in [sign("Jefe", 8, b"{}"), sign("jefe", 7, b"{}"), sign("Jefe", 7, b"{ }")] {
            assert_ne!(signed, other);
        }
    }

    #[test]
    fn what_is_shown_of_a_url_is_no_key_to_it() {
        let addresses = Addresses::new(false);
        let shown = |text: &str| shown_url(&check_webhook(text, &addresses).expect(text));
        assert_eq!(
            shown("https://hooks.example.org/services/T0/B0/secret?token=secret"),
            "https://hooks.example.org/…"
        );
        assert_eq!(shown("http://127.0.0.1:9000"), "http://127.0.0.1:9000/");
        for wrong in [
            "",
            "hooks",
            "ftp://a",
            "http://",
            "http://a:b@c",
            "http://a#x",
            "http://169.254.169.254/latest",
            "http://0/",
        ] {
            assert!(check_webhook(wrong, &addresses).is_err(), "{wrong}");
        }
    }
}
