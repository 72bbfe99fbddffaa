//! A line about every request, on standard output, for those who want one.

use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use hyper::header::{HeaderName, REFERER, USER_AGENT};
use hyper::{Request, Version};
use percent_encoding::percent_decode_str;
use rocket::time::OffsetDateTime;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How long the end waits for a reader who takes the last lines.
const LAST_LINES: Duration = Duration::from_secs(2);
/// Lines that may wait to be written. A reader who is slower loses lines rather than holding up visitors.
const WAITING_MAX: usize = 8192;
/// What a client says of itself is cut after this, characters.
const CLAIM_MAX: usize = 512;
/// What is asked for is cut after this, characters.
const TARGET_MAX: usize = 2048;
/// Where what follows a question mark may tell who somebody is.
const PRIVATE_PATHS: [&str; 4] = ["account", "favourites", "admin", "login"];

/// What is written about every request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessLog {
    /// Nothing: who visited what is nobody's business unless somebody needs it.
    #[default]
    Off,
    /// A JSON object a line.
    Json,
    /// The combined format of Apache and nginx, with the request's id and microseconds behind it.
    Combined,
}

/// Where lines go.
#[derive(Debug)]
pub(super) struct Log {
    /// None only while it ends.
    lines: Option<SyncSender<String>>,
    lost: Arc<AtomicU64>,
    /// Says nothing, and ends with the writer.
    written: Mutex<Receiver<()>>,
}

impl Log {
    /// Starts to write to standard output, on a thread of its own.
    pub(super) fn start() -> io::Result<Self> {
        let (lines, waiting) = sync_channel(WAITING_MAX);
        let lost = Arc::new(AtomicU64::new(0));
        let lost_there = Arc::clone(&lost);
        let (writes, written) = sync_channel(0);
        thread::Builder::new().name("access log".to_owned()).spawn(move || {
            write(&waiting, &lost_there);
            drop(writes);
        })?;
        Ok(Self { lines: Some(lines), lost, written: Mutex::new(written) })
    }

    fn add(&self, line: String) {
        if self.lines.as_ref().is_some_and(|lines| lines.try_send(line).is_err()) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Log {
    /// Lets the writer write what waits, if somebody reads it.
    fn drop(&mut self) {
        drop(self.lines.take());
        let _ = self.written.get_mut().map(|written| written.recv_timeout(LAST_LINES));
    }
}

/// Writes lines until nobody sends any more; flushes when none waits.
fn write(waiting: &Receiver<String>, lost: &AtomicU64) {
    let mut out = BufWriter::new(io::stdout());
    while let Ok(line) = waiting.recv() {
        let mut next = Some(line);
        while let Some(line) = next {
            let _ = out.write_all(line.as_bytes());
            next = waiting.try_recv().ok();
        }
        let _ = out.flush();
        let lost = lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            tracing::warn!(lost, "lines of the access log were lost: its reader is too slow");
        }
    }
}

/// What is written about one request when its answer ends.
#[derive(Debug)]
pub(super) struct Record(Box<Draft>);

#[derive(Debug)]
struct Draft {
    log: Arc<Log>,
    format: AccessLog,
    begun: Instant,
    begun_t: SystemTime,
    client: IpAddr,
    id: String,
    method: String,
    host: String,
    target: String,
    version: Version,
    referrer: String,
    agent: String,
    status: u16,
    bytes: u64,
}

impl Record {
    /// Begins the record of a request.
    pub(super) fn begin<B>(log: &Arc<Log>, format: AccessLog, request: &Request<B>, client: IpAddr, id: &str) -> Self {
        let said = |name: HeaderName| -> String {
            let value = request.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
            value.unwrap_or_default().chars().take(CLAIM_MAX).collect()
        };
        let host = request
            .uri()
            .host()
            .map_or_else(|| said(hyper::header::HOST), |host| host.chars().take(CLAIM_MAX).collect());
        Self(Box::new(Draft {
            method: request.method().to_string(),
            host,
            target: target(request),
            version: request.version(),
            referrer: without_query(&said(REFERER)).to_owned(),
            agent: said(USER_AGENT),
            ..Draft::unreadable(log, format, client, id)
        }))
    }

    /// The record of what came and could not be read as a request.
    pub(super) fn unreadable(log: &Arc<Log>, format: AccessLog, client: IpAddr, id: &str) -> Self {
        Self(Box::new(Draft::unreadable(log, format, client, id)))
    }

    /// The status of the answer is known.
    pub(super) fn answered(&mut self, status: u16) {
        self.0.status = status;
    }

    /// A part of the body was sent.
    pub(super) fn add(&mut self, bytes: usize) {
        self.0.bytes += bytes as u64;
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let draft = &self.0;
        let line = match draft.format {
            AccessLog::Off => return,
            AccessLog::Json => draft.json(draft.begun.elapsed()),
            AccessLog::Combined => draft.combined(draft.begun.elapsed()),
        };
        draft.log.add(line);
    }
}

impl Draft {
    /// All that is known where nothing was understood.
    fn unreadable(log: &Arc<Log>, format: AccessLog, client: IpAddr, id: &str) -> Self {
        Self {
            log: Arc::clone(log),
            format,
            begun: Instant::now(),
            begun_t: SystemTime::now(),
            client,
            id: id.to_owned(),
            method: "-".to_owned(),
            host: String::new(),
            target: "-".to_owned(),
            version: Version::HTTP_11,
            referrer: String::new(),
            agent: String::new(),
            status: 0,
            bytes: 0,
        }
    }

