//! What must outlive the process, in sled. Verbs of our domain; nothing else knows sled.

pub mod layout;
pub mod pool;
pub mod products;
