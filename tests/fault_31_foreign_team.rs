//! A token of team A on every route, with everything of team B in the question: 403, 404 or a list without it, and no secret in any body.
//! The routes are the hub's own: one without a case here fails.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use flagstaff_tests::Hub;
use flagstaff_tests::hub::{Answer, Cluster, Counted, PASSWORD, Person, credential, hour, sha256};
use reqwest::Method;
use serde_json::{Value, json};

/// What has to come of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Must {
    /// 200, and nothing of team B in it.
    LeaveOut,
    /// 200; it is the same for everybody.
    Tell,
    /// This status and code.
    Refuse(u16, &'static str),
}

use Must::{LeaveOut, Refuse, Tell};

const HIDDEN: Must = Refuse(404, "not_found");
const FORBIDDEN: Must = Refuse(403, "not_permitted");
const STRANGE: Must = Refuse(401, "credential_unknown");

fn cases() -> BTreeMap<(&'static str, &'static str), Must> {
    BTreeMap::from([
        (("post", "/agent/v1/enroll"), Refuse(403, "join_token_other_cluster")),
        (("get", "/agent/v1/trust"), Tell),
        (("get", "/agent/v1/desired"), STRANGE),
        (("post", "/agent/v1/status"), STRANGE),
        (("post", "/agent/v1/series"), STRANGE),
        (("get", "/api/v1/series"), LeaveOut),
        (("get", "/api/v1/series/metrics/{name}"), HIDDEN),
        (("get", "/api/v1/series/trend"), LeaveOut),
        (("get", "/api/v1/series/distinct"), LeaveOut),
        (("post", "/api/v1/setup"), Refuse(400, "invalid")),
        (("post", "/api/v1/session"), Refuse(400, "invalid")),
        (("get", "/api/v1/session"), LeaveOut),
        (("delete", "/api/v1/session"), Refuse(401, "not_signed_in")),
        (("get", "/api/v1/clusters"), LeaveOut),
        (("get", "/api/v1/clusters/{id}"), HIDDEN),
        (("get", "/api/v1/clusters/{id}/events"), HIDDEN),
        (("get", "/api/v1/clusters/{id}/gauges"), HIDDEN),
        (("post", "/api/v1/clusters/{id}/accept"), HIDDEN),
        (("post", "/api/v1/clusters/{id}/remove"), HIDDEN),
        (("get", "/api/v1/clusters/{id}/dashboards"), HIDDEN),
        (("get", "/api/v1/clusters/{id}/dashboards/{name}"), HIDDEN),
        (("post", "/api/v1/clusters/{id}/query"), HIDDEN),
        (("get", "/api/v1/clusters/{id}/values"), HIDDEN),
        (("get", "/api/v1/layers"), FORBIDDEN),
        (("put", "/api/v1/layers/{kind}/{name}"), FORBIDDEN),
        (("delete", "/api/v1/layers/{kind}/{name}"), FORBIDDEN),
        (("get", "/api/v1/changes"), FORBIDDEN),
        (("get", "/api/v1/changes/{id}"), FORBIDDEN),
        (("post", "/api/v1/changes/freeze"), FORBIDDEN),
        (("post", "/api/v1/changes/{id}/freeze"), FORBIDDEN),
        (("post", "/api/v1/changes/{id}/resume"), FORBIDDEN),
        (("post", "/api/v1/changes/{id}/undo"), FORBIDDEN),
        (("get", "/api/v1/store-health"), Tell),
        (("get", "/api/v1/stores"), FORBIDDEN),
        (("post", "/api/v1/stores"), FORBIDDEN),
        (("put", "/api/v1/stores/{id}"), FORBIDDEN),
        (("delete", "/api/v1/stores/{id}"), FORBIDDEN),
        (("post", "/api/v1/stores/{id}/check"), FORBIDDEN),
        (("get", "/api/v1/regions"), LeaveOut),
        (("get", "/api/v1/attention"), LeaveOut),
        (("get", "/api/v1/budgets"), LeaveOut),
        (("post", "/api/v1/budgets"), FORBIDDEN),
        (("get", "/api/v1/budgets/{id}"), HIDDEN),
        (("put", "/api/v1/budgets/{id}"), HIDDEN),
        (("delete", "/api/v1/budgets/{id}"), HIDDEN),
        (("get", "/api/v1/budgets/{id}/history"), HIDDEN),
        (("post", "/api/v1/budgets/{id}/release"), HIDDEN),
        (("get", "/api/v1/notification-targets"), LeaveOut),
        (("post", "/api/v1/notification-targets"), FORBIDDEN),
        (("delete", "/api/v1/notification-targets/{id}"), HIDDEN),
        (("post", "/api/v1/notification-targets/{id}/test"), HIDDEN),
        (("get", "/api/v1/join-tokens"), LeaveOut),
        (("post", "/api/v1/join-tokens"), FORBIDDEN),
        (("delete", "/api/v1/join-tokens/{id}"), HIDDEN),
        (("get", "/api/v1/accounts"), FORBIDDEN),
        (("post", "/api/v1/accounts"), FORBIDDEN),
        (("delete", "/api/v1/accounts/{id}"), FORBIDDEN),
        (("post", "/api/v1/accounts/{id}/role"), FORBIDDEN),
        (("post", "/api/v1/accounts/{id}/grants"), FORBIDDEN),
        (("delete", "/api/v1/accounts/{id}/grants/{grant}"), FORBIDDEN),
        (("get", "/api/v1/teams"), LeaveOut),
        (("post", "/api/v1/teams"), FORBIDDEN),
        (("delete", "/api/v1/teams/{id}"), FORBIDDEN),
        (("get", "/api/v1/api-tokens"), LeaveOut),
        (("post", "/api/v1/api-tokens"), FORBIDDEN),
        (("delete", "/api/v1/api-tokens/{id}"), HIDDEN),
        (("get", "/api/v1/audit"), FORBIDDEN),
        (("get", "/api/v1/audit/verification"), FORBIDDEN),
        (("get", "/api/v1/stream"), LeaveOut),
        (("get", "/api/v1/openapi.json"), Tell),
    ])
}

