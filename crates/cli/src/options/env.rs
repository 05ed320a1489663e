//! Environment variables and other `key=value` options.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, bail};
use gantry_client::read_env_file;

/// Variables of the files, then those of the command line. A name without a value takes ours. When
/// we have none, a file leaves it out, and the command line takes the image's away with it.
pub(crate) fn collect(files: &[PathBuf], options: &[String]) -> anyhow::Result<Vec<String>> {
    let mut collected = Vec::new();
    for path in files {
        let named = || format!("--env-file {}", path.display());
        let file = std::fs::read(path).with_context(named)?;
        let read = read_env_file(&file, ours).with_context(named)?;
        collected.extend(
            read.into_iter()
                .map(|(name, value)| format!("{name}={value}")),
        );
    }
    for option in options {
        collected.push(variable(option)?);
    }
    Ok(collected)
}

fn variable(option: &str) -> anyhow::Result<String> {
    if option.is_empty() || option.starts_with('=') {
        bail!("invalid environment variable: {option}");
    }
    let value = if option.contains('=') {
        None
    } else {
        ours(option)
    };
    Ok(value.map_or_else(|| option.to_owned(), |value| format!("{option}={value}")))
}

fn ours(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// `key=value` options as a map; a missing value is empty.
pub(super) fn pairs(options: &[String]) -> BTreeMap<String, String> {
    options
        .iter()
        .map(|option| {
            let (key, value) = option.split_once('=').unwrap_or((option, ""));
            (key.to_owned(), value.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_alone_takes_our_value_or_stays_alone() {
        let path = std::env::var("PATH").unwrap();
        let options = ["PATH", "SURELY_NOT_SET_ANYWHERE", "A=b=c"].map(str::to_owned);
        assert_eq!(
            collect(&[], &options).unwrap(),
            [
                format!("PATH={path}"),
                "SURELY_NOT_SET_ANYWHERE".to_owned(),
                "A=b=c".to_owned()
            ]
        );
    }

    #[test]
    fn files_come_first_and_a_bad_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("env");
        std::fs::write(&path, "# comment\nA=1\n").unwrap();
        let collected = collect(std::slice::from_ref(&path), &["A=2".to_owned()]).unwrap();
        assert_eq!(collected, ["A=1", "A=2"]);
        std::fs::write(&path, "A=1\n=2\n").unwrap();
        let error = format!("{:#}", collect(&[path], &[]).unwrap_err());
        assert!(error.contains("line 2: "), "{error}");
    }

    #[test]
    fn a_variable_needs_a_name() {
        assert!(collect(&[], &["=x".to_owned()]).is_err());
        assert!(collect(&[], &[String::new()]).is_err());
        assert!(collect(&[], &["A B=x".to_owned()]).is_ok());
    }
}
