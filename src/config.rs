//! One figment: defaults, files, environment and flags, with the origin of every value.
//!
//! From weak to strong: the defaults of each module; `foodswap.toml`; `conf.d/*.toml` beside it in the
//! order of their names; `foodswap.toml` among the credentials that systemd passes on, for secrets;
//! `FOODSWAP_SECTION__KEY` of the environment; flags. A file may hold tables named after a profile
//! (`[production.front]`) that win over its other values in that profile.

mod credentials;
pub mod example;
mod mistake;
mod provider;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use figment::providers::{Env, Serialized};
use figment::value::Value;
use figment::{Figment, Profile};
use serde::{Deserialize, Serialize};

use self::mistake::{origin_of, sentences};
use self::provider::{Flag, Profiled};
use crate::store::StoreConfig;
use crate::telemetry::{self, LogConfig};

/// Where a package installs the configuration.
pub const DEFAULT_FILE: &str = "/etc/foodswap/foodswap.toml";
/// Where a package has the service keep its data: used wherever it exists, so that a command reaches the service.
pub const PACKAGED_DATA_DIR: &str = "/var/lib/foodswap";
/// The data directory when neither systemd, a package nor a person names one.
const DEFAULT_DATA_DIR: &str = "foodswap-data";
/// The credential that holds a part of the configuration (`LoadCredential=`, `systemd.exec(5)`).
const CREDENTIAL: &str = "foodswap.toml";
/// The profiles there are.
pub const PROFILES: [&str; 4] = ["development", "test", "staging", "production"];

/// The whole configuration.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where everything that must last is kept.
    pub data_dir: PathBuf,
    /// `[acme]`: certificates by themselves.
    #[serde(default)]
    pub acme: crate::front::acme::Config,
    /// `[front]`: the public addresses.
    #[serde(default)]
    pub front: crate::front::Config,
    /// `[log]`: what is logged.
    #[serde(default)]
    pub log: LogConfig,
    /// `[store]`: how the store is opened.
    #[serde(default)]
    pub store: StoreConfig,
    /// `[web]`: what the operator says about the site.
    #[serde(default)]
    pub web: crate::web::Config,
}

impl Config {
    /// What differs from a running configuration and is taken over by a restart only.
    pub fn needs_restart(&self, running: &Self) -> Vec<&'static str> {
        let differs = [
            ("data_dir", self.data_dir != running.data_dir),
            ("front.http", self.front.http != running.front.http),
            ("front.https", self.front.https != running.front.https),
            ("front.certificate", self.front.certificate != running.front.certificate),
            ("acme", self.acme != running.acme),
            ("log", self.log != running.log),
            ("store", self.store != running.store),
            ("web", self.web != running.web),
        ];
        differs.into_iter().filter(|(_, differs)| *differs).map(|(key, _)| key).collect()
    }
}

/// Where the configuration is taken from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// A file that must exist; without it [`DEFAULT_FILE`] is read where it exists.
    pub file: Option<PathBuf>,
    /// `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// `--http`.
    pub http: Vec<std::net::SocketAddr>,
    /// `--https`.
    pub https: Vec<std::net::SocketAddr>,
    /// The running service whose credentials are read instead of one's own.
    pub credentials_of: Option<i32>,
}

/// A configuration and where each of its values came from.
pub struct Loaded {
    /// The valid configuration.
    pub config: Config,
    /// The profile in force.
    pub profile: String,
    /// The files that were read, in their order.
    pub files: Vec<PathBuf>,
    figment: Figment,
}

/// A configuration that cannot be used; one sentence per mistake.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(Vec<String>);

impl Loaded {
    /// Every value with where it came from, as `(key, value, origin)`, sorted by key.
    pub fn origins(&self) -> Vec<(String, String, String)> {
        let Ok(value) = Value::serialize(&self.config) else { return Vec::new() };
        let mut rows = Vec::new();
        flatten("", &value, &mut |key, value| {
            let origin = self.figment.find_metadata(key).map_or_else(|| "default".to_owned(), origin_of);
            rows.push((key.to_owned(), value, origin));
        });
        rows.sort();
        rows
    }

