//! Budgets of the demo: one for the fleet, one for each team of its load, each with some room above what is counted now.

use std::time::Duration;

use anyhow::Result;
use flagstaff_tests::eventually::{check, eventually};
use flagstaff_tests::hub::Person;
use serde_json::{Value, json};

/// A meter has seen each series once within this, and the hub has heard of it.
const COUNTED: Duration = Duration::from_secs(240);
/// Room to the limits, as a share of what is counted.
const SOFT: f64 = 1.15;
const HARD: f64 = 1.3;

/// Waits until the load of every cluster is counted; says what is counted by team. Nothing, where there is no load.
pub async fn counted(admin: &Person<'_>, wanted: usize) -> Result<Value> {
    if wanted == 0 {
        return Ok(Value::Null);
    }
    eventually(COUNTED, "the hub counts the load of every cluster", async || {
        let page: Value = admin.get("/api/v1/series?by=team").await?.good()?;
        let counted = page["total"]["series"]["value"].as_f64().unwrap_or_default();
        check(counted >= wanted as f64, format!("{counted} of {wanted}: {}", page["clusters"]))?;
        anyhow::Ok(page)
    })
    .await
}

/// Sets the budgets by what is counted, and says how many series there are. Those of teams are kept: past them new series are refused.
pub async fn set(admin: &Person<'_>, page: &Value) -> Result<f64> {
    let Some(total) = page["total"]["series"]["value"].as_f64() else { return Ok(0.0) };
    one(admin, "the whole fleet", json!({}), total, "watch").await?;
    for team in page["items"].as_array().into_iter().flatten() {
        let name = team["name"].as_str().unwrap_or_default();
        let series = team["series"]["value"].as_f64().unwrap_or_default();
        // What has no namespace belongs to no team.
        if !name.is_empty() && series >= 1000.0 {
            one(admin, &format!("team {name}"), json!({"team": name}), series, "refuse").await?;
        }
    }
    Ok(total)
}

async fn one(admin: &Person<'_>, name: &str, scope: Value, series: f64, act: &str) -> Result<()> {
    let budget = json!({
        "name": name, "scope": scope, "soft_series": (series * SOFT) as u64, "hard_series": (series * HARD) as u64,
        "act": act, "owner": {"name": "the demo", "emails": []}, "reason": "the demo's own",
    });
    admin.post("/api/v1/budgets", &budget).await?.good()?;
    Ok(())
}
