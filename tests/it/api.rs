//! The API as a program meets it: a real appliance on the starter catalogue.

use serde_json::{Value, json};

use crate::appliance::{Appliance, file, run, text};

/// Open Food Facts' records of a syrup without allergens, a better one with gelatin, and one of which little is known.
const SYRUPS: &str = concat!(
    r#"{"code":"3000000000014","product_name":"Grenadine","lang":"fr","categories_tags":["en:beverages","en:syrups"],"countries_tags":["en:france"],"ingredients_text":"sucre, eau","allergens_tags":[],"traces_tags":[],"nutriscore_grade":"e","nutriscore_score":20,"nutriscore_version":"2023","nutriments":{"energy_100g":1300,"fat_100g":0,"saturated-fat_100g":0,"carbohydrates_100g":76,"sugars_100g":76,"proteins_100g":0,"salt_100g":0.02}}"#,
    "\n",
    r#"{"code":"3000000000021","product_name":"Light grenadine","brands":"Autre","lang":"fr","categories_tags":["en:beverages","en:syrups"],"countries_tags":["en:france"],"ingredients_text":"eau, sucre, gélatine","allergens_tags":["en:gelatin"],"traces_tags":["en:gelatin"],"nutriscore_grade":"b","nutriscore_score":1,"nutriscore_version":"2023","nutriments":{"energy_100g":100,"fat_100g":0,"saturated-fat_100g":0,"carbohydrates_100g":5,"sugars_100g":5,"proteins_100g":0,"salt_100g":0.02}}"#,
    "\n",
    r#"{"code":"3000000000045","product_name":"Another syrup","lang":"en","categories_tags":["en:beverages","en:syrups"]}"#,
    "\n",
);

/// Imports a dump into a running appliance.
fn import(appliance: &Appliance, dump: &str) {
    let dump = file(appliance.data_dir(), "dump.jsonl", dump);
    let imported = run(appliance.data_dir(), &["import", dump.to_str().expect("UTF-8")]);
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
}

/// The code of the best match for some words.
fn code_of(appliance: &Appliance, words: &str) -> String {
    let found = appliance.json(&format!("/api/v1/search?q={}", words.replace(' ', "+")));
    found["products"][0]["code"].as_str().unwrap_or_else(|| panic!("nothing for {words}")).to_owned()
}

#[test]
fn a_program_searches_reads_and_swaps() {
    let appliance = Appliance::starter();

    let code = code_of(&appliance, "hazelnut spread");
    let product = appliance.json(&format!("/api/v1/products/{code}"));
    let answer = appliance.json(&format!("/api/v1/products/{code}/substitutes?limit=5"));

    assert_eq!(product["product"]["code"], code.as_str());
    assert!(product["product"]["nutrition"]["sugars_g"].is_number());
    assert!(!product["product"]["nutri_score"]["components"].as_array().expect("components").is_empty());
    assert_eq!(answer["status"], "found");
    for substitute in answer["substitutes"].as_array().expect("substitutes") {
        assert!(
            substitute["product"]["nutri_score"]["grade"].as_str()
                <= product["product"]["nutri_score"]["grade"].as_str()
        );
        assert!(!substitute["reasons"].as_array().expect("reasons").is_empty());
        assert_ne!(substitute["text"], "");
    }
}

#[test]
fn a_list_may_be_written_as_one_parameter_or_as_several() {
    let appliance = Appliance::starter();
    let code = code_of(&appliance, "hazelnut spread");
    let ask = |query: &str| appliance.json(&format!("/api/v1/products/{code}/substitutes?{query}"));

    let both = ask("without=milk,nuts");

    assert_ne!(both["hidden"], ask("without=milk")["hidden"], "nuts hide something of their own");
    for query in ["without=milk&without=nuts", "without=&without=milk,nuts", "without=nuts&without=milk&limit=10"] {
        assert_eq!(ask(query), both, "{query}");
    }
}

