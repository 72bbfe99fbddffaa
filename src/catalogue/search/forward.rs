//! What a document says, in order: one number per word, with the field it stands in.

use crate::food::product::Lang;

/// Bits of a token below the word's ordinal: the field and the start mark.
const FIELD_BITS: u32 = 3;
const START: u32 = 1 << FIELD_BITS;
const ORDINAL_SHIFT: u32 = FIELD_BITS + 1;
/// Ordinals that fit a token.
pub(super) const ORDINALS_MAX: u32 = u32::MAX >> ORDINAL_SHIFT;
/// Bits of a document's head that hold its completeness.
const COMPLETENESS_BITS: u32 = 7;

/// Where in a product a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Field {
    /// The name in the product's main language.
    Name,
    /// A French name, if that is not the main language.
    NameFr,
    /// An English name, if that is not the main language.
    NameEn,
    /// A name in any other language.
    NameOther,
    /// A brand.
    Brand,
    /// All words of a brand written as one.
    BrandJoined,
    /// The generic name.
    Generic,
    /// The net quantity.
    Quantity,
}

impl Field {
    const ALL: [Self; 8] = [
        Self::Name,
        Self::NameFr,
        Self::NameEn,
        Self::NameOther,
        Self::Brand,
        Self::BrandJoined,
        Self::Generic,
        Self::Quantity,
    ];

    /// Whether it is a name of the product.
    pub(super) fn is_name(self) -> bool {
        matches!(self, Self::Name | Self::NameFr | Self::NameEn | Self::NameOther)
    }

    /// The byte that stands for the field, and for whether the word begins it.
    pub(super) fn tag(self, is_start: bool) -> u8 {
        self as u8 | if is_start { START as u8 } else { 0 }
    }
}

/// One word of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token(pub(super) u32);

impl Token {
    /// A word by its ordinal and its [`Field::tag`].
    pub(super) fn new(ordinal: u32, tag: u8) -> Self {
        Self(ordinal << ORDINAL_SHIFT | u32::from(tag))
    }

    /// The word's place in the dictionary.
    pub(super) fn ordinal(self) -> u32 {
        self.0 >> ORDINAL_SHIFT
    }

    /// Whether another text begins with it.
    pub(super) fn is_start(self) -> bool {
        self.0 & START != 0
    }

    /// Where it stands.
    pub(super) fn field(self) -> Field {
        Field::ALL[(self.0 & (START - 1)) as usize]
    }
}

/// The first number of a document's record: its main language and how complete it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head(pub(super) u32);

impl Head {
    pub(super) fn new(lang: Lang, completeness: u8) -> Self {
        let [first, second] = lang.0;
        Self(u32::from(u16::from_be_bytes([first, second])) << COMPLETENESS_BITS | u32::from(completeness.min(100)))
    }

    pub(super) fn lang(self) -> Lang {
        Lang(((self.0 >> COMPLETENESS_BITS) as u16).to_be_bytes())
    }

    /// 0 to 100.
    pub(super) fn completeness(self) -> u32 {
        self.0 & ((1 << COMPLETENESS_BITS) - 1)
    }
}

/// What a document says, read in place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Document<'a> {
    pub(super) doc: u32,
    pub(super) head: Head,
    pub(super) tokens: &'a [u32],
    /// The number of its set of countries.
    pub(super) countries: u32,
    /// The number of its set of categories.
    pub(super) categories: u32,
}

impl Document<'_> {
    /// Its words in their order.
    pub(super) fn tokens(&self) -> impl Iterator<Item = Token> {
        self.tokens.iter().map(|token| Token(*token))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_keeps_its_word_its_field_and_its_start() {
        for field in Field::ALL {
            for (ordinal, is_start) in [(0, true), (ORDINALS_MAX, false), (77, true)] {
                let token = Token::new(ordinal, field.tag(is_start));
                assert_eq!((token.ordinal(), token.field(), token.is_start()), (ordinal, field, is_start));
            }
        }
    }

    #[test]
    fn a_head_keeps_language_and_completeness() {
        let head = Head::new(Lang::FR, 87);
        assert_eq!((head.lang(), head.completeness()), (Lang::FR, 87));
    }
}
