//! The store of record: what is acknowledged is read back, whole, and nothing else is.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use foodswap::catalogue::record::VERSION;
use foodswap::catalogue::snapshot::Origin;
use foodswap::food::barcode::Barcode;
use foodswap::food::category::{Node, Taxonomy};
use foodswap::food::product::Product;
use foodswap::store::draft::{Draft, Merge};
use foodswap::store::products::{FOLDER, Products};
use foodswap::store::{StoreConfig, StoreError};
use tempfile::TempDir;

pub(crate) fn data_dir() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

pub(crate) fn open(folder: &Path) -> Products {
    Products::open(folder, &StoreConfig::default()).expect("the store opens")
}

fn code(number: u64) -> Barcode {
    Barcode::from_number(3_000_000_000_000 + u128::from(number))
}

fn spread(number: u64, changed_t: i64) -> Product {
    let mut product = Product::new(code(number), &format!("spread {number} of {changed_t}"));
    product.last_modified_t = changed_t;
    product
}

fn spreads(numbers: std::ops::Range<u64>, changed_t: i64) -> Vec<Product> {
    numbers.map(|number| spread(number, changed_t)).collect()
}

fn all(products: &Products) -> BTreeMap<Barcode, Product> {
    let mut found = BTreeMap::new();
    products
        .scan(&mut |product| assert!(found.insert(product.code, product).is_none(), "a product came twice"))
        .expect("scanned");
    found
}

fn by_code(products: impl IntoIterator<Item = Product>) -> BTreeMap<Barcode, Product> {
    products.into_iter().map(|product| (product.code, product)).collect()
}

#[test]
fn what_was_written_is_read_after_a_restart() {
    let folder = data_dir();
    let written = spreads(0..3_000, 1);
    open(folder.path()).replace_all(Origin::OpenFoodFacts, &written).expect("written");

    let products = open(folder.path());

    assert_eq!(products.get(code(17)).expect("read"), Some(spread(17, 1)));
    assert_eq!(products.get(code(3_000)).expect("read"), None);
    assert_eq!(all(&products), by_code(written));
    let status = products.status().expect("status");
    assert_eq!((status.products, status.generation, status.origin), (3_000, 1, Some(Origin::OpenFoodFacts)));
}

#[test]
fn a_new_store_is_empty() {
    let folder = data_dir();
    let products = open(folder.path());

    assert_eq!(products.get(code(1)).expect("read"), None);
    assert_eq!(all(&products).len(), 0);
    assert_eq!(products.status().expect("status").generation, 0);
    assert!(products.taxonomy().expect("read").is_none());
}

#[test]
fn products_are_read_in_one_order_however_they_came() {
    let (one, other) = (data_dir(), data_dir());
    let mut written = spreads(0..500, 1);
    let order = |folder: &Path, written: &[Product]| {
        let products = open(folder);
        products.replace_all(Origin::OpenFoodFacts, written).expect("written");
        let mut codes = Vec::new();
        products.scan(&mut |product| codes.push(product.code)).expect("scanned");
        codes
    };

    let first = order(one.path(), &written);
    written.reverse();

    assert_eq!(order(other.path(), &written), first);
}

#[test]
fn a_full_import_leaves_nothing_of_the_one_before() {
    let folder = data_dir();
    let products = open(folder.path());
    // Sizes that keep the layout of buckets, and sizes that change it, both ways.
    for (numbers, changed_t) in [(0..400, 1), (100..450, 2), (400..5_000, 3), (0..40, 4), (40..41, 5)] {
        let written = spreads(numbers, changed_t);
        products.replace_all(Origin::OpenFoodFacts, &written).expect("written");
        assert_eq!(all(&products), by_code(written), "import {changed_t}");
    }
    assert_eq!(products.status().expect("status").products, 1);
}

