//! Where a record says that its product is sold.

use super::texts::tags;
use crate::food::country::{Country, CountrySet};
use crate::off::value::Value;
use crate::off::wanted::{Field, Wanted};

/// Whether some country is not named by its canonical tag.
pub(super) fn are_interpreted(countries: CountrySet, wanted: &Wanted<'_>) -> bool {
    let tagged = tags(wanted, Field::CountriesTags);
    countries.iter().any(|country| !tagged.contains(&country.tag()))
}

/// Countries by their tags, else by names as people write them.
pub(super) fn countries(wanted: &Wanted<'_>) -> CountrySet {
    let tagged = tags(wanted, Field::CountriesTags);
    let set = CountrySet::from_tags(tagged.iter().map(String::as_str));
    if !set.is_empty() {
        return set;
    }
    let mut set = CountrySet::default();
    for name in wanted.get(Field::Countries).map(Value::list).unwrap_or_default() {
        if let Some(country) = country_named(&name) {
            set.insert(country);
        }
    }
    set
}

/// A country by its tag, its English name, or its name in the languages of most records.
fn country_named(name: &str) -> Option<Country> {
    let slug = name.trim().to_lowercase().replace([' ', '\''], "-");
    Country::from_tag(&slug).or_else(|| Country::from_code(slug.strip_prefix("en:").unwrap_or(&slug))).or_else(|| {
        Country::from_code(match slug.split_once(':').map_or(&*slug, |(_, name)| name) {
            "francia" | "frankreich" | "frança" | "francja" | "frankrijk" => "fr",
            "italia" | "italie" | "italien" | "itália" | "włochy" => "it",
            "españa" | "espagne" | "spanien" | "spagna" | "espanha" | "hiszpania" => "es",
            "deutschland" | "allemagne" | "alemania" | "germania" | "alemanha" | "niemcy" | "duitsland" => "de",
            "belgique" | "belgië" | "belgien" | "bélgica" | "belgio" | "belgia" => "be",
            "suisse" | "schweiz" | "svizzera" | "suiza" | "suíça" | "szwajcaria" => "ch",
            "royaume-uni" | "reino-unido" | "regno-unito" | "vereinigtes-königreich" | "wielka-brytania" => "gb",
            "états-unis" | "etats-unis" | "estados-unidos" | "stati-uniti" | "usa" | "u.s.a." => "us",
            "pays-bas" | "nederland" | "niederlande" | "países-bajos" | "paesi-bassi" | "holandia" => "nl",
            "polska" | "pologne" | "polonia" | "polen" => "pl",
            "österreich" | "autriche" | "austria" => "at",
            "portogallo" | "portugalia" => "pt",
            "россия" | "russie" | "rusia" => "ru",
            "luxemburg" | "lussemburgo" => "lu",
            "brasil" | "brésil" => "br",
            "méxico" | "mexique" => "mx",
            "maroc" | "marruecos" => "ma",
            "algérie" | "argelia" => "dz",
            "tunisie" | "túnez" => "tn",
            _ => return None,
        })
    })
}
