//! What went wrong with an order: a sentence for people, a kind for the schedule.

use std::time::Duration;

use rustls_acme::acme::{AcmeError, Auth, Identifier, Problem};
use serde::Deserialize;
use time::{Date, Month, Time};

use crate::front::tls::ledger::Outcome;

/// What the names of ACME's errors begin with (RFC 8555, 6.7).
const ERROR_PREFIX: &str = "urn:ietf:params:acme:error:";
/// Letters of an authority's words that are kept: enough for its sentences, and no page of HTML.
const WORDS_LEN_MAX: usize = 600;
/// How rustls-acme begins the text of an answer that is no success; its type cannot be named from outside.
const ANSWER_MARK: &str = "non 2xx http status: ";

/// Why an order brought no certificate.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) outcome: Outcome,
    pub(super) words: String,
    /// When the authority wants to be asked again, UNIX seconds.
    pub(super) again_t: Option<i64>,
}

/// What an authority says about its refusal (RFC 7807).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Document {
    #[serde(rename = "type")]
    kind: String,
    detail: String,
}

/// An answer that is no success.
struct Answer {
    status: u16,
    body: String,
}

impl Failure {
    fn new(outcome: Outcome, words: impl Into<String>) -> Self {
        // Words of others: none of them begins a line of its own in the log.
        let mut words = words.into().replace(char::is_control, " ");
        if words.len() > WORDS_LEN_MAX {
            words.truncate(words.floor_char_boundary(WORDS_LEN_MAX));
            words.push('…');
        }
        Self { outcome, words, again_t: None }
    }

    /// No answer in time.
    pub(super) fn silent(what: &str, after: Duration) -> Self {
        let seconds = after.as_secs();
        Self::new(Outcome::Unreachable, format!("the authority did not answer: {what} took longer than {seconds} s"))
    }

    /// The authority looked at a name and did not find our proof.
    pub(super) fn not_confirmed(auth: &Auth) -> Self {
        let Identifier::Dns(name) = &auth.identifier;
        let found = auth.challenges.iter().find_map(|challenge| challenge.error.as_ref()).map_or_else(
            || format!("its authorization is {:?}", auth.status).to_ascii_lowercase(),
            |problem| said(problem.typ.as_deref().unwrap_or_default(), problem.detail.as_deref().unwrap_or_default()),
        );
        Self::new(Outcome::NotConfirmed, format!("the authority could not confirm {name}: {found}"))
    }

    /// The order itself was called invalid.
    pub(super) fn invalid_order(problem: Option<&Problem>) -> Self {
        let why = problem.map_or_else(
            || "it does not say why".to_owned(),
            |problem| said(problem.typ.as_deref().unwrap_or_default(), problem.detail.as_deref().unwrap_or_default()),
        );
        Self::new(Outcome::Refused, format!("the authority calls the order invalid: {why}"))
    }

    /// A fault on our side of the line, before the authority heard of it.
    pub(super) fn ours(why: &dyn std::fmt::Display) -> Self {
        Self::new(Outcome::Unreachable, format!("the authority was not asked: {why}"))
    }

    /// It gave something that cannot be used.
    pub(super) fn unusable(why: &dyn std::fmt::Display) -> Self {
        Self::new(Outcome::Refused, format!("the authority's answer cannot be used: {why}"))
    }
}

impl From<AcmeError> for Failure {
    fn from(error: AcmeError) -> Self {
        let text = error.to_string();
        let Some(answer) = Answer::parse(&text) else {
            return match error {
                AcmeError::Io(_) | AcmeError::HttpRequest(_) | AcmeError::MissingHeader(_) | AcmeError::Json(_) => {
                    Self::new(Outcome::Unreachable, format!("the authority cannot be asked: {}", cause(&text)))
                }
                AcmeError::NoTlsAlpn01Challenge | AcmeError::NoHttp01Challenge => {
                    Self::new(Outcome::Refused, format!("the authority does not offer this way of proof: {text}"))
                }
                _ => Self::new(Outcome::Refused, text),
            };
        };
        let document = answer.document();
        let words = format!("the authority refused (status {}): {}", answer.status, document.said(&answer.body));
        match document.kind.strip_prefix(ERROR_PREFIX) {
            Some("rateLimited") => Self { again_t: named_time(&document.detail), ..Self::new(Outcome::Limited, words) },
            Some("badNonce" | "serverInternal") => Self::new(Outcome::Unreachable, words),
            None if answer.status == 429 => Self::new(Outcome::Limited, words),
            None if answer.status >= 500 => Self::new(Outcome::Unreachable, words),
            _ => Self::new(Outcome::Refused, words),
        }
    }
}

