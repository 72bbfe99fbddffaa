//! The composition root: builds everything, runs it, stops it in order.

mod commands;
pub mod control;
mod data;
pub mod inspection;
mod ledger;
mod service_manager;
mod signals;
mod status_line;
mod watchdog;

use std::borrow::Cow;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Bytes;
use rocket::figment::Figment;
use rocket::figment::providers::Serialized;
use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

pub use self::data::{import, kept, opened, snapshot};
pub use self::status_line::day;

use self::commands::{Import, Known};
use self::ledger::StoredLedger;
use self::service_manager::Opening;
use self::signals::{Reload, Signals};
use self::status_line::Outlook;
use self::watchdog::Vitals;
use crate::catalogue::mapped::MappedError;
use crate::catalogue::{Catalogue, starter};
use crate::config::{self, Config, ConfigError, Loaded, Sources};
use crate::front::encoding::Coding;
use crate::front::listen::{self, ListenError, Listener, Protocol};
use crate::front::ports::Ports;
use crate::front::probe::Probe;
use crate::front::tls::{Tls, TlsError};
use crate::front::{Front, Site, files};
use crate::jobs::import::ImportError;
use crate::jobs::publication::PublicationError;
use crate::off::feed::FeedError;
use crate::store::StoreError;
use crate::store::certificates::Certificates;
use crate::store::people::{People, PeopleError};
use crate::store::pool::ProductsDb;
use crate::store::products::Products;
use crate::web;

/// Requests that may wait for the store at once; each holds a record of a few kilobytes for some microseconds.
const STORE_TURNS: usize = 64;
/// How long a request waits for its turn at the store.
const STORE_PATIENCE: Duration = Duration::from_secs(5);
/// Before the end of a service that cannot start: it is started again at once, by systemd or by the next visitor at its
/// sockets, and may fail again at once. After twenty starts within two seconds systemd would close the sockets for good.
const FAILURE_PAUSE: Duration = Duration::from_secs(5);
/// After a fault of the program in what must not end.
const FAULT_PAUSE: Duration = Duration::from_mins(1);
/// Files that the process needs besides connections: store, snapshots, logs, an import.
pub const OWN_DESCRIPTORS: u64 = 256;

/// The exit code of data that another version wrote (`EX_DATAERR` of sysexits).
pub const EXIT_DATA: u8 = 65;
/// The exit code of a bad configuration (`EX_CONFIG`).
pub const EXIT_CONFIG: u8 = 78;

/// Why the appliance cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ApplianceError {
    /// The data directory cannot be made.
    #[error("{path}: {}", refusal(path, cause))]
    DataDir {
        /// The folder.
        path: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Root would write what the service, another user, could not read afterwards.
    #[error(
        "{path} belongs to another user ({owner}), who could not read what root writes there; start the service and do \
         it again: it takes over the work"
    )]
    Foreign {
        /// The folder.
        path: String,
        /// Its owner's number.
        owner: u32,
    },
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The catalogue can be neither opened nor built again.
    #[error(transparent)]
    Catalogue(#[from] PublicationError),
    /// The starter catalogue cannot be read: a fault of the program.
    #[error(transparent)]
    Starter(#[from] starter::StarterError),
    /// A file cannot be opened, or is none of Open Food Facts.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// An import failed.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A snapshot cannot be read.
    #[error("{}; {}", .0, advice(.0))]
    Snapshot(MappedError),
    /// The snapshot was built by another version of the program.
    #[error("{0}; start `foodswap serve`, which builds it again from the store")]
    OtherLayout(MappedError),
    /// An address is taken, or not ours.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The store of people's data cannot be opened.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// Another failure at the start.
    #[error("the site cannot start: {0}")]
    Start(String),
}

impl ApplianceError {
    /// Whether the data was written by another version of the program: to start again does not help.
    pub fn is_other_version(&self) -> bool {
        let store = match self {
            Self::Store(error)
            | Self::People(PeopleError::Store(error))
            | Self::Catalogue(PublicationError::Store(error)) => error,
            error => return matches!(error, Self::People(PeopleError::UnknownLayout { .. })),
        };
        matches!(store, StoreError::UnknownLayout { .. } | StoreError::UnknownRecords { .. })
    }
}

impl From<MappedError> for ApplianceError {
    fn from(error: MappedError) -> Self {
        match error {
            MappedError::UnknownLayout { .. } => Self::OtherLayout(error),
            error => Self::Snapshot(error),
        }
    }
}

/// What to do about a snapshot that cannot be read.
fn advice(error: &MappedError) -> &'static str {
    match error {
        MappedError::Io { cause, .. } if cause.kind() == ErrorKind::PermissionDenied => {
            "run as the user who owns that folder, or name another one with --data-dir"
        }
        _ => "start `foodswap serve`, which builds it again from the store",
    }
}

