//! What clusters call.

pub mod desired;
pub mod enroll;
pub mod series;
pub mod status;
pub mod trust;
