//! What every answer carries: the rules for browsers, errors and redirects included.

use hyper::HeaderMap;
use hyper::header::{
    CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, SERVER, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

/// What browsers are told with every answer.
static RULES: [(HeaderName, HeaderValue); 9] = [
    // The name alone: a version would tell which of its faults to try.
    (SERVER, HeaderValue::from_static("foodswap")),
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("geolocation=(), microphone=(), camera=(), payment=(), usb=(), browsing-topics=()"),
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-embedder-policy"), HeaderValue::from_static("require-corp")),
];
/// What a site promises whose certificates are new, seconds.
const HSTS_FIRST_S: u32 = 300;

/// Puts the rules on an answer.
pub(super) fn put_rules(headers: &mut HeaderMap) {
    for (name, value) in &RULES {
        headers.insert(name, value.clone());
    }
}

/// How long a site asks to be visited by HTTPS only (RFC 6797, 6.1.1).
#[derive(Debug, Clone)]
pub(super) struct Hsts {
    /// What it says at first and in the long run; none if it does not ask.
    promises: Option<[HeaderValue; 2]>,
    ramp_s: u32,
}

impl Hsts {
    /// To ask for so many seconds in the long run (0: not at all), and for little as long as it is new, seconds.
    pub(super) fn new(max_age_s: u32, ramp_s: u32) -> Self {
        let promise = |seconds: u32| HeaderValue::from_str(&format!("max-age={seconds}")).ok();
        let promises = (|| Some([promise(max_age_s.min(HSTS_FIRST_S))?, promise(max_age_s)?]))();
        Self { promises: promises.filter(|_| max_age_s > 0), ramp_s }
    }

    /// What to tell browsers when certificates that they trust have been served since then (UNIX seconds).
    pub(super) fn header(&self, trusted_since_t: Option<i64>, now_t: i64) -> Option<HeaderValue> {
        // A promise under a certificate that nobody trusts is not heard, and would be wrong.
        let since_t = trusted_since_t?;
        let [first, long] = self.promises.as_ref()?;
        let is_new = now_t - since_t < i64::from(self.ramp_s);
        Some(if is_new { first } else { long }.clone())
    }
}

/// The header of that name.
pub(super) const HSTS: HeaderName = STRICT_TRANSPORT_SECURITY;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_promise_of_https_begins_small_and_is_only_made_with_a_trusted_certificate() {
        let hsts = Hsts::new(1000, 100);

        for (since, now, said) in [
            (None, 500, None),
            (Some(400), 450, Some("max-age=300")),
            (Some(400), 500, Some("max-age=1000")),
            (Some(400), 399, Some("max-age=300")),
        ] {
            assert_eq!(hsts.header(since, now), said.map(HeaderValue::from_static), "{since:?} {now}");
        }
        assert_eq!(Hsts::new(0, 100).header(Some(0), 500), None);
    }
}
