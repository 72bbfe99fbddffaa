//! How often: requests of one source, by kind.
//!
//! Each source has a bucket of each kind that holds a burst and refills steadily (the generic cell rate algorithm,
//! ITU-T I.371). An answer says what is left and when it is full again, so that programs can keep to it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::gate::Source;
use super::peer::Network;

/// Sources that are remembered at once; some 6 MB. When all are busy, newcomers share one bucket.
const SOURCES_MAX: usize = 65_536;

/// Between two searches for sources that rest: each reads all of them.
const REST_PAUSE: Duration = Duration::from_secs(1);
/// More a second is no limit, and a hundred thousand times what the machine can answer.
const PER_S_MAX: u32 = 1_000_000;

/// `[front.rates]`: how often one address (of IPv6: one /64) may ask. The machine itself may ask as often as it likes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rates {
    /// Pages a second, in the long run.
    pub pages_per_s: u32,
    /// Pages at once.
    pub pages_burst: u32,
    /// Questions of programs a second, in the long run; results as one types are such questions.
    pub api_per_s: u32,
    /// Questions of programs at once.
    pub api_burst: u32,
    /// Styles, scripts and drawings a second, in the long run.
    pub files_per_s: u32,
    /// Styles, scripts and drawings at once.
    pub files_burst: u32,
    /// Who may ask as often as they like: addresses, with a prefix length for more than one.
    pub exempt: Vec<Network>,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            pages_per_s: 10,
            pages_burst: 60,
            api_per_s: 20,
            api_burst: 100,
            files_per_s: 50,
            files_burst: 300,
            exempt: Vec::new(),
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A page.
    Page,
    /// An answer to a program.
    Api,
    /// A file that the program carries.
    File,
}

impl Kind {
    /// What a path asks for, if it is no file.
    pub(super) fn of(path: &str) -> Self {
        let is_api = path.starts_with("/api/") || path.starts_with("/cgi/");
        if is_api { Self::Api } else { Self::Page }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Page => "pages",
            Self::Api => "api",
            Self::File => "files",
        }
    }
}

/// A bucket's size and how it refills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    per_s: u32,
    burst: u32,
}

impl Rate {
    /// Between two drops.
    fn interval(self) -> Duration {
        Duration::from_secs(1) / self.per_s.max(1)
    }

    /// How many at once.
    pub(super) fn burst(self) -> u32 {
        self.burst
    }

    /// How long an empty bucket takes to be full, whole seconds, rounded up.
    pub(super) fn window_s(self) -> u64 {
        ceiling_s(self.interval() * self.burst)
    }
}

impl Rates {
    pub(super) fn of(&self, kind: Kind) -> Rate {
        match kind {
            Kind::Page => Rate { per_s: self.pages_per_s, burst: self.pages_burst },
            Kind::Api => Rate { per_s: self.api_per_s, burst: self.api_burst },
            Kind::File => Rate { per_s: self.files_per_s, burst: self.files_burst },
        }
    }

    /// Rates at which nobody could be served, a sentence each.
    pub(super) fn mistakes(&self) -> Vec<String> {
        let rates = [
            ("pages_per_s", self.pages_per_s),
            ("pages_burst", self.pages_burst),
            ("api_per_s", self.api_per_s),
            ("api_burst", self.api_burst),
            ("files_per_s", self.files_per_s),
            ("files_burst", self.files_burst),
        ];
        let none = rates.into_iter().filter(|(_, rate)| *rate == 0);
        let none = none.map(|(name, _)| format!("front.rates.{name}: 0 would serve nobody; at least 1"));
        let endless = rates.into_iter().filter(|(_, rate)| *rate > PER_S_MAX);
        none.chain(endless.map(|(name, rate)| format!("front.rates.{name}: {rate} is too much; at most {PER_S_MAX}")))
            .collect()
    }
}

/// What a bucket says to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allowance {
    /// Whether it may be answered.
    pub(super) is_allowed: bool,
    /// How many more may come at once.
    pub(super) remaining: u32,
    /// Until the bucket is full, or, of a refusal, until one more may come; whole seconds, rounded up.
    pub(super) reset_s: u64,
}

/// The buckets of all sources.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// When each will be full again.
    full_at: HashMap<(Option<Source>, Kind), Instant>,
    /// When those that were full were last forgotten.
    cleared_at: Option<Instant>,
}