/// What is the matter with a folder, and how one can be written to.
fn refusal(path: &str, cause: &std::io::Error) -> String {
    match cause.kind() {
        // What the sandbox of the unit has not been told of is read-only in it.
        ErrorKind::ReadOnlyFilesystem => format!(
            "{cause}; where the service may write its unit says: systemctl edit foodswap, [Service], \
             ReadWritePaths={path}"
        ),
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory => {
            "that is a file, or below one; name a folder with --data-dir".to_owned()
        }
        ErrorKind::PermissionDenied => {
            format!("{cause}; do it as root or as the user who owns that folder, or name another with --data-dir")
        }
        _ => format!("{cause}; name another folder with --data-dir, or make that one writable"),
    }
}

/// Serves until a signal to stop. `socket_names` is what systemd calls the sockets that it hands over.
pub async fn run(loaded: Loaded, sources: Sources, socket_names: Option<&str>) -> Result<(), ApplianceError> {
    // Before anything takes time: a signal that comes meanwhile must not kill the process half-way.
    let mut signals = Signals::listen().map_err(|error| ApplianceError::Start(error.to_string()))?;
    let ended = serve(loaded, sources, socket_names, &mut signals).await;
    if let Err(error) = &ended
        && config::has_service_manager()
    {
        if error.is_other_version() {
            service_manager::give_up(EXIT_DATA, error);
        } else {
            service_manager::is_failing(error, FAILURE_PAUSE);
        }
        drop(timeout(FAILURE_PAUSE, signals.stop(|| ())).await);
    }
    ended
}

/// A service whose configuration cannot be used says so, and ends after a pause.
pub fn refuse(error: &ConfigError) {
    if config::has_service_manager() {
        service_manager::give_up(EXIT_CONFIG, error);
        std::thread::sleep(FAILURE_PAUSE);
    }
}

async fn serve(
    loaded: Loaded,
    sources: Sources,
    socket_names: Option<&str>,
    signals: &mut Signals,
) -> Result<(), ApplianceError> {
    let config = loaded.config;
    let opening = Opening::begin();
    data::prepare(&config.data_dir)?;
    raise_descriptors(&config);
    let listeners = listen::open(&config.front, socket_names)?;
    let tls = tls(&config).await?;
    let (products, catalogue) = data::open(&config, service_manager::building()).await?;
    drop(opening);
    let application = Client::untracked(site(&config, products.clone(), Arc::clone(&catalogue)))
        .await
        .map_err(|error| ApplianceError::Start(cause_of(&error)))?;
    data::check_in_background(&catalogue, &config.data_dir);
    let import = Import::default();
    let probe = Probe::new().map_err(|error| ApplianceError::Start(error.to_string()))?;
    let served = served(&config, application, tls.clone(), probe.clone());
    let front =
        Front::new(&config.front, served, &listeners).map_err(|error| ApplianceError::Start(error.to_string()))?;
    let known = Known { tls: tls.clone(), probe, ports: ports(&listeners), front: front.handle() };
    commands::listen(&config.data_dir, products.clone(), Arc::clone(&catalogue), known, import.clone());
    announce(&listeners, catalogue.snapshot().len(), tls.is_some());
    warn_of_passed_over(&config, &listeners);
    if let Some(tls) = &tls {
        tokio::spawn(look_after(tls.clone()));
    }
    let ports = Ports::of(&listeners, &host(&config, &listeners));
    let vitals = Vitals::of(products, Arc::clone(&catalogue), ports);
    let outlook = Outlook::new(catalogue, tls.clone(), import);
    let reporting = tokio::spawn(service_manager::report(vitals, outlook));
    let drain = config.front.limits.drain();
    let reload = Reload { front: front.handle(), tls, running: config, sources };
    let stop = async {
        signals.stop(|| reload.again()).await;
        reporting.abort();
        service_manager::is_stopping(drain);
    };
    front.serve(listeners, stop).await;
    Ok(())
}

/// Where the site is, and what is spoken there.
fn ports(listeners: &[Listener]) -> Vec<(SocketAddr, Protocol)> {
    listeners.iter().map(|listener| (listener.address, listener.protocol)).collect()
}

/// Says where the site is.
fn announce(listeners: &[Listener], products: usize, has_certificate: bool) {
    for Listener { protocol, address, .. } in listeners {
        match protocol {
            Protocol::Http => tracing::info!(products, "foodswap is at http://{address}"),
            Protocol::Https if has_certificate => tracing::info!(products, "foodswap is at https://{address}"),
            Protocol::Https => tracing::info!("{address} is closed until acme.domains or front.certificate is set"),
        }
    }
}

