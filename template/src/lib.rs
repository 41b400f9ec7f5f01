//! Packs: what is installed on a cluster, as plain data; reading, rendering, checking and comparing them.
//!
//! Nothing here talks to a cluster or a network, and only `source.rs` reads a disk. A pack is read into a [`Pack`], an
//! [`Input`] says what it is rendered for, [`render`] gives a [`Render`]. Whatever is wrong is a
//! [`flagstaff_model::Problem`] with the place in the pack and a stable code, listed in [`code::Code`].
//!
//! ```
//! use flagstaff_template::{Input, Pack, render};
//!
//! let files = [
//!     ("pack.yaml", "{name: tiny, version: 1.0.0, summary: One ConfigMap.}"),
//!     ("manifests/a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: {{ cluster.name | yaml }}}}"),
//! ];
//! let pack = Pack::from_files(files.into_iter().map(|(path, text)| (path.into(), text.into())).collect()).unwrap();
//! let rendered = render(&pack, &Input::sample()).unwrap();
//! assert_eq!(rendered.objects[0].name(), "berlin-1");
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod alloy;
mod archive;
pub mod code;
mod diff;
mod engine;
mod input;
mod lint;
mod manifest;
mod pack;
pub mod promql;
mod render;
mod schema;
mod source;
pub mod yaml;

pub use code::Code;
pub use diff::{Change, ChangeKind, diff};
pub use input::{COMPONENTS, Cap, ComponentInput, ImageRules, Input, Proxy, Resources, Scale};
pub use lint::lint;
pub use manifest::{Agent, Conditional, Dashboards, PackManifest, Requires, Workload};
pub use pack::{MAX_ARCHIVE_BYTES, MAX_FILES, MAX_TOTAL_BYTES, Pack};
pub use render::{
    AgentConfiguration, Dashboard, Object, ObjectId, Render, RuleFile, check_groups, dashboard_metrics, render,
    rule_metrics,
};