#[test]
fn an_update_keeps_the_others_and_the_newer_of_two() {
    let folder = data_dir();
    let products = open(folder.path());
    products.replace_all(Origin::OpenFoodFacts, &spreads(0..400, 10)).expect("written");

    products.upsert_many(&spreads(390..410, 11)).expect("newer and new ones");
    products.upsert_many(&spreads(0..20, 9)).expect("older ones");

    let expected = by_code(spreads(0..390, 10).into_iter().chain(spreads(390..410, 11)));
    assert_eq!(all(&products), expected);
    assert_eq!(products.status().expect("status").products, 410);
    drop(products);
    assert_eq!(all(&open(folder.path())), expected);
}

#[test]
fn an_update_that_outgrows_its_buckets_moves_everything_to_more_of_them() {
    let folder = data_dir();
    let products = open(folder.path());
    products.replace_all(Origin::Starter, &spreads(0..20, 10)).expect("written");

    products.upsert_many(&spreads(10..6_000, 11)).expect("many more");
    products.upsert_many(&spreads(6_000..6_001, 11)).expect("one more");

    assert_eq!(all(&products), by_code(spreads(0..10, 10).into_iter().chain(spreads(10..6_001, 11))));
    assert_eq!(products.status().expect("status").products, 6_001);
}

#[test]
fn of_a_product_that_comes_twice_the_newer_is_kept() {
    let folder = data_dir();
    let products = open(folder.path());

    products.replace_all(Origin::OpenFoodFacts, &[spread(1, 5), spread(1, 7), spread(1, 6)]).expect("written");

    assert_eq!(products.get(code(1)).expect("read"), Some(spread(1, 7)));
    assert_eq!(products.status().expect("status").products, 1);
}

#[test]
fn a_draft_is_seen_by_nobody_until_it_is_committed() {
    let folder = data_dir();
    let products = open(folder.path());
    products.replace_all(Origin::OpenFoodFacts, &spreads(0..100, 1)).expect("written");
    let taxonomy = Taxonomy::new([Node { tag: "en:spreads".to_owned(), ..Node::default() }]);

    let mut draft = Draft::begin(&products, Merge::Replace, 0).expect("begun");
    draft.write_all(&[]).expect("written");
    draft.write_taxonomy(&taxonomy, Origin::OpenFoodFacts).expect("written");
    let mut drafted = 0;
    let mut count = |_| {
        drafted += 1;
        ControlFlow::Continue(())
    };
    draft.scan(&mut count).expect("scanned");

    assert_eq!(drafted, 0);
    assert_eq!(products.get(code(5)).expect("read"), Some(spread(5, 1)));
    assert!(products.taxonomy().expect("read").is_none());
    assert!(matches!(Draft::begin(&products, Merge::Add, 0).err(), Some(StoreError::Busy)));
    assert!(matches!(products.scan(&mut |_| {}), Err(StoreError::Busy)));

    draft.commit(Origin::OpenFoodFacts, 1_700_000_000).expect("committed").prune().expect("pruned");

    assert_eq!(products.get(code(5)).expect("read"), None);
    assert_eq!(products.taxonomy().expect("read").map(|taxonomy| taxonomy.len()), Some(1));
    let status = products.status().expect("status");
    assert_eq!((status.products, status.generation), (0, 2));
    assert_eq!(status.imported_t, 1_700_000_000);
}

#[test]
fn a_draft_that_is_given_up_leaves_nothing() {
    for removed_at_once in [true, false] {
        let folder = data_dir();
        let products = open(folder.path());
        products.replace_all(Origin::OpenFoodFacts, &spreads(0..100, 1)).expect("written");

        let mut draft = Draft::begin(&products, Merge::Replace, 4_000).expect("begun");
        draft.write_all(&[]).expect("written");
        if removed_at_once {
            draft.discard().expect("discarded");
        } else {
            drop(draft);
        }
        products.upsert_many(&spreads(100..101, 1)).expect("written");

        assert_eq!(all(&products), by_code(spreads(0..101, 1)));
    }
}

