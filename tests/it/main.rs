//! One binary for all integration tests: they share fixtures and are linked once.

mod dependencies;
mod layering;
mod nutri_score_vectors;
mod store_pool;
mod store_products;
mod off_real;
