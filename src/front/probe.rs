//! The token by which `doctor` recognises the running service behind whatever leads to it.

use std::sync::Arc;

use super::tls::provider;

/// A name that nobody can guess, another one in each process; clones are the same.
#[derive(Clone)]
pub struct Probe(Arc<str>);

impl Probe {
    /// A new one.
    pub fn new() -> Result<Self, rustls::Error> {
        let mut chance = [0; 16];
        provider().secure_random.fill(&mut chance).map_err(|_| rustls::Error::FailedToGetRandomBytes)?;
        Ok(Self(format!("{:032x}", u128::from_le_bytes(chance)).into()))
    }

    /// What `doctor` must find at `/.well-known/foodswap/TOKEN`, over HTTP and HTTPS: the token again.
    pub fn answer(&self, token: &str) -> Option<&str> {
        (token == &*self.0).then_some(&self.0)
    }

    /// The token, for `doctor` alone.
    pub fn token(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_token_is_answered() {
        let [ours, other] = [(); 2].map(|()| Probe::new().expect("a token"));

        assert_eq!(ours.answer(ours.token()), Some(ours.token()));
        assert!(ours.answer(other.token()).is_none() && ours.answer("").is_none());
    }
}
