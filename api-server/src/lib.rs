//! The hub: clusters call it, people steer them from its console. `http → app → store → model`.

pub mod access;
pub mod app;
pub mod certificate;
pub mod context;
pub mod http;
pub mod identity;
pub mod metrics;
pub mod notice;
pub mod openapi;
pub mod postgres;
pub mod run;
pub mod seal;
pub mod secret;
pub mod settings;
pub mod store;
pub mod telemetry;
pub mod worker;
