//! `docker images`.

use std::sync::Arc;

use gantry_oci::Reference;
use gantry_store::{Image, Store};
use gantry_wire::ImageSummary;

use super::{Images, find, row::usage_of};
use crate::{Filters, ImageQuery, Result};

const FILTERS: &[&str] = &[
    "before",
    "dangling",
    "label",
    "label!",
    "reference",
    "since",
    "until",
];

impl Images {
    /// All images, newest first.
    pub async fn list(&self, query: ImageQuery) -> Result<Vec<ImageSummary>> {
        query.filters.only(FILTERS)?;
        let (hidden, containers) = (self.hidden.clone(), Arc::clone(&self.containers));
        self.blocking(move |store| {
            let usage = store.disk_usage()?;
            let chosen = Chosen::of(store, &query.filters)?;
            let mut summaries = Vec::new();
            for image in store.images()? {
                let Some(names) = chosen
                    .names_of(&image)
                    .filter(|_| !hidden.contains(&image.id))
                else {
                    continue;
                };
                let shared = usage_of(&usage, &image.id).map_or(0, |usage| usage.shared);
                summaries.push(ImageSummary {
                    containers: containers.users_of(&image.id).len() as i64,
                    shared_size: if query.shared_size { shared as i64 } else { -1 },
                    repo_tags: names,
                    ..summary(&image)
                });
            }
            Ok(summaries)
        })
        .await
    }
}

/// The row of an image without what depends on the query.
fn summary(image: &Image) -> ImageSummary {
    ImageSummary {
        created: created(image),
        id: image.id.to_string(),
        labels: image.config.config.labels.clone().unwrap_or_default(),
        parent_id: image
            .parent
            .map(|parent| parent.to_string())
            .unwrap_or_default(),
        repo_digests: image.digests.iter().map(Reference::familiar).collect(),
        repo_tags: image.names.iter().map(Reference::familiar).collect(),
        size: image.size as i64,
        ..ImageSummary::default()
    }
}

/// When the image was made, in seconds since 1970; 0 where it does not say.
pub(super) fn created(image: &Image) -> i64 {
    let time = image
        .config
        .created
        .as_deref()
        .and_then(|text| text.parse().ok());
    time.map_or(0, |time: jiff::Timestamp| time.as_second())
}

/// The filters of a query, with the images they refer to looked up.
pub(super) struct Chosen<'a> {
    filters: &'a Filters,
    dangling: Option<bool>,
    before: Option<i64>,
    since: Option<i64>,
    until: Option<i64>,
}

impl<'a> Chosen<'a> {
    pub fn of(store: &Store, filters: &'a Filters) -> Result<Self> {
        let time_of = |key: &str| -> Result<Option<i64>> {
            let Some(name) = filters.values(key).next() else {
                return Ok(None);
            };
            Ok(Some(created(&store.image(&find(store, name)?)?)))
        };
        Ok(Self {
            filters,
            dangling: filters.flag("dangling")?,
            before: time_of("before")?,
            since: time_of("since")?,
            until: filters.values("until").next().map(moment).transpose()?,
        })
    }

    /// The names to show of an image, or `None` when it is not chosen.
    pub fn names_of(&self, image: &Image) -> Option<Vec<String>> {
        let labels = image.config.config.labels.clone().unwrap_or_default();
        let when = created(image);
        let names: Vec<_> = image
            .names
            .iter()
            .filter(|name| self.is_named(name))
            .collect();
        let chosen = self
            .dangling
            .is_none_or(|dangling| dangling == image.names.is_empty())
            && self.before.is_none_or(|limit| when < limit)
            && self.since.is_none_or(|limit| when > limit)
            && self.until.is_none_or(|limit| when < limit)
            && self.filters.matches_labels("label", &labels)
            && !(self.filters.has("label!") && self.filters.matches_labels("label!", &labels))
            && (!self.filters.has("reference") || !names.is_empty());
        chosen.then(|| names.into_iter().map(Reference::familiar).collect())
    }

    /// `reference` takes a name with or without tag, in which `*` and `?` stand for anything but a slash.
    fn is_named(&self, name: &Reference) -> bool {
        self.filters.matches("reference", |pattern| {
            let familiar = name.familiar();
            fits(pattern, &familiar) || fits(pattern, &name.familiar_repository())
        })
    }
}

/// A time of a filter, in seconds since 1970.
pub(super) fn moment(text: &str) -> Result<i64> {
    Ok(crate::moment::moment(text, jiff::Timestamp::now())?.as_second())
}

/// Shell-like patterns: `*` any run and `?` any one character, neither of them a slash.
fn fits(pattern: &str, text: &str) -> bool {
    let mut pattern_left = pattern.chars();
    match pattern_left.next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = pattern_left.as_str();
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.take_while(|at| !text[..*at].contains('/'))
                .any(|at| fits(rest, &text[at..]))
        }
        Some(wanted) => {
            let mut text_left = text.chars();
            match text_left.next() {
                Some(found) if found == wanted || (wanted == '?' && found != '/') => {
                    fits(pattern_left.as_str(), text_left.as_str())
                }
                _ => false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stop_at_slashes() {
        assert!(fits("busy*", "busybox:latest"));
        assert!(fits("*", "busybox") && !fits("*", "a/b"));
        assert!(fits("a/*:1.?", "a/b:1.2") && !fits("a/*:1.?", "a/b:1.23"));
        assert!(!fits("busybox", "busybox:latest"));
    }
}