/// A team with a person, an API token, a join token and a cluster.
struct Team {
    id: String,
    account: String,
    grant: String,
    api_token: (String, String),
    join_token: (String, String),
    cluster: Cluster,
    cluster_id: String,
    metric: String,
    budget: String,
    target: (String, String),
}

fn text(value: &Value, name: &str) -> Result<String> {
    Ok(value[name].as_str().with_context(|| format!("no {name} in {value}"))?.to_owned())
}

async fn team(hub: &Hub, admin: &Person<'_>, name: &str) -> Result<Team> {
    let team = admin.post("/api/v1/teams", &json!({"name": name, "labels": {"team": name}})).await?.good()?;
    let email = format!("somebody@{name}.example.org");
    let account = json!({"email": email, "name": name, "password": PASSWORD, "role": "none"});
    let account = text(&admin.post("/api/v1/accounts", &account).await?.good()?, "id")?;
    let grant = json!({"role": "operator", "scope": {"team": name}, "reason": "runs it"});
    let grant = admin.post(&format!("/api/v1/accounts/{account}/grants"), &grant).await?.good()?;
    let person = Person::sign_in(hub, &email).await?;
    let made = json!({"name": format!("{name}-robot"), "role": "operator", "scope": {"team": name}});
    let made = person.post("/api/v1/api-tokens", &made).await?.good()?;
    let join = json!({"name": format!("{name}-join"), "labels": {"team": name, "region": format!("{name}-land")},
        "uses": 5, "needs_acceptance": true});
    let join = person.join_token(join).await?;
    let mut cluster = Cluster::new(&format!("{name}-shop"));
    cluster.region = format!("{name}-land");
    cluster.team = name.to_owned();
    let joined = cluster.enroll(hub, &text(&join, "token")?).await?.good()?;
    cluster.report_healthy(hub).await?;
    let metric = format!("{}_total", name.replace('-', "_"));
    for counted in [Counted::in_hour(hour(1)).closed(), Counted::in_hour(hour(0))] {
        let counted = counted.scope(&metric, name, name, 5.0).sketch("cluster", "", 0..5);
        ensure!(cluster.is_kept(hub, &counted).await?, "a report of series was not kept");
    }
    let cluster_id = text(&joined, "cluster_id")?;
    let scope = json!({"cluster": cluster_id});
    let budget = json!({"name": format!("{name}-budget"), "scope": scope, "soft_series": 1000, "reason": "a share"});
    let budget = text(&person.post("/api/v1/budgets", &budget).await?.good()?, "id")?;
    let target =
        json!({"name": format!("{name}-chat"), "kind": "webhook", "address": "https://127.0.0.1:1/", "scope": scope});
    let target = person.post("/api/v1/notification-targets", &target).await?.good()?;
    Ok(Team {
        metric,
        id: text(&team, "id")?,
        account,
        grant: text(&grant, "id")?,
        api_token: (text(&made, "id")?, text(&made, "token")?),
        join_token: (text(&join, "id")?, text(&join, "token")?),
        cluster,
        cluster_id,
        budget,
        target: (text(&target, "id")?, text(&target, "secret")?),
    })
}

