//! Texts that were changed and not saved yet: they wait until somebody comes back to them.

use std::collections::HashMap;

use gantry_view::FileStamp;
use leptos::prelude::*;

/// A text that is being changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What was read, and by what that is known again.
    pub before: String,
    pub stamp: FileStamp,
    pub typed: String,
}

/// By container and path; for as long as the window is open.
#[derive(Clone, Copy)]
pub struct Drafts(StoredValue<HashMap<(String, String), Draft>>);

impl Drafts {
    pub fn new() -> Self {
        Self(StoredValue::new(HashMap::new()))
    }

    pub fn of(self, container: &str, path: &str) -> Option<Draft> {
        let key = (container.to_owned(), path.to_owned());
        self.0.with_value(|drafts| drafts.get(&key).cloned())
    }

    /// Keeps what was typed; what is as it was read is no draft.
    pub fn keep(self, container: &str, path: &str, draft: Draft) {
        let key = (container.to_owned(), path.to_owned());
        self.0.update_value(|drafts| {
            if draft.typed == draft.before {
                drafts.remove(&key);
            } else {
                drafts.insert(key, draft);
            }
        });
    }

    /// It was saved, or given up.
    pub fn forget(self, container: &str, path: &str) {
        let key = (container.to_owned(), path.to_owned());
        self.0.update_value(|drafts| {
            drafts.remove(&key);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_waits_until_it_is_saved_or_as_it_was() {
        Owner::new().with(|| {
            let drafts = Drafts::new();
            let draft = |typed: &str| Draft {
                before: "a".to_owned(),
                stamp: FileStamp {
                    modified_at: 0,
                    exact: String::new(),
                    size: 1,
                },
                typed: typed.to_owned(),
            };
            drafts.keep("web", "etc/motd", draft("ab"));
            assert_eq!(drafts.of("web", "etc/motd"), Some(draft("ab")));
            assert_eq!(drafts.of("db", "etc/motd"), None);
            drafts.keep("web", "etc/motd", draft("a"));
            assert_eq!(drafts.of("web", "etc/motd"), None);
            drafts.keep("web", "etc/motd", draft("abc"));
            drafts.forget("web", "etc/motd");
            assert_eq!(drafts.of("web", "etc/motd"), None);
        });
    }
}
