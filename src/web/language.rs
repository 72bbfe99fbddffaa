//! The two languages of the site: which one a visitor reads, its texts, its way to write numbers.

mod texts;

use rocket::http::{Cookie, SameSite};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::time::Duration;

use crate::food::product::Lang;

pub use texts::{Speaker, Texts, TextsError, Variable};

/// The cookie that keeps a visitor's choice; the only cookie of the public site.
const COOKIE: &str = "lang";
/// How long the choice is kept, days.
const COOKIE_DAYS: i64 = 365;

/// A language that every text of the site exists in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::French];

    /// Its ISO 639-1 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// Its name in itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
        }
    }

    /// The language of product names to prefer.
    pub fn lang(self) -> Lang {
        match self {
            Self::English => Lang::EN,
            Self::French => Lang::FR,
        }
    }

    /// Reads `fr`, `FR` or `fr-CA`; none for a language that the site does not speak.
    pub fn parse(text: &str) -> Option<Self> {
        let lang = Lang::parse(text.trim())?;
        Self::ALL.into_iter().find(|language| language.lang() == lang)
    }

    /// The best of an `Accept-Language` header (RFC 9110, 12.5.4), English without one.
    pub fn preferred(accepted: &str) -> Self {
        let mut best = (0.0, Self::English);
        for range in accepted.split(',') {
            let (tag, quality) = range.split_once(';').unwrap_or((range, ""));
            let quality = quality.trim().strip_prefix("q=").map_or(1.0, |number| number.parse().unwrap_or(0.0));
            if let Some(language) = Self::parse(tag).filter(|_| quality > best.0) {
                best = (quality, language);
            }
        }
        best.1
    }

    /// The cookie that keeps this choice.
    pub fn cookie(self) -> Cookie<'static> {
        Cookie::build((COOKIE, self.code()))
            .same_site(SameSite::Lax)
            .http_only(true)
            .path("/")
            .max_age(Duration::days(COOKIE_DAYS))
            .build()
    }

    /// The language named in a request's address (`?lang=fr`).
    pub fn asked(request: &Request<'_>) -> Option<Self> {
        word(request).and_then(Self::parse)
    }

    /// What the address names instead of a language that the site speaks.
    pub fn misasked<'r>(request: &'r Request<'_>) -> Option<&'r str> {
        word(request).filter(|text| Self::parse(text).is_none())
    }

    /// What this visitor reads: as asked in the address, else as chosen before, else as the browser says.
    pub fn of(request: &Request<'_>) -> Self {
        let chosen = || request.cookies().get(COOKIE).and_then(|cookie| Self::parse(cookie.value()));
        let accepted = || Self::preferred(request.headers().get_one("Accept-Language").unwrap_or_default());
        Self::asked(request).or_else(chosen).unwrap_or_else(accepted)
    }

    /// A whole number with its thousands apart: `4,200,000`, `4 200 000`.
    pub fn count(self, number: u64) -> String {
        let separator = match self {
            Self::English => ',',
            Self::French => '\u{202f}',
        };
        let digits = number.to_string();
        let mut text = String::with_capacity(digits.len() * 2);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(separator);
            }
            text.push(digit);
        }
        text
    }

    /// A decimal number as short as it can be said: two decimals below 1, one below 100, none above.
    pub fn decimal(self, value: f64) -> String {
        let decimals = match value.abs() {
            size if size < 1.0 => 2,
            size if size < 100.0 => 1,
            _ => 0,
        };
        let text = format!("{value:.decimals$}");
        let text = if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        match self {
            Self::English => text.to_owned(),
            Self::French => text.replace('.', ","),
        }
    }

    /// Points of a score, with a true minus sign.
    pub fn points(self, points: i16) -> String {
        if points < 0 { format!("\u{2212}{}", points.unsigned_abs()) } else { points.to_string() }
    }

    /// A percentage without decimals, with a space before the sign as in the reasons of a swap.
    pub fn percent(self, value: f64) -> String {
        format!("{value:.0}\u{a0}%")
    }
}

/// What the address says of a language; nothing is no choice.
fn word<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    request.query_value::<&str>("lang")?.ok().filter(|text| !text.trim().is_empty())
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Language {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Self::of(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_chooses_the_language_unless_the_visitor_did() {
        for (accepted, language) in [
            ("fr", Language::French),
            ("fr-CA,fr;q=0.9,en;q=0.8", Language::French),
            ("en-GB,en;q=0.9,fr;q=0.8", Language::English),
            ("de,fr;q=0.3", Language::French),
            ("en;q=0.1,fr;q=0.2", Language::French),
            ("de", Language::English),
            ("fr;q=0", Language::English),
            ("", Language::English),
            (";;q=,,,", Language::English),
        ] {
            assert_eq!(Language::preferred(accepted), language, "{accepted}");
        }
    }

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        assert_eq!(Language::English.count(4_200_000), "4,200,000");
        assert_eq!(Language::French.count(4_200_000), "4\u{202f}200\u{202f}000");
        assert_eq!(Language::French.count(12), "12");
        for (value, english, french) in
            [(10.6, "10.6", "10,6"), (0.25, "0.25", "0,25"), (0.0, "0", "0"), (5.0, "5", "5"), (100.4, "100", "100")]
        {
            assert_eq!(Language::English.decimal(value), english);
            assert_eq!(Language::French.decimal(value), french);
        }
        for language in Language::ALL {
            assert_eq!(language.percent(38.2), "38\u{a0}%");
        }
    }
}