impl Team {
    /// The path with what is this team's.
    fn path(&self, path: &str) -> Result<String> {
        match path {
            "/api/v1/series" => return Ok(format!("{path}?by=cluster&then=metric&limit=500")),
            "/api/v1/series/metrics/{name}" => return Ok(path.replace("{name}", &self.metric)),
            "/api/v1/series/trend" | "/api/v1/series/distinct" => {
                return Ok(format!("{path}?cluster={}", self.cluster_id));
            }
            _ => {}
        }
        let id = [
            ("/clusters/", &self.cluster_id),
            ("/join-tokens/", &self.join_token.0),
            ("/api-tokens/", &self.api_token.0),
            ("/accounts/", &self.account),
            ("/teams/", &self.id),
            ("/stores/", &self.id),
            ("/changes/", &self.id),
            ("/layers/", &self.id),
            ("/budgets/", &self.budget),
            ("/notification-targets/", &self.target.0),
        ];
        let Some((_, id)) = id.iter().find(|(noun, _)| path.contains(noun)) else {
            ensure!(!path.contains('{'), "{path}: nobody says what its id is");
            return Ok(path.to_owned());
        };
        let path = path.replace("/layers/{kind}/{name}", &format!("/layers/region/{}", self.cluster.region));
        Ok(path.replace("{id}", id).replace("{grant}", &self.grant).replace("{name}", "base-cluster"))
    }

    /// What nobody is told.
    fn secrets(&self) -> Result<Vec<String>> {
        let secret = |token: &str| token.split('.').nth(2).map(str::to_owned).context("a secret");
        let credential = self.cluster.credential.clone();
        Ok(vec![
            sha256(&credential),
            credential,
            secret(&self.api_token.1)?,
            secret(&self.join_token.1)?,
            self.target.1.clone(),
        ])
    }

    /// What another team does not learn either.
    fn names(&self) -> Vec<&str> {
        vec![
            &self.cluster_id,
            &self.cluster.name,
            &self.cluster.uid,
            &self.cluster.region,
            &self.id,
            &self.account,
            &self.metric,
            &self.budget,
            &self.target.0,
        ]
    }

    /// What is asked about it.
    fn body(&self, path: &str, join_token: &str) -> Value {
        match path {
            "/agent/v1/enroll" => {
                // As its cluster, but for the credential, and with labels that the token asks for.
                let mut thief = self.cluster.clone();
                thief.credential = credential();
                (thief.team, thief.region) = ("fault31-a".into(), "fault31-a-land".into());
                thief.enrollment(join_token)
            }
            "/api/v1/join-tokens" => json!({"name": "x", "labels": {"team": self.cluster.team}}),
            "/api/v1/accounts" => json!({"email": "x@example.org", "name": "x", "password": PASSWORD, "role": "admin"}),
            "/api/v1/api-tokens" => json!({"name": "x", "scope": {"team": self.cluster.team}}),
            "/api/v1/teams" => json!({"name": "x"}),
            "/api/v1/notification-targets" => {
                json!({"name": "x", "kind": "webhook", "address": "https://127.0.0.1:1/", "scope": {"region": self.cluster.region}})
            }
            path if path.contains("/budgets") => {
                json!({"name": "x", "scope": {"region": self.cluster.region}, "soft_series": 1, "reason": "x"})
            }
            path if path.ends_with("/query") => json!({"kind": "prometheus", "expression": "up"}),
            path if path.contains("/stores") => {
                json!({"name": "x", "kind": "prometheus", "url": "https://127.0.0.1:1", "authentication": "none"})
            }
            path if path.ends_with("/role") => json!({"role": "none"}),
            path if path.ends_with("/grants") => json!({"role": "admin", "scope": {"team": self.cluster.team}}),
            _ => json!({"reason": "x"}),
        }
    }
}

