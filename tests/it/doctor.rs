//! `foodswap doctor` about a site without a certificate authority: what runs, what answers, what is served.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::appliance::{Appliance, foodswap};
use crate::service_manager::of_a_later_version;

/// What `doctor` finds, and whether all is well.
fn examined(command: &mut Command, arguments: &[&str]) -> (bool, Vec<Value>) {
    let output = command.args(["doctor", "--json"]).args(arguments).output().expect("the binary runs");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.success(), report["findings"].as_array().expect("findings").clone())
}

/// What a check found: its level, and all that it says.
fn finding(findings: &[Value], check: &str) -> (String, String) {
    let found = findings.iter().find(|finding| finding["check"] == check);
    let found = found.unwrap_or_else(|| panic!("no {check} in {findings:#?}"));
    let word = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    (word("level"), format!("{} → {}", word("says"), word("advice")))
}

/// An address that is free, until somebody else takes it.
fn free_address() -> std::net::SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("an address")
}

#[test]
fn a_plain_site_that_runs_is_asked_at_its_own_address() {
    let appliance = Appliance::starter();

    let (is_well, findings) = examined(&mut foodswap(appliance.data_dir()), &[]);

    assert!(is_well, "{findings:#?}");
    let (level, says) = finding(&findings, "address");
    assert!(level == "good" && says.contains(&format!("{}: this program answers", appliance.address())), "{says}");
    let (level, says) = finding(&findings, "catalogue");
    assert!(level == "unsure" && says.contains("foodswap import"), "{says}");
    assert_eq!(finding(&findings, "load").0, "good");
    assert_eq!(finding(&findings, "service").0, "good");
}

#[test]
fn a_service_that_is_down_is_wrong_where_it_is_installed_and_unsure_in_a_checkout() {
    let data_dir = Appliance::starter().kill();
    let address = free_address();
    let port = address.port().to_string();

    let mut installed = foodswap(data_dir.path());
    let (is_well, findings) = examined(installed.env("STATE_DIRECTORY", data_dir.path()), &["--http-port", &port]);
    let (level, says) = finding(&findings, "service");
    assert!(!is_well && level == "wrong" && says.contains("systemctl start foodswap"), "{says}");
    let (_, says) = finding(&findings, "address");
    assert!(says.contains("doctor answered for it"), "{says}");

    let mut checkout = foodswap(data_dir.path());
    let (is_well, findings) = examined(checkout.env("FOODSWAP_FRONT__HTTP", format!("[\"{address}\"]")), &[]);
    assert!(is_well, "{findings:#?}");
    assert_eq!(finding(&findings, "service").0, "unsure");
    let (level, says) = finding(&findings, "address");
    assert!(level == "good" && says.contains("doctor answered for it"), "{says}");
}

/// Puts a program before systemd's own that answers what a unit is asked.
fn systemctl(answer: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("tempdir");
    let program = folder.path().join("systemctl");
    std::fs::write(&program, format!("#!/bin/sh\ncat <<'ANSWER'\n{answer}\nANSWER\n")).expect("written");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("executable");
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    (folder, path)
}

#[test]
fn what_systemd_knows_of_the_end_of_the_service_is_said_with_what_to_do() {
    let data_dir = Appliance::starter().kill();
    for (state, code, says_too) in [
        ("failed", 65, "exit code 65: the reason → install the version that wrote the data"),
        ("failed", 78, "exit code 78: the reason → correct the configuration"),
        ("activating", 1, "fails again and again: the reason → systemctl start foodswap"),
        ("inactive", 0, "it does not run"),
    ] {
        let unit = format!(
            "StatusText=the reason\nResult=exit-code\nExecMainStatus={code}\nLoadState=loaded\nActiveState={state}"
        );
        let (_folder, path) = systemctl(&unit);
        let mut command = foodswap(data_dir.path());
        let command = command.env("STATE_DIRECTORY", data_dir.path()).env("PATH", path);

        let (is_well, findings) = examined(command, &["--http-port", &free_address().port().to_string()]);

        let (level, says) = finding(&findings, "service");
        assert!(!is_well && level == "wrong" && says.contains(says_too), "{says}");
    }
}

