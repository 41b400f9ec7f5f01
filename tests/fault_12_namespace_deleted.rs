//! The platform's namespace is deleted while the operator is gone: nothing hangs, and the way back is said.

use std::time::Duration;

use anyhow::{Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{NAMESPACE, SOON, name_of, ready_spec};
use flagstaff_tests::{Turn, eventually};
use k8s_openapi::api::core::v1::Namespace;
use kube::api::Api;

#[tokio::test]
async fn fault_12_nothing_hangs_when_the_namespace_goes_first() -> Result<()> {
    let turn = Turn::without_nodes().await?;
    let flag = &turn.flag;
    let spaces: Api<Namespace> = Api::all(flag.client.clone());
    let delete_namespace = async || {
        spaces.delete(NAMESPACE, &Default::default()).await?;
        eventually(Duration::from_secs(180), "the namespace is gone", async || {
            let found = spaces.get_opt(NAMESPACE).await?;
            check(found.is_none(), found.map(|space| space.status))
        })
        .await
    };
    let operator = turn.operator_with(&["--health-seconds=300", "--resync-seconds=2"]).await?;
    flag.raise(ready_spec()).await?;
    flag.wait_for("Ready", "Waiting").await?;
    let whole = flag.canonical().await?;

    operator.kill()?;
    delete_namespace().await?;
    operator.start_again().await?;
    let missing = flag.wait_for("Ready", "NamespaceMissing").await?;
    ensure!(missing.message.contains("kubectl create namespace flagstaff"), "{}", missing.message);
    ensure!(spaces.get_opt(NAMESPACE).await?.is_none(), "the namespace belongs to Helm: we do not make it");
    flag.create_namespace(NAMESPACE).await?;
    flag.wait_for("Ready", "Waiting").await?;
    eventually(SOON, "everything is there again", async || {
        let now = flag.canonical().await?;
        check(now == whole, now.keys().collect::<Vec<_>>())
    })
    .await?;

    // Now the namespace and the flag, with nobody there to let go of a finalizer.
    operator.kill()?;
    delete_namespace().await?;
    flag.api().delete("cluster", &Default::default()).await?;
    eventually(SOON, "the flag goes by itself", async || {
        check(flag.api().get_opt("cluster").await?.is_none(), "it is there")
    })
    .await?;
    flag.wait_until_gone().await?;
    // And an operator that comes back to nothing has nothing to do.
    operator.start_again().await?;
    flag.create_namespace(NAMESPACE).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let made: Vec<_> = flag.members().await?.iter().map(name_of).collect();
    ensure!(made.is_empty() && operator.exited().is_none(), "{made:?}");
    Ok(())
}
