//! The custom resources of Flagstaff, as Rust types and as the CustomResourceDefinitions generated from them.

// Each printer column names its own type; clippy takes the columns for one list of attributes.
#![allow(clippy::duplicated_attributes)]

pub mod cluster_observability;
pub mod condition;
pub mod definition;
pub mod destination;
pub mod hub;
pub mod ruler;
pub mod schema;
pub mod service_observability;
pub mod status;

pub use cluster_observability::{
    AgentResources, ClusterObservability, ClusterObservabilitySpec, ClusterSetting, Component, Components,
    DashboardsSetting, DashboardsTarget, PackReference, Profile, ResourcesSetting, RulesSetting, RulesTarget,
    TemplateSetting,
};
pub use condition::{Condition, ConditionStatus, set_condition};
pub use destination::{DestinationSetting, DestinationSignal};
pub use hub::{HubSetting, JoinTokenReference};
pub use ruler::RulerSetting;
pub use service_observability::{
    EndpointSetting, LogLevel, ServiceObservability, ServiceObservabilitySpec, ServiceObservabilityStatus, TeamRule,
};
pub use status::{
    ClusterObservabilityStatus, ClusterStatus, DestinationStatus, ObjectsStatus, ScaleStatus, SettingsStatus,
    TemplateStatus, WorkloadStatus,
};

/// The API group of every resource here.
pub const GROUP: &str = "flagstaff.dev";
/// The one version there is.
pub const VERSION: &str = "v1alpha1";
