//! The names that the site answers to. A request for another one never gets a page of ours: it would show under a
//! name that is not ours, and what is kept under that name would be poisoned (RFC 9110, 15.5.20).

use std::fmt;

use hyper::{Request, Version, header};

/// The longest name of a host, characters (RFC 1035, 2.3.4).
const NAME_MAX: usize = 253;
/// The longest part of a name between dots, characters (RFC 1035, 2.3.4).
const LABEL_MAX: usize = 63;
/// What a machine calls itself.
const LOCAL_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The name of a host: lower case, without port and without the dot at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Reads a name or an address; brackets surround one of IPv6 (RFC 3986, 3.2.2).
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(address) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            return address.parse::<std::net::Ipv6Addr>().ok().map(|address| Self(format!("[{address}]")));
        }
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        let is_label = |label: &str| {
            (1..=LABEL_MAX).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        (name.len() <= NAME_MAX && name.split('.').all(is_label)).then_some(Self(name))
    }

    /// Whether a machine calls itself so.
    pub(super) fn is_local(&self) -> bool {
        LOCAL_NAMES.contains(&self.0.as_str())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// For which host a request is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// Its name.
    pub(super) name: Name,
    /// The port, where one was named.
    pub(super) port: Option<u16>,
}

/// What is wrong with the host of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadHost {
    /// None where there must be one, or several (RFC 9112, 3.2).
    NotOne,
    /// What is no host.
    Malformed,
}

impl Asked {
    /// For which host a request is: the target's where it names one, which wins over the header (RFC 9112, 3.2.2).
    /// HTTP/1.0 may name none.
    pub(super) fn of<B>(request: &Request<B>) -> Result<Option<Self>, BadHost> {
        let mut fields = request.headers().get_all(header::HOST).iter();
        let field = fields.next();
        if fields.next().is_some() {
            return Err(BadHost::NotOne);
        }
        let text = match (request.uri().authority(), field) {
            // Two names for one request (RFC 9113, 8.3.1).
            (Some(authority), Some(field)) if request.version() == Version::HTTP_2 && field != authority.as_str() => {
                return Err(BadHost::NotOne);
            }
            (Some(authority), _) => authority.as_str(),
            (None, Some(field)) => field.to_str().map_err(|_| BadHost::Malformed)?,
            (None, None) if request.version() <= Version::HTTP_10 => return Ok(None),
            (None, None) => return Err(BadHost::NotOne),
        };
        Self::parse(text).map(Some).ok_or(BadHost::Malformed)
    }

    /// The name, and the port where one was named.
    pub(super) fn authority(&self) -> String {
        self.port.map_or_else(|| self.name.to_string(), |port| format!("{}:{port}", self.name))
    }

    fn parse(text: &str) -> Option<Self> {
        let after_address = text.rfind(']').map_or(0, |at| at + 1);
        let (name, port) = match text[after_address..].find(':') {
            Some(at) => (&text[..after_address + at], Some(text[after_address + at + 1..].parse().ok()?)),
            None => (text, None),
        };
        Some(Self { name: Name::parse(name)?, port })
    }
}

/// The names that the site answers to.
#[derive(Debug, Clone, Default)]
pub(super) struct Hosts {
    names: Vec<Name>,
    canonical: Option<Name>,
}

/// What is to be done with a request for a host.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict<'a> {
    /// It is one of ours.
    Ours,
    /// It is ours, and another name is preferred.
    Preferred(&'a Name),
    /// It is not ours.
    Foreign,
}

