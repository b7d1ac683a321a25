//! Configuration, read once at start: flags win over the environment, the environment over the file.
//!
//! The same names everywhere: `--data-dir`, `SNA_DATA_DIR`, `data_dir` in the file. An unknown key in the file or an
//! unknown `SNA_` variable is an error: a typo must not silently mean "default".

mod documents;
pub mod messages;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::Args;
use ipnet::IpNet;
use serde::Deserialize;

pub use self::documents::{DocumentSettings, Documents};
use self::messages::MessageSettings;
use crate::db::private;
use crate::house::persons::Dossier;
use crate::http::PublicUrl;
use crate::http::public_url::NotAPublicUrl;

/// What can be set, by flag or environment.
#[derive(Debug, Clone, Default, Args)]
pub struct Settings {
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "SNA_LISTEN", global = true)]
    pub listen: Option<SocketAddr>,
    /// Folder for the private database, keys and demo.json [default: /var/lib/so-nhan-ai for root, else your data folder]
    #[arg(long, env = "SNA_DATA_DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// Folder of the key files [default: <data-dir>/keys]
    #[arg(long, env = "SNA_KEYS_DIR", global = true)]
    pub keys_dir: Option<PathBuf>,
    /// A PostgreSQL (15 or newer) of your own, instead of the private one
    #[arg(long, env = "DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,
    /// A streaming replica for public reads
    #[arg(long, env = "DATABASE_REPLICA_URL", global = true, hide_env_values = true)]
    pub database_replica_url: Option<String>,
    /// Folder of the PostgreSQL programs for the private database
    #[arg(long, env = "PG_BIN", global = true)]
    pub pg_bin: Option<PathBuf>,
    /// Where the public reaches this server, as printed in QR codes, e.g. https://so.redcross.org.vn [default: http://<listen>]
    #[arg(long, env = "SNA_PUBLIC_URL", global = true)]
    pub public_url: Option<String>,
    /// Name of the public log, signed with it for ever: its address without scheme, e.g. so.redcross.org.vn/log [default: from the public URL]
    #[arg(long, env = "SNA_LOG_ORIGIN", global = true)]
    pub log_origin: Option<String>,
    /// Folder the public log is published in, for this server or any static one [default: <data-dir>/log]
    #[arg(long, env = "SNA_PUBLIC_LOG_DIR", global = true)]
    pub public_log_dir: Option<PathBuf>,
    /// Threads that take requests [default: number of cores]
    #[arg(long, env = "SNA_WORKERS", global = true)]
    pub workers: Option<usize>,
    /// Database connections for requests [default: 8; with the private PostgreSQL twice the cores, at least 4]
    #[arg(long, env = "SNA_DATABASE_CONNECTIONS", global = true)]
    pub database_connections: Option<u32>,
    /// Networks of reverse proxies whose X-Forwarded-For is believed, e.g. 127.0.0.1/32,::1/128 [default: none]
    #[arg(long, env = "SNA_TRUSTED_PROXIES", global = true, value_delimiter = ',')]
    pub trusted_proxies: Option<Vec<IpNet>>,
    /// Public reads a second for each client; 0 for no limits [default: 50]
    #[arg(long, env = "SNA_PUBLIC_RATE", global = true)]
    pub public_rate: Option<u32>,
    /// Web origins whose pages may use the officers' API, e.g. https://so.example.org.vn [default: none]
    #[arg(long, env = "SNA_CORS_ORIGINS", global = true, value_delimiter = ',')]
    pub cors_origins: Option<Vec<String>>,
    /// Networks that may read /metrics, besides this machine [default: none]
    #[arg(long, env = "SNA_METRICS_FROM", global = true, value_delimiter = ',')]
    pub metrics_from: Option<Vec<IpNet>>,
    /// Folder of the search index [default: <data-dir>/search]
    #[arg(long, env = "SNA_SEARCH_DIR", global = true)]
    pub search_dir: Option<PathBuf>,
    /// `off`: no search index, PostgreSQL alone answers searches [default: on]
    #[arg(long, env = "SNA_SEARCH", global = true)]
    pub search: Option<OnOff>,
    /// What to log, e.g. `info` or `money=debug` (a crate of rooms) [default: info]
    #[arg(long, env = "SNA_LOG", global = true)]
    pub log: Option<String>,
    /// `json` or `text` [default: json]
    #[arg(long, env = "SNA_LOG_FORMAT", global = true)]
    pub log_format: Option<LogFormat>,
    /// Number of the security dossier (level 3) that was approved, which the law wants from 100,000 persons on or 10,000 with sensitive data
    #[arg(long, env = "SNA_SECURITY_DOSSIER_NO", global = true)]
    pub security_dossier_no: Option<String>,
    /// The day on which it was approved, e.g. 2026-11-30
    #[arg(long, env = "SNA_SECURITY_DOSSIER_DATE", global = true)]
    pub security_dossier_date: Option<NaiveDate>,
    #[command(flatten)]
    pub documents: DocumentSettings,
    #[command(flatten)]
    pub messages: MessageSettings,
    /// TOML file with any of these settings
    #[arg(long = "config", env = "SNA_CONFIG", global = true)]
    pub config_file: Option<PathBuf>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Json,
    Text,
}