    /// Whether a service keeps its data where this says: the package's folder, that of the unit which runs this process
    /// (`StateDirectory=`), or the one that the package's settings name.
    pub fn is_of_a_service(&self) -> bool {
        let data_dir = &self.config.data_dir;
        let of_unit = environment("STATE_DIRECTORY");
        let named_in = self.figment.find_metadata("data_dir").and_then(|from| from.source.as_ref()?.file_path());
        data_dir == Path::new(PACKAGED_DATA_DIR)
            || of_unit.is_some_and(|folder| data_dir == Path::new(&folder))
            || named_in
                .is_some_and(|file| Path::new(DEFAULT_FILE).parent().is_some_and(|folder| file.starts_with(folder)))
    }
}

/// Reads the configuration from all its sources.
pub fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
    let is_installed = sources.file.is_none() && Path::new(DEFAULT_FILE).is_file();
    let profile = environment("FOODSWAP_PROFILE").unwrap_or_else(|| default_profile(is_installed).to_owned());
    if !PROFILES.contains(&profile.as_str()) {
        return Err(ConfigError(vec![format!(
            "FOODSWAP_PROFILE: `{profile}` is no profile; use one of {}",
            PROFILES.join(", ")
        )]));
    }
    let files = files(sources)?;
    let read = |front| {
        let figment = figment(sources, &files, front).select(Profile::new(&profile));
        let config: Config = figment.extract().map_err(|error| ConfigError(sentences(error)))?;
        Ok((figment, config))
    };
    let (figment, config) = match read(crate::front::Config::default())? {
        (_, config) if config.acme.is_on() || config.front.certificate.is_some() => {
            read(crate::front::Config::public())?
        }
        as_it_is => as_it_is,
    };
    let mistakes = unusable(&config);
    if mistakes.is_empty() { Ok(Loaded { config, profile, files, figment }) } else { Err(ConfigError(mistakes)) }
}

/// What the types of the values cannot say about them.
fn unusable(config: &Config) -> Vec<String> {
    let level = telemetry::check(&config.log).err().map(|error| error.to_string());
    let front = config.front.mistakes();
    front.into_iter().chain(config.acme.mistakes(&config.front)).chain(level).collect()
}

fn figment(sources: &Sources, files: &[PathBuf], front: crate::front::Config) -> Figment {
    let data_dir = environment("STATE_DIRECTORY").unwrap_or_else(|| default_data_dir(PACKAGED_DATA_DIR));
    let mut figment = Figment::from(Serialized::default("data_dir", data_dir))
        .merge(Serialized::default("acme", crate::front::acme::Config::default()))
        .merge(Serialized::default("front", front))
        .merge(Serialized::default("log", LogConfig::default()))
        .merge(Serialized::default("store", StoreConfig::default()))
        .merge(Serialized::default("web", crate::web::Config::default()));
    for file in files {
        figment = figment.merge(Profiled { file: file.clone() });
    }
    figment = figment.merge(Env::prefixed("FOODSWAP_").ignore(&["profile"]).split("__").lowercase(true).global());
    if let Some(data_dir) = &sources.data_dir {
        figment = figment.merge(Flag::new("--data-dir", "data_dir", data_dir));
    }
    if !sources.http.is_empty() {
        figment = figment.merge(Flag::new("--http", "front.http", &sources.http));
    }
    if !sources.https.is_empty() {
        figment = figment.merge(Flag::new("--https", "front.https", &sources.https));
    }
    figment
}

/// The profile where nobody names one. By the file and not by the unit, so that a command judges what the service reads
/// as the service does.
fn default_profile(is_installed: bool) -> &'static str {
    if is_installed { "production" } else { "development" }
}

fn default_data_dir(packaged: &str) -> String {
    if Path::new(packaged).is_dir() { packaged } else { DEFAULT_DATA_DIR }.to_owned()
}

