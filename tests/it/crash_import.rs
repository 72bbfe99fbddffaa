//! Killed at any instant, or out of disk: nothing acknowledged is lost, and the last good catalogue is served.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use foodswap::catalogue::Catalogue;
use foodswap::catalogue::snapshot::Snapshot;
use foodswap::food::barcode::Barcode;
use foodswap::food::product::Lang;
use foodswap::jobs::import::{ImportError, ImportReport, Mode, Options, Phase, Progress, import};
use foodswap::jobs::publication::{PublicationError, restore};
use foodswap::off::feed::Feed;
use foodswap::store::products::{FOLDER, Products};
use foodswap::store::{StoreConfig, StoreError};

use crate::import_files::{code, line};
use crate::store_products::{data_dir, open};

/// Kills of one run of the test.
const KILLS: u32 = 60;
/// No more kills after this, so that a slow machine ends in time; it must have seen [`KILLS_MIN`] by then.
const KILLING_MAX: Duration = Duration::from_secs(50);
/// The fewest kills that say anything.
const KILLS_MIN: u32 = 50;
/// The longest that a child lives: several imports.
const LIFE_MAX_MS: u64 = 400;
/// Names the data folder to a test that is run as a child.
const CHILD: &str = "FOODSWAP_TEST_CHILD";

/// What the catalogue holds after the import numbered so: name by code. Odd ones replace everything and change in size,
/// so that buckets are laid out anew; even ones update a third.
fn contents(import: u64) -> BTreeMap<Barcode, String> {
    if import == 0 {
        return BTreeMap::new();
    }
    let full = if import % 2 == 1 { import } else { import - 1 };
    let products = [60, 900, 350, 2_500][(full / 2 % 4) as usize];
    let mut names: BTreeMap<_, _> = (0..products).map(|number| (code(number), format!("of {full}"))).collect();
    if import.is_multiple_of(2) {
        names.extend((0..products / 3).map(|number| (code(number * 4), format!("of {import}"))));
    }
    names
}

fn import_text(folder: &Path, products: &Products, number: u64) -> Result<ImportReport, ImportError> {
    let mode = if number % 2 == 1 { Mode::ReplaceAnyway } else { Mode::Add };
    let text: String = contents(number)
        .iter()
        .filter(|(_, name)| mode != Mode::Add || **name == format!("of {number}"))
        .map(|(code, name)| line((code.number() - 3_000_000_000_000) as u64, name, number as i64))
        .collect();
    import_bytes(folder, products, None, mode, number as i64, text.into_bytes())
}

fn import_bytes(
    folder: &Path,
    products: &Products,
    catalogue: Option<&Catalogue>,
    mode: Mode,
    now_t: i64,
    bytes: Vec<u8>,
) -> Result<ImportReport, ImportError> {
    let feed = Feed::from_reader("generated".to_owned(), std::io::Cursor::new(bytes), None)?;
    let options = Options { mode, now_t };
    import(vec![feed], products, catalogue, folder, options, &mut |_| ControlFlow::Continue(()))
}

/// Not a test by itself: what a child process does until it is killed.
#[test]
fn as_a_child() {
    let Some(folder) = env::var_os(CHILD) else { return };
    let folder = Path::new(&folder);
    let products = open(folder);
    restore(&products, folder).expect("restored");
    let last = products.status().expect("status").imported_t as u64;
    for number in last + 1.. {
        import_text(folder, &products, number).expect("imported");
        println!("acknowledged {number}");
    }
}

/// A child that imports over and over, and the numbers that it acknowledges.
fn spawn(folder: &Path) -> (Child, Receiver<u64>) {
    let mut child = Command::new(env::current_exe().expect("this test's program"))
        .args(["--exact", "crash_import::as_a_child", "--nocapture"])
        .env(CHILD, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let lines = output.lines().map_while(Result::ok);
        let numbers = lines.filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok());
        numbers.for_each(|number| sender.send(number).unwrap_or(()));
    });
    (child, receiver)
}