/// Whether something is done at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum OnOff {
    On,
    Off,
}

impl OnOff {
    pub fn is_on(self) -> bool {
        self == OnOff::On
    }
}

/// The file: the same names.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<SocketAddr>,
    data_dir: Option<PathBuf>,
    keys_dir: Option<PathBuf>,
    database_url: Option<String>,
    database_replica_url: Option<String>,
    pg_bin: Option<PathBuf>,
    public_url: Option<String>,
    log_origin: Option<String>,
    public_log_dir: Option<PathBuf>,
    workers: Option<usize>,
    database_connections: Option<u32>,
    trusted_proxies: Option<Vec<IpNet>>,
    public_rate: Option<u32>,
    cors_origins: Option<Vec<String>>,
    metrics_from: Option<Vec<IpNet>>,
    search_dir: Option<PathBuf>,
    search: Option<OnOff>,
    log: Option<String>,
    log_format: Option<LogFormat>,
    security_dossier_no: Option<String>,
    security_dossier_date: Option<NaiveDate>,
    documents_dir: Option<PathBuf>,
    documents_max_mib: Option<u64>,
    documents_daily_mib: Option<u64>,
    documents_open_uploads: Option<u64>,
    documents_reserve_mib: Option<u64>,
    mail_url: Option<String>,
    mail_from: Option<String>,
    sms_gateway_url: Option<String>,
    sms_gateway_secret: Option<String>,
    webhooks_to_private: Option<bool>,
}

impl File {
    fn messages(&self) -> MessageSettings {
        MessageSettings {
            mail_url: self.mail_url.clone(),
            mail_from: self.mail_from.clone(),
            sms_gateway_url: self.sms_gateway_url.clone(),
            sms_gateway_secret: self.sms_gateway_secret.clone(),
            webhooks_to_private: self.webhooks_to_private,
        }
    }

    fn documents(&self) -> DocumentSettings {
        DocumentSettings {
            documents_dir: self.documents_dir.clone(),
            documents_max_mib: self.documents_max_mib,
            documents_daily_mib: self.documents_daily_mib,
            documents_open_uploads: self.documents_open_uploads,
            documents_reserve_mib: self.documents_reserve_mib,
        }
    }
}

/// How the server meets the network.
#[derive(Debug, Clone)]
pub struct Web {
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Public reads a second for each client; 0 for no limits.
    pub public_rate: u32,
    /// Origins whose pages may use the officers' API.
    pub cors_origins: Vec<String>,
    /// Networks that may read `/metrics`, besides this machine.
    pub metrics_from: Vec<IpNet>,
}

impl Default for Web {
    fn default() -> Self {
        Self { trusted_proxies: Vec::new(), public_rate: 50, cors_origins: Vec::new(), metrics_from: Vec::new() }
    }
}

