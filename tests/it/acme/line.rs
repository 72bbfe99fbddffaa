//! A line between a client and a server that falls silent after so many bytes, and speaks again when told.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// Between two looks whether it may speak again.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What all connections of a line share.
pub(super) struct Line {
    said_bytes: AtomicUsize,
    silent_after_bytes: usize,
    speaks: AtomicBool,
}

impl Line {
    /// Takes connections at one port of this machine to another.
    pub(super) fn between(near: u16, far: u16, silent_after_bytes: usize) -> Arc<Self> {
        let line =
            Arc::new(Self { said_bytes: AtomicUsize::new(0), silent_after_bytes, speaks: AtomicBool::new(false) });
        let listener = TcpListener::bind(("127.0.0.1", near)).expect("its port");
        let shared = Arc::clone(&line);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(("127.0.0.1", far)) else { continue };
                let (from_client, to_server) = (client.try_clone(), server.try_clone());
                std::thread::spawn(move || {
                    let (mut from_client, mut to_server) =
                        (from_client.expect("a handle"), to_server.expect("a handle"));
                    let _ = std::io::copy(&mut from_client, &mut to_server);
                    let _ = to_server.shutdown(Shutdown::Write);
                });
                let line = Arc::clone(&shared);
                std::thread::spawn(move || line.pass_on(server, client));
            }
        });
        line
    }

    fn pass_on(&self, mut server: TcpStream, mut client: TcpStream) {
        let mut buffer = [0; 512];
        while let Ok(bytes @ 1..) = server.read(&mut buffer) {
            while self.has_fallen_silent() && !self.speaks.load(Ordering::Relaxed) {
                std::thread::sleep(LOOK_EVERY);
            }
            self.said_bytes.fetch_add(bytes, Ordering::Relaxed);
            if client.write_all(&buffer[..bytes]).is_err() {
                return;
            }
        }
        let _ = client.shutdown(Shutdown::Write);
    }

    /// Whether the server has said all that it may.
    pub(super) fn has_fallen_silent(&self) -> bool {
        self.said_bytes.load(Ordering::Relaxed) >= self.silent_after_bytes
    }

    /// Lets the server speak from now on.
    pub(super) fn speak(&self) {
        self.speaks.store(true, Ordering::Relaxed);
    }
}
