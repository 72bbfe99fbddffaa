//! Files that never change: headers and all encodings made beforehand, answered without entering the site.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use hyper::body::Bytes;
use hyper::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap,
    HeaderValue, IF_NONE_MATCH, IF_RANGE, RANGE, VARY,
};
use hyper::{Method, Request, Response, StatusCode};

use super::body::Body;
use super::encoding::{Coding, preferred};
use super::headers;

/// An address changes with its content, so a browser need never ask again (a year is the customary bound).
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// A file as it is handed to the front.
#[derive(Debug, Clone)]
pub struct File {
    /// Where it is, such as `/assets/site.0123.css`.
    pub path: String,
    /// Its media type.
    pub kind: String,
    /// What stands for its content, without quotes.
    pub tag: String,
    /// The content.
    pub plain: Bytes,
    /// The content in other encodings, the preferred one first; only those that are smaller.
    pub packed: Vec<(Coding, Bytes)>,
}

/// Files by their paths.
#[derive(Debug, Default)]
pub struct Files {
    by_path: HashMap<String, Variants>,
}

/// A file in all its encodings.
#[derive(Debug)]
struct Variants {
    plain: Variant,
    packed: Vec<(Coding, Variant)>,
    codings: Vec<Coding>,
}

/// A file as it is sent.
#[derive(Debug)]
struct Variant {
    headers: HeaderMap,
    bytes: Bytes,
}

impl FromIterator<File> for Files {
    fn from_iter<T: IntoIterator<Item = File>>(files: T) -> Self {
        let by_path = files.into_iter().map(|file| {
            let packed: Vec<_> = file
                .packed
                .iter()
                .map(|(coding, bytes)| (*coding, Variant::new(&file, Some(*coding), bytes.clone())))
                .collect();
            let codings = file.packed.iter().map(|(coding, _)| *coding).collect();
            let plain = Variant::new(&file, None, file.plain.clone());
            (file.path, Variants { plain, packed, codings })
        });
        Self { by_path: by_path.collect() }
    }
}

impl Variant {
    fn new(file: &File, coding: Option<Coding>, bytes: Bytes) -> Self {
        let mut headers = HeaderMap::new();
        headers::put_rules(&mut headers);
        let tag = match coding {
            Some(coding) => format!("\"{}-{}\"", file.tag, coding.name()),
            None => format!("\"{}\"", file.tag),
        };
        let text = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
        headers.insert(CONTENT_TYPE, text(&file.kind));
        headers.insert(CONTENT_LENGTH, bytes.len().into());
        headers.insert(ETAG, text(&tag));
        headers.insert(CACHE_CONTROL, FOREVER);
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        match coding {
            Some(coding) => headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name())),
            None => headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        };
        Self { headers, bytes }
    }

    fn is_known(&self, request: &HeaderMap) -> bool {
        request.get_all(IF_NONE_MATCH).iter().any(|line| names(line, &self.headers[ETAG]))
    }
}

/// Whether a list of entity tags names this one; weak comparison (RFC 9110, 13.1.2).
fn names(list: &HeaderValue, tag: &HeaderValue) -> bool {
    list.to_str()
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .any(|named| named == "*" || named.strip_prefix("W/").unwrap_or(named).as_bytes() == tag.as_bytes())
}

impl Files {
    /// The answer to a request, if it reads one of the files.
    pub(super) fn answer<B>(&self, request: &Request<B>) -> Option<Response<Body>> {
        let is_head = request.method() == Method::HEAD;
        if !is_head && request.method() != Method::GET {
            return None;
        }
        let variants = self.by_path.get(request.uri().path())?;
        if !is_head && let Some(answer) = variants.part(request.headers()) {
            return Some(answer);
        }
        let variant = variants.preferred(request.headers());
        let is_known = variant.is_known(request.headers());
        let bytes = if is_known || is_head { Bytes::new() } else { variant.bytes.clone() };
        let mut response = Response::new(Body::whole(bytes));
        *response.headers_mut() = variant.headers.clone();
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response.headers_mut().remove(CONTENT_LENGTH);
        }
        Some(response)
    }
}

impl Variants {
    fn preferred(&self, request: &HeaderMap) -> &Variant {
        let coding = preferred(request, &self.codings);
        self.packed.iter().find(|(packed, _)| Some(*packed) == coding).map_or(&self.plain, |(_, variant)| variant)
    }

    /// The part that a request wants (RFC 9110, 14), always of the content as it is; none if it wants all of it, or
    /// what may be ignored: several parts, another unit.
    fn part(&self, request: &HeaderMap) -> Option<Response<Body>> {
        let wanted = request.get(RANGE)?.to_str().ok()?;
        if request.get(IF_RANGE).is_some_and(|tag| tag != self.plain.headers[ETAG]) || self.plain.is_known(request) {
            return None;
        }
        let size = self.plain.bytes.len();
        let mut response = Response::new(Body::none());
        *response.headers_mut() = self.plain.headers.clone();
        let (status, length, place) = match range(wanted, size)? {
            Ok(range) => {
                let place = format!("bytes {}-{}/{size}", range.start(), range.end());
                let part = self.plain.bytes.slice(range);
                let length = part.len();
                *response.body_mut() = Body::whole(part);
                (StatusCode::PARTIAL_CONTENT, length, place)
            }
            Err(Unsatisfiable) => (StatusCode::RANGE_NOT_SATISFIABLE, 0, format!("bytes */{size}")),
        };
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
        response.headers_mut().insert(CONTENT_RANGE, HeaderValue::from_str(&place).ok()?);
        Some(response)
    }
}

