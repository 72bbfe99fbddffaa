//! Search on made-up catalogues: `cargo bench --bench search -- 1000000 [FOLDER]`; with the word `recall` before the
//! number, what it finds is compared with what reading every product finds.
//!
//! An index is kept in FOLDER, and one that is there already is asked without being built again: remove it when the
//! layout has changed. Without FOLDER it is temporary.
//!
//! Words follow Zipf's law (the n-th most usual word is n times rarer than the first), names have two to six of them,
//! products one brand, a quantity and a chain of categories. The same arguments give the same catalogue and queries.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use foodswap::catalogue::facts::{Facts, FactsBuilder};
use foodswap::catalogue::mapped::{FileWriter, MappedFile};
use foodswap::catalogue::search::{IndexBuilder, SearchIndex, SearchRequest, SearchResults};
use foodswap::food::barcode::Barcode;
use foodswap::food::category::{CategoryId, Node, Taxonomy};
use foodswap::food::country::{Country, CountrySet};
use foodswap::food::product::{Lang, Product, Text};

#[path = "shared/memory.rs"]
mod memory;
#[path = "search/oracle.rs"]
mod oracle;
#[path = "shared/timing.rs"]
mod timing;

use memory::{anonymous_kib, watched};
use oracle::Asked;
use timing::{Times, timed};

const KIND: [u8; 8] = *b"FSW-BENC";
/// Queries of each kind.
const QUERIES: usize = 3_000;
/// Queries of each kind that are compared with what reading every product finds.
const COMPARED: usize = 250;
/// Times that each query is measured.
const REPEATS: usize = 5;
/// Distinct words of names per product: a large catalogue meets more words.
const WORDS_PER_PRODUCT: f64 = 0.4;
const BRANDS: usize = 60_000;
const CATEGORIES: u32 = 3_000;
const SYLLABLES: [&str; 24] = [
    "cho", "co", "lat", "ta", "ri", "no", "ber", "pan", "mi", "sol", "ga", "ven", "du", "fro", "ma", "ge", "ser", "lu",
    "bi", "scu", "it", "or", "ne", "al",
];

/// A small generator of numbers, the same in every run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    fn below(&mut self, bound: usize) -> usize {
        self.next() as usize % bound
    }

    /// Zipf's law: small numbers often.
    fn skewed(&mut self, bound: usize) -> usize {
        let unit = self.next() as f64 / (1u64 << 53) as f64;
        ((bound as f64).powf(unit) as usize - 1).min(bound - 1)
    }
}

/// The text of the n-th most usual word: two to five syllables, seldom-used ones longer.
fn word(number: usize) -> String {
    let mut mixed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let syllables = 2 + (number as f64).log10() as usize / 2 + (mixed >> 60) as usize % 2;
    let mut text = String::new();
    for _ in 0..syllables {
        text.push_str(SYLLABLES[(mixed >> 32) as usize % SYLLABLES.len()]);
        mixed = mixed.wrapping_mul(0xd129_0d3b_32a5_8f27).rotate_left(17);
    }
    text
}

struct Catalogue {
    count: usize,
    words: usize,
}

impl Catalogue {
    fn product(&self, doc: u32) -> Product {
        let mut numbers = Numbers((u64::from(doc) + 1).wrapping_mul(0x2545_f491_4f6c_dd1d) | 1);
        numbers.next();
        let name: Vec<String> = (0..2 + numbers.below(5)).map(|_| word(numbers.skewed(self.words))).collect();
        let name = name.join(" ");
        let brand = numbers.skewed(BRANDS);
        let brand = if brand.is_multiple_of(3) {
            format!("{} {}", word(brand), word(brand + 7))
        } else {
            word(brand + 100_000)
        };
        let lang = if numbers.below(3) == 0 { Lang::EN } else { Lang::FR };
        let category = numbers.skewed(CATEGORIES as usize);
        Product {
            lang,
            names: vec![Text { lang, text: name.clone() }],
            brands: vec![brand],
            quantity: format!("{} g", 50 * (1 + numbers.below(20))),
            categories: vec![format!("en:c{category}")],
            countries: CountrySet::from_iter([Country(numbers.skewed(200) as u8)]),
            completeness: numbers.below(100) as u8,
            ..Product::new(Barcode::from_number(3_000_000_000_000 + u128::from(doc) * 37), &name)
        }
    }

