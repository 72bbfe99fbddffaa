//! The import: files become the catalogue that is served, or an error says why and the old one stays.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use foodswap::catalogue::Catalogue;
use foodswap::catalogue::generations;
use foodswap::catalogue::snapshot::{Origin, Snapshot};
use foodswap::food::barcode::Barcode;
use foodswap::food::product::{Lang, Product};
use foodswap::jobs::import::{ImportError, ImportReport, Mode, Options, Phase, Progress, TaxonomyFrom, import};
use foodswap::jobs::publication::{self, PublicationError};
use foodswap::off::feed::{Feed, FeedError};
use foodswap::off::record::Rejection;
use foodswap::store::StoreError;
use foodswap::store::products::Products;
use tempfile::TempDir;

use crate::store_products::{data_dir, open};

/// Line of a dump, in Open Food Facts' shape.
pub(crate) fn line(number: u64, name: &str, changed_t: i64) -> String {
    format!(
        r#"{{"code":"{}","lang":"en","product_name":"{name}","product_name_en":"{name}","last_modified_t":{changed_t},"categories_tags":["en:spreads","en:hazelnut-spreads"]}}"#,
        code(number)
    ) + "\n"
}

pub(crate) fn code(number: u64) -> Barcode {
    Barcode::from_number(3_000_000_000_000 + u128::from(number))
}

fn dump(names: std::ops::Range<u64>, name: &str, changed_t: i64) -> String {
    names.map(|number| line(number, name, changed_t)).collect()
}

const TAXONOMY: &str = r#"{"en:spreads":{"name":{"en":"Spreads"}},"en:beverages":{"name":{"en":"Beverages"}},"en:snacks":{"name":{"en":"Snacks"}},
    "en:hazelnut-spreads":{"name":{"en":"Hazelnut spreads","fr":"Pâtes à tartiner aux noisettes"},"parents":["en:spreads"]}}"#;

/// A data folder with its opened store, and the files that a test imports.
struct Site {
    folder: TempDir,
    products: Products,
    catalogue: Option<Catalogue>,
}

impl Site {
    fn new() -> Self {
        let folder = data_dir();
        let products = open(folder.path());
        Self { folder, products, catalogue: None }
    }

    /// A site that serves an import of these products.
    fn serving(names: std::ops::Range<u64>, name: &str) -> Self {
        let mut site = Self::new();
        let file = site.file("first.jsonl", dump(names, name, 10).as_bytes());
        site.import(&[&file]).expect("the first import");
        let snapshot = publication::restore(&site.products, site.folder.path()).expect("restored").expect("a snapshot");
        site.catalogue = Some(Catalogue::new(snapshot));
        site
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        path
    }

    fn import(&self, files: &[&Path]) -> Result<ImportReport, ImportError> {
        self.import_as(Mode::Replace, files)
    }

    fn import_as(&self, mode: Mode, files: &[&Path]) -> Result<ImportReport, ImportError> {
        let feeds = files.iter().map(|file| Feed::open(file)).collect::<Result<_, _>>()?;
        let options = Options { mode, now_t: 1_700_000_000 };
        let catalogue = self.catalogue.as_ref();
        import(feeds, &self.products, catalogue, self.folder.path(), options, &mut |_| ControlFlow::Continue(()))
    }

    fn snapshot(&self) -> Snapshot {
        publication::restore(&self.products, self.folder.path()).expect("restored").expect("a snapshot")
    }

    /// Names by code, from the store and from the snapshot, which agree.
    fn names(&self) -> BTreeMap<Barcode, String> {
        let mut names = BTreeMap::new();
        let mut add =
            |product: Product| assert!(names.insert(product.code, product.name(Lang::EN).to_owned()).is_none());
        self.products.scan(&mut add).expect("scanned");
        let snapshot = self.snapshot();
        assert_eq!(snapshot.len(), names.len());
        for (code, name) in &names {
            let doc = snapshot.find(*code).expect("in the snapshot too");
            assert_eq!(&snapshot.card(doc, Lang::EN).name, name);
        }
        names
    }

