//! Says in the log that browsers warn visitors, and again every hour.

use std::time::{Duration, Instant};

use super::status::Serving;

/// How often the log says it again.
const AGAIN_AFTER: Duration = Duration::from_hours(1);

/// When it was said last.
#[derive(Debug, Default)]
pub(in crate::front) struct Warning(Option<(Serving, Instant)>);

impl Warning {
    /// Judges what is served under some names. A warning is due once for each kind of trouble, and then by the clock.
    pub(in crate::front) fn judge(&mut self, serving: Serving, names: &[String]) {
        if self.is_due(serving, Instant::now()) {
            let (names, meaning) = (names.join(", "), serving.meaning());
            tracing::warn!(names, "the certificate in use: {meaning}; `foodswap doctor` says what to do");
        }
    }

    fn is_due(&mut self, serving: Serving, now: Instant) -> bool {
        if serving == Serving::Trusted {
            self.0 = None;
            return false;
        }
        let is_due = self.0.is_none_or(|(said, at)| said != serving || now.duration_since(at) >= AGAIN_AFTER);
        if is_due {
            self.0 = Some((serving, now));
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_is_said_once_and_again_after_an_hour() {
        let (mut warning, start) = (Warning::default(), Instant::now());
        for (after_s, serving, due) in [
            (0, Serving::Trusted, false),
            (1, Serving::Expired, true),
            (3600, Serving::Expired, false),
            (3601, Serving::Expired, true),
            (3602, Serving::NotYet, true),
            (3603, Serving::Trusted, false),
            (3604, Serving::NotYet, true),
        ] {
            assert_eq!(warning.is_due(serving, start + Duration::from_secs(after_s)), due, "{serving:?} at {after_s}");
        }
    }
}
