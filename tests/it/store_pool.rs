//! The pool: pages read the store by turns.

use foodswap::catalogue::snapshot::Origin;
use foodswap::food::barcode::Barcode;
use foodswap::food::product::Product;
use foodswap::store::StoreError;
use foodswap::store::pool::{PoolError, ProductsDb, ProductsPool};
use rocket::figment::Figment;
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket, get, routes};
use rocket_db_pools::{Connection, Database, Pool};

use crate::store_products::{data_dir, open};

fn milk() -> Product {
    Product::new(Barcode::from_number(3_000_000_000_001), "milk")
}

fn section(folder: &std::path::Path, turns: usize) -> Figment {
    Figment::new().merge(("url", folder)).merge(("max_connections", turns)).merge(("connect_timeout", 0))
}

fn site(folder: &std::path::Path) -> Rocket<Build> {
    #[get("/<code>")]
    async fn name(connection: Connection<ProductsDb>, code: &str) -> Option<String> {
        let product = connection.product(code.parse().ok()?).await.ok()??;
        Some(product.names[0].text.clone())
    }
    let figment = rocket::Config::figment()
        .merge(("log_level", "off"))
        .merge(("databases.catalogue.url", folder))
        .merge(("databases.catalogue.store.lock_wait_ms", 0));
    rocket::custom(figment).attach(ProductsDb::init()).mount("/", routes![name])
}

#[rocket::async_test]
async fn a_page_reads_a_product_and_an_import_shares_the_store() {
    let folder = data_dir();
    let client = Client::tracked(site(folder.path())).await.expect("a site");
    let products = ProductsDb::fetch(client.rocket()).expect("attached").products();
    let page = |code: &'static str| {
        let request = client.get(format!("/{code}"));
        async { request.dispatch().await.into_string().await }
    };
    assert_eq!(client.get("/3000000000001").dispatch().await.status(), Status::NotFound);

    products.replace_all(Origin::Starter, &[milk()]).expect("written");

    assert_eq!(page("3000000000001").await.as_deref(), Some("milk"));
}

#[rocket::async_test]
async fn who_finds_no_turn_is_told_so_and_the_turn_comes_back() {
    let folder = data_dir();
    let pool = ProductsPool::init(&section(folder.path(), 1)).await.expect("a pool");

    let turn = pool.get().await.expect("a turn");
    assert!(matches!(pool.get().await.err(), Some(PoolError::Timeout(_))));
    drop(turn);

    assert!(pool.get().await.is_ok());
}

#[rocket::async_test]
async fn a_closed_pool_gives_no_turn_and_what_was_written_stays() {
    let folder = data_dir();
    let pool = ProductsPool::init(&section(folder.path(), 4)).await.expect("a pool");
    pool.products().replace_all(Origin::Starter, &[milk()]).expect("written");

    pool.close().await;

    assert!(matches!(pool.get().await.err(), Some(PoolError::Closed)));
    drop(pool);
    assert_eq!(open(folder.path()).get(milk().code).expect("read"), Some(milk()));
}

#[rocket::async_test]
async fn a_site_whose_store_is_taken_does_not_start() {
    let folder = data_dir();
    let _holder = open(folder.path());

    let refusal = site(folder.path()).ignite().await.expect_err("refused");
    assert!(matches!(refusal.kind(), rocket::error::ErrorKind::FailedFairings(_)));
    let section = section(folder.path(), 1).merge(("store.lock_wait_ms", 0));
    let refusal = ProductsPool::init(&section).await.err();
    assert!(matches!(refusal, Some(PoolError::Store(StoreError::Locked { .. }))), "{refusal:?}");
}
