//! An address of this site with its query, so that a link can change one thing and keep the rest.

use std::fmt;

use rocket::http::RawStr;
use rocket::request::Request;

/// A path and its query, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    path: String,
    query: Vec<(String, String)>,
}

impl Address {
    /// A path of this site without a query.
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), query: Vec::new() }
    }

    /// Where a request went.
    pub fn of(request: &Request<'_>) -> Self {
        let uri = request.uri();
        let query = uri.query().map(|query| query.segments().map(|(key, value)| (key.to_owned(), value.to_owned())));
        Self { path: local(uri.path().as_str()), query: query.map(Iterator::collect).unwrap_or_default() }
    }

    /// With one more pair.
    #[must_use]
    pub fn with(&self, key: &str, value: impl fmt::Display) -> Self {
        let mut address = self.clone();
        address.query.push((key.to_owned(), value.to_string()));
        address
    }

    /// With one more pair if there is a value.
    #[must_use]
    pub fn with_some(&self, key: &str, value: Option<impl fmt::Display>) -> Self {
        value.map_or_else(|| self.clone(), |value| self.with(key, value))
    }

    /// Without any pair of this key.
    #[must_use]
    pub fn without(&self, key: &str) -> Self {
        let mut address = self.clone();
        address.query.retain(|(name, _)| name != key);
        address
    }
}

/// A path that stays on this site: `//host/` would be read as another one.
fn local(path: &str) -> String {
    format!("/{}", path.trim_start_matches('/'))
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.path)?;
        for (index, (key, value)) in self.query.iter().enumerate() {
            let mark = if index == 0 { '?' } else { '&' };
            let (key, value) = (RawStr::new(key).percent_encode(), RawStr::new(value).percent_encode());
            write!(formatter, "{mark}{key}={value}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_changes_one_thing_and_keeps_the_rest() {
        let here = Address::new("/search").with("q", "pâte à tartiner & co").with("grade", "a").with("page", 2);

        let next = here.without("page").with("page", 3);

        assert_eq!(next.to_string(), "/search?q=p%C3%A2te%20%C3%A0%20tartiner%20%26%20co&grade=a&page=3");
    }

    #[test]
    fn an_address_never_leaves_the_site() {
        assert_eq!(local("//elsewhere.example/path"), "/elsewhere.example/path");
    }
}
