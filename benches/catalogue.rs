//! Builds a snapshot of made-up products and measures it: `cargo bench --bench catalogue -- 1000000`.
//!
//! Prints what the budgets of the project speak of: seconds and memory of the build, time to open, time to
//! find, show and list. The products are the same for the same number, on every machine.

use std::fs;
use std::path::Path;
use std::time::Instant;

use foodswap::catalogue::build::build;
use foodswap::catalogue::generations;
use foodswap::catalogue::snapshot::{Doc, Origin, Snapshot};
use foodswap::food::allergen::Allergens;
use foodswap::food::barcode::Barcode;
use foodswap::food::category::{CategoryId, Node, Taxonomy};
use foodswap::food::country::CountrySet;
use foodswap::food::nutri_score::{Grade, NutriScore, Source, Version};
use foodswap::food::nutrition::{Amount, Nutrition};
use foodswap::food::product::{FrontImage, Lang, Product, Text};

#[path = "shared/memory.rs"]
mod memory;
#[path = "shared/timing.rs"]
mod timing;

use memory::watched;
use timing::{Times, timed};

/// Without a number on the command line.
const PRODUCTS_DEFAULT: u64 = 100_000;
/// As many as Open Food Facts' products use.
const CATEGORIES: u64 = 14_000;
const BRANDS: u64 = 100_000;
const WORDS: u64 = 60_000;
/// Lookups timed one by one.
const LOOKUPS: usize = 200_000;

fn main() {
    let count = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(PRODUCTS_DEFAULT);
    let folder = tempfile::Builder::new().prefix("foodswap-bench-").tempdir().expect("a folder for the snapshot");
    let taxonomy = taxonomy();

    let started = Instant::now();
    let (snapshot, peak_kib) = watched(|| {
        build(folder.path(), 1, Origin::OpenFoodFacts, 0, Some(&taxonomy), |add| {
            (0..count).try_for_each(|number| add(product(number, &taxonomy)))
        })
        .expect("build")
    });
    let seconds = started.elapsed().as_secs_f64();
    println!("products            {count:>12}");
    println!("build               {seconds:>12.2} s (making the products included)");
    println!("generator alone     {:>12.2} s", generator_seconds(count, &taxonomy));
    println!("peak anonymous      {:>12.1} MB", peak_kib as f64 / 1024.0);
    println!("file                {:>12.1} MB", snapshot.file_len() as f64 / 1e6);
    drop(snapshot);

    let started = Instant::now();
    let snapshot = Snapshot::open(&generations::path(folder.path(), 1)).expect("open");
    println!("open                {:>12.1} ms", started.elapsed().as_secs_f64() * 1e3);
    let started = Instant::now();
    snapshot.verify().expect("whole");
    println!("verify              {:>12.2} s", started.elapsed().as_secs_f64());
    lookups(&snapshot, count);
    sections(folder.path());
}

fn lookups(snapshot: &Snapshot, count: u64) {
    let mut random = Random(7);
    let codes: Vec<Barcode> = (0..LOOKUPS).map(|_| code(random.below(count))).collect();
    report("find", codes.iter(), |code| assert!(snapshot.find(*code).is_some()));
    let docs: Vec<Doc> = (0..LOOKUPS).map(|_| Doc(random.below(count) as u32)).collect();
    report("card", docs.iter(), |doc| assert!(!snapshot.card(*doc, Lang::FR).name.is_empty()));
    let categories: Vec<CategoryId> =
        (0..LOOKUPS).map(|_| CategoryId(random.below(snapshot.taxonomy().len() as u64) as u32)).collect();
    report("category", categories.iter(), |category| assert!(snapshot.category(*category, 0, 24).count > 0));
}

/// Times every call by itself.
fn report<T>(what: &str, inputs: impl Iterator<Item = T>, mut call: impl FnMut(T)) {
    let times = Times::of(inputs.map(|input| timed(|| call(input))));
    let [median, p99, worst] = [0.5, 0.99, 1.0].map(|share| times.us(share));
    println!("{what:<10} p50 {median:>8.2} µs  p99 {p99:>8.2} µs  max {worst:>8.2} µs");
}

fn sections(folder: &Path) {
    for entry in fs::read_dir(folder).expect("folder").flatten() {
        println!("left in the folder: {}", entry.file_name().display());
    }
}

fn generator_seconds(count: u64, taxonomy: &Taxonomy) -> f64 {
    let started = Instant::now();
    let names: usize = (0..count).map(|number| product(number, taxonomy).names.len()).sum();
    assert!(names > 0 || count == 0);
    started.elapsed().as_secs_f64()
}

