//! Certificates by themselves, from a real authority (pebble) to a client that verifies the chain.

use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::time::{Duration, Instant};

use foodswap::store::StoreConfig;
use foodswap::store::certificates::{Certificates, Order, Outcome};
use foodswap::store::people::People;
use serde_json::Value;

use self::authority::{Authority, Manner, Papers, Ports, Process, ask, configure, site, until};
use self::line::Line;

pub(crate) mod authority;
mod line;

/// How long an order may take on a busy machine, seconds.
const SOON_S: u64 = 60;
/// What an authority says until an order is in its middle, bytes: a handshake, the directory and a little more.
const MIDDLE_BYTES: usize = 4_000;

fn data_dir() -> tempfile::TempDir {
    tempfile::tempdir().expect("tempdir")
}

/// The record of orders, read from a store that no process holds.
fn orders(data_dir: &std::path::Path) -> Vec<Order> {
    let people = People::open(data_dir, &StoreConfig::default()).expect("the store of a dead process");
    Certificates::of(&people).expect("its part").orders().expect("the record")
}

/// Waits until the service answers commands; what asks sooner might take it for one that does not run.
fn started(data_dir: &std::path::Path) {
    let socket = data_dir.join("control.sock");
    until("the service answers commands", SOON_S, || UnixStream::connect(&socket).ok());
}

/// What `doctor` finds, and whether all is well.
fn doctor(data_dir: &std::path::Path, papers: &Papers, ports: Ports) -> (bool, Vec<Value>) {
    let mut command = crate::appliance::foodswap(data_dir);
    let output = configure(&mut command, papers, ports)
        .args(["doctor", "--json", "--dns", &format!("127.0.0.1:{}", ports.dns)])
        .args(["--http-port", &ports.http.to_string(), "--https-port", &ports.https.to_string()])
        .output()
        .expect("the binary runs");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(report["well"], output.status.success());
    (output.status.success(), report["findings"].as_array().expect("findings").clone())
}

/// What a check says, with its level.
fn finding<'f>(findings: &'f [Value], check: &str) -> (&'f str, &'f str) {
    let found = findings.iter().find(|finding| finding["check"] == check);
    let found = found.unwrap_or_else(|| panic!("no {check} in {findings:#?}"));
    (found["level"].as_str().expect("a level"), found["says"].as_str().expect("a sentence"))
}

#[test]
fn a_certificate_comes_by_itself_and_outlives_a_restart_without_the_authority() {
    let (data, papers, ports) = (data_dir(), Papers::new(), Ports::choose());
    let names = [("FOODSWAP_ACME__DOMAINS", "[\"swap.example\", \"www.swap.example\"]")];
    let authority = Authority::start(&papers, ports, &Manner::default());
    let roots = authority.roots();
    let running = site(data.path(), &papers, ports, &names);

    let first = until("a trusted certificate", SOON_S, || ask(ports.https, "swap.example", "/healthz", &roots).ok());
    let other = ask(ports.https, "www.swap.example", "/healthz", &roots).expect("the other name");
    let resolve = format!("swap.example:{}:127.0.0.1", ports.https);
    let curl = Command::new("curl")
        .args(["--silent", "--fail", "--max-time", "10", "--output", "/dev/null", "--resolve", &resolve, "--cacert"])
        .arg(authority.root_file())
        .arg(format!("https://swap.example:{}/healthz", ports.https))
        .status()
        .expect("curl runs");
    drop((authority, running));
    let begun = Instant::now();
    let _running = site(data.path(), &papers, ports, &names);
    let again = until("the stored certificate", SOON_S, || ask(ports.https, "swap.example", "/healthz", &roots).ok());

    assert!(first.text.starts_with("HTTP/1.1 200"), "{}", first.text);
    assert_eq!(first.certificate, other.certificate);
    assert!(curl.success());
    assert_eq!(again.certificate, first.certificate, "after {:?}", begun.elapsed());
}

#[test]
fn a_page_proves_a_name_even_to_an_authority_that_calls_nonces_stale() {
    let (data, papers, ports) = (data_dir(), Papers::new(), Ports::choose());
    let authority = Authority::start(&papers, ports, &Manner { stale_nonces: 30, ..Manner::default() });
    let running = site(data.path(), &papers, ports, &[("FOODSWAP_ACME__CHALLENGE", "http-01")]);

    until("a trusted certificate", SOON_S, || ask(ports.https, "swap.example", "/healthz", &authority.roots()).ok());
    drop(running);

    let orders = orders(data.path());
    assert_eq!(orders.len(), 1, "{orders:#?}");
    assert_eq!((orders[0].outcome, orders[0].challenge.as_str()), (Outcome::Issued, "http-01"));
}

