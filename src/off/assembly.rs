//! From the wanted fields of a record, whatever file they stand in, to a [`Product`].

mod countries;
mod texts;

use std::borrow::Cow;

use super::front_image;
use super::record::Rejection;
use super::reported_grade::{self, Official};
use super::value::Value;
use super::wanted::{Field, Translated, Wanted};
use crate::food::allergen::{Allergen, Allergens};
use crate::food::allergen_words;
use crate::food::barcode::{Barcode, BarcodeError};
use crate::food::diet::Analysis;
use crate::food::nutri_score::{self, Reported};
use crate::food::nutrition::{self, Nutrition};
use crate::food::product::{Implausibility, Lang, Product, Text};
use countries::{are_interpreted, countries};
#[cfg(test)]
pub(super) use texts::{ENTRIES_MAX, TAG_BYTES_MAX, TAGS_MAX};
use texts::{clean, entries, tag, tags, translated_text};

/// Names kept per product. A dump's record has 11 at most among 15,000; more is vandalism.
pub(super) const NAMES_MAX: usize = 16;
/// Bytes of a name: real ones stay below 200, and a card shows two lines.
pub(super) const NAME_BYTES_MAX: usize = 300;
/// Bytes of a list of ingredients: four times the longest among 15,000 records.
pub(super) const INGREDIENTS_BYTES_MAX: usize = 12_000;
/// The first letter after those of the Latin scripts (Unicode blocks up to Latin Extended-B).
const LATIN_END: char = '\u{250}';
/// `popularity_key` is a count of scans in its last digits, with a bonus for recent years above them.
const POPULARITY_SCANS: u64 = 10_000_000;

/// The product of a record, whose nutrition has been read.
pub(super) fn assemble(wanted: &Wanted<'_>, nutrition: Nutrition) -> Result<Product, Rejection> {
    let code = code(wanted)?;
    refuse_other_goods(wanted)?;
    let lang = main_lang(wanted);
    let names = names(wanted, lang);
    let Some(first) = names.first() else { return Err(Rejection::NoName) };

    let mut product = Product::new(code, &first.text);
    product.lang = lang;
    product.names = names;
    product.nutrition = nutrition;
    describe(&mut product, wanted);
    classify(&mut product, wanted);
    declare(&mut product, wanted);
    grade(&mut product, wanted);
    product.completeness = completeness(&product, wanted);
    product.implausible = implausibility(&product, wanted);
    Ok(product)
}

fn code(wanted: &Wanted<'_>) -> Result<Barcode, Rejection> {
    let text = [Field::Code, Field::Id].into_iter().find_map(|field| wanted.get(field)?.text());
    match text.ok_or(Rejection::NoCode)?.parse() {
        Ok(code) => Ok(code),
        Err(BarcodeError::Empty) => Err(Rejection::NoCode),
        Err(BarcodeError::NotDigits | BarcodeError::TooLong) => Err(Rejection::BadCode),
    }
}

/// The sister projects for cosmetics, pet food and other goods share the files and say so by `product_type`.
///
/// Other goods filed among the foods stay: who scans a shampoo is better told that it is no food than that
/// nobody knows it. They have no grade and are never proposed.
fn refuse_other_goods(wanted: &Wanted<'_>) -> Result<(), Rejection> {
    let of_other_goods = wanted.text(Field::ProductType).is_some_and(|goods| goods != "food");
    if of_other_goods { Err(Rejection::NotFood) } else { Ok(()) }
}

fn main_lang(wanted: &Wanted<'_>) -> Lang {
    [Field::Lang, Field::Lc]
        .into_iter()
        .find_map(|field| wanted.text(field).as_deref().and_then(two_letters))
        .unwrap_or(Lang::UNKNOWN)
}

fn two_letters(code: &str) -> Option<Lang> {
    Lang::parse(code).filter(|lang| *lang != Lang::UNKNOWN)
}

/// The names, that of the main language first, each text once. A record without any name goes by
/// its general description.
fn names(wanted: &Wanted<'_>, lang: Lang) -> Vec<Text> {
    let mut names = Vec::new();
    let main = wanted.text(Field::ProductName).map(|text| (lang, text));
    let translated = |kind| wanted.translations(kind).filter_map(|(lang, value)| Some((lang, value.text()?)));
    // a record's keys have no order: the languages of the pages come first among the others
    let mut named: Vec<_> = translated(Translated::ProductName).collect();
    named.sort_by_key(|(other, _)| (*other != lang, *other != Lang::EN, *other != Lang::FR, *other));
    for (lang, text) in main.into_iter().chain(named) {
        add_name(&mut names, lang, &text);
    }
    if names.is_empty() {
        let general = wanted.text(Field::GenericName).or_else(|| wanted.text(Field::AbbreviatedProductName));
        let general = general.map(|text| (lang, text));
        for (lang, text) in general.into_iter().chain(translated(Translated::GenericName)) {
            add_name(&mut names, lang, &text);
        }
    }
    names
}

