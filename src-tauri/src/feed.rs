//! What happens to the window, as a subscription.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use futures_util::StreamExt;
use gantry_desk::Frames;
use gantry_view::{Failure, WindowItem, WindowState};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

/// Items a subscriber may lag behind before it misses some; each is small and comes from a hand.
const BACKLOG: usize = 64;

/// The window's state and the items that tell of its changes.
pub(crate) struct Feed {
    state: Mutex<State>,
    items: broadcast::Sender<WindowItem>,
}

#[derive(Default)]
struct State {
    window: WindowState,
    /// Files to open that no page has been told of yet.
    waiting: Vec<String>,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            items: broadcast::channel(BACKLOG).0,
        }
    }
}

impl Feed {
    /// Tells of something that happened.
    pub(crate) fn tell(&self, item: WindowItem) {
        // Without a subscriber there is nobody to tell.
        let _ = self.items.send(item);
    }

    /// Changes the state and tells of it if it is another one.
    pub(crate) fn update(&self, change: impl FnOnce(&mut WindowState)) {
        let mut state = self.lock();
        let before = state.window.clone();
        change(&mut state.window);
        if state.window != before {
            self.tell(WindowItem::State(state.window.clone()));
        }
    }

    /// Hands files over to be opened, at once or as soon as there is a page.
    pub(crate) fn open(&self, paths: Vec<String>) {
        if paths.is_empty() {
            return;
        }
        let mut state = self.lock();
        if self.items.receiver_count() == 0 {
            state.waiting.extend(paths);
        } else {
            self.tell(WindowItem::Open { paths });
        }
    }

    /// The state, files that wait to be opened, then everything that happens.
    pub(crate) fn subscribe(&self) -> Frames {
        let mut state = self.lock();
        let mut first = vec![WindowItem::State(state.window.clone())];
        if !state.waiting.is_empty() {
            let paths = std::mem::take(&mut state.waiting);
            first.push(WindowItem::Open { paths });
        }
        // Items that were missed by lagging are skipped: each later state is whole.
        let later = BroadcastStream::new(self.items.subscribe())
            .filter_map(|item| std::future::ready(item.ok()));
        Frames::new(
            futures_util::stream::iter(first)
                .chain(later)
                .map(Ok::<_, Failure>),
        )
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Paths as the page is told them.
pub(crate) fn texts<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Vec<String> {
    let texts = paths
        .into_iter()
        .map(|path| path.as_ref().to_string_lossy().into_owned());
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn next(frames: &mut Frames) -> Vec<WindowItem> {
        let frame = frames.next().await.expect("a frame");
        serde_json::from_slice(&frame).expect("items")
    }

    #[tokio::test]
    async fn files_wait_for_the_first_page() {
        let feed = Feed::default();
        feed.open(vec!["/a.tar".into()]);
        let mut frames = feed.subscribe();
        let items = next(&mut frames).await;
        assert_eq!(items.len(), 2);
        assert_eq!(
            items[1],
            WindowItem::Open {
                paths: vec!["/a.tar".into()]
            }
        );
        feed.open(vec!["/b.tar".into()]);
        assert_eq!(
            next(&mut frames).await,
            [WindowItem::Open {
                paths: vec!["/b.tar".into()]
            }]
        );
    }

    #[tokio::test]
    async fn only_a_change_of_the_state_is_told() {
        let feed = Feed::default();
        let mut frames = feed.subscribe();
        next(&mut frames).await;
        feed.update(|state| state.focused = false);
        feed.update(|state| state.maximized = true);
        let items = next(&mut frames).await;
        let maximized = WindowState {
            maximized: true,
            ..WindowState::default()
        };
        assert_eq!(items, [WindowItem::State(maximized)]);
    }
}
