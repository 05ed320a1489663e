//! Paths as people type and paste them.

use std::{env, path::PathBuf};

use gantry_view::Failure;

/// Puts the home folder in place of a leading `~`.
pub(crate) fn home(path: &str) -> String {
    match (path.strip_prefix('~'), env::var("HOME")) {
        (Some(rest), Ok(home)) if rest.is_empty() || rest.starts_with('/') => home + rest,
        _ => path.to_owned(),
    }
}

/// The absolute path that a person means: quotes, `~` and `file://` as they come off a clipboard.
pub(crate) fn absolute(typed: &str) -> Result<PathBuf, Failure> {
    let text = typed.trim();
    let text = ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text);
    let path = match text.strip_prefix("file://") {
        Some(rest) => PathBuf::from(percent_decoded(rest)),
        None => PathBuf::from(home(text)),
    };
    if path.is_absolute() {
        Ok(path)
    } else {
        Err(Failure {
            what: "The path was not used".to_owned(),
            why: "It does not begin with /".to_owned(),
            next: "Begin the path with / or ~.".to_owned(),
            ..Failure::new(
                "path-not-absolute",
                format!("{typed:?} is not an absolute path"),
            )
        }
        .with("path", typed))
    }
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = bytes
            .get(at + 1..at + 3)
            .filter(|_| byte == b'%')
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        decoded.push(hex.unwrap_or(byte));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_as_they_come_off_a_clipboard() {
        let path = |typed| absolute(typed).map(|path| path.to_string_lossy().into_owned());
        assert_eq!(path(" '/a b.tar'\n").as_deref(), Ok("/a b.tar"));
        assert_eq!(path("file:///a%20b%2.tar").as_deref(), Ok("/a b%2.tar"));
        assert_eq!(
            path("a.tar").map_err(|failure| failure.code),
            Err("path-not-absolute".into())
        );
    }

    #[test]
    fn only_a_tilde_of_its_own_is_the_home_folder() {
        assert_eq!(home("~name/x"), "~name/x");
        if let Ok(folder) = env::var("HOME") {
            assert_eq!(home("~/x"), format!("{folder}/x"));
        }
    }
}