/// The whole configuration of a process.
#[derive(Debug, Clone)]
pub struct Config {
    pub listen: SocketAddr,
    pub data_dir: PathBuf,
    pub keys_dir: PathBuf,
    pub database_url: Option<String>,
    pub database_replica_url: Option<String>,
    pub pg_bin: Option<PathBuf>,
    pub public_url: PublicUrl,
    /// `None`: the one that is set, or for a new log the one of the public address.
    pub log_origin: Option<String>,
    pub public_log_dir: PathBuf,
    pub workers: usize,
    pub database_connections: u32,
    pub web: Web,
    pub search_dir: PathBuf,
    pub search: OnOff,
    pub log: String,
    pub log_format: LogFormat,
    pub dossier: Option<Dossier>,
    pub documents: Documents,
    pub messages: MessageSettings,
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("configuration file {0}: {1}")]
    Read(PathBuf, std::io::Error),
    #[error("configuration file {0}: {1}")]
    Parse(PathBuf, Box<toml::de::Error>),
    #[error("unknown setting {0} in the environment; `so-nhan-ai --help` lists the known ones")]
    UnknownVariable(String),
    #[error("{0} must be {1}")]
    OutOfRange(&'static str, &'static str),
    #[error("cors_origins: {0:?} is no origin; write it as browsers do, e.g. https://so.example.org.vn")]
    NoOrigin(String),
    #[error("public_url {0:?} is {1}")]
    PublicUrl(String, NotAPublicUrl),
    #[error("security_dossier_no and security_dossier_date belong together: the number of the approved dossier, and its day")]
    DossierInPart,
    #[error(transparent)]
    DataDir(#[from] private::PrivateError),
}

/// Names of the variables that begin with `SNA_` and mean something.
const KNOWN_VARIABLES: [&str; 19] = [
    "SNA_LISTEN",
    "SNA_DATA_DIR",
    "SNA_KEYS_DIR",
    "SNA_PUBLIC_URL",
    "SNA_LOG_ORIGIN",
    "SNA_PUBLIC_LOG_DIR",
    "SNA_WORKERS",
    "SNA_DATABASE_CONNECTIONS",
    "SNA_TRUSTED_PROXIES",
    "SNA_PUBLIC_RATE",
    "SNA_CORS_ORIGINS",
    "SNA_METRICS_FROM",
    "SNA_SEARCH_DIR",
    "SNA_SEARCH",
    "SNA_LOG",
    "SNA_LOG_FORMAT",
    "SNA_CONFIG",
    "SNA_SECURITY_DOSSIER_NO",
    "SNA_SECURITY_DOSSIER_DATE",
];

impl Config {
    /// Puts flags and environment (already in `settings`) over the file and the defaults.
    pub fn read(settings: Settings, default_log: &str) -> Result<Self, ConfigError> {
        check_variables(std::env::vars_os().map(|(name, _)| name))?;
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let xdg = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
        Self::merge(settings, home.as_deref(), xdg.as_deref(), default_log)
    }

