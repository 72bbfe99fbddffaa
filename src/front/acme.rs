//! Certificates by themselves (ACME, RFC 8555): what is asked for, when, and what became of it.
//!
//! A [`keeper`] holds one certificate fresh: it judges by the wall clock when the next is due ([`schedule`]), gets it
//! from the authority ([`order`]), and writes each attempt down with its outcome in words ([`failure`]). The order
//! itself speaks through rustls-acme's client, request by request: every request has a time limit and every order
//! another, so that an authority that never answers costs one order and not the certificate.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::PathBuf;

use rustls_acme::acme::{LETS_ENCRYPT_PRODUCTION_DIRECTORY, LETS_ENCRYPT_STAGING_DIRECTORY};
use serde::{Deserialize, Serialize};

pub mod client;
mod failure;
pub(in crate::front) mod keeper;
mod order;
mod schedule;

/// Names in one certificate: what Let's Encrypt allows.
const DOMAINS_MAX: usize = 100;
/// Letters of a host name (RFC 1035, 2.3.4).
const NAME_LEN_MAX: usize = 253;
/// Letters between two dots of a host name (RFC 1035, 2.3.4).
const LABEL_LEN_MAX: usize = 63;
/// The shortest first wait at Let's Encrypt, seconds: the waits grow from it so that a name fails at most four times
/// in an hour, one less than is allowed.
const FIRST_RETRY_MIN_S: u64 = 60;
/// The shortest time for an order, seconds; an authority needs some to look at a name.
const ORDER_TIMEOUT_MIN_S: u64 = 1;

/// `[acme]`: certificates by themselves. On where `domains` names any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The names of the site, such as `swap.example`. To ask for a certificate is to agree to the authority's terms.
    pub domains: Vec<String>,
    /// A mail address that the authority may write to.
    pub contact: Option<String>,
    /// The authority: `production` and `staging` are Let's Encrypt's, anything else is the URL of a directory.
    pub directory: String,
    /// How the names are proven.
    pub challenge: Challenge,
    /// Roots to trust for the authority's own address, PEM, instead of the well-known ones: for a private authority.
    pub ca_roots: Option<PathBuf>,
    /// How long one order may take, seconds. An authority takes seconds; one that never answers must not keep the next
    /// attempt from coming.
    pub order_timeout_s: u64,
    /// How long to wait after a first failure, seconds; the waits grow from it.
    pub first_retry_s: u64,
}

/// How an authority sees that a name is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Challenge {
    /// By a handshake on port 443 (RFC 8737).
    #[serde(rename = "tls-alpn-01")]
    TlsAlpn01,
    /// By a page on port 80 (RFC 8555, 8.3).
    #[serde(rename = "http-01")]
    Http01,
}

impl Challenge {
    /// As the configuration calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::TlsAlpn01 => "tls-alpn-01",
            Self::Http01 => "http-01",
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            domains: Vec::new(),
            contact: None,
            directory: "production".to_owned(),
            challenge: Challenge::TlsAlpn01,
            ca_roots: None,
            order_timeout_s: 300,
            first_retry_s: FIRST_RETRY_MIN_S,
        }
    }
}

impl Config {
    /// Whether certificates are asked for.
    pub fn is_on(&self) -> bool {
        !self.domains.is_empty()
    }