/// Whether the authority only wants the same request with a fresh nonce (RFC 8555, 6.5).
pub(super) fn is_bad_nonce(error: &AcmeError) -> bool {
    let document = Answer::parse(&error.to_string()).map(|answer| answer.document());
    document.is_some_and(|document| document.kind.strip_prefix(ERROR_PREFIX) == Some("badNonce"))
}

impl Answer {
    /// Reads an answer out of the text of an error: its body stands there as Rust writes a string for debugging.
    fn parse(text: &str) -> Option<Self> {
        let (_, rest) = text.split_once(ANSWER_MARK)?;
        let (status, body) = rest.split_once(' ')?;
        Some(Self { status: status.parse().ok()?, body: unescaped(body.trim().trim_matches('"')) })
    }

    fn document(&self) -> Document {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

impl Document {
    fn said(&self, body: &str) -> String {
        if self.kind.is_empty() && self.detail.is_empty() {
            body.trim().to_owned()
        } else {
            said(&self.kind, &self.detail)
        }
    }
}

/// The authority's own sentence with the short name of the error.
fn said(kind: &str, detail: &str) -> String {
    let kind = kind.strip_prefix(ERROR_PREFIX).unwrap_or(kind);
    match (detail, kind) {
        ("", "") => "it does not say why".to_owned(),
        ("", kind) => kind.to_owned(),
        (detail, "") => detail.to_owned(),
        (detail, kind) => format!("{detail} ({kind})"),
    }
}

/// What the system said, where an error tells it in Rust's debug form only; else the whole text.
fn cause(text: &str) -> String {
    let said = ["error: \"", "message: \""].into_iter().find_map(|mark| text.rsplit_once(mark));
    said.and_then(|(_, rest)| rest.rsplit_once('"')).map_or_else(|| text.to_owned(), |(said, _)| unescaped(said))
}

/// What Rust's debug form of a string stood for.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, if letter == '\\' { letters.next() } else { None }) {
            ('\\', Some('n')) => plain.push('\n'),
            ('\\', Some('r')) => plain.push('\r'),
            ('\\', Some('t')) => plain.push('\t'),
            ('\\', Some('0')) => plain.push('\0'),
            ('\\', Some('u')) => {
                let code: String = letters.by_ref().skip(1).take_while(|c| *c != '}').collect();
                plain.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
            }
            ('\\', Some(other)) => plain.push(other),
            (letter, _) => plain.push(letter),
        }
    }
    plain
}

