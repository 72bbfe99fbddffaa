//! foodswap: a person names or scans a food, and gets a healthier one to buy instead, with the reason why.
//!
//! # The map
//!
//! Requests come down this list, data goes up; a module names only those below it, and a test
//! (`tests/it/layering.rs`) holds that.
//!
//! - [`cli`] — one file per command; parses arguments, prints results.
//! - [`appliance`] — the composition root; builds everything, runs it, stops it in order.
//! - [`config`] — one figment over all sources; each module owns its part.
//! - [`web`] — the pages and the API; a handler reads, decides, shows.
//! - [`jobs`] — what takes long; the import of Open Food Facts files.
//! - [`store`] — what must outlive the process, in sled; nothing else knows sled.
//! - [`catalogue`] — what visitors read; an immutable, memory-mapped snapshot with its search index.
//! - [`off`] — the files and record shapes of Open Food Facts.
//! - [`food`] — the core, pure; what a food is, and which one is healthier.
//! - [`front`] — the public ports: TLS, limits, files; hands requests to the site in process.
//! - [`telemetry`] — logs.
//!
//! A visitor's request never reaches the network: lists, search and substitutes read the snapshot; the page of
//! a product, a comparison and Open Food Facts' own shapes read full records from the store.

pub mod appliance;
pub mod catalogue;
pub mod cli;
pub mod config;
pub mod food;
pub mod front;
pub mod jobs;
pub mod off;
pub mod store;
pub mod telemetry;
pub mod web;
