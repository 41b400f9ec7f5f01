//! The Secret of a destination is missing, lacks its key, or may not be read: the condition says which, and what helps works soon.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use flagstaff_crds::ConditionStatus;
use flagstaff_tests::control_plane::rule;
use flagstaff_tests::flag::{DESTINATION, NAMESPACE};
use flagstaff_tests::{Flag, Turn, turn};
use serde_json::{Value, json};

fn spec() -> Value {
    json!({"enabled": true, "destinations": [
        {"name": "open", "signal": "metrics", "url": DESTINATION},
        {"name": "guarded", "signal": "metrics", "url": DESTINATION, "bearer": {"token": {"name": "store", "key": "token"}}},
    ]})
}

/// `s3cret-word`, as it stands in a Secret.
const ENCODED: &str = "czNjcmV0LXdvcmQ=";

fn secret(key: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "store", "namespace": NAMESPACE}, "data": {key: ENCODED}})
}

fn leaks(text: &str) -> bool {
    text.contains("s3cret-word") || text.contains(ENCODED)
}

/// Which destinations are used, by status; and nowhere does the secret word stand.
async fn usable(flag: &Flag) -> Result<Vec<(String, bool)>> {
    let status = flag.get().await?.status.context("a status")?;
    for member in flag.members().await? {
        ensure!(!leaks(&serde_json::to_string(&member)?), "{}", flagstaff_tests::flag::name_of(&member));
    }
    ensure!(!leaks(&serde_json::to_string(&status)?));
    Ok(status.destinations.into_iter().map(|destination| (destination.name, destination.usable)).collect())
}

async fn remove_secret(flag: &Flag) -> Result<()> {
    let (api, name) = flag.api_of(&secret("token")).await?;
    let _ = api.delete(&name, &Default::default()).await;
    Ok(())
}

#[tokio::test]
async fn fault_41_a_missing_secret_is_named_and_used_within_a_minute() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    let flag = &turn.flag;
    remove_secret(flag).await?;
    // As it is installed: the time after which a Secret is seen is part of what is tested.
    let operator = turn.operator_with(&["--resync-seconds=30"]).await?;
    flag.raise(spec()).await?;
    let missing = flag.wait_for("DestinationsUsable", "SecretMissing").await?;
    assert_eq!(missing.status, ConditionStatus::False);
    for words in ["destination guarded", "Secret flagstaff/store", "does not exist", "`token`"] {
        ensure!(missing.message.contains(words), "no `{words}` in: {}", missing.message);
    }
    flag.wait_for("Ready", "SecretMissing").await?;
    let state = |guarded: bool| vec![("open".to_owned(), true), ("guarded".to_owned(), guarded)];
    assert_eq!(usable(flag).await?, state(false), "one without its Secret does not stop the other");

    flag.apply(secret("token")).await?;
    let made = Instant::now();
    flag.wait_for_up_to(Duration::from_secs(60), "DestinationsUsable", "DestinationsUsable").await?;
    println!("usable {:?} after its Secret", made.elapsed());
    assert_eq!(usable(flag).await?, state(true));
    flag.wait_until_ready().await?;
    ensure!(operator.exited().is_none() && !leaks(&operator.log()?));
    remove_secret(flag).await
}

#[tokio::test]
async fn fault_41_a_secret_that_may_not_be_read_is_told_from_a_missing_one() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let flag = &turn.flag;
    remove_secret(flag).await?;
    flag.apply(secret("token")).await?;
    // All rights but those to Secrets.
    let account = turn.cluster.service_account(NAMESPACE, "without-secrets").await?;
    let groups = [
        "apps",
        "batch",
        "autoscaling",
        "policy",
        "flagstaff.dev",
        "networking.k8s.io",
        "scheduling.k8s.io",
        "rbac.authorization.k8s.io",
        "coordination.k8s.io",
        "events.k8s.io",
        "storage.k8s.io",
        "discovery.k8s.io",
    ];
    let core = [
        "configmaps",
        "services",
        "serviceaccounts",
        "namespaces",
        "nodes",
        "nodes/*",
        "pods",
        "pods/*",
        "events",
        "endpoints",
    ];
    account.grant(vec![rule(&groups, &["*"], &["*"]), rule(&[""], &core, &["*"])]).await?;
    let operator = turn::operator(account.kubeconfig(), &["--health-seconds=1", "--resync-seconds=2"]).await?;
    flag.raise(spec()).await?;
    let refused = flag.wait_for("DestinationsUsable", "SecretUnreadable").await?;
    for words in ["destination guarded", "may not be read", "secrets \"store\" is forbidden"] {
        ensure!(refused.message.contains(words), "no `{words}` in: {}", refused.message);
    }
    account.grant_in(NAMESPACE, vec![rule(&[""], &["secrets"], &["get", "list", "watch"])]).await?;
    flag.wait_for_up_to(Duration::from_secs(60), "DestinationsUsable", "DestinationsUsable").await?;

    flag.apply(secret("tokne")).await?;
    let lacks = flag.wait_for("DestinationsUsable", "SecretUnreadable").await?;
    ensure!(lacks.message.contains("Secret flagstaff/store has no key `token`"), "{}", lacks.message);
    remove_secret(flag).await?;
    flag.wait_for("DestinationsUsable", "SecretMissing").await?;
    ensure!(operator.exited().is_none());
    Ok(())
}