#[test]
fn the_language_of_sentences_is_the_one_that_the_client_prefers_most() {
    let appliance = Appliance::starter();
    let code = code_of(&appliance, "hazelnut spread");
    let says = |accepted: &str| {
        let path = format!("/api/v1/products/{code}/substitutes?limit=1");
        appliance.get_with(&path, &[("Accept-Language", accepted)]).body
    };

    for accepted in ["fr", "en;q=0.1,fr;q=0.2", "de,fr;q=0.5"] {
        assert_eq!(says(accepted), says("fr-CA"), "{accepted}");
    }
    for accepted in ["en", "fr;q=0", "de", "fr;q=0.2,en"] {
        assert_eq!(says(accepted), says("en-GB"), "{accepted}");
    }
    assert_ne!(says("fr"), says("en"));
}

/// A spread whose label states 539 kcal beside 2252 kJ, a letter without its version that is not that of 2023, and a food
/// whose letter rests on an estimate.
const STATED: &str = concat!(
    r#"{"code":"3000000000113","product_name":"Hazelnut spread","lang":"en","categories_tags":["en:spreads"],"nutriscore_grade":"c","nutriscore_score":9,"nutriments":{"energy-kj_100g":2252,"energy-kcal_100g":539,"fat_100g":30.9,"saturated-fat_100g":10.6,"carbohydrates_100g":57.5,"sugars_100g":56.3,"proteins_100g":6.3,"salt_100g":0.107}}"#,
    "\n",
    r#"{"code":"3000000000120","product_name":"Plain spread","lang":"en","categories_tags":["en:spreads"],"nutriments_estimated":{"energy_100g":900,"fat_100g":10,"saturated-fat_100g":1,"carbohydrates_100g":20,"sugars_100g":3,"proteins_100g":9,"salt_100g":0.1,"fiber_100g":5}}"#,
    "\n",
);

#[test]
fn what_a_record_states_is_told_as_stated_and_what_rests_on_estimates_as_such() {
    let appliance = Appliance::starter();
    import(&appliance, STATED);

    let stated = appliance.json("/api/v1/products/3000000000113")["product"].take();
    let off = appliance.json("/api/v2/product/3000000000113")["product"].take();
    let estimated = appliance.json("/api/v1/products/3000000000120")["product"]["nutri_score"].take();
    let [page, better, found] = ["/products/3000000000113", "/products/3000000000113/substitutes", "/search?q=spread"]
        .map(|path| appliance.get(path).body);

    assert_eq!(
        (&stated["nutrition"]["energy_kj"], &stated["nutrition"]["energy_kcal"]),
        (&json!(2252.0), &json!(539.0))
    );
    assert_eq!(off["nutriments"]["energy-kcal_100g"], 539.0);
    assert!(page.contains("539\u{a0}kcal (2,252\u{a0}kJ)"), "{page}");
    let score = &stated["nutri_score"];
    assert_eq!((&score["grade"], &score["version"], &score["estimated"]), (&json!("c"), &Value::Null, &json!(false)));
    assert_eq!((&off["nutriscore_grade"], off.get("nutriscore_version")), (&json!("c"), None));
    assert!(page.contains("without saying by which version"), "{page}");
    assert_eq!((&estimated["source"], &estimated["estimated"]), (&json!("computed"), &json!(true)));
    for list in [&better, &found] {
        assert!(list.contains("is-estimated") && list.contains("computed from estimated values"), "{list}");
        assert!(list.contains("“≈” marks"), "the sign is explained: {list}");
    }
    assert!(!page.contains("≈"), "no sign where nothing is estimated");
}

#[test]
fn every_answer_says_whose_data_it_has() {
    let appliance = Appliance::starter();
    let check = |code: &str, words: &str| {
        for path in [
            "/api/v1/search?q=",
            &format!("/api/v1/products/{code}"),
            &format!("/api/v1/products/{code}/substitutes"),
            &format!("/api/v2/product/{code}?fields=code"),
            &format!("/api/v3/product/{code}"),
            "/api/v2/search",
            "/api/v2/search?categories_tags=en:no-such-thing",
            "/cgi/search.pl?search_terms=a",
        ] {
            let answer = appliance.json(path);
            assert!(answer["attribution"].as_str().is_some_and(|text| text.contains(words)), "{path}: {answer}");
        }
    };

    let missing = |words: &str| {
        for path in ["/api/v2/product/9999999999994", "/api/v3/product/9999999999994"] {
            let answer = appliance.get(path).json();
            assert!(answer["attribution"].as_str().is_some_and(|text| text.contains(words)), "{path}: {answer}");
        }
    };

    let spread = code_of(&appliance, "hazelnut spread");
    for words in ["no data of Open Food Facts", "(Apache-2.0)", "Open Database License (ODbL) 1.0"] {
        check(&spread, words);
        missing(words);
    }
    import(&appliance, SYRUPS);
    for words in ["information from Open Food Facts", "Open Database License (ODbL) 1.0"] {
        check("3000000000014", words);
        missing(words);
    }
}

