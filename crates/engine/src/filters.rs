//! Docker's `filters` parameter: names to sets of values.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use serde::Deserialize;

use crate::{Error, Result};

/// Filters as the API carries them: every key must match, by any of its values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    keys: BTreeMap<String, BTreeSet<String>>,
}

/// Both spellings on the wire: today's map of flags and the list of clients before 1.22.
#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    Flags(BTreeMap<String, bool>),
    List(BTreeSet<String>),
}

impl Filters {
    /// Reads the JSON of the query parameter; empty text means no filter.
    pub fn parse(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let parsed: BTreeMap<String, Values> = serde_json::from_str(text)
            .map_err(|error| Error::Invalid(format!("invalid filter: {error}")))?;
        let keys = parsed
            .into_iter()
            .map(|(key, values)| match values {
                Values::Flags(flags) => (
                    key,
                    flags
                        .into_iter()
                        .filter(|(_, on)| *on)
                        .map(|(value, _)| value)
                        .collect(),
                ),
                Values::List(list) => (key, list),
            })
            .collect();
        Ok(Self { keys })
    }

    /// Adds a value, for callers inside the program.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.keys
            .entry(key.to_owned())
            .or_default()
            .insert(value.to_owned());
        self
    }

    /// Leaves one key out.
    #[must_use]
    pub(crate) fn without(mut self, key: &str) -> Self {
        self.keys.remove(key);
        self
    }

    /// Refuses keys that the operation does not know, as Docker does.
    pub(crate) fn only(&self, known: &[&str]) -> Result<()> {
        match self.keys.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => Err(Error::Invalid(format!("invalid filter '{key}'"))),
        }
    }

    /// The values of a key; none when the key is not there.
    pub(crate) fn values(&self, key: &str) -> impl Iterator<Item = &str> + Clone {
        self.keys.get(key).into_iter().flatten().map(String::as_str)
    }

    /// Whether the key is there at all.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys.get(key).is_some_and(|values| !values.is_empty())
    }

    /// True when the key is not there or any of its values satisfies the test.
    pub(crate) fn matches(&self, key: &str, test: impl FnMut(&str) -> bool) -> bool {
        !self.has(key) || self.values(key).any(test)
    }

    /// True when the key is not there, or when one of its values is the text or, read as a regular
    /// expression, is found in it. A value that is none finds nothing else, as with Docker.
    pub(crate) fn matches_pattern(&self, key: &str, text: &str) -> bool {
        self.matches(key, |value| {
            value == text || Regex::new(value).is_ok_and(|pattern| pattern.is_match(text))
        })
    }

    /// `label=key` and `label=key=value`: all of them must hold.
    pub(crate) fn matches_labels(&self, key: &str, labels: &BTreeMap<String, String>) -> bool {
        self.values(key).all(|wanted| match wanted.split_once('=') {
            Some((name, value)) => labels.get(name).is_some_and(|found| found == value),
            None => labels.contains_key(wanted),
        })
    }

    /// A flag such as `dangling=true`; `None` when the key is not there.
    pub(crate) fn flag(&self, key: &str) -> Result<Option<bool>> {
        let mut values = self.values(key);
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some("true" | "1"), None) => Ok(Some(true)),
            (Some("false" | "0"), None) => Ok(Some(false)),
            (Some(value), _) => Err(Error::Invalid(format!("invalid filter '{key}=[{value}]'"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_on_the_wire_are_read() {
        let flags = Filters::parse(r#"{"status":{"exited":true,"dead":false}}"#).unwrap();
        let list = Filters::parse(r#"{"status":["exited"]}"#).unwrap();
        assert_eq!(flags, list);
        assert!(Filters::parse("{").is_err());
    }

    #[test]
    fn labels_match_by_key_and_by_value_and_all_must() {
        let labels = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        let matches = |value: &str| {
            Filters::default()
                .with("label", value)
                .matches_labels("label", &labels)
        };
        assert!(matches("a") && matches("a=1"));
        assert!(!matches("a=2") && !matches("b"));
    }

    #[test]
    fn patterns_are_anchored_only_where_they_say_so() {
        let matches = |value: &str| {
            let filters = Filters::default().with("name", value);
            filters.matches_pattern("name", "web(1)")
        };
        assert!(matches("eb") && matches("^web") && matches("web(1)"));
        assert!(!matches("^eb") && !matches("^web$") && !matches("("));
        assert!(Filters::default().matches_pattern("name", "web"));
    }

    #[test]
    fn unknown_keys_are_refused_and_flags_read() {
        let filters = Filters::default().with("dangling", "true");
        assert!(filters.only(&["label"]).is_err());
        assert_eq!(filters.flag("dangling").unwrap(), Some(true));
        assert!(
            Filters::default()
                .with("dangling", "maybe")
                .flag("dangling")
                .is_err()
        );
    }
}
