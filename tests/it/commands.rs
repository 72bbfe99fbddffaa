//! The commands as a person and a script meet them.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use crate::appliance::{Appliance, file, foodswap, run, text};
use crate::command_import::DUMP;

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
        (vec!["search", "bread", "--lang", "xx"], 2, "no language code (ISO 639-1) such as fr"),
        (vec!["swap", "bread", "--lang", "french"], 2, "no language code (ISO 639-1) such as fr"),
        (vec!["search", "bread", "--lang", "de"], 0, "10 of "),
        (vec!["swap", "bread", "--country", "atlantis"], 2, "no country code (ISO 3166-1) such as fr"),
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
    let unknown = r#"{"code":"3000000000052","product_name":"Sirop de grenadine Testine","brands":"Testine","lang":"fr","unique_scans_n":9000}"#;
    let dump = file(folder.path(), "dump.jsonl", &format!("{unknown}\n{DUMP}"));
    run(folder.path(), &["import", dump.to_str().expect("UTF-8")]);

    let words = ["swap", "sirop de grenadine testine"];
    let [english, french, json] = [&[][..], &["--lang", "fr"], &["--json"]]
        .map(|more| text(&run(folder.path(), &[&words[..], more].concat()).stdout));
    let named = text(&run(folder.path(), &["swap", "3000000000014", "--json"]).stdout);

    let skipped = "Sirop de grenadine Testine (3000000000052)";
    let why = [
        (&english, format!("passed over: {skipped} has no Nutri-Score to compare by\n3000000000014 ")),
        (&french, format!("laissé de côté\u{a0}: {skipped} n’a pas de Nutri-Score pour être comparé\n3000000000014 ")),
    ];
    for (said, begins) in why {
        assert!(said.starts_with(&begins) && said.contains("Sirop léger de grenadine"), "{said}");
    }
    let [answer, named]: [Value; 2] = [json, named].map(|text| serde_json::from_str(&text).expect("JSON"));
    assert_eq!(answer["product"]["code"], "3000000000014");
    assert_eq!(
        answer["passed_over"],
        json!([{"code": "3000000000052", "name": "Sirop de grenadine Testine", "lacks": "nutri-score"}])
    );
    assert_eq!(named["passed_over"], json!([]));
}

#[test]
fn a_swap_by_words_that_are_not_all_found_says_which_it_left_out() {
    let folder = tempfile::tempdir().expect("tempdir");

    let said = text(&run(folder.path(), &["swap", "camembert", "zzqqzz"]).stdout);

    assert!(said.contains("without “zzqqzz”"), "{said}");
    let answer = text(&run(folder.path(), &["swap", "--json", "camembert", "zzqqzz"]).stdout);
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(answer["left_out"], "zzqqzz");
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
