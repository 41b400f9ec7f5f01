//! What clusters call.

pub mod desired;
pub mod enroll;
pub mod status;
pub mod trust;