    /// The names in lower case, each once, in their order.
    pub fn names(&self) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let lower = self.domains.iter().map(|name| name.to_ascii_lowercase());
        lower.filter(|name| seen.insert(name.clone())).collect()
    }

    /// Where the authority's directory is.
    pub fn directory_url(&self) -> &str {
        match self.directory.as_str() {
            "production" => LETS_ENCRYPT_PRODUCTION_DIRECTORY,
            "staging" => LETS_ENCRYPT_STAGING_DIRECTORY,
            url => url,
        }
    }

    fn is_of_lets_encrypt(&self) -> bool {
        self.directory_url().contains("letsencrypt.org")
    }

    /// Whether browsers trust what comes from there. A private authority is trusted by those who chose it.
    pub fn is_trusted(&self) -> bool {
        self.directory_url() != LETS_ENCRYPT_STAGING_DIRECTORY
    }

    /// The contact as the authority wants it, empty without one.
    pub fn contact_url(&self) -> String {
        self.contact.as_deref().map(|mail| format!("mailto:{}", plain(mail))).unwrap_or_default()
    }

    /// What is wrong, one sentence for each mistake.
    pub fn mistakes(&self, front: &super::Config) -> Vec<String> {
        let mut mistakes: Vec<String> = self.domains.iter().filter_map(|name| refusal(name)).collect();
        // A private authority may know names of its own network.
        let dotless = self.domains.iter().filter(|name| self.is_of_lets_encrypt() && !name.contains('.'));
        mistakes.extend(dotless.filter(|name| refusal(name).is_none()).map(|name| {
            format!(
                "acme.domains: `{name}`: Let's Encrypt knows public names only; write all of it, such as swap.example"
            )
        }));
        let mut say = |mistaken: bool, sentence: &str| {
            if mistaken {
                mistakes.push(sentence.to_owned());
            }
        };
        let own = front.certificate.is_some();
        say(self.domains.len() > DOMAINS_MAX, "acme.domains: at most 100 names go into one certificate");
        say(
            self.is_on() && own,
            "acme.domains: there is front.certificate too; have the certificate from one place, not from both",
        );
        say(
            self.is_on() && front.https.is_empty(),
            "acme.domains: a certificate needs an address to be used on; name one in front.https, such as [::]:443",
        );
        say(
            !front.https.is_empty() && !self.is_on() && !own,
            "front.https: there is no certificate; name the site in acme.domains, or your own files in front.certificate",
        );
        say(
            self.is_on() && self.challenge == Challenge::Http01 && front.http.is_empty(),
            "acme.challenge: http-01 needs port 80; name an address in front.http, or use tls-alpn-01",
        );
        if let Some(contact) = self.contact.as_deref().filter(|contact| !is_mail(plain(contact))) {
            mistakes
                .push(format!("acme.contact: `{contact}` is no mail address; write one, such as admin@swap.example"));
        }
        mistakes.extend(self.bounds());
        mistakes
    }

    fn bounds(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        let url = self.directory_url();
        if !url.strip_prefix("https://").is_some_and(|rest| !rest.starts_with('/') && !rest.is_empty()) {
            let word = &self.directory;
            mistakes.push(format!("acme.directory: `{word}` is neither production, staging nor an https:// address"));
        }
        if self.is_of_lets_encrypt() && self.first_retry_s < FIRST_RETRY_MIN_S {
            mistakes.push(format!(
                "acme.first_retry_s: Let's Encrypt allows five failures of a name in an hour; use {FIRST_RETRY_MIN_S} or more"
            ));
        }
        if self.first_retry_s == 0 {
            mistakes.push("acme.first_retry_s: use 1 or more".to_owned());
        }
        if self.order_timeout_s < ORDER_TIMEOUT_MIN_S {
            mistakes.push(format!("acme.order_timeout_s: use {ORDER_TIMEOUT_MIN_S} or more"));
        }
        mistakes
    }
}

/// Why a name cannot be in a certificate.
fn refusal(name: &str) -> Option<String> {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let why = if name.contains('*') {
        "a wildcard takes a proof through DNS, which is not offered; name each host"
    } else if name.parse::<IpAddr>().is_ok() || name.starts_with('[') {
        "an address is no name; write the name that leads to it"
    } else if name.is_empty() || name.split('.').any(str::is_empty) {
        "a part of the name is empty; write it without dots at its ends or in a row"
    } else if !name.is_ascii() {
        "write the name in its ASCII form (xn--…)"
    } else if !name.split('.').all(|label| label.chars().all(good) && !label.starts_with('-') && !label.ends_with('-'))
    {
        "a host name has letters, digits, dots and inner hyphens only"
    } else if name.len() > NAME_LEN_MAX || name.split('.').any(|label| label.len() > LABEL_LEN_MAX) {
        "the name is too long"
    } else {
        return None;
    };
    Some(format!("acme.domains: `{name}`: {why}"))
}

fn plain(contact: &str) -> &str {
    contact.strip_prefix("mailto:").unwrap_or(contact)
}

