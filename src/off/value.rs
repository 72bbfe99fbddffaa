//! One value of a record, whatever file it stands in, read leniently.
//!
//! Open Food Facts writes a number as a number, as a text or as null, and a text as anything; so
//! every reading gives an option, and what cannot be read is as good as absent.

use std::borrow::Cow;

use super::scan;

/// A value as the file holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// A JSON value as it stands in the line.
    Json(&'a [u8]),
    /// A cell of a TAB separated table, with commas between the entries of a list.
    Cell(&'a str),
}

/// A number and whether its writer marked it as about (`~ 3`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Number {
    /// Finite.
    pub(super) value: f64,
    /// Marked as about.
    pub(super) about: bool,
}

impl<'a> Value<'a> {
    /// The text without the spaces around it; none if it is empty, no text, or not UTF-8.
    /// A number counts as its text, as some records hold codes and quantities as numbers.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        let text = match self {
            Self::Cell(cell) => Cow::Borrowed(cell),
            Self::Json(raw @ [b'"', ..]) => unquoted(raw)?,
            Self::Json(raw @ [b'0'..=b'9' | b'-', ..]) => Cow::Borrowed(std::str::from_utf8(raw).ok()?),
            Self::Json(_) => return None,
        };
        trimmed(text)
    }

    /// The number, from `12.5`, `"12.5"`, `" 12,5 "`, `"<0.5"` or `"~ 3"`.
    pub(super) fn number(self) -> Option<Number> {
        match self {
            Self::Json(raw @ [b'0'..=b'9' | b'-', ..]) => {
                let value: f64 = std::str::from_utf8(raw).ok()?.parse().ok()?;
                value.is_finite().then_some(Number { value, about: false })
            }
            _ => number_in(&self.text()?),
        }
    }

    /// The number as a count or a time; none if it is negative or beyond 2^53.
    pub(super) fn whole(self) -> Option<u64> {
        const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
        let value = self.number()?.value;
        (0.0..=EXACT_MAX).contains(&value).then_some(value as u64)
    }

    /// Whether it is switched on: `"on"`, `"1"`, `1`, `true`.
    pub(super) fn is_on(self) -> bool {
        match self {
            Self::Json(b"true") => true,
            _ => self.text().is_some_and(|text| matches!(&*text, "on" | "1" | "1.0" | "true" | "yes")),
        }
    }

    /// The texts of a list; a text alone is split at its commas.
    pub(super) fn list(self) -> Vec<Cow<'a, str>> {
        match self {
            Self::Json(raw @ [b'[', ..]) => {
                scan::elements(raw).filter_map(|element| Value::Json(element).text()).collect()
            }
            _ => match self.text() {
                Some(Cow::Borrowed(text)) => text.split(',').filter_map(|part| trimmed(Cow::Borrowed(part))).collect(),
                Some(Cow::Owned(text)) => {
                    text.split(',').filter_map(|part| trimmed(Cow::Owned(part.to_owned()))).collect()
                }
                None => Vec::new(),
            },
        }
    }

    /// Whether there is a list (or a text) at all, be it empty.
    pub(super) fn is_list(self) -> bool {
        match self {
            Self::Json(raw) => matches!(raw.first(), Some(b'[' | b'"')),
            Self::Cell(_) => true,
        }
    }

    /// The raw JSON of an object; a cell holds none.
    pub(super) fn object(self) -> Option<&'a [u8]> {
        match self {
            Self::Json(raw @ [b'{', ..]) => Some(raw),
            _ => None,
        }
    }
}

/// The content of a JSON string, its escapes resolved.
pub(super) fn unquoted(raw: &[u8]) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    if memchr::memchr(b'\\', inner).is_none() {
        return std::str::from_utf8(inner).ok().map(Cow::Borrowed);
    }
    serde_json::from_slice::<String>(raw).ok().map(Cow::Owned)
}

fn trimmed(text: Cow<'_, str>) -> Option<Cow<'_, str>> {
    let kept = text.trim();
    if kept.is_empty() {
        None
    } else if kept.len() == text.len() {
        Some(text)
    } else {
        Some(match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        })
    }
}

/// Reads a number that a person wrote: a sign of comparison before it, a comma in it.
fn number_in(text: &str) -> Option<Number> {
    let about = text.starts_with(['~', '≈']);
    let digits = text.trim_start_matches(['~', '≈', '<', '>', '=', '≤', '≥', ' ']);
    let value: f64 = if digits.contains(',') { decimal_point(digits)?.parse().ok()? } else { digits.parse().ok()? };
    value.is_finite().then_some(Number { value, about })
}

/// `1,5` as `1.5` and `1,234.5` as `1234.5`.
fn decimal_point(digits: &str) -> Option<String> {
    if digits.contains('.') {
        return Some(digits.replace(',', ""));
    }
    (digits.matches(',').count() == 1).then(|| digits.replace(',', "."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(raw: &str) -> Value<'_> {
        Value::Json(raw.as_bytes())
    }

    #[test]
    fn numbers_are_read_as_people_and_programs_write_them() {
        for (raw, expected) in [
            ("12.5", Some((12.5, false))),
            ("-3", Some((-3.0, false))),
            ("3e-05", Some((0.000_03, false))),
            (r#""12.5""#, Some((12.5, false))),
            (r#"" 3 ""#, Some((3.0, false))),
            (r#""1,5""#, Some((1.5, false))),
            (r#""1,234.5""#, Some((1234.5, false))),
            (r#""<0.5""#, Some((0.5, false))),
            (r#""< 0,5""#, Some((0.5, false))),
            (r#""~ 3""#, Some((3.0, true))),
            ("null", None),
            ("true", None),
            ("[]", None),
            (r#""""#, None),
            (r#""traces""#, None),
            (r#""1,2,3""#, None),
            (r#""nan""#, None),
            (r#""inf""#, None),
            ("1e999", None),
            ("1-2", None),
        ] {
            let expected = expected.map(|(value, about)| Number { value, about });
            assert_eq!(json(raw).number(), expected, "{raw}");
        }
    }

    #[test]
    fn texts_are_trimmed_and_unescaped_and_nothing_else_is_a_text() {
        for (raw, expected) in [
            (r#""thé""#, Some("thé")),
            (r#""  a\u00e9\n ""#, Some("aé")),
            ("4000000000013", Some("4000000000013")),
            (r#""  ""#, None),
            (r#""\ud800""#, None),
            ("null", None),
            ("{}", None),
        ] {
            assert_eq!(json(raw).text().as_deref(), expected, "{raw}");
        }
        assert_eq!(Value::Json(b"\"caf\xe9\"").text(), None, "not UTF-8");
    }

    #[test]
    fn a_list_is_an_array_or_a_text_with_commas() {
        for value in [json(r#"["en:a", 7, null, " b "]"#), json(r#""en:a, 7,,b""#), Value::Cell("en:a,7, b")] {
            assert_eq!(value.list(), ["en:a", "7", "b"]);
        }
        assert_eq!(json("{}").list(), [""; 0]);
    }

    #[test]
    fn switches_are_on_in_several_ways() {
        for on in [r#""on""#, "1", "true", r#""1""#] {
            assert!(json(on).is_on(), "{on}");
        }
        for off in [r#""""#, "0", "false", "null", r#""off""#] {
            assert!(!json(off).is_on(), "{off}");
        }
    }
}
