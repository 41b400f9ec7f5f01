//! More users of a leased API: with a client certificate, or with a service account's token, and with the rights they are given.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use anyhow::{Context, Result};
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::{Namespace, ServiceAccount};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject};
use kube::api::{ObjectMeta, PostParams};
use kube::{Api, Client};

use super::ControlPlane;
use crate::cluster::{Cluster, client_for};
use crate::kubeconfig::{self, Identity};

/// A user of a leased API.
pub struct User {
    subject: Subject,
    kubeconfig: PathBuf,
    token: Option<String>,
    admin: Client,
}

impl ControlPlane {
    /// A user with a client certificate, in one group or none; no rights yet.
    pub async fn user(&self, name: &str, group: Option<&str>) -> Result<User> {
        let pair = self.identities.authority.client(name, group)?;
        let kubeconfig = self.write_kubeconfig(name, &Identity::Certificate(&pair))?;
        let subject = Subject {
            api_group: Some("rbac.authorization.k8s.io".into()),
            kind: "User".into(),
            name: name.into(),
            namespace: None,
        };
        Ok(User { subject, kubeconfig, token: None, admin: self.client().await? })
    }

    /// A service account with a token for an hour, its namespace too if it is not there; no rights yet.
    pub async fn service_account(&self, namespace: &str, name: &str) -> Result<User> {
        let admin = self.client().await?;
        let meta = |name: &str| ObjectMeta { name: Some(name.into()), ..ObjectMeta::default() };
        let space = Namespace { metadata: meta(namespace), ..Namespace::default() };
        present(Api::all(admin.clone()).create(&PostParams::default(), &space).await)?;
        let accounts: Api<ServiceAccount> = Api::namespaced(admin.clone(), namespace);
        let account = ServiceAccount { metadata: meta(name), ..ServiceAccount::default() };
        present(accounts.create(&PostParams::default(), &account).await)?;
        let token = self.token(&accounts, name, 3600).await?;
        let kubeconfig = self.write_kubeconfig(&format!("{namespace}-{name}"), &Identity::Token(&token))?;
        let subject = Subject {
            api_group: None,
            kind: "ServiceAccount".into(),
            name: name.into(),
            namespace: Some(namespace.into()),
        };
        Ok(User { subject, kubeconfig, token: Some(token), admin })
    }

    async fn token(&self, accounts: &Api<ServiceAccount>, name: &str, seconds: i64) -> Result<String> {
        let spec = TokenRequestSpec { expiration_seconds: Some(seconds), ..TokenRequestSpec::default() };
        let request = TokenRequest { spec: Some(spec), ..TokenRequest::default() };
        let answer =
            accounts.create_token_request(name, &PostParams::default(), &request).await.context("get a token")?;
        answer.status.and_then(|status| status.token).context("a token request without a token")
    }

    fn write_kubeconfig(&self, name: &str, identity: &Identity<'_>) -> Result<PathBuf> {
        let plain: String = name.chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '-' }).collect();
        let number = self.users.fetch_add(1, Ordering::Relaxed);
        let path = self.lease.folder().join(format!("{plain}-{number}.kubeconfig"));
        kubeconfig::write(&path, &self.url(), &self.identities.authority.pem(), identity)?;
        Ok(path)
    }
}

impl User {
    /// Their kubeconfig.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// Their bearer token, if they have one.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// A new client that acts as them.
    pub async fn client(&self) -> Result<Client> {
        client_for(&self.kubeconfig).await
    }

    /// Grants rights in the whole cluster.
    pub async fn grant(&self, rules: Vec<PolicyRule>) -> Result<()> {
        let metadata = ObjectMeta { generate_name: Some("granted-".into()), ..ObjectMeta::default() };
        let role = ClusterRole { metadata: metadata.clone(), rules: Some(rules), ..ClusterRole::default() };
        let role = Api::<ClusterRole>::all(self.admin.clone()).create(&PostParams::default(), &role).await;
        let name = role.context("create a ClusterRole")?.metadata.name.unwrap_or_default();
        let binding = ClusterRoleBinding {
            metadata,
            role_ref: role_ref("ClusterRole", name),
            subjects: Some(vec![self.subject.clone()]),
        };
        let bindings: Api<ClusterRoleBinding> = Api::all(self.admin.clone());
        bindings.create(&PostParams::default(), &binding).await.context("bind a ClusterRole").map(drop)
    }

    /// Grants rights in one namespace.
    pub async fn grant_in(&self, namespace: &str, rules: Vec<PolicyRule>) -> Result<()> {
        let metadata = ObjectMeta { generate_name: Some("granted-".into()), ..ObjectMeta::default() };
        let role = Role { metadata: metadata.clone(), rules: Some(rules) };
        let roles: Api<Role> = Api::namespaced(self.admin.clone(), namespace);
        let role = roles.create(&PostParams::default(), &role).await.context("create a Role")?;
        let name = role.metadata.name.unwrap_or_default();
        let binding =
            RoleBinding { metadata, role_ref: role_ref("Role", name), subjects: Some(vec![self.subject.clone()]) };
        let bindings: Api<RoleBinding> = Api::namespaced(self.admin.clone(), namespace);
        bindings.create(&PostParams::default(), &binding).await.context("bind a Role").map(drop)
    }
}

/// Rules in a line: `rule(&["apps"], &["deployments"], &["get", "list"])`.
pub fn rule(groups: &[&str], resources: &[&str], verbs: &[&str]) -> PolicyRule {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    PolicyRule {
        api_groups: Some(list(groups)),
        resources: Some(list(resources)),
        verbs: list(verbs),
        ..PolicyRule::default()
    }
}

fn role_ref(kind: &str, name: String) -> RoleRef {
    RoleRef { api_group: Some("rbac.authorization.k8s.io".into()), kind: kind.into(), name }
}

/// "Already there" is as good as created.
fn present<T>(created: kube::Result<T>) -> Result<()> {
    match created {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.code == 409 => Ok(()),
        Err(error) => Err(error).context("create it"),
    }
}
