//! Texts, lists and tags of a record: cleaned, cut at their limits, junk removed.

use crate::food::product::{Lang, Text};
use crate::off::value::Value;
use crate::off::wanted::{Field, Translated, Wanted};

/// Entries of a list of tags: three times the longest list of categories among 15,000 records.
pub(in crate::off) const TAGS_MAX: usize = 64;
/// Bytes of a tag: the longest of the taxonomies has about 100.
pub(in crate::off) const TAG_BYTES_MAX: usize = 160;
/// Brands and stores kept, as written.
pub(in crate::off) const ENTRIES_MAX: usize = 12;
/// Tags that stand where a value is missing.
const JUNK_TAGS: [&str; 6] = ["null", "undefined", "none", "unknown", "not-applicable", ""];

/// A text of the main language, else of any that the record has, the plain key first.
pub(super) fn translated_text(
    wanted: &Wanted<'_>,
    plain: Field,
    translated: Translated,
    lang: Lang,
    bytes_max: usize,
) -> Option<Text> {
    let in_lang = |wished: Option<Lang>| {
        let mut texts = wanted.translations(translated).filter(|(lang, _)| wished.is_none_or(|wished| wished == *lang));
        texts.find_map(|(lang, value)| Some((lang, value.text()?)))
    };
    let (lang, text) =
        wanted.text(plain).map(|text| (lang, text)).or_else(|| in_lang(Some(lang))).or_else(|| in_lang(None))?;
    let text = clean(&text, bytes_max);
    (!text.is_empty()).then_some(Text { lang, text })
}

/// The entries of a text list as written, else those of its tags made readable.
pub(super) fn entries(wanted: &Wanted<'_>, written: Field, tagged: Field) -> Vec<String> {
    let mut found = Vec::new();
    for text in wanted.get(written).map(Value::list).unwrap_or_default() {
        add_entry(&mut found, clean(&text, TAG_BYTES_MAX));
    }
    if found.is_empty() {
        for tag in tags(wanted, tagged) {
            add_entry(&mut found, tag.split_once(':').map_or(&*tag, |(_, name)| name).replace('-', " "));
        }
    }
    found
}

fn add_entry(entries: &mut Vec<String>, text: String) {
    if !text.is_empty() && !entries.contains(&text) && entries.len() < ENTRIES_MAX {
        entries.push(text);
    }
}

/// The tags of a list, junk and repetitions removed.
pub(super) fn tags(wanted: &Wanted<'_>, field: Field) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for written in wanted.get(field).map(Value::list).unwrap_or_default() {
        if let Some(tag) = tag(&written)
            && !found.contains(&tag)
            && found.len() < TAGS_MAX
        {
            found.push(tag);
        }
    }
    found
}

/// A tag worth keeping.
pub(super) fn tag(written: &str) -> Option<String> {
    let name = written.rsplit(':').next().unwrap_or(written).trim();
    let kept = !JUNK_TAGS.contains(&name) && written.len() <= TAG_BYTES_MAX && !written.contains(char::is_control);
    kept.then(|| written.to_owned())
}

/// A text on one line, HTML entities resolved, cut at a character's end.
pub(super) fn clean(text: &str, bytes_max: usize) -> String {
    let mut clean = String::with_capacity(text.len().min(bytes_max));
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let (letter, length) = entity(rest).unwrap_or((next, next.len_utf8()));
        rest = &rest[length..];
        let letter = if letter.is_control() || letter.is_whitespace() { ' ' } else { letter };
        if clean.len() + letter.len_utf8() > bytes_max {
            break;
        }
        if letter != ' ' || !(clean.is_empty() || clean.ends_with(' ')) {
            clean.push(letter);
        }
    }
    clean.truncate(clean.trim_end().len());
    clean
}

/// The character of an HTML entity that the text starts with, and the entity's length. Old records
/// hold texts as they stood in a form's page.
fn entity(text: &str) -> Option<(char, usize)> {
    const ENTITIES: [(&str, char); 7] = [
        ("&quot;", '"'),
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&#39;", '\''),
        ("&apos;", '\''),
        ("&nbsp;", ' '),
    ];
    text.starts_with('&')
        .then(|| ENTITIES.into_iter().find(|(entity, _)| text.starts_with(entity)))
        .flatten()
        .map(|(entity, letter)| (letter, entity.len()))
}
