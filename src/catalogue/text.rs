//! Text as search sees it: folded, cut into words, in any script.
//!
//! Words are runs of letters and digits, as UAX 29 finds them, with four differences that shoppers need:
//! an apostrophe, a dot or an underscore between letters separates (`l'oréal` is `l` and `oreal`); a decimal
//! comma is a dot; a number and its unit are one word (`350 g` is `350g`); scripts written without spaces give
//! pairs of neighbouring characters.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::food::product::Lang;

/// Bytes of a word that count; what a person types is shorter, and junk in records stays bounded.
pub const WORD_LEN_MAX: usize = 48;

/// Units that belong to the number before them.
const UNITS: [&str; 10] = ["g", "gr", "kg", "mg", "ml", "cl", "dl", "l", "oz", "lb"];

/// Words that say nothing about a food, in French, English, German, Spanish and Italian, folded.
///
/// "sans", "without", "ohne" are not here: they turn the meaning round.
const STOP_WORDS: [&str; 58] = [
    "a", "al", "alla", "alle", "and", "au", "auf", "aus", "aux", "avec", "con", "d", "da", "das", "de", "degli", "dei",
    "del", "della", "delle", "der", "des", "di", "die", "du", "e", "el", "en", "et", "for", "from", "gli", "i", "il",
    "im", "in", "l", "la", "las", "le", "les", "lo", "los", "mit", "of", "par", "pour", "s", "sur", "the", "un", "und",
    "une", "von", "with", "y", "zu", "zum",
];

/// Whether a folded word may be missing in a product that is asked for with it.
pub fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

/// The same for words that a visitor of this language types: in French, "the" is tea without its accent.
pub fn is_stop_word_in(word: &str, lang: Lang) -> bool {
    is_stop_word(word) && !(word == "the" && lang == Lang::FR)
}

/// Without accents, case and compatibility forms: `Œufs à l'ＡＮＥＴＨ` becomes `oeufs a l'aneth`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len() + 8);
    for character in text.nfkd().filter(|character| !is_accent(*character)).flat_map(char::to_lowercase).nfc() {
        match letters(character) {
            Some(letters) => folded.push_str(letters),
            None if is_accent(character) => {}
            None => folded.push(character),
        }
    }
    folded
}

/// A word without the mark of its plural in French, English and Spanish, roughly; for names of categories.
pub fn stem(word: &str) -> &str {
    let stemmed = word.strip_suffix(['s', 'x']).unwrap_or(word);
    if stemmed.len() < 3 || stemmed.ends_with('s') { word } else { stemmed }
}

/// Marks that people leave out when they type; others (vowels of Indic scripts, voicing in kana) are kept.
fn is_accent(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}')
}

/// Letters that NFKD leaves whole although people type them otherwise.
fn letters(character: char) -> Option<&'static str> {
    Some(match character {
        'ß' => "ss",
        'œ' => "oe",
        'æ' => "ae",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        'ħ' => "h",
        'ŧ' => "t",
        'ς' => "σ",
        _ => return None,
    })
}

/// The words of a text in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    joined: String,
    ends: Vec<usize>,
}

impl Words {
    /// Folds a text and cuts it into words.
    pub fn of(text: &str) -> Self {
        let mut words = Self { joined: String::with_capacity(text.len()), ends: Vec::with_capacity(8) };
        let folded = fold(text);
        let mut rest = folded.as_str();
        while let Some((run, kind, after)) = next_run(rest) {
            match kind {
                Kind::Spaced => words.push_spaced(run),
                Kind::Spaceless => words.push_pairs(run),
            }
            rest = after;
        }
        words
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The words.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.joined[start..*end])
    }

    /// All words written as one.
    pub fn joined(&self) -> &str {
        &self.joined
    }

    fn push_spaced(&mut self, run: &str) {
        let is_unit_of_number = UNITS.contains(&run) && self.iter().last().is_some_and(is_number);
        self.joined.push_str(&run[..floor_boundary(run, WORD_LEN_MAX)]);
        if is_unit_of_number && let Some(last) = self.ends.last_mut() {
            *last = self.joined.len();
        } else {
            self.ends.push(self.joined.len());
        }
        if run.contains(',') {
            self.joined = self.joined.replace(',', ".");
        }
    }

    fn push_pairs(&mut self, run: &str) {
        let mut characters = run.chars().peekable();
        let mut alone = true;
        while let Some(character) = characters.next() {
            match characters.peek() {
                Some(next) => self.joined.extend([character, *next]),
                None if alone => self.joined.push(character),
                None => break,
            }
            alone = false;
            self.ends.push(self.joined.len());
        }
    }
}

