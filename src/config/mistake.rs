//! Mistakes in a configuration, each as a sentence: where, what, and what was meant.

use figment::error::Kind;
use figment::{Error, Metadata};

/// A key this far from a known one (Damerau–Levenshtein, in letters) is taken for a slip of the finger.
const SUGGESTION_DISTANCE_MAX: usize = 3;

/// Where what is meant can be seen.
const EXAMPLE: &str = "; `foodswap config example` shows how it is written";

pub(super) fn sentences(error: Error) -> Vec<String> {
    error.into_iter().map(|error| sentence(&error)).collect()
}

/// One mistake as a sentence: where, what, and the nearest known key.
fn sentence(error: &Error) -> String {
    let place = error.metadata.as_ref().map(|metadata| format!(" ({})", origin_of(metadata))).unwrap_or_default();
    let mut path = error.path.clone();
    match &error.kind {
        Kind::UnknownField(key, known) => {
            if path.last() == Some(key) {
                path.pop();
            }
            path.push(key.clone());
            let advice = match nearest(key, known) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("known here: {}", known.join(", ")),
            };
            format!("{}: unknown key; {advice}{place}", path.join("."))
        }
        kind if path.is_empty() => {
            let said = without_excerpt(&kind.to_string());
            let example = if said.starts_with("TOML") { EXAMPLE } else { "" };
            format!("{said}{place}{example}")
        }
        kind => {
            let is_key = |part: &&String| part.parse::<usize>().is_err();
            let key: Vec<&str> = path.iter().filter(is_key).map(String::as_str).collect();
            let example = super::example::value(&key.join("."));
            match example {
                Some(value) => format!("{}: {kind}; such as {value}{place}", path.join(".")),
                None => format!("{}: {kind}{place}{EXAMPLE}", path.join(".")),
            }
        }
    }
}

/// What a parser said in one line, without the line of the file that it shows: it may hold a secret.
fn without_excerpt(text: &str) -> String {
    let is_excerpt = |line: &&str| {
        let line = line.trim_start();
        line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start().starts_with('|')
    };
    text.lines().filter(|line| !is_excerpt(line) && !line.trim().is_empty()).collect::<Vec<_>>().join(": ")
}

fn nearest<'known>(key: &str, known: &[&'known str]) -> Option<&'known str> {
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(key, candidate), *candidate))
        .filter(|(distance, _)| *distance <= SUGGESTION_DISTANCE_MAX)
        .min()
        .map(|(_, candidate)| candidate)
}

pub(super) fn origin_of(metadata: &Metadata) -> String {
    match &metadata.source {
        Some(figment::Source::File(path)) => path.display().to_string(),
        _ if metadata.name.starts_with("the flag") => metadata.name.to_string(),
        _ if metadata.name.contains("environment") => "the environment".to_owned(),
        _ => "default".to_owned(),
    }
}
