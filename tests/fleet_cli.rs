//! `flagstaff` against a real hub: as a person types it, and as a program reads it.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, ensure};
use flagstaff_tests::hub::{Cluster, PASSWORD};
use flagstaff_tests::{Hub, programs};
use serde_json::{Value, json};

/// Runs it with a home of its own; `input` is what it reads.
fn run(home: &Path, input: &str, env: &[(&str, &str)], args: &[&str]) -> Result<Output> {
    let mut child = Command::new(programs::ours("flagstaff")?)
        .args(args)
        .env_clear()
        .env("XDG_CONFIG_HOME", home)
        .envs(env.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("run flagstaff")?;
    let mut stdin = child.stdin.take().context("its input")?;
    // It may have ended without reading.
    if let Err(error) = stdin.write_all(input.as_bytes()) {
        ensure!(error.kind() == std::io::ErrorKind::BrokenPipe, "{error}");
    }
    drop(stdin);
    child.wait_with_output().context("wait for flagstaff")
}

fn said(out: &Output) -> String {
    String::from_utf8_lossy(&out.stdout).into_owned()
}

fn complained(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

#[tokio::test]
async fn a_person_signs_in_looks_and_acts_and_signs_out() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let token = admin.join_token(json!({"needs_acceptance": true})).await?;
    let mut cluster = Cluster::new("cli-shop");
    cluster.enroll(hub, token["token"].as_str().unwrap_or_default()).await?.good()?;
    cluster.report_healthy(hub).await?;
    let session = admin.get("/api/v1/session").await?.good()?;
    let key = session["hub"]["identity_key"].as_str().context("the identity key")?;
    let folder = tempfile::tempdir()?;
    let home = folder.path();
    let password = format!("{PASSWORD}\n");
    let login = ["login", hub.url(), "--email", "ana@example.org", "--password-stdin"];

    let none = run(home, "", &[], &["clusters"])?;
    assert_eq!(none.status.code(), Some(2));
    ensure!(complained(&none).contains("flagstaff login https://"), "{}", complained(&none));
    // Its authority is its own: without the key nothing secret is sent, and the message says how to go on.
    let blind = run(home, &password, &[], &login)?;
    ensure!(blind.status.code() == Some(2) && complained(&blind).contains(key), "{}", complained(&blind));
    let wrong = run(home, &password, &[], &[&login[..], &["--identity-key", "AAAA"]].concat())?;
    ensure!(complained(&wrong).contains("Nothing secret was sent"), "{}", complained(&wrong));
    let refused = run(home, "not it at all\n", &[], &[&login[..], &["--identity-key", key]].concat())?;
    ensure!(complained(&refused).contains("wrong_password"), "{}", complained(&refused));
    let done = run(home, &password, &[], &[&login[..], &["--identity-key", key]].concat())?;
    ensure!(done.status.success(), "{}", complained(&done));
    ensure!(said(&done).contains("signed in") && said(&done).contains("ana@example.org"), "{}", said(&done));
    let file = home.join("flagstaff/credentials.json");
    assert_eq!(std::fs::metadata(&file)?.permissions().mode() & 0o777, 0o600);
    ensure!(!std::fs::read_to_string(&file)?.contains(PASSWORD), "the password is kept");

    let table = run(home, "", &[], &["clusters", "cli-shop"])?;
    ensure!(table.status.success(), "{}", complained(&table));
    for part in ["NAME", "cli-shop", "waiting", "eu-west-1", "838", "1 cluster"] {
        ensure!(said(&table).contains(part), "no {part} in\n{}", said(&table));
    }
    let listed = run(home, "", &[], &["clusters", "--region", "eu-west-1", "--output", "json"])?;
    let listed: Value = serde_json::from_slice(&listed.stdout).context("JSON")?;
    ensure!(
        listed["items"].as_array().is_some_and(|items| items.iter().any(|one| one["name"] == "cli-shop")),
        "{listed}"
    );
    let budget = json!({"name": "cli-budget", "scope": {"cluster": admin.cluster("cli-shop").await?["id"]}, "soft_series": 1_234_567, "reason": "a share"});
    admin.post("/api/v1/budgets", &budget).await?.good()?;
    let budgets = run(home, "", &[], &["budgets", "--state", "unknown"])?;
    ensure!(budgets.status.success(), "{}", complained(&budgets));
    for part in ["cli-budget", "unknown", "1,234,567", "0 of 0"] {
        ensure!(said(&budgets).contains(part), "no {part} in\n{}", said(&budgets));
    }
    let watches = run(home, "", &[], &["budgets", "release", "cli-budget", "--reason", "x"])?;
    ensure!(
        complained(&watches).contains("refuses and aggregates nothing: it only watches"),
        "{}",
        complained(&watches)
    );
    let refuses = json!({"name": "cli-refuses", "scope": {"team": "cli"}, "soft_series": 1, "hard_series": 2, "act": "refuse", "reason": "a share"});
    admin.post("/api/v1/budgets", &refuses).await?.good()?;
    let budgets = run(home, "", &[], &["budgets"])?;
    let line = said(&budgets).lines().find(|line| line.contains("cli-refuses")).map(str::to_owned);
    ensure!(line.is_some_and(|line| line.contains(" refuse ")), "{}", said(&budgets));
    let unknown = run(home, "", &[], &["budgets", "release", "cli-refuse", "--reason", "x"])?;
    ensure!(complained(&unknown).contains("no budget cli-refuse is to be seen"), "{}", complained(&unknown));
    let tried = run(home, "", &[], &["budgets", "release", "cli-refuses", "--dry-run"])?;
    ensure!(said(&tried).contains("would refuse no series any more"), "{}{}", said(&tried), complained(&tried));
    let released = run(home, "", &[], &["budgets", "release", "cli-refuses", "--reason", "a try"])?;
    ensure!(said(&released).contains("refuses no series any more"), "{}{}", said(&released), complained(&released));
    let set = |more: &[&str]| run(home, "", &[], &[&["budgets", "set", "cli-refuses", "--act"], more].concat());
    let wrong = set(&["aggregate", "--aggregate-labels", "pod,le", "--reason", "a try"])?;
    ensure!(complained(&wrong).contains("aggregate_labels[1]: the label le has to stay"), "{}", complained(&wrong));
    let tried = set(&["aggregate", "--aggregate-labels", "pod", "--dry-run"])?;
    ensure!(
        said(&tried).contains("would be changed") && said(&tried).contains("Nothing would be refused"),
        "{}",
        complained(&tried)
    );
    let done = set(&["refuse", "--aggregate-labels", "pod,instance", "--confirmed", "--reason", "a try"])?;
    let does = "aggregates pod, instance away from its soft limit on, and refuses new series past its hard limit";
    ensure!(said(&done).contains(does), "{}{}", said(&done), complained(&done));
    let budgets = run(home, "", &[], &["budgets"])?;
    ensure!(said(&budgets).contains("pod,instance"), "{}", said(&budgets));
    let unknown = run(home, "", &[], &["cluster", "cli-sho"])?;
    ensure!(complained(&unknown).contains("did you mean cli-shop?"), "{}", complained(&unknown));

    let tried = run(home, "", &[], &["cluster", "cli-shop", "--accept", "--dry-run"])?;
    ensure!(said(&tried).contains("would be accepted"), "{}{}", said(&tried), complained(&tried));
    let accepted = run(home, "", &[], &["cluster", "cli-shop", "--accept", "--reason", "asked for by Bo"])?;
    ensure!(accepted.status.success(), "{}", complained(&accepted));
    // Now that it is accepted it has a part of the budget, too.
    let done = set(&["refuse", "--aggregate-labels", "pod,instance", "--reason", "it was accepted"])?;
    ensure!(done.status.success(), "{}", complained(&done));
    let shown = run(home, "", &[], &["budgets", "show", "cli-refuses"])?;
    for part in [does, "CLUSTER", "FROM", "cli-shop"] {
        ensure!(said(&shown).contains(part), "no {part} in\n{}{}", said(&shown), complained(&shown));
    }
    let released = run(home, "", &[], &["budgets", "release", "cli-refuses", "--reason", "a try"])?;
    let ended = "refuses no series and aggregates no labels (pod, instance) away any more";
    ensure!(said(&released).contains(ended), "{}{}", said(&released), complained(&released));
    let shown = run(home, "", &[], &["cluster", "cli-shop"])?;
    for part in ["healthy", "Ready=True", "asked for by Bo", "2 of 2 ready", &cluster.uid] {
        ensure!(said(&shown).contains(part), "no {part} in\n{}", said(&shown));
    }

    let made =
        run(home, "", &[], &["token", "create", "join", "by-cli", "--label", "region=eu-west-1", "--output", "json"])?;
    let made: Value = serde_json::from_slice(&made.stdout).context("JSON")?;
    ensure!(made["token"].as_str().is_some_and(|text| text.starts_with("fsj1.")), "{made}");
    let create = ["token", "create", "api", "by-cli", "--role", "viewer", "--hours", "1", "--password-stdin"];
    let program = run(home, &password, &[], &create)?;
    ensure!(program.status.success(), "{}", complained(&program));
    let program = said(&program).trim().to_owned();
    ensure!(
        program.starts_with("fat1.") && program.lines().count() == 1,
        "only the text is on standard output: {program}"
    );
    let tokens = run(home, "", &[], &["token", "list"])?;
    for part in ["join", "api", "by-cli", "1 uses left", "viewer"] {
        ensure!(said(&tokens).contains(part), "no {part} in\n{}", said(&tokens));
    }
    // A program needs no login, only the token and the hub's authority.
    let elsewhere = tempfile::tempdir()?;
    let authority = hub.data_dir().join("ca.crt").display().to_string();
    let env = [("FLAGSTAFF_HUB_URL", hub.url()), ("FLAGSTAFF_TOKEN", &program), ("FLAGSTAFF_CA_FILE", &authority)];
    ensure!(run(elsewhere.path(), "", &env, &["clusters"])?.status.success(), "a token is enough");
    let denied = run(elsewhere.path(), "", &env, &["token", "create", "join", "x"])?;
    for part in ["operator", "ana@example.org", "not_permitted"] {
        ensure!(complained(&denied).contains(part), "no {part} in {}", complained(&denied));
    }
    let revoked =
        run(home, "", &[], &["token", "revoke", program.split('.').nth(1).unwrap_or_default(), "--reason", "done"])?;
    ensure!(revoked.status.success(), "{}", complained(&revoked));
    let ended = run(elsewhere.path(), "", &env, &["clusters"])?;
    ensure!(complained(&ended).contains("nobody is signed in"), "{}", complained(&ended));

    let audit = run(home, "", &[], &["audit", "verify"])?;
    ensure!(
        audit.status.success() && said(&audit).contains("is as it was sealed"),
        "{}{}",
        said(&audit),
        complained(&audit)
    );
    ensure!(run(home, "", &[], &["logout"])?.status.success(), "sign out");
    ensure!(!std::fs::read_to_string(&file)?.contains("fat1."), "the token is still there");
    Ok(())
}