    fn merge(settings: Settings, home: Option<&Path>, xdg: Option<&Path>, default_log: &str) -> Result<Self, ConfigError> {
        let file = match &settings.config_file {
            Some(path) => read_file(path)?,
            None => File::default(),
        };
        let documents = settings.documents.clone().or(file.documents());
        let messages = settings.messages.clone().or(file.messages());
        let data_dir = match settings.data_dir.or(file.data_dir) {
            Some(dir) => dir,
            None => private::default_data_dir(home, xdg)?,
        };
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let listen = settings.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let database_url = settings.database_url.or(file.database_url).filter(|url| !url.trim().is_empty());
        // Beside us on the same cores, more backends than they can run only wait for each other, and some for long.
        let connections = if database_url.is_some() { 8 } else { u32::try_from(2 * cores).unwrap_or(8).clamp(4, 16) };
        let config = Self {
            listen,
            public_url: match settings.public_url.or(file.public_url) {
                Some(url) => PublicUrl::parse(&url).map_err(|error| ConfigError::PublicUrl(url, error))?,
                None => PublicUrl::of_listener(listen),
            },
            log_origin: settings.log_origin.or(file.log_origin),
            public_log_dir: settings.public_log_dir.or(file.public_log_dir).unwrap_or_else(|| data_dir.join("log")),
            keys_dir: settings.keys_dir.or(file.keys_dir).unwrap_or_else(|| data_dir.join("keys")),
            search_dir: settings.search_dir.or(file.search_dir).unwrap_or_else(|| data_dir.join("search")),
            documents: documents.decide(&data_dir).map_err(|(name, range)| ConfigError::OutOfRange(name, range))?,
            messages,
            data_dir,
            database_url,
            database_replica_url: settings
                .database_replica_url
                .or(file.database_replica_url)
                .filter(|url| !url.trim().is_empty()),
            pg_bin: settings.pg_bin.or(file.pg_bin),
            workers: settings.workers.or(file.workers).unwrap_or(cores),
            database_connections: settings.database_connections.or(file.database_connections).unwrap_or(connections),
            web: Web {
                trusted_proxies: settings.trusted_proxies.or(file.trusted_proxies).unwrap_or_default(),
                public_rate: settings.public_rate.or(file.public_rate).unwrap_or(Web::default().public_rate),
                cors_origins: settings.cors_origins.or(file.cors_origins).unwrap_or_default(),
                metrics_from: settings.metrics_from.or(file.metrics_from).unwrap_or_default(),
            },
            search: settings.search.or(file.search).unwrap_or(OnOff::On),
            log: settings.log.or(file.log).unwrap_or_else(|| default_log.to_owned()),
            log_format: settings.log_format.or(file.log_format).unwrap_or(LogFormat::Json),
            dossier: dossier(
                settings.security_dossier_no.or(file.security_dossier_no),
                settings.security_dossier_date.or(file.security_dossier_date),
            )?,
        };
        if config.log_origin.as_deref().is_some_and(|origin| !is_log_origin(origin)) {
            return Err(ConfigError::OutOfRange("log_origin", "a word like so.example.org.vn/log, without spaces and +"));
        }
        if !(1..=256).contains(&config.workers) {
            return Err(ConfigError::OutOfRange("workers", "1 to 256"));
        }
        if let Some(origin) = config.web.cors_origins.iter().find(|origin| !is_origin(origin)) {
            return Err(ConfigError::NoOrigin(origin.clone()));
        }
        if !(1..=40).contains(&config.database_connections) {
            return Err(ConfigError::OutOfRange("database_connections", "1 to 40"));
        }
        Ok(config)
    }
}

/// Both or neither; a number that says nothing is none.
fn dossier(number: Option<String>, approved_on: Option<NaiveDate>) -> Result<Option<Dossier>, ConfigError> {
    match (number.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()), approved_on) {
        (Some(number), Some(approved_on)) => Ok(Some(Dossier { number, approved_on })),
        (None, None) => Ok(None),
        _ => Err(ConfigError::DossierInPart),
    }
}

/// What the database takes too.
fn is_log_origin(text: &str) -> bool {
    (1..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() && b != b'+')
}

/// Scheme and host, perhaps a port, nothing behind it: anything else would never match what a browser sends.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| {
        !host.is_empty() && host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.:[]".contains(&b))
    })
}

/// The environment variables of our own that are understood; any other that begins with `SNA_` is refused.
pub fn known_variables() -> impl Iterator<Item = &'static str> {
    KNOWN_VARIABLES.into_iter().chain(documents::VARIABLES).chain(messages::VARIABLES)
}

fn check_variables(names: impl Iterator<Item = OsString>) -> Result<(), ConfigError> {
    for name in names {
        let name = name.to_string_lossy();
        if name.starts_with("SNA_") && !known_variables().any(|known| known == name) {
            return Err(ConfigError::UnknownVariable(name.into_owned()));
        }
    }
    Ok(())
}