/// A range of which a file has nothing.
struct Unsatisfiable;

/// The bytes that one range of a file of this size means; none if it is to be ignored.
fn range(wanted: &str, size: usize) -> Option<Result<RangeInclusive<usize>, Unsatisfiable>> {
    let (first, last) = wanted.strip_prefix("bytes=")?.trim().split_once('-')?;
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<usize>().ok())?;
    let range = match (first.is_empty(), last.is_empty()) {
        (true, true) => return None,
        (true, false) => match number(last)? {
            0 => return Some(Err(Unsatisfiable)),
            suffix => size.saturating_sub(suffix)..=size.checked_sub(1)?,
        },
        (false, true) => number(first)?..=size.checked_sub(1)?,
        (false, false) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            first..=last.min(size.checked_sub(1)?)
        }
    };
    Some(if *range.start() < size { Ok(range) } else { Err(Unsatisfiable) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTENT: &[u8] = b"0123456789";

    fn files() -> Files {
        let packed = vec![(Coding::Brotli, Bytes::from_static(b"br")), (Coding::Gzip, Bytes::from_static(b"gz"))];
        let file = File {
            path: "/assets/a.css".to_owned(),
            kind: "text/css".to_owned(),
            tag: "t".to_owned(),
            plain: Bytes::from_static(CONTENT),
            packed,
        };
        Files::from_iter([file])
    }

    /// Status, body and one header of the answer to a request with these headers.
    fn ask(method: Method, lines: &[(&str, &str)], header: &str) -> (u16, Vec<u8>, String) {
        let mut request = Request::builder().method(method).uri("/assets/a.css?v=1");
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        let response = files().answer(&request.body(()).expect("a request")).expect("an answer");
        let value = response.headers().get(header).map(|value| value.to_str().expect("text").to_owned());
        let body = response.body().bytes().expect("bytes").to_vec();
        (response.status().as_u16(), body, value.unwrap_or_default())
    }

    #[test]
    fn a_file_comes_in_the_encoding_that_its_reader_prefers_under_a_tag_of_its_own() {
        for (accepted, body, tag) in [
            ("gzip, br", &b"br"[..], "\"t-br\""),
            ("br;q=0.1, gzip", b"gz", "\"t-gzip\""),
            ("zstd", CONTENT, "\"t\""),
            ("identity", CONTENT, "\"t\""),
        ] {
            assert_eq!(
                ask(Method::GET, &[("accept-encoding", accepted)], "etag"),
                (200, body.to_vec(), tag.to_owned()),
                "{accepted}"
            );
        }
    }

    #[test]
    fn who_has_it_is_told_so() {
        for (known, status) in
            [("\"t-br\"", 304), ("W/\"t-br\"", 304), ("\"x\", \"t-br\"", 304), ("*", 304), ("\"t\"", 200)]
        {
            let lines = [("accept-encoding", "br"), ("if-none-match", known)];
            assert_eq!(ask(Method::GET, &lines, "etag").0, status, "{known}");
        }
    }

    #[test]
    fn head_is_get_without_the_body() {
        let (status, body, length) = ask(Method::HEAD, &[("range", "bytes=0-1")], "content-length");

        assert_eq!((status, body.len(), length.as_str()), (200, 0, "10"));
    }

    #[test]
    fn a_part_is_cut_from_the_content_as_it_is() {
        for (wanted, status, body, place) in [
            ("bytes=0-3", 206, &b"0123"[..], "bytes 0-3/10"),
            ("bytes=8-", 206, b"89", "bytes 8-9/10"),
            ("bytes=-2", 206, b"89", "bytes 8-9/10"),
            ("bytes=-99", 206, CONTENT, "bytes 0-9/10"),
            ("bytes=5-99", 206, b"56789", "bytes 5-9/10"),
            ("bytes=10-", 416, b"", "bytes */10"),
            ("bytes=-0", 416, b"", "bytes */10"),
            ("bytes=3-1", 200, CONTENT, ""),
            ("bytes=0-1,3-4", 200, CONTENT, ""),
            ("bytes=+1-2", 200, CONTENT, ""),
            ("lines=0-1", 200, CONTENT, ""),
            ("bytes=99999999999999999999999-", 200, CONTENT, ""),
        ] {
            assert_eq!(
                ask(Method::GET, &[("range", wanted)], "content-range"),
                (status, body.to_vec(), place.to_owned()),
                "{wanted}"
            );
        }
        let of_another = [("range", "bytes=0-3"), ("if-range", "\"old\"")];
        assert_eq!(ask(Method::GET, &of_another, "etag").0, 200);
        let of_this = [("range", "bytes=0-3"), ("if-range", "\"t\""), ("accept-encoding", "br")];
        assert_eq!(ask(Method::GET, &of_this, "content-encoding"), (206, b"0123".to_vec(), String::new()));
    }

    #[test]
    fn only_reading_and_only_what_is_there() {
        let ask = |method: Method, path: &str| {
            let request = Request::builder().method(method).uri(path).body(()).expect("a request");
            files().answer(&request).is_some()
        };

        assert!(ask(Method::GET, "/assets/a.css"));
        assert!(!ask(Method::POST, "/assets/a.css"));
        for path in ["/assets/", "/assets/a.css/", "/assets/../assets/a.css", "/assets/%61.css", "//assets/a.css"] {
            assert!(!ask(Method::GET, path), "{path}");
        }
    }
}