#[tokio::test]
async fn fault_31_a_token_of_team_a_on_every_route_of_team_b() -> Result<()> {
    let (hub, admin) = Hub::shared().await?;
    let (ours, theirs) = (team(hub, &admin, "fault31-a").await?, team(hub, &admin, "fault31-b").await?);
    let before = admin.get(&format!("/api/v1/clusters/{}", theirs.cluster_id)).await?.good()?;
    let document = admin.get("/api/v1/openapi.json").await?.good()?;
    let mut cases = cases();
    for (path, methods) in document["paths"].as_object().context("no paths")? {
        for method in methods.as_object().context("no methods")?.keys() {
            let Some(must) = cases.remove(&(method.as_str(), path.as_str())) else {
                bail!("{method} {path} has no case here: what does team A's token get to see of team B by it?");
            };
            let verb = Method::from_bytes(method.to_uppercase().as_bytes())?;
            let request = hub.request(verb.clone(), &theirs.path(path)?).bearer_auth(&ours.api_token.1);
            if path == "/api/v1/stream" {
                stream(hub, request, &ours, &theirs).await?;
                continue;
            }
            let request = match verb {
                Method::GET => request,
                // With a whole question: what is refused is not refused for its form.
                _ if matches!(must, Refuse(400, _)) => request.header("x-flagstaff-csrf", "1").json(&json!({})),
                _ => request.json(&theirs.body(path, &ours.join_token.1)),
            };
            let answer = Answer::of(request).await?;
            for secret in theirs.secrets()?.iter().chain(&ours.secrets()?) {
                ensure!(!answer.text.contains(secret), "{method} {path} tells a secret: {}", answer.text);
            }
            if let Refuse(status, code) = must {
                assert_eq!(answer.refusal()?, (status, code.to_owned()), "{method} {path}: {}", answer.text);
                continue;
            }
            assert_eq!(answer.status, 200, "{method} {path}: {}", answer.text);
            for name in theirs.names().into_iter().filter(|_| must == LeaveOut) {
                ensure!(!answer.text.contains(name), "{method} {path} tells of {name}: {}", answer.text);
            }
        }
    }
    ensure!(cases.is_empty(), "these routes are no more: {cases:?}");
    // What is its own, it sees; and what is team B's, an admin does.
    let page = hub.request(Method::GET, "/api/v1/clusters").bearer_auth(&ours.api_token.1);
    let page = Answer::of(page).await?.good()?;
    assert_eq!((&page["total"], &page["items"][0]["name"]), (&json!(1), &json!(ours.cluster.name)));
    let attention = admin.get("/api/v1/attention").await?.text;
    ensure!(attention.contains(&theirs.cluster_id), "it would have been in the list: {attention}");
    let after = admin.get(&format!("/api/v1/clusters/{}", theirs.cluster_id)).await?.good()?;
    for field in ["state", "accepted", "name", "labels", "region", "enrolled_at"] {
        assert_eq!(after[field], before[field], "{field} of team B's cluster");
    }
    let kinds = admin.kinds(&theirs.cluster_id).await?;
    assert_eq!(kinds, ["joined", "flagged", "join_refused"], "that somebody tried to take its place is said");
    theirs.cluster.clone().report_healthy(hub).await?;
    Ok(())
}

/// Team B's cluster reports, then team A's: the second is heard, the first is not.
async fn stream(hub: &Hub, request: reqwest::RequestBuilder, ours: &Team, theirs: &Team) -> Result<()> {
    let mut answer = request.send().await?;
    assert_eq!(answer.status(), 200);
    let mut heard = String::new();
    let mut reported = false;
    let limit = tokio::time::Instant::now() + Duration::from_secs(60);
    while !heard.contains(&format!("\"id\":\"{}\"", ours.cluster_id)) {
        let chunk = tokio::time::timeout_at(limit, answer.chunk()).await;
        let chunk = chunk.with_context(|| format!("nothing of our cluster within a minute; heard {heard}"))?;
        heard.push_str(&String::from_utf8_lossy(&chunk?.context("the stream ended")?));
        if !reported && heard.contains("event: ping") {
            theirs.cluster.clone().report_healthy(hub).await?;
            ours.cluster.clone().report_healthy(hub).await?;
            reported = true;
        }
    }
    for name in theirs.names() {
        ensure!(!heard.contains(name), "the stream tells of {name}: {heard}");
    }
    Ok(())
}
