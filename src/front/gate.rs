//! How many at once, in all and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Who is counted as one: an IPv4 address, or the /64 that an IPv6 customer is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Source {
    V4(u32),
    V6(u64),
}

impl Source {
    /// Whom an address belongs to.
    pub(super) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.to_bits()),
            IpAddr::V6(address) => Self::V6((address.to_bits() >> 64) as u64),
        }
    }
}

/// Why there is no way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// As many as there may be in all.
    Everybody,
    /// As many as one source may have.
    Source,
}

/// Counts those inside.
#[derive(Debug, Default)]
pub(super) struct Gate {
    inside: Mutex<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    total: usize,
    by_source: HashMap<Source, usize>,
}

/// One inside; it leaves when this is dropped.
#[derive(Debug)]
pub(super) struct Pass {
    gate: Arc<Gate>,
    source: Source,
}

impl Gate {
    /// Lets one in, if there are fewer than these inside.
    pub(super) fn enter(self: &Arc<Self>, source: Source, of_source: usize, total: usize) -> Result<Pass, Full> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if inside.total >= total {
            return Err(Full::Everybody);
        }
        let count = inside.by_source.entry(source).or_default();
        if *count >= of_source {
            return Err(Full::Source);
        }
        *count += 1;
        inside.total += 1;
        Ok(Pass { gate: Arc::clone(self), source })
    }

    /// How many are inside.
    pub(super) fn total(&self) -> usize {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner).total
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut inside = self.gate.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.total -= 1;
        if let Some(count) = inside.by_source.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                inside.by_source.remove(&self.source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(address: &str) -> Source {
        Source::of(address.parse().expect("an address"))
    }

    #[test]
    fn one_source_is_an_ipv4_address_or_a_64_of_ipv6() {
        assert_eq!(source("2001:db8:1:2::1"), source("2001:db8:1:2:ffff::9"));
        assert_ne!(source("2001:db8:1:2::1"), source("2001:db8:1:3::1"));
        assert_ne!(source("192.0.2.1"), source("192.0.2.2"));
        assert_eq!(source("::ffff:192.0.2.1"), source("192.0.2.1"));
    }

    #[test]
    fn the_last_place_is_given_once_and_again_when_it_is_free() {
        let gate = Arc::new(Gate::default());
        let [one, other, third] = ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map(source);

        let first = gate.enter(one, 1, 2).expect("a place");
        assert_eq!(gate.enter(one, 1, 2).err(), Some(Full::Source));
        let second = gate.enter(other, 1, 2).expect("a place");
        assert_eq!(gate.enter(third, 1, 2).err(), Some(Full::Everybody));
        drop(first);

        assert!(gate.enter(third, 1, 2).is_ok());
        drop(second);
        assert_eq!(gate.total(), 0, "those who left are not counted, nor remembered");
        assert!(gate.inside.lock().expect("lock").by_source.is_empty());
    }
}
