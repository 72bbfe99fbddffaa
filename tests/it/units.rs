//! The units of systemd: sealed as promised, explained, and of one mind with the program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use foodswap::front::Limits;

/// What `systemd-analyze security` may find, in tenths: 1.5.
const EXPOSURE_MAX: &str = "15";
/// What the store, snapshots, logs and an import need besides connections.
const OWN_DESCRIPTORS: usize = 256;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd")
}

fn text(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).expect("a unit")
}

/// The values of each directive of a unit, in their order.
fn directives(name: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text(name).lines().filter(|line| !line.starts_with('#')) {
        if let Some((key, value)) = line.split_once('=') {
            found.entry(key.to_owned()).or_default().push(value.to_owned());
        }
    }
    found
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    entries
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn the_service_is_sealed_as_promised() {
    let judged = Command::new("systemd-analyze")
        .args(["security", "--offline=true", &format!("--threshold={EXPOSURE_MAX}")])
        .arg(folder().join("foodswap.service"))
        .env("PAGER", "cat")
        .output()
        .expect("systemd-analyze runs: apt install systemd");

    let said = String::from_utf8_lossy(&judged.stdout);
    assert!(judged.status.success() && said.contains("Overall exposure level"), "{said}");
}

/// A directive may share the reason of the one above it; the first of a group has one of its own.
#[test]
fn every_group_of_directives_has_its_reason() {
    for name in names(&folder()) {
        let text = text(&name);
        let mut is_explained = false;
        for line in text.lines() {
            match line {
                "" => is_explained = false,
                line if line.starts_with("# ---") => is_explained = false,
                line if line.starts_with('#') => is_explained = true,
                line if line.starts_with('[') => is_explained = false,
                line => {
                    let explains_itself = ["Description=", "Documentation=", "ExecStart=", "Service="];
                    let is_clear = explains_itself.iter().any(|key| line.starts_with(key));
                    assert!(is_explained || is_clear, "{name}: say above it why: {line}");
                }
            }
        }
    }
}

#[test]
fn the_names_of_the_sockets_say_what_is_spoken_there() {
    for (unit, port, name) in [("foodswap.socket", "80", "http"), ("foodswap-https.socket", "443", "https")] {
        let socket = directives(unit);
        assert_eq!(socket["ListenStream"], [port]);
        assert_eq!(socket["FileDescriptorName"], [name]);
    }
    assert_eq!(directives("foodswap.service")["Sockets"], ["foodswap.socket foodswap-https.socket"]);
    assert_eq!(directives("foodswap-https.socket")["Service"], ["foodswap.service"]);
}

#[test]
fn the_limits_of_the_service_leave_room_for_those_of_the_program() {
    let service = directives("foodswap.service");
    let limits = Limits::default();
    let number = |key: &str| -> usize { service[key][0].trim_end_matches('s').parse().expect("a number") };

    assert!(number("LimitNOFILE") >= limits.connections + OWN_DESCRIPTORS);
    assert!(number("TimeoutStopSec") >= limits.drain_s as usize + 20);
}

#[test]
fn what_nobody_mends_by_starting_again_is_not_started_again() {
    assert_eq!(directives("foodswap.service")["RestartPreventExitStatus"], ["65 78"]);
    assert_eq!(directives("foodswap.service")["StartLimitIntervalSec"], ["0"], "a limit would close the sockets");
}

#[test]
fn every_example_says_where_it_goes_and_what_to_do_then() {
    let examples = names(&folder().join("examples"));
    assert!(examples.len() >= 4, "{examples:?}");
    for name in examples {
        let text = text(&format!("examples/{name}"));
        let first = text.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("# /etc/systemd/system/foodswap") && first.contains(&format!(".d/{name}")),
            "{first}"
        );
        assert!(text.contains("systemctl daemon-reload && systemctl restart foodswap"), "{name}");
    }
}
