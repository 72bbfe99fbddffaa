//! What the site says: Fluent texts that the program carries, in every language.

use std::borrow::Cow;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

use super::Language;

#[derive(RustEmbed)]
#[folder = "embedded/locales"]
struct Locales;

/// All texts of the site, in every language.
pub struct Texts {
    english: FluentBundle<FluentResource>,
    french: FluentBundle<FluentResource>,
}

/// Why the texts that the program carries cannot be used; the tests hold that it never happens.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// A file that is not Fluent.
    #[error("{file}: {reason}")]
    Syntax {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Texts {
    /// Reads the texts that the program carries.
    pub fn load() -> Result<Self, TextsError> {
        Ok(Self { english: bundle(Language::English)?, french: bundle(Language::French)? })
    }

    /// The texts of one language.
    pub fn of(&self, language: Language) -> Speaker<'_> {
        let bundle = match language {
            Language::English => &self.english,
            Language::French => &self.french,
        };
        Speaker { language, bundle }
    }
}

fn bundle(language: Language) -> Result<FluentBundle<FluentResource>, TextsError> {
    let identifier: LanguageIdentifier = language.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
    // Values are escaped into pages, where marks of direction around each number would only be noise.
    bundle.set_use_isolating(false);
    for file in Locales::iter().filter(|file| file.starts_with(language.code())) {
        let syntax = |reason: String| TextsError::Syntax { file: file.to_string(), reason };
        let source = Locales::get(&file).ok_or_else(|| syntax("missing".to_owned()))?;
        let source = String::from_utf8(source.data.into_owned()).map_err(|error| syntax(error.to_string()))?;
        let resource = FluentResource::try_new(source).map_err(|(_, errors)| syntax(format!("{errors:?}")))?;
        bundle.add_resource(resource).map_err(|errors| syntax(format!("{errors:?}")))?;
    }
    Ok(bundle)
}

/// Says things in one language.
#[derive(Clone, Copy)]
pub struct Speaker<'a> {
    /// The language spoken.
    pub language: Language,
    bundle: &'a FluentBundle<FluentResource>,
}

impl<'a> Speaker<'a> {
    /// A text without variables. A text that does not exist is its own name; a test holds that all exist.
    pub fn say(&self, message: &str) -> Cow<'a, str> {
        self.format(message, None)
    }

    /// A text with variables.
    pub fn say_with(&self, message: &str, variables: &[(&'static str, Variable)]) -> String {
        let mut arguments = FluentArgs::with_capacity(variables.len());
        for (name, value) in variables {
            arguments.set(*name, value.to_fluent());
        }
        self.format(message, Some(&arguments)).into_owned()
    }

    fn format(&self, message: &str, arguments: Option<&FluentArgs<'_>>) -> Cow<'a, str> {
        let Some(pattern) = self.bundle.get_message(message).and_then(|found| found.value()) else {
            return Cow::Owned(message.to_owned());
        };
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, arguments, &mut errors)
    }
}

/// A value in a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Variable {
    /// Words, or a number already written in the language.
    Text(String),
    /// A number that chooses between singular and plural.
    Number(f64),
}

impl Variable {
    fn to_fluent(&self) -> FluentValue<'_> {
        match self {
            Self::Text(text) => FluentValue::from(text.as_str()),
            Self::Number(number) => FluentValue::from(*number),
        }
    }
}

impl From<&str> for Variable {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Variable {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Variable {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Variable {
    fn from(number: u32) -> Self {
        Self::Number(f64::from(number))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use super::*;

    /// The messages of a language and the text of each.
    fn messages(language: Language) -> BTreeMap<String, String> {
        let mut messages: BTreeMap<String, String> = BTreeMap::new();
        for file in Locales::iter().filter(|file| file.starts_with(language.code())) {
            let source = String::from_utf8(Locales::get(&file).expect("file").data.into_owned()).expect("UTF-8");
            let mut name = String::new();
            for line in source.lines().filter(|line| !line.is_empty()) {
                if let Some((key, text)) = line.split_once(" = ").filter(|_| !line.starts_with(' ')) {
                    key.clone_into(&mut name);
                    assert!(messages.insert(name.clone(), text.to_owned()).is_none(), "{name} is there twice");
                } else if let Some(text) = messages.get_mut(&name) {
                    text.push_str(line);
                }
            }
        }
        messages
    }

    fn variables(text: &str) -> BTreeSet<&str> {
        let names = text.split('$').skip(1);
        names.map(|rest| &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len())]).collect()
    }

    /// All that templates and the code of the site say between double quotes.
    fn quoted(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("folder") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                quoted(&path, found);
            } else if !path.ends_with("language/texts.rs") {
                let text = std::fs::read_to_string(&path).expect("text");
                found.extend(text.split('"').map(str::to_owned));
            }
        }
    }

    fn said() -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        quoted(Path::new("src/web"), &mut found);
        quoted(Path::new("embedded/templates"), &mut found);
        found
    }

    #[test]
    fn both_languages_say_the_same_things_with_the_same_variables() {
        let (english, french) = (messages(Language::English), messages(Language::French));

        assert_eq!(english.keys().collect::<Vec<_>>(), french.keys().collect::<Vec<_>>());
        for (name, text) in &english {
            assert_eq!(variables(text), variables(&french[name]), "{name}");
        }
    }

    #[test]
    fn every_text_that_is_used_exists_and_every_text_is_used() {
        let (messages, said) = (messages(Language::English), said());
        let mut missing = BTreeSet::new();
        for file in ["src/web", "embedded/templates"] {
            collect_said(Path::new(file), &mut missing);
        }

        missing.retain(|name| !messages.contains_key(name));
        assert!(missing.is_empty(), "used, but not written: {missing:?}");
        let unused: Vec<_> = messages.keys().filter(|name| !said.contains(*name)).collect();
        assert!(unused.is_empty(), "written, but not used: {unused:?}");
    }

    /// The names in `say("…")` and `say_with("…"`, and literals that look like one and stand alone in a match arm.
    fn collect_said(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("folder") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                collect_said(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("text");
            if path.ends_with("language/texts.rs") {
                continue;
            }
            for opening in ["say(\"", "say_with(\"", "say_with(\n            \"", "say_with(\n                \""] {
                let names = text.split(opening).skip(1).filter_map(|rest| rest.split('"').next());
                found.extend(names.map(str::to_owned));
            }
            let areas = ["grade-", "lane-", "status-", "diet-", "nova-", "points-", "nutrient-", "level-", "quality-"];
            let literals = text.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next());
            found.extend(literals.filter(|name| areas.iter().any(|area| name.starts_with(area))).map(str::to_owned));
        }
    }

    #[test]
    fn french_keeps_its_spaces_unbroken() {
        for (name, text) in messages(Language::French) {
            for wrong in [" ;", " !", " ?", " :", " »", "« ", " %"] {
                assert!(!text.contains(wrong), "{name} has an ordinary space in {wrong:?}");
            }
            assert!(!text.contains('\''), "{name} has a straight apostrophe");
        }
    }
}