fn add_name(names: &mut Vec<Text>, lang: Lang, written: &str) {
    let text = clean(written, NAME_BYTES_MAX);
    let known = names.iter().any(|name| name.lang == lang || name.text == text);
    if !text.is_empty() && !known && names.len() < NAMES_MAX {
        names.push(Text { lang, text });
    }
}

/// What it is called, who makes it and where it is sold.
fn describe(product: &mut Product, wanted: &Wanted<'_>) {
    product.generic_name =
        translated_text(wanted, Field::GenericName, Translated::GenericName, product.lang, NAME_BYTES_MAX);
    product.brands = entries(wanted, Field::Brands, Field::BrandsTags);
    product.quantity = wanted.text(Field::Quantity).map(|text| clean(&text, NAME_BYTES_MAX)).unwrap_or_default();
    product.stores = entries(wanted, Field::Stores, Field::StoresTags);
    product.countries = countries(wanted);
    product.countries_interpreted = are_interpreted(product.countries, wanted);
    product.image = front_image::of(wanted, product.lang);
    product.ingredients_text = translated_text(
        wanted,
        Field::IngredientsText,
        Translated::IngredientsText,
        product.lang,
        INGREDIENTS_BYTES_MAX,
    );
    // Contributors mark allergens so: "_lait_ écrémé".
    if let Some(ingredients) = &mut product.ingredients_text {
        ingredients.text.retain(|letter| letter != '_');
    }
    product.popularity = popularity(wanted);
    product.last_modified_t = wanted.whole(Field::LastModifiedT).and_then(|t| i64::try_from(t).ok()).unwrap_or(0);
}

/// Its places in the taxonomies.
fn classify(product: &mut Product, wanted: &Wanted<'_>) {
    product.categories = tags(wanted, Field::CategoriesTags);
    if product.categories.is_empty() {
        product.categories = tags(wanted, Field::CategoriesHierarchy);
    }
    product.compared_to_category = wanted.text(Field::ComparedToCategory).as_deref().and_then(tag);
    product.food_groups = tags(wanted, Field::FoodGroupsTags);
    product.labels = tags(wanted, Field::LabelsTags);
    product.additives = tags(wanted, Field::AdditivesTags);
}

/// Allergens, diets and sweeteners.
fn declare(product: &mut Product, wanted: &Wanted<'_>) {
    let has_ingredients = product.ingredients_text.as_ref().is_some_and(|ingredients| is_latin(&ingredients.text));
    product.allergens = allergens(wanted, Field::AllergensTags, Field::Allergens, has_ingredients);
    product.allergen_tags = foreign_tags(wanted);
    product.traces = allergens(wanted, Field::TracesTags, Field::Traces, has_ingredients);
    let analysis = tags(wanted, Field::IngredientsAnalysisTags);
    product.analysis =
        Analysis::from_tags(analysis.iter().map(String::as_str), product.labels.iter().map(String::as_str));
    product.sweeteners = sweeteners(product, wanted);
}

/// Nutri-Score, NOVA and Green-Score.
fn grade(product: &mut Product, wanted: &Wanted<'_>) {
    let official = wanted.get(Field::Nutriscore).and_then(Value::object).map(Official::read).unwrap_or_default();
    product.red_meat = official.red_meat;
    product.nova_group =
        wanted.whole(Field::NovaGroup).filter(|group| (1..=4).contains(group)).map(|group| group as u8);
    product.environmental_grade = [Field::EnvironmentalScoreGrade, Field::EcoscoreGrade]
        .into_iter()
        .filter_map(|field| wanted.text(field))
        .find(|grade| matches!(&**grade, "a-plus" | "a" | "b" | "c" | "d" | "e" | "f"))
        .map(Cow::into_owned);

    let stated = reported_grade::stated(wanted);
    product.stated_grade = match stated {
        Some(Reported::Graded { grade, .. }) => Some(grade),
        _ => None,
    };
    product.nutri_score = nutri_score::resolve(product, official.reported.or(stated));
}

