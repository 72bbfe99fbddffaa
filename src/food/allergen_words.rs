//! Allergens under the names that records give them besides the canonical tags.
//!
//! A declaration is often a text in the language of the pack. A word that is not known here stays
//! as it is, and counts as an allergen that nobody understands: never as none.

use std::borrow::Cow;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::allergen::{Allergen, Allergens};

/// Words, lower case, with spaces for hyphens, commas between them, by the allergen that they name. English, French,
/// German, Spanish, Italian, Dutch, Portuguese and Polish, the languages of most records.
const WORDS: [(Allergen, &str); 14] = [
    (
        Allergen::Gluten,
        "barley, rye, oats, oat, spelt, kamut, wheat flour, wheat gluten, malt, barley malt, seigle, \
         orge, avoine, épeautre, blé tendre, farine de blé, gluten de blé, malt d'orge, weizen, \
         gerste, roggen, hafer, dinkel, weizenmehl, trigo, cebada, centeno, avena, espelta, \
         frumento, grano, orzo, segale, farro, farina di frumento, tarwe, rogge, haver, aveia, \
         cevada, centeio, pszenica, pszenicy, mąka pszenna, pszeniczny, jęczmień, jęczmiennego, \
         żyto, żytnie, owies, owsiana, orkisz, orkiszowe, triticale, glúten, \
         cereals containing gluten, céréales contenant du gluten",
    ),
    (
        Allergen::Crustaceans,
        "shrimp, shrimps, prawn, prawns, crab, lobster, crustacean shellfish, crevette, crevettes, \
         crabe, homard, krebstiere, crustáceos, crustacei, schaaldieren, skorupiaki, gamberi",
    ),
    (
        Allergen::Eggs,
        "egg yolk, egg white, whole egg, jaune d'œuf, blanc d'œuf, jaune d'oeuf, blanc d'oeuf, ei, \
         eier, eigelb, huevo, huevos, uova, uovo, eieren, ovo, ovos, jaja, jajko, jaj",
    ),
    (
        Allergen::Fish,
        "salmon, tuna, anchovy, anchovies, cod, saumon, thon, anchois, thon listao, fisch, pescado, \
         pesce, vis, peixe, ryby, ryba, tuńczyk, śledź, śledzia, szprot, salmone, tonno, acciughe",
    ),
    (
        Allergen::Peanuts,
        "peanut butter, groundnuts, beurre de cacahuètes, erdnüsse, erdnuss, cacahuetes, cacahuete, \
         maní, arachidi, arachide, pinda, pinda's, pindas, amendoim, amendoins, orzeszki arachidowe, \
         orzeszki ziemne",
    ),
    (
        Allergen::Soybeans,
        "soy beans, soya beans, soy lecithin, soya lecithin, soybean, lécithine de soja, sojabohnen, \
         sojalecithin, soia, lecitina de soja, soi, lecytyna sojowa, soy products",
    ),
    (
        Allergen::Milk,
        "buttermilk, milkfat, milk fat, butter, cream, cheese, whey, skimmed milk, whole milk, \
         milk powder, skimmed milk powder, whey powder, lait écrémé, lait entier, poudre de lait, \
         lait en poudre, beurre, crème, fromage, lactosérum, lait écrémé en poudre, milch, \
         milcheiweiss, magermilchpulver, molke, butterfett, sahne, käse, leche, nata, queso, \
         mantequilla, lactosa, latte, burro, panna, formaggio, lattosio, siero di latte, melk, \
         boter, kaas, leite, manteiga, queijo, mleko, mleka, śmietanka, śmietana, masło, twaróg, \
         ser, serek, laktoza, laktozę, serwatka",
    ),
    (
        Allergen::Nuts,
        "almond, almonds, hazelnut, hazelnuts, walnut, walnuts, cashew, cashews, cashew nuts, pecan, \
         pecans, pistachio, pistachios, brazil nuts, macadamia, treenuts, tree nut, tree nuts, \
         amande, amandes, noisette, noisettes, noix de cajou, noix de pécan, pistache, pistaches, \
         noix de macadamia, fruits à coque, autres fruits à coque, autres fruits a coque, \
         schalenfrüchte, schalenfruchte, nüsse, mandeln, haselnüsse, walnüsse, cashewkerne, \
         frutos de cáscara, almendra, almendras, avellana, avellanas, nueces, frutta a guscio, \
         mandorle, nocciole, noci, noten, hazelnoten, amandelen, walnoten, frutos de casca rija, \
         amêndoa, amendoa, avelã, avela, avelas, castanha de caju, castanha do para, nozes, orzechy, \
         orzechy laskowe, orzechów laskowych, migdały, tree nuts hazelnuts, shelled fruits",
    ),
    (Allergen::Celery, "celeriac, sellerie, apio, sedano, selderij, aipo, seler, selery"),
    (Allergen::Mustard, "mustard seeds, graines de moutarde, senf, mostaza, senape, mosterd, mostarda, gorczyca"),
    (
        Allergen::SesameSeeds,
        "sesame seed, sesame seeds, graines de sésame, sesam, sésamo, sesamo, semi di sesamo, \
         sesamzaad, sezam, tahini",
    ),
    (
        Allergen::Sulphites,
        "sulphur dioxide, sulfur dioxide, sulphur dioxide and sulphites, anhydride sulfureux, \
         anhydride sulfureux et sulfites, schwefeldioxid, sulfitos, solfiti, anidride solforosa, \
         sulfiet, sulfieten, siarczyny, metabisolfito di potassio, dwutlenek siarki",
    ),
    (Allergen::Lupin, "lupinen, lupine, altramuces, lupini, tremoço, łubin, lupins"),
    (
        Allergen::Molluscs,
        "squid, oyster, oysters, mussels, calamar, moules, weichtiere, moluscos, molluschi, \
         weekdieren, mięczaki",
    ),
];

