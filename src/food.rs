//! The core: what a food is and which one is healthier. Pure: no async, clock, randomness or I/O.

pub mod allergen;
pub mod allergen_words;
pub mod barcode;
pub mod category;
pub mod country;
pub mod diet;
pub mod explanation;
pub mod lang;
pub mod nutri_score;
pub mod nutrition;
pub mod product;
pub mod substitution;
