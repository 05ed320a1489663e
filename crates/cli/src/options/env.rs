//! Environment variables and other `key=value` options.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, bail};

/// Variables of the files, then those of the command line. A name without a value takes ours, and
/// is left out when we have none.
pub(crate) fn collect(files: &[PathBuf], options: &[String]) -> anyhow::Result<Vec<String>> {
    let mut collected = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("--env-file {}", path.display()))?;
        // Some editors begin a file with this mark.
        for line in text.trim_start_matches('\u{feff}').lines() {
            let line = line.trim_start();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            collected
                .extend(resolve(line).with_context(|| format!("--env-file {}", path.display()))?);
        }
    }
    for option in options {
        collected.extend(resolve(option).context("--env")?);
    }
    Ok(collected)
}

fn resolve(text: &str) -> anyhow::Result<Option<String>> {
    let name = text.split('=').next().unwrap_or_default();
    if name.is_empty() || name.contains(char::is_whitespace) {
        bail!("invalid environment variable: \"{text}\"");
    }
    if text.contains('=') {
        return Ok(Some(text.to_owned()));
    }
    Ok(std::env::var(name)
        .ok()
        .map(|value| format!("{name}={value}")))
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
    fn a_name_alone_takes_our_value_or_is_left_out() {
        let path = std::env::var("PATH").unwrap();
        let options = ["PATH", "SURELY_NOT_SET_ANYWHERE", "A=b=c"].map(str::to_owned);
        assert_eq!(
            collect(&[], &options).unwrap(),
            [format!("PATH={path}"), "A=b=c".to_owned()]
        );
    }

    #[test]
    fn files_have_comments_and_come_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("env");
        std::fs::write(&path, "# comment\n\n  A=1\nB=x # not a comment\n").unwrap();
        let collected = collect(&[path], &["A=2".to_owned()]).unwrap();
        assert_eq!(collected, ["A=1", "B=x # not a comment", "A=2"]);
    }

    #[test]
    fn a_variable_needs_a_name() {
        assert!(collect(&[], &["=x".to_owned()]).is_err());
        assert!(collect(&[], &["A B=x".to_owned()]).is_err());
    }
}
