//! The words of a product's name: whether two names are of one product, and how alike two names are.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use xxhash_rust::xxh3::xxh3_64;

/// A shorter word is an article, a unit or a code.
const WORD_CHARS_MIN: usize = 3;
/// What stands for "%" in a folded word.
const PERCENT: &str = "percent";
/// Words that say how something is sold rather than what it is, in the languages of most records.
const EMPTY_WORDS: [&str; 44] = [
    "the",
    "and",
    "with",
    "les",
    "des",
    "aux",
    "avec",
    "sans",
    "pour",
    "une",
    "mit",
    "und",
    "ohne",
    "von",
    "der",
    "die",
    "das",
    "con",
    "sin",
    "los",
    "las",
    "del",
    "para",
    "com",
    "sem",
    "dos",
    "met",
    "een",
    "van",
    "senza",
    "della",
    "bio",
    "organic",
    "eko",
    "ekologiczny",
    "natural",
    "naturel",
    "naturale",
    "classic",
    "classique",
    "original",
    "pack",
    "format",
    "new",
];

/// Identifies a product whatever the size of its pack: its brand and the words of its name, in any order.
/// A percentage stays: mince of 5 % and of 20 % fat are two products.
pub fn key(name: &str, brand: &str) -> u32 {
    let brand_words = folded(brand);
    let mut words: Vec<String> = folded(name).into_iter().filter(|word| !brand_words.contains(word)).collect();
    words.retain(|word| !is_quantity(word) || word.ends_with(PERCENT));
    words.sort_unstable();
    words.dedup();
    let text = format!("{}|{}", brand_words.concat(), words.join(" "));
    xxh3_64(text.as_bytes()) as u32
}

/// Identifies a brand however it is written; 0 for none.
pub fn brand_key(brand: &str) -> u32 {
    let words = folded(brand);
    if words.is_empty() { 0 } else { (xxh3_64(words.concat().as_bytes()) as u32).max(1) }
}

/// The telling words of a name as a small set, the brand's own words left out.
pub fn sketch(name: &str, brand: &str) -> u64 {
    let brand_words = folded(brand);
    folded(name)
        .iter()
        .filter(|word| !brand_words.contains(word) && is_telling(word))
        .fold(0, |bits, word| bits | 1 << (xxh3_64(stem(word).as_bytes()) % 64))
}

/// A stable hash of a text.
pub fn hash(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}

/// How many words two names have in common, at most: two words may look like one.
pub fn common(one: u64, other: u64) -> u32 {
    (one & other).count_ones()
}

/// How alike two names are, 0 to 1: the share of their words that they have in common.
pub fn similarity(one: u64, other: u64) -> f32 {
    let all = (one | other).count_ones();
    if all == 0 { 0.0 } else { (one & other).count_ones() as f32 / all as f32 }
}

/// Lower-case words without accents.
pub fn folded(text: &str) -> Vec<String> {
    let text = text.replace(" %", "%").replace('%', PERCENT);
    let plain: String = text.nfkd().filter(|letter| !is_combining_mark(*letter)).collect::<String>().to_lowercase();
    plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a folded word says what a thing is: no article, no quantity, no advertising.
pub fn is_telling(word: &str) -> bool {
    word.chars().count() >= WORD_CHARS_MIN && !is_quantity(word) && !EMPTY_WORDS.contains(&word)
}

/// "400", "400g", "33cl", "x6" and the units themselves.
fn is_quantity(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
        || matches!(word, "g" | "gr" | "kg" | "ml" | "cl" | "l" | "oz" | "lb")
}

/// Without the plural's ending, so that "olives" and "olive" are one word.
pub fn stem(word: &str) -> &str {
    let cut = word.strip_suffix("es").or_else(|| word.strip_suffix(['s', 'x'])).unwrap_or(word);
    let cut = if cut.len() >= WORD_CHARS_MIN { cut } else { word };
    let end = cut.strip_suffix('e').unwrap_or(cut);
    if end.len() >= WORD_CHARS_MIN { end } else { cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_of_one_product_have_one_key() {
        let nutella = key("Nutella 400 g", "Nutella");
        assert_eq!(nutella, key("NUTELLA 1kg", "nutella"));
        assert_eq!(key("Pâte à tartiner Nutella", "Ferrero"), key("pate a tartiner  nutella, 750 g", "FERRERO"));
        assert_ne!(key("Steak haché 5 % MG", "Charal"), key("Steak haché 20% MG", "Charal"));
        assert_ne!(key("Yaourt nature", "Danone"), key("Yaourt nature", "Yoplait"));
        assert_ne!(key("Yaourt fraise", "Danone"), key("Yaourt nature", "Danone"));
    }

    #[test]
    fn alike_names_share_words_in_any_order_number_and_case() {
        for (one, other, at_least, at_most) in [
            ("Olives vertes", "olive verte", 0.99, 1.0),
            ("Yaourt à la fraise", "Yaourt aux fraises", 0.99, 1.0),
            ("Dark chocolate 70%", "Milk chocolate", 0.3, 0.4),
            ("Cola", "Eau de source", 0.0, 0.0),
            ("", "", 0.0, 0.0),
        ] {
            let found = similarity(sketch(one, ""), sketch(other, ""));
            assert!((at_least..=at_most).contains(&found), "{one} / {other}: {found}");
        }
    }
}
