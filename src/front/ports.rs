//! Whether the public ports answer, asked as a visitor on this machine would.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
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
    /// Whether its address was not this machine's when it was asked last.
    is_away: bool,
}

/// A port that does not answer, or not any more.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} does not answer")]
pub struct Silent(SocketAddr);

/// What came of asking a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Answered,
    Silent,
    /// Its address is not this machine's: no fault of the program, and it may come back.
    Away,
}

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
            ports: addresses.map(|address| Port { address, has_answered: false, is_away: false }).collect(),
            question: question.into(),
        }
    }

    /// Asks every port at once. One that has answered must go on answering. One that never answered is passed over
    /// beside one that has: a firewall may keep this machine from its own port, and that is no reason to stop. While
    /// none has answered that is on this machine, nobody has.
    pub async fn ask(&mut self, limit: Duration) -> Result<(), Silent> {
        let mut asked = JoinSet::new();
        for (number, port) in self.ports.iter().enumerate() {
            let (address, question) = (port.address, Arc::clone(&self.question));
            asked.spawn(async move { (number, outcome(address, &question, limit).await) });
        }
        let mut silent = None;
        while let Some(asked) = asked.join_next().await {
            let Ok((number, outcome)) = asked else { continue };
            let port = &mut self.ports[number];
            if port.has_answered && outcome == Outcome::Silent {
                silent = Some(Silent(port.address));
            }
            port.has_answered = outcome == Outcome::Answered || (port.has_answered && outcome == Outcome::Silent);
            port.is_away = outcome == Outcome::Away;
        }
        silent.or_else(|| self.nobody()).map_or(Ok(()), Err)
    }

    /// A port that should have answered, if none has.
    fn nobody(&self) -> Option<Silent> {
        let has_one = self.ports.iter().any(|port| port.has_answered);
        let here = self.ports.iter().find(|port| !port.is_away).filter(|_| !has_one);
        here.map(|port| Silent(port.address))
    }

    /// Those that have never answered.
    pub fn unheard(&self) -> impl Iterator<Item = SocketAddr> {
        self.ports.iter().filter(|port| !port.has_answered).map(|port| port.address)
    }
}

async fn outcome(address: SocketAddr, question: &str, limit: Duration) -> Outcome {
    match timeout(limit, ask(address, question)).await {
        Ok(Ok(())) => Outcome::Answered,
        Ok(Err(error)) if has_left(&error) => Outcome::Away,
        // To a foreign address the question may have gone out into the world, where anything may become of it.
        _ if !is_of_this_machine(address.ip()) => Outcome::Away,
        _ => Outcome::Silent,
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

/// An address is this machine's if a socket can be had there.
fn is_of_this_machine(address: IpAddr) -> bool {
    !UdpSocket::bind((address, 0)).is_err_and(|error| error.kind() == io::ErrorKind::AddrNotAvailable)
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

    /// How long an answer may take that must come, on however busy a machine.
    const LONG: Duration = Duration::from_secs(20);
    /// How long is waited for one that cannot come.
    const SHORT: Duration = Duration::from_millis(200);

    /// No machine's: for documentation (RFC 5737).
    const ELSEWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 80);

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

            assert_eq!(ports.ask(LONG).await, Ok(()));
            assert_eq!(ports.ask(LONG).await, Ok(()));
            assert_eq!(ports.ask(SHORT).await, Err(Silent(address)));
            assert_eq!(ports.ask(SHORT).await, Err(Silent(address)), "and stays so");
            assert_eq!(ports.unheard().count(), 0);
        }
    }

    #[tokio::test]
    async fn a_port_that_never_answered_is_passed_over_beside_one_that_has() {
        let (answers, address) = listener().await;
        let (gone, nowhere) = listener().await;
        drop(gone);
        let mut ports = Ports::at([nowhere, address].into_iter(), "swap.example");
        let _end = answering(answers, 2, b"");

        assert_eq!(ports.ask(LONG).await, Ok(()));
        assert_eq!(ports.ask(LONG).await, Ok(()));
        assert_eq!(ports.unheard().collect::<Vec<_>>(), [nowhere]);
    }

    #[tokio::test]
    async fn where_no_port_has_ever_answered_nobody_does() {
        let (_hanging, address) = listener().await;
        let mut ports = Ports::at([ELSEWHERE, address].into_iter(), "swap.example");

        for _ in 0..2 {
            assert_eq!(ports.ask(SHORT).await, Err(Silent(address)));
        }
    }

    #[tokio::test]
    async fn an_address_that_is_not_this_machines_is_not_waited_for() {
        let mut ports = Ports::at([ELSEWHERE].into_iter(), "swap.example");

        assert_eq!(ports.ask(SHORT).await, Ok(()));
        assert_eq!(ports.unheard().collect::<Vec<_>>(), [ELSEWHERE]);
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
