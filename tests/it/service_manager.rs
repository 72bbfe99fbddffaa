//! What systemd hears of the program, and what it does with the program's end. A socket stands for systemd.

use std::io::Write;
use std::net::TcpStream;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixDatagram;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tempfile::TempDir;

use crate::appliance::{Appliance, file, foodswap, run};

/// How long a word may take to come; a machine under load may be slow.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often the program must say that it is alive, microseconds.
const WATCHDOG_US: &str = "2000000";

/// The socket on which a service manager listens.
struct Manager {
    socket: UnixDatagram,
    folder: TempDir,
}

impl Manager {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("tempdir");
        let socket = UnixDatagram::bind(folder.path().join("notify")).expect("bound");
        socket.set_read_timeout(Some(PATIENCE)).expect("set");
        Self { socket, folder }
    }

    fn path(&self) -> String {
        self.folder.path().join("notify").to_str().expect("UTF-8").to_owned()
    }

    /// Starts the program as a service with a watchdog.
    fn start(&self, data_dir: TempDir) -> Appliance {
        Appliance::start(data_dir, &[("NOTIFY_SOCKET", &self.path()), ("WATCHDOG_USEC", WATCHDOG_US)])
    }

    /// The next word.
    fn hear(&self) -> String {
        let mut bytes = [0; 4096];
        let length = self.socket.recv(&mut bytes).expect("a word in time");
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    }

    /// The next word that holds a text.
    fn hear_of(&self, text: &str) -> String {
        let mut heard = Vec::new();
        while heard.len() < 100 {
            let word = self.hear();
            if word.contains(text) {
                return word;
            }
            heard.push(word);
        }
        panic!("`{text}` is not said: {heard:?}")
    }
}

#[test]
fn the_whole_life_is_told() {
    let manager = Manager::new();
    let appliance = manager.start(tempfile::tempdir().expect("tempdir"));

    let opening = manager.hear();
    let ready = manager.hear_of("READY=1");
    let is_open = TcpStream::connect(appliance.address()).is_ok();
    let alive = [manager.hear_of("WATCHDOG=1"), manager.hear_of("WATCHDOG=1")];
    let stopped = appliance.stop();
    let stopping = manager.hear_of("STOPPING=1");

    assert!(opening.contains("STATUS=opening the store\n") && opening.contains("EXTEND_TIMEOUT_USEC="), "{opening}");
    assert!(ready.contains("generic foods of the starter catalogue; no HTTPS"), "{ready}");
    assert!(is_open && stopped.is_success);
    assert_eq!(alive, ["WATCHDOG=1\n", "WATCHDOG=1\n"]);
    assert!(stopping.contains("EXTEND_TIMEOUT_USEC=30000000"), "{stopping}");
}

#[test]
fn a_start_that_builds_the_catalogue_again_asks_for_time() {
    let data_dir = Appliance::starter().kill();
    std::fs::remove_file(data_dir.path().join("catalogue/000001.snapshot")).expect("a snapshot");
    let manager = Manager::new();

    let _appliance = manager.start(data_dir);

    let building = manager.hear_of("building the catalogue again");
    assert!(building.contains("EXTEND_TIMEOUT_USEC="), "{building}");
    manager.hear_of("READY=1");
}