/// SplitMix64: a seed gives the same instants again, as far as the machine does.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// Opens what a killed process left, and compares store and snapshot with what the import that counts had written.
fn verified(folder: &Path) -> u64 {
    let products = open(folder);
    let snapshot = restore(&products, folder).expect("restored");
    let status = products.status().expect("status");
    let number = status.imported_t as u64;
    let expected = contents(number);
    let mut found = BTreeMap::new();
    products
        .scan(&mut |product| {
            found.insert(product.code, product.name(Lang::EN).to_owned());
        })
        .expect("scanned");
    assert!(found == expected, "import {number}: {} products, expected {}", found.len(), expected.len());
    assert_eq!(status.products, expected.len() as u64);
    if let Some(snapshot) = snapshot {
        assert_eq!(snapshot.generation(), status.generation);
        assert_matches(&snapshot, &expected);
    } else {
        assert_eq!(number, 0, "a catalogue without a snapshot");
    }
    number
}

fn assert_matches(snapshot: &Snapshot, expected: &BTreeMap<Barcode, String>) {
    snapshot.verify().expect("its checksums");
    assert_eq!(snapshot.len(), expected.len());
    for (code, name) in expected {
        let doc = snapshot.find(*code).expect("in the snapshot");
        assert_eq!(&snapshot.card(doc, Lang::EN).name, name);
    }
}

#[test]
fn killed_at_any_instant_the_last_acknowledged_import_is_whole() {
    let seed = env::var_os("FOODSWAP_TEST_SEED")
        .and_then(|seed| seed.to_str()?.parse().ok())
        .unwrap_or_else(|| u64::from(std::process::id()));
    println!("seed {seed}: repeat with FOODSWAP_TEST_SEED={seed}");
    let mut random = Random(seed);
    let folder = data_dir();
    let (start, mut acknowledged, mut kills, mut torn) = (Instant::now(), 0, 0, 0);
    while kills < KILLS && start.elapsed() < KILLING_MAX {
        let (mut child, numbers) = spawn(folder.path());
        thread::sleep(Duration::from_millis(random.below(LIFE_MAX_MS)));
        child.kill().expect("killed");
        child.wait().expect("gone");
        acknowledged = numbers.iter().last().unwrap_or(acknowledged);
        kills += 1;

        let number = verified(folder.path());

        assert!(number >= acknowledged, "kill {kills}: import {acknowledged} was acknowledged, {number} is there");
        torn += u32::from(number > acknowledged);
        acknowledged = number;
    }
    println!("{kills} kills, {acknowledged} imports, {torn} killed between the commit and its acknowledgement");
    assert!(kills >= KILLS_MIN, "only {kills} kills in {KILLING_MAX:?}");
    assert!(acknowledged > 10, "the children hardly ever got to import: {acknowledged}");
}

/// A small file system of its own, unmounted at the end. Only root may do that.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(megabytes: u32) -> Option<Self> {
        let folder = data_dir();
        let options = format!("size={megabytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !mounted {
            println!("skipped: mounting a small file system needs root");
        }
        mounted.then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: whatever is still mapped goes with its last user.
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

/// Products that hardly compress, so that a known number fills a known disk.
fn noise(products: u64, name: &str) -> Vec<u8> {
    let mut random = Random(products);
    let text = |random: &mut Random| {
        let words: Vec<String> = (0..40).map(|_| format!("{:x}", random.below(u64::MAX))).collect();
        words.concat()
    };
    (0..products).flat_map(|number| line(number, &format!("{name} {}", text(&mut random)), 1).into_bytes()).collect()
}

fn is_disk_full(error: &ImportError) -> bool {
    error.to_string().contains("the disk is full")
        && matches!(
            error,
            ImportError::Scratch(StoreError::DiskFull { .. })
                | ImportError::Store(StoreError::DiskFull { .. })
                | ImportError::Publication(PublicationError::Build(_))
        )
}