#[test]
fn a_certificate_is_renewed_while_visitors_come_and_none_of_them_is_turned_away() {
    let (data, papers, ports) = (data_dir(), Papers::new(), Ports::choose());
    let authority = Authority::start(&papers, ports, &Manner { validity_s: 15, ..Manner::default() });
    let roots = authority.roots();
    let _running = site(data.path(), &papers, ports, &[]);
    let visit = || ask(ports.https, "swap.example", "/healthz", &roots);
    let first = until("a trusted certificate", SOON_S, || visit().ok()).certificate;

    let second = until("another certificate", SOON_S, || {
        let seen = visit().expect("a visit while the certificate is renewed").certificate;
        (seen != first).then_some(seen)
    });

    assert_ne!(first, second);
}

#[test]
fn an_authority_that_is_down_at_a_renewal_costs_a_line_in_the_record_and_not_the_certificate() {
    let (data, papers, ports) = (data_dir(), Papers::new(), Ports::choose());
    let authority = Authority::start(&papers, ports, &Manner { validity_s: 30, ..Manner::default() });
    let roots = authority.roots();
    let running = site(data.path(), &papers, ports, &[]);
    let visit = || ask(ports.https, "swap.example", "/healthz", &roots);
    let first = until("a trusted certificate", SOON_S, || visit().ok()).certificate;
    drop(authority);

    until("the renewal fails", SOON_S, || {
        let (_, findings) = doctor(data.path(), &papers, ports);
        (finding(&findings, "orders").0 == "wrong").then_some(())
    });

    assert_eq!(visit().expect("a visit after it").certificate, first, "the old one is served");
    drop(running);
    let outcomes: Vec<Outcome> = orders(data.path()).into_iter().map(|order| order.outcome).collect();
    assert!(outcomes.contains(&Outcome::Issued) && outcomes.contains(&Outcome::Unreachable), "{outcomes:?}");
}

#[test]
fn an_authority_that_never_answers_costs_one_order_and_not_the_certificate() {
    let (data, papers, ports) = (data_dir(), Papers::new(), Ports::choose());
    let silent = TcpListener::bind(("127.0.0.1", ports.directory)).expect("its port");
    let running = site(data.path(), &papers, ports, &[("FOODSWAP_ACME__ORDER_TIMEOUT_S", "3")]);
    started(data.path());
    let (held, _) = silent.accept().expect("the first request");

    until("the order is given up", SOON_S, || {
        let (_, findings) = doctor(data.path(), &papers, ports);
        let (level, says) = finding(&findings, "orders");
        (level == "wrong" && says.contains("did not answer")).then_some(())
    });
    drop((silent, held));
    let authority = Authority::start(&papers, ports, &Manner::default());
    until("a trusted certificate", SOON_S, || ask(ports.https, "swap.example", "/healthz", &authority.roots()).ok());
    drop(running);

    let outcomes: Vec<Outcome> = orders(data.path()).iter().map(|order| order.outcome).collect();
    assert_eq!(outcomes.first(), Some(&Outcome::Unreachable));
    assert_eq!(outcomes.last(), Some(&Outcome::Issued));
}

#[test]
fn an_authority_that_falls_silent_in_the_middle_of_an_order_is_given_up_and_the_log_says_what_is_served() {
    let (data, papers, ports) = (data_dir(), Papers::new(), Ports::choose());
    let behind = ports.behind();
    let authority = Authority::start(&papers, behind, &Manner::default());
    let line = Line::between(ports.directory, behind.directory, MIDDLE_BYTES);
    let log = tempfile::NamedTempFile::new().expect("a file");
    let mut command = crate::appliance::foodswap(data.path());
    configure(&mut command, &papers, ports).env("FOODSWAP_ACME__ORDER_TIMEOUT_S", "3").arg("serve");
    let running = Process(command.stderr(log.reopen().expect("the file")).spawn().expect("the binary starts"));

    until("the order is given up", SOON_S, || {
        let said = std::fs::read_to_string(log.path()).expect("the log");
        said.contains("no new certificate: the authority did not answer").then_some(())
    });
    assert!(line.has_fallen_silent(), "it had answered before");
    let said = std::fs::read_to_string(log.path()).expect("the log");
    assert!(said.contains("WARN") && said.contains("the certificate in use: it is a self-signed stop-gap"), "{said}");
    line.speak();
    until("a trusted certificate", SOON_S, || ask(ports.https, "swap.example", "/healthz", &authority.roots()).ok());
    drop(running);

    assert_eq!(orders(data.path()).first().map(|order| order.outcome), Some(Outcome::Unreachable));
}

