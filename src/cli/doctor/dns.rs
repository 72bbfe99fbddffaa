//! Questions to a name server, as a certificate authority would ask them: past the hosts file of this machine.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::path::Path;
use std::time::Duration;

use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, TYPE};

/// Where a machine says whom it asks.
const RESOLVER_FILE: &str = "/etc/resolv.conf";
/// How long one answer may take. A name server far away takes half a second.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Questions asked again, since a datagram may be lost.
const TRIES: usize = 2;
/// Bytes of an answer by datagram (RFC 1035, 4.2.1); a longer one is asked for again over TCP.
const DATAGRAM_LEN_MAX: usize = 4096;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum DnsError {
    /// Nobody to ask.
    #[error("{RESOLVER_FILE} names no name server")]
    NoServer,
    /// No answer came.
    #[error("the name server {server} does not answer ({cause})")]
    Silent {
        /// Who was asked.
        server: SocketAddr,
        /// What the system said.
        cause: io::Error,
    },
    /// It does not know, or does not want to tell.
    #[error("the name server {server} answers with {code}")]
    Failed {
        /// Who was asked.
        server: SocketAddr,
        /// What it said.
        code: String,
    },
    /// Question or answer cannot be understood.
    #[error("no sensible answer from DNS ({0})")]
    Malformed(String),
}

/// One line of what a domain says about who may issue certificates for it (RFC 8659).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caa {
    pub(super) critical: bool,
    pub(super) tag: String,
    pub(super) value: String,
}

/// The name server that is asked.
pub(super) struct Dns {
    server: SocketAddr,
}

impl Dns {
    /// A given one, or the first of the machine's own.
    pub(super) fn new(server: Option<SocketAddr>) -> Result<Self, DnsError> {
        let server = server.or_else(|| configured(Path::new(RESOLVER_FILE))).ok_or(DnsError::NoServer)?;
        Ok(Self { server })
    }

    /// The addresses of a name; none if there is no such name.
    pub(super) fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, DnsError> {
        let four = self.ask(name, TYPE::A, |data| match data {
            RData::A(found) => Some(IpAddr::V4(Ipv4Addr::from(found.address))),
            _ => None,
        })?;
        let six = self.ask(name, TYPE::AAAA, |data| match data {
            RData::AAAA(found) => Some(IpAddr::V6(Ipv6Addr::from(found.address))),
            _ => None,
        })?;
        Ok(four.into_iter().chain(six).collect())
    }