fn implausibility(product: &Product, wanted: &Wanted<'_>) -> Option<Implausibility> {
    if wanted.get(Field::Obsolete).is_some_and(Value::is_on) {
        return Some(Implausibility::Obsolete);
    }
    nutrition::implausibility(&product.nutrition).or_else(|| {
        (!tags(wanted, Field::DataQualityErrorsTags).is_empty()).then_some(Implausibility::DataQualityError)
    })
}

/// The allergen tags as written, where one of them is not canonical.
fn foreign_tags(wanted: &Wanted<'_>) -> Vec<String> {
    let tags = tags(wanted, Field::AllergensTags);
    if tags.iter().all(|tag| Allergen::from_tag(tag).is_some()) { Vec::new() } else { tags }
}

/// Whether most letters of a text are Latin. Open Food Facts recognises the allergens in the ingredients of few
/// languages with other letters: there an empty declaration says nothing.
fn is_latin(text: &str) -> bool {
    let letters = text.chars().filter(|letter| letter.is_alphabetic());
    let (latin, others): (Vec<char>, Vec<char>) = letters.partition(|letter| *letter < LATIN_END);
    latin.len() > others.len()
}

/// Allergens by their tags, else by the text; an empty declaration means none only where the
/// ingredients, from which Open Food Facts derives it, are known.
fn allergens(wanted: &Wanted<'_>, tags: Field, text: Field, has_ingredients: bool) -> Option<Allergens> {
    let declared = [tags, text].into_iter().filter_map(|field| wanted.get(field)).filter(|value| value.is_list());
    let mut declared = declared.peekable();
    declared.peek()?;
    declared
        .find_map(|value| {
            let words = value.list();
            let canonical: Vec<_> = words.iter().map(|word| allergen_words::canonical(word)).collect();
            Allergens::from_tags(canonical.iter().map(|word| &**word))
        })
        .or(has_ingredients.then_some(Allergens::NONE))
}

/// Whether there are non-nutritive sweeteners: by the record's own count, else by its additives.
fn sweeteners(product: &Product, wanted: &Wanted<'_>) -> Option<bool> {
    let counted = [Field::WithNonNutritiveSweeteners, Field::IngredientsNonNutritiveSweetenersN]
        .into_iter()
        .find_map(|field| wanted.get(field)?.number());
    if counted.is_some_and(|count| count.value > 0.0) || product.additives.iter().any(|tag| is_sweetener(tag)) {
        return Some(true);
    }
    let parsed = product.ingredients_text.is_some() && wanted.get(Field::AdditivesTags).is_some();
    (counted.is_some() || parsed).then_some(false)
}

/// Sweeteners without energy (Regulation (EC) 1333/2008, annex II, part E, group of sweeteners,
/// without the polyols E 420, 421, 953 and 964 to 968).
fn is_sweetener(tag: &str) -> bool {
    let number = tag.strip_prefix("en:e").unwrap_or("").trim_end_matches(|letter: char| letter.is_ascii_lowercase());
    matches!(
        number,
        "950" | "951" | "952" | "954" | "955" | "956" | "957" | "958" | "959" | "960" | "961" | "962" | "963" | "969"
    )
}

fn popularity(wanted: &Wanted<'_>) -> u32 {
    let counted = [Field::UniqueScansN, Field::ScansN].into_iter().find_map(|field| wanted.whole(field));
    let scans = counted.or_else(|| wanted.whole(Field::PopularityKey).map(|key| key % POPULARITY_SCANS));
    scans.map_or(0, |scans| u32::try_from(scans).unwrap_or(u32::MAX))
}

/// How complete the record is, 0 to 100; where it does not say, the share that is known of what a shopper looks at.
fn completeness(product: &Product, wanted: &Wanted<'_>) -> u8 {
    if let Some(share) = wanted.number(Field::Completeness) {
        return (share.clamp(0.0, 1.0) * 100.0).round() as u8;
    }
    let known = [
        !product.brands.is_empty(),
        !product.quantity.is_empty(),
        !product.categories.is_empty(),
        !product.countries.is_empty(),
        product.nutrition.energy_kj.is_some(),
        product.nutri_score.grade().is_some(),
        product.ingredients_text.is_some(),
        product.image.is_some(),
    ];
    (known.iter().filter(|known| **known).count() * 100 / known.len()) as u8
}
