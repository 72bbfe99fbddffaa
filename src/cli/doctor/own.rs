//! Whether the site answers at its own addresses, asked on this machine.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use rustls::{ClientConfig, ServerConfig};

use super::door;
use super::exchange::{self, Answer};
use super::finding::Finding;
use super::ports::{PROBE_PATH, check, is_local, is_token, stranger};
use super::unit::Installed;

const CHECK: &str = "address";

/// Who is expected to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answering {
    /// The running service.
    Service,
    /// The same; it wants to be told by proxies whom they bring (the PROXY protocol), which we are not.
    Introduced,
    /// The door that `doctor` opened, since the service is stopped.
    Doctor,
    /// Nobody of ours: the address was taken.
    Nobody,
}

/// Asks for the token at each address; over TLS with a configuration for it.
pub(super) fn knock(
    addresses: &[SocketAddr],
    answering: Answering,
    token: &str,
    tls: Option<&Arc<ClientConfig>>,
    findings: &mut Vec<Finding>,
) {
    for address in addresses {
        let path = format!("{PROBE_PATH}{token}");
        let ask = |ip| exchange::get(SocketAddr::new(ip, address.port()), "localhost", &path, tls.cloned());
        // A socket of `[::]` may serve IPv4 where there is no IPv6 to reach it by.
        let answer = match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => ask(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_unspecified() => {
                ask(Ipv6Addr::LOCALHOST.into()).or_else(|_| ask(Ipv4Addr::LOCALHOST.into()))
            }
            ip => ask(ip),
        };
        findings.push(judge(*address, answering, token, answer));
    }
}

fn judge(address: SocketAddr, answering: Answering, token: &str, answer: io::Result<Answer>) -> Finding {
    let told = match answer {
        Ok(answer) if is_token(&answer, token) => {
            return Finding::good(
                CHECK,
                match answering {
                    Answering::Doctor => format!("{address} is free; the service is stopped, doctor answered for it"),
                    _ => format!("{address}: this program answers"),
                },
            );
        }
        Ok(answer) => {
            let advice = "stop the other program at that port, or have the site listen elsewhere";
            return Finding::wrong(CHECK, format!("{address}: {}", stranger(&answer)), advice);
        }
        Err(error) => format!("{address}: no answer ({error})"),
    };
    if !is_local(address.ip()) && !address.ip().is_unspecified() {
        let advice = "it is no address of this machine now: right if it comes later, else correct it";
        return Finding::unsure(CHECK, told, advice);
    }
    match answering {
        Answering::Introduced => Finding::unsure(
            CHECK,
            told,
            "proxies introduce visitors there (front.proxy_protocol): ask through the proxy",
        ),
        Answering::Nobody => Finding::wrong(CHECK, told, "stop the other program at that port"),
        Answering::Service | Answering::Doctor => {
            let advice =
                "systemctl restart foodswap.socket foodswap; else let the firewall pass what comes from this machine";
            Finding::wrong(CHECK, told, advice)
        }
    }
}

/// Opens addresses for the moment of the check, and tells which are open. Where a service is installed, its sockets hold
/// them even while it is stopped: an address that is taken then is not asked, which would start the service.
pub(super) fn open(
    addresses: &[SocketAddr],
    token: &str,
    tls: Option<&Arc<ServerConfig>>,
    installed: &Installed,
    findings: &mut Vec<Finding>,
) -> Doors {
    let mut doors = Doors::default();
    for address in addresses {
        match door::open(*address, token, tls.cloned()) {
            Ok(address) => doors.open.push(address),
            Err(error) if installed.is_so() && error.kind() == io::ErrorKind::AddrInUse => {
                findings.push(held(*address, installed));
                doors.are_held = true;
            }
            Err(error) => {
                let advice = "start the service, or run doctor as a user who may open it, with nothing else there";
                let says = format!("{address} cannot be opened to try: {error}");
                findings.push(Finding::unsure(check(address.port()), says, advice));
                if error.kind() == io::ErrorKind::AddrInUse {
                    doors.taken.push(*address);
                }
            }
        }
    }
    doors
}

/// By whom an address is held while the installed service is stopped.
fn held(address: SocketAddr, installed: &Installed) -> Finding {
    let check = check(address.port());
    let advice = "start the service, then ask again";
    match installed.unit().map(|unit| unit.holds(address.port())) {
        Some(true) => Finding::unsure(check, format!("{address} is held for the stopped service by systemd"), advice),
        Some(false) => Finding::wrong(
            check,
            format!("{address} is taken by another program: systemd does not listen there for the service"),
            "ss -ltnp says which; stop it, or have the site listen elsewhere (systemctl edit foodswap.socket); then \
             systemctl restart foodswap.socket foodswap-https.socket foodswap",
        ),
        None => {
            let says = format!("{address} is held for the stopped service by systemd, or by another program");
            Finding::unsure(check, says, advice)
        }
    }
}

/// What became of opening.
#[derive(Debug, Default)]
pub(super) struct Doors {
    /// Ours for the moment.
    pub(super) open: Vec<SocketAddr>,
    /// Somebody else's.
    pub(super) taken: Vec<SocketAddr>,
    /// Whether some are held for an installed service.
    pub(super) are_held: bool,
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    #[test]
    fn an_address_is_judged_by_what_answers_and_by_who_should() {
        let here: SocketAddr = ([127, 0, 0, 1], 80).into();
        let elsewhere: SocketAddr = ([192, 0, 2, 1], 80).into();
        let silent = || Err(io::ErrorKind::TimedOut.into());
        for (address, answering, answer, level) in [
            (here, Answering::Service, Ok(exchange::answer(200, "token")), Level::Good),
            (here, Answering::Service, Ok(exchange::answer(200, "other")), Level::Wrong),
            (here, Answering::Service, silent(), Level::Wrong),
            (here, Answering::Introduced, silent(), Level::Unsure),
            (here, Answering::Nobody, silent(), Level::Wrong),
            (elsewhere, Answering::Service, silent(), Level::Unsure),
        ] {
            let found = judge(address, answering, "token", answer);
            assert_eq!(found.level, level, "{found:?}");
        }
    }

    #[test]
    fn all_addresses_of_both_kinds_can_be_opened_together() {
        let first = door::open(([0, 0, 0, 0], 0).into(), "token", None).expect("opened");
        let second = SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), first.port());
        let mut findings = Vec::new();

        // Where there is no IPv6 there is nothing to show.
        let doors = open(&[second], "token", None, &Installed::Somehow, &mut findings);

        assert!(!doors.are_held && doors.taken.is_empty(), "{findings:?}");
    }
}
