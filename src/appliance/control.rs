//! The control socket: how a command reaches the running appliance, which alone may open the store.
//!
//! A request is one line of JSON; files travel as open descriptors beside it (`SCM_RIGHTS`), so that the
//! service reads what the caller may read, standard input included, and nothing else. Answers are lines of
//! JSON: any number of `progress`, then one `report` or `error`. The socket has mode 0600: only root and the
//! service's own user can connect.

use std::fs::{File, Permissions};
use std::io::{self, BufRead, BufReader, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};
use serde::{Deserialize, Serialize};

use crate::jobs::import::Mode;

/// Files in one request: more than anyone imports at once, less than the kernel passes in one message (253).
const FILES_MAX: usize = 64;
/// Bytes of a request: its names are paths, 4 KiB at most each.
const REQUEST_LEN_MAX: usize = 512 << 10;
/// How long a caller may take to send its request, seconds; a silent one must not hold a thread for ever.
const REQUEST_TIMEOUT_S: u64 = 10;
/// How long an answer may take to be read, seconds. The thread that imports waits so long once, then goes on alone.
const REPLY_TIMEOUT_S: u64 = 5;

/// What a command asks of the running appliance.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "command")]
pub enum Request {
    /// Import the files whose descriptors come along.
    Import {
        /// Their names, for errors and the report.
        names: Vec<String>,
        /// What becomes of the products that are there.
        mode: Mode,
    },
    /// Tell what certificate is served, and how its renewal goes.
    Certificates,
}

impl Request {
    /// How many files come along.
    fn files(&self) -> usize {
        match self {
            Self::Import { names, .. } => names.len(),
            Self::Certificates => 0,
        }
    }
}

/// What the appliance answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// How far it is.
    Progress(serde_json::Value),
    /// Done.
    Report(serde_json::Value),
    /// Not done, and why.
    Error(String),
}

/// Where the socket of a data directory is.
pub fn path(runtime_dir: Option<&Path>, data_dir: &Path) -> PathBuf {
    runtime_dir.unwrap_or(data_dir).join("control.sock")
}

/// The appliance's end.
pub struct Control {
    listener: UnixListener,
    path: PathBuf,
}

impl Control {
    /// Listens, in place of a socket that a dead process left behind.
    pub fn bind(path: &Path) -> io::Result<Self> {
        if UnixStream::connect(path).is_err() {
            // Nobody answers: left behind, or not there at all.
            let _ = std::fs::remove_file(path);
        }
        let listener = UnixListener::bind(path)?;
        std::fs::set_permissions(path, Permissions::from_mode(0o600))?;
        Ok(Self { listener, path: path.to_owned() })
    }

