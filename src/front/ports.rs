//! Whether the public ports answer, asked as a visitor on this machine would.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::listen::Listener;

/// The public ports, and which of them have answered.
pub struct Ports {
    ports: Vec<Port>,
    /// What is asked of each.
    question: Arc<str>,
}

struct Port {
    address: SocketAddr,
    has_answered: bool,
}

/// A port that does not answer any more.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} does not answer")]
pub struct Silent(SocketAddr);

impl Ports {
    /// The ports of these sockets, and the name by which the site is asked for.
    pub fn of(listeners: &[Listener], host: &str) -> Self {
        Self::at(listeners.iter().map(|listener| listener.address), host)
    }

    fn at(addresses: impl Iterator<Item = SocketAddr>, host: &str) -> Self {
        let question = format!(
            "GET /healthz HTTP/1.1\r\nHost: {host}\r\nUser-Agent: foodswap-watchdog\r\nConnection: close\r\n\r\n"
        );
        Self {
            ports: addresses.map(|address| Port { address, has_answered: false }).collect(),
            question: question.into(),
        }
    }

    /// Asks every port at once. One that never answered is passed over: a firewall may keep this machine from its own
    /// port, and that is no reason to stop. One that has answered must go on answering.
    pub async fn ask(&mut self, limit: Duration) -> Result<(), Silent> {
        let mut asked = JoinSet::new();
        for (number, port) in self.ports.iter().enumerate() {
            let (address, question) = (port.address, Arc::clone(&self.question));
            asked.spawn(async move { (number, timeout(limit, ask(address, &question)).await) });
        }
        let mut answers = vec![false; self.ports.len()];
        while let Some(asked) = asked.join_next().await {
            let Ok((number, answered)) = asked else { continue };
            answers[number] = matches!(answered, Ok(Ok(())));
            // An address that has left this machine is no fault of the program, and may come back.
            self.ports[number].has_answered &= !matches!(answered, Ok(Err(error)) if has_left(&error));
        }
        let mut silent = None;
        for (port, answers) in self.ports.iter_mut().zip(answers) {
            if port.has_answered && !answers {
                silent = Some(Silent(port.address));
            }
            port.has_answered |= answers;
        }
        silent.map_or(Ok(()), Err)
    }

    /// Those that have never answered.
    pub fn unheard(&self) -> impl Iterator<Item = SocketAddr> {
        self.ports.iter().filter(|port| !port.has_answered).map(|port| port.address)
    }
}

/// Asks one port. Any answer will do, and so does being turned away: somebody is there who does that. A port that
/// speaks TLS turns away who does not, and one whose connections are all taken turns away everybody; to take either for
/// a hang would make an attack a restart.
async fn ask(address: SocketAddr, question: &str) -> io::Result<()> {
    let mut stream = connect(address).await?;
    let mut converse = async || {
        stream.write_all(question.as_bytes()).await?;
        stream.read(&mut [0; 1]).await
    };
    match converse().await {
        Err(error) if !matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => Err(error),
        _ => Ok(()),
    }
}

/// Whether an address is not this machine's at the moment.
fn has_left(error: &io::Error) -> bool {
    use io::ErrorKind::{AddrNotAvailable, HostUnreachable, NetworkUnreachable};
    matches!(error.kind(), AddrNotAvailable | HostUnreachable | NetworkUnreachable)
}

async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for ip in nearest(address.ip()) {
        match TcpStream::connect((ip, address.port())).await {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Where a socket can be reached from this machine. One of `[::]` may serve IPv4 where there is no IPv6 to reach it by.
fn nearest(address: IpAddr) -> Vec<IpAddr> {
    match address {
        IpAddr::V4(ip) if ip.is_unspecified() => vec![Ipv4Addr::LOCALHOST.into()],
        IpAddr::V6(ip) if ip.is_unspecified() => vec![Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()],
        ip => vec![ip],
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;
    use tokio::sync::oneshot;

    use super::*;

    const LIMIT: Duration = Duration::from_millis(200);

    async fn listener() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let address = listener.local_addr().expect("an address");
        (listener, address)
    }

    /// Answers the first visitors as told, and then hangs: connections wait to be accepted.
    fn answering(listener: TcpListener, visitors: usize, answer: &'static [u8]) -> oneshot::Sender<()> {
        let (end, ended) = oneshot::channel();
        tokio::spawn(async move {
            for _ in 0..visitors {
                let (mut stream, _) = listener.accept().await.expect("a visitor");
                if !answer.is_empty() {
                    let _ = stream.read(&mut [0; 512]).await;
                }
                stream.write_all(answer).await.expect("answered");
            }
            let _ = ended.await;
            drop(listener);
        });
        end
    }

    #[tokio::test]
    async fn a_port_that_answered_and_then_hangs_is_silent() {
        for answer in [&b"HTTP/1.1 200 OK\r\n\r\n"[..], b"HTTP/1.1 421 Misdirected Request\r\n\r\n", b""] {
            let (listener, address) = listener().await;
            let mut ports = Ports::at([address].into_iter(), "swap.example");
            let _end = answering(listener, 2, answer);

            assert_eq!(ports.ask(LIMIT).await, Ok(()));
            assert_eq!(ports.ask(LIMIT).await, Ok(()));
            assert_eq!(ports.ask(LIMIT).await, Err(Silent(address)));
            assert_eq!(ports.unheard().count(), 0);
        }
    }

    #[tokio::test]
    async fn a_port_that_never_answered_is_no_reason_to_stop() {
        let (hanging, address) = listener().await;
        let (gone, nowhere) = listener().await;
        drop(gone);
        let mut ports = Ports::at([address, nowhere].into_iter(), "swap.example");

        assert_eq!(ports.ask(LIMIT).await, Ok(()));
        assert_eq!(ports.ask(LIMIT).await, Ok(()));
        assert_eq!(ports.unheard().collect::<Vec<_>>(), [address, nowhere]);
        drop(hanging);
    }

    #[test]
    fn a_socket_for_all_addresses_is_reached_at_the_nearest() {
        for (bound, reached) in
            [("0.0.0.0", &["127.0.0.1"][..]), ("::", &["::1", "127.0.0.1"]), ("192.0.2.1", &["192.0.2.1"])]
        {
            let found = nearest(bound.parse().expect("an address"));
            assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), reached);
        }
    }
}
