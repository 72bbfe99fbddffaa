//! One certificate with its key: whom it is for, and how long.

use std::net::IpAddr;
use std::sync::Arc;

use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;
use x509_parser::prelude::X509Certificate;

/// What the stop-gap calls itself, for whoever looks at it in a browser's warning.
const STOP_GAP_NAME: &str = "foodswap stop-gap, no certificate yet";

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The chain is not the PEM that it should be.
    #[error("the chain of certificates cannot be read ({0}); it must be PEM")]
    Chain(pem::Error),
    /// Nor is the key.
    #[error("the private key cannot be read ({0}); it must be PEM")]
    Key(pem::Error),
    /// There is none in the text.
    #[error("there is no certificate in it")]
    Empty,
    /// It is no X.509 certificate.
    #[error("the certificate cannot be understood ({0})")]
    Malformed(String),
    /// Key and certificate do not go together, or are of a kind that is not supported.
    #[error("key and certificate cannot be used together ({0})")]
    Rejected(#[from] rustls::Error),
    /// The stop-gap cannot be made.
    #[error("no self-signed certificate can be made ({0})")]
    StopGap(#[from] rcgen::Error),
}

/// From when to when a certificate holds, UNIX seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// Its first second.
    pub not_before_t: i64,
    /// Its last second.
    pub not_after_t: i64,
}

impl Validity {
    /// Whether it holds at a time.
    pub fn holds(self, now_t: i64) -> bool {
        (self.not_before_t..=self.not_after_t).contains(&now_t)
    }

    /// How long it lasts, seconds.
    pub fn length_s(self) -> i64 {
        self.not_after_t - self.not_before_t
    }

    /// When to ask for the next one: a third of its life is left to overcome failures, however short that life is.
    pub fn renewal_t(self) -> i64 {
        self.not_after_t - self.length_s() / 3
    }
}

/// A certificate with its key, ready to be served.
#[derive(Debug)]
pub struct Certificate {
    /// As handshakes want it.
    pub key: Arc<CertifiedKey>,
    /// The host names and addresses that it is for.
    pub names: Vec<String>,
    /// From when to when it holds.
    pub validity: Validity,
    /// Whether it vouches for itself, which no browser believes.
    pub self_signed: bool,
}

impl Certificate {
    /// From a chain and its key, both PEM; refused unless they go together.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, CertificateError> {
        let chain =
            CertificateDer::pem_slice_iter(chain).collect::<Result<Vec<_>, _>>().map_err(CertificateError::Chain)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(CertificateError::Key)?;
        Self::new(chain, key)
    }

    /// One that vouches for itself: better than no handshake until the first real one is there.
    pub fn stop_gap(names: &[String]) -> Result<Self, CertificateError> {
        let mut parameters = rcgen::CertificateParams::new(names.to_vec())?;
        parameters.distinguished_name.push(rcgen::DnType::CommonName, STOP_GAP_NAME);
        let key = rcgen::KeyPair::generate()?;
        let certificate = parameters.self_signed(&key)?;
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(|what| rustls::Error::General(what.into()))?;
        Self::new(vec![certificate.der().clone()], key)
    }

    fn new(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<Self, CertificateError> {
        let leaf = chain.first().ok_or(CertificateError::Empty)?;
        let malformed = |error: &dyn ToString| CertificateError::Malformed(error.to_string());
        let (_, parsed) = parse_x509_certificate(leaf).map_err(|error| malformed(&error))?;
        let alternatives = parsed.subject_alternative_name().map_err(|error| malformed(&error))?;
        let names = alternatives
            .iter()
            .flat_map(|extension| &extension.value.general_names)
            .filter_map(|name| match name {
                GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
                GeneralName::IPAddress(bytes) => address(bytes).map(|address| address.to_string()),
                _ => None,
            })
            .collect::<Vec<_>>();
        let names = if names.is_empty() { common_name(&parsed) } else { names };
        let validity = Validity {
            not_before_t: parsed.validity().not_before.timestamp(),
            not_after_t: parsed.validity().not_after.timestamp(),
        };
        let self_signed = parsed.issuer().as_raw() == parsed.subject().as_raw();
        let key = Arc::new(CertifiedKey::from_der(chain, key, &super::provider())?);
        Ok(Self { key, names, validity, self_signed })
    }

    /// Those of the names that it is not for.
    pub fn missing(&self, names: &[String]) -> Vec<String> {
        names.iter().filter(|name| !self.is_for(name)).cloned().collect()
    }

    /// Whether it is for a host.
    pub fn is_for(&self, name: &str) -> bool {
        self.names.iter().any(|known| covers(known, name))
    }
}

