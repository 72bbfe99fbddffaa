//! What systemd knows of the installed service: how its last start ended, and which ports it holds for it.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::Command;

/// What is asked, in the order of the answer.
const UNITS: [&str; 3] = ["foodswap.service", "foodswap.socket", "foodswap-https.socket"];
/// What is asked of each; a socket has one `Listen` for each of its addresses.
const PROPERTIES: &str = "LoadState,ActiveState,Result,ExecMainStatus,StatusText,Listen";

/// The service as an installation has it.
#[derive(Debug)]
pub(super) enum Installed {
    /// None is installed here.
    No,
    /// One is, of which nothing more is known: there is no systemd to ask.
    Somehow,
    /// One is, as a unit of systemd.
    As(Unit),
}

/// How systemd sees it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unit {
    /// `active`, `failed`, `inactive` and so on.
    pub(super) state: String,
    /// The exit code of its last end.
    pub(super) exit_code: Option<u8>,
    /// What it said last of how it is.
    pub(super) words: String,
    /// Its socket for plain HTTP.
    pub(super) plain: Socket,
    /// Its socket for HTTPS.
    pub(super) secure: Socket,
}

/// A socket of systemd.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Socket {
    /// Where it listens, or would; all addresses as those of IPv4, which are never without.
    pub(super) addresses: Vec<SocketAddr>,
    /// Whether it does at this moment.
    is_open: bool,
}

impl Installed {
    /// Asks systemd, where a service is installed.
    pub(super) fn ask(is_installed: bool) -> Self {
        if !is_installed {
            return Self::No;
        }
        let asked = Command::new("systemctl").arg("show").arg(format!("--property={PROPERTIES}")).args(UNITS).output();
        let answer = asked.ok().filter(|answer| answer.status.success());
        let unit = answer.and_then(|answer| Unit::parsed(&String::from_utf8_lossy(&answer.stdout)));
        unit.map_or(Self::Somehow, Self::As)
    }

    /// Whether one is installed.
    pub(super) fn is_so(&self) -> bool {
        !matches!(self, Self::No)
    }

    /// The unit, where there is one.
    pub(super) fn unit(&self) -> Option<&Unit> {
        if let Self::As(unit) = self { Some(unit) } else { None }
    }
}

impl Unit {
    /// From the answer of `systemctl show`: a paragraph for each unit. None where the service is no unit.
    fn parsed(answer: &str) -> Option<Self> {
        let mut paragraphs = answer.split("\n\n");
        let service: HashMap<_, _> = paragraphs.next()?.lines().filter_map(|line| line.split_once('=')).collect();
        let word = |key| service.get(key).copied().unwrap_or_default();
        if word("LoadState") != "loaded" {
            return None;
        }
        // Of an end by a signal systemd tells the signal's number in the same place.
        let has_exited = word("Result") == "exit-code";
        // What the program said itself is known even while it is tried again.
        let said = word("StatusText");
        let given_up = said.strip_prefix("exit code ").and_then(|said| said.split_once(": "));
        let (said_code, words) = given_up.map_or((None, said), |(code, words)| (code.parse().ok(), words));
        let exit_code = said_code.or_else(|| word("ExecMainStatus").parse().ok().filter(|_| has_exited));
        Some(Self {
            state: word("ActiveState").to_owned(),
            exit_code,
            words: words.to_owned(),
            plain: paragraphs.next().map(Socket::parsed).unwrap_or_default(),
            secure: paragraphs.next().map(Socket::parsed).unwrap_or_default(),
        })
    }

    /// Whether systemd holds a port for the service.
    pub(super) fn holds(&self, port: u16) -> bool {
        let open = [&self.plain, &self.secure].into_iter().filter(|socket| socket.is_open);
        open.flat_map(|socket| &socket.addresses).any(|address| address.port() == port)
    }
}

impl Socket {
    /// From its paragraph: `Listen=[::]:80 (Stream)`, a line for each address.
    fn parsed(paragraph: &str) -> Self {
        let listens = paragraph.lines().filter_map(|line| line.strip_prefix("Listen=")?.split(' ').next());
        let any = |address: SocketAddr| match address.ip() {
            IpAddr::V6(ip) if ip.is_unspecified() => SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), address.port()),
            _ => address,
        };
        Self {
            addresses: listens.filter_map(|address| address.parse().ok()).map(any).collect(),
            is_open: paragraph.lines().any(|line| line == "ActiveState=active"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STOPPED: &str = "StatusText=layout 2, this foodswap reads layout 1\nResult=exit-code\nExecMainStatus=65\n\
                           LoadState=loaded\nActiveState=failed\n\n\
                           Listen=[::]:80 (Stream)\nListen=192.0.2.1:8080 (Stream)\nLoadState=loaded\nActiveState=active\n\n\
                           Listen=[::]:443 (Stream)\nLoadState=loaded\nActiveState=failed\n";

    #[test]
    fn the_end_of_the_service_and_the_ports_of_its_open_sockets_are_read() {
        let unit = Unit::parsed(STOPPED).expect("a unit");

        assert_eq!((unit.state.as_str(), unit.exit_code), ("failed", Some(65)));
        assert_eq!(unit.words, "layout 2, this foodswap reads layout 1");
        assert_eq!([80, 8080, 443].map(|port| unit.holds(port)), [true, true, false]);
        assert_eq!(unit.plain.addresses, [([0, 0, 0, 0], 80).into(), ([192, 0, 2, 1], 8080).into()]);
    }

    #[test]
    fn what_a_start_ended_with_is_known_while_it_is_tried_again() {
        let again = STOPPED.replace("StatusText=", "StatusText=exit code 65: ").replace("=65", "=0");
        let unit =
            Unit::parsed(&again.replace("failed", "activating").replace("exit-code", "success")).expect("a unit");

        assert_eq!((unit.state.as_str(), unit.exit_code), ("activating", Some(65)));
        assert_eq!(unit.words, "layout 2, this foodswap reads layout 1");
    }

    #[test]
    fn a_signal_is_no_exit_code_and_an_unknown_unit_none() {
        let killed = STOPPED.replace("exit-code", "signal").replace("=65", "=9");

        assert_eq!(Unit::parsed(&killed).expect("a unit").exit_code, None);
        assert_eq!(Unit::parsed(&STOPPED.replacen("=loaded", "=not-found", 1)), None);
        assert_eq!(Unit::parsed(""), None);
    }
}
