//! What answers carry over HTTP/2, as curl reads it.

use std::net::SocketAddr;
use std::process::Command;

use super::acme::authority::Ports;
use super::appliance::Appliance;
use super::wire::{RULES, field, status};

/// The heads of the answers to a visitor that a proxy brings, asked one after the other on one connection.
fn heads(https: SocketAddr, path: &str, visits: usize) -> Vec<String> {
    let address = format!("https://localhost:{}{path}", https.port());
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--insecure", "--http2", "--max-time", "20", "--dump-header", "-"])
        .args(["--resolve", &format!("localhost:{}:{}", https.port(), https.ip())])
        .args(["--header", "X-Forwarded-For: 192.0.2.1"])
        .args((0..visits).flat_map(|_| ["--output", "/dev/null", &address]))
        .output()
        .expect("curl runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let heads: Vec<String> = text.split_terminator("\r\n\r\n").map(str::to_owned).collect();
    assert_eq!(heads.len(), visits, "{text}");
    heads
}

#[test]
fn an_answer_and_a_refusal_carry_over_http_2_what_they_carry_over_http_1() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("made");
    let folder = tempfile::tempdir().expect("tempdir");
    let [chain, key] = ["chain.pem", "key.pem"].map(|name| folder.path().join(name).display().to_string());
    std::fs::write(&chain, made.cert.pem()).expect("written");
    std::fs::write(&key, made.key_pair.serialize_pem()).expect("written");
    let https = SocketAddr::from(([127, 0, 0, 1], Ports::choose().https));
    let _appliance = Appliance::configured(&[
        ("FOODSWAP_FRONT__HTTPS", &format!("[\"{https}\"]")),
        ("FOODSWAP_FRONT__CERTIFICATE__CHAIN", &chain),
        ("FOODSWAP_FRONT__CERTIFICATE__KEY", &key),
        ("FOODSWAP_FRONT__TRUSTED_PROXIES", "[\"127.0.0.1\"]"),
        ("FOODSWAP_FRONT__RATES__API_PER_S", "1"),
        ("FOODSWAP_FRONT__RATES__API_BURST", "2"),
    ]);

    let heads = heads(https, "/api/v1/search?q=cola", 8);

    for head in &heads {
        assert!(head.starts_with("HTTP/2 "), "{head}");
        for rule in RULES.into_iter().chain(["x-request-id", "ratelimit"]) {
            assert!(field(head, rule).is_some(), "without {rule}: {head}");
        }
        assert_eq!(field(head, "ratelimit-policy"), Some("\"api\";q=2;w=2"), "{head}");
        assert!(["connection", "keep-alive"].iter().all(|line| field(head, line).is_none()), "RFC 9113, 8.2.2: {head}");
    }
    let first = &heads[0];
    assert_eq!((status(first), field(first, "retry-after")), (200, None), "{first}");
    assert!(field(first, "ratelimit").is_some_and(|left| left.starts_with("\"api\";r=1;t=")), "{first}");
    let refused = heads.iter().find(|head| status(head) == 429).expect("a refusal");
    assert_eq!(field(refused, "retry-after"), Some("1"), "{refused}");
    assert_eq!(field(refused, "content-type"), Some("application/problem+json"), "{refused}");
    assert!(field(refused, "ratelimit").is_some_and(|left| left.starts_with("\"api\";r=0;t=")), "{refused}");
}