#[test]
fn the_pages_say_whose_data_they_show_before_and_after_an_import() {
    let appliance = Appliance::starter();
    let shown = |path: &str| ["en", "fr"].map(|lang| appliance.get_with(path, &[("Accept-Language", lang)]).body);
    let links = ["https://world.openfoodfacts.org", "https://opendatacommons.org/licenses/odbl/1-0/"];
    let names_the_licence = |page: &str| links.iter().all(|link| page.contains(link));

    for path in ["/", "/search?q=", "/about", "/legal", "/nowhere"] {
        let [english, french] = shown(path);
        assert!(english.contains("generic foods, written for foodswap, under the licence of the program"), "{path}");
        assert!(english.contains("once imported: ©\u{a0}contributors of"), "{path}");
        assert!(french.contains("sous la licence du programme") && french.contains("une fois importées"), "{path}");
        for page in [&english, &french] {
            assert!(page.contains("Apache-2.0</a>") && names_the_licence(page), "{path}");
        }
    }
    import(&appliance, SYRUPS);
    for path in ["/", "/search?q=syrup", "/products/3000000000014", "/about", "/legal", "/nowhere"] {
        let [english, french] = shown(path);
        assert!(english.contains("Product data: ©\u{a0}contributors of"), "{path}");
        assert!(french.contains("Données sur les produits\u{a0}: ©\u{a0}contributeurs"), "{path}");
        for page in [&english, &french] {
            assert!(names_the_licence(page) && !page.contains("Apache-2.0"), "{path}");
        }
    }
}

/// Open Food Facts' records of biscuits, the better ones without salt and saturated fat.
const BISCUITS: &str = concat!(
    r#"{"code":"3000000000205","product_name":"Butter biscuits","lang":"en","categories_tags":["en:snacks","en:biscuits"],"nutriscore_grade":"e","nutriscore_score":22,"nutriscore_version":"2023","nutriments":{"energy_100g":2100,"fat_100g":22,"saturated-fat_100g":13,"carbohydrates_100g":66,"sugars_100g":30,"proteins_100g":6,"salt_100g":1.1}}"#,
    "\n",
    r#"{"code":"3000000000212","product_name":"Oat biscuits","brands":"Other","lang":"en","categories_tags":["en:snacks","en:biscuits"],"nutriscore_grade":"b","nutriscore_score":1,"nutriscore_version":"2023","nutriments":{"energy_100g":1700,"fat_100g":10,"carbohydrates_100g":60,"sugars_100g":6,"proteins_100g":9,"fiber_100g":8}}"#,
    "\n",
);

#[test]
fn what_one_of_both_does_not_state_is_told_wherever_a_swap_is() {
    let appliance = Appliance::starter();
    import(&appliance, BISCUITS);

    let swap = &appliance.json("/api/v1/products/3000000000205/substitutes")["substitutes"][0];
    let page = |lang: &str| appliance.get(&format!("/products/3000000000205/substitutes?lang={lang}")).body;
    let terminal = |lang: &str| text(&run(appliance.data_dir(), &["swap", "3000000000205", "--lang", lang]).stdout);

    let untold = json!(["saturated_fat", "salt"]);
    assert_eq!((&swap["product"]["code"], &swap["untold"]), (&json!("3000000000212"), &untold));
    let english = "not known for one of both: saturated fat, salt";
    let french = "inconnu pour l’un des deux\u{a0}: acides gras saturés, sel";
    assert!(swap["text"].as_str().is_some_and(|text| text.ends_with(english)), "{swap}");
    assert!(page("en").contains(english), "{}", page("en"));
    assert!(page("fr").contains(french), "{}", page("fr"));
    assert!(terminal("en").contains(english) && terminal("fr").contains(french), "{}", terminal("fr"));
}

