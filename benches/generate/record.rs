//! One record in the shape of Open Food Facts' dump.

use super::bulk;
use super::random::Random;
use super::vocabulary::{ADJECTIVES, COUNTRIES, FAMILIES, Family, LANGS, SYLLABLES, VARIANTS};

/// Made-up brands: some have thousands of products, most have a few.
const BRANDS: usize = 60_000;
/// Made-up product lines, which give the names their many rare words.
const LINES: usize = 150_000;
/// Record sizes in bytes: the median, and the bounds of its lognormal skew.
const SIZE_MEDIAN: f64 = 10_000.0;
const SIZE_MIN: f64 = 3_000.0;
const SIZE_MAX: f64 = 40_000.0;
/// Skew of the sizes: a third is off by more than this factor's exponential.
const SIZE_SPREAD: f64 = 0.45;
/// The largest prime below 7 x 10^11: multiplying by a number modulo it permutes all twelve-digit beginnings.
const CODES: u64 = 699_999_999_953;
/// Scans in a year of the most popular product.
const SCANS_MAX: f64 = 60_000.0;

/// The members of a record, written one after the other and joined in any order.
#[derive(Debug, Default)]
pub(crate) struct Members {
    bytes: Vec<u8>,
    starts: Vec<usize>,
}

impl Members {
    /// Starts a member.
    pub(crate) fn key(&mut self, key: &str) -> &mut Vec<u8> {
        self.starts.push(self.bytes.len());
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(key.as_bytes());
        self.bytes.extend_from_slice(b"\":");
        &mut self.bytes
    }

    /// Bytes so far.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    fn text(&mut self, key: &str, value: &str) {
        push_text(self.key(key), value);
    }

    fn whole(&mut self, key: &str, value: u64) {
        push_whole(self.key(key), value);
    }

    fn list<'a>(&mut self, key: &str, values: impl IntoIterator<Item = &'a str>) {
        push_list(self.key(key), values);
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.starts.clear();
    }

    /// Appends `{member,member}`, beginning with any: a dump's keys have no order.
    fn write(&self, out: &mut Vec<u8>, random: &mut Random) {
        let first = random.below(self.starts.len());
        out.push(b'{');
        for place in 0..self.starts.len() {
            // 7 has no common factor with most counts; where it has one, the order is plain
            let step = if self.starts.len().is_multiple_of(7) { 1 } else { 7 };
            let member = (first + place * step) % self.starts.len();
            let end = self.starts.get(member + 1).copied().unwrap_or(self.bytes.len());
            out.extend_from_slice(&self.bytes[self.starts[member]..end]);
            out.push(if place + 1 == self.starts.len() { b'}' } else { b',' });
        }
    }
}

/// Appends a JSON string; the vocabulary has nothing to escape.
pub(crate) fn push_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// Appends a whole number.
pub(crate) fn push_whole(out: &mut Vec<u8>, value: u64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut rest = value;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// Appends a number with up to two decimals.
pub(crate) fn push_decimal(out: &mut Vec<u8>, value: f64) {
    let hundredths = (value * 100.0).round() as u64;
    push_whole(out, hundredths / 100);
    if !hundredths.is_multiple_of(100) {
        out.push(b'.');
        out.push(b'0' + (hundredths / 10 % 10) as u8);
        if !hundredths.is_multiple_of(10) {
            out.push(b'0' + (hundredths % 10) as u8);
        }
    }
}

/// Appends a list of JSON strings.
pub(crate) fn push_list<'a>(out: &mut Vec<u8>, values: impl IntoIterator<Item = &'a str>) {
    out.push(b'[');
    for (place, value) in values.into_iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        push_text(out, value);
    }
    out.push(b']');
}

/// What is decided about a product before it is written.
struct Draft<'a> {
    code: String,
    family: &'a Family,
    variant: Option<usize>,
    country: &'static str,
    lang: usize,
    /// 0 for none, else 999 to 1004.
    schema: u64,
    name: String,
    brand: String,
    /// As in [`Family`].
    nutrients: [f64; 7],
}

/// Appends one line without its end.
pub(crate) fn write_line(out: &mut Vec<u8>, members: &mut Members, seed: u64, number: u64) {
    let mut random = Random::new(seed, number);
    let start = out.len();
    let draft = draft(&mut random, number);
    members.clear();
    write_members(members, &draft, &mut random);
    members.write(out, &mut random);
    if random.percent(1) {
        spoil(out, start, &mut random);
    }
}