#[test]
fn another_program_at_the_port_of_an_installed_service_is_told_from_systemd() {
    let data_dir = Appliance::starter().kill();
    let taken = TcpListener::bind("0.0.0.0:0").expect("bound");
    let port = taken.local_addr().expect("an address").port();
    for (state, expected, says_too) in [
        ("active", "unsure", "held for the stopped service by systemd"),
        ("failed", "wrong", "taken by another program"),
    ] {
        let (_folder, path) = systemctl(&format!(
            "LoadState=loaded\nActiveState=inactive\n\nListen=[::]:{port} (Stream)\nLoadState=loaded\nActiveState={state}"
        ));
        let mut command = foodswap(data_dir.path());
        let command = command.env("STATE_DIRECTORY", data_dir.path()).env("PATH", path);

        let (_, findings) = examined(command, &["--http-port", &port.to_string()]);

        let (level, says) = finding(&findings, &format!("port {port}"));
        assert!(level == expected && says.contains(says_too), "{says}");
    }
}

#[test]
fn a_stopped_service_is_looked_for_where_its_sockets_are() {
    let data_dir = Appliance::starter().kill();
    let address = free_address();
    let (_folder, path) = systemctl(&format!(
        "LoadState=loaded\nActiveState=inactive\n\nListen={address} (Stream)\nLoadState=loaded\nActiveState=inactive"
    ));
    let mut command = foodswap(data_dir.path());
    let command = command.env("STATE_DIRECTORY", data_dir.path()).env("PATH", path);

    let (_, findings) = examined(command, &[]);

    let (level, says) = finding(&findings, "address");
    assert!(level == "good" && says.contains(&format!("{address} is free")), "{says}");
}

/// A certificate with its key in a folder, as a setting of the program.
fn certificate_in(folder: &Path) -> String {
    let made = rcgen::generate_simple_self_signed(["swap.example".to_owned()]).expect("made");
    let (chain, key) = (folder.join("chain.pem"), folder.join("key.pem"));
    std::fs::write(&chain, made.cert.pem()).expect("written");
    std::fs::write(&key, made.key_pair.serialize_pem()).expect("written");
    format!("{{chain=\"{}\", key=\"{}\"}}", chain.display(), key.display())
}

#[test]
fn the_ports_of_a_stopped_site_are_called_by_their_numbers_and_that_of_https_is_among_them() {
    let folder = tempfile::tempdir().expect("tempdir");
    let taken = TcpListener::bind("127.0.0.1:0").expect("bound");
    let (http, https) = (taken.local_addr().expect("an address"), free_address());
    let mut command = foodswap(folder.path());
    command.env("FOODSWAP_FRONT__CERTIFICATE", certificate_in(folder.path()));
    command.env("FOODSWAP_FRONT__HTTP", format!("[\"{http}\"]")).env("FOODSWAP_FRONT__HTTPS", format!("[\"{https}\"]"));

    let (_, findings) = examined(&mut command, &["--dns", &free_address().to_string()]);

    let (_, says) = finding(&findings, &format!("port {}", http.port()));
    assert!(says.contains("cannot be opened to try"), "{says}");
    let is_free = |found: &Value| found["says"].as_str().is_some_and(|says| says.contains(&format!("{https} is free")));
    assert!(findings.iter().any(is_free), "{findings:#?}");
}

/// `nobody`, on every Linux.
const NOBODY: u32 = 65_534;