#[test]
fn any_language_may_be_wished_for_and_one_that_there_is_not_is_refused() {
    let appliance = Appliance::starter();
    let product = "/api/v1/products/2000000000855";
    for (lang, status) in [("fr", 200), ("EN", 200), ("de", 200), ("fr-CA", 200), ("", 200), ("xx", 400), ("fra", 400)]
    {
        for path in ["/api/v1/search?q=cola", &format!("{product}?"), &format!("{product}/substitutes?")] {
            let reply = appliance.get(&format!("{path}&lang={lang}"));

            assert_eq!(reply.status, status, "{path} {lang}: {}", reply.body);
            let told =
                format!("\"detail\":\"`{lang}` is no language code (ISO 639-1) such as fr\",\"parameter\":\"lang\"");
            assert_eq!(reply.body.contains(&told), status == 400, "{path}: {}", reply.body);
        }
    }
    let description = appliance.json("/api/v1/openapi.json");
    for (path, operation) in description["paths"].as_object().expect("paths") {
        let parameters = operation["get"]["parameters"].as_array().expect("parameters");
        let lang = parameters.iter().find(|parameter| parameter["name"] == "lang").expect("a language");
        assert_eq!((&lang["required"], &lang["in"]), (&json!(false), &json!("query")), "{path}");
        let codes = lang["schema"]["enum"].as_array().expect("codes");
        assert!(codes.contains(&json!("de")) && !codes.contains(&json!("xx")), "{path}");
    }
}

#[test]
fn an_allergen_to_avoid_never_appears_and_unknown_is_not_safe() {
    let appliance = Appliance::starter();
    let code = code_of(&appliance, "hazelnut spread");

    let answer = appliance.json(&format!("/api/v1/products/{code}/substitutes?without=nuts,lait&limit=50"));

    for substitute in answer["substitutes"].as_array().expect("substitutes") {
        let code = substitute["product"]["code"].as_str().expect("code");
        let product = &appliance.json(&format!("/api/v1/products/{code}"))["product"];
        for list in ["allergens", "traces"] {
            let tags: Vec<&str> = match (&product[list], list) {
                (Value::Array(tags), _) => tags.iter().filter_map(Value::as_str).collect(),
                (Value::Null, "traces") => Vec::new(),
                _ => panic!("{code}: unknown {list} passed for safe"),
            };
            assert!(!tags.contains(&"en:nuts") && !tags.contains(&"en:milk"), "{code}: {tags:?}");
        }
    }
    let hidden: u64 = answer["hidden"].as_object().expect("hidden").values().filter_map(Value::as_u64).sum();
    assert!(hidden > 0, "{}", answer["hidden"]);
}

#[test]
fn an_allergen_that_is_not_understood_is_told_everywhere() {
    let appliance = Appliance::starter();
    import(&appliance, SYRUPS);

    let product = &appliance.json("/api/v1/products/3000000000021")["product"];
    let known = &appliance.json("/api/v1/products/3000000000014")["product"];
    let off = &appliance.json("/api/v2/product/3000000000021")["product"];
    let silent = &appliance.json("/api/v2/product/3000000000045")["product"];
    let swap = &appliance.json("/api/v1/products/3000000000014/substitutes")["substitutes"][0];
    let page = |lang: &str| appliance.get(&format!("/products/3000000000014/substitutes?lang={lang}")).body;

    assert_eq!((&product["other_allergens"], &product["other_traces"]), (&json!(true), &json!(true)));
    assert_eq!((&known["other_allergens"], &known["other_traces"]), (&json!(false), &json!(false)));
    assert_eq!((&known["allergens"], &product["allergens"]), (&json!([]), &Value::Null));
    assert_eq!((&off["allergens_tags"], off.get("traces_tags")), (&json!(["en:gelatin"]), None));
    assert_eq!((silent.get("allergens_tags"), silent.get("traces_tags")), (None, None));
    assert_eq!((&swap["product"]["code"], &swap["added_other_allergens"]), (&json!("3000000000021"), &json!(true)));
    assert!(page("en").contains("it also contains: an allergen that the original does not name."));
    assert!(page("fr").contains("il contient aussi\u{a0}: un allergène que l’original n’indique pas."));
}

