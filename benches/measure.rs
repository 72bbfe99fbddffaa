//! Latencies of a catalogue, in process: look-ups, search, substitutes and whole pages.
//!
//! `cargo bench --bench measure -- --data-dir DIR` prints one JSON object. The questions are made from the
//! catalogue itself with a fixed seed: half of them about its most popular tenth, half about any product.

use std::fmt::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use foodswap::catalogue::search::SearchRequest;
use foodswap::catalogue::snapshot::{Doc, Snapshot};
use foodswap::config::{Config, Sources, load};
use foodswap::food::allergen::{Allergen, Allergens};
use foodswap::food::country::Country;
use foodswap::food::product::Lang;
use foodswap::food::substitution::Wishes;
use serde_json::{Value, json};

#[path = "shared/timing.rs"]
mod timing;

use timing::{Times, timed};

/// Questions of each kind; p99 then rests on a hundred of them.
const QUESTIONS: usize = 10_000;
/// Whole pages; they take longer, and only their CPU time in all is asked for.
const PAGES: usize = 2_000;

/// A small deterministic generator (xorshift64*): the questions are the same in every run.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound.max(1)
    }
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let data_dir = arguments
        .iter()
        .position(|argument| argument == "--data-dir")
        .and_then(|at| arguments.get(at + 1))
        .map(PathBuf::from)
        .ok_or_else(|| anyhow::anyhow!("--data-dir DIR: the folder of an imported catalogue"))?;
    let config = load(&Sources { data_dir: Some(data_dir), ..Sources::default() })?.config;
    let started = Instant::now();
    let snapshot = foodswap::appliance::snapshot(&config)?;
    let open_ms = round(started.elapsed().as_secs_f64() * 1000.0);
    let docs = questions(&snapshot);
    let report = json!({
        "products": snapshot.len(),
        "open_ms": open_ms,
        "find": look_ups(&snapshot, &docs),
        "search": searches(&snapshot, &docs),
        "substitutes": substitutes(&snapshot, &docs),
        "pages": pages(&config, &snapshot, &docs)?,
        "memory_kb": memory(),
    });
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}

fn questions(snapshot: &Snapshot) -> Vec<Doc> {
    let mut seeded = Seeded(0x9E37_79B9_7F4A_7C15);
    (0..QUESTIONS)
        .map(|at| {
            let bound = if at % 2 == 0 { snapshot.len() / 10 } else { snapshot.len() };
            Doc(seeded.below(bound) as u32)
        })
        .collect()
}

fn look_ups(snapshot: &Snapshot, docs: &[Doc]) -> Value {
    let codes: Vec<_> = docs.iter().map(|doc| snapshot.card(*doc, Lang::EN).code).collect();
    percentiles(codes.iter().map(|code| timed(|| snapshot.find(*code).map(|doc| snapshot.card(doc, Lang::FR)))))
}

fn searches(snapshot: &Snapshot, docs: &[Doc]) -> Value {
    let names: Vec<String> = docs
        .iter()
        .map(|doc| {
            let card = snapshot.card(*doc, Lang::EN);
            format!("{} {}", card.name, card.brands.first().map_or("", String::as_str)).trim().to_owned()
        })
        .collect();
    let search = |text: String| {
        let request = SearchRequest::of(text, Lang::FR, 24);
        timed(|| snapshot.search(&request))
    };
    let cut = |name: &String| name.chars().take(name.chars().count().saturating_sub(2)).collect();
    let mut seeded = Seeded(7);
    let mut first_letters = |name: &String| name.chars().take(1 + seeded.below(6)).collect();
    json!({
        "exact": percentiles(names.iter().map(|name| search(name.clone()))),
        "prefix": percentiles(names.iter().map(|name| search(cut(name)))),
        "short_prefix": percentiles(names.iter().map(|name| search(first_letters(name)))),
        "typo": percentiles(names.iter().map(|name| search(with_typo(name)))),
    })
}

/// The name with two letters of its longest word exchanged.
fn with_typo(name: &str) -> String {
    let mut words: Vec<Vec<char>> = name.split_whitespace().map(|word| word.chars().collect()).collect();
    if let Some(word) = words.iter_mut().max_by_key(|word| word.len()).filter(|word| word.len() > 3) {
        let middle = word.len() / 2;
        word.swap(middle - 1, middle);
    }
    words.iter().map(|word| word.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn substitutes(snapshot: &Snapshot, docs: &[Doc]) -> Value {
    let plain = Wishes { limit: 10, ..Wishes::default() };
    let harsh = Wishes {
        without: [Allergen::Milk, Allergen::Gluten, Allergen::Nuts].into_iter().collect::<Allergens>(),
        vegan: true,
        country: Country::from_code("fr"),
        limit: 10,
        ..Wishes::default()
    };
    let ask = |wishes: &Wishes| percentiles(docs.iter().map(|doc| timed(|| snapshot.substitutes(*doc, wishes))));
    json!({ "plain": ask(&plain), "harsh_filters": ask(&harsh) })
}

/// CPU time of whole answers through Rocket in process: routing, decision, template.
fn pages(config: &Config, snapshot: &Snapshot, docs: &[Doc]) -> anyhow::Result<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let rocket = foodswap::appliance::rocket(config).await?;
        let client = rocket::local::asynchronous::Client::untracked(rocket).await?;
        let mut report = serde_json::Map::new();
        for (name, path) in [
            ("product", "/products/{code}"),
            ("substitutes", "/products/{code}/substitutes"),
            ("search", "/search?q={name}"),
            ("api_substitutes", "/api/v1/products/{code}/substitutes"),
        ] {
            let paths: Vec<String> = docs
                .iter()
                .take(PAGES)
                .map(|doc| {
                    let card = snapshot.card(*doc, Lang::EN);
                    path.replace("{code}", &card.code.to_string()).replace("{name}", &in_address(&card.name))
                })
                .collect();
            let before = cpu_time();
            let mut bytes = 0;
            for path in &paths {
                bytes += client.get(path.as_str()).dispatch().await.into_bytes().await.map_or(0, |body| body.len());
            }
            let cpu_us = cpu_time().saturating_sub(before).as_secs_f64() * 1e6 / paths.len() as f64;
            report.insert(name.to_owned(), json!({"cpu_us": round(cpu_us), "bytes": bytes / paths.len()}));
        }
        Ok(Value::from(report))
    })
}

/// A text as the value of a query.
fn in_address(text: &str) -> String {
    text.bytes().fold(String::new(), |mut address, byte| {
        let _ = write!(address, "%{byte:02X}");
        address
    })
}

fn percentiles(durations: impl Iterator<Item = Duration>) -> Value {
    let times = Times::of(durations);
    let at = |share: f64| round(times.us(share));
    json!({"p50_us": at(0.5), "p99_us": at(0.99), "worst_us": at(1.0)})
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// User and system time of this process so far (`/proc/self/stat`, in ticks of 10 ms).
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Anonymous and file-backed memory now, and the peak, kB (`/proc/self/status`).
fn memory() -> Value {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| -> u64 {
        status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok())
            .unwrap_or_default()
    };
    json!({"anonymous": field("RssAnon:"), "file": field("RssFile:"), "peak": field("VmHWM:")})
}
