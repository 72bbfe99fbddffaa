//! Products for the tests of the catalogue.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::food::allergen::Allergens;
use crate::food::barcode::Barcode;
use crate::food::country::CountrySet;
use crate::food::diet::{Analysis, Verdict};
use crate::food::nutri_score::{Grade, NutriScore, Source, Version};
use crate::food::nutrition::{Amount, Basis, Nutrition};
use crate::food::product::{FrontImage, Implausibility, Lang, Product, Text};

/// Category tags, each after those it belongs to, so that any subsequence is in a plausible order.
pub(crate) const TAGS: [&str; 6] =
    ["en:spreads", "en:sweet-spreads", "en:hazelnut-spreads", "en:beverages", "en:sodas", "fr:boissons-au-cola"];

/// A product of a few facts.
pub(crate) fn product(code: u64, name: &str) -> Product {
    Product::new(Barcode::from_number(u128::from(code)), name)
}

/// A product in which most fields say something.
pub(crate) fn spread() -> Product {
    Product {
        lang: Lang::FR,
        names: vec![text(Lang::FR, "Pâte à tartiner"), text(Lang::EN, "Hazelnut spread")],
        brands: vec!["Noisettine".to_owned(), "Bio".to_owned()],
        quantity: "350 g".to_owned(),
        categories: TAGS[..3].iter().map(|&tag| tag.to_owned()).collect(),
        countries: CountrySet([0, 1 << 11, 0, 0]),
        nutri_score: graded(Grade::D, Some(14)),
        nova_group: Some(4),
        image: Some(FrontImage { lang: Lang::FR, revision: 17 }),
        ingredients_text: Some(text(Lang::FR, "Sucre, noisettes 20 %")),
        allergens: Some(Allergens(0b101)),
        popularity: 40,
        completeness: 80,
        ..product(3_017_620_000_001, "")
    }
}

/// A grade of the 2023 rule.
pub(crate) fn graded(grade: Grade, score: Option<i8>) -> NutriScore {
    NutriScore::Graded { grade, score, version: Version::V2023, source: Source::Off }
}

fn text(lang: Lang, text: &str) -> Text {
    Text { lang, text: text.to_owned() }
}

/// Any product that the types allow, with categories out of [`TAGS`].
pub(crate) fn any_product() -> impl Strategy<Value = Product> {
    let identity = (1..10u128.pow(24), any_lang(), vec(any_text(), 1..4), option::of(any_text()));
    let shop = (vec(".{1,12}", 0..3), ".{0,8}", vec(".{1,8}", 0..2), any::<[u64; 4]>(), any_categories());
    let tags = (vec(".{1,8}", 0..2), vec(".{1,8}", 0..2), vec(".{1,8}", 0..2), option::of("[a-f]"));
    let judged = (any_nutri_score(), option::of(1..5u8), any_implausibility(), any_nutrition());
    let safety =
        (option::of(any::<u16>()), option::of(any::<u16>()), any_verdict(), any_verdict(), any::<Option<bool>>());
    let record = (option::of(any_text()), option::of((any_lang(), any::<u32>())), 0..6u32, 0..101u8, any::<i64>());
    (identity, shop, tags, judged, safety, record).prop_map(|(identity, shop, tags, judged, safety, record)| Product {
        code: Barcode::from_number(identity.0),
        lang: identity.1,
        names: identity.2,
        generic_name: identity.3,
        brands: shop.0,
        quantity: shop.1,
        stores: shop.2,
        countries: CountrySet(shop.3),
        compared_to_category: shop.4.last().cloned(),
        categories: shop.4,
        food_groups: tags.0,
        labels: tags.1,
        additives: tags.2,
        environmental_grade: tags.3,
        nutri_score: judged.0,
        nova_group: judged.1,
        implausible: judged.2,
        nutrition: judged.3,
        allergens: safety.0.map(Allergens),
        traces: safety.1.map(Allergens),
        analysis: Analysis { vegan: safety.2, vegetarian: safety.3, palm_oil_free: Verdict::Unknown },
        sweeteners: safety.4,
        red_meat: safety.4,
        ingredients_text: record.0,
        image: record.1.map(|(lang, revision)| FrontImage { lang, revision }),
        popularity: record.2,
        completeness: record.3,
        last_modified_t: record.4,
        ..Product::new(Barcode::from_number(1), "")
    })
}

fn any_lang() -> impl Strategy<Value = Lang> {
    prop_oneof![Just(Lang::FR), Just(Lang::EN), Just(Lang(*b"de")), Just(Lang::UNKNOWN)]
}

fn any_text() -> impl Strategy<Value = Text> {
    (any_lang(), ".{1,20}").prop_map(|(lang, text)| Text { lang, text })
}

fn any_categories() -> impl Strategy<Value = Vec<String>> {
    proptest::sample::subsequence(&TAGS[..], 0..=TAGS.len())
        .prop_map(|tags| tags.into_iter().map(str::to_owned).collect())
}

fn any_nutri_score() -> impl Strategy<Value = NutriScore> {
    let grade = prop_oneof![Just(Grade::A), Just(Grade::B), Just(Grade::C), Just(Grade::D), Just(Grade::E)];
    prop_oneof![
        4 => (grade, option::of(-15..40i8)).prop_map(|(grade, score)| graded(grade, score)),
        1 => Just(NutriScore::NotApplicable),
        1 => Just(NutriScore::Unknown),
    ]
}

fn any_implausibility() -> impl Strategy<Value = Option<Implausibility>> {
    prop_oneof![4 => Just(None), 1 => Just(Some(Implausibility::NutrientSum))]
}

fn any_verdict() -> impl Strategy<Value = Verdict> {
    prop_oneof![Just(Verdict::Yes), Just(Verdict::No), Just(Verdict::Maybe), Just(Verdict::Unknown)]
}

fn any_nutrition() -> impl Strategy<Value = Nutrition> {
    let amount = || option::of((0.0..100.0f64, any::<bool>()));
    (amount(), amount(), any::<bool>()).prop_map(|(sugars, salt, liquid)| Nutrition {
        basis: if liquid { Basis::Per100ml } else { Basis::Per100g },
        sugars_g: sugars.map(|(value, estimated)| Amount { value, estimated }),
        salt_g: salt.map(|(value, estimated)| Amount { value, estimated }),
        ..Nutrition::default()
    })
}
