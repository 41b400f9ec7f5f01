//! Asks the agents' sidecars how they took a configuration.

use std::time::Duration;

use futures::StreamExt;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, ListParams};
use serde::Deserialize;

use crate::build::AgentWorkload;
use crate::context::Context;
use crate::error::OperatorError;
use crate::object::sha256;
use crate::sidecar::{Load, Sending};

/// Port of the sidecar's /status.
const PORT: u16 = 12346;
/// At most this many pods of one agent are asked in a pass; a refusal shows on any of them.
const ASKED: usize = 64;

/// What a sidecar says.
#[derive(Debug, Clone, Deserialize)]
struct Report {
    #[serde(default)]
    candidate_sha: Option<String>,
    #[serde(default)]
    running_sha: Option<String>,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    sending: Sending,
    #[serde(default)]
    load: Load,
}

/// How an agent took its newest configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every pod that was asked runs it.
    Accepted,
    /// At least one pod refused it, or crashed on it, and runs the last good one.
    Refused(String),
    /// Not every pod has said so yet.
    Pending(String),
    /// No pod could be asked.
    Unknown(String),
}

/// Asks the pods of one agent.
///
/// # Errors
/// [`OperatorError`] when the pods cannot be listed.
pub async fn ask(context: &Context, agent: &AgentWorkload) -> Result<Verdict, OperatorError> {
    let wanted = sha256(agent.candidate.as_bytes());
    let (answers, _) = reports(context, &agent.workload_name).await?;
    if answers.is_empty() {
        return Ok(Verdict::Pending(format!("{} has no pods yet", agent.workload_name)));
    }
    Ok(judge(&answers, &wanted))
}

/// What agents send and what they use.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Usage {
    /// What they send.
    pub sending: Sending,
    /// What they use; of no use for one monitor.
    pub load: Load,
}

/// What the agents of these workloads send and use together, over every pod that answers. Of more pods than are asked no sum is known.
pub async fn usage(context: &Context, workloads: &[String]) -> Usage {
    let mut all = vec![];
    for workload in workloads {
        match reports(context, workload).await {
            Ok((answers, true)) => all.extend(answers.into_iter().filter_map(|(_, answer)| answer.ok())),
            Ok((_, false)) => return Usage::default(),
            Err(error) => {
                tracing::debug!(code = error.code(), "the agents cannot be asked what they send: {error}");
                return Usage::default();
            }
        }
    }
    all.into_iter().fold(Usage::default(), |sum, pod| add(sum, &pod))
}

/// What each pod of a workload uses, of those that answer.
///
/// # Errors
/// [`OperatorError`] when the pods cannot be listed.
pub async fn loads(context: &Context, workload: &str) -> Result<Vec<Load>, OperatorError> {
    let (answers, _) = reports(context, workload).await?;
    Ok(answers.into_iter().filter_map(|(_, answer)| Some(answer.ok()?.load)).collect())
}

fn add(sum: Usage, pod: &Report) -> Usage {
    let plus = |one: Option<f64>, two: Option<f64>| one.zip(two).map(|(a, b)| a + b).or(one).or(two);
    let (before, more) = (sum.sending, pod.sending);
    Usage {
        sending: Sending {
            series: plus(before.series, more.series),
            samples_total: plus(before.samples_total, more.samples_total),
            failed_samples_total: plus(before.failed_samples_total, more.failed_samples_total),
            // The newest: one agent that lags is seen by its own alert, not by taking the cluster for silent.
            last_sample_seconds: before
                .last_sample_seconds
                .into_iter()
                .chain(more.last_sample_seconds)
                .reduce(f64::max),
        },
        load: Load {
            memory_bytes: plus(sum.load.memory_bytes, pod.load.memory_bytes),
            cpu_seconds_total: plus(sum.load.cpu_seconds_total, pod.load.cpu_seconds_total),
            ..Load::default()
        },
    }
}

type Answer = (String, Result<Report, String>);

