//! Real files of Open Food Facts, where they are at hand. They are not part of the project.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use flate2::read::GzDecoder;
use foodswap::food::nutrition::{Amount, Nutrient};
use foodswap::food::product::Product;
use foodswap::off::feed::{Feed, Kind, Report};
use foodswap::off::record::{self, Rejection};
use foodswap::off::scan;
use foodswap::off::taxonomy::Subject;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::shared_data;

/// Every product of a file, and the report of its lines.
fn read(path: &Path) -> (Vec<Product>, Report) {
    let mut feed = Feed::open(path).expect("a readable file");
    let parser = feed.parser();
    let (mut products, mut report) = (Vec::new(), Report::default());
    while let Some(block) = feed.next_block().expect("a whole file") {
        for (number, line) in block.lines() {
            match parser.parse(line) {
                Ok(product) => {
                    report.accept();
                    products.push(product);
                }
                Err(reason) => report.reject(number, reason, line),
            }
        }
    }
    assert_eq!(feed.progress().bytes_total(), Some(feed.progress().bytes_read()));
    (products, report)
}

#[test]
fn every_real_line_of_the_dump_is_read_or_rejected_with_its_reason() {
    let Some(path) = shared_data::path("off-raw-dump.jsonl.gz") else { return };

    let (products, report) = read(&path);

    assert_eq!((report.lines, report.rejections(), products.len()), (64, 0, 64));
}

#[test]
fn every_row_of_the_real_export_is_read_or_rejected_with_its_reason() {
    let Some(path) = shared_data::path("off-raw-export.csv.gz") else { return };

    let (products, report) = read(&path);

    assert_eq!((report.lines, products.len()), (553, 539));
    assert_eq!(report.rejected, BTreeMap::from([(Rejection::NoName, 14)]));
}

#[test]
fn the_real_sample_is_read() {
    let Some(path) = shared_data::path("off-sample.jsonl.gz") else { return };

    let (products, report) = read(&path);

    assert_eq!((report.lines, products.len()), (14_908, 14_730));
    assert_eq!(report.rejected, BTreeMap::from([(Rejection::NoName, 178)]));
}

#[test]
fn the_real_taxonomies_are_read() {
    for (name, subject, entries) in [
        ("taxonomy-categories.json.gz", Subject::Categories, 12_651),
        ("taxonomy-labels.json.gz", Subject::Labels, 2_490),
        ("taxonomy-countries.json.gz", Subject::Countries, 268),
    ] {
        let Some(path) = shared_data::path(name) else { return };

        let feed = Feed::open(&path).expect("a readable file");
        assert_eq!(feed.kind(), Kind::Taxonomy);
        let (told, taxonomy) = feed.read_taxonomy().expect("a taxonomy");

        assert_eq!((told, taxonomy.len()), (subject, entries));
    }
}

/// The lines of a file, read without the code under test.
fn plain_lines(path: &Path) -> impl Iterator<Item = String> {
    let file = File::open(path).expect("a file");
    BufReader::new(GzDecoder::new(file)).lines().map(|line| line.expect("UTF-8"))
}

#[test]
fn the_scanner_cuts_real_lines_as_a_full_parser_does() {
    for name in ["off-raw-dump.jsonl.gz", "off-sample.jsonl.gz"] {
        let Some(path) = shared_data::path(name) else { return };
        for line in plain_lines(&path) {
            let full: BTreeMap<String, &RawValue> = serde_json::from_str(&line).expect("JSON");
            let full: BTreeMap<&[u8], &[u8]> =
                full.iter().map(|(key, raw)| (key.as_bytes(), raw.get().as_bytes())).collect();

            let scanned: Result<BTreeMap<&[u8], &[u8]>, _> = scan::members(line.as_bytes()).collect();

            assert_eq!(scanned, Ok(full));
        }
    }
}

