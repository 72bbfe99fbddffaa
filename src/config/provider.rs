//! Where values come from that figment does not know: files with tables for profiles, flags.

use std::path::PathBuf;

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Error, Metadata, Profile, Provider};
use serde::Serialize;

use super::PROFILES;

/// A TOML file whose tables named after a profile are values of that profile.
pub(super) struct Profiled {
    pub(super) file: PathBuf,
}

impl Provider for Profiled {
    fn metadata(&self) -> Metadata {
        Metadata::from("TOML file", self.file.as_path())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        match std::fs::read(&self.file) {
            Ok(bytes) if std::str::from_utf8(&bytes).is_err() => {
                return Err(Error::from(
                    "this file is no text in UTF-8; `foodswap config example` prints one that is".to_owned(),
                ));
            }
            Ok(_) => {}
            // What root can read the service's user may not.
            Err(cause) => {
                return Err(Error::from(format!(
                    "this file cannot be read ({cause}); chmod 644 it, or keep secrets in /etc/credstore/foodswap.toml"
                )));
            }
        }
        let mut by_profile = Map::new();
        for (_, mut values) in Toml::file_exact(&self.file).data()? {
            for profile in PROFILES {
                match values.remove(profile) {
                    Some(Value::Dict(_, dict)) => by_profile.insert(Profile::new(profile), dict),
                    Some(_) => return Err(Error::from(format!("`{profile}` names a profile and must be a table"))),
                    None => None,
                };
            }
            by_profile.insert(Profile::Default, values);
        }
        Ok(by_profile)
    }
}

/// One value given on the command line; it wins over everything.
pub(super) struct Flag<T> {
    name: &'static str,
    key: &'static str,
    value: T,
}

impl<T: Serialize> Flag<T> {
    pub(super) fn new(flag: &'static str, key: &'static str, value: T) -> Self {
        Self { name: flag, key, value }
    }
}

impl<T: Serialize> Provider for Flag<T> {
    fn metadata(&self) -> Metadata {
        Metadata::named(format!("the flag {}", self.name))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut value = Value::serialize(&self.value)?;
        for part in self.key.rsplit('.') {
            value = Value::from(Dict::from([(part.to_owned(), value)]));
        }
        Ok(Map::from([(Profile::Global, value.into_dict().unwrap_or_default())]))
    }
}
