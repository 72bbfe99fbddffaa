//! Visitors that a proxy brings: who they are taken for, and who is not believed.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::Value;

use super::acme::authority::Ports;
use super::appliance::{Appliance, Stopped};
use super::wire::{Wire, ask, get, status};

const TRUSTED: (&str, &str) = ("FOODSWAP_FRONT__TRUSTED_PROXIES", "[\"127.0.0.1\"]");
const BY_PROXY_PROTOCOL: (&str, &str) = ("FOODSWAP_FRONT__PROXY_PROTOCOL", "true");

#[test]
fn a_proxy_on_this_machine_that_is_not_named_is_told_of_once() {
    let appliance = Appliance::starter();
    for _ in 0..3 {
        get(appliance.address(), "/healthz", &["X-Forwarded-For: 192.0.2.1"]);
    }

    let log = appliance.stop().log;

    assert_eq!(log.matches("name it in front.trusted_proxies").count(), 1, "{log}");
}

#[test]
fn a_trusted_proxy_that_names_nobody_is_told_of_once() {
    let appliance = Appliance::configured(&[("FOODSWAP_FRONT__TRUSTED_PROXIES", "[\"127.0.0.1\"]")]);
    for line in ["X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1", "X-Other: y"] {
        get(appliance.address(), "/robots.txt", &[line]);
    }

    let log = appliance.stop().log;

    assert_eq!(log.matches("without naming its visitor").count(), 1, "{log}");
}

#[test]
fn a_trusted_proxy_may_ask_how_the_site_is_without_naming_anybody() {
    let appliance = Appliance::configured(&[("FOODSWAP_FRONT__TRUSTED_PROXIES", "[\"127.0.0.1\"]")]);
    get(appliance.address(), "/healthz", &[]);

    let log = appliance.stop().log;

    assert!(!log.contains("without naming its visitor"), "{log}");
}

#[test]
fn a_proxy_that_is_trusted_introduces_its_client() {
    let appliance = Appliance::configured(&[
        ("FOODSWAP_FRONT__TRUSTED_PROXIES", "[\"127.0.0.1\"]"),
        ("FOODSWAP_FRONT__PROXY_PROTOCOL", "true"),
        ("FOODSWAP_FRONT__ACCESS_LOG", "combined"),
    ]);
    let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let version_1 = format!("PROXY TCP4 198.51.100.1 192.0.2.1 4711 80\r\n{request}");
    let mut version_2 = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc6\x33\x64\x02\xc0\0\x02\x01\x12\x67\0\x50".to_vec();
    version_2.extend_from_slice(request.as_bytes());

    for introduced in [version_1.into_bytes(), version_2] {
        let answer = ask(appliance.address(), introduced);
        assert_eq!(status(&answer), 200);
        assert!(answer.ends_with("alive\n"), "strangers are not told the version: {answer}");
    }
    assert_eq!(ask(appliance.address(), request), "", "without an introduction");
    assert_eq!(ask(appliance.address(), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), "", "without an introduction");

    let Stopped { output, log, .. } = appliance.stop();
    assert!(output.contains("198.51.100.1 - - [") && output.contains("198.51.100.2 - - ["), "{output}");
    assert_eq!(log.matches("without the PROXY protocol").count(), 1, "{log}");
}

#[test]
fn a_proxy_that_writes_forwarded_is_read_there_and_its_visitor_is_in_the_log() {
    let header = ("FOODSWAP_FRONT__PROXY_HEADER", "forwarded");
    let appliance = Appliance::configured(&[TRUSTED, header, ("FOODSWAP_FRONT__ACCESS_LOG", "json")]);
    let lines = ["Forwarded: for=\"[2001:db8::7]:4711\";proto=https", "X-Forwarded-For: 192.0.2.1", "Cookie: a=secret"];
    assert_eq!(status(&get(appliance.address(), "/account?token=secret", &lines)), 404);

    let output = appliance.stop().output;
    let record: Value = serde_json::from_str(&output).expect("a line of JSON");

    assert_eq!((&record["client"], &record["status"]), (&Value::from("2001:db8::7"), &Value::from(404)), "{output}");
    assert!(!output.contains("secret"), "{output}");
}

#[test]
fn nobody_else_may_introduce_a_client() {
    let stranger = ("FOODSWAP_FRONT__TRUSTED_PROXIES", "[\"192.0.2.1\"]");
    let appliance = Appliance::configured(&[stranger, BY_PROXY_PROTOCOL]);
    let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    let introduced = ask(appliance.address(), format!("PROXY TCP4 198.51.100.1 192.0.2.1 4711 80\r\n{request}"));

    assert_eq!(status(&introduced), 400, "{introduced}");
    assert_eq!(status(&ask(appliance.address(), request)), 200, "it speaks for itself");
}

