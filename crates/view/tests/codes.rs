//! The list of codes against the sources that make failures.

use std::{collections::BTreeSet, fs, path::Path};

use gantry_view::{CODES, FINDINGS};

/// What stands before a code where a failure is made.
const MAKERS: [&str; 3] = ["Failure::new(", "Error::state(", "file::failure("];

/// Where failures that a window may see come from.
const SOURCES: [&str; 9] = [
    "crates/client/src",
    "crates/engine/src",
    "crates/store/src",
    "crates/registry/src",
    "crates/api/src",
    "crates/desk/src",
    "crates/cli/src/web",
    "src-tauri/src",
    "ui/src",
];

#[test]
fn every_code_in_the_sources_is_listed() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    for folder in SOURCES {
        look_through(&top.join(folder), &mut found);
    }
    assert!(found.len() > 60, "the sources moved: {} codes", found.len());
    for (code, file) in found {
        assert!(
            CODES.contains(&code.as_str()),
            "{code:?} of {file} is not in CODES of crates/view/src/codes.rs; \
             put it there, and its words into ui/src/i18n/failures"
        );
    }
}

#[test]
fn the_lists_are_sorted_and_hold_nothing_twice() {
    assert!(CODES.is_sorted_by(|a, b| a < b));
    assert!(FINDINGS.is_sorted_by(|a, b| a < b));
}

/// What stands before check and code where a finding is made.
const FINDERS: [&str; 4] = ["good(", "note(", "problem(", "finding("];

#[test]
fn every_finding_in_the_sources_is_listed_and_none_else() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(top.join("crates/engine/src/doctor")).expect("a folder of sources") {
        let text = fs::read_to_string(entry.expect("an entry").path()).expect("text");
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let made = FINDERS.iter().flat_map(|finder| text.split(finder).skip(1));
        let second = |rest: &str| literal(rest.split_once(',')?.1.trim_start());
        found.extend(made.filter_map(second));
    }
    let listed = FINDINGS.iter().map(|code| (*code).to_owned()).collect();
    assert_eq!(
        found, listed,
        "see crates/view/src/codes.rs and ui/src/i18n/self_check"
    );
}

fn look_through(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = entry.path();
        if path.is_dir() {
            look_through(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).expect("text");
            // What a test makes up is no code of the product.
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            for code in made(text).into_iter().chain(matched(text)) {
                found.push((code, path.display().to_string()));
            }
        }
    }
}

/// Codes that are handed to a maker: `Failure::new("gone", …)`.
fn made(text: &str) -> Vec<String> {
    MAKERS
        .iter()
        .flat_map(|maker| text.split(maker).skip(1))
        .filter_map(|rest| literal(rest.trim_start()))
        .collect()
}

/// Codes that a variant stands for: the arms of `fn code`.
fn matched(text: &str) -> Vec<String> {
    let Some((_, body)) = text.split_once("fn code(&self) -> &'static str {") else {
        return Vec::new();
    };
    let body = body.split("\n    }").next().unwrap_or_default();
    body.split("=>")
        .skip(1)
        .filter_map(|arm| literal(arm.trim_start()))
        .collect()
}

fn literal(text: &str) -> Option<String> {
    let (word, _) = text.strip_prefix('"')?.split_once('"')?;
    Some(word.to_owned())
}