/// The time in "…, retry after 2026-11-22 12:00:00 UTC: …". The header that says the same cannot be seen here.
fn named_time(detail: &str) -> Option<i64> {
    let (_, rest) = detail.split_once("retry after ")?;
    let (date, rest) = rest.split_once([' ', 'T'])?;
    let mut date = date.splitn(3, '-');
    let mut number = || date.next()?.parse::<u16>().ok();
    let (year, month, day) = (number()?, number()?, number()?);
    let mut time = rest.get(..8)?.splitn(3, ':');
    let mut part = || time.next()?.parse::<u8>().ok();
    let time = Time::from_hms(part()?, part()?, part()?).ok()?;
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()?;
    Some(date.with_time(time).assume_utc().unix_timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An error with the text that rustls-acme would give it.
    fn refusal(status: u16, body: &str) -> AcmeError {
        AcmeError::Io(std::io::Error::other(format!("{ANSWER_MARK}{status} {body:?}")))
    }

    #[test]
    fn what_the_system_said_is_told_without_its_wrapping() {
        let look_up =
            "http error: ConnectError(TcpConnect(Custom { kind: Uncategorized, error: \"no \\\"such\\\" name\" }))";
        let refused =
            "http error: ConnectError(TcpConnect(Os { code: 111, kind: ConnectionRefused, message: \"refused\" }))";
        for (text, said) in [
            (look_up, "the authority cannot be asked: no \"such\" name"),
            (refused, "the authority cannot be asked: refused"),
        ] {
            let failure = Failure::from(AcmeError::Io(std::io::Error::other(text)));
            assert_eq!((failure.outcome, failure.words.as_str()), (Outcome::Unreachable, said));
        }
        let plain = Failure::from(AcmeError::Io(std::io::Error::other("broken")));
        assert!(plain.words.ends_with("broken"), "{}", plain.words);
    }

    fn problem(kind: &str, detail: &str) -> String {
        format!("{{\n  \"type\": \"{ERROR_PREFIX}{kind}\",\n  \"detail\": \"{detail}\",\n  \"status\": 400\n}}")
    }

    #[test]
    fn problems_of_an_authority_become_a_kind_and_its_own_words() {
        for (status, kind, outcome) in [
            (400, "badNonce", Outcome::Unreachable),
            (500, "serverInternal", Outcome::Unreachable),
            (429, "rateLimited", Outcome::Limited),
            (403, "unauthorized", Outcome::Refused),
            (400, "rejectedIdentifier", Outcome::Refused),
        ] {
            let failure = Failure::from(refusal(status, &problem(kind, "so — it is")));
            assert_eq!(failure.outcome, outcome, "{kind}");
            assert!(failure.words.contains(&format!("so — it is ({kind})")), "{}", failure.words);
        }
    }

    #[test]
    fn answers_that_are_no_problem_documents_are_judged_by_their_status() {
        for (status, outcome) in [(429, Outcome::Limited), (502, Outcome::Unreachable), (404, Outcome::Refused)] {
            let failure = Failure::from(refusal(status, "<html>Bad \"Gateway\"</html>"));
            assert_eq!(failure.outcome, outcome, "{status}");
            assert!(failure.words.contains("<html>Bad \"Gateway\"</html>"), "{}", failure.words);
        }
    }

    #[test]
    fn what_does_not_reach_the_authority_is_no_refusal() {
        let failure = Failure::from(AcmeError::Io(std::io::Error::other("connection refused")));

        assert_eq!(failure.outcome, Outcome::Unreachable);
        assert!(failure.words.contains("connection refused"));
    }

    #[test]
    fn the_time_that_a_limit_names_is_heeded() {
        let detail = "too many certificates (5) already issued for this exact set of identifiers in the last 168h0m0s, \
                      retry after 2026-11-22 22:05:00 UTC: see https://letsencrypt.org/docs/rate-limits/";

        assert_eq!(Failure::from(refusal(429, &problem("rateLimited", detail))).again_t, Some(1_795_385_100));
        for (detail, time_t) in [
            ("retry after 2026-11-22T22:05:00Z", Some(1_795_385_100)),
            ("retry after 2026-13-22 22:05:00 UTC", None),
            ("retry after a while", None),
            ("too many", None),
        ] {
            assert_eq!(named_time(detail), time_t, "{detail}");
        }
    }

    #[test]
    fn a_stale_nonce_is_told_apart_from_other_refusals() {
        assert!(is_bad_nonce(&refusal(400, &problem("badNonce", "JWS has an invalid anti-replay nonce"))));
        assert!(!is_bad_nonce(&refusal(400, &problem("malformed", "badNonce"))));
        assert!(!is_bad_nonce(&AcmeError::Io(std::io::Error::other("badNonce"))));
    }

    #[test]
    fn a_name_that_was_not_confirmed_is_named_with_the_reason() {
        let auth: Auth = serde_json::from_str(
            r#"{"status": "invalid", "identifier": {"type": "dns", "value": "swap.example"}, "challenges": [{
                "type": "http-01", "url": "https://ca.example/1", "token": "t",
                "error": {"type": "urn:ietf:params:acme:error:dns", "detail": "NXDOMAIN looking up A"}}]}"#,
        )
        .expect("an authorization");

        let failure = Failure::not_confirmed(&auth);

        assert_eq!(failure.outcome, Outcome::NotConfirmed);
        assert_eq!(failure.words, "the authority could not confirm swap.example: NXDOMAIN looking up A (dns)");
    }

    #[test]
    fn words_are_cut_to_a_bounded_length() {
        let failure = Failure::from(refusal(502, &"é".repeat(5_000)));

        assert!(failure.words.len() <= WORDS_LEN_MAX + '…'.len_utf8());
    }
}