/// The names of the nutrients in a record and here.
const NUTRIENTS: [(&str, Nutrient); 6] = [
    ("fat", Nutrient::Fat),
    ("saturated-fat", Nutrient::SaturatedFat),
    ("carbohydrates", Nutrient::Carbohydrates),
    ("sugars", Nutrient::Sugars),
    ("fiber", Nutrient::Fiber),
    ("proteins", Nutrient::Proteins),
];

#[test]
fn every_shape_of_real_records_keeps_label_and_estimate_apart() {
    let Some(path) = shared_data::path("off-raw-dump.jsonl.gz") else { return };
    let mut shapes = BTreeMap::<u64, usize>::new();
    let mut estimated_energies = 0;
    for line in plain_lines(&path) {
        let json: Value = serde_json::from_str(&line).expect("JSON");
        let schema = json["schema_version"].as_u64().unwrap_or(0);
        *shapes.entry(schema).or_default() += 1;

        let nutrition = record::parse(line.as_bytes()).expect("a product").nutrition;

        for (name, nutrient) in NUTRIENTS {
            let expected = if schema >= 1003 { of_set(&json, name) } else { of_nutriments(&json, name) };
            assert!(same(nutrition.amount(nutrient), expected), "{} {name}: {expected:?}", json["code"]);
        }
        if schema >= 1003 {
            let energy = of_set(&json, "energy-kj");
            estimated_energies += usize::from(energy.is_some_and(|amount| amount.estimated));
            assert!(same(nutrition.energy_kj, energy), "{}: {energy:?}", json["code"]);
        }
    }
    assert_eq!(shapes, BTreeMap::from([(0, 46), (1001, 3), (1002, 1), (1003, 14)]));
    assert_eq!(estimated_energies, 12);
}

/// Whether two amounts are the same; the other parser rounds the last digit of some.
fn same(one: Option<Amount>, other: Option<Amount>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.estimated == other.estimated && (one.value - other.value).abs() < 1e-9,
        (one, other) => one == other,
    }
}

fn of_set(json: &Value, name: &str) -> Option<Amount> {
    let nutrient = &json["nutrition"]["aggregated_set"]["nutrients"][name];
    let estimated = nutrient["modifier"] == "~" || nutrient["source"] == "estimate";
    Some(Amount { value: nutrient["value"].as_f64()?, estimated })
}

fn of_nutriments(json: &Value, name: &str) -> Option<Amount> {
    let key = format!("{name}_100g");
    let is_label = |name: &str| json["nutriments"][format!("{name}_100g")].is_number();
    let has_label = ["energy", "energy-kcal", "energy-kj", "salt", "sodium"].into_iter().any(is_label)
        || NUTRIENTS.iter().any(|(name, _)| *name != "fiber" && is_label(name));
    let estimate = json["nutriments_estimated"][&key].as_f64().filter(|_| !has_label).map(Amount::estimated);
    json["nutriments"][&key].as_f64().map(Amount::labelled).or(estimate)
}

#[test]
fn the_real_grades_names_and_codes_are_kept() {
    let Some(path) = shared_data::path("off-sample.jsonl.gz") else { return };
    let mut graded = 0;
    for line in plain_lines(&path) {
        let json: Value = serde_json::from_str(&line).expect("JSON");
        let Ok(product) = record::parse(line.as_bytes()) else { continue };

        let grade = serde_json::to_value(product.stated_grade).expect("JSON");

        let stated = json["nutriscore_grade"].as_str().filter(|grade| matches!(*grade, "a" | "b" | "c" | "d" | "e"));
        assert_eq!(grade.as_str(), stated);
        graded += usize::from(stated.is_some());
        assert_eq!(Some(product.code), json["code"].as_str().and_then(|code| code.parse().ok()));
        if let Some(scans) = json["unique_scans_n"].as_u64() {
            assert_eq!(u64::from(product.popularity), scans);
        }
    }
    assert_eq!(graded, 6_499);
}
