//! Objects on their way into the cluster; the type says which step a set of them has been through.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use kube::Client;
use kube::api::{Api, DynamicObject};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::kind::Kind;

/// Names one object in the cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    /// Its kind.
    pub kind: &'static Kind,
    /// Its namespace, where it has one.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
}

impl ObjectId {
    /// The API by which the object is reached.
    pub fn api(&self, client: &Client) -> Api<DynamicObject> {
        match &self.namespace {
            Some(namespace) => Api::namespaced_with(client.clone(), namespace, &self.kind.resource()),
            None => Api::all_with(client.clone(), &self.kind.resource()),
        }
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{} {namespace}/{}", self.kind.kind, self.name),
            None => write!(f, "{} {}", self.kind.kind, self.name),
        }
    }
}

/// Who an object belongs to, so that it goes when its owner goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Kind of the owner, of group `flagstaff.dev`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Its UID.
    pub uid: String,
}

impl Owner {
    /// The reference as it stands in `metadata.ownerReferences`.
    pub fn reference(&self) -> Value {
        serde_json::json!({
            "apiVersion": "flagstaff.dev/v1alpha1",
            "kind": self.kind,
            "name": self.name,
            "uid": self.uid,
            "controller": true,
            "blockOwnerDeletion": false,
        })
    }
}

/// One object as it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Desired {
    /// Which object.
    pub id: ObjectId,
    /// The whole of what we apply.
    pub value: Value,
    /// SHA-256 of `value`, to tell whether it has to be applied again.
    pub hash: String,
}

impl Desired {
    /// Takes up an object with its hash.
    pub fn new(id: ObjectId, value: Value) -> Self {
        let hash = sha256(value.to_string().as_bytes());
        Self { id, value, hash }
    }
}

/// SHA-256 in hex.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A set of objects that was built and checked, and is not in the cluster yet.
#[derive(Debug)]
pub enum Prepared {}
/// A set of objects that the API server has taken.
#[derive(Debug)]
pub enum Applied {}

/// A whole set of objects of one flag, at one step of the pipeline.
#[derive(Debug)]
pub struct Resources<Stage> {
    /// The objects.
    pub objects: Vec<Desired>,
    stage: PhantomData<Stage>,
}

impl Resources<Prepared> {
    /// A set that was built and checked.
    pub fn prepared(objects: Vec<Desired>) -> Self {
        Self { objects, stage: PhantomData }
    }

    /// The same set after the API server has taken it; only `apply` may say so.
    pub(crate) fn applied(self) -> Resources<Applied> {
        Resources { objects: self.objects, stage: PhantomData }
    }
}

impl<Stage> Resources<Stage> {
    /// The kinds in use.
    pub fn kinds(&self) -> BTreeSet<&'static Kind> {
        self.objects.iter().map(|object| object.id.kind).collect()
    }

    /// The namespaces in use.
    pub fn namespaces(&self) -> BTreeSet<String> {
        self.objects.iter().filter_map(|object| object.id.namespace.clone()).collect()
    }
}
