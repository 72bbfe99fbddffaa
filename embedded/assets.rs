//! The build script: makes of `ui/` what the binary carries — one file of styles, scripts and drawings, under names
//! that change with their content, each also compressed as small as it gets.
//!
//! Written to `OUT_DIR/assets`: `NAME.HASH.EXTENSION`, and beside it `….br`, `….zst`, `….gz` where those are smaller.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use xxhash_rust::xxh3::xxh3_64;

/// The styles, in the order in which they refine each other; one file carries them all.
const STYLES: [&str; 12] = [
    "tokens.css",
    "base.css",
    "layout.css",
    "search-field.css",
    "grade.css",
    "card.css",
    "swap.css",
    "nutrients.css",
    "points.css",
    "filters.css",
    "notice.css",
    "compare.css",
];
/// The best that each encoding can do.
const BROTLI_QUALITY: i32 = 11;
const ZSTD_LEVEL: i32 = 22;
/// The window of Brotli, bits; its usual one.
const BROTLI_WINDOW: i32 = 22;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=ui");
    println!("cargo::rerun-if-changed=embedded/assets.rs");
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join("assets");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    carry(&folder, "site.css", &styles()?)?;
    for kind in ["ui/script", "ui/image"] {
        for entry in fs::read_dir(kind)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            carry(&folder, &name, &fs::read(&path)?)?;
        }
    }
    Ok(())
}

fn styles() -> io::Result<Vec<u8>> {
    let there = fs::read_dir("ui/style")?.count();
    if there != STYLES.len() {
        let what = format!("ui/style holds {there} files, {} are listed in embedded/assets.rs", STYLES.len());
        return Err(io::Error::other(what));
    }
    let mut all = Vec::new();
    for name in STYLES {
        all.extend(fs::read(Path::new("ui/style").join(name))?);
    }
    Ok(all)
}

/// Writes a file under its name with the hash of its content, and its smaller encodings.
fn carry(folder: &Path, name: &str, plain: &[u8]) -> io::Result<()> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let name = format!("{stem}.{:016x}.{extension}", xxh3_64(plain));
    fs::write(folder.join(&name), plain)?;
    for (ending, packed) in
        [("br", brotli(plain)?), ("zst", zstd::bulk::compress(plain, ZSTD_LEVEL)?), ("gz", gzip(plain)?)]
    {
        if packed.len() < plain.len() {
            fs::write(folder.join(format!("{name}.{ending}")), packed)?;
        }
    }
    Ok(())
}

fn brotli(mut plain: &[u8]) -> io::Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut plain, &mut packed, &parameters)?;
    Ok(packed)
}

fn gzip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain)?;
    encoder.finish()
}
