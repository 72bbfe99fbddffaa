//! The composition root: builds everything, runs it, stops it in order.

pub mod certificates;
mod commands;
pub mod control;
mod signals;

use std::borrow::Cow;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hyper::body::Bytes;
use rocket::fairing::AdHoc;
use rocket::figment::Figment;
use rocket::figment::providers::Serialized;
use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket};
use rocket_db_pools::Database;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use tokio::task::spawn_blocking;

use self::certificates::StoredLedger;
use self::signals::{Reload, Signals};
use crate::catalogue::mapped::MappedError;
use crate::catalogue::snapshot::{Origin, Snapshot};
use crate::catalogue::{Catalogue, generations, starter};
use crate::config::{Config, Loaded, Sources};
use crate::front::encoding::Coding;
use crate::front::listen::{self, ListenError, Protocol};
use crate::front::tls::{Tls, TlsError};
use crate::front::{Front, Site, files};
use crate::jobs::import::{self, ImportError, ImportReport, Mode, Options, Progress};
use crate::jobs::publication::{self, PublicationError};
use crate::off::feed::{Feed, FeedError};
use crate::store::StoreError;
use crate::store::certificates::Certificates;
use crate::store::people::{People, PeopleError};
use crate::store::pool::ProductsDb;
use crate::store::products::Products;
use crate::web;

/// Requests that may wait for the store at once; each holds a record of a few kilobytes for some microseconds.
const STORE_TURNS: usize = 64;
/// How long a request waits for its turn at the store, seconds.
const STORE_PATIENCE_S: u64 = 5;
/// After a fault of the program in what must not end.
const FAULT_PAUSE: Duration = Duration::from_mins(1);
/// Files that the process needs besides connections: store, snapshots, logs, an import.
const OWN_DESCRIPTORS: u64 = 256;