/// A connection that a proxy brings from an address; none if there is no place for it.
fn brought(proxy: SocketAddr, client: &str) -> Option<Wire> {
    let (family, server) = if client.contains(':') { ("TCP6", "2001:db8::80") } else { ("TCP4", "192.0.2.80") };
    let mut wire = Wire::to(proxy);
    wire.send(format!("PROXY {family} {client} {server} 4711 80\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    // Where there is no place it is closed, or torn down, as what was sent lies there unread.
    let mut begin = *b"HTTP/1.1 200";
    let is_answered = wire.0.read_exact(&mut begin).is_ok() && begin == *b"HTTP/1.1 200";
    is_answered.then_some(wire)
}

#[test]
fn an_address_or_a_64_of_ipv6_has_so_many_connections_and_each_takes_one_place() {
    let appliance = Appliance::configured(&[
        TRUSTED,
        BY_PROXY_PROTOCOL,
        ("FOODSWAP_FRONT__LIMITS__CONNECTIONS_PER_ADDRESS", "2"),
        ("FOODSWAP_FRONT__LIMITS__CONNECTIONS", "6"),
    ]);
    let bring = |client| brought(appliance.address(), client);

    let mut inside = vec![bring("2001:db8:1:2::1"), bring("2001:db8:1:2:ffff::2")];
    assert!(inside.iter().all(Option::is_some));
    assert!(bring("2001:db8:1:2::3").is_none(), "the same /64");
    inside.extend(["2001:db8:1:3::1", "198.51.100.1", "198.51.100.1", "198.51.100.2"].map(bring));
    assert!(inside.iter().all(Option::is_some), "six connections have six places");
    assert!(bring("198.51.100.3").is_none(), "and a seventh has none");
}

#[test]
fn whom_the_operator_names_may_ask_as_often_as_they_like_and_each_class_has_its_rate() {
    let appliance = Appliance::configured(&[
        TRUSTED,
        ("FOODSWAP_FRONT__RATES__EXEMPT", "[\"192.0.2.0/28\"]"),
        ("FOODSWAP_FRONT__RATES__PAGES_PER_S", "1"),
        ("FOODSWAP_FRONT__RATES__PAGES_BURST", "2"),
        ("FOODSWAP_FRONT__RATES__FILES_PER_S", "1"),
        ("FOODSWAP_FRONT__RATES__FILES_BURST", "4"),
    ]);
    let page = get(appliance.address(), "/about", &[]);
    let style = page[page.find("/assets/site").expect("styles")..].split('"').next().expect("an address");
    let asked = |path: &str, last: u8| -> Vec<u16> {
        let line = format!("X-Forwarded-For: 192.0.2.{last}");
        (0..6).map(|_| status(&get(appliance.address(), path, &[&line]))).collect()
    };

    assert_eq!(asked("/about", 15), [200; 6]);
    assert_eq!(asked("/about", 16)[..3], [200, 200, 429]);
    assert_eq!(asked(style, 16)[..5], [200, 200, 200, 200, 429]);
}

#[test]
fn every_address_of_the_front_answers() {
    // A machine without IPv6 has another address of its own.
    let other = if TcpListener::bind("[::1]:0").is_ok() { "[::1]:0" } else { "127.0.0.2:0" };
    let appliance = Appliance::also_at(other);
    let host = other.trim_end_matches(":0");
    let begin = format!("http://{host}:");
    appliance.says(&begin);
    let log = appliance.log();
    let port = log[log.find(&begin).expect("said") + begin.len()..].split_whitespace().next().expect("a port");
    let second: SocketAddr = format!("{host}:{port}").parse().expect("an address");

    for address in [appliance.address(), second] {
        assert_eq!(status(&get(address, "/healthz", &[])), 200, "{address}");
    }
}

/// A client of TLS that believes one certificate.
fn believer(certificate: CertificateDer<'static>) -> ClientConnection {
    let mut roots = RootCertStore::empty();
    roots.add(certificate).expect("a root");
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let server = ServerName::try_from("swap.example").expect("a name");
    ClientConnection::new(Arc::new(config), server).expect("a client")
}

#[test]
fn whom_the_proxy_protocol_brings_speaks_for_itself_and_has_its_place_before_its_handshake() {
    let made = rcgen::generate_simple_self_signed(["swap.example".to_owned()]).expect("made");
    let folder = tempfile::tempdir().expect("tempdir");
    let [chain, key] = ["chain.pem", "key.pem"].map(|name| folder.path().join(name).display().to_string());
    std::fs::write(&chain, made.cert.pem()).expect("written");
    std::fs::write(&key, made.key_pair.serialize_pem()).expect("written");
    let https = Ports::choose().https;
    let appliance = Appliance::configured(&[
        TRUSTED,
        BY_PROXY_PROTOCOL,
        ("FOODSWAP_FRONT__HTTPS", &format!("[\"127.0.0.1:{https}\"]")),
        ("FOODSWAP_FRONT__CERTIFICATE__CHAIN", &chain),
        ("FOODSWAP_FRONT__CERTIFICATE__KEY", &key),
        ("FOODSWAP_FRONT__LIMITS__CONNECTIONS_PER_ADDRESS", "2"),
        ("FOODSWAP_FRONT__ACCESS_LOG", "combined"),
    ]);
    let secure = SocketAddr::from(([127, 0, 0, 1], https));
    let line = |client: &str| format!("PROXY TCP4 {client} 192.0.2.80 4711 443\r\n");
    let get = "GET /robots.txt HTTP/1.1\r\nHost: swap.example\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n";

    let plain = ask(appliance.address(), line("198.51.100.1") + get);
    assert_eq!(status(&plain), 308, "what was asked without TLS is not believed to be with it: {plain}");

    let silent: Vec<Wire> = (0..3)
        .map(|_| {
            let mut wire = Wire::to(secure);
            wire.send(line("198.51.100.2"));
            wire
        })
        .collect();
    let begun = Instant::now();
    while silent.iter().filter(|wire| wire.has_ended()).count() < 1 {
        assert!(begun.elapsed() < Duration::from_secs(8), "a third of one address has no place");
        std::thread::sleep(Duration::from_millis(20));
    }

    let mut wire = Wire::to(secure);
    wire.send(line("198.51.100.3"));
    let mut stream = StreamOwned::new(believer(made.cert.der().clone()), wire.0);
    stream.write_all(get.as_bytes()).expect("asked");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).expect("answered");
    assert_eq!(&answer, b"HTTP/1.1 200");
    drop(stream);
    let output = appliance.stop().output;
    assert!(output.contains("198.51.100.3 - - ["), "{output}");
}
