//! foodswap: a person names or scans a food, and gets a healthier one to buy instead, with the reason why.

pub mod appliance;
pub mod catalogue;
pub mod cli;
pub mod config;
pub mod food;
pub mod jobs;
pub mod off;
pub mod store;
pub mod telemetry;
pub mod web;