#[test]
fn a_key_that_root_can_read_and_the_user_of_the_service_cannot_is_told() {
    let data_dir = Appliance::starter().kill();
    let folder = tempfile::tempdir().expect("tempdir");
    let own = certificate_in(folder.path());
    let mode = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("set");
    mode(folder.path(), 0o755);
    mode(&folder.path().join("chain.pem"), 0o644);
    mode(&folder.path().join("key.pem"), 0o600);
    if std::os::unix::fs::chown(data_dir.path(), Some(NOBODY), Some(NOBODY)).is_err() {
        println!("skipped: only root can tell");
        return;
    }

    let mut command = foodswap(data_dir.path());
    command.env("FOODSWAP_FRONT__CERTIFICATE", own).env("FOODSWAP_FRONT__HTTP", "[]");
    command.env("FOODSWAP_FRONT__HTTPS", format!("[\"{}\"]", free_address()));
    let (is_well, findings) = examined(&mut command, &["--dns", &free_address().to_string()]);

    let told: Vec<_> = findings.iter().filter(|finding| finding["check"] == "files").collect();
    let (level, says) = finding(&findings, "files");
    assert!(!is_well && told.len() == 1 && level == "wrong", "{findings:#?}");
    assert!(says.contains("key.pem: permission denied to the service's user") && says.contains("chgrp"), "{says}");
}

#[test]
fn files_that_a_stopped_site_could_not_use_are_told() {
    let folder = tempfile::tempdir().expect("tempdir");
    let own = certificate_in(folder.path());
    std::fs::write(folder.path().join("key.pem"), "no key").expect("written");
    let mut command = foodswap(folder.path());
    command.env("FOODSWAP_FRONT__CERTIFICATE", own).env("FOODSWAP_FRONT__HTTP", "[]");
    command.env("FOODSWAP_FRONT__HTTPS", format!("[\"{}\"]", free_address()));

    let (is_well, findings) = examined(&mut command, &["--dns", &free_address().to_string()]);

    let (level, says) = finding(&findings, "files");
    assert!(!is_well && level == "wrong" && says.contains("key.pem: the private key cannot be read"), "{says}");
}

#[test]
fn another_program_at_the_address_of_a_plain_site_is_told() {
    let folder = tempfile::tempdir().expect("tempdir");
    let other = TcpListener::bind("127.0.0.1:0").expect("bound");
    let address = other.local_addr().expect("an address");
    std::thread::spawn(move || {
        for mut stream in other.incoming().flatten() {
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother");
        }
    });

    let (is_well, findings) =
        examined(foodswap(folder.path()).env("FOODSWAP_FRONT__HTTP", format!("[\"{address}\"]")), &[]);

    let (level, says) = finding(&findings, "address");
    assert!(!is_well && level == "wrong" && says.contains("something else answers (status 200: other)"), "{says}");
}

#[test]
fn a_certificate_that_only_the_running_service_was_told_of_is_judged() {
    let folder = tempfile::tempdir().expect("tempdir");
    let own = certificate_in(folder.path());
    let appliance = Appliance::configured(&[("FOODSWAP_FRONT__CERTIFICATE", &own), ("FOODSWAP_FRONT__HTTPS", "[]")]);
    let nobody = free_address().to_string();

    let (_, findings) = examined(&mut foodswap(appliance.data_dir()), &["--dns", &nobody]);

    let (level, says) = finding(&findings, "certificate");
    assert!(level == "unsure" && says.contains("for swap.example"), "{says}");
    assert!(finding(&findings, "names").1.contains("swap.example"), "{findings:#?}");
}

#[test]
fn data_of_a_later_version_is_told_before_a_start_fails_by_it() {
    for (store, tree, key, value) in [
        ("store/people", "meta", "layout", &9u32.to_le_bytes()[..]),
        ("store/catalogue", "meta", "layout", &9u32.to_le_bytes()),
    ] {
        let data_dir = of_a_later_version(store, tree, key, value);

        let address = format!("[\"{}\"]", free_address());
        let (is_well, findings) = examined(foodswap(data_dir.path()).env("FOODSWAP_FRONT__HTTP", address), &[]);

        let (level, says) = finding(&findings, "data");
        assert!(!is_well && level == "wrong" && says.contains("layout 9") && says.contains("65"), "{says}");
    }
}