#[test]
fn a_name_that_leads_elsewhere_is_told_and_the_wait_outlives_a_restart() {
    let (data, papers, ports) = (data_dir(), Papers::new(), Ports::choose());
    let _authority = Authority::start(&papers, ports, &Manner { names_at: "127.0.0.99", ..Manner::default() });
    let wait = [("FOODSWAP_ACME__FIRST_RETRY_S", "600")];
    let running = site(data.path(), &papers, ports, &wait);
    started(data.path());

    let findings = until("a failed order", SOON_S, || {
        let (well, findings) = doctor(data.path(), &papers, ports);
        (!well && finding(&findings, "orders").0 == "wrong").then_some(findings)
    });
    drop(running);
    let before = orders(data.path());
    let running = site(data.path(), &papers, ports, &wait);
    started(data.path());
    std::thread::sleep(Duration::from_secs(2));
    drop(running);

    let (_, said) = finding(&findings, "orders");
    assert!(said.contains("could not confirm swap.example"), "{said}");
    let (level, said) = finding(&findings, "certificate");
    assert!(level == "wrong" && said.contains("self-signed stop-gap"), "{said}");
    assert_eq!(finding(&findings, &format!("port {}", ports.https)).0, "wrong");
    assert!(before.len() == 1 && before[0].next_t >= before[0].begun_t + 600, "{before:#?}");
    assert_eq!(orders(data.path()), before, "no order before its time");
}

#[test]
fn the_doctor_of_a_healthy_site_finds_nothing_wrong() {
    let (data, papers, ports) = (data_dir(), Papers::new(), Ports::choose());
    let authority = Authority::start(&papers, ports, &Manner::default());
    let running = site(data.path(), &papers, ports, &[]);
    until("a trusted certificate", SOON_S, || ask(ports.https, "swap.example", "/healthz", &authority.roots()).ok());
    started(data.path());

    let (well, findings) = doctor(data.path(), &papers, ports);

    assert!(well, "{findings:#?}");
    let [http, https] = [ports.http, ports.https].map(|port| format!("port {port}"));
    for check in ["configuration", "service", "certificate", "names", &http, &https, "authority", "clock", "CAA"] {
        assert_eq!(finding(&findings, check).0, "good", "{findings:#?}");
    }
    assert_eq!(finding(&findings, "orders"), ("good", "the last one brought a certificate"));

    drop(running);
    let (_, at_rest) = doctor(data.path(), &papers, ports);
    assert_eq!(finding(&at_rest, "service").0, "unsure");
    for check in ["certificate", &http, &https] {
        assert_eq!(finding(&at_rest, check).0, "good", "{at_rest:#?}");
    }
}

#[test]
fn the_keys_lie_where_nobody_else_can_read_them() {
    use std::os::unix::fs::PermissionsExt;
    let (data, papers, ports) = (data_dir(), Papers::new(), Ports::choose());
    let running: Process = site(data.path(), &papers, ports, &[]);

    let folder = data.path().join("store/people");
    until("the store is made", SOON_S, || folder.is_dir().then_some(()));
    drop(running);

    let mode = std::fs::metadata(&folder).expect("metadata").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn files_of_ones_own_are_served_and_replaced_without_a_restart() {
    let (data, ports) = (data_dir(), Ports::choose());
    let write = || {
        let made = rcgen::generate_simple_self_signed(["swap.example".to_owned()]).expect("made");
        std::fs::write(data.path().join("chain.pem"), made.cert.pem()).expect("written");
        std::fs::write(data.path().join("key.pem"), made.key_pair.serialize_pem()).expect("written");
        let mut roots = rustls::RootCertStore::empty();
        roots.add(made.cert.der().clone()).expect("a root");
        roots
    };
    let old = write();
    let log = data.path().join("log.txt");
    let mut command = crate::appliance::foodswap(data.path());
    command
        .env("FOODSWAP_FRONT__HTTPS", format!("[\"127.0.0.1:{}\"]", ports.https))
        .env("FOODSWAP_FRONT__CERTIFICATE__CHAIN", data.path().join("chain.pem"))
        .env("FOODSWAP_FRONT__CERTIFICATE__KEY", data.path().join("key.pem"))
        .args(["serve", "--http", "127.0.0.1:0"])
        .stderr(std::fs::File::create(&log).expect("a file"));
    let running = Process(command.spawn().expect("the binary starts"));
    let hang_up = || {
        let pid = running.0.id().to_string();
        assert!(Command::new("kill").args(["-HUP", &pid]).status().expect("kill runs").success());
    };
    let visit = |roots| ask(ports.https, "swap.example", "/healthz", roots);
    until("the first files", SOON_S, || visit(&old).ok());

    std::fs::write(data.path().join("key.pem"), "no key").expect("written");
    hang_up();
    let said =
        || std::fs::read_to_string(&log).expect("the log").contains("certificate and configuration stay as they were");
    until("the bad files are refused", SOON_S, || said().then_some(()));
    visit(&old).expect("what was good before is still served");
    let new = write();
    hang_up();
    until("the new files", SOON_S, || visit(&new).ok());

    assert!(visit(&old).is_err());
}
