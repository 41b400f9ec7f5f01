//! The domain of Flagstaff: facts about a cluster, values and where each came from, what is sent where, states.
//!
//! Plain data and pure functions: nothing here talks to a cluster, a disk or a network.

pub mod cluster_state;
pub mod destination;
pub mod facts;
pub mod layer;
pub mod problem;
pub mod reason;
pub mod service;
pub mod wire;

pub use cluster_state::{Assessment, ClusterState, Evidence, assess};
pub use destination::{Authentication, Destination, SecretKey, Signal, Tls};
pub use facts::{ClusterIdentity, Facts, ForeignWorkload, NodeSummary};
pub use layer::{Layer, LayeredValues, Setting, ValueLayer};
pub use problem::{Place, Problem};
pub use reason::Reason;
pub use service::{Endpoint, Service};
