//! How often a real product is among the first ten when a person types its name, with the usual mistakes.

use crate::search_sample;

#[test]
fn real_products_are_found_however_their_names_are_typed() {
    let Some(shelf) = search_sample::shelf() else {
        println!("absent: off-sample.jsonl.gz, so recall was not measured");
        return;
    };
    for (way, recall, missed) in search_sample::recalls(&shelf) {
        let at_least = match way {
            "typo" => 0.97,
            "prefix" => 0.98,
            _ => 0.99,
        };
        println!("{way}: {:.1} %", recall * 100.0);
        assert!(recall >= at_least, "{way}: {recall}, at least {at_least}; missed: {missed:#?}");
    }
}
