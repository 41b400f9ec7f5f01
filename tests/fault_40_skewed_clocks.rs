//! Two replicas whose clocks are twenty minutes apart: exactly one leads, and the other one takes over.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{NAMESPACE, SOON, ready_spec, ready_spec_with};
use flagstaff_tests::{Cluster, Operator, Turn, eventually};
use k8s_openapi::api::coordination::v1::Lease;
use kube::api::{Api, ListParams};
use rstest::rstest;
use serde_json::json;

async fn leads(operator: &Operator) -> Result<bool> {
    let metrics = operator.metrics().await?;
    let line = metrics.lines().find(|line| line.starts_with("flagstaff_operator_leader ")).context("no such metric")?;
    Ok(line.ends_with(" 1"))
}

#[rstest]
#[case::the_first_is_ahead("600", "-600")]
#[case::the_first_is_behind("-600", "600")]
#[tokio::test]
async fn fault_40_exactly_one_leads_and_the_other_takes_over(#[case] first: &str, #[case] second: &str) -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let leases: Api<Lease> = Api::namespaced(turn.flag.client.clone(), NAMESPACE);
    for lease in leases.list(&ListParams::default()).await? {
        leases.delete(&lease.metadata.name.unwrap_or_default(), &Default::default()).await?;
    }
    let start = async |skew: &str| {
        let args = ["--health-seconds=300", "--resync-seconds=5"];
        Operator::start(turn.cluster.kubeconfig(), &args, &[("FLAGSTAFF_OPERATOR_CLOCK_SKEW_SECONDS", skew)]).await
    };
    let one = start(first).await?;
    eventually(SOON, "the first one leads", async || check(leads(&one).await?, "it does not")).await?;
    let other = start(second).await?;
    turn.flag.raise(ready_spec()).await?;
    turn.flag.wait_for("Ready", "Waiting").await?;

    // Longer than a lease lasts: whoever believed the other's clock would take it now.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(25) {
        let both = (leads(&one).await?, leads(&other).await?);
        assert_eq!(both, (true, false), "after {:?}", begun.elapsed());
        tokio::time::sleep(Duration::from_millis(250)).await;
    }

    one.kill()?;
    let killed = Instant::now();
    eventually(Duration::from_secs(90), "the other one leads", async || check(leads(&other).await?, "it does not"))
        .await?;
    ensure!(
        killed.elapsed() > Duration::from_secs(5),
        "it took over after {:?}: it did not wait for the lease to run out",
        killed.elapsed()
    );
    turn.flag.raise(ready_spec_with(json!({"cluster": {"environment": "taken-over"}}))).await?;
    eventually(SOON, "the other one does the work", async || {
        let cluster = turn.flag.get().await?.status.context("a status")?.cluster.context("a cluster")?;
        check(cluster.environment == "taken-over", cluster)
    })
    .await?;

    // The first one comes back and stands by.
    one.start_again().await?;
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(10) {
        assert_eq!((leads(&one).await?, leads(&other).await?), (false, true));
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    Ok(())
}
