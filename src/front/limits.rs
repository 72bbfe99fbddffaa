//! How much, how many and how long: every limit of the public ports, with its reason.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// `[front.limits]`: how much, how many, how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// From the first byte to the end of the TLS handshake, seconds. A phone on a bad line needs three.
    pub handshake_s: u32,
    /// Bytes of a client's greeting in the TLS handshake. Browsers send two thousand.
    pub handshake_bytes: usize,
    /// From the first byte of a request to the end of its header, seconds; for the first request from the handshake on.
    pub header_s: u32,
    /// How long a connection may wait between two requests, seconds. Browsers come back within half a minute or not.
    pub idle_s: u32,
    /// How long the body of a request may take, seconds.
    pub body_s: u32,
    /// How long a reader may take none or almost nothing of an answer that waits for it, seconds.
    pub write_s: u32,
    /// Lines in the header of a request. Browsers send about twenty.
    pub header_lines: usize,
    /// Size of the header of a request, bytes. Browsers send about two thousand, and cookies may come to it.
    pub header_bytes: usize,
    /// Size of the body of a request, bytes. Forms are small.
    pub body_bytes: usize,
    /// Size of the body by the beginning of its path, where it is another, bytes.
    pub body_bytes_by_path: BTreeMap<String, usize>,
    /// Connections in all. One that idles costs some 20 kB, and a descriptor.
    pub connections: usize,
    /// Connections from one address (of IPv6: one /64). A household opens a dozen; a school behind one address more.
    pub connections_per_address: usize,
    /// Requests that are being answered, in all. Each may hold a page of some tens of kilobytes.
    pub requests: usize,
    /// Requests that are being answered to one address (of IPv6: one /64).
    pub requests_per_address: usize,
    /// Requests at once on one connection of HTTP/2. RFC 9113, 6.5.2 advises at least 100.
    pub streams: u32,
    /// How many more requests one connection of HTTP/2 may take back than let be answered (CVE-2023-44487).
    pub resets: usize,
    /// Bytes that a connection may send without any request coming of it: pings, settings, empty frames.
    pub idle_bytes: u64,
    /// Bytes of requests that are not whole, over all connections; above it, those that hold more than 4 kB of it end.
    pub unparsed_bytes: usize,
    /// Bytes of pages, encrypted or not, that wait for their readers, over all connections; above it, connections encrypt
    /// 16 kB ahead at most, and those that hold more than 128 kB end.
    pub unsent_bytes: usize,
    /// Requests that came and whose answers were not read to the end, files and refusals among them, over all
    /// connections; above it, those that wait for more than eight end.
    pub answers: usize,
    /// How long requests that run at a signal to stop may take to end, seconds.
    pub drain_s: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            handshake_s: 10,
            handshake_bytes: 8 << 10,
            header_s: 15,
            idle_s: 60,
            body_s: 30,
            write_s: 30,
            header_lines: 64,
            header_bytes: 32 << 10,
            body_bytes: 64 << 10,
            body_bytes_by_path: BTreeMap::new(),
            connections: 10_000,
            connections_per_address: 100,
            requests: 1_000,
            requests_per_address: 100,
            streams: 100,
            resets: 100,
            idle_bytes: 256 << 10,
            unparsed_bytes: 32 << 20,
            unsent_bytes: 64 << 20,
            answers: 20_000,
            drain_s: 10,
        }
    }
}

impl Limits {
    /// The size that the body of a request to this path may have, bytes: of the longest beginning that fits.
    pub(super) fn body_bytes(&self, path: &str) -> usize {
        let fitting = self.body_bytes_by_path.iter().filter(|(beginning, _)| path.starts_with(beginning.as_str()));
        fitting.max_by_key(|(beginning, _)| beginning.len()).map_or(self.body_bytes, |(_, bytes)| *bytes)
    }

    pub(super) fn handshake(&self) -> Duration {
        seconds(self.handshake_s)
    }

    pub(super) fn header(&self) -> Duration {
        seconds(self.header_s)
    }

    pub(super) fn idle(&self) -> Duration {
        seconds(self.idle_s)
    }

    pub(super) fn body(&self) -> Duration {
        seconds(self.body_s)
    }

    pub(super) fn write(&self) -> Duration {
        seconds(self.write_s)
    }

    /// How long requests that run at a signal to stop may take to end.
    pub fn drain(&self) -> Duration {
        seconds(self.drain_s)
    }

    /// Limits with which nobody could be served, a sentence each.
    pub(super) fn mistakes(&self) -> Vec<String> {
        let at_least = |name: &str, value: u64, least: u64| {
            (value < least).then(|| format!("front.limits.{name}: {value} is too little; at least {least}"))
        };
        [
            at_least("handshake_s", self.handshake_s.into(), 1),
            at_least("handshake_bytes", self.handshake_bytes as u64, 4 << 10),
            at_least("header_s", self.header_s.into(), 1),
            at_least("idle_s", self.idle_s.into(), 1),
            at_least("body_s", self.body_s.into(), 1),
            at_least("write_s", self.write_s.into(), 1),
            at_least("header_lines", self.header_lines as u64, 16),
            // hyper reads the header into a buffer that has this size at least
            at_least("header_bytes", self.header_bytes as u64, 8 << 10),
            at_least("connections", self.connections as u64, 1),
            at_least("connections_per_address", self.connections_per_address as u64, 1),
            at_least("requests", self.requests as u64, 1),
            at_least("requests_per_address", self.requests_per_address as u64, 1),
            at_least("streams", self.streams.into(), 1),
            at_least("idle_bytes", self.idle_bytes, 16 << 10),
            at_least("unparsed_bytes", self.unparsed_bytes as u64, 1 << 20),
            at_least("unsent_bytes", self.unsent_bytes as u64, 1 << 20),
            at_least("answers", self.answers as u64, 100),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(u64::from(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_can_be_served_with() {
        assert!(Limits::default().mistakes().is_empty());
    }

    #[test]
    fn a_limit_that_nobody_could_keep_is_refused_by_its_name() {
        let limits = Limits { header_s: 0, connections: 0, ..Limits::default() };

        assert_eq!(
            limits.mistakes(),
            [
                "front.limits.header_s: 0 is too little; at least 1",
                "front.limits.connections: 0 is too little; at least 1",
            ]
        );
    }

    #[test]
    fn the_longest_beginning_of_a_path_decides_how_large_a_body_may_be() {
        let by_path = BTreeMap::from([("/scan".to_owned(), 10), ("/scan/photo".to_owned(), 20)]);
        let limits = Limits { body_bytes: 5, body_bytes_by_path: by_path, ..Limits::default() };

        for (path, bytes) in [("/", 5), ("/scan", 10), ("/scan/x", 10), ("/scan/photo", 20)] {
            assert_eq!(limits.body_bytes(path), bytes, "{path}");
        }
    }
}
