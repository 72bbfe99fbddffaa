//! Every error that a person can meet says what happened, to which file, and what to do next.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::appliance::{file, foodswap, run, text};
use crate::command_import::DUMP;

/// A command that fails: its arguments, its exit code, and what it says: what happened, to which file, what to do.
type Case = (&'static [&'static str], i32, [&'static str; 3]);

const FETCH: &str = "fetch it again";
const DATA_DIR: &str = "name a folder with --data-dir";
const WANTED: &str = "wanted is an Open Food Facts dump";

const CASES: &[Case] = &[
    (&["import", "gone.jsonl"], 1, ["no such file", "gone.jsonl", "look at its name"]),
    (&["import", "folder"], 1, ["is a folder", "folder:", "name the files in it"]),
    (&["import", "empty.jsonl"], 1, ["is empty", "empty.jsonl", FETCH]),
    (&["import", "cut.jsonl.gz"], 1, ["ends in the middle", "cut.jsonl.gz", FETCH]),
    (&["import", "damaged.jsonl.gz"], 1, ["is damaged near byte", "damaged.jsonl.gz", FETCH]),
    (&["import", "text.txt"], 1, ["a text of an unknown kind", "text.txt", WANTED]),
    (&["import", "page.html"], 1, ["a web page", "page.html", WANTED]),
    (&["import", "array.json"], 1, ["a JSON array", "array.json", WANTED]),
    (&["import", "taxonomy.json"], 1, ["no taxonomy that can be read", "taxonomy.json", FETCH]),
    (&["import", "nameless.jsonl"], 1, ["no product among 1 lines", "nameless.jsonl", "is it a dump or an export"]),
    (&["import", "-"], 1, ["is empty", "standard input", FETCH]),
    (&["--data-dir", "text.txt", "import", "dump.jsonl"], 1, ["is a file", "text.txt", DATA_DIR]),
    (&["--data-dir", "text.txt", "serve", "--http", "127.0.0.1:0"], 1, ["is a file", "text.txt", DATA_DIR]),
    (&["--data-dir", "text.txt/data", "import", "dump.jsonl"], 1, ["below one", "text.txt/data", DATA_DIR]),
    (&["--data-dir", "text.txt", "search", "bread"], 1, ["is a file", "text.txt", DATA_DIR]),
    (&["--data-dir", "text.txt", "swap", "bread"], 1, ["is a file", "text.txt", DATA_DIR]),
    (&["--data-dir", "text.txt", "evaluate"], 1, ["is a file", "text.txt", DATA_DIR]),
    (&["--data-dir", "gone", "evaluate"], 1, ["no folder", "gone", "--data-dir names"]),
    (&["--config", "gone.toml", "serve"], 78, ["no such file", "gone.toml", "--config"]),
    (&["--config", "folder", "config", "check"], 78, ["no file", "folder", "--config"]),
    (&["--config", "cut.toml", "config", "check"], 78, ["line 1", "cut.toml", "config example"]),
    (&["--config", "damaged.jsonl.gz", "config", "check"], 78, ["no text", "damaged.jsonl.gz", "config example"]),
    (&["--config", "number.toml", "config", "check"], 78, ["front: ", "number.toml", "config example"]),
    (&["--config", "no-key.toml", "config", "check"], 78, ["No such file", "gone.pem", "PEM"]),
    (&["--config", "no-key.toml", "serve"], 1, ["No such file", "gone.pem", "PEM"]),
    (&["--config", "folder-key.toml", "config", "check"], 78, ["directory", "folder", "PEM"]),
    (&["man", "--folder", "text.txt"], 1, ["cannot be written", "text.txt", "--folder"]),
];

/// The files that the cases name.
fn set_up(folder: &Path) {
    let key = "[front]\nhttp = [\"127.0.0.1:0\"]\nhttps = [\"127.0.0.1:0\"]\n";
    for (name, content) in [
        ("dump.jsonl", DUMP),
        ("empty.jsonl", ""),
        ("text.txt", "hello world\n"),
        ("page.html", "<!doctype html><title>404</title>"),
        ("array.json", "[1, 2]"),
        ("taxonomy.json", r#"{"en:beverages":{"name":{"en":"Beverages"}},"en:syrups":"#),
        ("nameless.jsonl", "{\"code\":\"1\"}\n"),
        ("cut.toml", "front = ["),
        ("number.toml", "front = 3\n"),
        ("no-key.toml", &format!("{key}certificate = {{ chain = \"gone.pem\", key = \"gone.pem\" }}\n")),
        ("folder-key.toml", "[front.certificate]\nchain = \"folder\"\nkey = \"folder\"\n"),
    ] {
        file(folder, name, content);
    }
    fs::create_dir(folder.join("folder")).expect("a folder");
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(DUMP.repeat(50).as_bytes()).expect("compressed");
    let mut packed = encoder.finish().expect("compressed");
    let middle = packed.len() / 2;
    fs::write(folder.join("cut.jsonl.gz"), &packed[..middle]).expect("written");
    packed[middle..middle + 16].fill(0xff);
    fs::write(folder.join("damaged.jsonl.gz"), packed).expect("written");
}

#[test]
fn every_error_says_what_happened_to_which_file_and_what_to_do() {
    let folder = tempfile::tempdir().expect("tempdir");
    set_up(folder.path());

    for (arguments, code, says) in CASES {
        let mut command = Command::new(env!("CARGO_BIN_EXE_foodswap"));
        let output = command.env_clear().current_dir(folder.path()).args(*arguments).output().expect("the binary runs");

        let said = text(&output.stderr);
        let last = said.lines().last().unwrap_or_default();
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {said}");
        assert!(last.starts_with("foodswap: ") && last.matches("os error").count() < 2, "{arguments:?}: {said}");
        for part in says {
            assert!(last.contains(part), "{arguments:?} does not say {part:?}: {said}");
        }
    }
}

#[test]
fn output_that_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().expect("tempdir");
    let full = fs::File::options().write(true).open("/dev/full").expect("a full device");

    let output = foodswap(folder.path()).args(["search", "bread"]).stdout(full).output().expect("the binary runs");

    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("standard output: No space left on device") && said.contains("make room"), "{said}");
}

#[test]
fn a_folder_for_temporary_files_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().expect("tempdir");
    let search = ["search", "bread"];

    let output = foodswap(folder.path()).env("TMPDIR", "/nowhere/at/all").args(search).output().expect("it runs");

    let said = text(&output.stderr);
    assert!(said.contains("/nowhere/at/all") && said.contains("TMPDIR"), "{said}");
    assert!(run(folder.path(), &search).status.success());
}