fn read_file(path: &Path) -> Result<File, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Read(path.to_owned(), error))?;
    toml::from_str(&text).map_err(|error| ConfigError::Parse(path.to_owned(), Box::new(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("sna-config-{}-{name}.toml", std::process::id()));
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let path = file("merge", "listen = \"127.0.0.1:9000\"\nworkers = 3\ndata_dir = \"/srv/a\"\n");
        let settings = Settings { workers: Some(5), config_file: Some(path.clone()), ..Settings::default() };
        let config = Config::merge(settings, None, None, "info").unwrap();
        assert_eq!((config.listen.port(), config.workers), (9000, 5));
        assert!((4..=16).contains(&config.database_connections));
        assert_eq!((config.data_dir.as_path(), config.keys_dir.as_path()), (Path::new("/srv/a"), Path::new("/srv/a/keys")));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn unknown_keys_are_refused() {
        let path = file("unknown", "lisen = \"127.0.0.1:9000\"\n");
        let settings = Settings { config_file: Some(path.clone()), ..Settings::default() };
        assert!(matches!(Config::merge(settings, None, None, "info"), Err(ConfigError::Parse(..))));
        std::fs::remove_file(path).unwrap();
        assert!(check_variables([OsString::from("SNA_LISEN")].into_iter()).is_err());
        assert!(check_variables(known_variables().map(OsString::from)).is_ok());
    }

    #[test]
    fn networks_and_origins_are_read_and_checked() {
        let path = file("web", "data_dir = \"/x\"\ntrusted_proxies = [\"127.0.0.1/32\", \"::1/128\"]\npublic_rate = 0\n");
        let settings = Settings { config_file: Some(path.clone()), ..Settings::default() };
        let config = Config::merge(settings, None, None, "info").unwrap();
        std::fs::remove_file(path).unwrap();
        assert_eq!((config.web.trusted_proxies.len(), config.web.public_rate), (2, 0));
        let with = |origin: &str| Settings {
            data_dir: Some("/x".into()),
            cors_origins: Some(vec![origin.to_owned()]),
            ..Settings::default()
        };
        assert!(Config::merge(with("https://so.example.org.vn:8443"), None, None, "info").is_ok());
        for wrong in ["so.example.org.vn", "https://so.example.org.vn/", "*", "https://", "https://So.vn"] {
            assert!(Config::merge(with(wrong), None, None, "info").is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_approved_dossier_has_number_and_day() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 30);
        let with = |number: Option<&str>, day| {
            let number = number.map(str::to_owned);
            let settings = Settings {
                data_dir: Some("/x".into()),
                security_dossier_no: number,
                security_dossier_date: day,
                ..Settings::default()
            };
            Config::merge(settings, None, None, "info").map(|config| config.dossier)
        };
        let dossier = with(Some(" 12/HS-ATTT "), day).unwrap().unwrap();
        assert_eq!((dossier.number.as_str(), Some(dossier.approved_on)), ("12/HS-ATTT", day));
        assert_eq!(with(None, None).unwrap(), None);
        assert!(with(Some("12/HS-ATTT"), None).is_err() && with(Some("  "), day).is_err());
    }

    #[test]
    fn a_public_address_has_no_path() {
        let with = |url: &str| Settings { data_dir: Some("/x".into()), public_url: Some(url.to_owned()), ..Settings::default() };
        assert!(Config::merge(with("https://so.example.org.vn/"), None, None, "info").is_ok());
        let refused = Config::merge(with("https://example.org.vn/so"), None, None, "info").unwrap_err().to_string();
        assert!(refused.contains("public_url") && refused.contains("a host of their own"), "{refused}");
    }

    #[test]
    fn senseless_numbers_are_refused() {
        let settings = |workers| Settings { workers: Some(workers), data_dir: Some("/x".into()), ..Settings::default() };
        assert!(Config::merge(settings(0), None, None, "info").is_err());
        assert!(Config::merge(settings(2), None, None, "info").is_ok());
    }
}
