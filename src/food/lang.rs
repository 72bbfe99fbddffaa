//! Languages, as records and people name them.

use serde::{Deserialize, Serialize};

/// A two-letter language code, lower case; `xx` where the language is unknown. Records use codes that nobody has ever
/// registered, so that any two letters are one; what people wish for is read by [`wished`](Self::wished).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Lang(pub [u8; 2]);

/// The codes of ISO 639-1, in order.
#[rustfmt::skip]
pub const ISO_639_1: [&str; 183] = [
    "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg", "bi", "bm", "bn", "bo",
    "br", "bs", "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv", "cy", "da", "de", "dv", "dz", "ee", "el", "en", "eo",
    "es", "et", "eu", "fa", "ff", "fi", "fj", "fo", "fr", "fy", "ga", "gd", "gl", "gn", "gu", "gv", "ha", "he", "hi",
    "ho", "hr", "ht", "hu", "hy", "hz", "ia", "id", "ie", "ig", "ii", "ik", "io", "is", "it", "iu", "ja", "jv", "ka",
    "kg", "ki", "kj", "kk", "kl", "km", "kn", "ko", "kr", "ks", "ku", "kv", "kw", "ky", "la", "lb", "lg", "li", "ln",
    "lo", "lt", "lu", "lv", "mg", "mh", "mi", "mk", "ml", "mn", "mr", "ms", "mt", "my", "na", "nb", "nd", "ne", "ng",
    "nl", "nn", "no", "nr", "nv", "ny", "oc", "oj", "om", "or", "os", "pa", "pi", "pl", "ps", "pt", "qu", "rm", "rn",
    "ro", "ru", "rw", "sa", "sc", "sd", "se", "sg", "si", "sk", "sl", "sm", "sn", "so", "sq", "sr", "ss", "st", "su",
    "sv", "sw", "ta", "te", "tg", "th", "ti", "tk", "tl", "tn", "to", "tr", "ts", "tt", "tw", "ty", "ug", "uk", "ur",
    "uz", "ve", "vi", "vo", "wa", "wo", "xh", "yi", "yo", "za", "zh", "zu",
];

impl Lang {
    /// English.
    pub const EN: Self = Self(*b"en");
    /// French.
    pub const FR: Self = Self(*b"fr");
    /// Unknown.
    pub const UNKNOWN: Self = Self(*b"xx");

    /// Reads `fr`, `FR` or `fr-CA`; anything else is none.
    pub fn parse(text: &str) -> Option<Self> {
        let code = text.split(['-', '_']).next()?.as_bytes();
        match code {
            [first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
                Some(Self([first.to_ascii_lowercase(), second.to_ascii_lowercase()]))
            }
            _ => None,
        }
    }

    /// Reads the language that somebody wants names in: one that there is, so that a slip is not taken for a wish.
    pub fn wished(text: &str) -> Option<Self> {
        Self::parse(text).filter(|lang| ISO_639_1.binary_search(&lang.as_str()).is_ok())
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("xx")
    }
}

/// The language of sentences: those that are written here. Names come in any. What is said stands where it is said, in
/// `impl` blocks of [`food::explanation`](super::explanation) and of the commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// For whoever wishes names in another language than French.
    English,
    /// French.
    French,
}

impl Tongue {
    /// The one for a shopper who wishes names in this language.
    pub fn of(lang: Lang) -> Self {
        if lang == Lang::FR { Self::French } else { Self::English }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_read_from_its_code_in_any_case_and_region() {
        for (text, lang) in [
            ("fr", Some(Lang::FR)),
            ("FR", Some(Lang::FR)),
            ("fr-CA", Some(Lang::FR)),
            ("en_US", Some(Lang::EN)),
            ("", None),
            ("fra", None),
            ("f1", None),
        ] {
            assert_eq!((Lang::parse(text), Lang::wished(text)), (lang, lang), "{text}");
        }
    }

    #[test]
    fn nobody_wishes_for_a_language_that_is_none() {
        for text in ["xx", "qq", "eu-xx", "zz-FR", "uk", "gb"] {
            assert_eq!(Lang::wished(text).is_some(), ["eu-xx", "uk"].contains(&text), "{text}");
            assert!(Lang::parse(text).is_some(), "in a record {text} is a code");
        }
    }

    #[test]
    fn the_codes_are_in_order_and_each_is_two_letters() {
        assert!(ISO_639_1.is_sorted() && ISO_639_1.iter().all(|code| Lang::parse(code).is_some()));
    }
}
