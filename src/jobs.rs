//! What runs unattended, or for a long time.

pub mod import;
pub mod publication;