    fn served(&self) -> usize {
        self.catalogue.as_ref().expect("serving").snapshot().len()
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("compressed");
    encoder.finish().expect("compressed")
}

fn all(numbers: std::ops::Range<u64>, name: &str) -> BTreeMap<Barcode, String> {
    numbers.map(|number| (code(number), name.to_owned())).collect()
}

#[test]
fn a_dump_becomes_the_catalogue_that_is_served() {
    let site = Site::serving(0..50, "spread");
    let file = site.file("dump.jsonl.gz", &gzip(dump(20..1_020, "new spread", 11).as_bytes()));

    let report = site.import(&[&file]).expect("imported");

    assert_eq!((report.lines, report.records, report.products, report.generation), (1_000, 1_000, 1_000, 2));
    assert_eq!(site.served(), 1_000);
    assert_eq!(site.names(), all(20..1_020, "new spread"));
    let snapshot = site.snapshot();
    assert_eq!((snapshot.generation(), snapshot.built_t()), (2, 1_700_000_000));
    assert_eq!(snapshot.origin(), Origin::OpenFoodFacts);
    let json = serde_json::to_value(&report).expect("serialisable");
    assert_eq!(json["files"][0]["products"], 1_000);
}

#[test]
fn an_update_keeps_what_it_does_not_name_and_a_new_store_takes_it_whole() {
    let site = Site::new();
    let (first, update) = (dump(0..100, "spread", 10), dump(90..110, "newer", 11) + &dump(0..5, "older", 9));
    let (first, update) = (site.file("a", first.as_bytes()), site.file("b", update.as_bytes()));

    site.import_as(Mode::Add, &[&first]).expect("imported");
    let report = site.import_as(Mode::Add, &[&update]).expect("imported");

    assert_eq!((report.records, report.products), (25, 110));
    let mut expected = all(0..90, "spread");
    expected.extend(all(90..110, "newer"));
    assert_eq!(site.names(), expected);
}

#[test]
fn of_two_records_of_a_product_the_newer_counts_and_of_equals_the_last() {
    let site = Site::new();
    let one = site.file(
        "one",
        (line(1, "newest", 9) + &line(1, "old", 5) + &line(2, "first", 5) + &line(2, "second", 5)).as_bytes(),
    );
    let two = site.file("two", (line(3, "b", 5) + &line(2, "third", 5)).as_bytes());
    let three = site.file("three", line(3, "a", 4).as_bytes());

    site.import(&[&one, &two, &three]).expect("imported");

    let names: Vec<String> = site.names().into_values().collect();
    assert_eq!(names, ["newest", "third", "b"]);
}

#[test]
fn a_taxonomy_groups_the_products_and_stays_for_later_imports() {
    let site = Site::new();
    let (taxonomy, products) =
        (site.file("t.json", TAXONOMY.as_bytes()), site.file("p", dump(0..9, "spread", 1).as_bytes()));
    let french = |site: &Site| {
        let snapshot = site.snapshot();
        let taxonomy = snapshot.taxonomy();
        taxonomy.id("en:hazelnut-spreads").map(|id| taxonomy.name(id, Lang::FR).to_owned())
    };

    let report = site.import(&[&products, &taxonomy]).expect("imported");
    assert_eq!(report.files[0].content, "taxonomy of 4 categories");
    assert_eq!(french(&site).as_deref(), Some("Pâtes à tartiner aux noisettes"));

    assert_eq!(report.taxonomy, TaxonomyFrom::TheseFiles);

    let later = site.import(&[&products]).expect("imported");
    assert_eq!(french(&site).as_deref(), Some("Pâtes à tartiner aux noisettes"));
    assert_eq!(later.taxonomy, TaxonomyFrom::AnEarlierImport);

    let renamed = site.file("t2.json", TAXONOMY.replace("Pâtes à tartiner", "Tartinades").as_bytes());
    site.import(&[&renamed]).expect("a taxonomy alone");
    assert_eq!(french(&site).as_deref(), Some("Tartinades aux noisettes"));
    assert_eq!(site.names().len(), 9);
}

#[test]
fn the_starter_catalogue_goes_with_the_first_real_import() {
    for mode in [Mode::Replace, Mode::Add] {
        let site = Site::new();
        let starter = [Product::new(code(7_000), "generic bread")];
        let installed = publication::install(&starter, None, Origin::Starter, 5, &site.products, site.folder.path())
            .expect("installed");
        assert_eq!((installed.snapshot.origin(), installed.snapshot.len()), (Origin::Starter, 1));
        installed.serve(None);
        let taxonomy = site.file("t.json", TAXONOMY.as_bytes());
        let report = site.import(&[&taxonomy]).expect("a taxonomy alone changes nothing else");
        assert_eq!(report.starter_foods_removed, 0);
        assert_eq!((site.snapshot().origin(), site.names().len()), (Origin::Starter, 1));

        let file = site.file("dump", dump(0..3, "spread", 1).as_bytes());
        let report = site.import_as(mode, &[&file]).expect("imported");

        assert_eq!(report.starter_foods_removed, 1, "{mode:?} says what went");
        assert_eq!(report.taxonomy, TaxonomyFrom::AnEarlierImport);
        assert_eq!(site.names(), all(0..3, "spread"));
        assert_eq!(site.snapshot().origin(), Origin::OpenFoodFacts);
        assert_eq!(site.import_as(mode, &[&file]).expect("imported").starter_foods_removed, 0);
    }
}

#[test]
fn a_taxonomy_with_nothing_to_group_makes_no_catalogue() {
    let site = Site::new();
    let taxonomy = site.file("t.json", TAXONOMY.as_bytes());

    let refused = site.import(&[&taxonomy]).expect_err("there is no product");

    assert!(matches!(refused, ImportError::NothingToGroup), "{refused}");
    assert!(publication::restore(&site.products, site.folder.path()).expect("read").is_none());
}

#[test]
fn a_bad_line_costs_that_line_and_the_report_shows_it() {
    let site = Site::new();
    let text = format!("{}{{\"code\":\n{}{{\"code\":\"77\"}}\n", line(1, "milk", 1), line(2, "bread", 1));
    let file = site.file("dump", text.as_bytes());

    let report = site.import(&[&file]).expect("imported");

    let found = &report.files[0].report;
    assert_eq!((found.lines, found.products, found.rejections()), (4, 2, 2));
    let samples: Vec<_> = found.samples.iter().map(|sample| (sample.line, sample.reason)).collect();
    assert_eq!(samples.len(), 2);
    assert!(samples.contains(&(4, Rejection::NoName)), "{samples:?}");
    assert_eq!(site.names().len(), 2);
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_changes_nothing() {
    let whole = gzip(dump(0..3_000, "other", 20).as_bytes());
    let mut corrupted = whole.clone();
    let middle = whole.len() / 2;
    corrupted[middle..middle + 64].fill(0xff);
    let cases: [(&str, Vec<u8>); 5] = [
        ("truncated.gz", whole[..whole.len() / 2].to_vec()),
        ("corrupted.gz", corrupted),
        ("page.html", b"<!doctype html><title>404</title>".to_vec()),
        ("empty", Vec::new()),
        ("nothing.jsonl", b"{\"code\":\"1\"}\n{\"code\":\"2\"}\n".to_vec()),
    ];
    for (name, bytes) in cases {
        let site = Site::serving(0..30, "spread");
        let file = site.file(name, &bytes);

        let error = site.import(&[&file]).expect_err(name);

        let said = error.to_string();
        match name {
            "truncated.gz" => assert!(matches!(error, ImportError::Feed(FeedError::Truncated { .. })), "{said}"),
            "corrupted.gz" => assert!(matches!(error, ImportError::Feed(FeedError::Corrupted { .. })), "{said}"),
            "page.html" => assert!(matches!(error, ImportError::Feed(FeedError::WrongFile { .. })), "{said}"),
            "empty" => assert!(matches!(error, ImportError::Feed(FeedError::Empty { .. })), "{said}"),
            _ => assert!(matches!(error, ImportError::NoProduct { lines: 2, .. }), "{said}"),
        }
        assert_eq!(site.served(), 30, "{name}");
        assert_eq!(site.names(), all(0..30, "spread"), "{name}");
        assert_eq!(site.products.status().expect("status").generation, 1, "{name}");
    }
}

#[test]
fn a_catalogue_that_would_lose_more_than_half_of_its_products_is_replaced_only_on_demand() {
    let site = Site::serving(0..100, "spread");
    let short = dump(0..49, "other", 20);
    let cut_off = site.file("cut.jsonl", &[short.as_bytes(), b"{\"code\":\"3000000000049\",\"produ"].concat());

    let error = site.import(&[&cut_off]).expect_err("refused");

    assert!(matches!(error, ImportError::Shrinks { products: 49, before: 100 }), "{error}");
    assert!(error.to_string().contains("--force") && error.to_string().contains("--add"), "{error}");
    assert_eq!((site.served(), site.names()), (100, all(0..100, "spread")));
    let half = site.file("half.jsonl", dump(0..50, "half", 21).as_bytes());
    assert_eq!(site.import(&[&half]).expect("half is enough").products, 50);
    let few = site.file("few.jsonl", line(1, "few", 22).as_bytes());
    assert_eq!(site.import_as(Mode::Add, &[&few]).expect("an update may be small").products, 50);
    assert_eq!(site.import_as(Mode::ReplaceAnyway, &[&few]).expect("on demand").products, 1);
}

#[test]
fn a_last_line_that_is_cut_off_is_told() {
    let whole = line(1, "milk", 1) + &line(2, "bread", 1);
    for (text, cut_off) in [
        (whole.as_str(), false),
        (whole.trim_end(), false),
        (&whole[..whole.len() - 9], true),
        (&(whole.clone() + "{\"code\":\n"), false),
        (&(whole.clone() + "{\"code\":\n  "), false),
    ] {
        let site = Site::new();
        let file = site.file("dump", text.as_bytes());

        let report = site.import(&[&file]).expect("imported");

        assert_eq!(report.files[0].report.cut_off, cut_off, "{text}");
    }
}

#[test]
fn nothing_to_import_is_an_error() {
    assert!(matches!(Site::new().import(&[]), Err(ImportError::NoFile)));
}

#[test]
fn an_import_that_is_stopped_changes_nothing_and_the_next_one_works() {
    for at in [Phase::Storing, Phase::Building] {
        let site = Site::serving(0..30, "spread");
        let file = site.file("dump", dump(0..12_000, "other", 20).as_bytes());
        let options = Options { mode: Mode::Replace, now_t: 0 };
        let mut stop = |progress: Progress| {
            if progress.phase == at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };

        let feeds = vec![Feed::open(&file).expect("opened")];
        let outcome = import(feeds, &site.products, site.catalogue.as_ref(), site.folder.path(), options, &mut stop);

        assert!(matches!(outcome, Err(ImportError::Stopped)), "{at:?}");
        assert_eq!((site.served(), site.names()), (30, all(0..30, "spread")), "{at:?}");
        site.import(&[&file]).expect("imported");
        assert_eq!((site.served(), site.names().len()), (12_000, 12_000), "{at:?}");
    }
}

#[test]
fn products_are_found_while_they_are_replaced() {
    let site = Site::serving(0..200, "spread");
    let small = site.file("small", dump(0..200, "spread", 10).as_bytes());
    let large = site.file("large", dump(0..4_000, "spread", 10).as_bytes());
    let done = std::sync::atomic::AtomicBool::new(false);
    let catalogue = site.catalogue.as_ref().expect("serving");

    std::thread::scope(|scope| {
        scope.spawn(|| {
            for file in [&large, &small, &large, &small] {
                site.import_as(Mode::ReplaceAnyway, &[file]).expect("imported");
            }
            done.store(true, std::sync::atomic::Ordering::Release);
        });
        while !done.load(std::sync::atomic::Ordering::Acquire) {
            let snapshot = catalogue.snapshot();
            let doc = snapshot.find(code(150)).expect("in every snapshot");
            assert_eq!(snapshot.card(doc, Lang::EN).name, "spread");
            assert!(site.products.get(code(150)).expect("read").is_some());
        }
    });
}

#[test]
fn a_second_import_at_the_same_time_is_refused() {
    let site = Site::serving(0..200, "spread");
    let file = site.file("dump", dump(0..300, "spread", 10).as_bytes());
    let mut refused = false;
    let mut meanwhile = |progress: Progress| {
        if progress.phase == Phase::Storing {
            refused |= matches!(site.import(&[&file]), Err(ImportError::Store(StoreError::Busy)));
        }
        ControlFlow::Continue(())
    };

    let feeds = vec![Feed::open(&file).expect("opened")];
    let options = Options { mode: Mode::Replace, now_t: 0 };
    import(feeds, &site.products, None, site.folder.path(), options, &mut meanwhile).expect("the first one");

    assert!(refused);
}

#[test]
fn a_snapshot_that_is_missing_or_damaged_is_built_again_from_the_store() {
    let damage: [fn(&Path); 3] = [
        |path| fs::remove_file(path).expect("removed"),
        |path| fs::write(path, b"nonsense").expect("written"),
        |path| {
            let bytes = fs::read(path).expect("read");
            fs::write(path, &bytes[..bytes.len() / 2]).expect("written");
        },
    ];
    for damage in damage {
        let mut site = Site::serving(0..30, "spread");
        site.catalogue = None;
        damage(&generations::path(&site.folder.path().join(publication::FOLDER), 1));

        let snapshot = site.snapshot();

        assert_eq!((snapshot.len(), snapshot.generation()), (30, 1));
        assert_eq!(site.names(), all(0..30, "spread"));
    }
}

#[test]
fn a_snapshot_that_was_never_acknowledged_is_not_served() {
    let site = Site::serving(0..30, "spread");
    let folder = site.folder.path().join(publication::FOLDER);
    fs::copy(generations::path(&folder, 1), generations::path(&folder, 2)).expect("copied");

    assert_eq!(site.snapshot().generation(), 1);
    assert!(!generations::path(&folder, 2).exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = data_dir();
    let products = open(folder.path());
    fs::write(folder.path().join("catalogue"), b"a file where a folder should be").expect("written");

    let outcome = publication::install(&[], None, Origin::Starter, 0, &products, folder.path());

    let said = outcome.err().map(|error: PublicationError| error.to_string()).expect("refused");
    assert!(said.contains("catalogue"), "{said}");
}
