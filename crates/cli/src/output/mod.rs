//! What is printed: rows as tables, JSON or templates; sizes and times for people.

mod functions;
pub(crate) mod go_names;
pub(crate) mod human;
pub(crate) mod layers;
pub(crate) mod progress;
mod rows;
mod template;
pub(crate) mod when;

pub(crate) use rows::{Column, Row, Table, aligned};
pub(crate) use template::Template;

/// The first twelve digits of an id, or all of it.
pub(crate) fn short(id: &str, whole: bool) -> &str {
    if whole {
        return id;
    }
    let digits = id.strip_prefix("sha256:").unwrap_or(id);
    digits.get(..12).unwrap_or(digits)
}

/// At most so many characters, the last an ellipsis where something was cut.
pub(crate) fn ellipsis(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(width - 1).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_cut_to_twelve_digits() {
        let id = format!("sha256:{}", "ab".repeat(32));
        assert_eq!(short(&id, false), "abababababab");
        assert_eq!(short(&id, true), id);
        assert_eq!(short("<missing>", false), "<missing>");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(ellipsis("short", 5), "short");
        assert_eq!(ellipsis("한국어입니다", 4), "한국어…");
    }
}