    fn json(&self, took: Duration) -> String {
        let time_t = OffsetDateTime::from(self.begun_t);
        let time = format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            time_t.year(),
            u8::from(time_t.month()),
            time_t.day(),
            time_t.hour(),
            time_t.minute(),
            time_t.second(),
            time_t.millisecond()
        );
        let line = json!({
            "time": time, "id": self.id, "client": self.client.to_string(), "method": self.method,
            "host": self.host, "path": self.target, "version": version(self.version), "status": self.status,
            "bytes": self.bytes, "took_us": took.as_micros() as u64, "referrer": self.referrer, "agent": self.agent,
        });
        format!("{line}\n")
    }

    fn combined(&self, took: Duration) -> String {
        let time = OffsetDateTime::from(self.begun_t);
        let month = &time.month().to_string()[..3];
        format!(
            "{} - - [{:02}/{month}/{:04}:{:02}:{:02}:{:02} +0000] \"{} {} {}\" {} {} \"{}\" \"{}\" {} {}\n",
            self.client,
            time.day(),
            time.year(),
            time.hour(),
            time.minute(),
            time.second(),
            self.method,
            quoted(&self.target),
            version(self.version),
            self.status,
            self.bytes,
            if self.referrer.is_empty() { "-".to_owned() } else { quoted(&self.referrer) },
            if self.agent.is_empty() { "-".to_owned() } else { quoted(&self.agent) },
            self.id,
            took.as_micros(),
        )
    }
}

/// What was asked for, without what may tell who asked.
fn target<B>(request: &Request<B>) -> String {
    let path = request.uri().path();
    let whole = request.uri().path_and_query().map_or(path, |target| target.as_str());
    // As the site reads it: decoded, and slashes in a row as one.
    let read = percent_decode_str(path).decode_utf8_lossy();
    let read = read.split('/').find(|part| !part.is_empty()).unwrap_or_default();
    let is_private = PRIVATE_PATHS.contains(&read);
    if is_private { path } else { whole }.chars().take(TARGET_MAX).collect()
}

fn without_query(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2.0",
        _ => "HTTP/1.1",
    }
}

/// A text that cannot end the quotes around it, nor the line.
fn quoted(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut quoted, letter| {
        if letter == '"' || letter == '\\' || letter.is_control() {
            let _ = write!(quoted, "\\x{:02X}", u32::from(letter));
        } else {
            quoted.push(letter);
        }
        quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log_to(lines: SyncSender<String>) -> Log {
        let (_, written) = sync_channel(0);
        Log { lines: Some(lines), lost: Arc::default(), written: Mutex::new(written) }
    }

    fn line(format: AccessLog, target: &str, agent: &str) -> String {
        let request = Request::builder()
            .uri(target)
            .header("host", "swap.example")
            .header("cookie", "session=secret")
            .header("referer", "https://swap.example/search?q=secret")
            .header("user-agent", agent)
            .body(())
            .expect("a request");
        let (lines, waiting) = sync_channel(1);
        let log = Arc::new(log_to(lines));
        let mut record = Record::begin(&log, format, &request, [192, 0, 2, 1].into(), "id1");
        record.0.begun_t = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_385_106);
        record.answered(200);
        record.add(512);
        drop(record);
        waiting.recv().expect("a line")
    }

    #[test]
    fn a_line_of_the_combined_format_is_what_tools_expect() {
        let line = line(AccessLog::Combined, "/search?q=cola", "Tester \"1\"\t");
        let expected = "192.0.2.1 - - [22/Nov/2026:22:05:06 +0000] \"GET /search?q=cola HTTP/1.1\" 200 512 \
                        \"https://swap.example/search\" \"Tester \\x221\\x22\\x09\" id1 ";

        assert!(line.starts_with(expected), "{line}");
        assert_eq!(line.matches('\n').count(), 1);
    }

    #[test]
    fn a_line_of_json_is_an_object() {
        let line = line(AccessLog::Json, "/search?q=cola", "Tester");
        let object: serde_json::Value = serde_json::from_str(&line).expect("JSON");

        assert_eq!(object["time"], "2026-11-22T22:05:06.000Z");
        assert_eq!(object["path"], "/search?q=cola");
        assert_eq!(object["host"], "swap.example");
        assert_eq!(object["id"], "id1");
        assert_eq!((&object["status"], &object["bytes"]), (&json!(200), &json!(512)));
    }

    #[test]
    fn no_line_tells_a_cookie_or_the_query_of_an_account() {
        for format in [AccessLog::Json, AccessLog::Combined] {
            for target in [
                "/account/reset?token=secret",
                "/admin?x=secret",
                "/favourites?u=secret",
                "//account?token=secret",
                "/%61ccount?token=secret",
            ] {
                assert!(!line(format, target, "Tester").contains("secret"), "{target}");
            }
        }
    }

    #[test]
    fn no_line_is_longer_than_it_need_be() {
        let target = format!("/search?q={}", "x".repeat(30_000));

        assert!(line(AccessLog::Json, &target, &"y".repeat(30_000)).len() < 4_000);
    }

    #[test]
    fn a_reader_who_is_too_slow_loses_lines_and_holds_up_nobody() {
        let (lines, _waiting) = sync_channel(1);
        let log = log_to(lines);

        log.add("one".to_owned());
        log.add("two".to_owned());

        assert_eq!(log.lost.load(Ordering::Relaxed), 1);
    }
}