fn draft<'a>(random: &mut Random, number: u64) -> Draft<'a> {
    let family = &FAMILIES[random.skewed(FAMILIES.len())];
    let variant = random.percent(70).then(|| random.skewed(VARIANTS.len()));
    let (country, lang) = country(random);
    let brand = made_up(random.skewed(BRANDS) as u64 + 1);
    let name = name(random, family, variant, lang, &brand);
    let sweetness = random.around();
    let mut nutrients = family.nutrients;
    for (place, nutrient) in nutrients.iter_mut().enumerate() {
        // a part moves with its whole: saturates with fat, sugars with carbohydrates
        *nutrient *= if matches!(place, 2 | 3) { sweetness } else { 1.0 };
        *nutrient *= if matches!(place, 1 | 3) { 0.95 } else { 1.0 };
    }
    let richness = random.around();
    nutrients[0] = (nutrients[0] * richness).min(99.0);
    nutrients[1] *= richness.min(1.08);
    nutrients[6] *= random.around();
    let room = 100.0 - nutrients[0] - nutrients[2];
    nutrients[5] = nutrients[5].min(room.max(0.0) * 0.8);
    nutrients[4] = nutrients[4].min((room - nutrients[5]).max(0.0) * 0.8);
    Draft { code: code(number), family, variant, country, lang, schema: schema(random), name, brand, nutrients }
}

fn country(random: &mut Random) -> (&'static str, usize) {
    let mut place = random.below(1_000);
    for (tag, weight, lang) in COUNTRIES {
        if place < weight {
            return (tag, lang);
        }
        place -= weight;
    }
    (COUNTRIES[0].0, COUNTRIES[0].2)
}

/// Shapes in the proportions of a dump whose records were edited at different times.
fn schema(random: &mut Random) -> u64 {
    match random.below(100) {
        0..60 => 0,
        60..66 => 999,
        66..68 => 1000,
        68..73 => 1001,
        73..78 => 1002,
        78..95 => 1003,
        _ => 1004,
    }
}