/// One address, without the commas and question marks that would make an authority refuse the URL (RFC 8555, 7.3).
fn is_mail(text: &str) -> bool {
    let bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | '?' | '<' | '>' | '&');
    text.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@') && !text.contains(bad))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::CertificateFiles;

    fn front() -> crate::front::Config {
        crate::front::Config { https: vec![([127, 0, 0, 1], 443).into()], ..crate::front::Config::default() }
    }

    fn on(names: &[&str]) -> Config {
        Config { domains: names.iter().map(|name| (*name).to_owned()).collect(), ..Config::default() }
    }

    #[test]
    fn names_that_no_certificate_can_have_are_refused_with_the_reason() {
        for (name, says) in [
            ("*.swap.example", "a wildcard"),
            ("192.0.2.1", "an address is no name"),
            ("2001:db8::1", "an address is no name"),
            ("[2001:db8::1]", "an address is no name"),
            ("", "a part of the name is empty"),
            ("swap..example", "a part of the name is empty"),
            ("swap.example.", "a part of the name is empty"),
            ("épicerie.example", "ASCII form"),
            ("swap_example", "letters, digits"),
            ("-swap.example", "letters, digits"),
            ("https://swap.example", "letters, digits"),
        ] {
            let mistakes = on(&[name]).mistakes(&front());
            assert!(mistakes.len() == 1 && mistakes[0].contains(says), "{name}: {mistakes:?}");
        }
        assert_eq!(on(&[&"a".repeat(64)]).mistakes(&front()).len(), 1);
    }

    #[test]
    fn good_names_are_taken_in_lower_case_and_once() {
        let config = on(&["Swap.example", "www.swap.example", "swap.example", "xn--picerie-9ua.example"]);

        assert_eq!(config.mistakes(&front()), [""; 0]);
        assert_eq!(config.names(), ["swap.example", "www.swap.example", "xn--picerie-9ua.example"]);
    }

    #[test]
    fn only_a_private_authority_may_know_a_name_without_a_dot() {
        for (directory, mistakes) in [("production", 1), ("staging", 1), ("https://ca.internal/directory", 0)] {
            let config = Config { directory: directory.to_owned(), ..on(&["shop"]) };
            assert_eq!(config.mistakes(&front()).len(), mistakes, "{directory}: {:?}", config.mistakes(&front()));
        }
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        let files = CertificateFiles { chain: "chain.pem".into(), key: "key.pem".into() };
        let own = crate::front::Config { certificate: Some(files), ..front() };
        let http_only = crate::front::Config::default();
        let https_only = crate::front::Config { http: Vec::new(), ..front() };
        let by_page = Config { challenge: Challenge::Http01, ..on(&["swap.example"]) };
        for (config, front, says) in [
            (on(&["swap.example"]), &own, "one place"),
            (on(&["swap.example"]), &http_only, "front.https"),
            (Config::default(), &front(), "there is no certificate"),
            (by_page, &https_only, "http-01 needs port 80"),
        ] {
            let mistakes = config.mistakes(front);
            assert!(mistakes.len() == 1 && mistakes[0].contains(says), "{mistakes:?}");
        }
        assert_eq!(Config::default().mistakes(&own), [""; 0]);
        assert_eq!(Config::default().mistakes(&http_only), [""; 0]);
    }

    #[test]
    fn a_contact_is_one_mail_address() {
        for (contact, good) in [
            ("admin@swap.example", true),
            ("mailto:admin@swap.example", true),
            ("admin", false),
            ("@swap.example", false),
            ("admin@", false),
            ("a@b@c", false),
            ("a@b.example,c@d.example", false),
            ("admin @swap.example", false),
        ] {
            let config = Config { contact: Some(contact.to_owned()), ..on(&["swap.example"]) };
            assert_eq!(config.mistakes(&front()).is_empty(), good, "{contact}");
        }
        let config = Config { contact: Some("mailto:a@b.example".to_owned()), ..Config::default() };
        assert_eq!(config.contact_url(), "mailto:a@b.example");
    }

    #[test]
    fn a_directory_is_a_known_word_or_an_https_address() {
        for (directory, good) in [
            ("production", true),
            ("staging", true),
            ("https://ca.internal:14000/dir", true),
            ("http://ca.internal/dir", false),
            ("https://", false),
            ("prodction", false),
        ] {
            let config = Config { directory: directory.to_owned(), ..on(&["swap.example"]) };
            assert_eq!(config.mistakes(&front()).is_empty(), good, "{directory}");
        }
        assert!(!Config { directory: "staging".to_owned(), ..Config::default() }.is_trusted());
    }

    #[test]
    fn waits_that_would_break_the_limits_of_lets_encrypt_are_refused() {
        let hasty = Config { first_retry_s: 1, ..on(&["swap.example"]) };
        let private = Config { directory: "https://ca.internal/dir".to_owned(), ..hasty.clone() };

        assert!(hasty.mistakes(&front())[0].contains("five failures"));
        assert_eq!(private.mistakes(&front()), [""; 0]);
    }
}