#[test]
fn the_starter_catalogue_finds_what_a_person_means() {
    let appliance = Appliance::starter();
    for (words, kind) in [
        ("nutela", "en:cocoa-and-hazelnuts-spreads"),
        ("Nutella", "en:cocoa-and-hazelnuts-spreads"),
        ("pate a tartiner", "en:sweet-spreads"),
        ("coca zero", "en:diet-sodas"),
        ("CAMEMBER", "en:cheeses"),
        ("p\u{00e2}tes", "en:pastas"),
    ] {
        let found = appliance
            .json(&format!("/api/v1/search?lang=fr&q={}", words.replace(' ', "+").replace('\u{00e2}', "%C3%A2")));

        let first = &found["products"][0];
        let kinds = first["categories"].as_array().unwrap_or_else(|| panic!("nothing for {words}"));
        assert!(kinds.iter().any(|tag| tag == kind), "{words}: {first}");
    }
}

#[test]
fn an_answer_is_asked_for_again_only_when_it_changed() {
    let appliance = Appliance::starter();
    let first = appliance.get("/api/v1/search?q=bread");

    let again = appliance.get_with("/api/v1/search?q=bread", &[("If-None-Match", first.header("etag"))]);
    let other = appliance.get_with("/api/v1/search?q=bread", &[("If-None-Match", "\"another\"")]);

    assert!(first.header("cache-control").contains("max-age"));
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    assert_eq!(other.status, 200);
}

#[test]
fn a_filter_of_open_food_facts_is_never_dropped() {
    let appliance = Appliance::starter();
    let count = |filter: &str| {
        let counts =
            ["/api/v2/search?search_terms=cola&", "/cgi/search.pl?search_terms=cola&json=1&sort_by=unique_scans_n&"]
                .map(|path| appliance.json(&format!("{path}{filter}"))["count"].as_u64().expect("a count"));
        assert_eq!(counts[0], counts[1], "{filter}");
        counts[0]
    };

    assert!(count("tagtype_0=brands&tag_0=&brands_tags=") > 0, "an empty filter is none");
    for (filter, field, tag) in [
        ("countries_tags=en:france", "countries_tags", "en:france"),
        ("nutrition_grades_tags=c%7Cz", "nutrition_grades", "c"),
        ("categories_tags_en=Colas", "categories_tags", "en:colas"),
    ] {
        let answer = appliance.json(&format!("/api/v2/search?search_terms=cola&{filter}"));
        let products = answer["products"].as_array().expect("products");
        assert!(!products.is_empty(), "{filter}");
        for product in products {
            assert!(product[field].to_string().contains(&format!("\"{tag}\"")), "{filter}: {product}");
        }
    }
    for filter in ["countries_tags=en:atlantis", "nutrition_grades_tags=z", "categories_tags=en:no-such-thing"] {
        assert_eq!(count(filter), 0, "{filter}");
    }
    for (filter, name) in [
        ("allergens_tags=-en:milk", "allergens_tags"),
        ("labels_tags=en:organic", "labels_tags"),
        ("brands_tags=anything", "brands_tags"),
        ("tagtype_0=brands&tag_contains_0=contains&tag_0=anything", "tag_0"),
        ("sugars_100g%3C5", "sugars_100g<5"),
    ] {
        let reply = appliance.get(&format!("/api/v2/search?{filter}"));

        assert_eq!((reply.status, reply.json()["parameter"].as_str()), (400, Some(name)), "{filter}: {}", reply.body);
        let detail = reply.json()["detail"].to_string();
        assert!(detail.contains("categories_tags, countries_tags, nutrition_grades_tags"), "{detail}");
    }
}

#[test]
fn a_client_of_open_food_facts_asks_again_only_for_what_changed() {
    let appliance = Appliance::starter();
    let code = code_of(&appliance, "hazelnut spread");

    for path in [format!("/api/v2/product/{code}.json"), format!("/api/v3/product/{code}")] {
        let first = appliance.get(&path);
        let again = appliance.get_with(&path, &[("If-None-Match", first.header("etag"))]);
        let other = appliance.get_with(&path, &[("If-None-Match", "\"another\"")]);

        assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}");
        assert_eq!((other.status, &other.body), (200, &first.body), "{path}");
    }
}

