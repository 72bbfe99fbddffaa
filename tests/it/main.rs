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
mod pages;
mod search_oracle;
mod search_queries;
mod search_recall;
mod search_sample;
mod search_shelf;
mod shared_data;
mod starter_against_ciqual;
mod starter_catalogue;
mod starter_swaps;
mod store_pool;
mod store_products;
mod substitution_judged;
mod substitution_lanes;
mod substitution_sample;
mod substitution_shelf;
