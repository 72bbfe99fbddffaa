//! The configuration file as a package installs it: every key, commented out, with its explanation and its default.
//!
//! One text for three readers: who edits the file, `foodswap config example`, and the manual page foodswap.toml(5). A test
//! holds it to what the program takes where nothing is set.

/// The file.
pub const TEXT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/embedded/foodswap.toml"));

/// How a line of prose begins; a `#` alone stands before what may be set.
const PROSE: &str = "# ";
/// How a section's headline begins.
const HEADLINE: &str = "# --- ";

/// A piece of the file, in its order.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// A paragraph about the file as a whole.
    Paragraph(String),
    /// A section begins.
    Section {
        /// Its name, as it stands in brackets.
        name: String,
        /// What it is about.
        about: String,
    },
    /// Keys that are explained together.
    Keys {
        /// Each with its value, in the notation of TOML.
        values: Vec<(String, String)>,
        /// What they do.
        about: String,
    },
}

/// The pieces of a file of this form.
pub fn pieces(text: &str) -> Vec<Piece> {
    let lines = |block: &str| block.lines().map(str::to_owned).collect::<Vec<_>>();
    let blocks = text.split("\n\n").flat_map(|block| block.split("\n#\n"));
    blocks.filter_map(|block| piece(&lines(block))).collect()
}

/// A value that a key may have, in the notation of TOML: its default, or the example that stands for it. A place in a
/// list is no key.
pub fn value(key: &str) -> Option<String> {
    let mut section = String::new();
    for piece in pieces(TEXT) {
        match piece {
            Piece::Paragraph(_) => {}
            Piece::Section { name, .. } => section = format!("{name}."),
            Piece::Keys { values, .. } => {
                let found = values.into_iter().find(|(last, _)| key.strip_prefix(&section) == Some(last));
                if let Some((_, value)) = found {
                    return Some(value);
                }
            }
        }
    }
    None
}

fn piece(lines: &[String]) -> Option<Piece> {
    if let Some(about) = lines.first()?.strip_prefix(HEADLINE) {
        let name = lines.get(1)?.strip_prefix("#[")?.strip_suffix(']')?.to_owned();
        return Some(Piece::Section { name, about: about.trim_end_matches('-').trim().to_owned() });
    }
    let prose: Vec<&str> = lines.iter().filter_map(|line| line.strip_prefix(PROSE)).collect();
    let values = lines.iter().filter_map(|line| line.strip_prefix('#')?.split_once(" = "));
    let values = values.filter(|(key, _)| !key.starts_with(' '));
    let values: Vec<_> = values.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let about = prose.join(" ");
    Some(if values.is_empty() { Piece::Paragraph(about) } else { Piece::Keys { values, about } })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use figment::Figment;
    use figment::providers::{Format, Toml};
    use serde_json::Value;

    use super::*;
    use crate::config::{Config, PACKAGED_DATA_DIR};

    /// How the words about a key begin that has no default.
    const NOT_SET: &str = "Not set; for example: ";

    /// What the program takes where nothing is set, beside a package.
    fn defaults() -> Value {
        let config = Config {
            data_dir: PACKAGED_DATA_DIR.into(),
            acme: crate::front::acme::Config::default(),
            front: crate::front::Config::default(),
            log: crate::telemetry::LogConfig::default(),
            store: crate::store::StoreConfig::default(),
            web: crate::web::Config::default(),
        };
        serde_json::to_value(config).expect("JSON")
    }

    /// Each key with its value; what has no keys of its own is a value.
    fn flat(prefix: &str, value: &Value, into: &mut BTreeMap<String, Value>) {
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                for (key, value) in inner {
                    let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                    flat(&key, value, into);
                }
            }
            value => drop(into.insert(prefix.to_owned(), value.clone())),
        }
    }

    fn known() -> BTreeMap<String, Value> {
        let mut known = BTreeMap::new();
        flat("", &defaults(), &mut known);
        known
    }

    /// Each key of the file with its value and the words about it.
    fn written() -> BTreeMap<String, (Value, String)> {
        let mut section = String::new();
        let mut written = BTreeMap::new();
        for piece in pieces(TEXT) {
            match piece {
                Piece::Paragraph(_) => {}
                Piece::Section { name, .. } => section = format!("{name}."),
                Piece::Keys { values, about } => {
                    for (key, value) in values {
                        let parsed = Figment::from(Toml::string(&format!("value = {value}")));
                        let value = parsed.extract_inner("value").expect("TOML");
                        let twice = written.insert(format!("{section}{key}"), (value, about.clone()));
                        assert!(twice.is_none(), "{section}{key} stands there twice");
                    }
                }
            }
        }
        written
    }

    #[test]
    fn every_key_is_there_and_no_other() {
        let (known, written) = (known(), written());

        assert_eq!(written.keys().collect::<Vec<_>>(), known.keys().collect::<Vec<_>>());
    }

    #[test]
    fn every_value_is_the_default_and_what_has_none_says_so() {
        let known = known();
        for (key, (value, about)) in written() {
            let default = &known[&key];
            assert_eq!(about.starts_with(NOT_SET), default.is_null(), "{key}: {about}");
            assert!(default.is_null() || *default == value, "{key}: the default is {default}, not {value}");
            assert!(about.ends_with('.'), "{key}: {about}");
        }
    }

    #[test]
    fn a_key_has_an_example_and_what_is_none_has_not() {
        assert_eq!(value("log.level").as_deref(), Some("\"info\""));
        assert_eq!(value("front.limits.idle_s").as_deref(), Some("60"));
        assert_eq!(value("front.http.0"), None);
        assert_eq!(value("level"), None);
    }

    #[test]
    fn as_it_is_installed_it_sets_nothing() {
        let values: Value = Figment::from(Toml::string(TEXT)).extract().expect("TOML");

        assert_eq!(values, serde_json::json!({}));
    }

    #[test]
    fn without_the_marks_it_is_a_configuration() {
        let is_set = |line: &&str| line.starts_with('#') && !line.starts_with(PROSE) && *line != "#";
        let text: Vec<&str> = TEXT.lines().filter(is_set).map(|line| &line[1..]).collect();

        let config: Config = Figment::from(Toml::string(&text.join("\n"))).extract().expect("a configuration");

        assert_eq!(config.front.limits, crate::front::Limits::default());
        assert!(config.front.certificate.is_some() && config.web.address.is_some());
    }

    #[test]
    fn a_file_is_read_in_pieces() {
        let text = "# About\n# it.\n\n# --- a part ---\n#[part]\n\n# Two, such as x = 1.\n#one = 1\n#two = { a = 2 }\n";

        let values = vec![("one".to_owned(), "1".to_owned()), ("two".to_owned(), "{ a = 2 }".to_owned())];
        assert_eq!(
            pieces(text),
            [
                Piece::Paragraph("About it.".to_owned()),
                Piece::Section { name: "part".to_owned(), about: "a part".to_owned() },
                Piece::Keys { values, about: "Two, such as x = 1.".to_owned() },
            ]
        );
    }
}
