//! Real files of Open Food Facts, where they are at hand. They are not part of the project.

use std::collections::BTreeMap;
use std::path::PathBuf;

use foodswap::food::product::Product;
use foodswap::off::feed::{Feed, Kind, Report};
use foodswap::off::record::Rejection;
use foodswap::off::taxonomy::Subject;

/// A file of real data, or none with a line that says so.
fn shared(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("FOODSWAP_SHARED_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    println!("absent: {}", path.display());
    None
}

/// Every product of a file, and the report of its lines.
fn read(path: &PathBuf) -> (Vec<Product>, Report) {
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
    let Some(path) = shared("off-raw-dump.jsonl.gz") else { return };

    let (products, report) = read(&path);

    assert_eq!((report.lines, report.rejections(), products.len()), (64, 0, 64));
}

#[test]
fn every_row_of_the_real_export_is_read_or_rejected_with_its_reason() {
    let Some(path) = shared("off-raw-export.csv.gz") else { return };

    let (products, report) = read(&path);

    assert_eq!((report.lines, products.len()), (553, 539));
    assert_eq!(report.rejected, BTreeMap::from([(Rejection::NoName, 14)]));
}

#[test]
fn the_real_sample_is_read() {
    let Some(path) = shared("off-sample.jsonl.gz") else { return };

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
        let Some(path) = shared(name) else { return };

        let feed = Feed::open(&path).expect("a readable file");
        assert_eq!(feed.kind(), Kind::Taxonomy);
        let (told, taxonomy) = feed.read_taxonomy().expect("a taxonomy");

        assert_eq!((told, taxonomy.len()), (subject, entries));
    }
}
