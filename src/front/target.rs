//! The target of a request as RFC 3986 has it.

use std::borrow::Cow;

use hyper::Uri;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What browsers send as it is (WHATWG URL, 1.3), or programs by mistake, and what stands in no address (RFC 3986, 2).
const NOT_IN_ADDRESSES: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// Path and query, in which only stands what an address may hold; the rest is percent-encoded.
pub(super) fn of(uri: &Uri) -> Cow<'_, str> {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let encoded = utf8_percent_encode(target, NOT_IN_ADDRESSES).into();
    // A query without a path is asked of the root (RFC 9110, 4.2.3).
    if target.starts_with('?') { Cow::Owned(format!("/{encoded}")) } else { encoded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_no_address_is_encoded_and_the_rest_left_alone() {
        for (sent, read) in [
            ("/search?q=a%20b&x=1:@!$'()*+,;=~[]", "/search?q=a%20b&x=1:@!$'()*+,;=~[]"),
            ("/a|b\\c^d{e}\"f?`", "/a%7Cb%5Cc%5Ed%7Be%7D%22f?%60"),
            ("/pâte?q=crêpe|œuf", "/p%C3%A2te?q=cr%C3%AApe%7C%C5%93uf"),
            ("/100%", "/100%"),
        ] {
            let uri = Uri::try_from(sent.as_bytes()).expect("what hyper takes");
            assert_eq!(of(&uri), read, "{sent}");
        }
        assert_eq!(of(&Uri::from_static("http://swap.example")), "/");
        assert_eq!(of(&Uri::from_static("http://swap.example?q=a")), "/?q=a");
    }
}
