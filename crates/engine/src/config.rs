//! `config.toml`: every key that the engine knows, each with its default.

use std::path::Path;

use gantry_registry::Settings;
use gantry_store::{Compression, Limits};
use serde::Deserialize;

use crate::host::EnterError;

/// The engine's settings. A missing file means all defaults; an unknown key is an error, because
/// a misspelt one would be ignored in silence.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Leave after this many seconds without a running container, a client or a task. Unset:
    /// stay, unless systemd activated the socket (then 60).
    pub idle_exit_seconds: Option<u64>,
    /// Log files of new containers.
    pub log: LogConfig,
    /// What a commit makes.
    pub commit: CommitConfig,
    /// What a load or an import may cost before it is refused.
    pub limits: Limits,
    /// How registries are talked to.
    pub registries: Settings,
}

/// How a container's changes become a layer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CommitConfig {
    /// How the new layer is compressed.
    pub compression: CommitCompression,
}

/// The compression of new layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CommitCompression {
    /// On all processors. Everything that reads images knows it, Docker's schema 2 included.
    #[default]
    Gzip,
    /// Smaller and faster; Docker before 23 and other old readers do not know it.
    Zstd,
}

impl From<CommitCompression> for Compression {
    fn from(compression: CommitCompression) -> Self {
        match compression {
            CommitCompression::Gzip => Self::Gzip,
            CommitCompression::Zstd => Self::Zstd,
        }
    }
}

/// How a container's log is kept, unless the container's own options say otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// Size in bytes at which a log file is closed and the next begun; 0 never rotates.
    pub max_size: u64,
    /// How many files are kept, the open one included; 0 keeps all.
    pub max_files: u32,
}

/// A gigabyte altogether: millions of lines, and still no log that fills a disk.
impl Default for LogConfig {
    fn default() -> Self {
        Self {
            max_size: 128 << 20,
            max_files: 8,
        }
    }
}

impl Config {
    /// Reads the file; a missing one gives the defaults.
    pub fn read(path: &Path) -> Result<Self, EnterError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map_err(|source| EnterError::Config {
                path: path.to_owned(),
                source: source.into(),
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(EnterError::Io {
                doing: "read",
                path: path.to_owned(),
                source,
            }),
        }
    }

    fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_means_the_defaults() {
        assert_eq!(Config::parse("").unwrap(), Config::default());
    }

    #[test]
    fn a_misspelt_key_is_refused() {
        assert!(Config::parse("idle_exit_secnods = 3").is_err());
    }

    #[test]
    fn the_documented_file_is_the_defaults() {
        let text = include_str!("../../../packaging/config.toml");
        let known = Config::parse(text).unwrap();
        assert_eq!(known, Config::default());
        // Each key stands in it, commented out where it has no default.
        let values: String = text.replace("# idle_exit_seconds", "idle_exit_seconds");
        let all: toml::Table = toml::from_str(&values).unwrap();
        let names: Vec<&str> = all.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            ["commit", "idle_exit_seconds", "limits", "log", "registries"]
        );
        assert_eq!(all["limits"].as_table().unwrap().len(), 9);
    }

    #[test]
    fn keys_are_read() {
        let config = Config::parse("idle_exit_seconds = 5\n[log]\nmax_size = 1000").unwrap();
        assert_eq!(config.idle_exit_seconds, Some(5));
        assert_eq!(
            config.log,
            LogConfig {
                max_size: 1000,
                max_files: LogConfig::default().max_files,
            }
        );
    }
}
