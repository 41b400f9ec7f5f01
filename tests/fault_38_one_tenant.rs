//! Two clusters write the same rules to one tenant of a real Mimir: one alert for the broken one, and neither deletes the other's.

use anyhow::{Context, Result, ensure};
use flagstaff_crds::ConditionStatus;
use flagstaff_tests::eventually::check;
use flagstaff_tests::flag::{DESTINATION, SOON};
use flagstaff_tests::operator::Operator;
use flagstaff_tests::store::{Alertmanager, Mimir, Prometheus, PrometheusOptions, Site};
use flagstaff_tests::{Cluster, ControlPlane, Flag, eventually, turn};
use k8s_openapi::api::core::v1::Event;
use kube::api::{Api, DeleteParams, ListParams};
use serde_json::{Value, json};

const TENANT: &str = "acme";

/// A cluster with an operator and a flag of its own.
struct Member {
    _cluster: ControlPlane,
    operator: Operator,
    flag: Flag,
    namespace: String,
}

impl Member {
    async fn join(name: &str, rules_url: &str) -> Result<Self> {
        let cluster = ControlPlane::lease().await?;
        let flag = Flag::install(&cluster).await?;
        let operator = turn::operator(cluster.kubeconfig(), &["--outside-seconds=6"]).await?;
        flag.raise(spec(name, rules_url)).await?;
        let uid = eventually(SOON, "the cluster is named in status", async || {
            flag.get().await?.status.and_then(|status| status.cluster).map(|cluster| cluster.uid).context("no status")
        })
        .await?;
        Ok(Self { _cluster: cluster, operator, flag, namespace: format!("flagstaff-{uid}") })
    }

    async fn delete(&self) -> Result<()> {
        self.flag.api().delete("cluster", &DeleteParams::default()).await.context("delete the flag")?;
        eventually(SOON, "the flag is gone", async || {
            let left = self.flag.api().get_opt("cluster").await?;
            check(left.is_none(), left.map(|flag| flag.metadata.finalizers))
        })
        .await
    }
}

/// Alerts fire at once, so that the test need not wait ten minutes.
fn spec(name: &str, rules_url: &str) -> Value {
    json!({
        "enabled": true,
        "cluster": {"name": name},
        "destinations": [{"name": "metrics", "signal": "metrics", "url": DESTINATION}],
        "packs": [{"name": "base", "values": {"alerts": {"for_scale": 0}}}],
        "rules": {"target": "ruler", "ruler": {"url": rules_url, "tenant": TENANT}},
    })
}

/// A target of a cluster as its agents would name it; nobody listens at port 9.
fn target(cluster: &str, address: &str) -> Value {
    let labels = json!({"cluster": cluster, "job": "shop", "namespace": "shop", "agent": "node"});
    json!({"targets": [address], "labels": labels})
}

#[tokio::test]
async fn fault_38_two_clusters_in_one_tenant_do_not_meet() -> Result<()> {
    let site = Site::loopback()?;
    let alerts = Alertmanager::start(&site).await?;
    let mimir = Mimir::start(&site, &alerts).await?;
    let scraped = Prometheus::start(&site).await?;
    let address = scraped.url().trim_start_matches("http://").to_owned();
    // Samples of both clusters come from a real sender: `west` has a target that answers, `east` one that does not.
    let options = PrometheusOptions {
        name: "sender".into(),
        scrape: vec![
            json!({"job_name": "shop", "static_configs": [target("west", &address), target("east", "127.0.0.1:9")]}),
        ],
        remote_write: vec![json!({"url": mimir.remote_write_url(), "headers": {"X-Scope-OrgID": TENANT}})],
        ..PrometheusOptions::default()
    };
    let _sender = Prometheus::with(&site, None, options).await?;

    let west = Member::join("west", &mimir.rules_url()).await?;
    let east = Member::join("east", &mimir.rules_url()).await?;
    for member in [&west, &east] {
        let evaluated = member.flag.wait_for("RulesEvaluated", "EvaluatorFound").await?;
        assert_eq!(evaluated.status, ConditionStatus::True);
        ensure!(evaluated.message.contains(&member.namespace), "{}", evaluated.message);
    }
    let rules = mimir.rules(TENANT).await?;
    let count = |namespace: &str| rules[namespace].as_array().map_or(0, Vec::len);
    let counts = (count(&west.namespace), count(&east.namespace));
    ensure!(counts.0 >= 4 && counts.0 == counts.1, "every group of the pack, for each: {counts:?}");
    each_is_of_its_cluster(&rules[&west.namespace], "west")?;
    each_is_of_its_cluster(&rules[&east.namespace], "east")?;

    let down = eventually(SOON, "the broken cluster's alert arrives", async || {
        let all = alerts.alerts().await?;
        let down: Vec<Value> = all.iter().filter(|a| a["labels"]["alertname"] == "TargetDown").cloned().collect();
        check(!down.is_empty(), all.len())?;
        anyhow::Ok(down)
    })
    .await?;
    ensure!(down.len() == 1 && down[0]["labels"]["cluster"] == "east", "{down:?}");
    // Each cluster's rules are taken up by the ruler in its own time.
    eventually(SOON, "one recorded series for each cluster", async || {
        let recorded = mimir.query(TENANT, "cluster_job:up:avg{job=\"shop\"}").await?;
        check(recorded.as_array().is_some_and(|series| series.len() == 2), &recorded)
    })
    .await?;
    let all = alerts.alerts().await?;
    let down = all.iter().filter(|alert| alert["labels"]["alertname"] == "TargetDown").count();
    ensure!(down == 1, "still one alert, with the rules of both evaluated: {all:?}");

    takes_back_what_somebody_deleted(&mimir, &west).await?;
    leaves_alone(&mimir, west, &east).await?;
    gives_up_on_a_dead_ruler(&mimir, east).await
}