#[test]
fn a_running_import_is_told() {
    let manager = Manager::new();
    let appliance = manager.start(tempfile::tempdir().expect("tempdir"));
    manager.hear_of("READY=1");

    let mut import = foodswap(appliance.data_dir())
        .args(["import", "--add", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let mut feeder = import.stdin.take().expect("a pipe");
    feeder.write_all(b"{\"code\":\"3000000000014\",\"product_name\":\"Sirop\"}\n").expect("read");
    let during = manager.hear_of("import reading");
    drop(feeder);
    import.wait().expect("an end");
    let after = manager.hear_of("STATUS=");

    assert!(during.contains("no HTTPS; import reading"), "{during}");
    assert!(!after.contains("import"), "{after}");
}

#[test]
fn a_start_that_fails_says_why_and_does_not_try_again_at_once() {
    let manager = Manager::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("bound");
    let address = taken.local_addr().expect("an address").to_string();
    let data_dir = tempfile::tempdir().expect("tempdir");
    let mut failing = foodswap(data_dir.path())
        .env("NOTIFY_SOCKET", manager.path())
        .args(["serve", "--http", &address])
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");

    let said = manager.hear_of("the next try is in 5 s");
    let waits = failing.try_wait().expect("asked").is_none();
    let process = rustix::process::Pid::from_child(&failing);
    rustix::process::kill_process(process, Signal::TERM).expect("signalled");
    let ended = failing.wait().expect("an end");

    assert!(said.contains(&address) && said.contains("choose another address with --http"), "{said}");
    assert!(waits);
    assert_eq!(ended.code(), Some(1), "a signal to stop ends the pause");
}

#[test]
fn a_start_that_only_a_person_can_mend_says_why_and_does_not_end_at_once() {
    let manager = Manager::new();
    let later = of_a_later_version("store/people", "meta", "layout", &9u32.to_le_bytes());
    let folder = tempfile::tempdir().expect("tempdir");
    for (data_dir, level, code, says) in [
        (later.path(), "info", 65, "layout 9, this foodswap reads layout 1"),
        (folder.path(), "loud", 78, "log.level: `loud` is no level"),
    ] {
        let mut command = foodswap(data_dir);
        let command = command.env("NOTIFY_SOCKET", manager.path()).env("FOODSWAP_LOG__LEVEL", level);
        let began = Instant::now();
        let ended = command.args(["serve", "--http", "127.0.0.1:0"]).output().expect("the binary runs");

        assert_eq!(ended.status.code(), Some(code), "{}", String::from_utf8_lossy(&ended.stderr));
        // Whoever waits at systemd's sockets has it started again; ten starts a second would close them.
        assert!(began.elapsed() > Duration::from_secs(4), "{:?}", began.elapsed());
        assert!(manager.hear_of(says).starts_with(&format!("STATUS=exit code {code}: ")));
    }
}

#[test]
fn the_journal_gets_the_priority_of_each_line_and_nobody_else_does() {
    let manager = Manager::new();
    for (inode, is_journal) in [(0, true), (1, false)] {
        let data_dir = tempfile::tempdir().expect("tempdir");
        let log = data_dir.path().join("journal");
        let journal = std::fs::File::create(&log).expect("a file");
        let stream = journal.metadata().map(|of| format!("{}:{}", of.dev(), of.ino() + inode)).expect("metadata");
        let mut process = foodswap(data_dir.path())
            .env("NOTIFY_SOCKET", manager.path())
            .env("JOURNAL_STREAM", stream)
            .args(["serve", "--http", "127.0.0.1:0"])
            .stderr(journal)
            .spawn()
            .expect("the binary runs");

        manager.hear_of("READY=1");
        process.kill().and_then(|()| process.wait()).expect("an end");

        let said = std::fs::read_to_string(log).expect("a log");
        let begins = said.lines().any(|line| line.starts_with("<6>foodswap is at http://"));
        assert_eq!(begins, is_journal, "{said}");
    }
}

#[test]
fn a_reload_that_is_handed_no_credentials_judges_those_of_the_service() {
    let folder = tempfile::tempdir().expect("tempdir");
    let credentials = folder.path().join("credentials");
    std::fs::create_dir(&credentials).expect("a folder");
    let plain = file(folder.path(), "plain.toml", "[front]\nhttp = [\"127.0.0.1:0\"]\n");
    let secret = file(&credentials, "foodswap.toml", "[web]\ncontcat = \"credential\"\n");
    // It stands for the service: what is asked is only where its credentials are.
    let mut service = std::process::Command::new("sleep")
        .arg("60")
        .env("CREDENTIALS_DIRECTORY", &credentials)
        .spawn()
        .expect("a process");
    let process = service.id().to_string();
    // The kernel lets a parent go on a moment before the child's environment can be read.
    let environment = format!("/proc/{process}/environ");
    let is_there = || std::fs::read(&environment).is_ok_and(|variables| !variables.is_empty());
    let is_there = (0..1000).any(|_| {
        is_there() || {
            std::thread::sleep(Duration::from_millis(5));
            false
        }
    });
    assert!(is_there);

    let asked = foodswap(folder.path())
        .args(["--config", plain.to_str().expect("UTF-8"), "config", "check", "--then-reload", &process])
        .env_remove("CREDENTIALS_DIRECTORY")
        .output()
        .expect("the binary runs");
    let goes_on = service.try_wait().expect("asked").is_none();
    service.kill().and_then(|()| service.wait()).expect("ended");

    let said = String::from_utf8_lossy(&asked.stderr);
    assert_eq!(asked.status.code(), Some(78), "{said}");
    assert!(said.contains("did you mean `contact`?") && said.contains(secret.to_str().expect("UTF-8")), "{said}");
    assert!(goes_on, "nothing was asked of it");
}

#[test]
fn secrets_may_come_as_a_credential_and_win_over_files() {
    let folder = tempfile::tempdir().expect("tempdir");
    let plain = file(folder.path(), "plain.toml", "[web]\ncontact = \"file\"\npublisher = \"file\"\n");
    let credentials = folder.path().join("credentials");
    std::fs::create_dir(&credentials).expect("a folder");
    let secret = file(&credentials, "foodswap.toml", "[web]\ncontact = \"credential\"\n");
    let ask = |arguments: &[&str]| {
        let output = foodswap(folder.path())
            .env("CREDENTIALS_DIRECTORY", &credentials)
            .arg("--config")
            .arg(&plain)
            .args(arguments)
            .output()
            .expect("the binary runs");
        (output.status.code(), [output.stdout, output.stderr].concat().iter().map(|byte| *byte as char).collect())
    };

    let (_, shown): (_, String) = ask(&["config", "show", "--origin"]);
    std::fs::write(&secret, "[web]\ncontcat = \"credential\"\n").expect("written");
    let (code, refused): (_, String) = ask(&["config", "check"]);

    let from = secret.display();
    assert!(shown.contains(&format!("web.contact = \"credential\"    # {from}")), "{shown}");
    assert!(shown.contains("web.publisher = \"file\""), "{shown}");
    assert_eq!(code, Some(78));
    assert!(refused.contains("did you mean `contact`?") && refused.contains(&from.to_string()), "{refused}");
}

/// What a later version would have written.
pub(crate) fn of_a_later_version(store: &str, tree: &str, key: &str, value: &[u8]) -> TempDir {
    let data_dir = Appliance::starter().kill();
    let database = sled::open(data_dir.path().join(store)).expect("a store");
    database.open_tree(tree).expect("a tree").insert(key, value).expect("written");
    drop(database);
    data_dir
}

#[test]
fn data_of_a_later_version_is_refused_with_a_code_of_its_own_and_stays_as_it_is() {
    let later = 9u32.to_le_bytes();
    for (store, key, value, says) in [
        ("store/catalogue", "layout", &later[..], "layout 9, this foodswap reads layout 1"),
        ("store/catalogue", "records", &[9], "products of form 9"),
        ("store/people", "layout", &later, "layout 9, this foodswap reads layout 1"),
    ] {
        let data_dir = of_a_later_version(store, "meta", key, value);

        let refused = run(data_dir.path(), &["serve", "--http", "127.0.0.1:0"]);
        let again = run(data_dir.path(), &["serve", "--http", "127.0.0.1:0"]);

        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!((refused.status.code(), again.status.code()), (Some(65), Some(65)), "{store} {key}: {said}");
        assert!(said.contains(says) && said.contains("install the version that wrote"), "{said}");
    }
}
