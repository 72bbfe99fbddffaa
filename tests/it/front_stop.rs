//! Restarts that lose nothing, and a configuration that is read again while serving.

use std::net::TcpListener;
use std::os::fd::AsFd;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::appliance::Appliance;
use super::wire::{RULES, Wire, field, status};

/// How often the program is exchanged under load.
const RESTARTS: usize = 20;

/// The sockets as systemd would hold them: open while programs come and go.
struct Holder {
    socket: TcpListener,
    data_dir: tempfile::TempDir,
}

impl Holder {
    /// Starts the program on the held socket, as systemd starts a service, and waits until it is ready.
    fn start(&self) -> Child {
        // `LISTEN_PID` must be the program's own: the shell becomes the program.
        let script = "exec 3<&0 0</dev/null; export LISTEN_FDS=1 LISTEN_PID=$$ LISTEN_FDNAMES=http; exec \"$0\" \"$@\"";
        let socket = self.socket.as_fd().try_clone_to_owned().expect("a descriptor");
        let mut process = Command::new("/bin/sh")
            .args(["-c", script, env!("CARGO_BIN_EXE_foodswap"), "--data-dir"])
            .arg(self.data_dir.path())
            .arg("serve")
            .env_clear()
            .stdin(Stdio::from(socket))
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let log = std::io::BufReader::new(process.stderr.take().expect("stderr"));
        let mut lines = std::io::BufRead::lines(log).map_while(Result::ok);
        assert!(lines.any(|line| line.contains("foodswap is at http://")), "the program ended before it served");
        std::thread::spawn(move || lines.for_each(drop));
        process
    }
}

/// Asks without a pause until told to stop; counts answers and what was lost.
fn ask_on(address: std::net::SocketAddr, keep_alive: bool, done: &AtomicBool, answered: &AtomicUsize) -> usize {
    let mut lost = 0;
    let mut wire = None;
    let connection = if keep_alive { "" } else { "Connection: close\r\n" };
    let request = format!("GET /api/v1/search?q=cola HTTP/1.1\r\nHost: localhost\r\n{connection}\r\n");
    while !done.load(Ordering::Relaxed) {
        let mut now = wire.take().unwrap_or_else(|| Wire::to(address));
        now.send(&request);
        let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| now.answer().0)).unwrap_or_default();
        if status(&answer) != 200 {
            lost += 1;
            continue;
        }
        answered.fetch_add(1, Ordering::Relaxed);
        if field(&answer, "connection") != Some("close") {
            wire = Some(now);
        }
    }
    lost
}

#[test]
fn twenty_restarts_under_load_lose_no_request() {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a socket");
    let address = socket.local_addr().expect("an address");
    let holder = Holder { socket, data_dir: tempfile::tempdir().expect("tempdir") };
    let mut process = holder.start();
    let (done, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = [true, true, false, false]
        .map(|keep_alive| {
            let (done, answered) = (Arc::clone(&done), Arc::clone(&answered));
            std::thread::spawn(move || ask_on(address, keep_alive, &done, &answered))
        })
        .into();

    for _ in 0..RESTARTS {
        let before = answered.load(Ordering::Relaxed);
        let begun = Instant::now();
        while answered.load(Ordering::Relaxed) < before + 20 && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(5));
        }
        kill_process(Pid::from_child(&process), Signal::TERM).expect("signalled");
        assert!(process.wait().expect("an end").success());
        process = holder.start();
    }
    done.store(true, Ordering::Relaxed);
    let lost: usize = clients.into_iter().map(|client| client.join().expect("a client")).sum();
    kill_process(Pid::from_child(&process), Signal::TERM).expect("signalled");
    process.wait().expect("an end");

    assert_eq!(lost, 0, "of {} requests", answered.load(Ordering::Relaxed));
    assert!(answered.load(Ordering::Relaxed) >= RESTARTS * 20);
}

#[test]
fn while_it_stops_it_is_not_ready_and_answers_what_is_asked() {
    let appliance = Appliance::starter();
    let mut waiting = Wire::to(appliance.address());
    waiting.send("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(status(&waiting.answer().0), 200);

    waiting.send("GET /readyz HTTP/1.1\r\n");
    appliance.signal(Signal::TERM);
    appliance.says("stopping");
    waiting.send("Host: localhost\r\n\r\n");
    let (answer, _) = waiting.answer();

    assert_eq!((status(&answer), field(&answer, "connection")), (503, Some("close")));
    assert!(RULES.iter().all(|rule| field(&answer, rule).is_some()), "{answer}");
    let stopped = appliance.stop();
    assert!(stopped.is_success, "{}", stopped.log);
}

#[test]
fn a_configuration_is_read_again_at_sighup_and_a_bad_one_changes_nothing() {
    let folder = tempfile::tempdir().expect("tempdir");
    let file = folder.path().join("foodswap.toml");
    std::fs::write(&file, "[front]\nhosts = [\"one.example\"]\n").expect("written");
    let appliance = Appliance::with_file(&file);
    let code = |host: &str| {
        let mut wire = Wire::to(appliance.address());
        wire.send(format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        status(&wire.rest())
    };
    assert_eq!((code("one.example"), code("two.example")), (200, 421));

    std::fs::write(&file, "[front]\nhosts = [\"two.example\"]\n").expect("written");
    appliance.signal(Signal::HUP);
    appliance.says("the configuration was read again");
    assert_eq!((code("one.example"), code("two.example")), (421, 200));

    std::fs::write(&file, "[front]\nhots = [\"three.example\"]\n").expect("written");
    appliance.signal(Signal::HUP);
    appliance.says("the configuration stays as it was");
    assert_eq!((code("two.example"), code("three.example")), (200, 421));
    assert!(appliance.stop().log.contains("did you mean `hosts`?"));
}