/// What a certificate without alternative names calls itself: no browser of today believes that, older programs do.
fn common_name(parsed: &X509Certificate<'_>) -> Vec<String> {
    let name = parsed.subject().iter_common_name().next().and_then(|name| name.as_str().ok());
    name.map(str::to_ascii_lowercase).into_iter().collect()
}

/// An address as certificates have it (RFC 5280, 4.2.1.6).
fn address(bytes: &[u8]) -> Option<IpAddr> {
    let of_4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    of_4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// Whether a name of a certificate stands for a host name; `*.` stands for one label.
fn covers(known: &str, name: &str) -> bool {
    match known.strip_prefix("*.") {
        Some(parent) => name.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(parent)),
        None => known.eq_ignore_ascii_case(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn pem(names: &[&str]) -> (String, String) {
        let made = rcgen::generate_simple_self_signed(self::names(names)).expect("a certificate");
        (made.cert.pem(), made.key_pair.serialize_pem())
    }

    #[test]
    fn a_certificate_without_alternative_names_is_for_what_it_calls_itself() {
        let mut parameters = rcgen::CertificateParams::new(Vec::new()).expect("no names");
        parameters.distinguished_name = rcgen::DistinguishedName::new();
        parameters.distinguished_name.push(rcgen::DnType::CommonName, "Swap.example");
        let key = rcgen::KeyPair::generate().expect("a key");
        let made = parameters.self_signed(&key).expect("a certificate");

        let read = Certificate::from_pem(made.pem().as_bytes(), key.serialize_pem().as_bytes()).expect("read");

        assert_eq!(read.names, ["swap.example"]);
    }

    #[test]
    fn a_chain_and_its_key_are_read_with_their_names_and_times() {
        let (chain, key) = pem(&["swap.example", "*.shop.example"]);

        let certificate = Certificate::from_pem(chain.as_bytes(), key.as_bytes()).expect("usable");

        assert_eq!(certificate.names, ["swap.example", "*.shop.example"]);
        assert!(certificate.validity.holds(1_800_000_000) && certificate.self_signed);
    }

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let (chain, _) = pem(&["swap.example"]);
        let (_, key) = pem(&["swap.example"]);

        let refusal = Certificate::from_pem(chain.as_bytes(), key.as_bytes()).expect_err("refused").to_string();

        assert!(refusal.contains("key and certificate cannot be used together"), "{refusal}");
    }

    #[test]
    fn what_is_no_certificate_is_refused_with_the_reason() {
        let (chain, key) = pem(&["swap.example"]);
        for (chain, key, says) in [
            ("", key.as_str(), "there is no certificate in it"),
            ("nonsense", &key, "there is no certificate in it"),
            (&chain, "", "the private key cannot be read"),
            (&chain[..chain.len() / 2], &key, "cannot be read"),
        ] {
            let refusal = Certificate::from_pem(chain.as_bytes(), key.as_bytes()).expect_err("refused").to_string();
            assert!(refusal.contains(says), "{refusal}");
        }
    }

    #[test]
    fn names_that_it_is_not_for_are_named() {
        let certificate = Certificate::stop_gap(&names(&["swap.example", "*.shop.example"])).expect("made");
        for (asked, missing) in [
            ("swap.example", false),
            ("SWAP.example", false),
            ("a.shop.example", false),
            ("shop.example", true),
            ("a.b.shop.example", true),
            ("other.example", true),
        ] {
            assert_eq!(!certificate.missing(&names(&[asked])).is_empty(), missing, "{asked}");
        }
    }

    #[test]
    fn renewal_is_due_when_a_third_of_the_life_is_left() {
        let day_s = 86_400;
        for (days, due) in [(90, 60), (45, 30), (6, 4)] {
            let validity = Validity { not_before_t: 0, not_after_t: days * day_s };
            assert_eq!(validity.renewal_t(), due * day_s, "{days} days");
        }
    }
}