#[test]
fn nobody_keeps_the_news_that_a_product_is_missing() {
    let appliance = Appliance::starter();

    for path in ["/api/v1/products/9999999999994", "/api/v2/product/9999999999994", "/api/v3/product/9999999999994"] {
        let reply = appliance.get_with(path, &[("If-None-Match", "*")]);

        assert_eq!((reply.status, reply.header("cache-control")), (404, "no-store"), "{path}");
        assert_eq!(reply.header("etag"), "", "{path}");
    }
}

#[test]
fn a_mistake_is_a_problem_that_says_what_to_do() {
    let appliance = Appliance::starter();
    for (path, status, words) in [
        ("/api/v1/products/banana", 400, "digits only"),
        ("/api/v1/products/9999999999994", 404, "holds no product 9999999999994"),
        ("/api/v1/products/9999999999994/substitutes", 404, "holds no product"),
        ("/api/v1/search?page=0", 400, "whole number from 1 to"),
        ("/api/v1/search?page_size=100000", 400, "whole number from 1 to 100"),
        ("/api/v1/search?grade=z", 400, "`z` is no grade"),
        ("/api/v1/search?category=en:nothing-of-the-kind", 400, "knows no category"),
        ("/api/v1/search?country=xyz", 400, "no country code"),
        ("/api/v1/search?lang=xx", 400, "no language code"),
        ("/api/v1/products/2000000000015/substitutes?lane=middle", 400, "no lane"),
        ("/api/v1/products/2000000000015/substitutes?without=kryptonite", 400, "no allergen we know"),
        ("/api/v1/products/2000000000015/substitutes?diet=moon", 400, "no diet we know"),
        ("/api/v1/nothing", 404, "/api/v1/openapi.json"),
        ("/api/v3/product/banana", 400, "digits only"),
    ] {
        let reply = appliance.get(path);

        assert_eq!(reply.status, status, "{path}: {}", reply.body);
        assert_eq!(reply.header("content-type"), "application/problem+json", "{path}");
        assert!(reply.json()["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{path}: {}", reply.body);
    }
}

#[test]
fn codes_are_the_same_with_and_without_leading_zeros() {
    let appliance = Appliance::starter();
    let code = code_of(&appliance, "hazelnut spread");

    let padded = appliance.json(&format!("/api/v1/products/00{code}"));

    assert_eq!(padded["product"]["code"], code.as_str());
}

#[test]
fn the_description_names_every_resource_of_version_1() {
    let appliance = Appliance::starter();

    let description = appliance.json("/api/v1/openapi.json");

    assert_eq!(description["openapi"], "3.1.0");
    let paths: Vec<&String> = description["paths"].as_object().expect("paths").keys().collect();
    assert_eq!(paths, ["/api/v1/products/{code}", "/api/v1/products/{code}/substitutes", "/api/v1/search"]);
}

#[test]
fn clients_of_open_food_facts_read_their_own_shapes() {
    let appliance = Appliance::starter();
    let code = code_of(&appliance, "hazelnut spread");

    let v2 = appliance.json(&format!("/api/v2/product/{code}.json?fields=code,nutriments"));
    let v3 = appliance.json(&format!("/api/v3/product/{code}"));
    let found = appliance.json("/cgi/search.pl?search_terms=hazelnut+spread&json=1&page_size=3");
    let missing = appliance.get("/api/v2/product/9999999999994");

    assert_eq!(v2["status"], 1);
    assert_eq!(v2["product"].as_object().map(serde_json::Map::len), Some(2));
    assert!(v2["product"]["nutriments"]["energy-kcal_100g"].is_number());
    assert_eq!(v3["status"], "success");
    assert!(v3["product"]["categories_tags"].is_array());
    assert_eq!(found["products"][0]["code"], code.as_str());
    assert_eq!((missing.status, missing.json()["status"].as_u64()), (404, Some(0)));
}