    /// What counts for a name: its own lines, else those of the nearest domain above that has any. Gives that domain.
    pub(super) fn caa<'n>(&self, name: &'n str) -> Result<Option<(&'n str, Vec<Caa>)>, DnsError> {
        let mut domain = Some(name);
        while let Some(asked) = domain {
            let found = self.ask(asked, TYPE::CAA, |data| match data {
                RData::CAA(line) => Some(Caa {
                    critical: line.flag & 0x80 != 0,
                    tag: line.tag.to_string().to_ascii_lowercase(),
                    value: String::from_utf8_lossy(&line.value).into_owned(),
                }),
                _ => None,
            })?;
            if !found.is_empty() {
                return Ok(Some((asked, found)));
            }
            domain = asked.split_once('.').map(|(_, above)| above);
        }
        Ok(None)
    }

    fn ask<T>(&self, name: &str, kind: TYPE, pick: impl Fn(&RData<'_>) -> Option<T>) -> Result<Vec<T>, DnsError> {
        let malformed = |error: &dyn ToString| DnsError::Malformed(error.to_string());
        let asked = Name::new(name).map_err(|error| malformed(&error))?;
        let id = u16::from_le_bytes(chance());
        let mut query = Packet::new_query(id);
        query.set_flags(PacketFlag::RECURSION_DESIRED);
        query.questions.push(Question::new(asked, QTYPE::TYPE(kind), QCLASS::CLASS(CLASS::IN), false));
        let query = query.build_bytes_vec().map_err(|error| malformed(&error))?;
        let bytes = self.exchange(&query).map_err(|cause| DnsError::Silent { server: self.server, cause })?;
        let answer = Packet::parse(&bytes).map_err(|error| malformed(&error))?;
        match answer.rcode() {
            RCODE::NoError | RCODE::NameError => {
                Ok(answer.answers.iter().filter_map(|line| pick(&line.rdata)).collect())
            }
            code => Err(DnsError::Failed { server: self.server, code: format!("{code:?}") }),
        }
    }

    fn exchange(&self, query: &[u8]) -> io::Result<Vec<u8>> {
        let mut last = io::Error::from(io::ErrorKind::TimedOut);
        for _ in 0..TRIES {
            match self.by_datagram(query) {
                Ok(answer) if is_cut(&answer) => return self.by_stream(query),
                Ok(answer) => return Ok(answer),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn by_datagram(&self, query: &[u8]) -> io::Result<Vec<u8>> {
        let any: IpAddr =
            if self.server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let socket = UdpSocket::bind((any, 0))?;
        socket.set_read_timeout(Some(TIMEOUT))?;
        socket.connect(self.server)?;
        socket.send(query)?;
        let mut answer = vec![0; DATAGRAM_LEN_MAX];
        let read = socket.recv(&mut answer)?;
        answer.truncate(read);
        // One that was meant for another question comes too late to be told from a forgery.
        if answer.get(..2) == query.get(..2) { Ok(answer) } else { Err(io::ErrorKind::InvalidData.into()) }
    }

    fn by_stream(&self, query: &[u8]) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&self.server, TIMEOUT)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        let length = u16::try_from(query.len()).map_err(io::Error::other)?;
        stream.write_all(&[&length.to_be_bytes(), query].concat())?;
        let mut length = [0; 2];
        stream.read_exact(&mut length)?;
        let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    }
}

/// Whether the answer did not fit the datagram (RFC 1035, 4.1.1).
fn is_cut(answer: &[u8]) -> bool {
    answer.get(2).is_some_and(|flags| flags & 0x02 != 0)
}

fn configured(file: &Path) -> Option<SocketAddr> {
    let text = std::fs::read_to_string(file).ok()?;
    let servers = text.lines().filter_map(|line| line.trim().strip_prefix("nameserver"));
    servers.filter_map(|rest| rest.trim().parse::<IpAddr>().ok()).map(|address| SocketAddr::new(address, 53)).next()
}

fn chance() -> [u8; 2] {
    let mut bytes = [0; 2];
    // Without chance the port of the socket alone tells our answer from a forged one; good enough to look at.
    let _ = crate::front::tls::provider().secure_random.fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn the_first_name_server_of_the_machine_is_asked() {
        let folder = tempfile::tempdir().expect("tempdir");
        let file = folder.path().join("resolv.conf");
        std::fs::write(&file, "# mine\nsearch example\nnameserver 192.0.2.7\nnameserver 192.0.2.8\n").expect("write");

        assert_eq!(configured(&file), Some(([192, 0, 2, 7], 53).into()));
        assert_eq!(configured(&folder.path().join("none")), None);
    }

    /// A name server with one CAA line for `swap.example`, which says over UDP only that it has more to say.
    fn server() -> SocketAddr {
        let stream = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = stream.local_addr().expect("its address");
        let datagrams = UdpSocket::bind(address).expect("the same port");
        std::thread::spawn(move || {
            let mut query = [0; 512];
            while let Ok((read, from)) = datagrams.recv_from(&mut query) {
                let mut answer = answer(&query[..read]);
                if is_about_caa(&answer) {
                    answer[2] |= 0x02;
                }
                let _ = datagrams.send_to(&answer, from);
            }
        });
        std::thread::spawn(move || {
            for mut stream in stream.incoming().flatten() {
                let mut length = [0; 2];
                stream.read_exact(&mut length).expect("a length");
                let mut query = vec![0; usize::from(u16::from_be_bytes(length))];
                stream.read_exact(&mut query).expect("a question");
                let answer = answer(&query);
                let length = u16::try_from(answer.len()).expect("short").to_be_bytes();
                stream.write_all(&[&length[..], &answer].concat()).expect("sent");
            }
        });
        address
    }

    fn is_about_caa(answer: &[u8]) -> bool {
        !Packet::parse(answer).expect("a packet").answers.is_empty()
    }

    fn answer(query: &[u8]) -> Vec<u8> {
        let query = Packet::parse(query).expect("a question");
        let mut answer = Packet::new_reply(query.id());
        answer.questions = query.questions.clone();
        let asked = &query.questions[0];
        if asked.qname.to_string() == "swap.example" && asked.qtype == QTYPE::TYPE(TYPE::CAA) {
            let line = simple_dns::rdata::CAA {
                flag: 128,
                tag: "Issue".try_into().expect("a tag"),
                value: b"ca.example".as_slice().into(),
            };
            let line = simple_dns::ResourceRecord::new(asked.qname.clone(), CLASS::IN, 60, RData::CAA(line));
            answer.answers.push(line);
        }
        answer.build_bytes_vec().expect("a packet")
    }

    #[test]
    fn who_may_issue_is_asked_up_the_tree_and_again_where_a_datagram_is_too_short() {
        let dns = Dns::new(Some(server())).expect("one");
        let line = Caa { critical: true, tag: "issue".to_owned(), value: "ca.example".to_owned() };

        assert_eq!(dns.caa("www.swap.example").expect("an answer"), Some(("swap.example", vec![line])));
        assert_eq!(dns.caa("other.example").expect("an answer"), None);
        assert!(dns.addresses("swap.example").expect("an answer").is_empty());
    }

    #[test]
    fn a_name_server_that_is_not_there_is_named() {
        let silent = UdpSocket::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address");
        let dns = Dns::new(Some(silent)).expect("one");

        let error = dns.addresses("swap.example").expect_err("nobody there").to_string();

        assert!(error.contains(&silent.to_string()), "{error}");
    }
}