/// A word or two that no language has; the same number gives the same word.
fn made_up(number: u64) -> String {
    let mut word = String::new();
    let mut rest = number.wrapping_mul(2_654_435_761) % 1_048_573;
    for _ in 0..3 + number % 2 {
        word.push_str(SYLLABLES[(rest % 32) as usize]);
        rest /= 32;
    }
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Two to six words: what it is, with what, praised how, of which line, by whom.
fn name(random: &mut Random, family: &Family, variant: Option<usize>, lang: usize, brand: &str) -> String {
    let mut words = vec![family.names[lang].to_owned()];
    if let Some(variant) = variant {
        words.push(VARIANTS[variant][lang].to_owned());
    }
    for _ in 0..random.below(3) {
        words.push(random.pick(&ADJECTIVES)[lang].to_owned());
    }
    if random.percent(35) {
        words.push(made_up(1_000_000 + random.skewed(LINES) as u64));
    }
    if random.percent(15) || words.len() < 2 {
        words.push(brand.to_owned());
    }
    words.join(" ")
}

/// A code of 13 digits with its check digit, different for every number.
fn code(number: u64) -> String {
    let twelve = 200_000_000_000 + ((u128::from(number) * 424_242_424_243) % u128::from(CODES)) as u64;
    let digits = format!("{twelve:012}");
    let sum: u32 = digits
        .bytes()
        .enumerate()
        .map(|(place, digit)| u32::from(digit - b'0') * if place % 2 == 1 { 3 } else { 1 })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

fn write_members(members: &mut Members, draft: &Draft<'_>, random: &mut Random) {
    let lang = LANGS[draft.lang];
    members.text("code", &draft.code);
    members.text("_id", &draft.code);
    members.text("product_type", "food");
    members.text("lang", lang);
    members.text("lc", lang);
    members.text("product_name", &draft.name);
    members.text(&format!("product_name_{lang}"), &draft.name);
    if random.percent(10) {
        let other = random.below(LANGS.len());
        members.text(&format!("product_name_{}", LANGS[other]), draft.family.names[other]);
    }
    if draft.schema > 0 {
        members.whole("schema_version", draft.schema);
    }
    write_brand(members, draft, random);
    write_categories(members, draft, random);
    write_labels(members, draft, random);
    write_nutrition(members, draft, random);
    write_scores(members, draft, random);
    write_statistics(members, random);
    bulk::write_images(members, lang, draft.schema, random);
    let spread = (random.unit() + random.unit() + random.unit() + random.unit() - 2.0) * 1.732 * SIZE_SPREAD;
    let size = (SIZE_MEDIAN * spread.exp()).clamp(SIZE_MIN, SIZE_MAX);
    bulk::write(members, lang, size as usize, random);
}

fn write_brand(members: &mut Members, draft: &Draft<'_>, random: &mut Random) {
    if random.percent(85) {
        let tag = draft.brand.to_lowercase();
        members.text("brands", &draft.brand);
        let prefix = if draft.schema >= 1001 { "xx:" } else { "" };
        members.list("brands_tags", [format!("{prefix}{tag}").as_str()]);
    }
    if random.percent(60) {
        let quantity = *random.pick(&[100u64, 125, 150, 200, 250, 330, 350, 400, 500, 750, 1000]);
        let unit = if is_beverage(draft.family) { "ml" } else { "g" };
        members.text("quantity", &format!("{quantity} {unit}"));
        members.whole("product_quantity", quantity);
        members.text("product_quantity_unit", unit);
    }
    members.text("stores", if random.percent(20) { "Carrefour, Auchan" } else { "" });
    let second = random.percent(10).then(|| random.pick(&COUNTRIES).0);
    members.list("countries_tags", std::iter::once(draft.country).chain(second));
}

fn is_beverage(family: &Family) -> bool {
    family.categories.contains(&"en:beverages")
}

fn write_categories(members: &mut Members, draft: &Draft<'_>, random: &mut Random) {
    if random.percent(12) {
        members.list("categories_tags", if random.percent(50) { Some("en:null") } else { None });
        return;
    }
    let specific = draft.variant.map(|variant| category(draft.family, variant));
    let tags = draft.family.categories.iter().copied().chain(specific.as_deref());
    members.list("categories_tags", tags);
    let last = specific.as_deref().or(draft.family.categories.last().copied()).unwrap_or_default();
    members.text("compared_to_category", last);
    members.list("food_groups_tags", draft.family.categories.first().copied());
}

/// The tag of a kind with a variant: `en:strawberry-yogurts`.
pub(crate) fn category(family: &Family, variant: usize) -> String {
    let kind = family.categories.last().map_or("", |tag| tag.trim_start_matches("en:"));
    format!("en:{}-{kind}", VARIANTS[variant][0])
}

fn write_labels(members: &mut Members, draft: &Draft<'_>, random: &mut Random) {
    let labels = [
        ("en:organic", 12),
        ("en:no-gluten", 7),
        ("en:vegetarian", 6),
        ("en:vegan", 5),
        ("en:no-palm-oil", 3),
        ("en:fair-trade", 2),
    ];
    let chosen: Vec<&str> =
        labels.iter().filter(|(_, percent)| random.percent(*percent)).map(|(tag, _)| *tag).collect();
    members.list("labels_tags", chosen);
    let animal = draft.family.allergens.iter().any(|tag| matches!(*tag, "en:milk" | "en:eggs" | "en:fish"));
    if random.percent(75) {
        members.list("allergens_tags", draft.family.allergens.iter().copied());
        members.list("traces_tags", random.percent(30).then_some("en:nuts"));
        members.list(
            "ingredients_analysis_tags",
            if animal {
                ["en:palm-oil-free", "en:non-vegan", "en:maybe-vegetarian"]
            } else {
                ["en:palm-oil-free", "en:vegan", "en:vegetarian"]
            },
        );
    } else {
        members.list("allergens_tags", []);
        members.list("traces_tags", []);
    }
    let additives = ["en:e322", "en:e330", "en:e415", "en:e951", "en:e500"];
    let count = random.below(4);
    members.list("additives_tags", additives.into_iter().take(count));
}

const NAMES: [&str; 7] = ["fat", "saturated-fat", "carbohydrates", "sugars", "fiber", "proteins", "salt"];

fn write_nutrition(members: &mut Members, draft: &Draft<'_>, random: &mut Random) {
    if random.percent(18) {
        members.key("nutriments").extend_from_slice(b"{}");
        return;
    }
    let [fat, _, carbohydrates, _, fiber, proteins, _] = draft.nutrients;
    let kilojoules = fat * 37.0 + (carbohydrates + proteins) * 17.0 + fiber * 8.0;
    let mut values: Vec<(&str, &str, f64)> = vec![
        ("energy", "kJ", kilojoules),
        ("energy-kj", "kJ", kilojoules),
        ("energy-kcal", "kcal", kilojoules / 4.184),
    ];
    values.extend(
        NAMES
            .into_iter()
            .zip(draft.nutrients)
            .filter(|(name, _)| *name != "fiber" || random.percent(50))
            .map(|(name, value)| (name, "g", value)),
    );
    values.push(("sodium", "g", draft.nutrients[6] / 2.5));
    if draft.schema >= 1003 {
        members.key("nutriments").extend_from_slice(b"{}");
        let per = if is_beverage(draft.family) { "100ml" } else { "100g" };
        write_aggregated_set(members.key("nutrition"), per, &values, random.percent(5));
    } else {
        members.text("nutrition_data_per", "100g");
        bulk::write_nutriments(members.key("nutriments"), &values, random.percent(4));
    }
}

fn write_aggregated_set(out: &mut Vec<u8>, per: &str, values: &[(&str, &str, f64)], estimated: bool) {
    out.extend_from_slice(b"{\"aggregated_set\":{\"per\":\"");
    out.extend_from_slice(per.as_bytes());
    out.extend_from_slice(b"\",\"preparation\":\"as_sold\",\"nutrients\":{");
    for (place, (name, unit, value)) in values.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        push_text(out, name);
        out.extend_from_slice(b":{\"value\":");
        push_decimal(out, *value);
        out.extend_from_slice(b",\"unit\":\"");
        out.extend_from_slice(unit.as_bytes());
        let source: &[u8] = if estimated { b"estimate\",\"modifier\":\"~" } else { b"packaging" };
        out.extend_from_slice(b"\",\"source_per\":\"100g\",\"source_index\":0,\"source\":\"");
        out.extend_from_slice(source);
        out.extend_from_slice(b"\"}");
    }
    out.extend_from_slice(b"}}}");
}

fn write_scores(members: &mut Members, draft: &Draft<'_>, random: &mut Random) {
    let score = rough_score(&draft.nutrients, is_beverage(draft.family));
    let letter = match score {
        ..=0 => "a",
        1..=2 => "b",
        3..=10 => "c",
        11..=18 => "d",
        _ => "e",
    };
    if random.percent(65) {
        members.text("nutriscore_grade", letter);
        push_score(members.key("nutriscore_score"), score);
        members.text("nutriscore_version", if random.percent(80) { "2023" } else { "2021" });
    } else {
        members.text("nutriscore_grade", "unknown");
    }
    if random.percent(70) {
        members.whole("nova_group", [4, 4, 4, 3, 3, 1, 1, 2][random.below(8)]);
    }
    let key = if draft.schema >= 1000 { "environmental_score_grade" } else { "ecoscore_grade" };
    members.text(key, ["unknown", "a", "b", "c", "d", "e"][random.below(6)]);
    bulk::write_nutriscore(members.key("nutriscore"), letter, score);
}

fn push_score(out: &mut Vec<u8>, score: i64) {
    if score < 0 {
        out.push(b'-');
    }
    push_whole(out, score.unsigned_abs());
}

/// Points of about the right size: a dump needs grades that go with its nutrients, not exact ones.
fn rough_score(nutrients: &[f64; 7], beverage: bool) -> i64 {
    let [fat, saturates, carbohydrates, sugars, fiber, proteins, salt] = *nutrients;
    let kilojoules = fat * 37.0 + (carbohydrates + proteins) * 17.0;
    let points = |value: f64, step: f64, max: f64| (value / step).floor().min(max);
    let (energy_step, sugars_step) = if beverage { (40.0, 1.2) } else { (335.0, 3.4) };
    let negative = points(kilojoules, energy_step, 10.0)
        + points(sugars, sugars_step, 15.0)
        + points(saturates, 1.0, 10.0)
        + points(salt, 0.2, 20.0);
    let positive = points(fiber, 1.2, 5.0) + if negative < 11.0 { points(proteins, 2.4, 7.0) } else { 0.0 };
    (negative - positive) as i64
}

fn write_statistics(members: &mut Members, random: &mut Random) {
    if random.percent(35) {
        let scans = (0.8 / (1.0 - random.unit()).powf(1.1)).min(SCANS_MAX) as u64 + 1;
        members.whole("unique_scans_n", scans);
        members.whole("scans_n", scans * 3 / 2);
        members.whole("popularity_key", 24_950_000_000 + scans);
    } else {
        members.whole("popularity_key", 0);
    }
    push_decimal(members.key("completeness"), 0.2 + random.unit() * 0.8);
    members.whole("last_modified_t", 1_500_000_000 + random.below(260_000_000) as u64);
    members.list("data_quality_errors_tags", random.percent(2).then_some("en:nutrition-value-total-over-105"));
    if random.percent(1) {
        members.text("obsolete", "on");
    }
}

/// Makes the line from `start` on a bad one, in one of the ways that happen.
fn spoil(out: &mut Vec<u8>, start: usize, random: &mut Random) {
    match random.below(4) {
        0 => out.truncate(start + 1 + random.below(out.len() - start - 1)),
        1 => out.splice(start.., *b"<html>502 Bad Gateway</html>").for_each(drop),
        2 => out.splice(start.., *b"{\"code\":\"not-a-code\",\"product_name\":\"x\"}").for_each(drop),
        _ => out
            .splice(start.., *b"{\"code\":\"4000000000006\",\"product_type\":\"beauty\",\"product_name\":\"Soap\"}")
            .for_each(drop),
    }
}
