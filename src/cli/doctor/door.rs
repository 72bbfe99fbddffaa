//! Opens the site's ports for the moment of the check, where no service has them open.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with, sockopt};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::ports::PROBE_PATH;

/// How long one visitor is heard.
const PATIENCE: Duration = Duration::from_secs(2);
/// Bytes of a request that are read: ours has a hundred.
const REQUEST_LEN_MAX: usize = 2048;

/// Connections that may wait: those of one `doctor`.
const BACKLOG: i32 = 16;

/// Answers at an address with a token until the process ends; tells the address it got.
pub(super) fn open(address: SocketAddr, token: &str, tls: Option<Arc<ServerConfig>>) -> io::Result<SocketAddr> {
    let listener = listen(address)?;
    let address = listener.local_addr()?;
    let token = token.to_owned();
    thread::Builder::new().name("doctor".to_owned()).spawn(move || {
        for stream in listener.incoming().flatten() {
            // Whoever else calls in this moment gets no answer that means anything.
            let _ = answer(stream, &token, tls.clone());
        }
    })?;
    Ok(address)
}

/// Listens as the service does: `[::]` beside `0.0.0.0` does not ask for the same port twice.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    if address.is_ipv6() {
        sockopt::set_ipv6_v6only(&socket, true)?;
    }
    rustix::net::bind(&socket, &address)?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(TcpListener::from(socket))
}

fn answer(stream: TcpStream, token: &str, tls: Option<Arc<ServerConfig>>) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    match tls {
        None => respond(stream, token),
        Some(tls) => {
            let connection = ServerConnection::new(tls).map_err(io::Error::other)?;
            respond(StreamOwned::new(connection, stream), token)
        }
    }
}

fn respond(mut stream: impl Read + Write, token: &str) -> io::Result<()> {
    let mut request = Vec::new();
    let mut part = [0; 512];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < REQUEST_LEN_MAX {
        match stream.read(&mut part)? {
            0 => break,
            read => request.extend_from_slice(&part[..read]),
        }
    }
    let wanted = format!("GET {PROBE_PATH}{token} ");
    let (status, body) = if request.starts_with(wanted.as_bytes()) { ("200 OK", token) } else { ("404 Not Found", "") };
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())?;
    stream.flush()
}
