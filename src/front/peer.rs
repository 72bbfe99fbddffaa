//! Who calls: the address of the connection, or what a proxy says of it whose word is believed.

use std::net::{IpAddr, SocketAddr};

use hyper::HeaderMap;
use hyper::header::{FORWARDED, HeaderName};
use ipnet::IpNet;
use ppp::{HeaderResult, PartialResult, v1, v2};
use serde::{Deserialize, Serialize};

static X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
static X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// What only a proxy may say. It is dropped before the site sees a request, whoever sent it: the site is told the
/// address, and nothing else of it.
static OF_PROXIES: [HeaderName; 8] = [
    FORWARDED,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-port"),
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("x-client-ip"),
    HeaderName::from_static("true-client-ip"),
];
/// Hops that are read back; nobody has more proxies of his own.
const HOPS_MAX: usize = 16;

/// Addresses: one, or all that begin alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

/// What is no network.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no address; write one like 192.0.2.1, or many like 192.0.2.0/24")]
pub struct NetworkError(String);

impl TryFrom<String> for Network {
    type Error = NetworkError;

    fn try_from(text: String) -> Result<Self, NetworkError> {
        let one = || text.parse::<IpAddr>().ok().map(IpNet::from);
        text.parse().ok().or_else(one).map(Self).ok_or(NetworkError(text))
    }
}

impl From<Network> for String {
    fn from(Network(network): Network) -> Self {
        network.to_string()
    }
}

/// The header in which one's own proxies name their client. Only that one is read: a proxy passes on the other as any
/// stranger wrote it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyHeader {
    /// `X-Forwarded-For` and `X-Forwarded-Proto`: what most proxies write.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// Whether an address is among those that are believed, or exempt.
pub(super) fn is_among(networks: &[Network], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.0.contains(&address))
}

/// The client of a request that came over a connection from `peer`: the last address in the list of hops that is
/// not a trusted proxy's. From any other peer such a list is worth nothing.
pub(super) fn client(peer: SocketAddr, headers: &HeaderMap, trusted: &[Network], named_in: ProxyHeader) -> SocketAddr {
    if trusted.is_empty() || !is_among(trusted, peer.ip()) {
        return peer;
    }
    let mut client = peer;
    for hop in hops_back(headers, named_in).take(HOPS_MAX) {
        let Some(address) = hop else { break };
        client = address;
        if !is_among(trusted, address.ip()) {
            break;
        }
    }
    client
}

/// What a proxy says first on a connection (the PROXY protocol): the client, and how many bytes said so. None if it
/// is not whole yet. A proxy that speaks for itself, as in its health checks, is its own client.
pub(super) fn introduction(bytes: &[u8], proxy: SocketAddr) -> Option<Result<(SocketAddr, usize), &'static str>> {
    let (client, length) = match HeaderResult::parse(bytes) {
        header if header.is_incomplete() => return None,
        HeaderResult::V1(Ok(header)) => (client_of_version_1(&header.addresses), header.header.len()),
        HeaderResult::V2(Ok(header)) => (client_of_version_2(&header.addresses), header.len()),
        _ => return Some(Err("no header of the PROXY protocol")),
    };
    Some(Ok((client.unwrap_or(proxy), length)))
}

fn client_of_version_1(addresses: &v1::Addresses) -> Option<SocketAddr> {
    match addresses {
        v1::Addresses::Tcp4(both) => Some((both.source_address, both.source_port).into()),
        v1::Addresses::Tcp6(both) => Some((both.source_address, both.source_port).into()),
        v1::Addresses::Unknown => None,
    }
}

fn client_of_version_2(addresses: &v2::Addresses) -> Option<SocketAddr> {
    match addresses {
        v2::Addresses::IPv4(both) => Some((both.source_address, both.source_port).into()),
        v2::Addresses::IPv6(both) => Some((both.source_address, both.source_port).into()),
        v2::Addresses::Unspecified | v2::Addresses::Unix(_) => None,
    }
}

/// Whether a trusted proxy says that its client spoke TLS with it.
pub(super) fn is_over_tls(headers: &HeaderMap, named_in: ProxyHeader) -> bool {
    let said = match named_in {
        ProxyHeader::XForwardedFor => last(headers, &X_FORWARDED_PROTO),
        ProxyHeader::Forwarded => last(headers, &FORWARDED).and_then(|element| parameter(element, "proto")),
    };
    said.is_some_and(|scheme| scheme.trim_matches('"').eq_ignore_ascii_case("https"))
}

/// Whether a request names a client, readable or not.
pub(super) fn names_client(headers: &HeaderMap, named_in: ProxyHeader) -> bool {
    match named_in {
        ProxyHeader::XForwardedFor => headers.contains_key(&X_FORWARDED_FOR),
        ProxyHeader::Forwarded => headers.contains_key(FORWARDED),
    }
}

/// Whether a request names a client in any of the ways that proxies have.
pub(super) fn names_any_client(headers: &HeaderMap) -> bool {
    headers.contains_key(&X_FORWARDED_FOR) || headers.contains_key(FORWARDED)
}

/// The last element of a list: what the nearest proxy added.
fn last<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let line = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    line.rsplit(',').next().map(str::trim)
}

/// Drops what only a proxy may say.
pub(super) fn drop_claims(headers: &mut HeaderMap) {
    for name in &OF_PROXIES {
        headers.remove(name);
    }
}

