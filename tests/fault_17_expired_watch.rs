//! A watch that is answered with 200 and says 410 inside, or breaks: everything is listed anew, and what changes is still noticed.

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{NAMESPACE, SOON, ready_spec, ready_spec_with};
use flagstaff_tests::{ApiProxy, Cluster, Turn, eventually, turn};
use rstest::rstest;
use serde_json::json;

#[derive(Clone, Copy, PartialEq)]
enum End {
    Expired,
    Cut,
}

#[rstest]
#[case::expired(End::Expired)]
#[case::cut(End::Cut)]
#[tokio::test]
async fn fault_17_after_a_watch_ends_changes_are_noticed(#[case] end: End) -> Result<()> {
    let turn = Turn::with_nodes().await?;
    let flag = &turn.flag;
    let proxy = ApiProxy::start(turn.cluster.kubeconfig()).await?;
    // Only watches can tell: the next look without one is an hour away.
    let operator = turn::operator(proxy.kubeconfig(), &["--resync-seconds=3600"]).await?;
    flag.raise(ready_spec()).await?;
    flag.wait_until_ready().await?;
    let metadata = json!({"name": "flagstaff-dashboard-logs", "namespace": NAMESPACE});
    let (maps, logs) = flag.api_of(&json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})).await?;

    for round in 0..2 {
        proxy.forget();
        // What happens in the gap must not be lost either.
        let uid = maps.get(&logs).await?.metadata.uid;
        match end {
            End::Expired => ["/configmaps", "/daemonsets", "/clusterobservabilities"]
                .iter()
                .for_each(|plural| proxy.expire_watches(plural)),
            End::Cut => proxy.cut_watches(),
        }
        maps.delete(&logs, &Default::default()).await?;
        eventually(SOON, format!("the ConfigMap is back in round {round}"), async || {
            let found = maps.get(&logs).await?.metadata.uid;
            check(found != uid, found)
        })
        .await?;
        for plural in ["configmaps", "daemonsets", "clusterobservabilities"] {
            eventually(SOON, format!("{plural} are watched again"), async || {
                let seen = proxy.seen();
                let of_it = || seen.iter().filter(|seen| seen.path.ends_with(&format!("/{plural}")));
                let listed = of_it().any(|seen| seen.method == "GET" && !seen.query.contains("watch=true"));
                let watched = of_it().any(|seen| seen.query.contains("watch=true"));
                // A watch that was cut goes on where it was; one that expired cannot.
                check(watched && (listed || end == End::Cut), (listed, watched))
            })
            .await?;
        }
        let environment = format!("round-{round}");
        flag.raise(ready_spec_with(json!({"cluster": {"environment": environment}}))).await?;
        eventually(SOON, "the changed flag is noticed", async || {
            let cluster = flag.get().await?.status.context("a status")?.cluster.context("a cluster")?;
            check(cluster.environment == environment, cluster)
        })
        .await?;
        flag.wait_until_ready().await?;
    }
    ensure!(operator.exited().is_none());
    Ok(())
}
