//! What happens in the engine, told to everybody who listens.
//!
//! Two audiences hear of each change: Docker's clients through [`events`](Feed::events), and
//! windows through [`updates`](Feed::updates), which carry whole rows and a revision, so that a
//! window that slept goes on from where it was instead of asking for everything again. Publishing
//! never waits: a listener that falls behind is told so and starts from a snapshot.

mod event;
mod history;
mod updates;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gantry_wire::gantry::{Change, Update};
use gantry_wire::{EventActor, EventMessage};
use tokio::sync::broadcast;

use history::History;

/// How far back `--since` and a resuming window can look.
const KEPT_EVENTS: usize = 2048;
const KEPT_UPDATES: usize = 1024;
/// How far a listener may fall behind before it loses its place.
const BACKLOG: usize = 4096;

/// Labels as events carry them.
pub(crate) type Labels = BTreeMap<String, String>;

/// The engine's news; clones are the same feed.
#[derive(Debug, Clone)]
pub(crate) struct Feed(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    events: broadcast::Sender<Arc<EventMessage>>,
    updates: broadcast::Sender<Arc<Update>>,
}

#[derive(Debug)]
struct State {
    revision: u64,
    events: History,
    updates: VecDeque<Arc<Update>>,
}

impl Feed {
    /// A feed whose revisions are above those of every earlier engine: they begin with the
    /// microseconds since 1970.
    pub fn new() -> Self {
        let revision = u64::try_from(jiff::Timestamp::now().as_microsecond()).unwrap_or(1);
        Self(Arc::new(Inner {
            state: Mutex::new(State {
                revision,
                events: History::new(KEPT_EVENTS),
                updates: VecDeque::new(),
            }),
            events: broadcast::Sender::new(BACKLOG),
            updates: broadcast::Sender::new(BACKLOG),
        }))
    }

    /// The number of the last change.
    pub fn revision(&self) -> u64 {
        self.state().revision
    }

    /// Tells of a change of a row; the revision grows by one.
    pub fn changed(&self, change: Change) {
        let mut state = self.state();
        state.revision += 1;
        let update = Arc::new(Update {
            revision: state.revision,
            change,
        });
        if state.updates.len() == KEPT_UPDATES {
            state.updates.pop_front();
        }
        state.updates.push_back(Arc::clone(&update));
        // Sent under the lock, so that everybody hears changes in the order of their revisions.
        let _ = self.0.updates.send(update);
    }

    /// Tells how far a task is; that is no change of state and is not kept.
    pub fn progress(&self, change: Change) {
        let revision = self.state().revision;
        let _ = self.0.updates.send(Arc::new(Update { revision, change }));
    }

    /// What changes from now on, for the engine's own parts.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Update>> {
        self.0.updates.subscribe()
    }

    /// A container did something. Attributes are its labels, `image`, `name` and what belongs to
    /// the action, such as `exitCode`.
    pub fn container_event(&self, action: &str, id: &str, attributes: BTreeMap<String, String>) {
        let from = attributes.get("image").cloned().unwrap_or_default();
        self.event("container", action, id, from, attributes);
    }

    /// Something happened to an image. Attributes are its labels and `name`, which is the id again
    /// where the action is not about a name.
    pub fn image_event(&self, action: &str, id: &str, name: &str, labels: Labels) {
        let mut attributes = labels;
        attributes.insert("name".to_owned(), name.to_owned());
        self.event("image", action, id, String::new(), attributes);
    }

    /// Something happened to a network with a bridge.
    pub fn network_event(&self, action: &str, id: &str, name: &str) {
        self.network(action, id, name, "bridge", None);
    }

    /// A container came into a network, or left it.
    pub fn member_event(
        &self,
        action: &str,
        (id, name, driver): (&str, &str, &str),
        container: &str,
    ) {
        self.network(action, id, name, driver, Some(container));
    }

    fn network(&self, action: &str, id: &str, name: &str, driver: &str, container: Option<&str>) {
        let mut attributes = BTreeMap::from([
            ("name".to_owned(), name.to_owned()),
            ("type".to_owned(), driver.to_owned()),
        ]);
        if let Some(container) = container {
            attributes.insert("container".to_owned(), container.to_owned());
        }
        self.event("network", action, id, String::new(), attributes);
    }

    /// Something happened to a volume.
    pub fn volume_event(&self, action: &str, name: &str, more: &[(&str, String)]) {
        let mut attributes = BTreeMap::from([("driver".to_owned(), "local".to_owned())]);
        let more = more.iter();
        attributes.extend(more.map(|(key, value)| ((*key).to_owned(), value.clone())));
        self.event("volume", action, name, String::new(), attributes);
    }

    /// What is of this kind was pruned, which gave so many bytes back.
    pub fn pruned(&self, kind: &str, bytes: u64) {
        let attributes = BTreeMap::from([("reclaimed".to_owned(), bytes.to_string())]);
        self.event(kind, "prune", "", String::new(), attributes);
    }

    fn event(
        &self,
        kind: &str,
        action: &str,
        id: &str,
        from: String,
        attributes: BTreeMap<String, String>,
    ) {
        let now = jiff::Timestamp::now();
        // Only of these do old clients know.
        let (status, old_id) = match kind {
            "container" | "image" => (action, id),
            _ => ("", ""),
        };
        let message = Arc::new(EventMessage {
            status: status.to_owned(),
            id: old_id.to_owned(),
            from,
            kind: kind.to_owned(),
            action: action.to_owned(),
            actor: EventActor {
                id: id.to_owned(),
                attributes,
            },
            scope: "local".to_owned(),
            time: now.as_second(),
            time_nano: i64::try_from(now.as_nanosecond()).unwrap_or(i64::MAX),
        });
        let mut state = self.state();
        state.events.push(Arc::clone(&message));
        let _ = self.0.events.send(message);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every critical section leaves the state whole, so a panic elsewhere does not spoil it.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
