//! Docker's event stream: history, then what comes, through Docker's filters.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, future, stream};
use gantry_wire::EventMessage;
use tokio_stream::wrappers::BroadcastStream;

use super::Feed;
use crate::{BoxStream, EventQuery, Filters};

impl Feed {
    /// Events that match, from `since` as far as the history goes back, until `until`.
    ///
    /// Without `until` the stream does not end by itself. A filter that nobody knows is none.
    pub fn events(&self, query: EventQuery) -> BoxStream<Arc<EventMessage>> {
        let (past, live) = {
            // Both under one lock: nothing is missed between them and nothing comes twice.
            let state = self.state();
            // Who asks for everything until a time asks for the past too.
            let since = query.since.or(query.until.map(|_| i64::MIN));
            let past = since.map(|since| state.events.since(since));
            (past.unwrap_or_default(), self.0.events.subscribe())
        };
        let live = BroadcastStream::new(live).filter_map(|event| future::ready(event.ok()));
        let until = query.until;
        // The time ends the waiting: what is past is told however slowly it is read.
        let live: BoxStream<Arc<EventMessage>> = match until {
            None => Box::pin(live),
            Some(end) => Box::pin(live.take_until(reached(end))),
        };
        let events = stream::iter(past)
            .chain(live)
            .take_while(move |event| future::ready(until.is_none_or(|end| event.time_nano <= end)))
            .filter(move |event| future::ready(matches(&query.filters, event)));
        Box::pin(events)
    }
}

/// Resolves at a time in nanoseconds since 1970.
fn reached(end: i64) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    let now = jiff::Timestamp::now().as_nanosecond();
    let left = u64::try_from(i128::from(end) - now).unwrap_or(0);
    Box::pin(tokio::time::sleep(Duration::from_nanos(left)))
}

fn matches(filters: &Filters, event: &EventMessage) -> bool {
    let attributes = &event.actor.attributes;
    let attribute = |name: &str| attributes.get(name).map_or("", String::as_str);
    // The beginning of an id or a name, and of whatever has it, as with Docker.
    let actor =
        |wanted: &str| event.actor.id.starts_with(wanted) || attribute("name").starts_with(wanted);
    let image = |wanted: &str| {
        let named = if event.kind == "image" {
            attribute("name")
        } else {
            attribute("image")
        };
        (event.kind == "image" && event.actor.id == wanted)
            || named == wanted
            || repository(named) == wanted
    };
    filters.matches("event", |wanted| {
        event.action == wanted || event.action.starts_with(&format!("{wanted}:"))
    }) && filters.matches("type", |wanted| event.kind == wanted)
        && filters.matches("scope", |wanted| event.scope == wanted)
        && filters.matches("image", image)
        && filters.matches_labels("label", attributes)
        && [
            "container",
            "network",
            "volume",
            "daemon",
            "plugin",
            "service",
            "node",
            "secret",
            "config",
        ]
        .iter()
        .all(|kind| filters.matches(kind, actor))
}

/// A name without its tag.
fn repository(name: &str) -> &str {
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn attributes(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn query(filters: Filters) -> EventQuery {
        EventQuery {
            since: Some(0),
            until: Some(i64::MAX),
            filters,
        }
    }

    async fn actions(feed: &Feed, filters: Filters, count: usize) -> Vec<String> {
        let events = feed.events(query(filters));
        let events: Vec<_> = events.take(count).collect().await;
        events.iter().map(|event| event.action.clone()).collect()
    }

    #[tokio::test]
    async fn history_comes_first_and_filters_choose() {
        let feed = Feed::new();
        let web = attributes(&[("name", "web"), ("image", "nginx:1.27"), ("tier", "front")]);
        feed.container_event("create", "aaa", web.clone());
        feed.image_event("tag", "sha256:1", "nginx:1.27", BTreeMap::new());
        feed.container_event("exec_create: sh", "aaa", web);
        let by = |key: &str, value: &str| Filters::default().with(key, value);
        assert_eq!(
            actions(&feed, by("container", "web"), 2).await,
            ["create", "exec_create: sh"]
        );
        assert_eq!(
            actions(&feed, by("event", "exec_create"), 1).await,
            ["exec_create: sh"]
        );
        assert_eq!(actions(&feed, by("image", "nginx"), 3).await.len(), 3);
        assert_eq!(actions(&feed, by("label", "tier=front"), 2).await.len(), 2);
        assert_eq!(actions(&feed, by("colour", "red"), 3).await.len(), 3);
    }

    #[tokio::test]
    async fn a_past_end_closes_the_stream() {
        let feed = Feed::new();
        feed.image_event("load", "sha256:1", "a", BTreeMap::new());
        let events = feed.events(EventQuery {
            since: Some(0),
            until: Some(1),
            filters: Filters::default(),
        });
        assert_eq!(events.count().await, 0);
    }

    #[tokio::test]
    async fn the_past_is_told_however_slowly_it_is_read() {
        let feed = Feed::new();
        for _ in 0..3 {
            feed.image_event("load", "sha256:1", "a", BTreeMap::new());
        }
        let now = i64::try_from(jiff::Timestamp::now().as_nanosecond()).unwrap();
        let query = EventQuery {
            since: Some(0),
            until: Some(now),
            filters: Filters::default(),
        };
        let mut events = feed.events(query);
        for _ in 0..3 {
            assert!(events.next().await.is_some());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(events.next().await.is_none());
    }
}