// --- made-up products ------------------------------------------------------------------------------------

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    fn share(&mut self) -> f64 {
        self.next() as f64 / u64::MAX as f64
    }

    /// Small numbers are much likelier, as words, brands and categories are in any catalogue.
    fn skewed(&mut self, limit: u64) -> u64 {
        ((self.share().powi(4) * limit as f64) as u64).min(limit - 1)
    }
}

/// A tree of categories some six levels deep; every tenth has a second parent.
fn taxonomy() -> Taxonomy {
    let mut random = Random(1);
    Taxonomy::new((0..CATEGORIES).map(|number| {
        let parents = match number {
            0..20 => vec![],
            _ if number % 10 == 0 => vec![random.below(number), random.below(number)],
            _ => vec![random.below(number)],
        };
        Node {
            tag: tag(number),
            parents: parents.into_iter().map(tag).collect(),
            names: vec![
                (Lang::EN, format!("{} {}", word(number), word(number * 7))),
                (Lang::FR, format!("{} {}", word(number * 3), word(number * 5))),
            ],
            synonyms: Vec::new(),
        }
    }))
}

fn tag(number: u64) -> String {
    format!("en:{}-{}", word(number), number)
}

fn word(number: u64) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "cho", "di", "fro", "ga", "lé", "mi", "no", "pur", "ra", "so", "ti", "va", "zel", "oua", "ber"];
    let mut word = String::new();
    let mut rest = number + 16;
    while rest > 0 {
        word.push_str(SYLLABLES[(rest % 16) as usize]);
        rest /= 16;
    }
    word
}

/// A permutation of the numbers, so that codes come in no order, as they do out of a store.
fn code(number: u64) -> Barcode {
    Barcode::from_number(3_000_000_000_000 + u128::from(number.wrapping_mul(2_654_435_761) % 4_294_967_296) * 97)
}

fn product(number: u64, taxonomy: &Taxonomy) -> Product {
    let mut random = Random(number.wrapping_mul(31) + 5);
    let leaf = CategoryId(random.skewed(CATEGORIES) as u32);
    let mut categories: Vec<CategoryId> = taxonomy.ancestors(leaf);
    categories.reverse();
    categories.push(leaf);
    let words: Vec<String> = (0..2 + random.below(4)).map(|_| word(random.skewed(WORDS))).collect();
    let lang = if random.below(3) == 0 { Lang::FR } else { Lang(*b"de") };
    let mut names = vec![Text { lang, text: words.join(" ") }];
    if random.below(4) == 0 {
        names.push(Text { lang: Lang::EN, text: words[..2].join(" ") });
    }
    Product {
        lang,
        names,
        brands: vec![word(random.skewed(BRANDS) * 3)],
        quantity: format!("{} g", 50 * (1 + random.below(20))),
        categories: categories.iter().map(|id| taxonomy.tag(*id).to_owned()).collect(),
        countries: CountrySet([1 << random.skewed(60), 0, if random.below(9) == 0 { 2 } else { 0 }, 0]),
        labels: (0..random.below(3)).map(|_| format!("en:label-{}", random.skewed(400))).collect(),
        nutrition: nutrition(&mut random),
        nutri_score: nutri_score(&mut random),
        nova_group: (random.below(2) == 0).then(|| 1 + random.below(4) as u8),
        additives: (0..random.below(4)).map(|_| format!("en:e{}", 100 + random.skewed(900))).collect(),
        allergens: (random.below(2) == 0).then(|| Allergens(1 << random.below(14))),
        ingredients_text: Some(Text { lang, text: words.join(", ").repeat(8) }),
        image: (random.below(4) > 0).then(|| FrontImage { lang, revision: random.below(90) as u32 }),
        popularity: (2_000.0 * random.share().powi(12)) as u32,
        completeness: random.below(101) as u8,
        last_modified_t: 1_700_000_000,
        ..Product::new(code(number), "")
    }
}

fn nutrition(random: &mut Random) -> Nutrition {
    let mut amount = |max: f64| Some(Amount::labelled((random.share() * max * 10.0).round() / 10.0));
    Nutrition {
        energy_kj: amount(2_500.0),
        fat_g: amount(30.0),
        saturated_fat_g: amount(12.0),
        carbohydrates_g: amount(50.0),
        sugars_g: amount(25.0),
        fiber_g: amount(8.0),
        proteins_g: amount(15.0),
        salt_g: amount(2.0),
        ..Nutrition::default()
    }
}

fn nutri_score(random: &mut Random) -> NutriScore {
    let score = random.below(40) as i8 - 10;
    let grade = match score {
        ..=0 => Grade::A,
        1..=2 => Grade::B,
        3..=10 => Grade::C,
        11..=18 => Grade::D,
        19.. => Grade::E,
    };
    match random.below(10) {
        0..4 => NutriScore::Unknown,
        4 => NutriScore::NotApplicable,
        _ => NutriScore::Graded { grade, score: Some(score), version: Version::V2023, source: Source::Off },
    }
}
