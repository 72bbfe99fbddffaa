//! The commands as a person and a script meet them.

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::appliance::{Appliance, file, foodswap, run};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Three products in Open Food Facts' shape, one of them worse than the others, and a line that is none.
const DUMP: &str = concat!(
    r#"{"code":"3000000000014","product_name":"Sirop de grenadine Testine","brands":"Testine","lang":"fr","categories_tags":["en:beverages","en:syrups"],"countries_tags":["en:france"],"nutriscore_grade":"e","nutriscore_score":20,"nutriscore_version":"2023","nutriments":{"energy_100g":1300,"fat_100g":0,"saturated-fat_100g":0,"carbohydrates_100g":76,"sugars_100g":76,"proteins_100g":0,"salt_100g":0.02}}"#,
    "\n",
    r#"{"code":"3000000000021","product_name":"Sirop léger de grenadine","brands":"Autre","lang":"fr","categories_tags":["en:beverages","en:syrups"],"countries_tags":["en:france"],"nutriscore_grade":"b","nutriscore_score":1,"nutriscore_version":"2023","nutriments":{"energy_100g":100,"fat_100g":0,"saturated-fat_100g":0,"carbohydrates_100g":5,"sugars_100g":"5,0","proteins_100g":0,"salt_100g":0.02}}"#,
    "\n",
    "{\"code\": \"3000000000038\", \"product_name\": \n",
    r#"{"code":"3000000000045","product_name":"Nothing known","categories_tags":["en:null"]}"#,
    "\n",
);

#[test]
fn every_exit_code_has_its_meaning() {
    let folder = tempfile::tempdir().expect("tempdir");
    let bad = file(folder.path(), "bad.toml", "[front]\nhtpp = []\n");
    let bad = bad.to_str().expect("UTF-8");
    let mute = file(folder.path(), "mute.toml", "[log]\nlevel = \"inof\"\n");
    let mute = mute.to_str().expect("UTF-8");
    let gone = "[front.certificate]\nchain = \"/nowhere/chain.pem\"\nkey = \"/nowhere/key.pem\"\n";
    let gone = file(folder.path(), "gone.toml", gone);
    let gone = gone.to_str().expect("UTF-8");
    for (arguments, code, words) in [
        (vec!["config", "check"], 0, "the configuration is good"),
        (vec!["config", "example"], 0, "#[front.limits]"),
        (vec!["search", "bread", "--limit", "2"], 0, "\n2 of "),
        (vec!["swap", "9999999999994"], 1, "holds no product"),
        (vec!["swap", "zzzzqqqqxxxx"], 1, "nothing found"),
        (vec!["import", "no-such-file.jsonl"], 1, "no-such-file.jsonl"),
        (vec!["swap", "cola", "--without", "kryptonite"], 2, "`kryptonite` is no allergen we know; they are gluten, "),
        (vec!["serch"], 2, "search"),
        (vec!["search"], 2, "Usage"),
        (vec!["--config", bad, "config", "check"], 78, "did you mean `http`?"),
        (vec!["--config", gone, "config", "check"], 78, "/nowhere/chain.pem"),
        (vec!["--config", mute, "config", "check"], 78, "did you mean `info`?"),
        (vec!["--config", mute, "serve"], 78, "did you mean `info`?"),
        (vec!["--http", "127.0.0.1:0", "search", "bread"], 2, "go with `serve` only"),
        (vec!["serve", "--http", "192.0.2.1:1"], 1, "choose another address with --http"),
        (vec!["--config", "/nowhere/foodswap.toml", "config", "check"], 78, "no such file"),
    ] {
        let output = run(folder.path(), &arguments);
        let said = text(&output.stdout) + &text(&output.stderr);

        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).expect("a folder").next().is_none()
}

#[test]
fn a_command_that_only_reads_leaves_nothing_behind_and_refuses_a_mistyped_folder() {
    let folder = tempfile::tempdir().expect("tempdir");
    let (there, mistyped) = (folder.path().join("there"), folder.path().join("mistyped"));
    std::fs::create_dir(&there).expect("a folder");
    let reading: [&[&str]; 3] = [&["search", "bread"], &["swap", "hazelnut spread"], &["evaluate", "--products", "20"]];

    for arguments in reading {
        let answered = run(&there, arguments);
        let refused = run(&mistyped, arguments);

        assert!(answered.status.success() && !answered.stdout.is_empty(), "{arguments:?}: {}", text(&answered.stderr));
        assert_eq!((refused.status.code(), text(&refused.stdout)), (Some(1), String::new()), "{arguments:?}");
        assert!(text(&refused.stderr).contains("there is no folder"), "{}", text(&refused.stderr));
    }
    for arguments in [&["config", "check"][..], &["config", "show"]] {
        assert!(run(&mistyped, arguments).status.success(), "{arguments:?}");
    }
    assert!(is_empty(&there) && !mistyped.exists());

    let elsewhere = std::process::Command::new(env!("CARGO_BIN_EXE_foodswap"))
        .env_clear()
        .env("STATE_DIRECTORY", there.join("data"))
        .current_dir(&there)
        .args(["search", "bread"])
        .output()
        .expect("the binary runs");
    assert!(text(&elsewhere.stdout).contains("10 of "), "{}", text(&elsewhere.stderr));
    assert!(is_empty(&there), "nor where no folder is named");
}

