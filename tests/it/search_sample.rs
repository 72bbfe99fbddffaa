//! The sample of real products as a shelf, and queries made from their names as people make them.

use std::collections::HashSet;

use foodswap::catalogue::text::{Words, fold};
use foodswap::food::category::Taxonomy;
use foodswap::food::product::Product;
use foodswap::off::{record, taxonomy};

use crate::search_shelf::Shelf;
use crate::shared_data;

/// Products whose names are asked for.
const ASKED: usize = 500;
/// Letters put in by mistake.
const LETTERS: &[u8] = b"aeiourstln";

/// A small generator of numbers, the same in every run (xorshift).
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// All products of the sample; `None` where it is absent.
pub(crate) fn shelf() -> Option<Shelf> {
    let lines = shared_data::unpacked("off-sample.jsonl.gz")?;
    let mut products: Vec<Product> = Vec::new();
    let mut codes = HashSet::new();
    for line in lines.split(|byte| *byte == b'\n') {
        if let Ok(product) = record::parse(line)
            && codes.insert(product.code)
        {
            products.push(product);
        }
    }
    Some(Shelf::of(products, categories()))
}

fn categories() -> Taxonomy {
    let json = shared_data::unpacked("taxonomy-categories.json.gz");
    json.map_or_else(Taxonomy::default, |json| taxonomy::parse(&json).expect("taxonomy").1)
}

/// A way to type a name and a brand.
type Typed = fn(&mut Numbers, &str, &str) -> String;

const WAYS: [(&str, Typed); 5] = [
    ("as is", |_, name, brand| format!("{name} {brand}")),
    ("accentless", |_, name, brand| fold(&format!("{name} {brand}"))),
    ("shuffled", |numbers, name, brand| {
        let text = format!("{brand} {name}");
        let mut words: Vec<&str> = text.split_whitespace().collect();
        numbers.shuffle(&mut words);
        words.join(" ")
    }),
    ("typo", |numbers, name, brand| with_typo(numbers, &format!("{name} {brand}"))),
    ("prefix", |_, name, brand| {
        let text = format!("{brand} {name}");
        let letters = text.chars().count();
        text.chars().take(letters - 2).collect()
    }),
];

/// One letter of the longest word lost, doubled by another, replaced, or swapped with its neighbour.
fn with_typo(numbers: &mut Numbers, text: &str) -> String {
    let mut words: Vec<Vec<char>> = text.split_whitespace().map(|word| word.chars().collect()).collect();
    let longest = words.iter_mut().rev().max_by_key(|word| word.len()).expect("a word");
    let place = 1 + numbers.below(longest.len().saturating_sub(2).max(1));
    let letter = char::from(LETTERS[numbers.below(LETTERS.len())]);
    match numbers.below(4) {
        0 => drop(longest.remove(place)),
        1 => longest.insert(place, letter),
        2 => longest[place] = letter,
        _ => longest.swap(place - 1, place),
    }
    words.iter().map(|word| word.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// For each way to type: how often the product, or one of the same name and brand, is among the first ten; and what
/// was missed.
pub(crate) fn recalls(shelf: &Shelf) -> Vec<(&'static str, f64, Vec<String>)> {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut asked: Vec<&Product> = shelf.products.iter().filter(|product| is_askable(product)).collect();
    numbers.shuffle(&mut asked);
    asked.truncate(ASKED);
    let key = |product: &Product| (fold(&product.names[0].text), product.brands.first().map(|brand| fold(brand)));
    let recall = |(way, typed): (&'static str, Typed)| {
        let mut missed = Vec::new();
        for product in &asked {
            let query = typed(&mut numbers, &product.names[0].text, &product.brands[0]);
            let results = shelf.search(&query);
            if !results.docs.iter().any(|doc| key(shelf.product(*doc)) == key(product)) {
                missed.push(format!("{query} ({} · {})", product.names[0].text, product.brands[0]));
            }
        }
        (way, 1.0 - missed.len() as f64 / asked.len() as f64, missed)
    };
    WAYS.into_iter().map(recall).collect()
}

/// Names of two to six words, one of them long, with a brand.
fn is_askable(product: &Product) -> bool {
    let words = Words::of(&product.names[0].text);
    let is_long = |word: &str| word.chars().count() >= 6 && word.chars().all(char::is_alphabetic);
    (2..=6).contains(&words.len()) && words.iter().any(is_long) && !product.brands.is_empty()
}
