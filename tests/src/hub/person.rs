//! Somebody who is signed in at the hub.

use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{Answer, Hub};
use crate::eventually::{check, eventually};

/// A person with a session.
pub struct Person<'a> {
    hub: &'a Hub,
    cookie: String,
}

/// Of everybody in tests.
pub const PASSWORD: &str = "a long password";

impl<'a> Person<'a> {
    /// The first one, by the token of the printed link.
    pub async fn set_up(hub: &'a Hub, token: &str) -> Result<Self> {
        let body = json!({"token": token, "email": "Ana@Example.org", "name": "Ana", "password": PASSWORD});
        let request = hub.request(Method::POST, "/api/v1/setup").header("x-flagstaff-csrf", "1").json(&body);
        Self::of(hub, &Answer::of(request).await?)
    }

    /// Signs in.
    pub async fn sign_in(hub: &'a Hub, email: &str) -> Result<Self> {
        let body = json!({"email": email, "password": PASSWORD});
        let request = hub.request(Method::POST, "/api/v1/session").header("x-flagstaff-csrf", "1").json(&body);
        Self::of(hub, &Answer::of(request).await?)
    }

    /// Another account with a role, made by this one, signed in.
    pub async fn makes(&self, role: &str) -> Result<Person<'a>> {
        let email = format!("{role}@example.org");
        let body = json!({"email": email, "name": role, "password": PASSWORD, "role": role});
        self.post("/api/v1/accounts", &body).await?.good()?;
        Self::sign_in(self.hub, &email).await
    }

    fn of(hub: &'a Hub, answer: &Answer) -> Result<Self> {
        answer.good()?;
        let cookie = answer.headers.get("set-cookie").context("no cookie")?.to_str().context("the cookie")?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { hub, cookie })
    }

    /// Whoever this cookie belongs to.
    pub fn with_cookie(hub: &'a Hub, cookie: &str) -> Self {
        Self { hub, cookie: cookie.to_owned() }
    }

    /// The session's cookie.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// A request of this person.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.hub.request(method, path).header("cookie", &self.cookie).header("x-flagstaff-csrf", "1")
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        Answer::of(self.request(Method::GET, path)).await
    }

    /// Writes.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        Answer::of(self.request(Method::POST, path).json(body)).await
    }

    /// Writes a layer whole; `etag` is what it was read with, none for a new one.
    pub async fn put_layer(&self, layer: &str, etag: Option<&str>, body: &Value) -> Result<Answer> {
        let request = self.request(Method::PUT, &format!("/api/v1/layers/{layer}")).json(body);
        Answer::of(match etag {
            Some(etag) => request.header("if-match", etag),
            None => request,
        })
        .await
    }

    /// A change with its batches.
    pub async fn change(&self, id: &str) -> Result<Value> {
        self.get(&format!("/api/v1/changes/{id}")).await?.good()
    }

    /// Takes away.
    pub async fn delete(&self, path: &str) -> Result<Answer> {
        Answer::of(self.request(Method::DELETE, path)).await
    }

    /// The text of a new join token; what is not said has its default.
    pub async fn join_token(&self, mut body: Value) -> Result<Value> {
        if body["name"].is_null() {
            body["name"] = json!("test");
        }
        self.post("/api/v1/join-tokens", &body).await?.good()
    }

    /// The one cluster of that name.
    pub async fn cluster(&self, name: &str) -> Result<Value> {
        let page = self.get(&format!("/api/v1/clusters?q={name}")).await?.good()?;
        let items = page["items"].as_array().context("no items")?;
        items.iter().find(|item| item["name"] == name).cloned().with_context(|| format!("no cluster {name} in {page}"))
    }

    /// One budget.
    pub async fn budget(&self, id: &str) -> Result<Value> {
        self.get(&format!("/api/v1/budgets/{id}")).await?.good()
    }

    /// Changes a budget that is as it was answered.
    pub async fn change_budget(&self, budget: &Value, draft: &Value) -> Result<Answer> {
        let word = |name: &str| budget[name].as_str().with_context(|| format!("no {name} in {budget}"));
        let path = format!("/api/v1/budgets/{}", word("id")?);
        Answer::of(self.request(Method::PUT, &path).header("if-match", word("etag")?).json(draft)).await
    }

    /// Waits until the hub has looked at a budget twice from now on: the second look began after now.
    pub async fn two_looks(&self, id: &str, bound: Duration) -> Result<()> {
        for _ in 0..2 {
            let last = self.budget(id).await?["looked_at"].clone();
            self.budget_until(id, bound, "a look", |found| found["looked_at"] != last).await?;
        }
        Ok(())
    }

    /// Waits until a budget is so; says how it is then.
    pub async fn budget_until(
        &self,
        id: &str,
        bound: Duration,
        what: &str,
        holds: impl Fn(&Value) -> bool,
    ) -> Result<Value> {
        eventually(bound, what, async || {
            let found = self.budget(id).await?;
            check(holds(&found), &found)?;
            anyhow::Ok(found)
        })
        .await
    }

    /// The kinds of a cluster's timeline, oldest first.
    pub async fn kinds(&self, id: &str) -> Result<Vec<String>> {
        let page = self.get(&format!("/api/v1/clusters/{id}/events")).await?.good()?;
        let items = page["items"].as_array().context("no items")?;
        Ok(items.iter().rev().map(|item| item["kind"].as_str().unwrap_or_default().to_owned()).collect())
    }
}
