//! `Connection<ProductsDb>` guards: a page waits its turn for the store, and reads it off the async threads.
//!
//! The engine belongs to one process, and within it to whoever opened it, so the pool is given the opened store:
//! [`ProductsDb::stage`]. By itself it opens the one that Rocket's configuration names (`databases.catalogue`: `url` is the
//! data folder), from where others can take the handle:
//!
//! ```ignore
//! let rocket = rocket::build().attach(ProductsDb::init()).ignite().await?;
//! let products = ProductsDb::fetch(&rocket).expect("attached").products();   // for the import job
//! ```
//!
//! Handles keep the store open; closing the pool turns away those who wait and makes everything durable.

#![expect(unused_qualifications, reason = "in what `derive(Database)` writes")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rocket::fairing::AdHoc;
use rocket::figment::{self, Figment};
use rocket_db_pools::{Database, Pool};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use crate::food::barcode::Barcode;
use crate::food::product::Product;

use super::products::Products;
use super::{StoreConfig, StoreError};

/// The products of record, for Rocket.
#[derive(Database)]
#[database("catalogue")]
pub struct ProductsDb(ProductsPool);

/// Readers of the store, at most so many at a time.
pub struct ProductsPool {
    products: Products,
    turns: Arc<Semaphore>,
    patience: Duration,
}

/// A turn at the store.
pub struct ProductsConnection {
    products: Products,
    _turn: OwnedSemaphorePermit,
}

/// Why there is no turn at the store.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// The section of the configuration does not hold.
    #[error("databases.catalogue: {0}")]
    Config(Box<figment::Error>),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// All turns are taken, and stayed so.
    #[error("the store is busy: no turn within {} s", .0.as_secs())]
    Timeout(Duration),
    /// The program is stopping.
    #[error("the store is closed, the program is stopping")]
    Closed,
}

#[rocket::async_trait]
impl rocket_db_pools::Pool for ProductsPool {
    type Connection = ProductsConnection;
    type Error = PoolError;

    async fn init(figment: &Figment) -> Result<Self, PoolError> {
        let config: rocket_db_pools::Config = figment.extract().map_err(|error| PoolError::Config(Box::new(error)))?;
        let store = match figment.extract_inner("store") {
            Err(error) if error.missing() => StoreConfig::default(),
            store => store.map_err(|error| PoolError::Config(Box::new(error)))?,
        };
        let folder = PathBuf::from(config.url);
        let products =
            spawn_blocking(move || Products::open(&folder, &store)).await.map_err(|_| PoolError::Closed)??;
        Ok(Self::new(products, config.max_connections, Duration::from_secs(config.connect_timeout)))
    }

    async fn get(&self) -> Result<ProductsConnection, PoolError> {
        let turn = tokio::time::timeout(self.patience, Arc::clone(&self.turns).acquire_owned())
            .await
            .map_err(|_| PoolError::Timeout(self.patience))?
            .map_err(|_| PoolError::Closed)?;
        Ok(ProductsConnection { products: self.products.clone(), _turn: turn })
    }

    async fn close(&self) {
        self.turns.close();
        let products = self.products.clone();
        match spawn_blocking(move || products.flush()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the store could not be flushed"),
            Err(error) => tracing::error!(%error, "the store could not be flushed"),
        }
    }
}

impl ProductsDb {
    /// The fairing that lets pages read an opened store, so many at a time; others wait for so long.
    pub fn stage(products: Products, turns: usize, patience: Duration) -> AdHoc {
        AdHoc::on_ignite("store", move |rocket| async move {
            let close = AdHoc::on_shutdown("store", |rocket| {
                Box::pin(async move {
                    if let Some(store) = Self::fetch(rocket) {
                        store.close().await;
                    }
                })
            });
            rocket.manage(Self::from(ProductsPool::new(products, turns, patience))).attach(close)
        })
    }
}

impl ProductsPool {
    fn new(products: Products, turns: usize, patience: Duration) -> Self {
        Self { products, turns: Arc::new(Semaphore::new(turns)), patience }
    }

    /// A handle to the store, for what is not a page.
    pub fn products(&self) -> Products {
        self.products.clone()
    }
}

impl ProductsConnection {
    /// The product with this barcode.
    pub async fn product(&self, code: Barcode) -> Result<Option<Product>, StoreError> {
        let products = self.products.clone();
        spawn_blocking(move || products.get(code)).await.map_err(|_| StoreError::Closed)?
    }
}
