//! What is looked for, and where it is in a line that is shown. The engine finds the lines.

use std::ops::Range;

use regex_lite::{Regex, RegexBuilder};

/// What a search looks for. The case of Latin letters does not matter.
#[derive(Debug, Clone)]
pub enum Needle {
    Text(String),
    Regex(Regex),
    /// Only the engine can read the expression: a line that it finds is marked as a whole.
    Any,
}

impl Default for Needle {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl Needle {
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// In the grammar of the engine, but for what is about Unicode.
    pub fn regex(expression: &str) -> Self {
        RegexBuilder::new(expression)
            .case_insensitive(true)
            .build()
            .map_or(Self::Any, Self::Regex)
    }

    /// Where it is in a text, from the left, in bytes.
    pub fn finds(&self, text: &str) -> Vec<Range<usize>> {
        match self {
            Self::Text(needle) => occurrences(needle.as_bytes(), text.as_bytes()),
            Self::Regex(expression) => expression
                .find_iter(text)
                .map(|find| find.range())
                .filter(|find| !find.is_empty())
                .collect(),
            Self::Any => std::iter::once(0..text.len()).collect(),
        }
    }
}

fn occurrences(needle: &[u8], hay: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while !needle.is_empty() && at + needle.len() <= hay.len() {
        if hay[at..at + needle.len()].eq_ignore_ascii_case(needle) {
            found.push(at..at + needle.len());
            at += needle.len();
        } else {
            at += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::Needle;

    #[test]
    fn the_case_of_latin_letters_does_not_matter() {
        assert_eq!(Needle::text("cart").finds("Cart cart"), [0..4, 5..9]);
        assert_eq!(Needle::regex("c.rt").finds("Cart cart"), [0..4, 5..9]);
        assert!(Needle::default().finds("Cart").is_empty());
    }

    #[test]
    fn letters_of_any_script_are_found_whole() {
        let needle = Needle::text("상품");
        assert_eq!(needle.finds("한글 상품명"), [7..13]);
        assert!(needle.finds("짧").is_empty());
        assert_eq!(Needle::regex("상.").finds("한글 상품명"), [7..13]);
    }

    #[test]
    fn expressions_find_what_they_mean_and_nothing_empty() {
        assert_eq!(Needle::regex(r"\d+ ms$").finds("7 ms, 38 ms"), [6..11]);
        assert!(Needle::regex("x*").finds("abc").is_empty());
        assert_eq!(Needle::regex(r"\p{Greek}").finds("abc"), [0..3]);
    }
}
