//! What a record holds besides what is wanted: most of its bytes.

use super::random::Random;
use super::record::{Members, push_decimal, push_list, push_text, push_whole};
use super::vocabulary::INGREDIENTS;

/// Bytes that one ingredient takes, about.
const INGREDIENT_BYTES: usize = 230;

/// The pictures: one flat map up to schema 1001, uploaded and selected ones apart since.
pub(crate) fn write_images(members: &mut Members, lang: &str, schema: u64, random: &mut Random) {
    if random.percent(30) {
        return;
    }
    let revision = random.below(60) as u64 + 3;
    let out = members.key("images");
    if schema >= 1002 {
        out.extend_from_slice(b"{\"uploaded\":{\"1\":{");
        push_sizes(out, random);
        out.extend_from_slice(b",\"uploader\":\"kiliweb\",\"uploaded_t\":1519297019}},\"selected\":{\"front\":{");
        push_text(out, lang);
        out.extend_from_slice(b":{\"imgid\":\"1\",\"generation\":{},\"rev\":\"");
        push_whole(out, revision);
        out.extend_from_slice(b"\",");
        push_sizes(out, random);
        out.extend_from_slice(b"}}}}");
        return;
    }
    out.push(b'{');
    for place in 1..=2 + random.below(3) as u64 {
        out.push(b'"');
        push_whole(out, place);
        out.extend_from_slice(b"\":{\"uploader\":\"openfoodfacts-contributors\",\"uploaded_t\":\"1519297017\",");
        push_sizes(out, random);
        out.extend_from_slice(b"},");
    }
    out.extend_from_slice(b"\"front_");
    out.extend_from_slice(lang.as_bytes());
    out.extend_from_slice(b"\":{\"x1\":\"-1\",\"y1\":\"-1\",\"x2\":\"-1\",\"y2\":\"-1\",\"angle\":0,\"geometry\":\"0x0--1--1\",\"imgid\":\"1\",\"normalize\":null,\"white_magic\":null,\"rev\":\"");
    push_whole(out, revision);
    out.extend_from_slice(b"\",");
    push_sizes(out, random);
    out.extend_from_slice(b"}}");
}

fn push_sizes(out: &mut Vec<u8>, random: &mut Random) {
    out.extend_from_slice(b"\"sizes\":{\"100\":{\"h\":100,\"w\":");
    push_whole(out, 40 + random.below(60) as u64);
    out.extend_from_slice(b"},\"200\":{\"h\":200,\"w\":");
    push_whole(out, 80 + random.below(120) as u64);
    out.extend_from_slice(b"},\"400\":{\"h\":400,\"w\":");
    push_whole(out, 160 + random.below(240) as u64);
    out.extend_from_slice(b"},\"full\":{\"h\":1200,\"w\":");
    push_whole(out, 400 + random.below(1200) as u64);
    out.extend_from_slice(b"}}");
}

/// The nutrients of the older shape, each five times over; some records have their numbers as texts.
pub(crate) fn write_nutriments(out: &mut Vec<u8>, values: &[(&str, &str, f64)], quoted: bool) {
    out.push(b'{');
    for (place, (name, unit, value)) in values.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        for suffix in ["_100g", "", "_value", "_serving"] {
            out.push(b'"');
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(suffix.as_bytes());
            out.extend_from_slice(if quoted { b"\":\"" } else { b"\":" });
            push_decimal(out, if suffix == "_serving" { value * 0.3 } else { *value });
            out.extend_from_slice(if quoted { b"\"," } else { b"," });
        }
        out.push(b'"');
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"_unit\":");
        push_text(out, unit);
    }
    out.extend_from_slice(b",\"fruits-vegetables-legumes-estimate-from-ingredients_100g\":0,\"fruits-vegetables-nuts-estimate-from-ingredients_100g\":0,\"nova-group\":4,\"nova-group_100g\":4}");
}

/// The points of both versions of the Nutri-Score.
pub(crate) fn write_nutriscore(out: &mut Vec<u8>, letter: &str, score: i64) {
    for (version, prefix) in [("2023", "{"), ("2021", ",")] {
        out.extend_from_slice(prefix.as_bytes());
        push_text(out, version);
        out.extend_from_slice(b":{\"category_available\":1,\"nutrients_available\":1,\"nutriscore_applicable\":1,\"nutriscore_computed\":0,\"data\":{\"is_beverage\":0,\"is_cheese\":0,\"is_fat_oil_nuts_seeds\":0,\"is_red_meat_product\":0,\"is_water\":0,\"count_proteins\":0,\"count_proteins_reason\":\"negative_points_greater_than_or_equal_to_11\",\"negative_points_max\":55,\"positive_points_max\":10,\"positive_nutrients\":[\"fiber\",\"fruits_vegetables_legumes\"],\"components\":{\"negative\":[");
        for id in ["energy", "sugars", "saturated_fat", "salt"] {
            out.extend_from_slice(b"{\"id\":");
            push_text(out, id);
            out.extend_from_slice(b",\"points\":");
            push_whole(out, score.unsigned_abs() / 4);
            out.extend_from_slice(b",\"points_max\":10,\"unit\":\"g\",\"value\":");
            push_whole(out, score.unsigned_abs());
            out.extend_from_slice(if id == "salt" { b"}" } else { b"}," });
        }
        // the letter is left out: the record's own fields say it, with its version
        out.extend_from_slice(b"]}},\"grade_hint\":");
        push_text(out, letter);
        out.push(b'}');
    }
    out.push(b'}');
}