/// Whether a word is a number without a unit.
fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|place| text.is_char_boundary(*place)).unwrap_or(0)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Spaced,
    Spaceless,
}

/// The first run of characters of one kind, and what follows it.
fn next_run(text: &str) -> Option<(&str, Kind, &str)> {
    let start = text.find(|character| kind(character).is_some())?;
    let text = &text[start..];
    let first = text.chars().next().and_then(kind)?;
    let mut end = text.len();
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        let continues = match kind(character) {
            Some(found) => found == first,
            None if matches!(character, '.' | ',') => is_decimal(before, &text[at..]),
            None => is_combining_mark(character),
        };
        if !continues {
            end = at;
            break;
        }
        before = character;
    }
    Some((&text[..end], first, &text[end..]))
}

fn is_decimal(before: char, from_separator: &str) -> bool {
    before.is_ascii_digit() && from_separator[1..].starts_with(|next: char| next.is_ascii_digit())
}

fn kind(character: char) -> Option<Kind> {
    if !character.is_alphanumeric() {
        return None;
    }
    Some(if is_spaceless(character) { Kind::Spaceless } else { Kind::Spaced })
}

/// Han, kana, Thai, Lao, Burmese and Khmer are written without spaces between words.
fn is_spaceless(character: char) -> bool {
    matches!(character,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        Words::of(text).iter().map(str::to_owned).collect()
    }

    #[test]
    fn stop_words_are_sorted_for_the_binary_search() {
        assert!(STOP_WORDS.is_sorted());
        assert!(is_stop_word("de") && !is_stop_word("sans"));
    }

    #[test]
    fn a_text_is_folded_and_cut_as_a_shopper_types_it() {
        let table: [(&str, &[&str]); 16] = [
            ("Pâte à tartiner", &["pate", "a", "tartiner"]),
            ("L'Oréal ’s", &["l", "oreal", "s"]),
            ("Häagen-Dazs", &["haagen", "dazs"]),
            ("Œufs de Weißbrot smørrebrød Łódź", &["oeufs", "de", "weissbrot", "smorrebrod", "lodz"]),
            ("1,5 L", &["1.5l"]),
            ("350 g net", &["350g", "net"]),
            ("6x25cl, 70%", &["6x25cl", "70"]),
            ("M&M's", &["m", "m", "s"]),
            ("ＣＯＬＡ", &["cola"]),
            ("可口可乐", &["可口", "口可", "可乐"]),
            ("茶", &["茶"]),
            ("コカ・コーラ 500ml", &["コカ", "コー", "ーラ", "500ml"]),
            ("김치 라면", &["김치", "라면"]),
            ("حَلِيب", &["حليب"]),
            ("Йогурт ΟΥΖΟΣ", &["иогурт", "ουζοσ"]),
            ("🍫\0 \u{202e}", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn a_plural_and_its_singular_share_a_stem() {
        for (plural, singular) in [("yaourts", "yaourt"), ("gateaux", "gateau"), ("biscuits", "biscuit")] {
            assert_eq!(stem(plural), stem(singular));
        }
        assert_eq!((stem("riz"), stem("os"), stem("ananas")), ("riz", "os", "anana"));
    }

    proptest! {
        #[test]
        fn any_text_gives_bounded_folded_words(text in any::<String>()) {
            for word in Words::of(&text).iter() {
                prop_assert!(!word.is_empty() && word.len() <= WORD_LEN_MAX + 2);
                prop_assert!(!word.contains(char::is_whitespace));
            }
        }

        #[test]
        fn folding_twice_changes_nothing(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