impl Buckets {
    /// Takes a drop from the bucket of a source.
    pub(super) fn take(&self, source: Source, kind: Kind, rate: Rate, now: Instant) -> Allowance {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { full_at, cleared_at } = &mut *kept;
        let mut key = (Some(source), kind);
        if full_at.len() >= SOURCES_MAX && !full_at.contains_key(&key) {
            if cleared_at.is_none_or(|at| now.saturating_duration_since(at) >= REST_PAUSE) {
                full_at.retain(|_, full_at| *full_at > now);
                *cleared_at = Some(now);
            }
            if full_at.len() >= SOURCES_MAX {
                key = (None, kind);
            }
        }
        let full = full_at.get(&key).copied().filter(|full_at| *full_at > now).unwrap_or(now);
        let size = rate.interval() * rate.burst;
        let after = full + rate.interval();
        let level = after - now;
        if let Some(wait) = level.checked_sub(size).filter(|wait| !wait.is_zero()) {
            return Allowance { is_allowed: false, remaining: 0, reset_s: ceiling_s(wait) };
        }
        full_at.insert(key, after);
        let remaining = (size.saturating_sub(level).as_nanos() / rate.interval().as_nanos()) as u32;
        Allowance { is_allowed: true, remaining, reset_s: ceiling_s(level) }
    }
}

fn ceiling_s(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { per_s: 2, burst: 3 };

    fn source(last: u8) -> Source {
        Source::of([192, 0, 2, last].into())
    }

    #[test]
    fn a_burst_is_served_then_one_at_a_time() {
        let buckets = Buckets::default();
        let start = Instant::now();
        let take = |after_ms| {
            let allowance = buckets.take(source(1), Kind::Page, RATE, start + Duration::from_millis(after_ms));
            (allowance.is_allowed, allowance.remaining, allowance.reset_s)
        };

        assert_eq!(take(0), (true, 2, 1));
        assert_eq!(take(0), (true, 1, 1));
        assert_eq!(take(0), (true, 0, 2));
        assert_eq!(take(0), (false, 0, 1), "the burst is used up");
        assert_eq!(take(499), (false, 0, 1), "a refusal costs nothing");
        assert_eq!(take(500), (true, 0, 2));
        assert_eq!(take(60_000), (true, 2, 1), "a rest fills the bucket, not more");
    }

    #[test]
    fn sources_and_kinds_do_not_use_up_each_others_buckets() {
        let buckets = Buckets::default();
        let now = Instant::now();
        let once = Rate { per_s: 1, burst: 1 };

        assert!(buckets.take(source(1), Kind::Page, once, now).is_allowed);
        assert!(!buckets.take(source(1), Kind::Page, once, now).is_allowed);
        assert!(buckets.take(source(1), Kind::Api, once, now).is_allowed);
        assert!(buckets.take(source(2), Kind::Page, once, now).is_allowed);
    }

    #[test]
    fn any_number_of_sources_takes_a_bounded_memory_and_those_that_were_known_are_served() {
        let buckets = Buckets::default();
        let now = Instant::now();
        let slow = Rate { per_s: 1, burst: 5 };
        for number in 0..SOURCES_MAX as u64 {
            buckets.take(Source::V6(number), Kind::Page, slow, now);
        }

        let strangers = (0..20).filter(|n| buckets.take(Source::V4(*n), Kind::Page, slow, now).is_allowed).count();

        assert_eq!(strangers, 5, "newcomers share one bucket");
        assert!(buckets.take(Source::V6(1), Kind::Page, slow, now).is_allowed);
        assert!(buckets.kept.lock().expect("lock").full_at.len() <= SOURCES_MAX + 3);
        let later = now + Duration::from_mins(1);
        assert!((0..20).all(|n| buckets.take(Source::V4(n), Kind::Page, slow, later).is_allowed), "rest makes room");
    }

    #[test]
    fn rates_that_serve_nobody_or_limit_nothing_are_refused() {
        let rates = Rates { pages_per_s: 0, api_burst: u32::MAX, ..Rates::default() };

        assert_eq!(
            rates.mistakes(),
            [
                "front.rates.pages_per_s: 0 would serve nobody; at least 1",
                "front.rates.api_burst: 4294967295 is too much; at most 1000000",
            ]
        );
        assert!(Rates::default().mistakes().is_empty());
    }

    #[test]
    fn what_a_path_asks_for() {
        for (path, kind) in [
            ("/", Kind::Page),
            ("/search", Kind::Page),
            ("/api/v1/search", Kind::Api),
            ("/cgi/search.pl", Kind::Api),
            ("/apiary", Kind::Page),
        ] {
            assert_eq!(Kind::of(path), kind, "{path}");
        }
    }
}
