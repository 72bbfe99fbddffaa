//! The import as a person and a script meet it: by itself, and through the running service.

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::appliance::{Appliance, file, foodswap, run, text};

/// Three products in Open Food Facts' shape, one of them worse than the others, and a line that is none.
pub(crate) const DUMP: &str = concat!(
    r#"{"code":"3000000000014","product_name":"Sirop de grenadine Testine","brands":"Testine","lang":"fr","categories_tags":["en:beverages","en:syrups"],"countries_tags":["en:france"],"nutriscore_grade":"e","nutriscore_score":20,"nutriscore_version":"2023","nutriments":{"energy_100g":1300,"fat_100g":0,"saturated-fat_100g":0,"carbohydrates_100g":76,"sugars_100g":76,"proteins_100g":0,"salt_100g":0.02}}"#,
    "\n",
    r#"{"code":"3000000000021","product_name":"Sirop léger de grenadine","brands":"Autre","lang":"fr","categories_tags":["en:beverages","en:syrups"],"countries_tags":["en:france"],"nutriscore_grade":"b","nutriscore_score":1,"nutriscore_version":"2023","nutriments":{"energy_100g":100,"fat_100g":0,"saturated-fat_100g":0,"carbohydrates_100g":5,"sugars_100g":"5,0","proteins_100g":0,"salt_100g":0.02}}"#,
    "\n",
    "{\"code\": \"3000000000038\", \"product_name\": \n",
    r#"{"code":"3000000000045","product_name":"Nothing known","categories_tags":["en:null"]}"#,
    "\n",
);

const TAXONOMY: &str = r#"{"en:beverages":{"name":{"en":"Beverages","fr":"Boissons"}},"en:snacks":{"name":{"en":"Snacks"}},
    "en:syrups":{"name":{"en":"Syrups","fr":"Sirops"},"parents":["en:beverages"]}}"#;

#[test]
fn an_update_says_that_the_starter_foods_make_way() {
    let appliance = Appliance::starter();
    let folder = tempfile::tempdir().expect("tempdir");
    let dump = file(folder.path(), "dump.jsonl", DUMP);

    let output = run(appliance.data_dir(), &["import", "--add", dump.to_str().expect("UTF-8")]);

    let said = text(&output.stdout);
    assert!(said.contains("generic foods of the starter catalogue have made way"), "{said}");
}

#[test]
fn an_import_replaces_the_starter_catalogue_and_reports_what_it_refused() {
    let folder = tempfile::tempdir().expect("tempdir");
    let dump = file(folder.path(), "dump.jsonl", DUMP);
    let data = folder.path().join("data");

    let output = run(&data, &["import", "--json", dump.to_str().expect("UTF-8")]);
    let found = text(&run(&data, &["search", "grenadine"]).stdout);
    let starter = text(&run(&data, &["search", "camembert"]).stdout);

    assert!(output.status.success(), "{}", text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["products"], 3, "{report}");
    assert!(report.to_string().contains("not-json"), "{report}");
    assert!(found.contains("3000000000014") && found.contains("3000000000021"), "{found}");
    assert!(starter.contains("nothing found"), "{starter}");
}

#[test]
fn an_import_while_serving_goes_through_the_service_and_shows_at_once() {
    let appliance = Appliance::starter();
    let folder = tempfile::tempdir().expect("tempdir");
    let dump = file(folder.path(), "dump.jsonl", DUMP);
    assert_eq!(appliance.get("/api/v1/products/3000000000014").status, 404);

    let output = run(appliance.data_dir(), &["import", dump.to_str().expect("UTF-8")]);

    assert!(output.status.success(), "{}", text(&output.stderr));
    let answer = appliance.json("/api/v1/products/3000000000014/substitutes");
    assert_eq!(answer["substitutes"][0]["product"]["code"], "3000000000021");
}

/// A command that waits for its standard input: a pipe.
fn with_pipe(data: &Path, arguments: &[&str]) -> Child {
    let mut command = foodswap(data);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the binary starts")
}

/// Writes its standard input to the end, and waits for its own.
fn fed(mut child: Child, input: &str) -> Output {
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("written");
    child.wait_with_output().expect("it ends")
}

#[test]
fn an_import_reads_a_pipe() {
    let folder = tempfile::tempdir().expect("tempdir");

    let output = fed(with_pipe(folder.path(), &["import", "-"]), DUMP);

    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(said.contains("standard input: dump, 4 lines, 3 products\n  1 refused: not-json"), "{said}");
    assert!(said.contains("the catalogue has 3 products now"), "{said}");
}

#[test]
fn an_import_that_is_interrupted_says_what_becomes_of_it() {
    let folder = tempfile::tempdir().expect("tempdir");
    let mut child = with_pipe(folder.path(), &["import", "-"]);
    let mut said = String::new();
    // More than a pipe holds: when it is written, the command reads.
    child.stdin.as_mut().expect("a pipe").write_all(DUMP.repeat(200).as_bytes()).expect("written");

    kill_process(Pid::from_child(&child), Signal::INT).expect("a signal");
    child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("words");

    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{said}");
    assert!(said.contains("a running service goes on with the import"), "{said}");
    assert!(text(&run(folder.path(), &["search", "bread"]).stdout).contains(" of "), "the starter catalogue is in use");
}

