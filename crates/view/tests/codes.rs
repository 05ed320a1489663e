//! The list of codes against the sources that make failures.

use std::{fs, path::Path};

use gantry_view::CODES;

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
fn the_list_is_sorted_and_holds_nothing_twice() {
    assert!(CODES.is_sorted_by(|a, b| a < b));
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