/// The hops from the last proxy back to the client; an obfuscated or unreadable one is none.
fn hops_back(headers: &HeaderMap, named_in: ProxyHeader) -> impl Iterator<Item = Option<SocketAddr>> {
    let name = match named_in {
        ProxyHeader::Forwarded => &FORWARDED,
        ProxyHeader::XForwardedFor => &X_FORWARDED_FOR,
    };
    let lines = headers.get_all(name).into_iter().rev().map(|line| line.to_str().unwrap_or("?"));
    lines.flat_map(|line| line.rsplit(',')).map(move |hop| match named_in {
        ProxyHeader::Forwarded => address(parameter(hop, "for")?.trim_matches('"')),
        ProxyHeader::XForwardedFor => address(hop.trim()),
    })
}

/// One parameter of an element of `Forwarded`.
fn parameter<'a>(element: &'a str, wanted: &str) -> Option<&'a str> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim())
    })
}

/// An address with or without a port; brackets may surround one of IPv6.
fn address(text: &str) -> Option<SocketAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let of_ip = |address: IpAddr| SocketAddr::new(address, 0);
    text.parse().ok().or_else(|| bare.parse().ok().map(of_ip))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network::try_from(text.to_owned()).expect("a network")
    }

    #[test]
    fn a_network_is_one_address_or_many() {
        for (text, inside, outside) in [
            ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
            ("192.0.2.0/24", "::ffff:192.0.2.9", "192.0.3.1"),
            ("2001:db8::/32", "2001:db8::1", "2001:db9::1"),
            ("::1", "::1", "::2"),
        ] {
            let network = [network(text)];
            assert!(is_among(&network, inside.parse().expect("an address")), "{text}");
            assert!(!is_among(&network, outside.parse().expect("an address")), "{text}");
        }
        assert!(Network::try_from("192.0.2.0/33".to_owned()).is_err());
    }

    fn said(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().expect("a value"));
        }
        headers
    }

    fn client_of(peer: &str, named_in: ProxyHeader, lines: &[(&'static str, &'static str)]) -> String {
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(network);
        let peer = SocketAddr::new(peer.parse().expect("an address"), 1234);
        client(peer, &said(lines), &trusted, named_in).ip().to_string()
    }

    #[test]
    fn a_stranger_cannot_choose_its_address() {
        for named_in in [ProxyHeader::XForwardedFor, ProxyHeader::Forwarded] {
            for name in ["forwarded", "x-forwarded-for", "x-real-ip"] {
                assert_eq!(client_of("192.0.2.9", named_in, &[(name, "for=198.51.100.1")]), "192.0.2.9", "{name}");
            }
        }
    }

    #[test]
    fn a_header_that_the_proxy_does_not_write_is_a_strangers_word() {
        let both = [("forwarded", "for=127.0.0.1;proto=https"), ("x-forwarded-for", "198.51.100.1")];

        assert_eq!(client_of("10.0.0.1", ProxyHeader::XForwardedFor, &both), "198.51.100.1");
        assert!(!is_over_tls(&said(&both), ProxyHeader::XForwardedFor));
        let both =
            [("forwarded", "for=198.51.100.1"), ("x-forwarded-for", "127.0.0.1"), ("x-forwarded-proto", "https")];
        assert_eq!(client_of("10.0.0.1", ProxyHeader::Forwarded, &both), "198.51.100.1");
        assert!(!is_over_tls(&said(&both), ProxyHeader::Forwarded));
    }

    #[test]
    fn a_trusted_proxy_is_believed_up_to_the_first_stranger_from_the_end() {
        use ProxyHeader::{Forwarded, XForwardedFor};
        for (named_in, lines, client) in [
            (XForwardedFor, &[("x-forwarded-for", "198.51.100.1")][..], "198.51.100.1"),
            (XForwardedFor, &[("x-forwarded-for", "6.6.6.6, 198.51.100.1, 10.0.0.7")], "198.51.100.1"),
            (XForwardedFor, &[("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "198.51.100.1")], "198.51.100.1"),
            (XForwardedFor, &[("x-forwarded-for", "198.51.100.1:4711")], "198.51.100.1"),
            (Forwarded, &[("forwarded", "for=198.51.100.1;proto=https, for=10.0.0.7")], "198.51.100.1"),
            (Forwarded, &[("forwarded", "For=\"[2001:db8::1]:4711\"")], "2001:db8::1"),
            (Forwarded, &[("forwarded", "for=_hidden")], "10.0.0.1"),
            (XForwardedFor, &[("x-forwarded-for", "198.51.100.1, rubbish")], "10.0.0.1"),
            (XForwardedFor, &[], "10.0.0.1"),
        ] {
            assert_eq!(client_of("10.0.0.1", named_in, lines), client, "{lines:?}");
        }
    }

    #[test]
    fn the_nearest_proxy_says_whether_its_client_spoke_tls() {
        use ProxyHeader::{Forwarded, XForwardedFor};
        for (named_in, lines, is_tls) in [
            (XForwardedFor, &[("x-forwarded-proto", "https")][..], true),
            (XForwardedFor, &[("x-forwarded-proto", "https, http")], false),
            (XForwardedFor, &[], false),
            (Forwarded, &[("forwarded", "for=1.2.3.4;proto=HTTPS")], true),
            (Forwarded, &[("forwarded", "proto=https, proto=http")], false),
        ] {
            assert_eq!(is_over_tls(&said(lines), named_in), is_tls, "{lines:?}");
        }
    }

    #[test]
    fn the_site_never_sees_what_only_a_proxy_may_say() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "6.6.6.6".parse().expect("a value"));
        headers.insert("x-real-ip", "6.6.6.6".parse().expect("a value"));
        headers.insert("accept", "*/*".parse().expect("a value"));

        drop_claims(&mut headers);

        assert_eq!(headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["accept"]);
    }
}
