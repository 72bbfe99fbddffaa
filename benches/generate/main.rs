//! Writes a dump like that of Open Food Facts, to measure with:
//! `cargo bench --bench generate -- --products 1000000 --out dump.jsonl.gz`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::Instant;

use clap::Parser;

#[path = "dump.rs"]
mod dump;

/// Writes a dump like that of Open Food Facts.
#[derive(Parser)]
struct Arguments {
    /// Lines to write
    #[arg(long, default_value_t = 100_000)]
    products: u64,
    /// Another seed gives other products
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// File to write; gzip if its name ends in .gz
    #[arg(long)]
    out: PathBuf,
    /// Also write the taxonomy of the categories to this file
    #[arg(long)]
    taxonomy: Option<PathBuf>,
    /// Threads to write with
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// What `cargo bench` says to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let start = Instant::now();
    let dump = dump::Dump { products: arguments.products, seed: arguments.seed };
    let gzip = arguments.out.extension().is_some_and(|extension| extension == "gz");
    let mut file = BufWriter::new(File::create(&arguments.out)?);
    let sizes = dump.write(&mut file, gzip, arguments.threads)?;
    file.flush()?;
    if let Some(path) = arguments.taxonomy {
        let mut file = BufWriter::new(File::create(path)?);
        dump::write_taxonomy(&mut file)?;
        file.flush()?;
    }
    let seconds = start.elapsed().as_secs_f64();
    let megabytes = sizes.raw as f64 / 1e6;
    println!(
        "{} lines, {megabytes:.0} MB raw, {:.0} MB written, {seconds:.1} s, {:.0} MB raw a second",
        arguments.products,
        sizes.written as f64 / 1e6,
        megabytes / seconds
    );
    Ok(())
}
