//! The audit log is sealed: what is changed, removed or put in behind the hub's back is found, and so is a log that was cut off.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_tests::eventually::check;
use flagstaff_tests::{Hub, eventually};
use serde_json::{Value, json};

#[tokio::test]
async fn what_is_changed_removed_or_put_in_behind_the_hubs_back_is_found() -> Result<()> {
    let hub = Hub::start(&[], &[("FLAGSTAFF_HUB_STATUS_EVERY_SECONDS", "1")]).await?;
    let admin = hub.admin().await?;
    let verify = async |after: i64| -> Result<Value> {
        admin.get(&format!("/api/v1/audit/verification?after={after}")).await?.good()
    };
    let all_sealed = async || {
        eventually(Duration::from_secs(30), "every entry is sealed", async || {
            let found = verify(0).await?;
            check(found["unsealed"] == 0 && found["head"].is_object(), &found)?;
            anyhow::Ok(found)
        })
        .await
    };
    admin.join_token(json!({"reason": "the first"})).await?;
    let first = all_sealed().await?;
    for index in 0..6 {
        admin.join_token(json!({"reason": format!("reason {index}")})).await?;
    }
    let intact = all_sealed().await?;
    assert_eq!((&intact["intact"], &intact["problems"]), (&json!(true), &json!([])));
    ensure!(intact["entries"].as_u64() > first["entries"].as_u64(), "{intact} after {first}");
    ensure!(intact["head"]["number"].as_i64() > first["head"]["number"].as_i64(), "{intact} after {first}");
    let later = verify(first["head"]["number"].as_i64().context("a number")?).await?;
    assert_eq!((&later["from"], &later["intact"]), (&first["head"], &json!(true)));

    // Each change is made, found by name, and undone.
    let entry = hub.sql("SELECT id FROM audit WHERE reason = 'reason 3'")?;
    let number: i64 = entry.parse()?;
    let found = async |change: &str, undo: &str, kind: &str, entry: Option<i64>| -> Result<()> {
        hub.sql(change)?;
        let told = verify(0).await?;
        let problems = told["problems"].as_array().context("problems")?;
        let named = problems.iter().any(|one| one["kind"] == kind && (entry.is_none() || one["entry"] == json!(entry)));
        ensure!(told["intact"] == false && named, "{change}: {told}");
        hub.sql(undo)?;
        let told = verify(0).await?;
        ensure!(told["intact"] == true, "{undo}: {told}");
        Ok(())
    };
    for column in ["who", "action", "subject", "reason", "outcome", "request_id"] {
        let change = format!("UPDATE audit SET {column} = {column} || 'x' WHERE id = {entry}");
        let undo = format!("UPDATE audit SET {column} = left({column}, -1) WHERE id = {entry}");
        found(&change, &undo, "entry_changed", Some(number)).await?;
    }
    let moved = |sign: &str| format!("UPDATE audit SET at = at {sign} interval '1 hour' WHERE id = {entry}");
    found(&moved("+"), &moved("-"), "entry_changed", Some(number)).await?;
    let remove =
        format!("CREATE TABLE aside AS SELECT * FROM audit WHERE id = {entry}; DELETE FROM audit WHERE id = {entry}");
    let restore = "INSERT INTO audit OVERRIDING SYSTEM VALUE SELECT * FROM aside; DROP TABLE aside";
    found(&remove, restore, "entry_removed", Some(number)).await?;
    let put_in = "INSERT INTO audit (id, at, who, action, subject, reason, outcome, request_id) OVERRIDING SYSTEM VALUE
                  VALUES (0, now(), 'x', 'x', 'x', 'x', 'done', 'r-x'), (-1, now(), 'x', 'x', 'x', 'x', 'done', 'r-x')";
    found(put_in, "DELETE FROM audit WHERE id <= 0", "entry_added", Some(0)).await?;
    found(
        "UPDATE audit_seal SET number = number + 1000",
        "UPDATE audit_seal SET number = number - 1000",
        "seal_removed",
        None,
    )
    .await?;
    // Whoever changes an entry and its hash too has not the hub's key.
    let forge = "CREATE TABLE aside AS SELECT * FROM audit_seal;
                 UPDATE audit_seal SET entry_sha256s[1] = sha256('x'), sha256 = sha256('y') WHERE number = 1";
    let unforge = "DELETE FROM audit_seal; INSERT INTO audit_seal SELECT * FROM aside; DROP TABLE aside";
    found(forge, unforge, "seal_changed", None).await?;

    // Cut off at its end the log is whole in itself: only who has seen more finds that out.
    let head = verify(0).await?["head"]["number"].as_i64().context("a number")?;
    hub.sql(&format!("DELETE FROM audit_seal WHERE number = {head}"))?;
    assert_eq!(
        admin.get(&format!("/api/v1/audit/verification?after={head}")).await?.refusal()?,
        (404, "not_found".into())
    );
    ensure!(hub.metric("flagstaff_hub_audit_sealed_total ").await? > 6.0, "the metric counts");
    Ok(())
}
