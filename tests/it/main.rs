//! One binary for all integration tests: they share fixtures and are linked once.

mod dependencies;
mod layering;
mod store_pool;
mod store_products;
mod off_real;
