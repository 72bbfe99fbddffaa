//! The peak of anonymous memory, watched from beside.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// Between two looks: shorter peaks are missed.
const EVERY: Duration = Duration::from_millis(20);

/// Does something, and gives the peak meanwhile too, KiB.
pub(crate) fn watched<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let (peak, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let result = thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                peak.fetch_max(anonymous_kib(), Ordering::Relaxed);
                thread::sleep(EVERY);
            }
        });
        let _ends = Over(&over);
        work()
    });
    (result, peak.load(Ordering::Relaxed))
}

/// Ends the watch, also where the work panics.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The anonymous memory of this process now, KiB.
pub(crate) fn anonymous_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let row = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    row.and_then(|row| row.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
