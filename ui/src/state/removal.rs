//! Removing, with six seconds to think again.

use gantry_view::{Failure, RemoveContainer, RemoveImage, Removed, Undo};
use leptos::{prelude::*, task::spawn_local};

use super::{CommandLine, Outcome, Store, Toast, ToastAction, ToastKind, Verb};
use crate::backend;

/// How long the engine waits before it deletes.
const UNDO_MS: u32 = 6000;

impl Store {
    /// Removes containers that are not running, with one offer to take them all back.
    pub fn remove_containers(self, ids: Vec<String>) {
        self.remove_each(ids, false, UNDO_MS);
    }

    /// Kills and removes; the dialog before it has named every loss, so nothing is taken back.
    pub fn remove_forced(self, ids: Vec<String>) {
        self.remove_each(ids, true, 0);
    }

    fn remove_each(self, ids: Vec<String>, force: bool, undo_ms: u32) {
        let names: Vec<String> = ids.iter().map(|id| self.name_of(id)).collect();
        for id in &ids {
            let before = self.containers.get_untracked(id);
            self.verbs.of(id).begin(Verb::Remove, before);
        }
        spawn_local(async move {
            let (mut removed, mut undo, mut kept) = (Vec::new(), Vec::new(), None);
            for (id, name) in ids.iter().zip(&names) {
                let request = RemoveContainer {
                    id: id.clone(),
                    force,
                    volumes: false,
                    undo_ms,
                };
                match backend::call(&request).await {
                    Ok(answer) => {
                        removed.push(name.clone());
                        undo.extend(answer.undo);
                        self.containers.remove(id);
                        self.verbs.forget(id);
                        self.route.update(|route| route.leave_container(id));
                    }
                    Err(failure) => {
                        kept = Some(name.clone());
                        self.verbs.of(id).fail(Verb::Remove, failure);
                    }
                }
            }
            self.tell_removed(&removed, undo, kept, force);
        });
    }

    fn tell_removed(
        self,
        removed: &[String],
        undo: Vec<String>,
        kept: Option<String>,
        force: bool,
    ) {
        let text = self.text();
        let mut words = vec!["rm".to_owned()];
        words.extend(force.then(|| "-f".to_owned()));
        words.extend(removed.iter().cloned());
        if let [first, rest @ ..] = removed {
            let title = text.verbs.removed(first, rest.len());
            self.report(Outcome::Done, title.clone(), Some(CommandLine::new(words)));
            self.offer_undo(title, text.verbs.images_kept().to_owned(), undo);
        }
        if let Some(name) = kept {
            let what = text.verbs.failed(Verb::Remove, &name);
            self.report(Outcome::Failed, what, None);
        }
    }

    /// Removes a name of an image, and the image with its last name; `force` is for what the
    /// dialog has named. The failure is for the caller to show where it was pressed.
    pub async fn remove_image(self, reference: String, force: bool) -> Result<Removed, Failure> {
        let undo_ms = if force { 0 } else { UNDO_MS };
        let answer = backend::call(&RemoveImage {
            reference: reference.clone(),
            force,
            undo_ms,
        })
        .await?;
        let mut words = vec!["rmi"];
        words.extend(force.then_some("-f"));
        words.push(&reference);
        let title = self.text().verbs.removed(&reference, 0);
        let command = CommandLine::new(words);
        self.report(Outcome::Done, title.clone(), Some(command));
        self.offer_undo(
            title,
            String::new(),
            answer.undo.clone().into_iter().collect(),
        );
        Ok(answer)
    }

    fn offer_undo(self, title: String, detail: String, undo: Vec<String>) {
        if undo.is_empty() {
            return;
        }
        let text = self.text();
        let action = ToastAction {
            label: text.common.undo().to_owned(),
            run: Callback::new(move |()| self.take_back(undo.clone())),
        };
        self.toasts.show(
            Toast::new(ToastKind::Ok, title)
                .detail(detail)
                .action(action),
        );
    }

    fn take_back(self, undo: Vec<String>) {
        spawn_local(async move {
            let text = self.text();
            for undo in undo {
                if let Err(failure) = backend::call(&Undo { undo }).await {
                    self.tell_failure(text.verbs.undo_too_late().to_owned(), Some(&failure));
                    return;
                }
            }
            let back = text.verbs.taken_back().to_owned();
            self.report(Outcome::Done, back, None);
        });
    }
}
