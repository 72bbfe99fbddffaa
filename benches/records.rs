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
    let lines = gunzip(&file)?;
    println!("gzip -dc | wc -l      {lines}");
    let (raw, clocks) = timed(|| inflate(&file))?;
    println!("inflate into blocks   {}", clocks.per_second(raw));
    let blocks = sample(&file)?;
    let size: usize = blocks.iter().map(|block| block.bytes().len()).sum();
    let (report, clocks) = timed(|| parse(&file, &blocks))?;
    println!("parse, one thread     {}", clocks.per_second(size as u64));
    println!("{} products of {} lines, rejected {:?}", report.products, report.lines, report.rejected);
    Ok(())
}

/// Time on the wall and on the processor: on a busy machine only the second says something.
struct Clocks {
    wall_s: f64,
    processor_s: f64,
}

impl Clocks {
    fn per_second(&self, bytes: u64) -> String {
        let megabytes = bytes as f64 / 1e6;
        format!(
            "{:7.2} s, {:7.2} s of processor: {:5.0} MB/s, {:5.0} MB/s of processor",
            self.wall_s,
            self.processor_s,
            megabytes / self.wall_s,
            megabytes / self.processor_s
        )
    }
}

fn timed<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(T, Clocks)> {
    let (start, processor) = (Instant::now(), processor_s()?);
    let result = work()?;
    Ok((result, Clocks { wall_s: start.elapsed().as_secs_f64(), processor_s: processor_s()? - processor }))
}

/// What this thread has had of the processor, as Linux counts it.
fn processor_s() -> anyhow::Result<f64> {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = counted.split_whitespace().next().unwrap_or_default().parse()?;
    Ok(nanoseconds / 1e9)
}

/// Lines, and the shell's account of the time: on the wall, and of the processor in both programs.
fn gunzip(file: &Path) -> anyhow::Result<String> {
    let start = Instant::now();
    let output = Command::new("bash").args(["-c", "gzip -dc \"$0\" | wc -l; times"]).arg(file).output()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().replace('\n', "  ");
    Ok(format!("{:7.2} s, lines and times of the shell and its programs: {text}", start.elapsed().as_secs_f64()))
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
