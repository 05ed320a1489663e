//! What floats above the page: one menu, one tooltip, a stack of dialogs.
//!
//! They are drawn by layers at the end of the page, so that no scroller clips them, and are opened
//! through this context from anywhere.

use leptos::prelude::*;

use super::{
    menu::{Anchor, MenuEntry, OpenMenu},
    tooltip::Tip,
};

/// A dialog on the stack.
#[derive(Clone)]
pub(super) struct OpenDialog {
    pub id: u32,
    pub content: ViewFn,
}

/// Opens and closes what floats.
#[derive(Clone, Copy)]
pub struct Layers {
    pub(super) menu: RwSignal<Option<OpenMenu>>,
    pub(super) tip: RwSignal<Option<Tip>>,
    pub(super) dialogs: RwSignal<Vec<OpenDialog>>,
    next: StoredValue<u32>,
}

impl Layers {
    pub fn new() -> Self {
        Self {
            menu: RwSignal::new(None),
            tip: RwSignal::new(None),
            dialogs: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
        }
    }

    /// Opens a menu at a place, in place of the one that may be open.
    pub fn open_menu(self, anchor: Anchor, label: impl Into<String>, entries: Vec<MenuEntry>) {
        self.tip.set(None);
        self.menu.set(Some(OpenMenu {
            anchor,
            label: label.into(),
            entries,
        }));
    }

    pub fn close_menu(self) {
        if self.menu.with_untracked(Option::is_some) {
            self.menu.set(None);
        }
    }

    /// Shows a dialog. Its content is mounted outside of the opener, so it takes values and ids,
    /// never signals that belong to a row.
    pub fn open_dialog<V: IntoView + 'static>(
        self,
        content: impl Fn() -> V + Send + Sync + 'static,
    ) {
        self.tip.set(None);
        self.close_menu();
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        let content = ViewFn::from(move || content().into_any());
        self.dialogs
            .update(|dialogs| dialogs.push(OpenDialog { id, content }));
    }

    /// Closes the topmost dialog.
    pub fn close_dialog(self) {
        self.dialogs.update(|dialogs| {
            dialogs.pop();
        });
    }

    /// How many dialogs lie on each other.
    pub fn depth(self) -> usize {
        self.dialogs.with(Vec::len)
    }

    /// Whether a dialog or a menu has the keyboard.
    pub fn is_open(self) -> bool {
        self.has_dialog() || self.menu.with_untracked(Option::is_some)
    }

    pub fn has_dialog(self) -> bool {
        self.dialogs.with_untracked(|dialogs| !dialogs.is_empty())
    }
}

/// The layers of this window.
///
/// Every component is mounted below the one that provides them.
#[allow(clippy::expect_used)]
pub fn use_layers() -> Layers {
    use_context().expect("the app provides the layers before it mounts anything")
}
