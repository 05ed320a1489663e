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
    // How many files there are at most where only their size is given, as each driver has it.
    let files = match config.r#type.as_str() {
        "none" => return Ok(LogOptions::Off),
        "" | "json-file" => 1,
        "local" => 5,
        other => {
            return Err(Error::Invalid(format!(
                "logger: no log driver named '{other}' is registered"
            )));
        }
    };
    let (mut max_size, mut max_files) = (None, None);
    for (key, value) in &config.config {
        let invalid = || Error::Invalid(format!("invalid value for log opt '{key}': {value}"));
        match key.as_str() {
            // Docker's documentation names -1 as the default, without a limit.
            "max-size" if value == "-1" => max_size = Some(0),
            "max-size" => {
                let size = parse_size(value).filter(|size| *size > 0);
                max_size = Some(size.ok_or_else(invalid)?);
            }
            "max-file" => {
                let files = value.parse().ok().filter(|files| *files > 0);
                max_files = Some(files.ok_or_else(invalid)?);
            }
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
    if max_size.is_some_and(|size| size > 0) {
        max_files.get_or_insert(files);
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

/// `10m`, `1g`, `500`: as Docker's units.FromHumanSize reads them, in thousands.
fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let text = text.strip_suffix('b').unwrap_or(&text);
    let text = text.strip_suffix('i').unwrap_or(text);
    let (digits, power) = match text.strip_suffix(['k', 'm', 'g', 't', 'p']) {
        Some(digits) => (digits, 1 + "kmgtp".find(&text[digits.len()..])?),
        None => (text, 0),
    };
    let number: f64 = digits.trim_end().parse().ok()?;
    (number >= 0.0).then_some((number * 1000_f64.powi(power as i32)) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, size) in [
            ("10m", 10_000_000),
            ("1g", 1_000_000_000),
            ("500", 500),
            ("1.5k", 1500),
            ("2MB", 2_000_000),
        ] {
            assert_eq!(parse_size(text), Some(size), "{text}");
        }
        assert_eq!(parse_size("lots"), None);
        assert_eq!(parse_size("-1"), None);
    }

    fn options(name: &str, options: &[(&str, &str)]) -> Result<LogOptions> {
        let config = options
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        plan_options(&LogConfig {
            r#type: name.into(),
            config,
        })
    }

    #[test]
    fn a_size_alone_means_as_many_files_as_with_docker() {
        let kept = |max_size, max_files| LogOptions::Kept {
            max_size,
            max_files,
        };
        let size = [("max-size", "1k")];
        assert_eq!(
            options("json-file", &size).unwrap(),
            kept(Some(1000), Some(1))
        );
        assert_eq!(options("local", &size).unwrap(), kept(Some(1000), Some(5)));
        assert_eq!(options("json-file", &[]).unwrap(), kept(None, None));
        let endless = options("json-file", &[("max-size", "-1")]);
        assert_eq!(endless.unwrap(), kept(Some(0), None));
        for wrong in [
            ("max-size", "0"),
            ("max-file", "0"),
            ("max-file", "x"),
            ("a", "b"),
        ] {
            assert!(options("json-file", &[wrong]).is_err(), "{wrong:?}");
        }
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