/// Why the appliance cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ApplianceError {
    /// The data directory cannot be made.
    #[error("{path}: {cause}; name another folder with --data-dir, or make that one writable")]
    DataDir {
        /// The folder.
        path: String,
        /// What the system said.
        cause: std::io::Error,
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
    #[error(transparent)]
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

impl From<MappedError> for ApplianceError {
    fn from(error: MappedError) -> Self {
        match error {
            MappedError::UnknownLayout { .. } => Self::OtherLayout(error),
            error => Self::Snapshot(error),
        }
    }
}

/// Serves until a signal to stop. `socket_names` is what systemd calls the sockets that it hands over.
pub async fn run(loaded: Loaded, sources: Sources, socket_names: Option<&str>) -> Result<(), ApplianceError> {
    let config = loaded.config;
    prepare_data_dir(&config.data_dir)?;
    raise_descriptors(&config);
    // Before anything takes time: a signal that comes meanwhile must not kill the process half-way.
    let mut signals = Signals::listen().map_err(|error| ApplianceError::Start(error.to_string()))?;
    let listeners = listen::open(&config.front, socket_names)?;
    let tls = tls(&config).await?;
    let application =
        Client::untracked(rocket(&config)).await.map_err(|error| ApplianceError::Start(cause_of(&error)))?;
    let products = ProductsDb::fetch(application.rocket()).map(|db| db.products());
    let catalogue = application.rocket().state::<Arc<Catalogue>>().map(Arc::clone);
    if let (Some(products), Some(catalogue)) = (products, &catalogue) {
        check_in_background(catalogue, &config.data_dir);
        commands::listen(&config.data_dir, products, Arc::clone(catalogue), tls.clone());
    }
    let count = catalogue.map_or(0, |catalogue| catalogue.snapshot().len());
    let site = site(&config, application, tls.clone());
    let front =
        Front::new(&config.front, site, &listeners).map_err(|error| ApplianceError::Start(error.to_string()))?;
    for listener in &listeners {
        let scheme = if listener.protocol == Protocol::Https { "https" } else { "http" };
        tracing::info!(products = count, "foodswap is at {scheme}://{}", listener.address);
    }
    if let Some(tls) = &tls {
        tokio::spawn(look_after(tls.clone()));
    }
    let reload = Reload { front: front.handle(), tls, running: config, sources };
    front.serve(listeners, signals.stop(|| reload.again())).await;
    Ok(())
}

/// What the front serves: the application, its files, its certificate.
fn site(config: &Config, application: Client, tls: Option<Tls>) -> Site {
    Site { application, files: web::assets::all().into_iter().map(file).collect(), tls, names: config.acme.names() }
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

/// The web application on its store and catalogue, ready to be launched or to be asked in process.
pub fn rocket(config: &Config) -> Rocket<Build> {
    let data_dir = config.data_dir.clone();
    rocket::custom(figment(config))
        .attach(ProductsDb::init())
        .attach(AdHoc::try_on_ignite("catalogue", |rocket| async move {
            let Some(products) = ProductsDb::fetch(&rocket).map(|db| db.products()) else { return Err(rocket) };
            match spawn_blocking(move || open(&products, &data_dir)).await {
                Ok(Ok(snapshot)) => Ok(rocket.manage(Arc::new(Catalogue::new(snapshot)))),
                Ok(Err(error)) => {
                    tracing::error!(%error, "the catalogue cannot be opened");
                    Err(rocket)
                }
                Err(_) => Err(rocket),
            }
        }))
        .attach(web::stage(config.web.clone()))
}

/// The catalogue of a data directory, to read beside a running service; the starter one if there is none yet.
pub fn snapshot(config: &Config) -> Result<Arc<Snapshot>, ApplianceError> {
    let latest = generations::latest(&config.data_dir.join(publication::FOLDER))?;
    if let Some(snapshot) = latest.snapshot {
        for error in latest.damaged {
            tracing::warn!(%error, "an older catalogue is read; restart `foodswap serve`, which builds this one again");
        }
        return Ok(Arc::new(snapshot));
    }
    prepare_data_dir(&config.data_dir)?;
    let products = Products::open(&config.data_dir, &config.store)?;
    Ok(Arc::new(open(&products, &config.data_dir)?))
}

/// Imports files by opening the store here; refused while a service holds it.
pub fn import(
    config: &Config,
    files: Vec<(String, File)>,
    mode: Mode,
    progress: &mut dyn FnMut(Progress),
) -> Result<ImportReport, ApplianceError> {
    prepare_data_dir(&config.data_dir)?;
    let products = Products::open(&config.data_dir, &config.store)?;
    import_into(&products, None, &config.data_dir, files, mode, progress)
}

fn import_into(
    products: &Products,
    catalogue: Option<&Catalogue>,
    data_dir: &Path,
    files: Vec<(String, File)>,
    mode: Mode,
    progress: &mut dyn FnMut(Progress),
) -> Result<ImportReport, ApplianceError> {
    let feeds = files
        .into_iter()
        .map(|(name, file)| {
            let total = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
            Feed::from_reader(name, file, total)
        })
        .collect::<Result<_, _>>()?;
    let options = Options { mode, now_t: now_t() };
    Ok(import::import(feeds, products, catalogue, data_dir, options, &mut |at| {
        progress(at);
        ControlFlow::Continue(())
    })?)
}

/// The last complete catalogue; in a new data directory the starter one.
fn open(products: &Products, data_dir: &Path) -> Result<Snapshot, ApplianceError> {
    if let Some(snapshot) = publication::restore(products, data_dir)? {
        return Ok(snapshot);
    }
    let foods = starter::products()?;
    let categories = starter::taxonomy()?;
    Ok(publication::install(&foods, Some(&categories), Origin::Starter, now_t(), products, data_dir)?.snapshot)
}

/// The present time, UNIX seconds.
fn now_t() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

/// Makes the data directory, for its owner alone.
fn prepare_data_dir(path: &Path) -> Result<(), ApplianceError> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o750)
        .create(path)
        .map_err(|cause| ApplianceError::DataDir { path: path.display().to_string(), cause })
}

fn figment(config: &Config) -> Figment {
    Figment::from(rocket::Config::release_default()).merge(Serialized::globals(json!({
        "ident": false,
        // Believing a header that any client can send would let it choose its own address.
        "ip_header": false,
        "log_level": "off",
        // Signals are the appliance's business, and so is the end of requests under way.
        "shutdown": {"ctrlc": false, "signals": [], "grace": 1, "mercy": 1},
        "databases": {"catalogue": {
            "url": config.data_dir,
            "max_connections": STORE_TURNS,
            "connect_timeout": STORE_PATIENCE_S,
            "store": config.store,
        }},
    })))
}

/// Compares the snapshot with its checksums after the start, which it would delay. A damaged one is set aside,
/// so that the next start builds it again from the store.
fn check_in_background(catalogue: &Arc<Catalogue>, data_dir: &Path) {
    let snapshot = catalogue.snapshot();
    let folder = data_dir.join(publication::FOLDER);
    std::thread::spawn(move || match snapshot.verify() {
        Ok(()) => tracing::debug!(generation = snapshot.generation(), "the catalogue's checksums hold"),
        Err(error) => {
            tracing::error!(%error, "the catalogue is damaged; restart the service to build it again from the store");
            if let Err(error) = generations::set_aside(&folder, snapshot.generation()) {
                tracing::error!(%error, "the damaged catalogue cannot be set aside; import again to replace it");
            }
        }
    });
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
