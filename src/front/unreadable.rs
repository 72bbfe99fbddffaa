//! Answers to what is no request: the parser of HTTP/1 knows only a status for it, and ends the connection.

use std::net::SocketAddr;
use std::time::SystemTime;

use hyper::StatusCode;
use hyper::header::{CONNECTION, CONTENT_LENGTH, DATE, HeaderMap, HeaderValue};

use super::access_log::{AccessLog, Record};
use super::answer::Refusal;
use super::headers::put_rules;
use super::listen::Protocol;
use super::rate::Kind;
use super::server::{Settings, Shared};
use super::service::put_its_own;

/// The answer as it goes over the wire, with all that others carry; recorded like others.
pub(super) fn answer(
    shared: &Shared,
    settings: &Settings,
    peer: SocketAddr,
    protocol: Protocol,
    status: StatusCode,
) -> Vec<u8> {
    let refusal = match status {
        StatusCode::URI_TOO_LONG => Refusal::LongTarget,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Refusal::LongHeader,
        _ => Refusal::Unreadable,
    };
    let mut response = refusal.answer_to(Kind::Page, &HeaderMap::new());
    let body = response.body().bytes().cloned().unwrap_or_default();
    let id = shared.next_id();
    if let Some(log) = shared.log().filter(|_| settings.access_log != AccessLog::Off) {
        let address = peer.ip().to_canonical();
        let mut record = Record::unreadable(log, settings.access_log, address, id.to_str().unwrap_or_default());
        record.answered(response.status().as_u16());
        record.add(body.len());
    }
    let headers = response.headers_mut();
    put_rules(headers);
    put_its_own(headers, shared, protocol, id);
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(CONTENT_LENGTH, body.len().into());
    if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(SystemTime::now())) {
        headers.insert(DATE, date);
    }
    written(response.status(), response.headers(), &body)
}

/// An answer of HTTP/1.1 (RFC 9112, 2.1).
fn written(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for (name, value) in headers {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            bytes.extend_from_slice(part);
        }
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}
