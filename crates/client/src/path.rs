//! Paths and queries of requests.

use std::collections::BTreeMap;
use std::fmt::Display;

use form_urlencoded::Serializer;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is in a path. A slash too: image names have it, and the engine joins them.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b':')
    .remove(b'@');

/// Docker's filters: every key must match, by any of its values.
pub type Filters = BTreeMap<String, Vec<String>>;

/// A path with its query, on the way to becoming a request's target.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    path: String,
    query: Vec<(String, String)>,
}

impl Target {
    /// Joins the segments, each encoded.
    pub(crate) fn new(segments: &[&str]) -> Self {
        let mut path = String::new();
        for segment in segments {
            path.push('/');
            path.extend(utf8_percent_encode(segment, KEPT));
        }
        Self {
            path,
            query: Vec::new(),
        }
    }

    /// Adds a parameter.
    pub(crate) fn with(mut self, name: &str, value: impl Display) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Adds a parameter if there is a value.
    pub(crate) fn with_some(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a parameter if it is true.
    pub(crate) fn with_flag(self, name: &str, on: bool) -> Self {
        if on { self.with(name, 1) } else { self }
    }

    /// Adds filters as clients of API 1.22 and later write them.
    pub(crate) fn with_filters(self, filters: &Filters) -> Self {
        if filters.is_empty() {
            return self;
        }
        let flags: BTreeMap<&str, BTreeMap<&str, bool>> = filters
            .iter()
            .map(|(key, values)| {
                let values = values.iter().map(|value| (value.as_str(), true));
                (key.as_str(), values.collect())
            })
            .collect();
        self.with("filters", serde_json::json!(flags))
    }

    /// The whole target.
    pub(crate) fn finish(self) -> String {
        if self.query.is_empty() {
            return self.path;
        }
        let query = Serializer::new(String::new())
            .extend_pairs(self.query)
            .finish();
        format!("{}?{query}", self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_images_keep_their_slashes_and_nothing_else_gets_through() {
        let target = Target::new(&["images", "a/b:1", "json"]).finish();
        assert_eq!(target, "/images/a/b:1/json");
        let target = Target::new(&["containers", "a?b#c d"]).finish();
        assert_eq!(target, "/containers/a%3Fb%23c%20d");
    }

    #[test]
    fn filters_are_a_map_of_flags() {
        let filters = Filters::from([("label".to_owned(), vec!["a=1".to_owned()])]);
        let target = Target::new(&["events"]).with_filters(&filters).finish();
        assert_eq!(
            target,
            "/events?filters=%7B%22label%22%3A%7B%22a%3D1%22%3Atrue%7D%7D"
        );
    }
}