#[test]
fn a_pipe_that_was_cut_off_replaces_the_catalogue_only_by_force() {
    let appliance = Appliance::starter();
    let first = DUMP.find('\n').expect("a line") + 1;
    assert!(fed(with_pipe(appliance.data_dir(), &["import", "-"]), DUMP).status.success());

    let refused = fed(with_pipe(appliance.data_dir(), &["import", "-"]), &DUMP[..first + 20]);
    let kept = appliance.get("/api/v1/products/3000000000021").status;
    let forced = fed(with_pipe(appliance.data_dir(), &["import", "--force", "-"]), &DUMP[..first + 20]);

    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("from 3 products to 1"), "{}", text(&refused.stderr));
    assert_eq!(kept, 200);
    assert!(text(&forced.stdout).contains("the last line is cut off"), "{}", text(&forced.stdout));
    assert_eq!(appliance.get("/api/v1/products/3000000000021").status, 404);
}

#[test]
fn a_second_import_through_the_service_is_told_that_one_is_running() {
    let appliance = Appliance::starter();
    let folder = tempfile::tempdir().expect("tempdir");
    let dump = file(folder.path(), "dump.jsonl", DUMP);
    let first = with_pipe(appliance.data_dir(), &["import", "-"]);

    // The first one reaches the service when it likes; until then the second is not refused.
    let refused = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        let second = run(appliance.data_dir(), &["import", dump.to_str().expect("UTF-8")]);
        text(&second.stderr).contains("another import is running")
    });
    let first = fed(first, DUMP);

    assert!(refused);
    assert!(first.status.success(), "{}", text(&first.stderr));
    assert!(run(appliance.data_dir(), &["import", dump.to_str().expect("UTF-8")]).status.success());
}

#[test]
fn a_wrong_file_is_refused_and_the_catalogue_before_it_stays() {
    let appliance = Appliance::starter();
    let folder = tempfile::tempdir().expect("tempdir");
    for (name, content) in [
        ("picture.png", "\u{89}PNG\r\n\u{1a}\n rubbish"),
        ("page.html", "<!doctype html><title>Not found</title>"),
        ("empty.jsonl", ""),
    ] {
        let wrong = file(folder.path(), name, content);

        let output = run(appliance.data_dir(), &["import", wrong.to_str().expect("UTF-8")]);

        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(text(&output.stderr).contains(name), "{name}: {}", text(&output.stderr));
    }
    assert!(appliance.json("/api/v1/search?q=camembert")["count"].as_u64() > Some(0));
}

/// A service that takes a request for an import and goes without a word.
#[test]
fn a_service_that_hangs_up_is_a_failure() {
    let folder = tempfile::tempdir().expect("tempdir");
    let listener = UnixListener::bind(folder.path().join("control.sock")).expect("bound");
    let dump = file(folder.path(), "dump.jsonl", DUMP);
    let service = std::thread::spawn(move || drop(listener.accept().expect("a caller")));

    let output = run(folder.path(), &["import", dump.to_str().expect("UTF-8")]);
    service.join().expect("no panic");

    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
}

#[test]
fn an_import_without_a_taxonomy_says_what_that_costs_and_how_to_mend_it() {
    let folder = tempfile::tempdir().expect("tempdir");
    let data = folder.path().join("data");
    let dump = file(folder.path(), "dump.jsonl", DUMP);
    let taxonomy = file(folder.path(), "categories.json", TAXONOMY);
    let import = |files: &[&Path]| {
        let files: Vec<&str> = files.iter().map(|file| file.to_str().expect("UTF-8")).collect();
        let said = run(&data, &[&["import"], &files[..]].concat());
        let report = run(&data, &[&["import", "--json", "--add"], &files[..]].concat());
        let report: Value = serde_json::from_slice(&report.stdout).expect("JSON");
        (report["taxonomy"].as_str().unwrap_or_default().to_owned(), text(&said.stdout))
    };

    let (without, said) = import(&[&dump]);
    let (with, of_these) = import(&[&dump, &taxonomy]);
    let (later, of_before) = import(&[&dump]);

    assert_eq!([&without, &with, &later], ["nowhere", "these-files", "an-earlier-import"]);
    for words in ["no taxonomy of categories is loaded", "no French name", "taxonomies/categories.full.json"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(said.trim_end().ends_with(&format!("foodswap --data-dir {} import categories.full.json", data.display())));
    let spaced = folder.path().join("my data");
    let said = text(&run(&spaced, &["import", dump.to_str().expect("UTF-8")]).stdout);
    assert!(said.contains(&format!("foodswap --data-dir '{}' import", spaced.display())), "{said}");
    assert!(!of_these.contains("no taxonomy") && !of_before.contains("no taxonomy"), "{of_these} {of_before}");
}
