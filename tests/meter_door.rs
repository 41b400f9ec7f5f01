//! Who may come in: a meter that shows a certificate, asks for one, and for a token; another meter passes on to it over the same.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_remote_write::Version;
use flagstaff_tests::certificates::Authority;
use flagstaff_tests::eventually::check;
use flagstaff_tests::lease::Lease;
use flagstaff_tests::protocol::Part;
use flagstaff_tests::{Meter, eventually, ports, programs};
use reqwest::{Certificate, Client, Identity};
use serde_json::{Value, json};

use crate::writer::{self, series};

const HEADERS: [(&str, &str); 2] = [("content-type", "application/x-protobuf"), ("content-encoding", "snappy")];

/// A guarded meter, and what opens it.
struct Guarded {
    lease: Arc<Lease>,
    authority: Authority,
    url: String,
    identity: String,
}

impl Guarded {
    async fn start() -> Result<Self> {
        let lease = Lease::new()?;
        let authority = Authority::new(&lease.folder().join("pki"))?;
        let server = authority.server("meter", &["127.0.0.1"])?;
        let client = authority.client("sender", None)?;
        let identity = format!("{}{}", client.certificate, client.key);
        std::fs::write(lease.folder().join("identity.pem"), &identity).context("write the identity")?;
        std::fs::write(lease.folder().join("tokens"), "old-token\nnew-token\n").context("write the tokens")?;
        let address = format!("127.0.0.1:{}", ports::free()?);
        let part = Part::new("guarded", programs::ours("flagstaff-meter")?)
            .flag("listen", &address)
            .flag("tls-cert", server.certificate.display())
            .flag("tls-key", server.key.display())
            .flag("tls-client-ca", authority.certificate().display())
            .flag("bearer-file", lease.folder().join("tokens").display());
        lease.start(part)?;
        let this = Self { lease, authority, url: format!("https://{address}"), identity };
        let (client, ready) = (this.client(true)?, format!("{}/readyz", this.url));
        this.lease
            .ready("guarded", Duration::from_secs(60), async || {
                client.get(&ready).send().await?.error_for_status()?;
                Ok(())
            })
            .await?;
        Ok(this)
    }

    fn client(&self, with_identity: bool) -> Result<Client> {
        let mut builder = Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(10))
            .tls_certs_only([Certificate::from_pem(self.authority.pem().as_bytes())?]);
        if with_identity {
            builder = builder.identity(Identity::from_pem(self.identity.as_bytes())?);
        }
        builder.build().context("a client")
    }

    async fn summary(&self) -> Result<Value> {
        let asked = self.client(true)?.get(format!("{}/api/v1/summary", self.url)).bearer_auth("new-token");
        asked.send().await?.error_for_status()?.json().await.context("the summary")
    }

    fn file(&self, name: &str) -> String {
        self.lease.folder().join(name).display().to_string()
    }
}

fn body(count: u32) -> Vec<u8> {
    let all: Vec<_> = (0..count).map(|n| series(&[("__name__", "a"), ("job", "j"), ("n", &n.to_string())])).collect();
    writer::snappy(Version::One, &all)
}

#[tokio::test]
async fn only_who_shows_a_certificate_and_a_token_is_counted() -> Result<()> {
    let meter = Guarded::start().await?;
    let write = format!("{}/api/v1/write", meter.url);
    ensure!(meter.client(false)?.get(&write).send().await.is_err(), "without a certificate there is no connection");
    let plain = write.replace("https://", "http://");
    ensure!(meter.client(true)?.get(&plain).send().await.is_err(), "without TLS there is no connection");
    let client = meter.client(true)?;
    let send = async |token: Option<&str>| -> Result<(u16, String)> {
        let mut request = client.post(&write).body(body(10));
        for (name, value) in HEADERS {
            request = request.header(name, value);
        }
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    };
    for token in [None, Some("another"), Some("")] {
        let (status, text) = send(token).await?;
        ensure!(status == 401 && text.contains("meter.unauthorized") && text.contains("--bearer-file"), "{text}");
    }
    ensure!(meter.summary().await?["series"]["value"] == 0);
    for token in ["old-token", "new-token"] {
        ensure!(send(Some(token)).await?.0 == 204);
    }
    ensure!(meter.summary().await?["series"]["value"] == 10);
    // A token that was taken out of the file is good no longer, without a restart.
    std::fs::write(meter.file("tokens"), "new-token\n")?;
    ensure!(send(Some("old-token")).await?.0 == 401);
    std::fs::remove_file(meter.file("tokens"))?;
    let (status, text) = send(Some("new-token")).await?;
    ensure!(status == 503 && text.contains("meter.credentials") && text.contains("tokens"), "{text}");
    Ok(())
}

#[tokio::test]
async fn a_meter_passes_on_to_a_guarded_one_and_people_look_at_it() -> Result<()> {
    let guarded = Guarded::start().await?;
    std::fs::write(guarded.file("token"), "new-token\n")?;
    let client = guarded.authority.client_files("passing", "meter", None)?;
    let config = json!({"destinations": [{
        "name": "store", "url": format!("{}/api/v1/write", guarded.url), "bearer_file": guarded.file("token"),
        "ca_file": guarded.authority.certificate(), "certificate_file": client.certificate, "key_file": client.key,
    }]});
    let file = guarded.file("destinations.yaml");
    std::fs::write(&file, config.to_string())?;
    let passing = Meter::start_in(&guarded.lease, "passing", &["--mode=inline", &format!("--config={file}")]).await?;
    let answer = passing.write("/api/v1/write/store", &HEADERS, body(7)).await?;
    ensure!(answer.status() == 204, "{}", answer.status());
    ensure!(guarded.summary().await?["series"]["value"] == 7);

    // What the far end refuses is what the sender is told.
    std::fs::write(Path::new(&guarded.file("token")), "of somebody else")?;
    let answer = passing.write("/api/v1/write/store", &HEADERS, body(9)).await?;
    ensure!(answer.status() == 401 && answer.text().await?.contains("meter.unauthorized"));
    std::fs::write(Path::new(&guarded.file("token")), "new-token")?;

    let top = |more: Vec<String>| {
        let mut command = std::process::Command::new(programs::ours("flagstaff")?);
        command.args(["meter", "top", "--once", "--output=json", "--meter", &guarded.url]).args(more);
        let out = command.output().context("run flagstaff")?;
        anyhow::Ok((
            out.status.success(),
            String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr),
        ))
    };
    let authority = format!("--ca-file={}", guarded.authority.certificate().display());
    let shown = vec![
        authority.clone(),
        format!("--identity-file={}", guarded.file("identity.pem")),
        format!("--token-file={}", guarded.file("token")),
    ];
    eventually(Duration::from_secs(20), "the command line shows it", async || {
        let (good, text) = top(shown.clone())?;
        check(
            good && serde_json::from_str::<Value>(&text).is_ok_and(|page| page["summary"]["series"]["value"] == 7),
            text,
        )
    })
    .await?;
    let (good, text) = top(vec![authority])?;
    ensure!(!good && text.contains("does not answer"), "{text}");
    let (good, text) = top(vec![format!("--ca-file={}", guarded.file("nothing"))])?;
    ensure!(!good && text.contains("nothing") && text.contains("No such file"), "{text}");
    Ok(())
}
