//! In which encoding an answer is sent: what its reader prefers among what there is (RFC 9110, 12.5.3).
//!
//! Answers of the site are compressed on their way out, save those that could leak a secret by their size when an
//! attacker mixes guesses into them (BREACH, CVE-2013-3587): whatever sets a cookie or must not be stored.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::Body as _;
use hyper::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue,
    SET_COOKIE, VARY,
};
use hyper::{Response, StatusCode};
use zstd::bulk::Compressor;

use super::body::Body;

/// Smaller answers fit one packet anyway.
const COMPRESSED_FROM_BYTES: usize = 1400;
/// Three costs little more than one and makes pages a tenth smaller.
const ZSTD_LEVEL: i32 = 3;
/// Compressors that are kept for the next answer; each holds some hundreds of kilobytes.
const IDLE_COMPRESSORS_MAX: usize = 8;

/// An encoding of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
    /// RFC 1952.
    Gzip,
}

impl Coding {
    /// As it stands in a header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }
}

/// The encoding that a reader prefers among these; of equally good ones the first; none: as it is.
pub(super) fn preferred(request: &HeaderMap, offered: &[Coding]) -> Option<Coding> {
    let mut best: Option<(Coding, u16)> = None;
    let identity = quality(request, "identity").unwrap_or(1);
    for coding in offered {
        let quality = quality(request, coding.name()).unwrap_or(0);
        if quality > best.map_or(0, |(_, best)| best) && quality >= identity {
            best = Some((*coding, quality));
        }
    }
    best.map(|(coding, _)| coding)
}

/// How much a reader likes a coding, in thousandths; none if it says nothing of it.
fn quality(request: &HeaderMap, name: &str) -> Option<u16> {
    let mut any = None;
    for line in request.get_all(ACCEPT_ENCODING) {
        for element in line.to_str().unwrap_or_default().split(',') {
            let (coding, parameters) = element.split_once(';').unwrap_or((element, ""));
            let coding = coding.trim();
            let quality = || weight(parameters);
            if coding.eq_ignore_ascii_case(name) {
                return Some(quality());
            }
            // The wildcard does not say that content as it is would be unwelcome.
            if coding == "*" && name != "identity" {
                any = Some(quality());
            }
        }
    }
    any
}

/// `q=0.5` in thousandths; 1000 if nothing is said, 0 if what is said cannot be read.
fn weight(parameters: &str) -> u16 {
    let value = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    match value.map(str::parse::<f32>) {
        None => 1000,
        Some(Ok(quality)) => (quality.clamp(0.0, 1.0) * 1000.0) as u16,
        Some(Err(_)) => 0,
    }
}

/// Compresses answers of the site.
#[derive(Default)]
pub(super) struct Packer {
    idle: Mutex<Vec<Compressor<'static>>>,
}

impl Packer {
    /// Compresses an answer, if that is worth while, safe and welcome.
    pub(super) fn pack(&self, request: &HeaderMap, response: &mut Response<Body>) {
        if !is_compressible(response) {
            return;
        }
        response.headers_mut().append(VARY, HeaderValue::from_static("Accept-Encoding"));
        let Some(coding) = preferred(request, &[Coding::Zstd, Coding::Gzip]) else { return };
        if response.body().is_end_stream() {
            return say_as_of_get(response.headers_mut());
        }
        let Some(plain) = response.body().bytes().filter(|bytes| bytes.len() >= COMPRESSED_FROM_BYTES) else { return };
        let Some(packed) = self.compress(coding, plain).filter(|packed| packed.len() < plain.len()) else { return };
        let headers = response.headers_mut();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        headers.insert(CONTENT_LENGTH, packed.len().into());
        if let Some(weak) = headers.get(ETAG).and_then(weakened) {
            headers.insert(ETAG, weak);
        }
        *response.body_mut() = Body::whole(packed);
    }

    /// In place: pages have some 20 kB, and take 20 to 30 microseconds; what is taken whole at most (1 MB) takes one
    /// millisecond as gzip. To hand it to another thread would cost more than most of it.
    fn compress(&self, coding: Coding, plain: &[u8]) -> Option<Vec<u8>> {
        match coding {
            Coding::Zstd => self.zstd(plain),
            Coding::Gzip => {
                let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 3), Compression::fast());
                encoder.write_all(plain).and_then(|()| encoder.finish()).ok()
            }
            Coding::Brotli => None,
        }
    }

    fn zstd(&self, plain: &[u8]) -> Option<Vec<u8>> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle().pop();
        let mut compressor = match kept {
            Some(compressor) => compressor,
            None => Compressor::new(ZSTD_LEVEL).ok()?,
        };
        let packed = compressor.compress(plain).ok();
        let mut idle = idle();
        if idle.len() < IDLE_COMPRESSORS_MAX {
            idle.push(compressor);
        }
        packed
    }
}

