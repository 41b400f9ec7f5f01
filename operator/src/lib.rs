//! The operator's parts: one per cluster, from the flag to objects.

pub mod agent;
pub mod answer;
pub mod apply;
pub mod applyset;
pub mod budget;
pub mod build;
pub mod context;
pub mod controller;
pub mod dereference;
pub mod error;
pub mod follow;
pub mod hub;
pub mod kind;
pub mod leader;
pub mod live;
pub mod object;
pub mod outside;
pub mod pass;
pub mod prune;
pub mod report;
pub mod resources;
pub mod rule_use;
pub mod run;
pub mod scale;
pub mod secret;
pub mod settings;
pub mod sidecar;
pub mod status;
pub mod team;
pub mod telemetry;
pub mod validate;
pub mod wait;
pub mod wanted;

pub use flagstaff_survey::{facts, foreign};
