//! A certificate authority of one's own: Debian's `pebble`, its name server, and what a client of it trusts.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::json;
use tempfile::TempDir;

/// Between two looks at something that is about to happen.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A process that ends with the test.
pub(crate) struct Process(pub(crate) Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How the authority behaves.
pub(crate) struct Manner {
    /// How long its certificates last, seconds.
    pub(crate) validity_s: u64,
    /// How many of a hundred nonces it calls stale.
    pub(crate) stale_nonces: u32,
    /// Where its DNS says that every name is.
    pub(crate) names_at: &'static str,
}

impl Default for Manner {
    fn default() -> Self {
        Self { validity_s: 90 * 86_400, stale_nonces: 0, names_at: "127.0.0.1" }
    }
}

/// The ports of an authority and of the site that it looks at; free when they were chosen.
#[derive(Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) directory: u16,
    management: u16,
    pub(crate) dns: u16,
    pub(crate) http: u16,
    pub(crate) https: u16,
}

impl Ports {
    pub(crate) fn choose() -> Self {
        // Held together, so that they differ.
        let held: [TcpListener; 5] = std::array::from_fn(|_| TcpListener::bind("127.0.0.1:0").expect("a port"));
        let [directory, management, dns, http, https] = held.map(|held| held.local_addr().expect("its address").port());
        Self { directory, management, dns, http, https }
    }

    /// The same with a directory at another port, for something to stand between.
    pub(crate) fn behind(self) -> Self {
        Self { directory: Self::choose().directory, ..self }
    }
}

/// A running authority.
pub(crate) struct Authority {
    folder: TempDir,
    root: String,
    _processes: [Process; 2],
}

/// The roots and the certificate of an authority's own address, made once for each test.
pub(crate) struct Papers {
    folder: TempDir,
}

impl Papers {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("tempdir");
        let mut parameters = rcgen::CertificateParams::new(Vec::new()).expect("no names");
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let root_key = rcgen::KeyPair::generate().expect("a key");
        let root = parameters.self_signed(&root_key).expect("a root");
        let key = rcgen::KeyPair::generate().expect("a key");
        let own = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        let own = own.signed_by(&key, &root, &root_key).expect("signed");
        for (name, text) in [("root.pem", root.pem()), ("own.pem", own.pem()), ("own.key", key.serialize_pem())] {
            std::fs::write(folder.path().join(name), text).expect("written");
        }
        Self { folder }
    }

    /// What the site has to trust to speak with the authority.
    pub(crate) fn roots(&self) -> PathBuf {
        self.folder.path().join("root.pem")
    }
}

impl Authority {
    pub(crate) fn start(papers: &Papers, ports: Ports, manner: &Manner) -> Self {
        let folder = tempfile::tempdir().expect("tempdir");
        let at = |port| format!("127.0.0.1:{port}");
        let config = json!({"pebble": {
            "listenAddress": at(ports.directory),
            "managementListenAddress": at(ports.management),
            "certificate": papers.folder.path().join("own.pem"),
            "privateKey": papers.folder.path().join("own.key"),
            "httpPort": ports.http,
            "tlsPort": ports.https,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
            "certificateValidityPeriod": manner.validity_s,
        }});
        let file = folder.path().join("pebble.json");
        std::fs::write(&file, config.to_string()).expect("written");
        let dns = spawn(Command::new("pebble-challtestsrv").args([
            "-dns01",
            &at(ports.dns),
            "-http01",
            "",
            "-https01",
            "",
            "-tlsalpn01",
            "",
            "-management",
            "",
            "-defaultIPv4",
            manner.names_at,
            "-defaultIPv6",
            "",
        ]));
        let pebble = spawn(
            Command::new("pebble")
                .args(["-strict", "-dnsserver", &at(ports.dns), "-config"])
                .arg(&file)
                .env("PEBBLE_VA_NOSLEEP", "1")
                .env("PEBBLE_AUTHZREUSE", "0")
                .env("PEBBLE_WFE_NONCEREJECT", manner.stale_nonces.to_string()),
        );
        let own = roots(&std::fs::read_to_string(papers.roots()).expect("readable"));
        let answer = until("pebble answers", 20, || ask(ports.management, "localhost", "/roots/0", &own).ok());
        let root = answer.text[answer.text.find("-----BEGIN").expect("PEM")..].to_owned();
        std::fs::write(folder.path().join("issuer.pem"), &root).expect("written");
        Self { folder, root, _processes: [dns, pebble] }
    }

    /// What a visitor has to trust.
    pub(crate) fn roots(&self) -> RootCertStore {
        roots(&self.root)
    }

    /// The same as a file.
    pub(crate) fn root_file(&self) -> PathBuf {
        self.folder.path().join("issuer.pem")
    }
}

fn spawn(command: &mut Command) -> Process {
    let program = command.get_program().to_string_lossy().into_owned();
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    Process(child.unwrap_or_else(|error| panic!("{program}: {error}; install it: tests/install pebble pebble")))
}

fn roots(pem: &str) -> RootCertStore {
    let mut store = RootCertStore::empty();
    for root in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        store.add(root.expect("PEM")).expect("a root");
    }
    store
}

/// What a visitor was served.
pub(crate) struct Visit {
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) text: String,
}

/// Visits a site of this machine over TLS, and believes only the roots.
pub(crate) fn ask(port: u16, name: &str, path: &str, roots: &RootCertStore) -> io::Result<Visit> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots.clone())
        .with_no_client_auth();
    let socket = TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 1], port)), Duration::from_secs(2))?;
    socket.set_read_timeout(Some(Duration::from_secs(5)))?;
    let server = ServerName::try_from(name.to_owned()).expect("a name");
    let connection = ClientConnection::new(Arc::new(config), server).expect("a client");
    let mut stream = StreamOwned::new(connection, socket);
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n")?;
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
        _ => {}
    }
    let certificate =
        stream.conn.peer_certificates().and_then(<[_]>::first).expect("a certificate").clone().into_owned();
    Ok(Visit { certificate, text: String::from_utf8_lossy(&bytes).into_owned() })
}

/// Waits for something, not longer than so many seconds.
pub(crate) fn until<T>(what: &str, seconds: u64, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(seconds);
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < end, "not within {seconds} s: {what}");
        std::thread::sleep(LOOK_EVERY);
    }
}

/// The site of the tests, on a data directory, as its settings say.
pub(crate) fn site(data_dir: &Path, papers: &Papers, ports: Ports, settings: &[(&str, &str)]) -> Process {
    let mut command = crate::appliance::foodswap(data_dir);
    configure(&mut command, papers, ports);
    command.envs(settings.iter().copied()).arg("serve").stderr(Stdio::null());
    Process(command.spawn().expect("the binary starts"))
}

/// Settings that every command of a test shares.
pub(crate) fn configure<'c>(command: &'c mut Command, papers: &Papers, ports: Ports) -> &'c mut Command {
    let at = |port| format!("[\"127.0.0.1:{port}\"]");
    command
        .env("FOODSWAP_FRONT__HTTP", at(ports.http))
        .env("FOODSWAP_FRONT__HTTPS", at(ports.https))
        .env("FOODSWAP_ACME__DOMAINS", "[\"swap.example\"]")
        .env("FOODSWAP_ACME__DIRECTORY", format!("https://localhost:{}/dir", ports.directory))
        .env("FOODSWAP_ACME__CA_ROOTS", papers.roots())
        .env("FOODSWAP_ACME__FIRST_RETRY_S", "1")
}
