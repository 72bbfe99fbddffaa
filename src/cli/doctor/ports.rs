//! Whether the names lead here, and whether it is this site that answers at its public ports.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;

use rustls::ClientConfig;

use super::dns::{Dns, DnsError};
use super::exchange::{self, Answer};
use super::finding::Finding;

/// Where the running service answers with its token.
pub(super) const PROBE_PATH: &str = "/.well-known/foodswap/";
/// Letters of a foreign answer that are shown.
const SHOWN_LEN_MAX: usize = 60;

/// A name with the addresses that DNS knows of it.
pub(super) struct Located {
    pub(super) name: String,
    pub(super) addresses: Vec<IpAddr>,
}

/// Asks DNS for each name.
pub(super) fn locate(dns: &Dns, names: &[String], findings: &mut Vec<Finding>) -> Vec<Located> {
    let mut located = Vec::new();
    for name in names {
        let found = dns.addresses(name);
        findings.push(place(name, &found, is_local));
        located.push(Located { name: name.clone(), addresses: found.unwrap_or_default() });
    }
    located
}

/// What the addresses of a name say about where it leads.
fn place(name: &str, found: &Result<Vec<IpAddr>, DnsError>, is_local: impl Fn(IpAddr) -> bool) -> Finding {
    let check = "names";
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            let advice = "a certificate authority must be able to ask for the name; mend its DNS, or this machine's";
            return Finding::wrong(check, format!("{name} cannot be looked up: {error}"), advice);
        }
    };
    let listed = |addresses: &[IpAddr]| addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let foreign: Vec<IpAddr> = found.iter().copied().filter(|address| !is_local(*address)).collect();
    if found.is_empty() {
        let advice = "add an A or AAAA record that leads to this machine";
        Finding::wrong(check, format!("DNS knows no address of {name}"), advice)
    } else if foreign.is_empty() {
        Finding::good(check, format!("{name} leads to {}, which is this machine", listed(found)))
    } else {
        let says = format!("{name} leads to {}, which is no address of this machine", listed(&foreign));
        let advice = "right behind a router or a proxy that forwards the ports, which the next checks show; else correct \
                      the A and AAAA records";
        Finding::unsure(check, says, advice)
    }
}

/// An address is ours if we can have a socket there.
pub(super) fn is_local(address: IpAddr) -> bool {
    UdpSocket::bind((address, 0)).is_ok()
}

/// One of the two public ports.
pub(super) struct Port {
    pub(super) number: u16,
    pub(super) tls: Option<Arc<ClientConfig>>,
    /// Whether the site cannot do without it.
    pub(super) is_needed: bool,
}

/// What a check of a port is called.
pub(super) fn check(port: u16) -> String {
    format!("port {port}")
}

/// Asks for the token at a port of every address of every name.
pub(super) fn knock(port: &Port, located: &[Located], token: &str, findings: &mut Vec<Finding>) {
    for Located { name, addresses } in located {
        for address in addresses {
            let path = format!("{PROBE_PATH}{token}");
            let answer = exchange::get(SocketAddr::new(*address, port.number), name, &path, port.tls.clone());
            findings.push(judge(port, name, *address, token, answer));
        }
    }
}

/// Whether an answer is the token again. An empty one would be in every answer.
pub(super) fn is_token(answer: &Answer, token: &str) -> bool {
    !token.is_empty() && answer.status == 200 && answer.body.contains(token)
}

/// What answers instead, in some words.
pub(super) fn stranger(answer: &Answer) -> String {
    let shown: String = answer.body.lines().next().unwrap_or_default().chars().take(SHOWN_LEN_MAX).collect();
    format!("something else answers (status {}: {shown})", answer.status)
}

fn judge(port: &Port, name: &str, address: IpAddr, token: &str, answer: io::Result<Answer>) -> Finding {
    let check = check(port.number);
    let at = format!("{name} at {address}, {check}");
    let wrong = if port.is_needed { Finding::wrong } else { Finding::unsure };
    match answer {
        Ok(answer) if is_token(&answer, token) => Finding::good(check, format!("{at}: it leads to this machine")),
        Ok(answer) => {
            let says = format!("{at}: {}", stranger(&answer));
            wrong(check, says, "have the name lead here, or stop the other program at that port")
        }
        Err(error) if is_local(address) => {
            let says = format!("{at}: no answer ({error})");
            wrong(check, says, "name this port in front.http or front.https, and open it in the firewall")
        }
        Err(error) => {
            let says = format!("{at}: no answer from here ({error})");
            let advice = "a router may hide its outer address from machines inside; look from outside, and have it \
                          forward the port";
            Finding::unsure(check, says, advice)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    fn placed(found: &[[u8; 4]]) -> Level {
        let found = Ok(found.iter().map(|bytes| IpAddr::from(*bytes)).collect());
        place("swap.example", &found, |address| address == IpAddr::from([192, 0, 2, 1])).level
    }

    #[test]
    fn a_name_leads_here_elsewhere_or_nowhere() {
        assert_eq!(placed(&[[192, 0, 2, 1]]), Level::Good);
        assert_eq!(placed(&[[192, 0, 2, 1], [192, 0, 2, 2]]), Level::Unsure);
        assert_eq!(placed(&[[192, 0, 2, 2]]), Level::Unsure);
        assert_eq!(placed(&[]), Level::Wrong);
    }

    #[test]
    fn loopback_is_an_address_of_this_machine_and_a_documentation_address_is_not() {
        assert!(is_local([127, 0, 0, 1].into()));
        assert!(!is_local([192, 0, 2, 1].into()));
    }

    #[test]
    fn only_the_token_is_taken_for_this_machine() {
        let answer = |status, body| exchange::answer(status, body);
        for (status, body, token, is_ours) in
            [(200, "token", "token", true), (404, "token", "token", false), (200, "", "", false), (200, "a", "", false)]
        {
            assert_eq!(is_token(&answer(status, body), token), is_ours, "{status} {body} {token}");
        }
    }

    #[test]
    fn a_port_without_an_answer_is_wrong_only_where_it_should_have_been_ours() {
        let port = |is_needed| Port { number: 80, tls: None, is_needed };
        let silent = || Err(io::ErrorKind::TimedOut.into());
        for (address, is_needed, level) in [
            ([127, 0, 0, 1], true, Level::Wrong),
            ([127, 0, 0, 1], false, Level::Unsure),
            ([192, 0, 2, 1], true, Level::Unsure),
        ] {
            let finding = judge(&port(is_needed), "swap.example", address.into(), "token", silent());
            assert_eq!(finding.level, level, "{address:?}");
        }
    }
}
