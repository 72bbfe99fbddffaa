//! The index against the plainest search there is: reading every product.

use foodswap::catalogue::search::{Count, SearchRequest};
use foodswap::catalogue::text::is_stop_word;
use foodswap::food::category::Taxonomy;
use foodswap::food::nutri_score::Grade;
use foodswap::food::product::Product;
use proptest::prelude::*;

use crate::search_shelf::{Shelf, Stocked, food, request};

/// Too short to be misspelt or cut in two, and none is another's plural.
const WORDS: [&str; 12] = ["ail", "aux", "ble", "cep", "col", "lac", "mil", "nem", "oie", "pak", "riz", "roi"];

fn words() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(WORDS.as_slice()), 1..5).prop_map(|words| words.join(" "))
}

fn products() -> impl Strategy<Value = Vec<Product>> {
    let product = (words(), words(), 0..50u32, any::<bool>());
    prop::collection::vec(product, 1..400).prop_map(|products| {
        let numbered = (1..).zip(products);
        numbered
            .map(|(code, (name, brand, scans, is_good))| {
                let product = food(code, &name, &brand).scanned(scans);
                if is_good { product.graded(Grade::A) } else { product.graded(Grade::D) }
            })
            .collect()
    })
}

/// The words of a product's name and brand.
fn text(product: &Product) -> Vec<&str> {
    product.names[0].text.split(' ').chain(product.brands[0].split(' ')).collect()
}

/// What the plainest search finds: all words, the last one perhaps only begun.
fn expected(shelf: &Shelf, asked: &[&str], begun: Option<&str>, grade: Option<Grade>) -> Vec<u32> {
    let matches = |product: &Product| {
        let text = text(product);
        let has_words = asked.iter().filter(|word| **word != "aux").all(|word| text.contains(word));
        let has_begun = begun.is_none_or(|begun| text.iter().any(|word| word.starts_with(begun)));
        has_words && has_begun && grade.is_none_or(|grade| product.nutri_score.grade() == Some(grade))
    };
    let found = (0u32..).zip(&shelf.products).filter(|(_, product)| matches(product));
    found.map(|(doc, _)| doc).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_index_finds_what_reading_every_product_finds(
        products in products(),
        asked in prop::collection::vec(prop::sample::select(WORDS.as_slice()), 1..4),
        letters in 0..3usize,
        begun in prop::sample::select(WORDS.as_slice()),
        is_filtered in any::<bool>(),
    ) {
        prop_assume!(asked.iter().any(|word| *word != "aux"));
        let shelf = Shelf::of(products, Taxonomy::default());
        let begun = Some(&begun[..letters]).filter(|begun| !begun.is_empty() && !is_stop_word(begun));
        let grade = is_filtered.then_some(Grade::A);
        let expected = expected(&shelf, &asked, begun, grade);

        let results = shelf.ask(&SearchRequest {
            limit: 1000,
            grades: grade.into_iter().collect(),
            ..request(&format!("{} {}", asked.join(" "), begun.unwrap_or_default()))
        });

        if expected.is_empty() {
            prop_assert!(results.docs.is_empty() || results.left_out.is_some());
        } else {
            let mut found: Vec<u32> = results.docs.iter().map(|doc| doc.0).collect();
            found.sort_unstable();
            prop_assert_eq!(found, &expected[..]);
            prop_assert_eq!(results.count, Count::Exact(expected.len() as u32));
            prop_assert_eq!(results.left_out, None);
        }
    }
}
