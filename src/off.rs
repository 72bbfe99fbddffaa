//! Open Food Facts: its files and the shapes of its records.

mod assembly;
pub mod export_row;
pub mod feed;
mod front_image;
mod nutriments;
pub mod record;
mod reported_grade;
pub mod scan;
mod serving;
pub mod taxonomy;
mod value;
mod wanted;