    fn taxonomy() -> Taxonomy {
        Taxonomy::new((0..CATEGORIES).map(|number| Node {
            tag: format!("en:c{number}"),
            parents: if number == 0 { Vec::new() } else { vec![format!("en:c{}", number / 8)] },
            names: vec![
                (Lang::FR, format!("{}s {}", word(number as usize / 8 + 40), word(number as usize + 90))),
                (Lang::EN, word(number as usize + 200)),
            ],
            synonyms: Vec::new(),
        }))
    }

    fn build(&self, folder: &Path, path: &Path, taxonomy: &Taxonomy) {
        let mut writer = FileWriter::create(path, KIND, 1).expect("create");
        let mut index = IndexBuilder::new(folder, taxonomy).expect("builder");
        let mut facts = FactsBuilder::new();
        for doc in 0..self.count as u32 {
            let product = self.product(doc);
            let own = taxonomy.id(&product.categories[0]).expect("category");
            let mut categories: Vec<CategoryId> = taxonomy.ancestors(own);
            categories.push(own);
            index.add(doc, &product, &categories).expect("add");
            facts.add(product.nutri_score, product.countries, &categories);
        }
        let added = anonymous_kib();
        index.finish(&mut writer).expect("finish");
        println!("anonymous memory after the last product: {} MB (facts included)", added / 1024);
        let size = writer_len(path);
        facts.finish(&mut writer).expect("facts");
        writer.finish().expect("file");
        println!("index: {} MB", size / 1_000_000);
    }
}

