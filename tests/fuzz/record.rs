//! Any bytes as a line of the dump: never a panic, and never a product that cannot be.
#![no_main]

use std::collections::BTreeMap;

use foodswap::off::record::{self, Rejection};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

#[path = "invariants.rs"]
mod invariants;

fuzz_target!(|line: &[u8]| {
    let outcome = record::parse(line);
    if let Ok(product) = &outcome {
        invariants::hold(product);
    }
    // whatever a full parser takes for an object is one for the scanner
    if serde_json::from_slice::<BTreeMap<String, &RawValue>>(line).is_ok() {
        assert_ne!(outcome.err(), Some(Rejection::NotJson));
    }
});
