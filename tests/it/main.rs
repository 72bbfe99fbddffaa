//! One binary for all integration tests: they share fixtures and are linked once.

mod api;
mod appliance;
mod commands;
mod countries;
mod crash_import;
mod dependencies;
mod import_files;
mod layering;
mod nutri_score_vectors;
mod off_real;
mod starter_against_ciqual;
mod starter_catalogue;
mod store_pool;
mod store_products;