fn writer_len(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// A kind of query: its name, and how it is made of a product's words.
type Kind = (&'static str, fn(&mut Numbers, &[String], &str) -> String);

/// The kind of query with a word that no product has.
const UNKNOWN: &str = "a word of nothing";
/// The kinds of query that have a mistake in a word.
const MISSPELT: [&str; 2] = ["one typo", "two typos"];
const KINDS: [Kind; 8] = [
    ("name and brand", |_, name, brand| format!("{} {brand} ", name.join(" "))),
    ("two words", |numbers, name, _| {
        let first = numbers.below(name.len() - 1);
        format!("{} {} ", name[first], name[first + 1])
    }),
    ("one word", |numbers, name, _| format!("{} ", name[numbers.below(name.len())])),
    ("short beginning", |numbers, name, _| beginning(&name[numbers.below(name.len())], 1 + numbers.below(5))),
    ("word and beginning", |numbers, name, _| format!("{} {}", name[0], beginning(&name[1], 1 + numbers.below(5)))),
    ("one typo", |numbers, name, brand| {
        let mut words: Vec<String> = name.to_vec();
        mistake(numbers, longest(&mut words));
        if numbers.below(2) == 0 {
            words.push(brand.to_owned());
        } else {
            words.truncate(2);
        }
        words.join(" ")
    }),
    ("two typos", |numbers, name, brand| {
        let mut words: Vec<String> = name.to_vec();
        mistake(numbers, longest(&mut words));
        mistake(numbers, longest(&mut words));
        format!("{} {brand} ", words.join(" "))
    }),
    (UNKNOWN, |numbers, name, _| {
        let length = 6 + numbers.below(10);
        let unknown: String = (0..length).map(|_| char::from(b'a' + numbers.below(26) as u8)).collect();
        format!("{} {unknown} ", name.join(" "))
    }),
];

fn longest(words: &mut [String]) -> &mut String {
    words.iter_mut().max_by_key(|word| word.len()).expect("a word")
}

/// A letter lost, added or replaced.
fn mistake(numbers: &mut Numbers, word: &mut String) {
    let place = 1 + numbers.below(word.len() - 2);
    match numbers.below(3) {
        0 => drop(word.remove(place)),
        1 => word.insert(place, 'q'),
        _ => word.replace_range(place..=place, "z"),
    }
}

fn beginning(word: &str, letters: usize) -> String {
    word.chars().take(letters).collect()
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench").peekable();
    let is_compared = arguments.next_if(|argument| argument == "recall").is_some();
    let count = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let temporary = tempfile::tempdir_in(".").expect("folder");
    let folder = arguments.next().map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let path = folder.join(format!("search-bench-{count}"));
    let catalogue = Catalogue { count, words: (count as f64 * WORDS_PER_PRODUCT) as usize };
    let taxonomy = Catalogue::taxonomy();
    println!("{count} products");
    if !path.exists() {
        let start = Instant::now();
        let ((), peak) = watched(|| catalogue.build(&folder, &path, &taxonomy));
        println!("build: {:.1} s, peak of anonymous memory {} MB", start.elapsed().as_secs_f64(), peak / 1024);
    }
    let file = MappedFile::open(&path, KIND, 1).expect("open");
    let start = Instant::now();
    let index = SearchIndex::open(&file).expect("index");
    let facts = Facts::open(&file).expect("facts");
    println!("open: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    let search = |request: &SearchRequest| index.search(request, &taxonomy, &facts);
    if is_compared {
        compare(&catalogue, search);
    } else {
        for kind in KINDS {
            measure(&catalogue, kind, search);
        }
    }
}

/// The same queries of a kind in every run.
fn queries(catalogue: &Catalogue, (_, query): Kind, count: usize) -> impl Iterator<Item = SearchRequest> {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    (0..count).map(move |turn| {
        let any = if turn % 2 == 0 { numbers.below(catalogue.count) } else { numbers.skewed(catalogue.count) };
        let product = catalogue.product(any as u32);
        let words: Vec<String> = product.names[0].text.split(' ').map(str::to_owned).collect();
        let text = query(&mut numbers, &words, &product.brands[0]);
        SearchRequest { prefer_country: Some(Country(0)), ..SearchRequest::of(text, Lang::FR, 24) }
    })
}

/// Compares the answers with what reading every product finds, but for queries that only a word left out answers.
fn compare(catalogue: &Catalogue, search: impl Fn(&SearchRequest) -> SearchResults) {
    let kinds: Vec<Kind> = KINDS.into_iter().filter(|(name, _)| *name != UNKNOWN).collect();
    let ask = |kind: &Kind| {
        let is_misspelt = MISSPELT.contains(&kind.0);
        let asked = queries(catalogue, *kind, COMPARED)
            .map(|request| Asked::new(&request.text, is_misspelt, &search(&request)));
        asked.collect::<Vec<_>>()
    };
    let mut asked: Vec<Asked> = kinds.iter().flat_map(ask).collect();
    oracle::scan(&mut asked, (0..catalogue.count as u32).map(|doc| catalogue.product(doc)));
    for ((name, _), asked) in kinds.iter().zip(asked.chunks(COMPARED)) {
        oracle::report(name, asked);
    }
}

/// Asks each query several times and reports its best time: pages of the file are then in memory, and what other
/// programs take of the processor is left out.
fn measure(catalogue: &Catalogue, kind: Kind, search: impl Fn(&SearchRequest) -> SearchResults) {
    let mut times = Vec::with_capacity(QUERIES);
    let mut found = 0;
    let mut worst = (Duration::ZERO, String::new());
    for request in queries(catalogue, kind, QUERIES) {
        found += usize::from(!search(&request).docs.is_empty());
        let time = (0..REPEATS).map(|_| timed(|| search(&request))).min().unwrap_or_default();
        if time > worst.0 {
            worst = (time, request.text);
        }
        times.push(time);
    }
    let times = Times::of(times);
    let at = |share: f64| times.us(share) / 1e3;
    println!(
        "{:20} p50 {:7.3} ms  p99 {:7.3} ms  worst {:7.3} ms ({})  with results {:.1} %",
        kind.0,
        at(0.5),
        at(0.99),
        at(1.0),
        worst.1.trim(),
        found as f64 * 100.0 / QUERIES as f64,
    );
}
