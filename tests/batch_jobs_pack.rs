//! The pack `batch-jobs` on a real API server and in a real Prometheus: installed beside the base pack, removed again, its example read by its rules and dashboard.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use flagstaff_template::{Input, Pack, render};
use flagstaff_tests::batch::{Collector, Room};
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{SOON, name_of, ready_spec_with};
use flagstaff_tests::store::{Prometheus, PrometheusOptions, Site};
use flagstaff_tests::{Turn, eventually};
use serde_json::{Value, json};

const JOB: &str = "flagstaff/flagstaff-batch-collector";

#[tokio::test]
async fn the_pack_comes_with_the_flag_and_goes_without_it() -> Result<()> {
    let turn = Turn::with_nodes().await?;
    let flag = &turn.flag;
    let _operator = turn.operator().await?;
    let packs = |values: Value| ready_spec_with(json!({"packs": [{"name": "batch-jobs", "values": values}]}));
    flag.raise(packs(json!({"namespaces": ["shop"], "collector": {"user": 0}}))).await?;
    flag.wait_until_ready().await?;
    let members = flag.members().await?;
    let ours: Vec<String> = members.iter().map(name_of).filter(|name| name.contains("batch")).collect();
    for name in ["flagstaff-batch-collector", "flagstaff-dashboard-batch-jobs", "flagstaff-rules-batch-jobs"] {
        ensure!(ours.iter().any(|one| one.ends_with(name)), "no {name} in {ours:?}");
    }
    ensure!(ours.len() == 6, "{ours:?}");
    ensure!(members.iter().any(|one| name_of(one).contains("flagstaff-agent-node")), "the base pack is there as well");
    let daemons = members.iter().find(|one| {
        one.types.as_ref().is_some_and(|types| types.kind == "DaemonSet") && name_of(one).contains("batch-collector")
    });
    let pod = &daemons.context("the collector's DaemonSet")?.data["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    let command = container["command"].as_array().context("a command")?;
    ensure!(
        command.contains(&json!("--namespace=shop")) && command.contains(&json!("--drop-label=pid")),
        "{command:?}"
    );
    let rights = &container["securityContext"];
    ensure!(rights["capabilities"] == json!({"drop": ["ALL"], "add": ["LEASE"]}), "{rights}");
    ensure!(rights["readOnlyRootFilesystem"] == json!(true) && pod["hostPID"] != json!(true), "{pod}");

    // A value that does not fit is told with its pack, and what runs runs on.
    flag.raise(packs(json!({"fold": {"every_seconds": "often"}}))).await?;
    let refused = flag.wait_for("Stalled", "TemplateInvalid").await?;
    ensure!(refused.message.contains("batch-jobs") && refused.message.contains("every_seconds"), "{refused:?}");
    let left: Vec<String> = flag.members().await?.iter().map(name_of).filter(|name| name.contains("batch")).collect();
    ensure!(left == ours, "{left:?}");
    flag.raise(ready_spec_with(json!({"packs": [{"name": "nothing"}]}))).await?;
    let refused = flag.wait_for("Stalled", "TemplateUnknown").await?;
    ensure!(refused.message.contains("`nothing`") && refused.message.contains("batch-jobs"), "{refused:?}");

    // Without the pack all of it goes and the rest stays.
    flag.raise(ready_spec_with(json!({}))).await?;
    eventually(SOON, "the pack is gone", async || {
        let left: Vec<String> = flag.members().await?.iter().map(name_of).filter(|one| one.contains("batch")).collect();
        check(left.is_empty(), left)
    })
    .await?;
    flag.wait_until_ready().await?;
    flag.clear().await
}

#[tokio::test]
async fn the_example_is_read_by_rules_and_dashboard() -> Result<()> {
    let (room, site) = (Room::new()?, Site::loopback()?);
    let collector = Collector::start(site.processes(), &room, &["--fold-seconds=1", "--settle-seconds=1"]).await?;
    let options = PrometheusOptions {
        scrape: vec![json!({
            "job_name": JOB,
            "static_configs": [{"targets": [collector.address()], "labels": {"cluster": "berlin-1", "pod": "collector-1"}}],
        })],
        ..PrometheusOptions::default()
    };
    let prometheus = Prometheus::with(&site, None, options).await?;
    let folder = room.pod("shop_import-orders_import-orders-1")?;
    let text = folder.display().to_string();
    let with =
        |parts, failing| [("PROMETHEUS_MULTIPROC_DIR", text.as_str()), ("PARTS", parts), ("FAILING_SHARE", failing)];
    let good = room.run("example/import_orders.py", &[], &with("8", "0"), false).await?;
    ensure!(good.contains("8 parts, 0 failed"), "{good}");
    std::fs::write(folder.join("counter_1.db"), "no file of a client").context("write a foreign file")?;
    // Prometheus has to have seen them before it can see an increase.
    let ends =
        |outcome: &str| format!("sum(batch_job_ends_total{{batch_job=\"import-orders\", outcome=\"{outcome}\"}})");
    eventually(SOON, "Prometheus knows the good runs", async || {
        let value = prometheus.value(&ends("succeeded")).await?;
        check(value == 8.0, value)
    })
    .await?;
    let bad = room.run("example/import_orders.py", &[], &with("4", "1"), false).await;
    let bad = bad.err().context("a job whose parts fail ends well")?.to_string();
    ensure!(bad.contains("4 parts, 4 failed"), "{bad}");
    eventually(SOON, "Prometheus knows the failed runs", async || {
        let value = prometheus.value(&ends("failed")).await?;
        check(value == 4.0, value)
    })
    .await?;
    let begun = prometheus.value("sum(batch_job_starts_total) - sum(batch_job_ends_total)").await?;
    ensure!(begun == 0.0, "{begun} runs began and did not end");

    let pack = Pack::builtin("batch-jobs").context("the compiled-in pack")?;
    let rendered = render(&pack, &Input::sample()).map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    for file in &rendered.rules {
        // JSON is YAML.
        prometheus.load_rules(&file.name, &json!({"groups": file.groups}).to_string()).await?;
    }
    eventually(Duration::from_secs(60), "every rule is evaluated, and the foreign file is told", async || {
        let groups = prometheus.rules().await?;
        let rules: Vec<&Value> =
            groups.iter().flat_map(|group| group["rules"].as_array().into_iter().flatten()).collect();
        check(rules.len() == 7 && rules.iter().all(|rule| rule["health"] == "ok"), &rules)?;
        let alerts = prometheus.alerts().await?;
        let told: Vec<&Value> = alerts.iter().map(|alert| &alert["labels"]["alertname"]).collect();
        check(told.contains(&&json!("BatchFilesSkipped")) && !told.contains(&&json!("BatchCollectorDown")), &told)
    })
    .await?;

    let dashboard = &rendered.dashboards.first().context("a dashboard")?.json;
    let mut filled = 0;
    for panel in dashboard["panels"].as_array().context("panels")? {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expr = target["expr"].as_str().context("a query")?;
            let expr = expr.replace("$__rate_interval", "1m");
            let expr =
                ["$batch_namespace", "$batch_job", "$cluster"].iter().fold(expr, |expr, name| expr.replace(name, ".+"));
            // A rate needs two samples of each series, and the second may be yet to come.
            eventually(SOON, format!("{} shows something: {expr}", panel["title"]), async || {
                let found = prometheus.query(&expr).await?;
                check(!found.is_empty(), &found)
            })
            .await?;
            filled += 1;
        }
    }
    ensure!(filled > 18, "{filled} queries");
    Ok(())
}
