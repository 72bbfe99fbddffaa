//! Query parameters, parsed once; a bad one is a problem that names it.

use std::convert::Infallible;
use std::str::FromStr;

use rocket::Request;
use rocket::request::{FromRequest, Outcome};
use utoipa::IntoParams;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use super::problem::Problem;
use crate::food::allergen::{Allergen, Allergens};
use crate::food::country::Country;
use crate::food::lang::{ISO_639_1, Lang};
use crate::food::nutri_score::Grade;
use crate::web::language::Language;

/// The query of a request: decoded names and values, and the languages that the client prefers.
pub struct Parameters {
    pairs: Vec<(String, String)>,
    accepted: Lang,
}

/// The language of an answer, for OpenAPI; [`Parameters::lang`] reads it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query for OpenAPI; `Parameters` reads it")]
pub struct LangParameter {
    /// The language that names are wished in, a code of ISO 639-1. Lists have names in French, in English and in the
    /// product's own language, a single product all that it has; where there is none in this one, it is named in its own.
    /// Sentences are French for `fr` and English for every other. Without it, French or English as `Accept-Language`
    /// says, else English.
    #[param(schema_with = language_codes)]
    lang: Option<String>,
}

fn language_codes() -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(ISO_639_1)).build()
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Parameters {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let pairs = request.query_fields().map(|field| (field.name.to_string(), field.value.to_owned())).collect();
        let accepted = Language::preferred(request.headers().get_one("Accept-Language").unwrap_or_default()).lang();
        Outcome::Success(Self { pairs, accepted })
    }
}

impl Parameters {
    /// The value of a parameter, if it is there and not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The names of the parameters that are there and not empty. A name may hold a comparison: `sugars_100g<5`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let given = |(name, value): &&(String, String)| !value.trim().is_empty() || name.contains(['<', '>']);
        self.pairs.iter().filter(given).map(|(name, _)| name.as_str())
    }

    /// A whole number from 1 to `max`, or `default`.
    pub fn number(&self, name: &'static str, default: usize, max: usize) -> Result<usize, Problem> {
        let Some(text) = self.text(name) else { return Ok(default) };
        usize::from_str(text)
            .ok()
            .filter(|number| (1..=max).contains(number))
            .ok_or_else(|| Problem::parameter(name, format!("`{text}` is no whole number from 1 to {max}")))
    }

    /// The language of names and texts: `lang`, else what the client accepts, else English. Any language that there is
    /// may be wished for, since names come in all of them.
    pub fn lang(&self) -> Result<Lang, Problem> {
        match self.text("lang") {
            Some(text) => Lang::wished(text).ok_or_else(|| {
                Problem::parameter("lang", format!("`{text}` is no language code (ISO 639-1) such as fr"))
            }),
            None => Ok(self.accepted),
        }
    }

    /// A country by its ISO 3166-1 code or its tag.
    pub fn country(&self) -> Result<Option<Country>, Problem> {
        self.text("country")
            .map(|text| {
                Country::from_tag(text)
                    .ok_or_else(|| Problem::parameter("country", format!("`{text}` is no country code such as fr")))
            })
            .transpose()
    }

    /// Grades, separated by commas.
    pub fn grades(&self) -> Result<Vec<Grade>, Problem> {
        self.list("grade", |word| {
            Grade::parse(word).ok_or_else(|| format!("`{word}` is no grade; the grades are a, b, c, d and e"))
        })
    }

    /// Allergens to avoid, separated by commas: `milk`, `lait` or `en:milk`.
    pub fn without(&self) -> Result<Allergens, Problem> {
        let allergens = self.list("without", |word| {
            Allergen::parse(word).ok_or_else(|| {
                format!("`{word}` is no allergen we know; they are {}", Allergen::ALL.map(Allergen::word).join(", "))
            })
        })?;
        Ok(allergens.into_iter().collect())
    }

    /// The items of a list separated by commas, or of several pairs of one name, each read by `read`.
    pub fn list<T>(&self, name: &'static str, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, Problem> {
        let values = self.pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        values
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(|word| read(&word.to_lowercase()).map_err(|detail| Problem::parameter(name, detail)))
            .collect()
    }
}
