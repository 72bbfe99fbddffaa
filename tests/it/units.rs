//! The units of systemd: sealed as promised, explained, and of one mind with the program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use foodswap::appliance::OWN_DESCRIPTORS;
use foodswap::front::Limits;

/// What `systemd-analyze security` may find, in tenths: 1.5.
const EXPOSURE_MAX: &str = "15";

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

/// Directives of a unit that have no reason of their own: the comment directly above is another's, unless they share
/// a key with the one above or the comment names them.
fn unexplained(unit: &str) -> Vec<&str> {
    let (mut comment, mut above) = (String::new(), None);
    let mut found = Vec::new();
    for line in unit.lines() {
        let is_comment = line.starts_with('#') && !line.starts_with("# ---");
        match line.split_once('=') {
            _ if is_comment => {
                if above.is_some() {
                    comment.clear();
                }
                comment.push_str(line);
                above = None;
            }
            None => (comment, above) = (String::new(), None),
            Some((key, _)) => {
                let is_its_own = above.is_none() || above == Some(key) || comment.contains(&format!("{key}="));
                // They say something to people, and set nothing.
                let is_a_word = ["Description", "Documentation"].contains(&key);
                if !is_a_word && (comment.is_empty() || !is_its_own) {
                    found.push(line);
                }
                above = Some(key);
            }
        }
    }
    found
}

#[test]
fn every_directive_has_its_reason() {
    for name in names(&folder()) {
        assert_eq!(unexplained(&text(&name)), [""; 0], "{name}: say above each why");
    }
}

#[test]
fn a_reason_is_of_one_directive_unless_it_names_others() {
    for (unit, without) in [
        ("# Why.\nA=1\nB=2\nB=3", &["B=2"][..]),
        ("# Why.\nA=1\nA=2", &[]),
        ("# Why, and B= too.\nA=1\nB=2", &[]),
        ("# Why.\nA=1\n# And why.\nB=2", &[]),
        ("# Why.\n\nA=1", &["A=1"]),
        ("# --- part ---\nA=1", &["A=1"]),
        ("[Unit]\nDescription=a\nA=1", &["A=1"]),
    ] {
        assert_eq!(unexplained(unit), without, "{unit}");
    }
}

#[test]
fn a_reload_executes_nothing_but_the_program() {
    let service = directives("foodswap.service");
    assert_eq!(service["ExecReload"], ["/usr/bin/foodswap config check --then-reload $MAINPID"]);
    for command in ["ExecStart", "ExecReload"].iter().flat_map(|key| &service[*key]) {
        assert!(command.starts_with("/usr/bin/foodswap "), "{command}");
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

    assert!(number("LimitNOFILE") >= limits.connections + OWN_DESCRIPTORS as usize);
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
    assert!(examples.len() >= 6, "{examples:?}");
    for name in examples {
        let text = text(&format!("examples/{name}"));
        let first = text.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("# /etc/systemd/system/foodswap") && first.contains(&format!(".d/{name}")),
            "{first}"
        );
        let of_sockets = first.contains("foodswap.socket.d");
        let then = if of_sockets { "stop foodswap.socket" } else { "restart foodswap" };
        assert!(text.contains(&format!("systemctl daemon-reload && systemctl {then}")), "{name}");
    }
}
