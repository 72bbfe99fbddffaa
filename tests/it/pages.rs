//! The pages as a browser gets them: a real appliance on the starter catalogue.

use std::fmt::Write;

use foodswap::appliance::rocket;
use foodswap::config::{Sources, load};
use foodswap::store::pool::ProductsDb;
use rocket::http::Status;
use rocket::local::asynchronous::Client;
use rocket_db_pools::{Database, Pool};

use crate::appliance::{Appliance, Reply, file, run};

/// The chocolate hazelnut spread of the starter catalogue.
const SPREAD: &str = "/products/2000000000855";

/// One page of each kind, with the status it has.
const PAGES: [(&str, u16); 14] = [
    ("/", 200),
    ("/search?q=chocolate", 200),
    ("/search?q=qqqqzzzz&grade=a,b&country=fr", 200),
    (SPREAD, 200),
    ("/products/2000000000855/substitutes", 200),
    ("/products/2000000000855/substitutes?without=milk&diet=vegan&lane=same", 200),
    ("/compare?codes=2000000000855,2000000000879", 200),
    ("/compare", 200),
    ("/categories/en:colas", 200),
    ("/about", 200),
    ("/legal", 200),
    ("/products/4006381333931", 404),
    ("/categories/en:no-such-thing", 404),
    ("/nowhere", 404),
];

fn in_french(appliance: &Appliance, path: &str) -> Reply {
    appliance.get_with(path, &[("Accept-Language", "fr-FR,fr;q=0.9,en;q=0.5")])
}

#[test]
fn every_page_speaks_both_languages_and_names_its_source() {
    let appliance = Appliance::starter();

    for (path, status) in PAGES {
        let (english, french) = (appliance.get(path), in_french(&appliance, path));

        assert_eq!((english.status, french.status), (status, status), "{path}");
        assert!(english.body.contains("<html lang=\"en\">") && french.body.contains("<html lang=\"fr\">"), "{path}");
        assert_eq!((english.header("Content-Language"), french.header("Content-Language")), ("en", "fr"), "{path}");
        assert!(english.header("Vary").contains("Accept-Language"), "{path}");
        for page in [&english, &french] {
            assert!(page.body.contains("Open Food Facts</a>") && page.body.contains("ODbL"), "{path}");
            assert!(page.body.contains("</html>"), "{path} is cut short");
        }
    }
}