/// What the pods of a workload say, by name, and whether these are all of its pods.
async fn reports(context: &Context, workload: &str) -> Result<(Vec<Answer>, bool), OperatorError> {
    let pods: Api<Pod> = Api::namespaced(context.client.clone(), &context.settings.namespace);
    let list = ListParams::default().labels(&format!("app.kubernetes.io/name={workload}")).limit(ASKED as u32);
    let pods = pods.list(&list).await.map_err(OperatorError::api(format!("list the pods of {workload}")))?;
    let all = pods.metadata.continue_.as_deref().unwrap_or_default().is_empty();
    let mut questions = vec![];
    for pod in pods.items.iter().filter(|pod| pod.metadata.deletion_timestamp.is_none()) {
        questions.push(async move { (pod.name_any(), report(context, pod).await) });
    }
    // In the order of the list: the pod that is named must not change from one look to the next, or each would write a status.
    Ok((futures::stream::iter(questions).buffered(16).collect().await, all))
}

/// In the cluster a pod is asked by its address; from outside, through the API server.
async fn report(context: &Context, pod: &Pod) -> Result<Report, String> {
    let asked = async {
        if context.settings.kubeconfig.is_none() {
            let address =
                pod.status.as_ref().and_then(|status| status.pod_ip.as_deref()).ok_or("it has no address yet")?;
            let host = if address.contains(':') { format!("[{address}]") } else { address.to_owned() };
            let answer = context
                .http
                .get(format!("http://{host}:{PORT}/status"))
                .send()
                .await
                .map_err(|error| error.to_string())?;
            answer.json::<Report>().await.map_err(|error| error.to_string())
        } else {
            let path = format!(
                "/api/v1/namespaces/{}/pods/{}:{PORT}/proxy/status",
                context.settings.namespace,
                pod.name_any()
            );
            let request = http::Request::get(path).body(vec![]).map_err(|error| error.to_string())?;
            context.client.request::<Report>(request).await.map_err(|error| crate::error::sentence(&error))
        }
    };
    tokio::time::timeout(Duration::from_secs(5), asked).await.unwrap_or_else(|_| Err("no answer within 5 s".into()))
}

fn judge(answers: &[(String, Result<Report, String>)], wanted: &str) -> Verdict {
    let mut waiting = vec![];
    let mut silent = vec![];
    let mut accepted = 0;
    for (pod, answer) in answers {
        match answer {
            Err(error) => silent.push(format!("{pod}: {error}")),
            Ok(report) if report.candidate_sha.as_deref() == Some(wanted) => match report.outcome.as_str() {
                "refused" | "crashed" => {
                    let message = report.message.clone().unwrap_or_default();
                    return Verdict::Refused(format!("{pod}: {message}"));
                }
                "accepted" if report.running_sha.as_deref() == Some(wanted) => accepted += 1,
                _ => waiting.push(pod.clone()),
            },
            Ok(_) => waiting.push(pod.clone()),
        }
    }
    match (accepted, waiting.first(), silent.first()) {
        (0, None, Some(first)) => Verdict::Unknown(first.clone()),
        (_, Some(first), _) => {
            Verdict::Pending(format!("{first} has not tried it yet ({} of {} pods)", waiting.len(), answers.len()))
        }
        (_, None, Some(first)) if silent.len() * 20 > answers.len() => Verdict::Pending(first.clone()),
        _ => Verdict::Accepted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(candidate: &str, outcome: &str) -> Result<Report, String> {
        Ok(Report {
            candidate_sha: Some(candidate.into()),
            running_sha: Some(if outcome == "accepted" { candidate.into() } else { "old".into() }),
            outcome: outcome.into(),
            message: Some("line 3".into()),
            sending: Sending::default(),
            load: Load::default(),
        })
    }

    fn judged(answers: Vec<Result<Report, String>>) -> Verdict {
        let named: Vec<_> = answers.into_iter().enumerate().map(|(i, a)| (format!("p{i}"), a)).collect();
        judge(&named, "new")
    }

    #[test]
    fn one_refusal_is_enough_and_silence_is_never_acceptance() {
        assert_eq!(
            judged(vec![said("new", "accepted"), said("new", "refused")]),
            Verdict::Refused("p1: line 3".into())
        );
        assert_eq!(judged(vec![said("new", "accepted")]), Verdict::Accepted);
        assert!(matches!(judged(vec![Err("timeout".into())]), Verdict::Unknown(_)));
        assert!(matches!(judged(vec![said("new", "accepted"), said("old", "accepted")]), Verdict::Pending(_)));
        assert!(matches!(judged(vec![said("new", "accepted"), Err("timeout".into())]), Verdict::Pending(_)));
    }
}