#[test]
fn a_shopper_who_asks_in_french_is_answered_in_french() {
    let folder = tempfile::tempdir().expect("tempdir");
    let say = |arguments: &[&str]| {
        let output = run(folder.path(), &[arguments, &["--lang", "fr"]].concat());
        text(&output.stdout) + &text(&output.stderr)
    };

    let swap = say(&["swap", "pâte à tartiner", "--without", "lait", "--country", "fr", "--diet", "vegan"]);
    let found = say(&["search", "camembert", "zzqqzz"]);
    let said = [swap.clone(), found.clone(), say(&["search", "zzqqzz"]), say(&["swap", "zzqqzz"])].concat();

    assert!(swap.contains("même usage") && swap.contains("masqués\u{a0}:"), "{swap}");
    assert!(found.contains("voici sans") && found.contains(" sur "), "{found}");
    for english in ["same use", "bolder", "hidden", "nothing found", " of ", "without", "more than"] {
        assert!(!said.contains(english), "{english}: {said}");
    }
}

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
fn a_swap_from_the_terminal_says_why() {
    let folder = tempfile::tempdir().expect("tempdir");

    let plain = text(&run(folder.path(), &["swap", "hazelnut", "spread"]).stdout);
    let json = run(folder.path(), &["swap", "hazelnut spread", "--json", "--limit", "3", "--lang", "fr"]);

    assert!(plain.contains("same use") && plain.contains('%'), "{plain}");
    let answer: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(answer["status"], "found");
    assert!(answer["substitutes"][0]["text"].as_str().is_some_and(|text| text.contains("de ")), "{answer}");
}

#[test]
fn a_swap_by_name_takes_the_best_match_that_can_be_compared() {
    let folder = tempfile::tempdir().expect("tempdir");
    let unknown = r#"{"code":"3000000000052","product_name":"Sirop de grenadine Testine","brands":"Testine","unique_scans_n":9000}"#;
    let dump = file(folder.path(), "dump.jsonl", &format!("{unknown}\n{DUMP}"));
    run(folder.path(), &["import", dump.to_str().expect("UTF-8")]);

    let output = run(folder.path(), &["swap", "sirop de grenadine testine"]);

    assert!(text(&output.stdout).contains("Sirop léger de grenadine"), "{}", text(&output.stdout));
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
    assert!(said.contains("-: dump, 4 lines, 3 products\n  1 refused: not-json"), "{said}");
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

#[test]
fn a_killed_appliance_starts_again_with_what_it_had() {
    let appliance = Appliance::starter();
    let folder = tempfile::tempdir().expect("tempdir");
    let dump = file(folder.path(), "dump.jsonl", DUMP);
    assert!(run(appliance.data_dir(), &["import", dump.to_str().expect("UTF-8")]).status.success());

    let again = Appliance::on(appliance.kill());

    assert_eq!(again.get("/api/v1/products/3000000000014").status, 200);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let folder = tempfile::tempdir().expect("tempdir");
    for arguments in [
        vec!["config", "check"],
        vec!["config", "show"],
        vec!["config", "show", "--origin"],
        vec!["config", "show", "--json"],
        vec!["search", "bread"],
        vec!["completions", "bash"],
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);

        let output = foodswap(folder.path()).args(&arguments).stdout(writer).output().expect("the binary runs");

        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()), "{arguments:?}");
    }
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
fn completions_and_manual_pages_come_from_the_program() {
    let folder = tempfile::tempdir().expect("tempdir");

    let completions = text(&run(folder.path(), &["completions", "bash"]).stdout);
    let page = text(&run(folder.path(), &["man"]).stdout);
    let pages = folder.path().join("pages");
    let written = run(folder.path(), &["man", "--folder", pages.to_str().expect("UTF-8")]);

    assert!(completions.contains("_foodswap") && completions.contains("--without"));
    assert!(page.contains(".TH foodswap"));
    assert!(written.status.success() && pages.join("foodswap-import.1").is_file());
    let of_configuration = std::fs::read_to_string(pages.join("foodswap.toml.5")).expect("a page");
    assert!(of_configuration.contains(".TH foodswap.toml 5") && page.contains(".SH \"EXIT STATUS\""), "{page}");
}

