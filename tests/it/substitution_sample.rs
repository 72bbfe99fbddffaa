//! The measures of the substitutes on real products, where these are at hand.

use foodswap::catalogue::evaluation::{Evaluation, Share, evaluate};
use foodswap::food::category::Taxonomy;
use foodswap::food::product::Product;
use foodswap::off;

use crate::shared_data;
use crate::substitution_shelf::Shelf;

fn taxonomy() -> Option<Taxonomy> {
    Some(off::taxonomy::parse(&shared_data::unpacked("taxonomy-categories.json.gz")?).expect("taxonomy").1)
}

fn measured() -> Option<Evaluation> {
    let taxonomy = taxonomy()?;
    let lines = shared_data::unpacked("off-sample.jsonl.gz")?;
    let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let mut products: Vec<Product> = lines.filter_map(|line| off::record::parse(line).ok()).collect();
    products.sort_by_key(|product| (std::cmp::Reverse(product.popularity), product.code));
    products.dedup_by_key(|product| product.code);
    let shelf = Shelf::with(&taxonomy, products);
    Some(evaluate(&shelf.candidates, usize::MAX))
}

#[test]
fn on_real_products_the_measures_hold() {
    let Some(measured) = measured() else { return };
    let percent = |share: Share| share.percent().expect("measured");

    assert!(percent(measured.coverage) > 97.1, "{measured:?}");
    assert!(percent(measured.same_specific) > 87.6, "{measured:?}");
    assert!(percent(measured.shared_country) > 74.5, "{measured:?}");
    assert!(percent(measured.allergen_added) <= 0.5, "{measured:?}");
    assert!(measured.mean_gain_stated > 2.0, "{measured:?}");
    for never in [measured.brand_crowding, measured.duplicates, measured.worse_grade, measured.implausible] {
        assert_eq!(never.count, 0, "{measured:?}");
    }
    assert_eq!(measured.with_reasons.count, measured.with_reasons.of, "{measured:?}");
}
