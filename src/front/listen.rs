//! The sockets: bound here, or inherited from systemd, which keeps them open while the program is exchanged.

use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};

use listenfd::ListenFd;
use tokio::net::{TcpListener, TcpSocket};

use super::Config;

/// Connections that may wait to be accepted; the system may allow fewer (`net.core.somaxconn`).
const BACKLOG: u32 = 4096;
/// How the names of inherited sockets begin that speak TLS; all others speak plain HTTP.
const TLS_NAME: &str = "https";

/// Why the program cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is taken, not ours, or below 1024 without the right to it.
    #[error("{address}: {cause}; choose another address with {flag}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        cause: io::Error,
        /// How another one is chosen.
        flag: &'static str,
    },
    /// A socket that systemd handed over is none for TCP connections.
    #[error("the socket {number} of LISTEN_FDS: {cause}; hand over listening TCP sockets only")]
    Inherited {
        /// Which, counted from 0.
        number: usize,
        /// What the system said.
        cause: io::Error,
    },
}

/// What is spoken on a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

/// A socket that is listened on.
#[derive(Debug)]
pub struct Listener {
    /// The socket.
    pub(super) socket: TcpListener,
    /// What is spoken there.
    pub protocol: Protocol,
    /// The address it got.
    pub address: SocketAddr,
    /// Whether somebody else holds it open too, and will serve those who wait there when this process is gone.
    pub(super) is_inherited: bool,
}

/// Takes the sockets that systemd hands over, or else binds the addresses of the configuration. `names` is what
/// `LISTEN_FDNAMES` says (`sd_listen_fds_with_names(3)`).
pub fn open(config: &Config, names: Option<&str>) -> Result<Vec<Listener>, ListenError> {
    let inherited = inherited(names.unwrap_or_default())?;
    if !inherited.is_empty() {
        return Ok(inherited);
    }
    let http = config.http.iter().map(|address| bind(*address, Protocol::Http));
    let https = config.https.iter().map(|address| bind(*address, Protocol::Https));
    http.chain(https).collect()
}

fn inherited(names: &str) -> Result<Vec<Listener>, ListenError> {
    let mut handed = ListenFd::from_env();
    let mut names = names.split(':');
    let mut listeners = Vec::new();
    for number in 0..handed.len() {
        let wrong = |cause| ListenError::Inherited { number, cause };
        let is_tls = names.next().is_some_and(|name| name.starts_with(TLS_NAME));
        let protocol = if is_tls { Protocol::Https } else { Protocol::Http };
        if let Some(socket) = handed.take_tcp_listener(number).map_err(wrong)? {
            listeners.push(inherit(socket, protocol).map_err(wrong)?);
        }
    }
    Ok(listeners)
}

fn inherit(socket: StdListener, protocol: Protocol) -> io::Result<Listener> {
    socket.set_nonblocking(true)?;
    let socket = TcpListener::from_std(socket)?;
    Ok(Listener { address: socket.local_addr()?, socket, protocol, is_inherited: true })
}

fn bind(address: SocketAddr, protocol: Protocol) -> Result<Listener, ListenError> {
    let flag = if protocol == Protocol::Https { "--https" } else { "--http" };
    let bound = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        if address.is_ipv6() {
            // `[::]` beside `0.0.0.0` must not ask for the same port twice.
            rustix::net::sockopt::set_ipv6_v6only(&socket, true).map_err(io::Error::from)?;
        }
        socket.bind(address)?;
        let socket = socket.listen(BACKLOG)?;
        Ok(Listener { address: socket.local_addr()?, socket, protocol, is_inherited: false })
    };
    bound().map_err(|cause| ListenError::Bind { address, cause, flag })
}