    /// Waits for the next caller and reads its request; an unreadable one is answered and skipped.
    pub fn accept(&self) -> io::Result<(Caller, Request, Vec<File>)> {
        loop {
            let (stream, _) = self.listener.accept()?;
            let mut caller = match Caller::new(stream) {
                Ok(caller) => caller,
                Err(error) => {
                    tracing::warn!(%error, "a caller cannot be answered");
                    continue;
                }
            };
            match caller.receive() {
                Ok((request, files)) => return Ok((caller, request, files)),
                Err(error) => caller.reply(&Reply::Error(format!("the request cannot be read: {error}"))),
            }
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// A command that waits for its answers.
pub struct Caller {
    stream: UnixStream,
    /// It has left, or does not read: it may have half an answer, so another cannot follow.
    lost: bool,
}

impl Caller {
    fn new(stream: UnixStream) -> io::Result<Self> {
        stream.set_write_timeout(Some(Duration::from_secs(REPLY_TIMEOUT_S)))?;
        Ok(Self { stream, lost: false })
    }

    /// Sends an answer; a caller that has left or does not read does not stop the work.
    pub fn reply(&mut self, reply: &Reply) {
        if self.lost {
            return;
        }
        let Ok(mut line) = serde_json::to_vec(reply) else { return };
        line.push(b'\n');
        if let Err(error) = self.stream.write_all(&line) {
            tracing::warn!(%error, "the caller does not read its answers; the work goes on without it");
            self.lost = true;
        }
    }

    fn receive(&mut self) -> io::Result<(Request, Vec<File>)> {
        self.stream.set_read_timeout(Some(Duration::from_secs(REQUEST_TIMEOUT_S)))?;
        let mut line = vec![0; 4096];
        let (read, files) = receive_with_files(&self.stream, &mut line)?;
        line.truncate(read);
        if !line.contains(&b'\n') {
            let rest = self.stream.try_clone()?.take(REQUEST_LEN_MAX as u64);
            BufReader::new(rest).read_until(b'\n', &mut line)?;
        }
        self.stream.set_read_timeout(None)?;
        let request: Request = serde_json::from_slice(&line)?;
        if request.files() != files.len() {
            return Err(not_all_files(&format!("{} of the {}", files.len(), request.files())));
        }
        Ok((request, files))
    }
}

fn receive_with_files(stream: &UnixStream, bytes: &mut [u8]) -> io::Result<(usize, Vec<File>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES_MAX))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let message = recvmsg(stream, &mut [IoSliceMut::new(bytes)], &mut control, RecvFlags::CMSG_CLOEXEC)?;
    // Those that did arrive are closed: part of the files would become a catalogue without the others.
    if message.flags.contains(ReturnFlags::CTRUNC) {
        return Err(not_all_files("not all of the"));
    }
    let files = control
        .drain()
        .filter_map(|message| match message {
            RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
            _ => None,
        })
        .flatten()
        .map(|descriptor: OwnedFd| File::from(descriptor))
        .collect();
    Ok((message.bytes, files))
}

fn not_all_files(arrived: &str) -> io::Error {
    let advice = "import fewer files at once, or raise the service's limit of open files";
    io::Error::new(io::ErrorKind::InvalidData, format!("{arrived} files arrived; {advice}"))
}

/// Whether certainly nobody listens there: what keeps us from asking says nothing of others.
pub fn is_deserted(path: &Path) -> bool {
    use io::ErrorKind::{ConnectionRefused, NotFound};
    UnixStream::connect(path).is_err_and(|error| matches!(error.kind(), NotFound | ConnectionRefused))
}

/// Sends a request to the appliance that listens there; none if nobody does.
pub fn call(
    path: &Path,
    request: &Request,
    files: &[BorrowedFd<'_>],
    each: &mut dyn FnMut(Reply),
) -> io::Result<Option<()>> {
    let Ok(mut stream) = UnixStream::connect(path) else { return Ok(None) };
    if files.len() > FILES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("at most {FILES_MAX} files at once")));
    }
    send(&mut stream, request, files)?;
    for line in BufReader::new(stream).lines() {
        each(serde_json::from_str(&line?)?);
    }
    Ok(Some(()))
}

