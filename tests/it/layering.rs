//! Who may import whom. A line added here is an architectural decision.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A module of the crate root, and the ones (or parts of them) that it may name.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "appliance",
            "catalogue",
            "config",
            "food",
            "front::Config",
            "front::Load",
            "front::acme",
            "front::listen",
            "front::tls",
            "jobs",
            "telemetry",
            "web::api",
        ],
    ),
    ("appliance", &["catalogue", "config", "front", "jobs", "off::feed", "store", "web"]),
    ("config", &["front", "store", "telemetry", "web"]),
    ("web", &["catalogue", "food", "store"]),
    ("jobs", &["catalogue", "food", "off", "store"]),
    ("store", &["catalogue::record", "catalogue::snapshot::Origin", "food"]),
    ("catalogue", &["food"]),
    ("off", &["food"]),
    ("food", &[]),
    ("front", &[]),
    ("telemetry", &[]),
];

/// What the pure core may not name: clock, randomness, files, network, environment, async.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::io",
    "std::net",
    "std::time",
    "std::env",
    "std::process",
    "tokio",
    "rocket",
    "fastrand",
    "async fn",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("readable folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The crate's own code in a file: without comments, and without the tests at its end.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("readable source");
    let tests = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
    text[..tests]
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .fold(String::new(), |all, line| all + line + "\n")
}

fn module_of(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).expect("below src");
    let first = inside.components().next().expect("a component").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Paths that follow `prefix` in the code: `crate::store::pool::Pool` gives `store::pool::Pool`.
fn paths_after(code: &str, prefix: &str) -> Vec<String> {
    code.match_indices(prefix)
        .map(|(at, _)| {
            let rest = &code[at + prefix.len()..];
            rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect()
        })
        .collect()
}

#[test]
fn dependencies_point_one_way() {
    let mut offences = BTreeSet::new();
    for path in sources(&root().join("src")) {
        let module = module_of(&path);
        if module == "lib" {
            continue;
        }
        let allowed = MAY_IMPORT.iter().find(|(name, _)| *name == module).map(|(_, allowed)| *allowed);
        let Some(allowed) = allowed else {
            offences.insert(format!("{module}: give it a line in this table"));
            continue;
        };
        let prefix = if module == "main" { "foodswap::" } else { "crate::" };
        for named in paths_after(&code(&path), prefix) {
            let within = |allowed: &str| named == allowed || named.starts_with(&format!("{allowed}::"));
            if !named.starts_with(&module) && !allowed.iter().any(|allowed| within(allowed)) {
                offences
                    .insert(format!("{} names {prefix}{named}", path.strip_prefix(root()).expect("inside").display()));
            }
        }
    }
    assert!(offences.is_empty(), "{offences:#?}");
}

#[test]
fn the_core_is_pure() {
    for path in sources(&root().join("src/food")) {
        let code = code(&path);
        for word in IMPURE {
            assert!(!code.contains(word), "{} names {word}", path.display());
        }
    }
}

#[test]
fn only_the_store_knows_sled_and_only_mapped_allows_unsafe() {
    for path in sources(&root().join("src")) {
        let code = code(&path);
        let inside = path.strip_prefix(root().join("src")).expect("below src").to_owned();
        assert!(!code.contains("sled::") || module_of(&path) == "store", "{} names sled", inside.display());
        let allows = code.contains("unsafe_code");
        assert!(!allows || inside == Path::new("catalogue/mapped.rs"), "{} allows unsafe", inside.display());
    }
}

#[test]
fn the_map_names_every_module_and_no_other() {
    let map = std::fs::read_to_string(root().join("src/lib.rs")).expect("lib.rs");
    let declared: BTreeSet<String> =
        map.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned)).collect();
    let drawn: BTreeSet<String> =
        declared.iter().filter(|name| map.contains(&format!("//! - [`{name}`]"))).cloned().collect();
    let ruled: BTreeSet<String> =
        MAY_IMPORT.iter().map(|(name, _)| (*name).to_owned()).filter(|name| name != "main").collect();

    assert_eq!(declared, drawn, "the text of lib.rs describes every module");
    assert_eq!(declared, ruled, "every module has its line in this table");
}

#[test]
fn the_top_level_holds_what_was_agreed() {
    let agreed = [
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "askama.toml",
        "clippy.toml",
        "rustfmt.toml",
        "benches",
        "debian",
        "docs",
        "embedded",
        "src",
        "systemd",
        "tests",
        "ui",
        "target",
        "foodswap-data",
    ];
    for entry in std::fs::read_dir(root()).expect("root") {
        let name = entry.expect("entry").file_name().to_string_lossy().into_owned();
        assert!(name.starts_with('.') || agreed.contains(&name.as_str()), "`{name}` stands at the top level");
    }
}
