//! What every program of ours that answers over HTTP shares: connections, the certificate it shows, and its log.

pub mod certificate;
pub mod listener;
pub mod logging;
