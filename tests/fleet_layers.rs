//! Settings in layers at the hub: what a change does when clusters turn worse, when the hub dies, when two hubs run, and whom it is for.

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::hub::{Fleet, Manner, Person};
use flagstaff_tests::{Hub, eventually};
use serde_json::{Value, json};

const QUICK: &[(&str, &str)] = &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "2")];

fn rate(rate: i64) -> Value {
    json!({"content": {"packs": {"base": {"logs": {"rate": rate}}}}, "reason": "less noise"})
}

async fn put(admin: &Person<'_>, layer: &str, etag: Option<&str>, body: &Value) -> Result<(String, String)> {
    let made = admin.put_layer(layer, etag, body).await?.good()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Ok((text(&made["change"]["id"]).context("no change")?, text(&made["layer"]["etag"]).context("no etag")?))
}

#[tokio::test]
async fn a_cluster_that_turns_worse_halts_it_and_undo_returns() -> Result<()> {
    let hub = Hub::start(&[], QUICK).await?;
    let admin = hub.admin().await?;
    let mut fleet = Fleet::join(&hub, &admin, "worse", 10).await?;
    for (manner, words) in
        [(Manner::Degrades, "it is degraded"), (Manner::Refuses, "it refused the settings: values /packs/base/logs")]
    {
        let before = fleet.followers[0].given.len();
        fleet.followers[2].manner = manner;
        let (id, etag) = put(&admin, "fleet/all", None, &rate(1)).await?;
        fleet.until(&hub, "it is halted", async |_| Ok(admin.change(&id).await?["state"] == "halted")).await?;
        let halted = admin.change(&id).await?;
        ensure!(halted["state_message"].as_str().is_some_and(|why| why.contains(words)), "{halted}");
        assert_eq!((halted["counts"]["failed"].as_i64(), halted["counts"]["released"].as_i64()), (Some(1), None));
        let released = fleet.changed(before);
        ensure!((2..=3).contains(&released), "{released} were released though the third one turned worse");
        for _ in 0..10 {
            fleet.tick(&hub).await?;
            assert_eq!(fleet.changed(before), released, "a halted change goes on");
        }
        let attention = admin.get("/api/v1/attention").await?.good()?;
        let line =
            attention["items"].as_array().into_iter().flatten().find(|line| line["key"] == format!("change/{id}"));
        let line = line.with_context(|| format!("nothing is said: {attention}"))?;
        assert_eq!((&line["tone"], &line["clusters"][0]["id"]), (&json!("bad"), &json!(fleet.followers[2].id)));
        ensure!(admin.kinds(&fleet.followers[2].id).await?.contains(&"change_halted".to_owned()));

        // Nobody changes the same clusters meanwhile, and it is said why.
        for (layer, etag) in [("fleet/all", Some(etag.as_str())), ("provider/aws", None)] {
            let other = admin.put_layer(layer, etag, &rate(9)).await?;
            assert_eq!(other.refusal()?, (409, "conflict".into()));
            ensure!(other.text.contains(&id), "{}", other.text);
        }
        admin.post(&format!("/api/v1/changes/{id}/undo"), &json!({})).await?.good()?;
        fleet.followers[2].manner = Manner::Holds;
        fleet
            .until(&hub, "each has what it had", async |fleet| {
                Ok(fleet.followers.iter().all(|one| one.given.len() < 2 || one.revision() == one.given[0]))
            })
            .await?;
        assert_eq!(admin.change(&id).await?["state"], "undone");
        assert_eq!(admin.get("/api/v1/layers").await?.good()?["items"], json!([]), "the layer is as it was: not there");
        // What it was like is forgotten for the next round.
        fleet.followers.iter_mut().for_each(|one| one.given.truncate(1));
    }
    Ok(())
}

#[tokio::test]
async fn a_hub_that_is_killed_in_the_middle_loses_nothing_and_two_release_nothing_twice() -> Result<()> {
    let one = Hub::start(&[], QUICK).await?;
    let admin = one.admin().await?;
    let mut fleet = Fleet::join(&one, &admin, "twice", 12).await?;
    let database = format!(
        "--database-url=postgres://flagstaff@localhost/postgres?host={}",
        one.data_dir().join("postgres").display()
    );
    let key = format!("--identity-key-file={}", one.data_dir().join("identity.key").display());
    let two = Hub::start(&[&database, &key], QUICK).await?;
    let there = Person::with_cookie(&two, admin.cookie());
    let generations = |hub: &Hub| hub.sql("SELECT id, generation FROM cluster ORDER BY id");
    let before = generations(&one)?;
    let (id, _) = put(&there, "fleet/all", None, &rate(3)).await?;
    fleet.until(&two, "some have it", async |fleet| Ok(fleet.changed(1) >= 3)).await?;
    // The one that leads, and with it the lock; its Postgres goes on.
    one.kill()?;
    fleet.until(&two, "it goes on under the other one", async |fleet| Ok(fleet.changed(1) >= 7)).await?;
    two.kill()?;
    one.start_again().await?;
    fleet.until(&one, "it goes on under the first", async |fleet| Ok(fleet.changed(1) == 12)).await?;
    fleet.until(&one, "it is done", async |_| Ok(admin.change(&id).await?["state"] == "done")).await?;
    assert_eq!(admin.change(&id).await?["counts"], json!({"healthy": 12}));
    let next: Vec<String> = before
        .lines()
        .map(|line| {
            let (id, generation) = line.split_once('|').context("a row")?;
            anyhow::Ok(format!("{id}|{}", generation.parse::<i64>()? + 1))
        })
        .collect::<Result<_>>()?;
    assert_eq!(generations(&one)?, next.join("\n"), "each was released it once");
    let told =
        one.sql("SELECT cluster_id FROM event WHERE kind = 'settings_released' GROUP BY 1 HAVING count(*) <> 1")?;
    assert_eq!(told, "", "told twice");
    Ok(())
}