#[test]
fn configuration_comes_from_the_environment_too_and_says_so() {
    let folder = tempfile::tempdir().expect("tempdir");

    let output = foodswap(folder.path())
        .env("FOODSWAP_LOG__LEVEL", "debug")
        .args(["config", "show", "--origin"])
        .output()
        .expect("the binary runs");

    let shown = text(&output.stdout);
    assert!(shown.contains("log.level = \"debug\"    # the environment"), "{shown}");
    assert!(shown.contains("# the flag --data-dir"), "{shown}");
}

#[test]
fn a_snapshot_that_a_command_cannot_read_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().expect("tempdir");
    let dump = file(folder.path(), "dump.jsonl", DUMP);
    for _ in 0..2 {
        assert!(run(folder.path(), &["import", dump.to_str().expect("UTF-8")]).status.success());
    }
    let newest = folder.path().join("catalogue/000002.snapshot");
    let bytes = std::fs::read(&newest).expect("a snapshot");
    let search = |bytes: &[u8]| {
        std::fs::write(&newest, bytes).expect("written");
        run(folder.path(), &["search", "grenadine"])
    };

    let cut = search(&bytes[..bytes.len() / 2]);
    // After the kind of the file, the version of its layout.
    let other = search(&[&bytes[..8], &[0xff], &bytes[9..]].concat());

    assert!(cut.status.success() && text(&cut.stdout).contains("3000000000014"), "{}", text(&cut.stderr));
    assert!(text(&cut.stderr).contains("an older catalogue is read"), "{}", text(&cut.stderr));
    assert_eq!(other.status.code(), Some(1));
    assert!(text(&other.stderr).contains("start `foodswap serve`"), "{}", text(&other.stderr));
}

#[test]
fn a_damaged_snapshot_is_noticed_while_serving_and_built_again_at_the_next_start() {
    let appliance = Appliance::starter();
    let product = appliance.json("/api/v1/products/2000000000015");
    let data_dir = appliance.kill();
    let snapshots = data_dir.path().join("catalogue");
    let names = || -> Vec<String> {
        let entries = std::fs::read_dir(&snapshots).expect("snapshots");
        entries.map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned()).collect()
    };
    let path = snapshots.join(&names()[0]);
    let mut bytes = std::fs::read(&path).expect("snapshot");
    // A byte in the middle belongs to a section that opening does not check.
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x40;
    std::fs::write(&path, bytes).expect("write");

    let damaged = Appliance::on(data_dir);
    let noticed = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        names().iter().any(|name| name.contains("damaged"))
    });
    let mended = Appliance::on(damaged.kill());

    assert!(noticed, "{:?}", names());
    assert_eq!(mended.json("/api/v1/products/2000000000015"), product);
    assert_eq!(names().len(), 1, "{:?}", names());
}

#[test]
fn a_reload_is_asked_of_a_running_service_only_with_a_good_configuration() {
    let folder = tempfile::tempdir().expect("tempdir");
    let config = file(folder.path(), "foodswap.toml", "[web]\npublisher = \"before\"\n");
    let appliance = Appliance::with_file(&config);
    let process = appliance.process().to_string();
    let reload = |process: &str| {
        let command = ["--config", config.to_str().expect("UTF-8"), "config", "check", "--then-reload", process];
        let output = run(appliance.data_dir(), &command);
        (output.status.code(), text(&output.stderr))
    };

    std::fs::write(&config, "[web]\npublihser = \"after\"\n").expect("written");
    let (refused, why) = reload(&process);
    std::fs::write(&config, "[web]\npublisher = \"after\"\n").expect("written");
    let taken = reload(&process);
    appliance.says("SIGHUP: the configuration was read again");
    let log = appliance.stop().log;

    assert!(refused == Some(78) && why.contains("did you mean `publisher`?"), "{refused:?} {why}");
    assert_eq!(taken, (Some(0), String::new()));
    assert_eq!(log.matches("the configuration").count(), 1, "one signal came: {log}");
}

#[test]
fn a_reload_of_a_process_that_is_none_is_refused() {
    let folder = tempfile::tempdir().expect("tempdir");
    let mut ended = foodswap(folder.path()).arg("--version").stdout(Stdio::null()).spawn().expect("the binary runs");
    ended.wait().expect("an end");
    let gone = ended.id().to_string();

    for (process, code, says) in [
        (gone.as_str(), 1, "the service has ended"),
        ("0", 2, "0 is not in 1..="),
        ("-1", 2, "-1 is not in 1..="),
        ("", 2, "invalid value ''"),
        ("itself", 2, "invalid value 'itself'"),
    ] {
        let refused = run(folder.path(), &["config", "check", "--then-reload", process]);

        let said = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(code), "{process}: {said}");
        assert!(said.contains(says), "{process}: {said}");
    }
}
