//! Times of single calls, and how many of a hundred are quicker.

use std::time::{Duration, Instant};

/// How long something takes. What it gives is dropped afterwards.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let result = std::hint::black_box(work());
    let elapsed = start.elapsed();
    drop(result);
    elapsed
}

/// Times of calls of one kind, in order.
pub(crate) struct Times(Vec<Duration>);

impl Times {
    /// Takes them in any order; there must be one at least.
    pub(crate) fn of(times: impl IntoIterator<Item = Duration>) -> Self {
        let mut times: Vec<Duration> = times.into_iter().collect();
        times.sort_unstable();
        Self(times)
    }

    /// What this share of the calls did not exceed, in microseconds: 0.5 is the median, 1 the worst.
    pub(crate) fn us(&self, share: f64) -> f64 {
        self.0[((self.0.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6
    }
}
