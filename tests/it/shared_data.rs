//! Real data, where it is at hand: it is not part of the project.

use std::io::Read;
use std::path::PathBuf;

use flate2::read::GzDecoder;

/// Where a file of real data is, in the folder that `TEST_DATA` names, else beside the package.
/// None, with a line that says so, where it is absent.
#[expect(
    clippy::disallowed_methods,
    reason = "a test has no configuration: the place of its data is in the environment"
)]
pub(crate) fn path(file: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let path = std::env::var("TEST_DATA").map_or_else(|_| beside(), PathBuf::from).join(file);
    if path.exists() {
        return Some(path);
    }
    println!("absent: {}", path.display());
    None
}

/// What a gzip file of real data holds.
pub(crate) fn unpacked(file: &str) -> Option<Vec<u8>> {
    let packed = std::fs::File::open(path(file)?).expect("readable");
    let mut bytes = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut bytes).expect("gzip");
    Some(bytes)
}
