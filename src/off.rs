//! Open Food Facts: its files and the shapes of its records.

mod allergen_words;
mod assembly;
pub mod export_row;
pub mod feed;
mod nutriments;
pub mod record;
pub mod scan;
mod serving;
pub mod taxonomy;
mod value;
mod wanted;
