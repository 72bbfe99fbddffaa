//! What may be built into the binary: licences, forbidden crates, one version of the big ones.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Licences that go with Apache-2.0 in one binary (SPDX identifiers).
const LICENCES: &[&str] = &[
    "Apache-2.0",
    "MIT",
    "MIT-0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "ISC",
    "Zlib",
    "0BSD",
    "CC0-1.0",
    "Unicode-3.0",
    "Unlicense",
    "NCSA",
    // the well-known roots: data, that may be passed on with its licence
    "CDLA-Permissive-2.0",
];
/// Crates that only the build runs, and no binary holds: theirs may be other free licences.
const BUILD_ONLY: &[(&str, &str)] = &[("option-ext", "MPL-2.0")];
/// A second TLS or crypto stack, in C, that we do not want to patch.
const FORBIDDEN: &[&str] = &["openssl-sys", "aws-lc-rs", "aws-lc-sys", "native-tls"];
/// Crates that cost enough to build, or hold enough state, that two versions of one are a mistake.
const ONCE: &[&str] = &[
    "tokio",
    "hyper",
    "rocket",
    "serde",
    "serde_json",
    "sled",
    "rustls",
    "regex",
    "clap",
    "zstd-sys",
    "figment",
    "tracing",
];

/// The packages that the normal build of the binary holds, as `cargo metadata` describes them.
fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

fn allowed(expression: &str) -> bool {
    // "(MIT OR Apache-2.0) AND Unicode-3.0" and the old "MIT/Apache-2.0": every AND part needs one allowed choice.
    expression.replace('/', " OR ").split(" AND ").all(|part| {
        part.trim_matches(['(', ')', ' ']).split(" OR ").any(|choice| {
            LICENCES.contains(&choice.trim().trim_matches(['(', ')']).split(" WITH ").next().unwrap_or(""))
        })
    })
}

#[test]
fn every_licence_goes_with_ours() {
    let refused: Vec<String> = packages()
        .iter()
        .filter(|package| !allowed(package["license"].as_str().unwrap_or("none")))
        .filter(|package| !BUILD_ONLY.iter().any(|only| package["name"] == only.0 && package["license"] == only.1))
        .map(|package| format!("{}: {}", package["name"], package["license"]))
        .collect();

    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn no_second_crypto_stack_and_no_second_version_of_a_big_crate() {
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in packages() {
        let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
        versions.entry(text("name")).or_default().push(text("version"));
    }

    for name in FORBIDDEN {
        assert!(!versions.contains_key(*name), "{name}: see `cargo tree -i {name}`");
    }
    for name in ONCE {
        assert!(versions.get(*name).is_none_or(|found| found.len() == 1), "{name}: {:?}", versions[*name]);
    }
}

#[test]
fn the_licence_reader_wants_one_allowed_choice_of_every_part() {
    for (expression, good) in [
        ("MIT", true),
        ("MIT/Apache-2.0", true),
        ("GPL-3.0 OR MIT", true),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("MIT AND GPL-3.0", false),
        ("AGPL-3.0", false),
        ("none", false),
    ] {
        assert_eq!(allowed(expression), good, "{expression}");
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).expect("Cargo.toml");
    let mut inside = false;
    let mut reasoned = false;
    for line in manifest.lines() {
        match line {
            line if line.starts_with('[') => (inside, reasoned) = (line.contains("dependencies"), false),
            line if line.starts_with("# ---") => reasoned = false,
            line if line.starts_with('#') => reasoned = true,
            line if inside && line.contains('=') => {
                assert!(reasoned, "say above it why: {line}");
                reasoned = false;
            }
            _ => {}
        }
    }
}

/// What a lock file says that this package needs.
fn needs(lock: &str) -> Vec<String> {
    let lock = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(lock)).expect("a lock file");
    let ours = lock.split("[[package]]").find(|package| package.contains("\nname = \"foodswap\"\n")).expect("ours");
    let (_, listed) = ours.split_once("dependencies = [").expect("a list");
    let names = listed.split('"').skip(1).step_by(2);
    names.map(|name| name.split(' ').next().expect("a name").to_owned()).collect()
}

#[test]
fn the_benchmark_with_rocket_alone_can_be_built_with_its_lock() {
    let packages = packages();
    let ours = packages.iter().find(|package| package["name"] == "foodswap").expect("ours");
    let dependencies = ours["dependencies"].as_array().expect("a list").iter();
    let named = dependencies.filter(|one| one["kind"].is_null()).filter_map(|one| one["name"].as_str());
    let locked = needs("benches/edge/rocket/Cargo.lock");

    let missing: Vec<_> = named.filter(|name| !locked.iter().any(|locked| locked == name)).collect();

    assert!(missing.is_empty(), "{missing:?}: cargo metadata --manifest-path benches/edge/rocket/Cargo.toml");
}