impl Hosts {
    /// The names of the configuration; what is no name was refused before.
    pub(super) fn new<'a>(names: impl IntoIterator<Item = &'a String>, canonical: Option<&String>) -> Self {
        let mut names: Vec<Name> = names.into_iter().filter_map(|name| Name::parse(name)).collect();
        let canonical = canonical.and_then(|name| Name::parse(name));
        names.extend(canonical.clone().filter(|_| !names.is_empty()));
        Self { names, canonical }
    }

    /// Judges a request for a host, or for none. Without any configured name those of the certificate are ours, and
    /// without any of those all. `is_certified` tells whether a name is among those of the certificate, if it has any.
    pub(super) fn judge(&self, asked: Option<&Name>, is_certified: impl Fn(&str) -> Option<bool>) -> Verdict<'_> {
        let is_ours = if self.names.is_empty() {
            let bare = asked.map_or("", |asked| asked.0.trim_matches(['[', ']']));
            asked.is_some() && asked == self.canonical.as_ref() || is_certified(bare).unwrap_or(true)
        } else {
            asked.is_some_and(|asked| self.names.contains(asked))
        };
        match &self.canonical {
            _ if !is_ours => Verdict::Foreign,
            Some(canonical) if asked.is_some_and(|asked| asked != canonical) => Verdict::Preferred(canonical),
            _ => Verdict::Ours,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text).expect("a name")
    }

    #[test]
    fn a_name_is_read_as_resolvers_read_it() {
        for (text, read) in [
            ("Swap.Example", Some("swap.example")),
            ("swap.example.", Some("swap.example")),
            ("192.0.2.1", Some("192.0.2.1")),
            ("[2001:DB8::1]", Some("[2001:db8::1]")),
            ("", None),
            ("swap..example", None),
            ("swap example", None),
            ("[::1", None),
            ("swap.example/x", None),
            ("*.example", None),
        ] {
            assert_eq!(Name::parse(text).map(|name| name.to_string()).as_deref(), read, "{text}");
        }
        assert!(Name::parse(&"a.".repeat(128)).is_none());
        assert!(Name::parse(&"a".repeat(64)).is_none());
    }

    #[test]
    fn a_request_names_one_host() {
        let asked = |uri: &str, hosts: &[&str], version| {
            let mut request = Request::builder().uri(uri).version(version);
            for host in hosts {
                request = request.header("host", *host);
            }
            Asked::of(&request.body(()).expect("a request"))
                .map(|asked| asked.map(|asked| (asked.name.to_string(), asked.port)))
        };
        let one = |name: &str, port| Ok(Some((name.to_owned(), port)));

        assert_eq!(asked("/", &["swap.example:8443"], Version::HTTP_11), one("swap.example", Some(8443)));
        assert_eq!(asked("/", &["[::1]:80"], Version::HTTP_11), one("[::1]", Some(80)));
        assert_eq!(asked("http://swap.example/", &["other.example"], Version::HTTP_11), one("swap.example", None));
        assert_eq!(asked("/", &[], Version::HTTP_10), Ok(None));
        assert_eq!(asked("/", &[], Version::HTTP_11), Err(BadHost::NotOne));
        assert_eq!(asked("/", &["a", "a"], Version::HTTP_11), Err(BadHost::NotOne));
        for bad in ["a b", "a:b", "a:99999", "a/b", "user@a"] {
            assert_eq!(asked("/", &[bad], Version::HTTP_11), Err(BadHost::Malformed), "{bad}");
        }
    }

    #[test]
    fn only_configured_names_are_ours_and_one_is_preferred() {
        let names = ["swap.example".to_owned(), "www.swap.example".to_owned()];
        let hosts = Hosts::new(&names, Some(&names[0]));

        let nothing = |_: &str| None;
        assert_eq!(hosts.judge(Some(&name("swap.example")), nothing), Verdict::Ours);
        assert_eq!(hosts.judge(Some(&name("www.swap.example")), nothing), Verdict::Preferred(&name("swap.example")));
        assert_eq!(hosts.judge(Some(&name("evil.example")), nothing), Verdict::Foreign);
        assert_eq!(hosts.judge(None, nothing), Verdict::Foreign);
        assert_eq!(Hosts::default().judge(None, nothing), Verdict::Ours);
        assert_eq!(Hosts::default().judge(Some(&name("any.example")), nothing), Verdict::Ours);
    }

    #[test]
    fn without_configured_names_those_of_the_certificate_are_ours() {
        let certified = |name: &str| Some(matches!(name, "swap.example" | "2001:db8::1"));
        let hosts = Hosts::default();

        assert_eq!(hosts.judge(Some(&name("swap.example")), certified), Verdict::Ours);
        assert_eq!(hosts.judge(Some(&name("[2001:db8::1]")), certified), Verdict::Ours);
        assert_eq!(hosts.judge(Some(&name("evil.example")), certified), Verdict::Foreign);
        assert_eq!(hosts.judge(None, certified), Verdict::Foreign);
        let names = ["other.example".to_owned()];
        let hosts = Hosts::new(&names, None);
        assert_eq!(hosts.judge(Some(&name("swap.example")), certified), Verdict::Foreign, "the operator named others");
    }
}
