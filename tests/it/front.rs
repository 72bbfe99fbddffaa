//! The public ports, spoken to by clients that are slow, wrong, greedy or hostile.

use std::io::Write;
use std::time::{Duration, Instant};

use super::appliance::Appliance;
use super::wire::{RULES, Wire, ask, field, get, status};

/// Where a page has its styles.
fn style_of(page: &str) -> String {
    let from = page.find("/assets/site").expect("styles");
    page[from..].split('"').next().expect("an address").to_owned()
}

#[test]
fn every_slow_client_is_let_go_within_its_limit() {
    let second = |name| (name, "1");
    let appliance = Appliance::configured(&[
        second("FOODSWAP_FRONT__LIMITS__HEADER_S"),
        second("FOODSWAP_FRONT__LIMITS__IDLE_S"),
        second("FOODSWAP_FRONT__LIMITS__BODY_S"),
        second("FOODSWAP_FRONT__LIMITS__WRITE_S"),
    ]);
    let address = appliance.address();
    let limit = Duration::from_secs(4);

    let silent = Wire::to(address).kept_while(|_| {});
    assert!(silent < limit, "nothing is asked: {silent:?}");

    let mut begun = Wire::to(address);
    begun.send("GET / HTTP/1.1\r\nHost: localhost\r\n");
    let slow_header = begun.kept_while(|wire| wire.send("X: y\r\n"));
    assert!(slow_header < limit, "a header without end: {slow_header:?}");

    let mut idle = Wire::to(address);
    idle.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(status(&idle.answer().0), 200);
    let idle = idle.kept_while(|_| {});
    assert!(idle < limit, "nothing more is asked: {idle:?}");

    let mut posting = Wire::to(address);
    posting.send("POST /api/v1/basket HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n");
    let slow_body = posting.kept_while(|wire| wire.send("x"));
    assert!(slow_body < limit, "a body without end: {slow_body:?}");

    let mut deaf = Wire::to(address);
    let style = style_of(&appliance.get("/").body);
    let request = format!("GET {style} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    // More than the buffers of both systems hold.
    deaf.0.set_write_timeout(Some(Duration::from_secs(5))).expect("a time limit");
    let mut taken = 0;
    let begun = Instant::now();
    while taken < 20_000 && deaf.0.write_all(request.as_bytes()).is_ok() {
        taken += 1;
    }
    while begun.elapsed() < Duration::from_secs(12) && deaf.0.write_all(b"\r\n").is_ok() {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "an answer that is not read: {:?}", begun.elapsed());
}

#[test]
fn a_header_that_began_behind_another_is_not_waited_for_as_if_nothing_was_asked() {
    let appliance =
        Appliance::configured(&[("FOODSWAP_FRONT__LIMITS__HEADER_S", "1"), ("FOODSWAP_FRONT__LIMITS__IDLE_S", "10")]);
    let whole = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut half = Wire::to(appliance.address());
    half.send(format!("{whole}GET /about HTTP/1.1\r\nHost: "));
    assert_eq!(status(&half.answer().0), 200);

    let kept = half.kept_while(|_| {});

    assert!(kept < Duration::from_secs(5), "half a header behind a whole request: {kept:?}");
    let mut idle = Wire::to(appliance.address());
    idle.send(whole.repeat(2));
    assert_eq!((status(&idle.answer().0), status(&idle.answer().0)), (200, 200));
    std::thread::sleep(Duration::from_secs(2));
    idle.send(whole);
    assert_eq!(status(&idle.answer().0), 200, "who has asked whole things may wait");
}

#[test]
fn what_could_be_read_in_two_ways_is_refused() {
    let appliance = Appliance::starter();
    let address = appliance.address();
    let post = "POST /api/v1/basket HTTP/1.1\r\nHost: localhost\r\n";
    for (what, request, expected) in [
        ("two lengths", format!("{post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}"), &[400][..]),
        ("a length list", format!("{post}Content-Length: 2, 2\r\n\r\n{{}}"), &[400]),
        ("a signed length", format!("{post}Content-Length: +2\r\n\r\n{{}}"), &[400]),
        ("another coding", format!("{post}Transfer-Encoding: gzip\r\n\r\n"), &[400, 501]),
        ("a wrong chunk size", format!("{post}Transfer-Encoding: chunked\r\n\r\nZZ\r\n{{}}\r\n0\r\n\r\n"), &[400]),
        ("a coding twice", format!("{post}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"), &[400]),
        (
            "a coding in two lines",
            format!("{post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            &[400],
        ),
        (
            "a coding of HTTP/1.0",
            format!("{}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", post.replace("1.1", "1.0")),
            &[400],
        ),
        (
            "chunks that end with half a line end",
            format!("{post}Transfer-Encoding: chunked\r\n\r\n1\nx\n0\n\n"),
            &[400],
        ),
        ("half line ends", "GET / HTTP/1.1\nHost: localhost\n\n".to_owned(), &[200, 400]),
        (
            "a line end within a line",
            "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\rGET /about HTTP/1.1\r\n\r\n".to_owned(),
            &[400],
        ),
        ("a folded line", "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n".to_owned(), &[400]),
        ("a zero byte", "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n".to_owned(), &[400]),
        ("a space before the colon", "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n".to_owned(), &[400]),
        ("no host", "GET / HTTP/1.1\r\n\r\n".to_owned(), &[400]),
        ("two hosts", "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n".to_owned(), &[400]),
        ("a bad host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n".to_owned(), &[400]),
        ("no version", "GET /\r\n\r\n".to_owned(), &[400]),
        ("another version", "GET / HTTP/3.0\r\nHost: localhost\r\n\r\n".to_owned(), &[400, 505]),
        ("a tunnel", "CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(), &[405]),
        ("a mirror", "TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(), &[405]),
        ("HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), &[0, 400]),
    ] {
        let answer = ask(address, request);

        assert!(expected.contains(&status(&answer)), "{what}: {answer}");
        assert!(answer.matches("HTTP/1.1 ").count() <= 1, "{what} is one request: {answer}");
    }
}

#[test]
fn a_chunked_body_wins_over_a_length_and_ends_the_connection() {
    let appliance = Appliance::starter();
    let smuggled = "POST /api/v1/basket HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                    Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /about HTTP/1.1\r\nHost: localhost\r\n\r\n";

    let answer = ask(appliance.address(), smuggled);

    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    assert_eq!(field(&answer, "connection"), Some("close"));
}

#[test]
fn an_absolute_target_is_taken_and_its_host_counts() {
    let appliance = Appliance::configured(&[("FOODSWAP_FRONT__HOSTS", "[\"swap.example\"]")]);
    let address = appliance.address();

    let ours =
        ask(address, "GET http://swap.example/healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    let theirs =
        ask(address, "GET http://evil.example/healthz HTTP/1.1\r\nHost: swap.example\r\nConnection: close\r\n\r\n");

    assert_eq!((status(&ours), status(&theirs)), (200, 421));
}

#[test]
fn a_name_that_is_not_ours_gets_no_page_and_another_of_ours_is_sent_on() {
    let appliance = Appliance::configured(&[
        ("FOODSWAP_FRONT__HOSTS", "[\"swap.example\",\"www.swap.example\"]"),
        ("FOODSWAP_FRONT__CANONICAL_HOST", "swap.example"),
    ]);
    let address = appliance.address();

    let foreign = get(address, "/", &["Host: evil.example"]);
    assert_eq!(status(&foreign), 421);
    assert!(!foreign.contains("<html"), "{foreign}");
    assert_eq!(status(&get(address, "/", &["Host: swap.example"])), 200);
    let other = get(address, "/search?q=cola", &["Host: www.swap.example"]);
    assert_eq!((status(&other), field(&other, "location")), (308, Some("http://swap.example/search?q=cola")));
    assert_eq!(status(&ask(address, "GET / HTTP/1.0\r\n\r\n")), 421);
    assert_eq!(status(&get(address, "/healthz", &["Host: localhost"])), 200, "the machine asks itself");
}

#[test]
fn every_answer_carries_the_rules_for_browsers() {
    let appliance = Appliance::configured(&[("FOODSWAP_FRONT__HOSTS", "[\"localhost\"]")]);
    let address = appliance.address();
    let style = style_of(&get(address, "/", &[]));
    for (path, lines, code) in [
        ("/", &[][..], 200),
        ("/nowhere", &[], 404),
        ("/ersatz/list/", &[], 308),
        ("/api/v1/products/1", &[], 404),
        ("/assets/nothing.css", &[], 404),
        (&style, &[], 200),
        (&style, &["If-None-Match: *"], 304),
        (&style, &["Range: bytes=0-9"], 206),
        ("/", &["Host: evil.example"], 421),
        ("/.well-known/acme-challenge/none", &[], 404),
    ] {
        let answer = get(address, path, lines);

        assert!(status(&answer) == code || (code == 308 && status(&answer) == 301), "{path}: {answer}");
        for rule in RULES {
            assert!(field(&answer, rule).is_some(), "{path} without {rule}: {answer}");
        }
        assert_eq!(field(&answer, "server"), Some("foodswap"), "the name without a version");
        assert!(field(&answer, "x-request-id").is_some_and(|id| id.len() == 16), "{answer}");
    }
}

#[test]
fn what_the_front_itself_says_carries_the_rules_too() {
    let appliance = Appliance::configured(&[
        ("FOODSWAP_FRONT__HOSTS", "[\"swap.example\", \"www.swap.example\"]"),
        ("FOODSWAP_FRONT__CANONICAL_HOST", "swap.example"),
        ("FOODSWAP_FRONT__TRUSTED_PROXIES", "[\"127.0.0.1\"]"),
        ("FOODSWAP_FRONT__RATES__API_PER_S", "1"),
        ("FOODSWAP_FRONT__RATES__API_BURST", "1"),
        ("FOODSWAP_FRONT__LIMITS__BODY_BYTES", "10"),
        ("FOODSWAP_FRONT__LIMITS__BODY_S", "1"),
    ]);
    let ours = "HTTP/1.1\r\nHost: swap.example\r\n";
    let of_stranger = format!("GET /api/v1/openapi.json {ours}X-Forwarded-For: 192.0.2.1\r\n\r\n");

    for (request, code) in [
        ("GET /about HTTP/1.1\r\nHost: www.swap.example\r\nConnection: close\r\n\r\n".to_owned(), 308),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n".to_owned(), 400),
        (format!("TRACE / {ours}Connection: close\r\n\r\n"), 405),
        (format!("POST /search {ours}Content-Length: 5\r\n\r\nq"), 408),
        (format!("POST /search {ours}Content-Length: 11\r\n\r\n"), 413),
        (of_stranger.repeat(20), 429),
    ] {
        let mut wire = Wire::to(appliance.address());
        wire.send(request);
        let answer = (0..20).map(|_| wire.answer().0).find(|answer| status(answer) != 200).expect("a refusal");

        assert_eq!(status(&answer), code, "{answer}");
        for rule in RULES {
            assert!(field(&answer, rule).is_some(), "{code} without {rule}: {answer}");
        }
    }
}

#[test]
fn what_is_no_request_is_told_so_with_all_that_other_answers_carry() {
    let appliance = Appliance::configured(&[("FOODSWAP_FRONT__ACCESS_LOG", "combined")]);
    let endless = "x".repeat(70 << 10);
    for (request, code, says) in [
        ("GET /\r\n\r\n".to_owned(), 400, "not a request that HTTP allows"),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n".to_owned(), 400, "not a request that HTTP allows"),
        (format!("GET /{endless} HTTP/1.1\r\nHost: localhost\r\n\r\n"), 431, "header of the request is too long"),
        (
            format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {endless}\r\n\r\n"),
            431,
            "header of the request is too long",
        ),
    ] {
        let answer = ask(appliance.address(), request);

        assert_eq!(status(&answer), code, "{answer}");
        assert!(answer.ends_with(".\n") && answer.contains(says), "{answer}");
        for rule in RULES {
            assert!(field(&answer, rule).is_some(), "{code} without {rule}: {answer}");
        }
        assert_eq!(field(&answer, "connection"), Some("close"));
        assert!(field(&answer, "x-request-id").is_some_and(|id| id.len() == 16), "{answer}");
    }
    let log = appliance.stop().output;
    assert_eq!(log.matches("\"- - HTTP/1.1\" 400 ").count(), 2, "{log}");
}

#[test]
fn strangers_cannot_fill_the_log_by_asking_for_what_there_is_not() {
    let appliance = Appliance::starter();
    for request in [
        "HEAD / ",
        "GET /nowhere ",
        "PUT / ",
        "OPTIONS * ",
        "BREW /%ff%00 ",
        "\0",
        "GET /a|b\\c^d`e{f}\"g?h|i\\j^k`l{m}\"n ",
        "GET /pâte?q=crêpe ",
        "GET http://localhost?q=a ",
        "head /about ",
        "get /about ",
        "GET /100% ",
    ] {
        ask(appliance.address(), format!("{request}HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    }

    let log = appliance.stop().log;

    assert!(!log.contains("ERROR") && !log.contains("WARN"), "{log}");
}

#[test]
fn who_sends_a_body_slowly_takes_no_place_from_those_who_wait_for_an_answer() {
    let appliance = Appliance::configured(&[
        ("FOODSWAP_FRONT__LIMITS__REQUESTS", "1"),
        ("FOODSWAP_FRONT__LIMITS__REQUESTS_PER_ADDRESS", "1"),
    ]);
    let slow = || {
        let mut wire = Wire::to(appliance.address());
        wire.send("POST /search HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n");
        assert_eq!(status(&wire.answer().0), 100, "its body is waited for");
        wire.send("q=");
        wire
    };
    let mut bodies = [slow(), slow(), slow()];

    assert_eq!(status(&get(appliance.address(), "/", &[])), 200);
    bodies[0].send("12345678");
    assert_eq!(status(&bodies[0].answer().0), 405, "the body was read, and a search is no form");
}

#[test]
fn a_body_that_is_too_large_is_refused_and_the_sender_reads_why() {
    let appliance = Appliance::configured(&[("FOODSWAP_FRONT__LIMITS__BODY_BYTES", "1000")]);
    let post = "POST /api/v1/basket HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    let large = vec![b'x'; 3 << 20];
    let told = [format!("{post}Content-Length: {}\r\n\r\n", large.len()).into_bytes(), large.clone()].concat();
    let chunk = [format!("{:x}\r\n", large.len()).as_bytes(), &large, b"\r\n0\r\n\r\n"].concat();
    let untold = [format!("{post}Transfer-Encoding: chunked\r\n\r\n").into_bytes(), chunk].concat();

    for (what, request) in [("told beforehand", told), ("found out", untold)] {
        let mut wire = Wire::to(appliance.address());
        wire.send(&request);
        let answer = wire.rest();

        assert_eq!(status(&answer), 413, "{what}: {answer}");
        assert!(answer.contains("larger than this address takes"), "{what}: {answer}");
    }
}

#[test]
fn a_header_has_a_size_and_a_number_of_lines() {
    let appliance = Appliance::starter();
    let many = (0..100).fold(String::new(), |all, n| all + &format!("X-{n}: y\r\n"));
    let long = format!("X: {}\r\n", "y".repeat(40 << 10));

    for lines in [many, long] {
        let answer = ask(appliance.address(), format!("GET / HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n"));
        assert_eq!(status(&answer), 431, "{answer}");
    }
}

#[test]
fn when_all_together_hold_too_much_those_that_hold_much_of_it_end() {
    let appliance = Appliance::configured(&[("FOODSWAP_FRONT__LIMITS__UNPARSED_BYTES", "1048576")]);
    let address = appliance.address();
    let half = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}", "y".repeat(30 << 10));
    let mut small = Wire::to(address);
    small.send("GET /healthz HTTP/1.1\r\n");

    let mut large: Vec<Wire> = (0..60).map(|_| Wire::to(address)).collect();
    for wire in &mut large {
        wire.send(&half);
    }
    let begun = Instant::now();
    while !large.iter().any(Wire::has_ended) {
        assert!(begun.elapsed() < Duration::from_secs(10), "60 times 30 kB wait where 1 MB may");
        std::thread::sleep(Duration::from_millis(20));
    }
    for wire in &mut large {
        wire.send("\r\nConnection: close\r\n\r\n");
    }

    assert!(large.iter_mut().any(|wire| status(&wire.rest()) == 200), "those that still had room are answered");
    small.send("Host: localhost\r\nConnection: close\r\n\r\n");
    assert_eq!(status(&small.rest()), 200, "who holds little stays");
}

#[test]
fn connections_are_counted_and_a_place_that_is_free_is_given_again() {
    let appliance = Appliance::configured(&[("FOODSWAP_FRONT__LIMITS__CONNECTIONS", "3")]);
    let address = appliance.address();
    let alive = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut inside: Vec<Wire> = (0..3).map(|_| Wire::to(address)).collect();
    for wire in &mut inside {
        wire.send(alive);
        assert_eq!(status(&wire.answer().0), 200);
    }

    assert_eq!(ask(address, alive), "", "no room: closed without an answer");
    inside.pop();
    let again = (0..50).find_map(|_| {
        std::thread::sleep(Duration::from_millis(20));
        Some(ask(address, alive)).filter(|answer| status(answer) == 200)
    });

    assert!(again.is_some(), "a place was left and is not given again");
}

#[test]
fn too_many_requests_are_refused_with_the_time_to_wait_and_the_machine_itself_is_not() {
    let appliance = Appliance::configured(&[
        ("FOODSWAP_FRONT__TRUSTED_PROXIES", "[\"127.0.0.1\"]"),
        ("FOODSWAP_FRONT__RATES__API_PER_S", "1"),
        ("FOODSWAP_FRONT__RATES__API_BURST", "3"),
    ]);
    let address = appliance.address();
    let path = "/api/v1/search?q=cola";
    let stranger = |last: u8| get(address, path, &[&format!("X-Forwarded-For: 192.0.2.{last}")]);

    let first = stranger(1);
    assert_eq!(field(&first, "ratelimit-policy"), Some("\"api\";q=3;w=3"));
    assert!(field(&first, "ratelimit").is_some_and(|left| left.starts_with("\"api\";r=2;t=")), "{first}");
    let refused = (0..4).map(|_| stranger(1)).find(|answer| status(answer) == 429).expect("a refusal");
    assert_eq!(field(&refused, "retry-after"), Some("1"));
    assert_eq!(field(&refused, "content-type"), Some("application/problem+json"));

    assert_eq!(status(&stranger(2)), 200, "another address has its own allowance");
    assert!((0..10).all(|_| status(&get(address, path, &[])) == 200), "the operator is never refused");
    let posing = (0..10).any(|_| status(&get(address, path, &["X-Forwarded-For: 127.0.0.1"])) == 429);
    assert!(posing, "a client of the proxy is not the machine itself, whatever it is called");
    let by_another = ["Forwarded: for=127.0.0.1", "X-Forwarded-For: 192.0.2.1"];
    assert_eq!(status(&get(address, path, &by_another)), 429, "a header that the proxy does not write is not read");
    let spoofed = get(address, path, &["X-Forwarded-For: 127.0.0.1, 192.0.2.1"]);
    assert_eq!(status(&spoofed), 429, "what the client itself put into the list is not believed");
}

#[test]
fn a_line_is_written_about_every_visit_and_none_about_the_machine_that_asks_itself_how_it_is() {
    let appliance = Appliance::configured(&[("FOODSWAP_FRONT__ACCESS_LOG", "combined")]);
    for path in ["/healthz", "/readyz", "/robots.txt"] {
        assert_eq!(status(&get(appliance.address(), path, &[])), 200);
    }

    let log = appliance.stop().output;

    assert!(log.contains("\"GET /robots.txt HTTP/1.1\"") && log.lines().count() == 1, "{log}");
}

#[test]
fn nothing_is_upgraded() {
    let appliance = Appliance::starter();
    for upgrade in ["websocket", "h2c"] {
        let request = format!(
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: {upgrade}\r\n\
             HTTP2-Settings: AAMAAABk\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        );
        let answer = ask(appliance.address(), request);
        assert_eq!(status(&answer), 200, "{upgrade}: {answer}");
        assert!(field(&answer, "upgrade").is_none());
    }
}

#[test]
fn an_address_as_browsers_send_it_finds_what_is_there() {
    let appliance = Appliance::configured(&[
        ("FOODSWAP_FRONT__HOSTS", "[\"swap.example\"]"),
        ("FOODSWAP_FRONT__CANONICAL_HOST", "swap.example"),
    ]);

    for target in ["/search?q=crème|brûlée", "/search?q={lait}"] {
        let page = get(appliance.address(), target, &["Host: swap.example"]);
        assert_eq!(status(&page), 200, "{target}: {page}");
    }
    assert_eq!(status(&get(appliance.address(), "/a|b", &["Host: swap.example"])), 404);
}

#[test]
fn no_path_leads_out_of_what_is_carried() {
    let appliance = Appliance::starter();
    for path in [
        "/assets/../Cargo.toml",
        "/assets/..%2f..%2fetc/passwd",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/....//etc/passwd",
        "/..\\..\\etc\\passwd",
        "/assets//etc/passwd",
        "/%00",
    ] {
        let answer = get(appliance.address(), path, &[]);
        assert!(matches!(status(&answer), 400 | 404), "{path}: {answer}");
        assert!(!answer.contains("root:"), "{path}");
    }
}