#[test]
fn every_answer_carries_the_rules_and_no_page_breaks_them() {
    let appliance = Appliance::starter();

    for (path, _) in PAGES.into_iter().chain([("/healthz", 200), ("/assets/none.css", 404), ("/products/x", 422)]) {
        let reply = appliance.get(path);

        let policy = reply.header("Content-Security-Policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(reply.header("X-Content-Type-Options"), "nosniff", "{path}");
        for forbidden in ["<style", " style=", "<script>", " onclick=", "javascript:", "src=\"http"] {
            assert!(!reply.body.contains(forbidden), "{path} has {forbidden}");
        }
    }
}

#[test]
fn what_is_typed_is_shown_as_text_never_as_markup() {
    let appliance = Appliance::starter();

    for path in
        ["/search?q=%3Cb%3E%22x", "/products/%3Cb%3E%22x", "/categories/%3Cb%3E%22x", "/search?grade=%3Cb%3E%22x"]
    {
        let reply = appliance.get(path);

        assert!(!reply.body.contains("<b>"), "{path}: {}", reply.body);
        assert!(reply.body.contains("&#60;b&#62;&#34;x"), "{path}: {}", reply.body);
    }
}

#[test]
fn what_means_nothing_is_answered_with_a_page_that_helps() {
    let appliance = Appliance::starter();

    for path in [
        "/products/nonsense",
        "/products/0",
        "/products/1234567890123456789012345",
        "/search?q=a&grade=z",
        "/search?q=a&page=0",
        "/search?q=a&page=99999999999999999999",
        "/search?q=a&country=atlantis",
        "/products/2000000000855/substitutes?without=moonlight",
        "/products/2000000000855/substitutes?lane=sideways",
        "/compare?codes=1,x",
        "/categories/en:colas?page=-1",
        "/?lang=de",
        "/search?q=a&lang=xx",
        "/products/2000000000855/substitutes?lang=french",
    ] {
        let reply = appliance.get(path);

        assert_eq!(reply.status, 422, "{path}");
        assert!(reply.body.contains("<h1>") && reply.body.contains("href=\"/\""), "{path}");
    }
    for (path, pair) in [("/search?q=a&grade=z", "grade=z"), ("/about?lang=de", "lang=de")] {
        assert!(appliance.get(path).body.contains(&format!("<code>{pair}</code>")), "{path}");
    }
    assert_eq!(appliance.get("/about?lang=").status, 200, "no choice");
}

#[test]
fn a_page_past_the_end_of_a_search_leads_back() {
    let appliance = Appliance::starter();

    let many = appliance.get("/search?q=chocolate&page=90");
    let few = appliance.get("/search?q=nutella&page=2");

    assert_eq!(many.status, 200);
    assert!(many.body.contains("There is no page 90: the results end with page 2."), "{}", many.body);
    assert!(many.body.contains("/search?q=chocolate&#38;page=2\"") && many.body.contains("/search?q=chocolate\""));
    assert!(few.body.contains("end with page 1") && !few.body.contains("To the first page"), "{}", few.body);
    for page in [&many, &few] {
        assert!(!page.body.contains("Nothing found"), "something is found, on other pages");
    }
    assert!(appliance.get("/search?q=qqqqzzzz&page=2").body.contains("Nothing found"));
}

#[test]
fn a_filter_without_a_word_lists_the_foods_that_fit() {
    let appliance = Appliance::starter();

    let page = appliance.get("/search?q=&grade=e");
    let api: serde_json::Value = appliance.get("/api/v1/search?grade=e").json();
    let off: serde_json::Value = appliance.get("/api/v2/search?nutrition_grades_tags=e&fields=code").json();

    assert!(page.body.contains("All foods") && page.body.contains("class=\"cards\""), "{}", page.body);
    assert!(api["count"].as_u64().is_some_and(|count| count > 20), "{api}");
    assert_eq!(off["count"], api["count"]);
}

#[test]
fn the_addresses_of_the_original_lead_on_for_good() {
    let appliance = Appliance::starter();

    for (old, new) in [
        ("/ersatz/product/2000000000855", SPREAD),
        ("/ersatz/product/2000000000855/", SPREAD),
        ("/ersatz/candidates/2000000000855", "/products/2000000000855/substitutes"),
        ("/ersatz/search/?s=p%C3%A2te+%C3%A0+tartiner", "/search?q=p%C3%A2te%20%C3%A0%20tartiner"),
        ("/ersatz/search?s=cola", "/search?q=cola"),
        ("/ersatz/list/", "/"),
    ] {
        let reply = appliance.get(old);

        assert_eq!((reply.status, reply.header("Location")), (308, new), "{old}");
    }
}

#[test]
fn a_page_that_did_not_change_is_not_sent_again() {
    let appliance = Appliance::starter();
    let first = appliance.get(SPREAD);

    let again = appliance.get_with(SPREAD, &[("If-None-Match", first.header("ETag"))]);
    let french = appliance.get_with(SPREAD, &[("If-None-Match", first.header("ETag")), ("Accept-Language", "fr")]);

    assert_eq!((again.status, again.body.as_str()), (304, ""));
    assert_eq!(french.status, 200);
}

#[test]
fn styles_and_scripts_are_kept_for_good_under_an_address_of_their_content() {
    let appliance = Appliance::starter();
    let home = appliance.get("/").body;
    let addresses: Vec<&str> = home.split('"').filter(|text| text.starts_with("/assets/")).collect();

    assert!(addresses.len() >= 3, "{addresses:?}");
    for address in addresses {
        let address = address.split('#').next().unwrap_or(address);
        let reply = appliance.get(address);
        let again = appliance.get_with(address, &[("If-None-Match", reply.header("ETag"))]);

        assert_eq!((reply.status, again.status), (200, 304), "{address}");
        assert!(reply.header("Cache-Control").contains("immutable"), "{address}");
        let kind = match address.rsplit('.').next() {
            Some("css") => "text/css",
            Some("js") => "text/javascript",
            _ => "image/svg+xml",
        };
        assert!(reply.header("Content-Type").starts_with(kind), "{address}: {}", reply.header("Content-Type"));
    }
}

#[test]
fn only_the_choice_of_a_language_sets_a_cookie() {
    let appliance = Appliance::starter();

    for (path, _) in PAGES {
        assert_eq!(appliance.get(path).header("Set-Cookie"), "", "{path}");
    }
    let chosen = appliance.get("/about?lang=fr");
    let nonsense = appliance.get("/about?lang=//elsewhere.example");

    assert!(chosen.header("Set-Cookie").starts_with("lang=fr; HttpOnly; SameSite=Lax; Path=/"));
    assert!(appliance.get_with("/about", &[("Cookie", "lang=fr")]).body.contains("<html lang=\"fr\">"));
    assert_eq!((nonsense.status, nonsense.header("Set-Cookie")), (422, ""));
}

#[test]
fn a_barcode_is_found_in_any_spelling() {
    let appliance = Appliance::starter();

    for text in ["2000000000855", "0002000000000855", "2000%20000%20000855", "+2000000000855+"] {
        let reply = appliance.get(&format!("/search?q={text}"));
        assert_eq!((reply.status, reply.header("Location")), (303, SPREAD), "{text}");
    }
}

#[test]
fn a_word_that_was_left_out_is_named_as_it_was_typed() {
    let appliance = Appliance::starter();
    let (whole, typing) = ("/search?q=cola+Zzq%C3%A9zz", "/search/suggestions?q=cola+Zzq%C3%A9zz+");

    for path in [whole, typing] {
        let (english, french) = (appliance.get(path).body, in_french(&appliance, path).body);

        assert!(english.contains("These match what you typed without “Zzqézz”."), "{path}: {english}");
        assert!(french.contains("sans «\u{a0}Zzqézz\u{a0}»."), "{path}: {french}");
        assert!(english.contains("/products/2"), "{path} finds the rest");
    }
    assert!(!appliance.get("/search?q=cola").body.contains("without “"));
}

#[test]
fn a_search_for_nothing_asks_what_for() {
    let appliance = Appliance::starter();

    let page = appliance.get("/search?q=+").body;

    assert!(page.contains("<h1>Which food?</h1>") && page.contains("class=\"chip\""), "{page}");
    assert!(!page.contains("Nothing found"));
}

#[test]
fn search_engines_learn_what_to_read_and_in_which_languages() {
    let private = Appliance::starter();
    let public = Appliance::configured(&[("FOODSWAP_WEB__ADDRESS", "https://swap.example/")]);

    assert!(private.get("/robots.txt").body.starts_with("User-agent: *\n"));
    assert!(!private.get(SPREAD).body.contains("rel=\"alternate\""));
    let page = public.get("/search?q=cola&lang=fr").body;
    for (language, address) in [
        ("en", "https://swap.example/search?q=cola&#38;lang=en"),
        ("fr", "https://swap.example/search?q=cola&#38;lang=fr"),
        ("x-default", "https://swap.example/search?q=cola"),
    ] {
        let link = format!("<link rel=\"alternate\" hreflang=\"{language}\" href=\"{address}\">");
        assert!(page.contains(&link), "{link}: {page}");
    }
    assert!(public.get("/products/2000000000855/substitutes?without=milk").body.contains("noindex"));
    assert!(!public.get("/products/2000000000855/substitutes").body.contains("noindex"));
}

#[test]
fn a_large_category_leads_to_what_it_lists_and_says_that_there_is_more() {
    let appliance = Appliance::starter();
    import_kinds(&appliance);
    let (last, beyond) = ("/categories/en:spreads?page=42", "/categories/en:spreads?page=43");

    let first = appliance.get("/categories/en:spreads").body;
    let french = in_french(&appliance, "/categories/en:spreads").body;
    let end = appliance.get(last).body;
    let small = appliance.get("/categories/en:kind-41").body;

    assert!(first.contains("The 1,000 healthiest of them are listed."), "{first}");
    assert!(french.contains("Les 1\u{202f}000 plus sains d’entre eux sont listés."), "{french}");
    assert!(end.contains("class=\"cards\"") && end.contains("rel=\"prev\"") && !end.contains("rel=\"next\""), "{end}");
    assert_eq!(appliance.get(beyond).status, 404);
    assert!(!small.contains("healthiest of them are listed"), "{small}");
}

#[test]
fn a_category_names_the_largest_of_those_below_it() {
    let appliance = Appliance::starter();
    import_kinds(&appliance);

    let page = appliance.get("/categories/en:spreads").body;

    let named = |kind: usize| page.contains(&format!("href=\"/categories/en:kind-{kind:02}\""));
    let unnamed: Vec<usize> = (0..KINDS).filter(|kind| !named(*kind)).collect();
    assert_eq!(unnamed, [0, 1]);
}

/// Kinds of spreads, two more than a page names.
const KINDS: usize = 42;

/// Imports more spreads than a category lists; the first two kinds have the fewest.
fn import_kinds(appliance: &Appliance) {
    let mut taxonomy = r#"{"en:spreads":{"name":{"en":"Spreads"}}"#.to_owned();
    let mut dump = String::new();
    for kind in 0..KINDS {
        write!(taxonomy, r#","en:kind-{kind:02}":{{"name":{{"en":"Kind {kind}"}},"parents":["en:spreads"]}}"#)
            .expect("written");
        for number in 0..if kind < 2 { 24 } else { 25 } {
            let code = 3_000_000_000_000_usize + kind * 100 + number;
            writeln!(dump, r#"{{"code":"{code}","lang":"en","product_name":"Spread","categories_tags":["en:spreads","en:kind-{kind:02}"]}}"#)
                .expect("written");
        }
    }
    let files = [("categories.json", taxonomy + "}"), ("dump.jsonl", dump)];
    let files = files.map(|(name, text)| file(appliance.data_dir(), name, &text).display().to_string());
    let imported = run(appliance.data_dir(), &["import", &files[0], &files[1]]);
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
}

#[test]
fn what_is_sent_is_refused_with_what_may_be_done() {
    let appliance = Appliance::starter();

    for path in ["/", "/search", SPREAD, "/nowhere", "/api/v1/search", "/api/v2/search"] {
        let reply = appliance.post(path);

        assert_eq!((reply.status, reply.header("allow")), (405, "GET, HEAD"), "{path}: {}", reply.body);
    }
}

#[test]
fn who_avoids_an_allergen_is_told_that_nobody_must_state_traces() {
    let appliance = Appliance::starter();
    let hint = "Producers need not state traces";

    assert!(appliance.get("/products/2000000000855/substitutes?without=nuts&lang=en").body.contains(hint));
    assert!(!appliance.get("/products/2000000000855/substitutes?lang=en").body.contains(hint));
}

#[test]
fn it_says_whether_it_is_alive_and_ready() {
    let appliance = Appliance::starter();

    assert_eq!(appliance.get("/healthz").body, concat!("alive\nversion ", env!("CARGO_PKG_VERSION"), "\n"));
    assert!(appliance.get("/readyz").body.starts_with("ready\n"));
}

#[rocket::async_test]
async fn it_is_not_ready_without_its_store() {
    let folder = tempfile::tempdir().expect("tempdir");
    let sources = Sources { data_dir: Some(folder.path().to_owned()), ..Sources::default() };
    let site = rocket(&load(&sources).expect("a configuration").config).await.expect("opened");
    let client = Client::untracked(site).await.expect("a site");
    assert_eq!(client.get("/readyz").dispatch().await.status(), Status::Ok);

    ProductsDb::fetch(client.rocket()).expect("attached").close().await;

    let reply = client.get("/readyz").dispatch().await;
    assert_eq!(reply.status(), Status::ServiceUnavailable);
    assert!(reply.into_string().await.is_some_and(|text| text.starts_with("the store is not there")));
}