fn each_is_of_its_cluster(groups: &Value, cluster: &str) -> Result<()> {
    let rules = groups.as_array().into_iter().flatten().flat_map(|group| group["rules"].as_array()).flatten();
    for rule in rules {
        let expr = rule["expr"].as_str().unwrap_or_default();
        ensure!(expr.contains(&format!("cluster=\"{cluster}\"")) || !expr.contains('{'), "{expr}");
        ensure!(rule["labels"]["cluster"] == cluster, "{rule}");
    }
    Ok(())
}

/// Within the minute after which what lies outside is compared again.
async fn takes_back_what_somebody_deleted(mimir: &Mimir, member: &Member) -> Result<()> {
    let before = mimir.rules(TENANT).await?;
    let group = before[&member.namespace][0]["name"].as_str().context("a group")?.to_owned();
    mimir.delete_group(TENANT, &member.namespace, &group).await?;
    eventually(SOON, "the deleted group is back", async || {
        let now = mimir.rules(TENANT).await?;
        let names = |rules: &Value| {
            let groups = rules[&member.namespace].as_array().cloned().unwrap_or_default();
            groups.iter().map(|group| group["name"].to_string()).collect::<std::collections::BTreeSet<_>>()
        };
        check(names(&now) == names(&before), names(&now))
    })
    .await
}

async fn leaves_alone(mimir: &Mimir, leaving: Member, staying: &Member) -> Result<()> {
    let before = mimir.rules(TENANT).await?[&staying.namespace].clone();
    leaving.delete().await?;
    let after = mimir.rules(TENANT).await?;
    ensure!(after[&leaving.namespace].is_null(), "the rules of the deleted flag are still there");
    assert_eq!(after[&staying.namespace], before, "the other's are as they were");
    ensure!(leaving.operator.exited().is_none());
    Ok(())
}

/// What cannot be taken back does not hold the flag for ever, and is named.
async fn gives_up_on_a_dead_ruler(mimir: &Mimir, member: Member) -> Result<()> {
    mimir.kill()?;
    member.delete().await?;
    let events: Api<Event> = Api::all(member.flag.client.clone());
    eventually(SOON, "an event names what is left behind", async || {
        let found = events.list(&ListParams::default()).await?;
        let notes: Vec<String> = found
            .items
            .into_iter()
            .filter(|event| event.reason.as_deref() == Some("LeftBehind"))
            .filter_map(|event| event.message)
            .collect();
        check(notes.iter().any(|note| note.contains(&member.namespace) && note.contains(&mimir.rules_url())), notes)
    })
    .await
}

#[tokio::test]
async fn fault_38_a_ruler_that_does_not_answer_is_said_and_stops_nothing_else() -> Result<()> {
    let turn = flagstaff_tests::Turn::with_nodes().await?;
    let flag = &turn.flag;
    let operator = turn.operator_with(&["--outside-seconds=2"]).await?;
    flag.raise(spec("lonely", "http://127.0.0.1:9/prometheus/config/v1/rules")).await?;
    let ready = flag.wait_for("Ready", "RulerUnreachable").await?;
    ensure!(
        ready.message.contains("http://127.0.0.1:9") && ready.message.contains("operator.outside_unreachable"),
        "{ready:?}"
    );
    let objects = flag.get().await?.status.and_then(|status| status.objects).context("objects")?;
    ensure!(objects.applied > 20 && objects.ready == objects.workloads, "{objects:?}");
    flag.api().delete("cluster", &DeleteParams::default()).await.context("delete the flag")?;
    eventually(SOON, "the flag does not wait for ever", async || {
        let left = flag.api().get_opt("cluster").await?;
        check(left.is_none(), left.map(|flag| flag.metadata.finalizers))
    })
    .await?;
    ensure!(operator.exited().is_none());
    Ok(())
}
