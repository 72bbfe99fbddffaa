//! Open Food Facts: its files and the shapes of its records.

pub mod export_row;
pub mod feed;
pub mod record;
pub mod taxonomy;