#[tokio::test]
async fn layers_are_for_whom_they_say_and_the_values_tell_each_word() -> Result<()> {
    let hub = Hub::start(&[], QUICK).await?;
    let admin = hub.admin().await?;
    let mut fleet = Fleet::join(&hub, &admin, "words", 2).await?;
    let (one, other) = (fleet.followers[0].id.clone(), fleet.followers[1].id.clone());
    let done = async |fleet: &mut Fleet, id: &str| {
        fleet.until(&hub, "it is done", async |_| Ok(admin.change(id).await?["state"] == "done")).await
    };
    let (change, etag) = put(&admin, "fleet/all", None, &rate(1)).await?;
    done(&mut fleet, &change).await?;
    let mut group = rate(2);
    group["selector"] = json!({"team": "a", "environment": "prod"});
    let (change, _) = put(&admin, "group/a", None, &group).await?;
    done(&mut fleet, &change).await?;
    let (change, _) = put(&admin, &format!("cluster/{one}"), None, &rate(3)).await?;
    assert_eq!(admin.change(&change).await?["batches"][0]["clusters"].as_array().map(Vec::len), Some(1));
    done(&mut fleet, &change).await?;
    let values = admin.get(&format!("/api/v1/clusters/{one}/values")).await?.good()?;
    assert_eq!(
        values["values"],
        json!([{"pointer": "/packs/base/logs/rate", "effective": 3, "by": "cluster", "overridden": false, "words": [
            {"layer": "fleet", "value": 1}, {"layer": "group a", "value": 2}, {"layer": "cluster", "value": 3}]}])
    );
    assert_eq!(values["revision"], values["reported_revision"]);
    assert_eq!((&values["held"], &values["enabled"]["by"]), (&json!(true), &json!("flag")));
    assert_eq!(admin.get(&format!("/api/v1/clusters/{other}/values")).await?.good()?["values"][0]["effective"], 2);

    // Somebody else was quicker.
    assert_eq!(admin.put_layer("fleet/all", None, &rate(5)).await?.refusal()?, (412, "precondition_failed".into()));
    let (change, newer) = put(&admin, "fleet/all", Some(&etag), &rate(4)).await?;
    assert_eq!(
        admin.put_layer("fleet/all", Some(&etag), &rate(5)).await?.refusal()?,
        (412, "precondition_failed".into())
    );
    done(&mut fleet, &change).await?;
    // It is masked by the others, and said to be.
    let mut dry = rate(6);
    dry["dry_run"] = json!(true);
    let preview = admin.put_layer("fleet/all", Some(&newer), &dry).await?.good()?;
    assert_eq!(preview["preview"]["clusters"][0]["differences"], json!([]));

    // A viewer sees and changes nothing.
    let viewer = admin.makes("viewer").await?;
    viewer.get("/api/v1/changes").await?.good()?;
    assert_eq!(viewer.put_layer("fleet/all", Some(&newer), &rate(7)).await?.refusal()?, (403, "not_permitted".into()));
    Ok(())
}

#[tokio::test]
async fn who_joins_gets_what_counts_and_an_older_operator_is_passed_over() -> Result<()> {
    let hub = Hub::start(&[], QUICK).await?;
    let admin = hub.admin().await?;
    let mut fleet = Fleet::join(&hub, &admin, "joins-later", 3).await?;
    let (change, _) = put(&admin, "fleet/all", None, &rate(1)).await?;
    fleet.until(&hub, "it is done", async |_| Ok(admin.change(&change).await?["state"] == "done")).await?;
    let late = Fleet::join(&hub, &admin, "newcomer", 1).await?;
    assert_eq!(late.followers[0].revision(), fleet.followers[0].revision(), "what counts, at once");
    fleet.followers.extend(late.followers);

    fleet.followers[0].manner = Manner::Older;
    fleet.tick(&hub).await?;
    let (change, _) = put(&admin, "region/eu-west-1", None, &rate(2)).await?;
    fleet.until(&hub, "it is done", async |_| Ok(admin.change(&change).await?["state"] == "done")).await?;
    let done = admin.change(&change).await?;
    assert_eq!(done["counts"], json!({"healthy": 3, "skipped": 1}));
    ensure!(done.to_string().contains("Its operator knows no settings"), "{done}");

    // While a change is open a newcomer has what was before it, and goes along with it.
    admin.post("/api/v1/changes/freeze", &json!({})).await?.good()?;
    let etag = admin.get("/api/v1/layers").await?.good()?["items"][0]["etag"].as_str().unwrap_or_default().to_owned();
    let (change, _) = put(&admin, "fleet/all", Some(&etag), &rate(8)).await?;
    admin.post(&format!("/api/v1/changes/{change}/freeze"), &json!({})).await?.good()?;
    let before = admin.change(&change).await?["counts"].clone();
    let last = Fleet::join(&hub, &admin, "last", 1).await?;
    eventually(std::time::Duration::from_secs(30), "it waits in the change", async || {
        let counts = admin.change(&change).await?["counts"].clone();
        check(counts["waiting"].as_i64() == before["waiting"].as_i64().map(|waiting| waiting + 1), counts)
    })
    .await?;
    assert_eq!(last.followers[0].revision(), fleet.followers[1].revision(), "as the others have it");
    fleet.followers.extend(last.followers);
    admin.post(&format!("/api/v1/changes/{change}/resume"), &json!({})).await?.good()?;
    fleet.until(&hub, "it is done", async |_| Ok(admin.change(&change).await?["state"] == "done")).await?;
    Ok(())
}
