//! How fast records are read, beside `gzip -dc FILE | wc -l` on the same file in the same run:
//! `cargo bench --bench records -- dump.jsonl.gz`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use clap::Parser;
use foodswap::off::feed::{Block, Feed, Report};

/// Parsed at a time from memory: large enough to be out of the caches, small enough to be at hand.
const SAMPLE_BYTES: usize = 512 * 1024 * 1024;

/// Measures the reading of records.
#[derive(Parser)]
struct Arguments {
    /// A dump or an export, compressed by gzip
    file: PathBuf,
    /// What `cargo bench` says to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> anyhow::Result<()> {
    let file = Arguments::parse().file;
    let (seconds, lines) = gunzip(&file)?;
    println!("gzip -dc | wc -l      {seconds:7.2} s  {lines} lines");
    let start = Instant::now();
    let raw = inflate(&file)?;
    let seconds = start.elapsed().as_secs_f64();
    println!("inflate into blocks   {seconds:7.2} s  {:7.0} MB/s", megabytes(raw) / seconds);
    let blocks = sample(&file)?;
    let size: usize = blocks.iter().map(|block| block.bytes().len()).sum();
    let start = Instant::now();
    let report = parse(&file, &blocks)?;
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "parse, one thread     {seconds:7.2} s  {:7.0} MB/s  of {:.0} MB",
        megabytes(size as u64) / seconds,
        megabytes(size as u64)
    );
    println!("{} products of {} lines, rejected {:?}", report.products, report.lines, report.rejected);
    Ok(())
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn gunzip(file: &Path) -> anyhow::Result<(f64, String)> {
    let start = Instant::now();
    let output = Command::new("sh").args(["-c", "gzip -dc \"$0\" | wc -l"]).arg(file).output()?;
    Ok((start.elapsed().as_secs_f64(), String::from_utf8_lossy(&output.stdout).trim().to_owned()))
}

fn inflate(file: &Path) -> anyhow::Result<u64> {
    let mut feed = Feed::open(file)?;
    let mut raw = 0;
    while let Some(block) = feed.next_block()? {
        raw += block.bytes().len() as u64;
    }
    Ok(raw)
}

fn sample(file: &Path) -> anyhow::Result<Vec<Block>> {
    let mut feed = Feed::open(file)?;
    let (mut blocks, mut size) = (Vec::new(), 0);
    while size < SAMPLE_BYTES
        && let Some(block) = feed.next_block()?
    {
        size += block.bytes().len();
        blocks.push(block);
    }
    Ok(blocks)
}

fn parse(file: &Path, blocks: &[Block]) -> anyhow::Result<Report> {
    let parser = Feed::open(file)?.parser();
    let mut report = Report::default();
    for (number, line) in blocks.iter().flat_map(Block::lines) {
        match parser.parse(line) {
            Ok(product) => {
                std::hint::black_box(&product);
                report.accept();
            }
            Err(reason) => report.reject(number, reason, line),
        }
    }
    Ok(report)
}
