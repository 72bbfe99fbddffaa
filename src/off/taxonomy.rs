//! The taxonomy files of Open Food Facts.