#[test]
fn on_a_full_disk_the_old_catalogue_is_served_and_the_next_import_works() {
    // What is left free decides what fails: the scratch file, the store, or the snapshot.
    for free_mb in [1, 3, 4, 5, 6, 8, 10, 12] {
        let Some(disk) = SmallDisk::mount(40) else { return };
        let folder = disk.0.path();
        let products = open(folder);
        import_bytes(folder, &products, None, Mode::Replace, 1, noise(300, "old")).expect("the first import");
        let catalogue = Catalogue::new(restore(&products, folder).expect("restored").expect("a snapshot"));
        let ballast = folder.join("ballast");
        fill_but(&ballast, folder, free_mb);

        let large = noise(10_000, "new");
        let outcome = import_bytes(folder, &products, Some(&catalogue), Mode::Replace, 2, large.clone());

        let error = outcome.err().unwrap_or_else(|| panic!("{free_mb} MB: it fitted"));
        println!("{free_mb} MB free: {error}");
        assert!(is_disk_full(&error), "{free_mb} MB: {error:?}");
        assert_eq!(catalogue.snapshot().len(), 300);
        assert!(products.get(code(299)).expect("still read").is_some(), "{free_mb} MB");
        fs::remove_file(&ballast).expect("room again");
        import_bytes(folder, &products, Some(&catalogue), Mode::Replace, 2, large).expect("with room it works");
        assert_eq!(catalogue.snapshot().len(), 10_000);
        drop(products);
        assert_eq!(open(folder).status().expect("status").products, 10_000);
    }
}

/// Fills a file system until only so much is free.
fn fill_but(file: &Path, folder: &Path, free_mb: u64) {
    let output = Command::new("df").args(["--output=avail", "-B1"]).arg(folder).output().expect("df");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let free: u64 = text.lines().nth(1).and_then(|number| number.trim().parse().ok()).expect("a number");
    fs::write(file, vec![1; (free - (free_mb << 20)) as usize]).expect("filled");
}

#[test]
fn a_dictionary_of_an_import_that_was_given_up_is_forgotten() {
    let folder = data_dir();
    let products = open(folder.path());
    let given_up = Feed::from_reader("generated".to_owned(), std::io::Cursor::new(noise(12_000, "first")), None);
    let options = Options { mode: Mode::Replace, now_t: 1 };
    let mut stop = |progress: Progress| match progress.phase {
        Phase::Building => ControlFlow::Break(()),
        Phase::Reading | Phase::Storing => ControlFlow::Continue(()),
    };
    let outcome = import(vec![given_up.expect("a feed")], &products, None, folder.path(), options, &mut stop);
    let stopped = matches!(outcome, Err(ImportError::Stopped));

    let other = noise(9_000, "another text, which teaches another dictionary");
    import_bytes(folder.path(), &products, None, Mode::Replace, 2, other).expect("imported");
    drop(products);

    let mut count = 0;
    open(folder.path()).scan(&mut |_| count += 1).expect("every bucket can be read");
    assert_eq!((count, stopped), (9_000, true));
}

/// Names the data folder to a child that may not write there.
const POWERLESS: &str = "FOODSWAP_TEST_POWERLESS_CHILD";
/// `nobody`, on every Linux.
const NOBODY: u32 = 65_534;

/// Not a test by itself: a child that may not write tries to open the store.
#[test]
fn as_a_child_without_permission() {
    let Some(folder) = env::var_os(POWERLESS) else { return };
    let error = Products::open(Path::new(&folder), &StoreConfig::default()).err().expect("refused");
    println!("refused: {error}");
}

#[test]
fn a_user_without_permission_is_told_whose_folder_it_is() {
    let folder = data_dir();
    drop(open(folder.path()));
    for closed in [folder.path().join(FOLDER), folder.path().to_owned()] {
        fs::set_permissions(closed, fs::Permissions::from_mode(0o500)).expect("closed");
    }

    let program = env::current_exe().expect("this test's program");
    let mut child = Command::new(program);
    child.args(["--exact", "crash_import::as_a_child_without_permission", "--nocapture"]).env(POWERLESS, folder.path());
    if fs::write(folder.path().join("probe"), b"root may write anywhere").is_ok() {
        child.uid(NOBODY);
    }
    let Ok(output) = child.output() else {
        println!("skipped: another user cannot run this program where it lies");
        return;
    };

    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("refused: ") && said.contains("permission denied; run as the user who owns"), "{said}");
}
