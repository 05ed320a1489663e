//! Failures in words: what did not happen, why, and what to do next.
//!
//! In English the engine's own sentences come first, since it knows the case; what it leaves out
//! is filled in by the code. In Korean the code speaks, with the facts. [`gantry_view::CODES`]
//! lists the codes; each of them has words in both languages.

mod engine;
mod english;
mod env_file;
mod files;
mod korean;
mod other_engines;
mod registry;
mod startup;

use gantry_view::Failure;

use super::{Lang, words};

words! {
    Failures {
        try_again => "Try again", "다시 시도";
    }
}

/// The sentences of one code. An empty one is not shown.
#[derive(Debug, Default, PartialEq, Eq)]
struct Words {
    what: String,
    why: String,
    next: String,
}

impl Words {
    fn new(what: impl Into<String>, why: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            why: why.into(),
            next: next.into(),
        }
    }
}

impl Failures {
    /// What did not happen.
    pub fn what(self, failure: &Failure) -> String {
        self.words(failure).what
    }

    /// Why; may be empty.
    pub fn why(self, failure: &Failure) -> String {
        self.words(failure).why
    }

    /// What to do next; empty where nothing helps.
    pub fn next(self, failure: &Failure) -> String {
        self.words(failure).next
    }

    /// All of it in one line, for a toast.
    pub fn sentence(self, failure: &Failure) -> String {
        let Words { what, why, next } = self.words(failure);
        let parts = [what, why, next];
        let parts = parts.into_iter().filter(|part| !part.is_empty());
        parts.map(ended).collect::<Vec<_>>().join(" ")
    }

    fn words(self, failure: &Failure) -> Words {
        let own = Words::new(&failure.what, &failure.why, &failure.next);
        match self.0 {
            Lang::En => {
                let by_code = english::words(failure).unwrap_or_default();
                // A failure without sentences of its own repeats the raw text.
                let silent = own.what == failure.raw && !by_code.what.is_empty();
                Words {
                    what: if silent { by_code.what } else { own.what },
                    why: or(own.why, by_code.why),
                    next: or(own.next, by_code.next),
                }
            }
            Lang::Ko => korean::words(failure).unwrap_or(Words {
                next: String::new(),
                ..own
            }),
        }
    }
}

fn or(first: String, second: String) -> String {
    if first.is_empty() { second } else { first }
}

/// With a large letter at its beginning.
pub fn begun(sentence: String) -> String {
    let mut letters = sentence.chars();
    match letters.next() {
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(letters).collect(),
        _ => sentence,
    }
}

/// With a full stop, unless it has one or says nothing.
pub fn ended(sentence: String) -> String {
    if sentence.is_empty() || sentence.ends_with(['.', '?']) {
        sentence
    } else {
        sentence + "."
    }
}

#[cfg(test)]
mod tests {
    use gantry_view::{CODES, Failure};

    use super::{Failures, Lang, begun, ended, english, korean};

    /// A failure with every fact that sentences are made of.
    fn failure(code: &str) -> Failure {
        let facts = [
            "name",
            "image",
            "container",
            "command",
            "path",
            "limit",
            "option",
            "wanted",
            "actual",
            "folder",
            "file",
            "url",
            "user",
            "group",
        ];
        let failure = Failure::new(code, "raw");
        facts
            .iter()
            .fold(failure, |failure, fact| failure.with(fact, "x"))
    }

    #[test]
    fn every_code_says_what_and_what_to_do_next_in_both_languages() {
        for code in CODES {
            let failure = failure(code);
            for (lang, words) in [
                ("English", english::words(&failure)),
                ("Korean", korean::words(&failure)),
            ] {
                let words = words.unwrap_or_else(|| panic!("{code} has no {lang} words"));
                assert!(!words.what.is_empty(), "{code}: {lang} what");
                assert!(!words.next.is_empty(), "{code}: {lang} next");
            }
        }
    }

    #[test]
    fn no_korean_sentence_is_left_in_english() {
        let is_hangul = |c: char| ('가'..='힣').contains(&c);
        for code in CODES {
            let words = korean::words(&failure(code)).expect("known");
            for sentence in [words.what, words.why, words.next] {
                assert!(
                    sentence.is_empty() || sentence.contains(is_hangul),
                    "{code}: {sentence}"
                );
            }
        }
    }

    #[test]
    fn the_engines_own_english_comes_first_and_is_completed() {
        let mut said = Failure::new("image-not-found", "No such image: x");
        said.why = "It was removed a minute ago".into();
        let english = Failures(Lang::En);
        assert_eq!(english.why(&said), "It was removed a minute ago");
        assert!(!english.next(&said).is_empty());
        assert!(!Failures(Lang::Ko).next(&said).is_empty());
    }

    #[test]
    fn an_unknown_code_still_says_what_the_engine_said() {
        let unknown = Failure::new("brand-new", "something else");
        assert_eq!(Failures(Lang::En).what(&unknown), "something else");
        assert_eq!(Failures(Lang::Ko).what(&unknown), "something else");
    }

    #[test]
    fn sentences_end_once() {
        assert_eq!(
            (begun("no".into()), begun("한".into())),
            ("No".into(), "한".into())
        );
        assert_eq!(ended(String::new()), "");
        assert_eq!(ended("a".into()), "a.");
        assert_eq!(ended("a.".into()), "a.");
    }
}
