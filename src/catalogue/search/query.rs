//! What a person typed, cut into words.

use crate::catalogue::text::{Words, is_stop_word_in};
use crate::food::product::Lang;

/// Bytes of a query that are read: several times the longest name on a pack.
const QUERY_LEN_MAX: usize = 256;
/// Words of a query that are read; each is a bit of a set.
pub(super) const QUERY_WORDS_MAX: usize = 16;

/// The words of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    /// Folded, in the order typed.
    pub(super) words: Vec<String>,
    /// A bit per word that a product must have.
    pub(super) required: u32,
    /// Whether the last word may still be being typed.
    pub(super) is_open: bool,
}

impl Query {
    /// Cuts a text into words; what is beyond the limits is not read.
    pub(super) fn parse(text: &str, lang: Lang) -> Self {
        let end = (0..=QUERY_LEN_MAX.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        let text = &text[..end];
        let words: Vec<String> = Words::of(text).iter().take(QUERY_WORDS_MAX).map(str::to_owned).collect();
        let is_open = text.ends_with(char::is_alphanumeric);
        let all = (1 << words.len()) - 1;
        let telling = words.iter().enumerate().filter(|(_, word)| !is_stop_word_in(word, lang));
        let required = telling.fold(0, |bits, (place, _)| bits | 1 << place);
        Self { words, required: if required == 0 { all } else { required }, is_open }
    }

    /// The last word's place, if it may still be being typed.
    pub(super) fn open_word(&self) -> Option<usize> {
        self.words.len().checked_sub(1).filter(|_| self.is_open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_say_nothing_are_not_required_unless_there_are_no_others() {
        let table = [
            ("pâte à tartiner", Lang::FR, 0b101),
            ("the", Lang::EN, 0b1),
            ("à la", Lang::FR, 0b11),
            ("lait de coco", Lang::FR, 0b101),
            ("the original", Lang::EN, 0b10),
            ("the vert", Lang::FR, 0b11),
        ];
        for (text, lang, required) in table {
            assert_eq!(Query::parse(text, lang).required, required, "{text}");
        }
    }

    #[test]
    fn a_space_after_the_last_word_ends_it() {
        assert_eq!(Query::parse("choc", Lang::FR).open_word(), Some(0));
        assert_eq!(Query::parse("lait choc ", Lang::FR).open_word(), None);
    }

    #[test]
    fn a_query_without_end_is_cut() {
        let query = Query::parse(&"é ".repeat(10_000), Lang::FR);
        assert_eq!(query.words.len(), QUERY_WORDS_MAX);
    }
}
