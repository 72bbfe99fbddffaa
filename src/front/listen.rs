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
    pub is_inherited: bool,
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

/// The addresses that somebody has put into the configuration and that are not listened on, because systemd hands over
/// other sockets. `open` are those.
pub fn passed_over<'config>(config: &'config Config, open: &[SocketAddr]) -> Vec<&'config SocketAddr> {
    let (plain, public) = (Config::default(), Config::public());
    let is_said = |addresses, of: fn(&Config) -> &Vec<SocketAddr>| addresses != of(&plain) && addresses != of(&public);
    let http = config.http.iter().filter(|_| is_said(&config.http, |config| &config.http));
    let https = config.https.iter().filter(|_| is_said(&config.https, |config| &config.https));
    http.chain(https).filter(|address| !open.iter().any(|open| holds(*open, **address))).collect()
}

/// Whether a socket answers at an address too.
fn holds(open: SocketAddr, address: SocketAddr) -> bool {
    // Which free port 0 has become nobody can tell.
    (open.port() == address.port() || address.port() == 0) && (open.ip() == address.ip() || open.ip().is_unspecified())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_somebody_has_named_and_that_nothing_holds_are_passed_over() {
        let all = |texts: &[&str]| texts.iter().map(|text| text.parse().expect("an address")).collect::<Vec<_>>();
        let sockets = all(&["[::]:80", "[::]:443"]);
        for (http, https, passed) in [
            (Config::default().http, Config::default().https, &[][..]),
            (Config::public().http, Config::public().https, &[]),
            (all(&["127.0.0.1:80"]), all(&["192.0.2.1:443"]), &[]),
            (all(&["127.0.0.1:8080", "0.0.0.0:80"]), vec![], &["127.0.0.1:8080"]),
            (Config::default().http, all(&["0.0.0.0:8443"]), &["0.0.0.0:8443"]),
        ] {
            let config = Config { http, https, ..Config::default() };
            let found: Vec<String> = passed_over(&config, &sockets).iter().map(ToString::to_string).collect();

            assert_eq!(found, passed, "{config:?}");
        }
    }

    #[test]
    fn a_socket_of_one_address_does_not_answer_at_another() {
        let open = ["127.0.0.1:8000".parse().expect("an address")];
        let config = Config { http: vec!["192.0.2.1:8000".parse().expect("an address")], ..Config::default() };

        assert_eq!(passed_over(&config, &open).len(), 1);
    }
}