/// Fills a record up to a size: a list of ingredients, and the fields that every record has.
pub(crate) fn write(members: &mut Members, lang: &str, size: usize, random: &mut Random) {
    push_list(members.key("states_tags"), STATES);
    push_list(members.key("_keywords"), INGREDIENTS.into_iter().take(4 + random.below(12)));
    push_list(members.key("data_quality_info_tags"), QUALITY);
    for (key, value) in FLAT {
        push_text(members.key(key), value);
    }
    let texts = 3 + random.below(12);
    write_ingredients_text(members, "ingredients_text", texts);
    write_ingredients_text(members, &format!("ingredients_text_{lang}"), texts);
    write_ingredients_text(members, &format!("ingredients_text_with_allergens_{lang}"), texts);
    if random.percent(60) {
        write_estimates(members.key("nutriments_estimated"), random);
    }
    let left = size.saturating_sub(members.len());
    write_ingredients(members.key("ingredients"), left / INGREDIENT_BYTES * 3 / 4, random);
    let left = size.saturating_sub(members.len());
    write_packagings(members.key("ecoscore_data"), left / 120, random);
}

fn write_ingredients_text(members: &mut Members, key: &str, count: usize) {
    let out = members.key(key);
    out.push(b'"');
    for (place, word) in INGREDIENTS.iter().take(count).enumerate() {
        out.extend_from_slice(if place > 0 { b", " } else { b"" });
        out.extend_from_slice(word.as_bytes());
    }
    out.extend_from_slice(b" (lait) 12,5\\u00a0%.\"");
}

fn write_estimates(out: &mut Vec<u8>, random: &mut Random) {
    out.push(b'{');
    for name in ESTIMATED {
        push_text(out, name);
        out.push(b':');
        push_decimal(out, random.unit() * 20.0);
        out.push(b',');
    }
    out.extend_from_slice(b"\"water_100g\":3e-05}");
}

fn write_ingredients(out: &mut Vec<u8>, count: usize, random: &mut Random) {
    out.push(b'[');
    for place in 0..count {
        let name = random.pick(&INGREDIENTS);
        out.extend_from_slice(if place > 0 { b",{\"id\":\"en:" } else { b"{\"id\":\"en:" });
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"\",\"text\":\"");
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"\",\"percent_estimate\":");
        push_decimal(out, random.unit() * 100.0);
        out.extend_from_slice(b",\"percent_max\":");
        push_decimal(out, random.unit() * 100.0);
        out.extend_from_slice(b",\"percent_min\":0,\"ciqual_proxy_food_code\":\"");
        push_whole(out, 9_000 + random.below(40_000) as u64);
        out.extend_from_slice(b"\",\"is_in_taxonomy\":1,\"vegan\":\"yes\",\"vegetarian\":\"yes\",\"from_palm_oil\":\"no\",\"origins\":\"\"}");
    }
    out.push(b']');
}

fn write_packagings(out: &mut Vec<u8>, count: usize, random: &mut Random) {
    out.extend_from_slice(b"{\"adjustments\":{\"packaging\":{\"packagings\":[");
    for place in 0..count {
        out.extend_from_slice(if place > 0 {
            b",{\"material\":\"en:plastic\",\"shape\":\"en:bag\",\"ratio\":"
        } else {
            b"{\"material\":\"en:plastic\",\"shape\":\"en:bag\",\"ratio\":"
        });
        push_decimal(out, random.unit());
        out.extend_from_slice(b",\"non_recyclable_and_non_biodegradable\":\"maybe\",\"score\":");
        push_whole(out, random.below(100) as u64);
        out.push(b'}');
    }
    out.extend_from_slice(b"]}},\"agribalyse\":{\"agribalyse_food_code\":\"31032\",\"co2_total\":7.4,\"ef_total\":0.62},\"grade\":\"d\",\"missing_data_warning\":1}");
}

const STATES: [&str; 8] = [
    "en:to-be-completed",
    "en:nutrition-facts-completed",
    "en:ingredients-completed",
    "en:expiration-date-to-be-completed",
    "en:packaging-code-to-be-completed",
    "en:characteristics-to-be-completed",
    "en:categories-completed",
    "en:product-name-completed",
];

const QUALITY: [&str; 5] = [
    "en:packaging-data-incomplete",
    "en:ingredients-percent-analysis-ok",
    "en:environmental-score-computed",
    "en:food-groups-1-known",
    "en:nutriscore-2023-different-from-2021",
];

const FLAT: [(&str, &str); 12] = [
    ("creator", "openfoodfacts-contributors"),
    ("last_editor", "packbot"),
    ("interface_version_modified", "20190830"),
    ("serving_size", "30 g"),
    ("emb_codes", ""),
    ("expiration_date", ""),
    ("packaging", "Plastique, Sachet"),
    ("manufacturing_places", ""),
    ("purchase_places", ""),
    ("link", ""),
    ("nutrition_score_debug", "no score when the product does not have a category -- energy 5 + sugars 3"),
    ("pnns_groups_2", "Biscuits and cakes"),
];

const ESTIMATED: [&str; 24] = [
    "alcohol_100g",
    "beta-carotene_100g",
    "calcium_100g",
    "carbohydrates_100g",
    "cholesterol_100g",
    "copper_100g",
    "energy_100g",
    "fat_100g",
    "fiber_100g",
    "fructose_100g",
    "galactose_100g",
    "glucose_100g",
    "iodine_100g",
    "iron_100g",
    "lactose_100g",
    "magnesium_100g",
    "maltose_100g",
    "manganese_100g",
    "phosphorus_100g",
    "polyols_100g",
    "potassium_100g",
    "proteins_100g",
    "salt_100g",
    "sugars_100g",
];