#[test]
fn products_are_read_while_generations_change() {
    let folder = data_dir();
    let products = open(folder.path());
    products.replace_all(Origin::OpenFoodFacts, &spreads(0..300, 0)).expect("written");

    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut newest = 0;
            while newest < 8 {
                let product = products.get(code(7)).expect("read").expect("always there");
                assert!(product.last_modified_t >= newest, "an older product after a newer one");
                newest = product.last_modified_t;
            }
        });
        for changed_t in 1..=8 {
            let until = if changed_t % 2 == 0 { 300 } else { 3_000 };
            products.replace_all(Origin::OpenFoodFacts, &spreads(0..until, changed_t)).expect("written");
        }
        reader.join().expect("the reader");
    });
}

/// The engine itself on a store that was just closed. A child that another test is starting may hold a copy of the
/// lock for an instant, between its fork and its exec.
fn engine(data_dir: &Path) -> sled::Db {
    let patience = Instant::now() + Duration::from_secs(5);
    loop {
        match sled::open(data_dir.join(FOLDER)) {
            Ok(database) => return database,
            Err(error) => assert!(Instant::now() < patience, "the engine does not open: {error}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn another_layout_is_refused_and_the_refusal_says_what_to_do() {
    let folder = data_dir();
    open(folder.path()).replace_all(Origin::Starter, &spreads(0..3, 1)).expect("written");
    let database = engine(folder.path());
    database.open_tree("meta").expect("a tree").insert("layout", &7u32.to_le_bytes()).expect("written");
    drop(database);

    let refusal = Products::open(folder.path(), &StoreConfig::default()).err().expect("refused");

    assert!(matches!(refusal, StoreError::UnknownLayout { found: 7, expected: 1, .. }), "{refusal}");
    assert!(refusal.to_string().contains("import the catalogue again"), "{refusal}");
}

#[test]
fn products_of_another_form_are_refused_at_once_and_the_refusal_says_what_to_do() {
    let folder = data_dir();
    open(folder.path()).replace_all(Origin::Starter, &spreads(0..3, 1)).expect("written");
    let database = engine(folder.path());
    database.open_tree("meta").expect("a tree").insert("records", &[2]).expect("written");
    drop(database);

    let refusal = Products::open(folder.path(), &StoreConfig::default()).err().expect("refused");

    assert!(matches!(refusal, StoreError::UnknownRecords { found: 2, expected: VERSION, .. }), "{refusal}");
    assert!(refusal.to_string().contains("import the catalogue again"), "{refusal}");
}

#[test]
fn a_store_from_before_its_products_were_marked_is_opened() {
    let folder = data_dir();
    open(folder.path()).replace_all(Origin::Starter, &spreads(0..3, 1)).expect("written");
    let database = engine(folder.path());
    database.open_tree("meta").expect("a tree").remove("records").expect("removed");
    drop(database);

    assert_eq!(all(&open(folder.path())), by_code(spreads(0..3, 1)));
}

#[test]
fn a_store_that_another_holds_is_waited_for_then_refused() {
    let folder = data_dir();
    let holder = open(folder.path());
    let impatient = StoreConfig { lock_wait_ms: 0, ..StoreConfig::default() };
    let refusal = Products::open(folder.path(), &impatient).err().expect("refused");
    assert!(matches!(refusal, StoreError::Locked { .. }), "{refusal}");

    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| Products::open(folder.path(), &StoreConfig::default()).map(drop));
        drop(holder);
        waiting.join().expect("no panic").expect("opened once it was free");
    });
}

#[test]
fn an_altered_bucket_is_an_error_and_never_a_wrong_product() {
    let folder = data_dir();
    open(folder.path()).replace_all(Origin::Starter, &[spread(1, 1)]).expect("written");
    let database = engine(folder.path());
    let buckets = database.open_tree("buckets").expect("a tree");
    let (key, value) = buckets.first().expect("read").expect("a bucket");
    let mut altered = value.to_vec();
    let last = altered.len() - 1;
    altered[last] ^= 1;
    buckets.insert(key, altered).expect("written");
    drop((buckets, database));

    let products = open(folder.path());

    assert!(matches!(products.get(code(1)), Err(StoreError::Damaged { .. })));
    assert!(matches!(products.scan(&mut |_| {}), Err(StoreError::Damaged { .. })));
}
