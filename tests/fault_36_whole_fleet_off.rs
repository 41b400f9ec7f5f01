//! Somebody switches the whole fleet off: it goes to one, then a few at a time, can be frozen, and all at once has to be chosen and typed.

use anyhow::{Context, Result, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::{Fleet, Person};
use serde_json::{Value, json};

async fn counts(admin: &Person<'_>, id: &str) -> Result<Value> {
    Ok(admin.change(id).await?["counts"].clone())
}

#[tokio::test]
async fn fault_36_the_whole_fleet_off_goes_to_one_then_in_batches_and_can_be_frozen() -> Result<()> {
    let hub = Hub::start(&[], &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "2")]).await?;
    let admin = hub.admin().await?;
    let mut fleet = Fleet::join(&hub, &admin, "all", 12).await?;
    let off = json!({"content": {"enabled": false}, "reason": "by mistake"});

    // Seen before it is done, and nothing is kept of it.
    let mut dry = off.clone();
    dry["dry_run"] = json!(true);
    let preview = admin.put_layer("fleet/all", None, &dry).await?.good()?;
    let clusters = preview["preview"]["clusters"].as_array().context("no clusters")?;
    assert_eq!((clusters.len(), &preview["change"]), (12, &Value::Null));
    assert_eq!(clusters[0]["differences"], json!([{"pointer": "/enabled", "before": null, "after": false}]));
    let batches: Vec<i64> = clusters.iter().filter_map(|one| one["batch"].as_i64()).collect();
    assert_eq!(batches, (1..=12).collect::<Vec<_>>(), "a tenth of twelve is one");
    assert_eq!(admin.get("/api/v1/layers").await?.good()?["items"], json!([]));

    // Not without a reason; all at once not without the number.
    let mut wrong = off.clone();
    wrong["reason"] = json!(" ");
    assert_eq!(admin.put_layer("fleet/all", None, &wrong).await?.refusal()?, (400, "invalid".into()));
    let mut at_once = off.clone();
    at_once["all_at_once"] = json!(true);
    for typed in [Value::Null, json!(11)] {
        at_once["typed_count"] = typed;
        let refused = admin.put_layer("fleet/all", None, &at_once).await?;
        assert_eq!(refused.refusal()?, (400, "invalid".into()));
        ensure!(refused.text.contains("type their number: 12"), "{}", refused.text);
    }

    let made = admin.put_layer("fleet/all", None, &off).await?.good()?;
    let id = made["change"]["id"].as_str().context("no change")?.to_owned();
    assert_eq!(made["change"]["batches"].as_array().map(Vec::len), Some(12));
    // One has it; as long as it has not come to rest, nobody else gets it.
    let first = fleet.index_of(made["change"]["batches"][0]["clusters"][0]["id"].as_str().unwrap_or_default());
    let first = first.context("a first cluster")?;
    fleet.followers[first].manner = flagstaff_tests::hub::Manner::Works;
    fleet.until(&hub, "the first one has it", async |fleet| Ok(fleet.followers[first].given.len() == 2)).await?;
    for _ in 0..10 {
        fleet.tick(&hub).await?;
        assert_eq!(fleet.changed(1), 1, "it is released to others before the first one is at rest");
    }
    fleet.followers[first].manner = flagstaff_tests::hub::Manner::Holds;
    fleet
        .until(&hub, "it goes on", async |fleet| {
            let released = counts(&admin, &id).await?["released"].as_i64().unwrap_or_default();
            ensure!(released <= 1, "{released} at once, of batches of one");
            Ok(fleet.changed(1) >= 4)
        })
        .await?;

    // One press.
    let frozen = admin.post("/api/v1/changes/freeze", &json!({})).await?.good()?;
    assert_eq!(frozen["frozen"], 1);
    let at = admin.change(&id).await?;
    assert_eq!((&at["state"], &at["state_by"]), (&json!("frozen"), &json!("ana@example.org")));
    let waiting = at["counts"]["waiting"].as_i64().context("none waits")?;
    for _ in 0..10 {
        fleet.tick(&hub).await?;
        assert_eq!(counts(&admin, &id).await?["waiting"].as_i64(), Some(waiting), "it goes on though it is frozen");
    }
    let lines = admin.get("/api/v1/attention").await?.text;
    ensure!(lines.contains("was frozen by ana@example.org"), "{lines}");

    // On again, to the end.
    let path = format!("/api/v1/changes/{id}/resume");
    admin.post(&path, &json!({"reason": "it was meant"})).await?.good()?;
    fleet.until(&hub, "all have it", async |fleet| Ok(fleet.changed(1) == 12)).await?;
    fleet.until(&hub, "it is done", async |_| Ok(admin.change(&id).await?["state"] == "done")).await?;
    assert_eq!(counts(&admin, &id).await?, json!({"healthy": 12}));
    let last = fleet.followers[0].seen["settings"]["layers"].clone();
    assert_eq!(last, json!([{"layer": "fleet", "enabled": false}]));

    // What is done is undone by another change, in batches too; all at once, typed, it is one.
    let undo = format!("/api/v1/changes/{id}/undo");
    assert_eq!(admin.post(&undo, &json!({})).await?.refusal()?, (400, "invalid".into()), "without a reason");
    let back = json!({"reason": "back on", "all_at_once": true, "typed_count": 12});
    let back = admin.post(&undo, &back).await?.good()?;
    assert_eq!((&back["undo_of"], back["batches"].as_array().map(Vec::len)), (&json!(id), Some(1)));
    fleet.until(&hub, "all have what they had", async |fleet| Ok(fleet.changed(2) == 12)).await?;
    ensure!(fleet.followers.iter().all(|one| one.given[0] == one.given[2]), "the same settings have the same revision");
    assert_eq!(admin.change(&id).await?["undone_by"], back["id"]);
    let audit = admin.get("/api/v1/audit").await?.good()?;
    let actions: Vec<&str> =
        audit["items"].as_array().into_iter().flatten().filter_map(|entry| entry["action"].as_str()).collect();
    for action in ["layer.put", "change.freeze", "change.resume", "change.undo"] {
        ensure!(actions.contains(&action), "no {action} in {actions:?}");
    }
    Ok(())
}