fn send(stream: &mut UnixStream, request: &Request, files: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES_MAX))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !files.is_empty() {
        control.push(SendAncillaryMessage::ScmRights(files));
    }
    let sent = sendmsg(stream.as_fd(), &[IoSlice::new(&line)], &mut control, SendFlags::empty())?;
    stream.write_all(&line[sent..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_arrives_with_its_open_files_and_gets_its_answers() {
        let folder = tempfile::tempdir().expect("tempdir");
        let socket = path(Some(folder.path()), Path::new("unused"));
        let control = Control::bind(&socket).expect("bind");
        let file = folder.path().join("dump");
        std::fs::write(&file, "content").expect("write");
        let server = std::thread::spawn(move || {
            let (mut caller, request, files) = control.accept().expect("accept");
            let Request::Import { names, .. } = request else { panic!("an import") };
            let mut text = String::new();
            for mut file in files {
                file.read_to_string(&mut text).expect("read");
            }
            caller.reply(&Reply::Progress(1.into()));
            caller.reply(&Reply::Report(serde_json::json!({"names": names, "text": text})));
        });

        let opened = File::open(&file).expect("open");
        let mut replies = Vec::new();
        let request = Request::Import { names: vec!["dump".to_owned()], mode: Mode::Replace };
        let answered = call(&socket, &request, &[opened.as_fd()], &mut |reply| replies.push(format!("{reply:?}")));
        server.join().expect("server");

        assert!(matches!(answered, Ok(Some(()))), "{answered:?}");
        assert_eq!(replies.len(), 2);
        assert!(replies[1].contains("content") && replies[1].contains("dump"), "{replies:?}");
    }

    fn refused(names: &[&str], files: usize) -> io::Error {
        let (mut ours, theirs) = UnixStream::pair().expect("a pair");
        let request =
            Request::Import { names: names.iter().map(|name| (*name).to_owned()).collect(), mode: Mode::Replace };
        let file = tempfile::tempfile().expect("a file");
        send(&mut ours, &request, &vec![file.as_fd(); files]).expect("sent");
        Caller::new(theirs).expect("a caller").receive().expect_err("refused")
    }

    #[test]
    fn a_request_whose_files_do_not_all_arrive_is_refused() {
        for (names, files, says) in [(&["a", "b"][..], 1, "1 of the 2 files"), (&["a"], 2, "2 of the 1 files")] {
            let refusal = refused(names, files).to_string();
            assert!(refusal.contains(says), "{refusal}");
        }
    }

    #[test]
    fn files_that_the_system_cut_off_are_noticed() {
        let (ours, theirs) = UnixStream::pair().expect("a pair");
        let file = tempfile::tempfile().expect("a file");
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES_MAX + 8))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let files = [file.as_fd(); FILES_MAX + 8];
        assert!(control.push(SendAncillaryMessage::ScmRights(&files)));
        sendmsg(&ours, &[IoSlice::new(b"{}\n")], &mut control, SendFlags::empty()).expect("sent");

        let refusal = receive_with_files(&theirs, &mut [0; 16]).expect_err("refused").to_string();

        assert!(refusal.contains("not all of the files arrived"), "{refusal}");
    }

    #[test]
    fn more_files_than_fit_a_request_are_not_sent() {
        let folder = tempfile::tempdir().expect("tempdir");
        let socket = folder.path().join("control.sock");
        let _control = Control::bind(&socket).expect("bind");
        let file = tempfile::tempfile().expect("a file");
        let request = Request::Import { names: vec!["dump".to_owned(); FILES_MAX + 1], mode: Mode::Replace };

        let refused = call(&socket, &request, &[file.as_fd(); FILES_MAX + 1], &mut |_| {}).expect_err("refused");

        assert!(refused.to_string().contains("at most 64 files at once"), "{refused}");
    }

    #[test]
    fn a_request_is_read_up_to_its_limit() {
        for (name_len, is_read) in [(REQUEST_LEN_MAX - 200, true), (REQUEST_LEN_MAX + 8_192, false)] {
            let (mut ours, theirs) = UnixStream::pair().expect("a pair");
            let request = Request::Import { names: vec!["x".repeat(name_len)], mode: Mode::Replace };
            let file = tempfile::tempfile().expect("a file");
            // The rest of one that is too long is never read: its sender is told when the other end closes.
            let sender = std::thread::spawn(move || drop(send(&mut ours, &request, &[file.as_fd()])));

            let received = Caller::new(theirs).expect("a caller").receive();

            assert_eq!(received.is_ok(), is_read, "{name_len}");
            drop(received);
            sender.join().expect("sent, or told");
        }
    }

    #[test]
    fn a_silent_caller_has_so_long_to_speak() {
        let (ours, theirs) = UnixStream::pair().expect("a pair");
        let socket = theirs.try_clone().expect("the same socket");
        let waiting = std::thread::spawn(move || Caller::new(theirs).expect("a caller").receive().is_err());

        let is_limited = (0..250).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            socket.read_timeout().expect("set") == Some(Duration::from_secs(REQUEST_TIMEOUT_S))
        });
        drop(ours);

        assert!(is_limited && waiting.join().expect("no panic"));
    }

    #[test]
    fn a_caller_that_does_not_read_is_waited_for_once() {
        let (_asleep, theirs) = UnixStream::pair().expect("a pair");
        let mut caller = Caller::new(theirs).expect("a caller");
        assert_eq!(caller.stream.write_timeout().expect("set"), Some(Duration::from_secs(REPLY_TIMEOUT_S)));
        caller.stream.set_write_timeout(Some(Duration::from_millis(20))).expect("set");
        let long = Reply::Error("x".repeat(1 << 20));

        caller.reply(&long);
        caller.stream.set_write_timeout(None).expect("set");
        caller.reply(&long);

        assert!(caller.lost);
    }

    #[test]
    fn only_its_owner_may_connect_and_a_dead_socket_is_replaced() {
        let folder = tempfile::tempdir().expect("tempdir");
        let socket = folder.path().join("control.sock");
        std::fs::write(&socket, "left behind").expect("write");

        let _control = Control::bind(&socket).expect("bind");

        let mode = std::fs::metadata(&socket).expect("metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn without_an_appliance_the_command_is_told_so() {
        let folder = tempfile::tempdir().expect("tempdir");
        let request = Request::Import { names: Vec::new(), mode: Mode::Replace };

        let answered = call(&folder.path().join("control.sock"), &request, &[], &mut |_| {});

        assert!(matches!(answered, Ok(None)));
        assert!(is_deserted(&folder.path().join("control.sock")));
        let file = folder.path().join("file");
        std::fs::write(&file, "no folder").expect("written");
        assert!(!is_deserted(&file.join("control.sock")), "what cannot be looked at may be anything");
    }
}