/// Says which addresses of the configuration have no effect beside systemd's sockets.
fn warn_of_passed_over(config: &Config, listeners: &[Listener]) {
    let open: Vec<SocketAddr> = listeners.iter().map(|listener| listener.address).collect();
    if listeners.iter().any(|listener| listener.is_inherited) {
        for address in listen::passed_over(&config.front, &open) {
            tracing::warn!(
                "{address} of front.http or front.https is not listened on: systemd hands over the sockets; name it in \
                 foodswap.socket instead (systemctl edit foodswap.socket)"
            );
        }
    }
}

/// A name to ask the site by.
fn host(config: &Config, listeners: &[Listener]) -> String {
    let named = config.front.canonical_host.iter().chain(&config.front.hosts).cloned().chain(config.acme.names());
    let address = listeners.iter().map(|listener| listener.address.to_string());
    named.chain(address).next().unwrap_or_default()
}

/// What the front serves: the application, its files, its certificate.
fn served(config: &Config, application: Client, tls: Option<Tls>, probe: Probe) -> Site {
    let files = web::assets::all().into_iter().map(file).collect();
    Site { application, files, tls, probe, names: config.acme.names() }
}

/// The certificate, from the store or from files.
async fn tls(config: &Config) -> Result<Option<Tls>, ApplianceError> {
    let (data_dir, store) = (config.data_dir.clone(), config.store.clone());
    let (front, acme) = (config.front.clone(), config.acme.clone());
    let opened = spawn_blocking(move || {
        let people = People::open(&data_dir, &store)?;
        let ledger = StoredLedger(Certificates::of(&people)?);
        Ok(Tls::open(&front, &acme, Arc::new(ledger))?)
    });
    opened.await.map_err(|error| ApplianceError::Start(error.to_string()))?
}

/// Looks after the certificate, and begins again if a fault of the program ended that: without anybody to look after it
/// it would run out unnoticed.
async fn look_after(tls: Tls) {
    while let Err(error) = tokio::spawn(tls.clone().look_after()).await {
        tracing::error!(%error, "nobody looks after the certificate: a fault of the program; it is begun again");
        tokio::time::sleep(FAULT_PAUSE).await;
    }
}

/// Raises how many files and connections the process may have open to what it is allowed: most systems begin with 1,024,
/// far fewer than the connections that are let in.
fn raise_descriptors(config: &Config) {
    let allowed = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: allowed.maximum, ..allowed }) {
        tracing::warn!(%error, "the number of open files stays as it was");
    }
    let wanted = config.front.limits.connections as u64 + OWN_DESCRIPTORS;
    if let Some(allowed) = allowed.maximum.filter(|allowed| *allowed < wanted) {
        tracing::warn!(
            allowed,
            wanted,
            "fewer files may be open than front.limits.connections needs: lower it or raise LimitNOFILE"
        );
    }
}

/// A file of the site as the front wants it.
fn file(asset: web::assets::Asset) -> files::File {
    let bytes = |content: Cow<'static, [u8]>| match content {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    let packed = [(Coding::Brotli, asset.brotli), (Coding::Zstd, asset.zstd), (Coding::Gzip, asset.gzip)];
    files::File {
        path: asset.address,
        kind: asset.kind.to_string(),
        tag: asset.hash,
        plain: bytes(asset.plain),
        packed: packed.into_iter().filter_map(|(coding, content)| Some((coding, bytes(content?)))).collect(),
    }
}

/// The web application on the store and the catalogue of a data directory, ready to be launched or to be asked in
/// process.
pub async fn rocket(config: &Config) -> Result<Rocket<Build>, ApplianceError> {
    let (products, catalogue) = data::open(config, |_| ()).await?;
    Ok(site(config, products, catalogue))
}

fn site(config: &Config, products: Products, catalogue: Arc<Catalogue>) -> Rocket<Build> {
    rocket::custom(figment())
        .attach(ProductsDb::stage(products, STORE_TURNS, STORE_PATIENCE))
        .manage(catalogue)
        .attach(web::stage(config.web.clone()))
}

fn figment() -> Figment {
    Figment::from(rocket::Config::release_default()).merge(Serialized::globals(json!({
        "ident": false,
        // Believing a header that any client can send would let it choose its own address.
        "ip_header": false,
        "log_level": "off",
        // Signals are the appliance's business, and so is the end of requests under way.
        "shutdown": {"ctrlc": false, "signals": [], "grace": 1, "mercy": 1},
    })))
}

/// What made the launch fail, in words.
fn cause_of(error: &rocket::Error) -> String {
    use rocket::error::ErrorKind;
    match error.kind() {
        ErrorKind::FailedFairings(failed) => {
            let names: Vec<&str> = failed.iter().map(|fairing| fairing.name).collect();
            format!("{} failed; the log above has the cause", names.join(", "))
        }
        other => other.to_string(),
    }
}
