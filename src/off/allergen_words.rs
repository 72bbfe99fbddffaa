//! Allergens under the names that records give them besides the canonical tags.
//!
//! A declaration is often a text in the language of the pack. A word that is not known here stays
//! as it is, and counts as an allergen that nobody understands: never as none.

use std::borrow::Cow;

use crate::food::allergen::Allergen;

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

/// The canonical tag of an allergen's word, or the word itself.
pub(super) fn canonical(word: &str) -> Cow<'_, str> {
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
    fn no_word_names_two_allergens() {
        let mut all: Vec<_> = WORDS.iter().flat_map(|(_, words)| words.split(", ")).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
