//! Files of every kind, whole and broken.

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;

const LINES: &str = "{\"code\":\"1\",\"product_name\":\"a\"}\n{\"code\":\"2\",\"product_name\":\"b\"}\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn open(bytes: impl Into<Vec<u8>>) -> Result<Feed, FeedError> {
    let bytes = bytes.into();
    let total = bytes.len() as u64;
    Feed::from_reader("file".to_owned(), Cursor::new(bytes), Some(total))
}

/// Every line with its number, and the numbers of those that were too long.
/// Every line with its number, and the numbers of those that were too long.
type Lines = (Vec<(u64, String)>, Vec<u64>);

fn lines(feed: &mut Feed) -> Result<Lines, FeedError> {
    let (mut lines, mut too_long) = (Vec::new(), Vec::new());
    while let Some(block) = feed.next_block()? {
        lines.extend(block.lines().map(|(number, line)| (number, String::from_utf8_lossy(line).into_owned())));
        too_long.extend(&block.too_long);
    }
    Ok((lines, too_long))
}

fn failure(bytes: impl Into<Vec<u8>>) -> String {
    match open(bytes).and_then(|mut feed| lines(&mut feed)) {
        Ok(read) => panic!("read {} lines", read.0.len()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_dump_is_read_however_it_is_packed() {
    let two_members = [gzip(&LINES.as_bytes()[..10]), gzip(&LINES.as_bytes()[10..])].concat();
    let zstd = |text: &str| zstd::encode_all(text.as_bytes(), 1).expect("memory");
    let two_frames = [zstd(&LINES[..10]), zstd(&LINES[10..])].concat();
    for (bytes, packing) in [
        (LINES.as_bytes().to_vec(), Packing::None),
        (gzip(LINES.as_bytes()), Packing::Gzip),
        (two_members, Packing::Gzip),
        (zstd(LINES), Packing::Zstd),
        (two_frames, Packing::Zstd),
    ] {
        let mut feed = open(bytes).expect("a feed");

        assert_eq!((feed.kind(), feed.packing()), (Kind::Dump, packing));
        let read: Vec<_> = lines(&mut feed).expect("whole").0;
        assert_eq!(
            read.iter().map(|(number, line)| (*number, line.as_str())).collect::<Vec<_>>(),
            [(1, LINES.lines().next().expect("a line")), (2, LINES.lines().nth(1).expect("a line")),]
        );
        assert_eq!(Some(feed.progress().bytes_read()), feed.progress().bytes_total());
    }
}

#[test]
fn an_export_begins_with_its_header() {
    let mut feed = open("\u{feff}code\tproduct_name\tbrands\r\n17\tThé\tEssai\r\n18\tthree\n").expect("a feed");
    let parser = feed.parser();

    let (rows, _) = lines(&mut feed).expect("whole");

    assert_eq!(feed.kind(), Kind::Export);
    assert_eq!(rows, [(2, "17\tThé\tEssai".to_owned()), (3, "18\tthree".to_owned())]);
    assert_eq!(parser.parse(rows[0].1.as_bytes()).expect("a product").brands, ["Essai"]);
    assert_eq!(parser.parse(rows[1].1.as_bytes()), Err(Rejection::WrongColumns));
}

#[test]
fn a_taxonomy_is_told_by_its_keys() {
    let json = r#"{ "en:snacks": {"name": {"en": "Snacks", "fr": "Snacks", "zz": "x"}, "synonyms": {"en": ["Snacks", "Nibbles"]}},
        "en:crisps": {"name": {"en": "Crisps", "fr": null}, "parents": ["en:snacks"], "synonyms": null} }"#;
    let feed = open(json).expect("a feed");
    assert_eq!(feed.kind(), Kind::Taxonomy);

    let (subject, taxonomy) = feed.read_taxonomy().expect("a taxonomy");

    assert_eq!((subject, taxonomy.len()), (taxonomy::Subject::Categories, 2));
    let crisps = taxonomy.id("en:crisps").expect("an entry");
    assert_eq!(taxonomy.parents(crisps), [taxonomy.id("en:snacks").expect("an entry")]);
    let snacks = taxonomy.node(taxonomy.parents(crisps)[0]);
    assert_eq!((snacks.names.len(), snacks.synonyms.len()), (2, 2), "languages that are not kept are left out");
}

#[test]
fn lines_end_in_any_way_and_empty_ones_are_passed_over() {
    let mut feed = open("{\"a\":1}\r\n\n  \n{\"b\":2}").expect("a feed");

    assert_eq!(lines(&mut feed).expect("whole").0, [(1, "{\"a\":1}".to_owned()), (4, "{\"b\":2}".to_owned())]);
}

#[test]
fn a_line_that_is_too_long_costs_that_line_only() {
    let long = "x".repeat(LINE_BYTES_MAX * 2);
    for (text, kept, too_long) in [
        (format!("{{\"a\":1}}\n{long}\n{{\"b\":2}}\n"), vec![1, 3], vec![2]),
        (format!("{{\"a\":1}}\n{long}"), vec![1], vec![2]),
        (format!("{{\"a\":\"{long}\"}}\n{{\"b\":2}}\n"), vec![2], vec![1]),
    ] {
        let mut feed = open(gzip(text.as_bytes())).expect("a feed");

        let (lines, longer) = lines(&mut feed).expect("whole");

        assert_eq!((lines.iter().map(|(number, _)| *number).collect::<Vec<_>>(), longer), (kept, too_long));
    }
}

#[test]
fn what_is_no_feed_is_refused_with_what_it_is_and_what_to_do() {
    for (bytes, says) in [
        (b"".to_vec(), "empty"),
        (b" \n".to_vec(), "empty"),
        (gzip(b""), "empty"),
        (b"\x89PNG\r\n\x1a\n".to_vec(), "a PNG picture"),
        (b"<!DOCTYPE html><html>".to_vec(), "web page"),
        (gzip(b"<html>"), "web page"),
        (b"PK\x03\x04....".to_vec(), "ZIP"),
        (b"[{\"code\":\"1\"}]".to_vec(), "JSON array"),
        (b"name,price\n1,2\n".to_vec(), "a text of an unknown kind"),
        (b"name\tprice\n1\t2\n".to_vec(), "without the columns"),
        (vec![0; 100], "binary"),
        (b"{]".to_vec(), "neither"),
    ] {
        let error = failure(bytes.clone());
        assert!(error.contains(says), "{error}");
    }
    let taxonomy = open(LINES).expect("a feed").read_taxonomy().expect_err("no taxonomy").to_string();
    assert!(taxonomy.contains("file of products"), "{taxonomy}");
    assert!(open("{\"en:a\": 7}").expect("a feed").read_taxonomy().is_err());
}

#[test]
fn a_packed_file_cut_short_or_damaged_says_so() {
    let mut text = String::new();
    for number in 0..40_000 {
        writeln!(text, "{{\"code\":\"{}\",\"n\":{}}}", number * 7919, number * 31).expect("a string has room");
    }
    let (whole, zstd) = (gzip(text.as_bytes()), zstd::encode_all(text.as_bytes(), 1).expect("memory"));
    for bytes in [&whole[..whole.len() / 2], &whole[..whole.len() - 3], &zstd[..zstd.len() / 2]] {
        let error = failure(bytes);
        assert!(error.contains("cut off, fetch it again"), "{error}");
    }
    for place in [whole.len() / 2, whole.len() - 6] {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x55;
        let error = failure(damaged);
        assert!(error.contains("damaged near byte"), "{error}");
    }
}

#[test]
fn a_missing_file_and_a_directory_are_named() {
    let missing = Feed::open(Path::new("no/such/file")).expect_err("missing").to_string();
    let folder = Feed::open(Path::new("src")).expect_err("a folder").to_string();

    assert_eq!(missing, "no/such/file: there is no such file; look at its name and its folder");
    assert_eq!(folder, "src: that is a folder; name the files in it");
}

#[test]
fn what_the_system_refuses_is_told_with_what_to_do() {
    for (kind, advice) in [
        (io::ErrorKind::PermissionDenied, "chmod a+r"),
        (io::ErrorKind::IsADirectory, "name the files in it"),
        (io::ErrorKind::Other, "look at the disk"),
    ] {
        let said = FeedError::Read { name: "dump.jsonl".to_owned(), cause: kind.into() }.to_string();

        assert!(said.starts_with("dump.jsonl: ") && said.contains(advice), "{said}");
    }
}

#[test]
fn reports_of_parts_merge_into_that_of_the_whole() {
    let part = |first: u64| {
        let mut report = Report::default();
        report.accept();
        for line in first..first + 4 {
            report.reject(line, Rejection::NoName, b"{\"code\":\t\"1\"}");
        }
        report
    };

    let mut whole = part(10);
    whole.merge(part(1));

    assert_eq!((whole.lines, whole.products, whole.rejections()), (10, 2, 8));
    let samples: Vec<u64> = whole.samples.iter().map(|sample| sample.line).collect();
    assert_eq!(samples, [1, 2, 3, 4, 10], "the first of the file");
    assert_eq!(whole.samples[0].excerpt, "{\"code\":\"1\"}");
}

/// Gives its bytes in pieces of some length, as a pipe does.
struct Pipe(Cursor<Vec<u8>>, usize);

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(self.1);
        self.0.read(&mut buffer[..length])
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_line_is_lost_however_the_bytes_arrive(
        texts in prop::collection::vec("[a-z ]{0,40}", 1..50),
        piece in 1usize..100,
        ends: bool,
    ) {
        let mut text = texts.iter().map(|text| format!("{{\"{text}\":1}}")).collect::<Vec<_>>().join("\n");
        text.push_str(if ends { "\n" } else { "" });
        let pipe = Pipe(Cursor::new(text.clone().into_bytes()), piece);
        let mut feed = Feed::from_reader("pipe".to_owned(), pipe, None).expect("a feed");

        let (read, _) = lines(&mut feed).expect("whole");

        let expected: Vec<_> = (1..).zip(text.lines().map(str::to_owned)).collect();
        prop_assert_eq!(read, expected);
    }
}
