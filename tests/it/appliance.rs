//! A real appliance for a test: the built binary on a free port, with a data directory of its own.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use serde_json::Value;
use tempfile::TempDir;

/// Where standard output goes, in the data directory.
const OUTPUT: &str = "output.txt";

/// A running appliance; it ends with the test.
pub(crate) struct Appliance {
    process: Child,
    base: String,
    data_dir: TempDir,
    client: ureq::Agent,
    log: Arc<Mutex<String>>,
}

/// What a stopped appliance left behind.
pub(crate) struct Stopped {
    /// What it wrote to standard output.
    pub(crate) output: String,
    /// What it wrote to standard error.
    pub(crate) log: String,
    /// Whether it ended well.
    pub(crate) is_success: bool,
}

/// What a request got.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Appliance {
    /// Starts with the starter catalogue.
    pub(crate) fn starter() -> Self {
        Self::on(tempfile::tempdir().expect("tempdir"))
    }

    /// Starts on a data directory.
    pub(crate) fn on(data_dir: TempDir) -> Self {
        Self::start(data_dir, &[])
    }

    /// Starts with the starter catalogue and some settings, as the environment names them.
    pub(crate) fn configured(settings: &[(&str, &str)]) -> Self {
        Self::start(tempfile::tempdir().expect("tempdir"), settings)
    }

    /// Starts with the starter catalogue and a configuration file.
    pub(crate) fn with_file(file: &Path) -> Self {
        Self::spawn(tempfile::tempdir().expect("tempdir"), |command| command.arg("--config").arg(file))
    }

    /// Starts on a data directory with some settings, as the environment names them.
    pub(crate) fn start(data_dir: TempDir, settings: &[(&str, &str)]) -> Self {
        Self::spawn(data_dir, |command| command.envs(settings.iter().copied()))
    }

    /// Starts with the starter catalogue, at one address more.
    pub(crate) fn also_at(address: &str) -> Self {
        Self::spawn(tempfile::tempdir().expect("tempdir"), |command| command.args(["--http", address]))
    }

    fn spawn(data_dir: TempDir, set_up: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut command = foodswap(data_dir.path());
        command.args(["serve", "--http", "127.0.0.1:0"]);
        let mut process = set_up(&mut command)
            .stdout(File::create(data_dir.path().join(OUTPUT)).expect("a file"))
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut log = BufReader::new(process.stderr.take().expect("stderr"));
        let kept = Arc::new(Mutex::new(String::new()));
        let base = loop {
            let mut line = String::new();
            assert_ne!(log.read_line(&mut line).expect("log"), 0, "the appliance ended before it served");
            if let Some(at) = line.find("http://") {
                break line[at..].split_whitespace().next().expect("address").to_owned();
            }
        };
        // Keep reading, so that the appliance never waits for its log.
        let keeper = Arc::clone(&kept);
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                keeper.lock().expect("lock").push_str(&(line + "\n"));
            }
        });
        let client = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        Self { process, base, data_dir, client, log: kept }
    }

    /// The folder of its data.
    pub(crate) fn data_dir(&self) -> &Path {
        self.data_dir.path()
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.base.trim_start_matches("http://").parse().expect("an address")
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> i32 {
        self.process.id() as i32
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let process = Pid::from_raw(self.process()).expect("a process");
        kill_process(process, signal).expect("signalled");
    }

    /// Waits until a line of its log holds a text.
    pub(crate) fn says(&self, text: &str) {
        let said = || self.log.lock().expect("lock").contains(text);
        let in_time = (0..500).any(|_| {
            said() || {
                std::thread::sleep(Duration::from_millis(20));
                false
            }
        });
        assert!(in_time, "`{text}` is not said: {}", self.log.lock().expect("lock"));
    }

    /// Its log so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("lock").clone()
    }

    /// Stops it as systemd would, and waits for its end.
    pub(crate) fn stop(mut self) -> Stopped {
        self.signal(Signal::TERM);
        let is_success = self.process.wait().expect("an end").success();
        let output = std::fs::read_to_string(self.data_dir.path().join(OUTPUT)).expect("its output");
        let log = self.log.lock().expect("lock").clone();
        Stopped { output, log, is_success }
    }

    /// Asks for a path with some headers.
    pub(crate) fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = self.client.get(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        reply(request.call().expect("an answer"))
    }

    /// Asks what a path would answer to some headers, without its body.
    pub(crate) fn head(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = self.client.head(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        reply(request.call().expect("an answer"))
    }

    /// Sends a form to a path.
    pub(crate) fn post(&self, path: &str) -> Reply {
        reply(self.client.post(format!("{}{path}", self.base)).send_form([("q", "cola")]).expect("an answer"))
    }

    /// Asks for a path.
    pub(crate) fn get(&self, path: &str) -> Reply {
        self.get_with(path, &[])
    }

    /// Asks for a path that answers with JSON.
    pub(crate) fn json(&self, path: &str) -> Value {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        reply.json()
    }

    /// Kills it without warning and gives its data directory back.
    pub(crate) fn kill(mut self) -> TempDir {
        self.process.kill().expect("killed");
        self.process.wait().expect("gone");
        let empty = tempfile::tempdir().expect("tempdir");
        std::mem::replace(&mut self.data_dir, empty)
    }
}

impl Drop for Appliance {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn reply(mut response: ureq::http::Response<ureq::Body>) -> Reply {
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
        .collect();
    let status = response.status().as_u16();
    Reply { status, headers, body: response.body_mut().read_to_string().expect("a body") }
}

impl Reply {
    /// The value of a header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// The binary, on a data directory, untouched by the tester's own configuration.
pub(crate) fn foodswap(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foodswap"));
    command.env_clear().env("PATH", "/usr/bin:/bin").arg("--data-dir").arg(data_dir);
    command
}

/// Runs a command to its end.
pub(crate) fn run(data_dir: &Path, arguments: &[&str]) -> Output {
    foodswap(data_dir).args(arguments).output().expect("the binary runs")
}

/// What a command printed.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A file with some lines in a folder.
pub(crate) fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("write");
    path
}
