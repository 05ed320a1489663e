//! Log options: Docker's `--log-driver` and `--log-opt`.

use gantry_runtime::LogPlan;
use gantry_wire::LogConfig;

use super::folder::Folder;
use crate::{Config, Error, Result};

/// What a container's log options mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogOptions {
    /// Nothing is kept.
    Off,
    /// Kept, with limits where they were given.
    Kept {
        max_size: Option<u64>,
        max_files: Option<u32>,
    },
}

/// Reads the options. Only our own log exists; the names of Docker's file drivers mean it.
pub(crate) fn plan_options(config: &LogConfig) -> Result<LogOptions> {
    match config.r#type.as_str() {
        "none" => return Ok(LogOptions::Off),
        "" | "json-file" | "local" => {}
        other => {
            return Err(Error::Invalid(format!(
                "logger: no log driver named '{other}' is registered"
            )));
        }
    }
    let (mut max_size, mut max_files) = (None, None);
    for (key, value) in &config.config {
        let invalid = || Error::Invalid(format!("invalid value for log opt '{key}': {value}"));
        match key.as_str() {
            "max-size" => max_size = Some(parse_size(value).ok_or_else(invalid)?),
            "max-file" => max_files = Some(value.parse().map_err(|_| invalid())?),
            // Ours is always compact; labels and tags only decorate drivers that ship elsewhere.
            "compress" | "labels" | "labels-regex" | "env" | "env-regex" | "tag" | "mode"
            | "max-buffer-size" => {}
            other => {
                return Err(Error::Invalid(format!(
                    "unknown log opt '{other}' for json-file log driver"
                )));
            }
        }
    }
    Ok(LogOptions::Kept {
        max_size,
        max_files,
    })
}

/// Where and how this container logs.
pub(crate) fn plan(folder: &Folder, options: LogOptions, config: &Config) -> Option<LogPlan> {
    let LogOptions::Kept {
        max_size,
        max_files,
    } = options
    else {
        return None;
    };
    Some(LogPlan {
        directory: folder.log(),
        max_size: max_size
            .or(Some(config.log.max_size))
            .filter(|size| *size > 0),
        max_files: max_files
            .or(Some(config.log.max_files))
            .filter(|files| *files > 0),
    })
}

/// `10m`, `1g`, `500`: as Docker's units.RAMInBytes reads them.
fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let text = text.strip_suffix('b').unwrap_or(&text);
    let text = text.strip_suffix('i').unwrap_or(text);
    let (digits, shift) = match text.strip_suffix(['k', 'm', 'g', 't']) {
        Some(digits) => (digits, 10 * (1 + "kmgt".find(&text[digits.len()..])?)),
        None => (text, 0),
    };
    let number: f64 = digits.parse().ok()?;
    (number >= 0.0).then_some((number * (1_u64 << shift) as f64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, size) in [
            ("10m", 10 << 20),
            ("1g", 1 << 30),
            ("500", 500),
            ("1.5k", 1536),
            ("2MiB", 2 << 20),
        ] {
            assert_eq!(parse_size(text), Some(size), "{text}");
        }
        assert_eq!(parse_size("lots"), None);
        assert_eq!(parse_size("-1"), None);
    }

    #[test]
    fn drivers_that_do_not_exist_are_refused() {
        let config = |name: &str| LogConfig {
            r#type: name.into(),
            ..LogConfig::default()
        };
        assert_eq!(plan_options(&config("none")).unwrap(), LogOptions::Off);
        assert!(plan_options(&config("json-file")).is_ok());
        assert!(plan_options(&config("journald")).is_err());
    }
}