/// The answer to HEAD must not tell a length and a tag that GET would not have (RFC 9110, 8.6 and 9.3.2); which they
/// would be only compressing tells.
fn say_as_of_get(headers: &mut HeaderMap) {
    headers.remove(CONTENT_LENGTH);
    if let Some(weak) = headers.get(ETAG).and_then(weakened) {
        headers.insert(ETAG, weak);
    }
}

/// Whether an answer may be compressed; what does not say is not.
fn is_compressible(response: &Response<Body>) -> bool {
    let headers = response.headers();
    let says = |name, words: &[&str]| {
        let value = headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
        words.iter().any(|word| value.contains(word))
    };
    response.status() == StatusCode::OK
        && says(CONTENT_TYPE, &["text/", "json", "xml", "javascript"])
        && !headers.contains_key(CONTENT_ENCODING)
        && !headers.contains_key(SET_COOKIE)
        // A file was chosen among its encodings already.
        && !says(VARY, &["Accept-Encoding"])
        && !says(CACHE_CONTROL, &["no-store"])
}

/// A tag that stands for the content, not for its bytes, which are others in another encoding (RFC 9110, 8.8.3.3).
fn weakened(tag: &HeaderValue) -> Option<HeaderValue> {
    let tag = tag.to_str().ok().filter(|tag| !tag.starts_with("W/"))?;
    HeaderValue::from_str(&format!("W/{tag}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(line: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(line))])
    }

    fn page(headers: &[(&'static str, &'static str)]) -> Response<Body> {
        let mut response = Response::new(Body::whole("food ".repeat(1000)));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        for (name, value) in headers {
            response.headers_mut().insert(*name, HeaderValue::from_static(value));
        }
        response
    }

    fn encoding_of(response: &Response<Body>) -> Option<&str> {
        response.headers().get(CONTENT_ENCODING).map(|coding| coding.to_str().expect("text"))
    }

    #[test]
    fn the_reader_chooses_by_its_qualities() {
        use Coding::{Brotli, Gzip, Zstd};
        let all = [Brotli, Zstd, Gzip];
        for (line, chosen) in [
            ("gzip, deflate, br, zstd", Some(Brotli)),
            ("gzip, zstd", Some(Zstd)),
            ("br;q=0.5, gzip;q=0.8", Some(Gzip)),
            ("BR", Some(Brotli)),
            ("br;q=0, gzip", Some(Gzip)),
            ("*", Some(Brotli)),
            ("*;q=0.5, br;q=0", Some(Zstd)),
            ("identity, gzip;q=0.5", None),
            ("gzip;q=0", None),
            ("gzip;q=rubbish", None),
            ("deflate", None),
            ("", None),
        ] {
            assert_eq!(preferred(&accepting(line), &all), chosen, "{line}");
        }
        assert_eq!(preferred(&HeaderMap::new(), &all), None);
        assert_eq!(preferred(&accepting("br, gzip"), &[Gzip]), Some(Gzip));
    }

    #[test]
    fn a_page_is_compressed_and_says_so() {
        let packer = Packer::default();
        for (line, coding) in [("zstd", "zstd"), ("gzip", "gzip"), ("gzip, deflate, br, zstd", "zstd")] {
            let mut response = page(&[("etag", "\"x\"")]);
            packer.pack(&accepting(line), &mut response);

            assert_eq!(encoding_of(&response), Some(coding));
            assert_eq!(response.headers()[VARY], "Accept-Encoding");
            assert_eq!(response.headers()[ETAG], "W/\"x\"");
            let length = response.body().bytes().expect("bytes").len();
            assert_eq!(response.headers()[CONTENT_LENGTH], *length.to_string());
        }
    }

    #[test]
    fn head_tells_no_length_that_get_would_not_have() {
        let mut response = page(&[("etag", "\"x\""), ("content-length", "5000")]);
        *response.body_mut() = Body::none();

        Packer::default().pack(&accepting("gzip"), &mut response);

        assert!(!response.headers().contains_key(CONTENT_LENGTH));
        assert_eq!(response.headers()[ETAG], "W/\"x\"");
    }

    #[test]
    fn what_could_leak_a_secret_by_its_size_is_not_compressed() {
        for (name, value) in [("set-cookie", "session=1"), ("cache-control", "private, no-store")] {
            let mut response = page(&[(name, value)]);
            Packer::default().pack(&accepting("gzip"), &mut response);

            assert_eq!(encoding_of(&response), None, "{name}");
        }
    }

    #[test]
    fn what_is_small_or_no_text_stays_as_it_is() {
        let mut small = page(&[]);
        *small.body_mut() = Body::whole("small");
        let mut picture = page(&[("content-type", "image/png")]);
        for response in [&mut small, &mut picture] {
            Packer::default().pack(&accepting("gzip"), response);

            assert_eq!(encoding_of(response), None);
        }
    }
}
