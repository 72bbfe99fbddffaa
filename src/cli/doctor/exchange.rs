//! One request and its answer, over HTTP or HTTPS, to an address that the caller chooses.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};

/// How long an exchange may take; what is slower a certificate authority would not wait for either.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read: a directory of an authority has one kilobyte.
const ANSWER_LEN_MAX: u64 = 64 << 10;

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    head: String,
    pub(super) body: String,
}

impl Answer {
    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }
}

/// One for a test.
#[cfg(test)]
pub(super) fn answer(status: u16, body: &str) -> Answer {
    Answer { status, head: String::new(), body: body.to_owned() }
}

/// Asks a host at an address for a path; over TLS with a configuration for it.
pub(super) fn get(address: SocketAddr, host: &str, path: &str, tls: Option<Arc<ClientConfig>>) -> io::Result<Answer> {
    let socket = TcpStream::connect_timeout(&address, TIMEOUT)?;
    let stream = Bounded { socket, end: Instant::now() + TIMEOUT };
    match tls {
        None => converse(stream, host, path),
        Some(tls) => {
            let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
            let connection = ClientConnection::new(tls, name).map_err(io::Error::other)?;
            converse(StreamOwned::new(connection, stream), host, path)
        }
    }
}

fn converse(mut stream: impl Read + Write, host: &str, path: &str) -> io::Result<Answer> {
    let version = env!("CARGO_PKG_VERSION");
    // In one piece: who answers without reading to the end must not cut the question off.
    let question = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: foodswap-doctor/{version}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(question.as_bytes())?;
    stream.flush()?;
    let mut bytes = Vec::new();
    match stream.take(ANSWER_LEN_MAX).read_to_end(&mut bytes) {
        // Some close without saying goodbye; what came is judged by itself.
        Err(error) if bytes.is_empty() => return Err(error),
        _ => {}
    }
    parse(&String::from_utf8_lossy(&bytes)).ok_or_else(|| io::Error::other("the answer is no HTTP"))
}

fn parse(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

/// A socket that is held to one end for the whole exchange, however slowly the other side drips.
struct Bounded {
    socket: TcpStream,
    end: Instant,
}

impl Bounded {
    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
    }
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(self.left()?)?;
        self.socket.read(buffer)
    }
}

impl Write for Bounded {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(self.left()?)?;
        self.socket.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

/// TLS with whoever answers: the token in the answer says whether it is us, a certificate may not be there yet.
pub(super) fn anybody() -> Result<Arc<ClientConfig>, rustls::Error> {
    let config = ClientConfig::builder_with_provider(Arc::new(crate::front::tls::provider()))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        crate::front::tls::provider().signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_with_its_headers() {
        let answer = parse("HTTP/1.1 200 OK\r\nDate: today\r\n\r\nbody\r\n\r\nof it").expect("an answer");

        assert_eq!((answer.status, answer.header("date"), answer.header("etag")), (200, Some("today"), None));
        assert_eq!(answer.body, "body\r\n\r\nof it");
        assert!(parse("SSH-2.0-OpenSSH_9.2\r\n\r\n").is_none());
    }
}
