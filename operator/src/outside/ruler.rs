//! The configuration API of a ruler, as Grafana Mimir documents it ("Ruler configuration API").

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;

use super::connection::Connection;
use super::error::OutsideError;
use crate::object::sha256;

/// The groups of one namespace as the ruler holds them.
#[derive(Debug, Default)]
pub struct Found {
    groups: Vec<Value>,
}

impl Found {
    /// Tells one content from another.
    pub fn hash(&self) -> String {
        sha256(Value::from(self.groups.clone()).to_string().as_bytes())
    }

    fn names(&self) -> BTreeSet<&str> {
        self.groups.iter().filter_map(|group| group["name"].as_str()).collect()
    }
}

/// Reads the groups of a namespace; one that is not there has none.
///
/// # Errors
/// [`OutsideError`] when the ruler does not answer, or not with rules.
pub async fn read(connection: &Connection, namespace: &str) -> Result<Found, OutsideError> {
    let Some(text) = connection.ask(Method::GET, &[namespace], None, "reading rules").await? else {
        return Ok(Found::default());
    };
    let unreadable = |why: String| OutsideError::Refused {
        url: namespace.to_owned(),
        what: "reading rules: the answer is no rule file".into(),
        status: 200,
        why,
    };
    let document = flagstaff_template::yaml::single(&text, namespace).map_err(|p| unreadable(p.to_string()))?;
    let groups = match &document.value[namespace] {
        Value::Null => vec![],
        Value::Array(groups) => groups.clone(),
        _ => return Err(unreadable("the namespace holds no list of groups".into())),
    };
    Ok(Found { groups })
}

/// Writes every group, then deletes the others of the namespace. A refused group is named, and stops no other.
///
/// # Errors
/// [`OutsideError`] when the ruler does not answer.
pub async fn write(
    connection: &Connection,
    namespace: &str,
    groups: &[Value],
    found: &Found,
) -> Result<Vec<OutsideError>, OutsideError> {
    let mut refused = vec![];
    let mut wanted = BTreeSet::new();
    for group in groups {
        let name = group["name"].as_str().unwrap_or_default();
        wanted.insert(name);
        let what = format!("rule group {name}");
        let yaml = flagstaff_template::yaml::to_yaml(group).map_err(|why| OutsideError::Setting {
            url: namespace.to_owned(),
            why: format!("{what} cannot be written: {why}"),
        })?;
        match connection.ask(Method::POST, &[namespace], Some(yaml), &what).await {
            Ok(Some(_)) => {}
            Ok(None) => refused.push(no_api(namespace, &what)),
            Err(error @ OutsideError::Refused { .. }) => refused.push(error),
            Err(error) => return Err(error),
        }
    }
    for name in found.names() {
        if !wanted.contains(name) {
            connection.ask(Method::DELETE, &[namespace, name], None, &format!("deleting group {name}")).await?;
        }
    }
    Ok(refused)
}

/// Deletes a namespace with all of its groups; one that is not there is deleted already.
///
/// # Errors
/// [`OutsideError`] when the ruler does not answer or refuses.
pub async fn remove_namespace(connection: &Connection, namespace: &str) -> Result<(), OutsideError> {
    connection.ask(Method::DELETE, &[namespace], None, "deleting the namespace").await.map(|_| ())
}

fn no_api(namespace: &str, what: &str) -> OutsideError {
    OutsideError::Refused {
        url: namespace.to_owned(),
        what: what.to_owned(),
        status: 404,
        why: "there is no configuration API at this URL; for Mimir it ends in /prometheus/config/v1/rules".into(),
    }
}