/// The files to read, in order; a file that was asked for by name must exist.
fn files(sources: &Sources) -> Result<Vec<PathBuf>, ConfigError> {
    let main = match &sources.file {
        Some(file) if !file.is_file() => {
            let what = if file.exists() { "that is no file" } else { "no such file" };
            return Err(ConfigError(vec![format!("{}: {what}; name an existing one with --config", file.display())]));
        }
        Some(file) => file.clone(),
        None => PathBuf::from(DEFAULT_FILE),
    };
    let mut found = main.parent().map_or_else(|| Ok(Vec::new()), |folder| toml_files(&folder.join("conf.d")))?;
    if main.is_file() {
        found.insert(0, main);
    }
    let credential = credentials::folder(sources.credentials_of).map(|folder| folder.join(CREDENTIAL));
    found.extend(credential.filter(|credential| credential.is_file()));
    Ok(found)
}

/// Those of a folder, which need not be there. What root can look into the service's user may not: to go on without it
/// would be another site.
fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            let mistake =
                format!("{}: this folder cannot be read ({error}); chmod 755 it and those above", folder.display());
            return Err(ConfigError(vec![mistake]));
        }
        entries => entries.into_iter().flatten(),
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    Ok(files)
}

/// What systemd calls the sockets that it hands over (`sd_listen_fds_with_names(3)`).
pub fn socket_names() -> Option<String> {
    environment("LISTEN_FDNAMES")
}

/// The device and inode of the journal, if systemd says that it reads the program's standard error (`systemd.exec(5)`).
pub fn journal_stream() -> Option<String> {
    environment("JOURNAL_STREAM")
}

/// Whether a service manager wants to hear how the program is (`sd_notify(3)`).
pub fn has_service_manager() -> bool {
    environment("NOTIFY_SOCKET").is_some()
}

