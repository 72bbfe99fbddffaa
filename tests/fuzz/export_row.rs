//! Any bytes as a header and a row of the export: never a panic, and never a product that cannot be.
#![no_main]

use foodswap::off::export_row::{self, Header};
use libfuzzer_sys::fuzz_target;

#[path = "invariants.rs"]
mod invariants;

fuzz_target!(|table: &[u8]| {
    let mut lines = table.splitn(2, |&byte| byte == b'\n');
    let (Some(first), Some(row)) = (lines.next(), lines.next()) else { return };
    let Some(header) = Header::parse(first) else { return };
    if let Ok(product) = export_row::parse(&header, row) {
        invariants::hold(&product);
    }
});