/// Words of lists of ingredients that [`Allergen::parse`] knows, in the order of the regulation.
const PLAIN_WORDS: &str = "gluten, wheat, blé, oats, barley, rye, spelt, crustaceans, crustacés, eggs, egg, œufs, œuf, \
    oeufs, oeuf, fish, poisson, poissons, peanuts, peanut, arachides, arachide, cacahuètes, cacahuète, soybeans, soya, \
    soy, soja, milk, lait, lactose, nuts, noix, celery, céleri, mustard, moutarde, sesame, sésame, sulphites, sulfites, \
    lupin, molluscs, mollusques";
/// Where such a word means something else.
const OTHER_THINGS: &str = "beurre de cacao, cocoa butter, burro di cacao, manteca de cacao, manteiga de cacau, \
    masło kakaowe, lait de coco, crème de coco, coconut milk, coconut cream, latte di cocco, leche de coco, nata de coco, \
    noix de coco, noix de muscade, shea butter, beurre de karité, butter beans, cream of tartar, crème de tartre, \
    sans gluten, gluten free, sin gluten, senza glutine, sem glúten, sans lactose, lactose free, sin lactosa, \
    senza lattosio, sans lait, sans œufs, sans arachides";
/// Words of the longest name of an allergen, or of another thing.
const NAME_WORDS_MAX: usize = 4;

/// What a run of words names; none for another thing.
static NAMES: LazyLock<FxHashMap<String, Option<Allergen>>> = LazyLock::new(|| {
    let plain = PLAIN_WORDS.split(", ").map(|word| (word, Allergen::parse(word)));
    let listed = WORDS.iter().flat_map(|(allergen, words)| words.split(", ").map(|word| (word, Some(*allergen))));
    let others = OTHER_THINGS.split(", ").map(|words| (words, None));
    plain.chain(listed).chain(others).map(|(words, allergen)| (plainly(words), allergen)).collect()
});

/// Lower-case words with one space between them.
fn plainly(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut plain = String::with_capacity(lower.len());
    for word in lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.push_str(word);
    }
    plain
}

/// The allergens that a list of ingredients names, in the languages of most records.
///
/// This is a warning, not a declaration: a word may be of another language, or behind "without". What it does not
/// find may still be there.
pub fn named_in(ingredients: &str) -> Allergens {
    let plain = plainly(ingredients);
    let words: Vec<(usize, usize)> = plain
        .split(' ')
        .map(|word| {
            let start = word.as_ptr() as usize - plain.as_ptr() as usize;
            (start, start + word.len())
        })
        .collect();
    let mut named = Allergens::NONE;
    let mut at = 0;
    while at < words.len() {
        let longest = NAME_WORDS_MAX.min(words.len() - at);
        let name = (1..=longest).rev().find_map(|len| {
            let run = &plain[words[at].0..words[at + len - 1].1];
            NAMES.get(run).map(|allergen| (len, *allergen))
        });
        if let Some((_, Some(allergen))) = name {
            named.insert(allergen);
        }
        at += name.map_or(1, |(len, _)| len);
    }
    named
}

/// The canonical tag of an allergen's word, or the word itself.
pub fn canonical(word: &str) -> Cow<'_, str> {
    if let Some(allergen) = Allergen::parse(word) {
        return Cow::Borrowed(allergen.tag());
    }
    let name = word.split_once(':').map_or(word, |(_, name)| name).trim();
    let name = name.to_lowercase().replace(['-', '_'], " ");
    let known = WORDS.iter().find(|(_, words)| words.split(", ").any(|word| word == name));
    known.map_or(Cow::Borrowed(word), |(allergen, _)| Cow::Borrowed(allergen.tag()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_pack_become_canonical_tags_and_others_stay() {
        for (word, expected) in [
            ("en:milk", "en:milk"),
            ("pl:mąka-pszenna", "en:gluten"),
            ("en:oats", "en:gluten"),
            ("Lait écrémé en poudre", "en:milk"),
            ("fr:autres-fruits-a-coque", "en:nuts"),
            ("almonds", "en:nuts"),
            ("peanut butter", "en:peanuts"),
            ("fr:constituants-analytiques", "fr:constituants-analytiques"),
        ] {
            assert_eq!(canonical(word), expected);
        }
    }

    #[test]
    fn a_list_of_ingredients_names_its_allergens() {
        let set = |allergens: &[Allergen]| allergens.iter().copied().collect::<Allergens>();
        for (ingredients, named) in [
            ("whole grain wheat flour, _wheat gluten_, water", set(&[Allergen::Gluten])),
            ("Farine de BLÉ, beurre 13 %, lait écrémé en poudre", set(&[Allergen::Gluten, Allergen::Milk])),
            ("tuorlo d'uova, zucchero", set(&[Allergen::Eggs])),
            ("purée de cacahuète 8,4 %", set(&[Allergen::Peanuts])),
            ("peanut butter", set(&[Allergen::Peanuts])),
            ("pâte de cacao, beurre de cacao, sucre, lait de coco, noix de muscade", Allergens::NONE),
            ("Riz, sel (sans gluten)", Allergens::NONE),
            ("", Allergens::NONE),
        ] {
            assert_eq!(named_in(ingredients), named, "{ingredients}");
        }
    }

    #[test]
    fn no_word_names_two_allergens() {
        let mut all: Vec<_> = WORDS.iter().flat_map(|(_, words)| words.split(", ")).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
