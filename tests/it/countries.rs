//! The table of countries against the taxonomy of Open Food Facts, which is no part of the project.

use std::collections::BTreeMap;

use foodswap::food::country::Country;
use serde_json::Value;

use crate::shared_data;

/// Entries that have a code there and are no country.
const NO_COUNTRY: [&str; 2] = ["en:world", "en:yugoslavia"];

#[test]
fn every_country_with_a_code_in_the_taxonomy_is_in_the_table() {
    let Some(bytes) = shared_data::unpacked("taxonomy-countries.json.gz") else { return };
    let taxonomy: BTreeMap<String, Value> = serde_json::from_slice(&bytes).expect("JSON");

    for (tag, entry) in &taxonomy {
        let Some(code) = entry["country_code_2"]["en"].as_str() else { continue };
        if NO_COUNTRY.contains(&tag.as_str()) {
            assert_eq!(Country::from_tag(tag), None);
            continue;
        }
        let country = Country::from_tag(tag);
        assert!(country.is_some(), "{tag} {code}");
        assert_eq!(country, Country::from_code(code), "{tag} {code}");
    }
}
