//! One cluster is offline while settings are changed: the change goes on without it, it never looks healthy, and it is caught up.

use anyhow::{Context, Result, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::{Fleet, Manner};
use serde_json::{Value, json};

fn of<'a>(change: &'a Value, id: &str) -> Option<&'a Value> {
    let clusters = change["batches"].as_array()?.iter().flat_map(|batch| batch["clusters"].as_array());
    clusters.flatten().find(|cluster| cluster["id"] == id)
}

#[tokio::test]
async fn fault_20_one_offline_cluster_blocks_no_change_and_is_caught_up() -> Result<()> {
    let hub = Hub::start(&[], &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "1")]).await?;
    let admin = hub.admin().await?;
    let mut fleet = Fleet::join(&hub, &admin, "some", 10).await?;
    let id = fleet.followers[3].id.clone();
    fleet.followers[3].manner = Manner::Silent;
    fleet
        .until(&hub, "it is offline", async |fleet| {
            Ok(admin.cluster(&fleet.followers[3].cluster.name).await?["state"] == "offline")
        })
        .await?;
    let body = json!({"content": {"packs": {"base": {"logs": {"rate": 5}}}}, "reason": "less noise"});
    let made = admin.put_layer("region/eu-west-1", None, &body).await?.good()?;
    let change = made["change"]["id"].as_str().context("no change")?.to_owned();
    fleet
        .until(&hub, "the change ends without it", async |_| {
            let now = admin.change(&change).await?;
            let silent = of(&now, &id).context("the silent one is not in it")?;
            ensure!(silent["state"] != "healthy" && silent["cluster_state"] == "offline", "{silent}");
            Ok(now["state"] == "done")
        })
        .await?;
    let done = admin.change(&change).await?;
    assert_eq!(done["counts"], json!({"healthy": 9, "offline": 1}));
    assert_eq!(fleet.changed(1), 9);
    ensure!(of(&done, &id).is_some_and(|silent| silent["message"].as_str().unwrap_or_default().contains("caught up")));

    fleet.followers[3].manner = Manner::Holds;
    fleet
        .until(&hub, "it is caught up", async |fleet| {
            Ok(admin.change(&change).await?["counts"] == json!({"healthy": 10}) && fleet.changed(1) == 10)
        })
        .await?;
    assert_eq!(fleet.followers[3].revision(), fleet.followers[0].revision());
    Ok(())
}
