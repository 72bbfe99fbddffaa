//! The address under which the world knows the site: what search engines want whole.

use rocket::http::uri::Absolute;
use serde::{Deserialize, Serialize};

/// An origin such as `https://swap.example`, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct PublicAddress(String);

/// What is no address of a site.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no address of a site; write it like https://swap.example")]
pub struct PublicAddressError(String);

impl TryFrom<String> for PublicAddress {
    type Error = PublicAddressError;

    fn try_from(text: String) -> Result<Self, PublicAddressError> {
        let origin = text.trim_end_matches('/');
        let is_origin = Absolute::parse(origin).is_ok_and(|uri| {
            matches!(uri.scheme(), "http" | "https")
                && uri
                    .authority()
                    .is_some_and(|authority| !authority.host().is_empty() && authority.user_info().is_none())
                && uri.path().is_empty()
                && uri.query().is_none()
        });
        if is_origin { Ok(Self(origin.to_owned())) } else { Err(PublicAddressError(text)) }
    }
}

impl PublicAddress {
    /// The whole address of a path of the site.
    pub fn of(&self, path: &super::address::Address) -> String {
        format!("{}{path}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_origin_is_the_address_of_a_site() {
        for (text, origin) in [
            ("https://swap.example", Some("https://swap.example")),
            ("https://swap.example/", Some("https://swap.example")),
            ("http://192.0.2.1:8000", Some("http://192.0.2.1:8000")),
            ("swap.example", None),
            ("https://swap.example/foods", None),
            ("https://swap.example?x", None),
            ("https://me@swap.example", None),
            ("ftp://swap.example", None),
            ("https://", None),
            ("", None),
        ] {
            let address = PublicAddress::try_from(text.to_owned()).ok();
            assert_eq!(address.map(|address| address.0).as_deref(), origin, "{text}");
        }
    }
}