#[expect(clippy::disallowed_methods, reason = "the configuration is the one place that reads the environment")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn flatten(prefix: &str, value: &Value, row: &mut impl FnMut(&str, String)) {
    match value {
        Value::Dict(_, dict) => {
            for (key, value) in dict {
                let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(&key, value, row);
            }
        }
        other => row(prefix, serde_json::to_string(other).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load_text(text: &str) -> Result<Loaded, ConfigError> {
        let folder = tempfile::tempdir().expect("tempdir");
        let file = folder.path().join("foodswap.toml");
        std::fs::write(&file, text).expect("write");
        load(&Sources { file: Some(file), ..Sources::default() })
    }

    #[test]
    fn a_file_that_is_no_toml_is_told_by_its_line_and_not_shown() {
        let said = mistakes("[log]\npassword = \"open sesame\n");

        assert!(said.contains("line 2") && !said.contains("sesame") && !said.contains('\n'), "{said}");
    }

    fn mistakes(text: &str) -> String {
        match load_text(text) {
            Ok(_) => "accepted".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_folder_of_settings_that_cannot_be_looked_into_is_not_passed_over() {
        let folder = tempfile::tempdir().expect("tempdir");
        let file = folder.path().join("foodswap.toml");
        std::fs::write(&file, "").expect("write");
        // Root may look into any folder, but not into one that leads to itself.
        std::os::unix::fs::symlink("conf.d", folder.path().join("conf.d")).expect("a link");

        let mistake =
            load(&Sources { file: Some(file), ..Sources::default() }).map(drop).expect_err("refused").to_string();

        assert!(mistake.contains("/conf.d: this folder cannot be read"), "{mistake}");
    }

    #[test]
    fn an_empty_file_is_a_whole_configuration() {
        let loaded = load_text("").expect("defaults");

        assert_eq!(loaded.config.front.http, crate::front::Config::default().http);
        assert_eq!(loaded.profile, "development");
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_known_one() {
        assert!(mistakes("[front]\nhtpp = []").starts_with("front.htpp: unknown key; did you mean `http`? ("));
        assert!(mistakes("[fornt]\n").starts_with("fornt: unknown key; did you mean `front`? ("));
        assert!(mistakes("[log]\nzzzzzz = 1").starts_with("log.zzzzzz: unknown key; known here: level ("));
    }

    #[test]
    fn a_value_of_the_wrong_kind_names_its_key_and_its_file_and_gives_an_example() {
        for (text, begins, example) in [
            ("[front]\nhttp = [\"nowhere\"]", "front.http", "; such as [\"127.0.0.1:8000\"] ("),
            ("[front.limits]\nidle_s = \"long\"", "front.limits.idle_s: ", "; such as 60 ("),
            ("[acme]\ndomains = \"swap.example\"", "acme.domains: ", "; such as ["),
        ] {
            let mistake = mistakes(text);

            assert!(mistake.starts_with(begins) && mistake.contains("foodswap.toml"), "{mistake}");
            assert!(mistake.contains(example), "{mistake}");
        }
    }

    #[test]
    fn a_site_without_an_address_is_refused() {
        assert_eq!(mistakes("[front]\nhttp = []"), "front.http: name at least one address, such as 127.0.0.1:8000");
    }

    #[test]
    fn what_would_fail_only_when_serving_is_refused_at_once_and_all_of_it() {
        assert_eq!(
            mistakes("[front]\nproxy_protocol = true\n[front.limits]\nidle_s = 0\n[log]\nlevel = \"inof\""),
            "front.proxy_protocol: name the proxies that speak it in front.trusted_proxies\n\
             front.limits.idle_s: 0 is too little; at least 1\n\
             log.level: `inof` is no level; did you mean `info`?"
        );
    }

    #[test]
    fn a_site_with_a_certificate_is_at_the_ports_where_everybody_looks_unless_it_says_otherwise() {
        let files = "[front]\ncertificate = { chain = \"chain.pem\", key = \"key.pem\" }\n";
        for (text, http, https) in [
            ("", "127.0.0.1:8000", ""),
            ("[acme]\ndomains = [\"swap.example\"]\n", "0.0.0.0:80 [::]:80", "0.0.0.0:443 [::]:443"),
            (files, "0.0.0.0:80 [::]:80", "0.0.0.0:443 [::]:443"),
            (&format!("{files}http = []\nhttps = [\"127.0.0.1:8443\"]\n"), "", "127.0.0.1:8443"),
        ] {
            let front = load_text(text).expect("a configuration").config.front;
            let said = |addresses: &[std::net::SocketAddr]| {
                addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
            };

            assert_eq!((said(&front.http).as_str(), said(&front.https).as_str()), (http, https), "{text}");
        }
    }

    #[test]
    fn what_a_package_has_installed_is_in_production() {
        assert_eq!(default_profile(true), "production");
        assert_eq!(default_profile(false), "development");
        assert!([true, false].iter().all(|installed| PROFILES.contains(&default_profile(*installed))));
    }

    #[test]
    fn a_package_decides_where_the_data_is() {
        let folder = tempfile::tempdir().expect("tempdir");
        let packaged = folder.path().to_str().expect("UTF-8");

        assert_eq!(default_data_dir(packaged), packaged);
        assert_eq!(default_data_dir("/nowhere/foodswap"), DEFAULT_DATA_DIR);
    }

    #[test]
    fn flags_win_over_profile_tables_which_win_over_plain_values() {
        let folder = tempfile::tempdir().expect("tempdir");
        let file = folder.path().join("foodswap.toml");
        std::fs::write(
            &file,
            "[log]\nlevel = \"warn\"\n[development.log]\nlevel = \"debug\"\n[production.log]\nlevel = \"error\"\n",
        )
        .expect("write");
        std::fs::create_dir(folder.path().join("conf.d")).expect("conf.d");
        std::fs::write(folder.path().join("conf.d/10-port.toml"), "[front]\nhttp = [\"127.0.0.1:1\"]\n")
            .expect("write");
        let sources = Sources { file: Some(file), ..Sources::default() };

        let plain = load(&sources).expect("valid");
        let flagged = load(&Sources { http: vec![([127, 0, 0, 1], 2).into()], ..sources }).expect("valid");

        assert_eq!(plain.config.log.level, "debug");
        assert_eq!(plain.config.front.http, [([127, 0, 0, 1], 1).into()]);
        assert_eq!(flagged.config.front.http, [([127, 0, 0, 1], 2).into()]);
        let origins = flagged.origins();
        let origin = |key: &str| origins.iter().find(|row| row.0.starts_with(key)).map(|row| row.2.clone());
        assert_eq!(origin("front.http").as_deref(), Some("the flag --http"));
        assert!(origin("log.level").is_some_and(|origin| origin.ends_with("foodswap.toml")));
        assert_eq!(origin("data_dir").as_deref(), Some("default"));
    }
}
