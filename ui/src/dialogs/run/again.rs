//! A container once more: the form filled from it, which files it begins with, and what is carried
//! along unseen.

use std::sync::Arc;

use gantry_view::{Again, Keep, Like, RemoveImage, RunPort};
use leptos::{prelude::*, task::spawn_local};

use super::{
    form::{Form, Network},
    pairs::Pairs,
};
use crate::{
    backend,
    dialogs::free_port_from,
    i18n::{Run, use_text},
    parts::Switch,
    state::quoted,
};

impl Form {
    /// Fills every field from a container.
    pub(super) fn fill(self, again: Again) {
        let request = again.request.clone();
        let line: Vec<String> = request.command.iter().map(|word| quoted(word)).collect();
        self.image.set(request.image);
        self.name.set(request.name);
        self.command.set(line.join(" "));
        self.entrypoint.set(request.entrypoint);
        self.user.set(request.user);
        self.working_dir.set(request.working_dir);
        for (name, value) in &request.env {
            self.add_pair(Pairs::Variables, name, value);
        }
        for (name, value) in &request.labels {
            self.add_pair(Pairs::Labels, name, value);
        }
        for mount in request.mounts {
            self.put_mount(mount);
        }
        self.network.set(Network::of(&request.network));
        self.alias.set(request.aliases.join(" "));
        for port in &request.ports {
            self.put_port(port);
        }
        let (cpu, memory) = (request.cpu_millis, request.memory_bytes);
        self.limits.fill(cpu, memory, request.restart);
        self.tty.set(request.tty);
        self.open_stdin.set(request.open_stdin);
        self.auto_remove.set(request.auto_remove);
        self.again.set(Some(Arc::new(again)));
    }

    /// A port of this computer that is taken, by that container above all, gives way to the next.
    fn put_port(self, port: &RunPort) {
        let host = untrack(|| {
            let mine = self.host_ports();
            free_port_from(self.store, port.host, &port.protocol, &mine)
        });
        let host = host.unwrap_or(port.host).to_string();
        let fields = self.add_port(&host, &port.container.to_string(), &port.protocol);
        fields.open.set(port.address.is_empty());
    }

    /// The container that this one is to be like; an image that was made of it is made once.
    pub(super) fn like(self) -> Option<Like> {
        let like = self.again.get()?.request.like.clone()?;
        let is_made = self.committed.with(Option::is_some);
        Some(Like {
            keep: if self.keeps.get() && !is_made {
                Keep::Changes
            } else {
                Keep::Image
            },
            ..like
        })
    }

    /// The name of that container.
    pub(super) fn original(self) -> String {
        let again = self.again.get();
        let like = again.as_ref().and_then(|again| again.request.like.as_ref());
        like.map(|like| self.store.name_of(&like.id))
            .unwrap_or_default()
    }

    pub(super) fn title(self, words: Run) -> String {
        if self.again.with_untracked(Option::is_none) {
            return words.title().to_owned();
        }
        words.title_again(&untrack(|| self.original()))
    }
}

/// Takes back an image without a name that was made for a container that never came. One that a
/// container stands on stays.
pub fn forget(image: Option<String>) {
    let Some(reference) = image else { return };
    spawn_local(async move {
        let request = RemoveImage {
            reference,
            force: false,
            undo_ms: 0,
        };
        let _ = backend::call(&request).await;
    });
}

/// Whether it begins with the image's files or with what the container made of them.
#[component]
pub fn Files(form: Form) -> impl IntoView {
    let text = use_text();
    let words = text.run;
    // Another choice is another image.
    Effect::new(move |before: Option<bool>| {
        let keeps = form.keeps.get();
        if before.is_some_and(|before| before != keeps) {
            forget(form.committed.get_untracked());
            form.committed.set(None);
        }
        keeps
    });
    form.again.get_untracked().map(|again| {
        let hint = again.changed_bytes.map(|bytes| {
            let told = words.keep_changed(&text.size(bytes));
            view! { <span class="t3">{told}</span> }
        });
        view! {
            <div class="row">
                <Switch on=form.keeps label=words.keep_changes() test="run-keep">
                    {hint}
                </Switch>
            </div>
        }
    })
}

/// What the container has and this dialog has no field for.
#[component]
pub fn Carried(form: Form) -> impl IntoView {
    let words = use_text().run;
    form.again.get_untracked().map(|again| {
        let carried: Vec<String> = again.carried.iter().map(|word| quoted(word)).collect();
        let carried = (!carried.is_empty()).then(|| {
            view! {
                <div class="field">
                    <span class="label">{words.carried()}</span>
                    <code class="t2 run-carried" data-test="run-carried">
                        {carried.join(" ")}
                    </code>
                </div>
            }
        });
        let left_out = (!again.left_out.is_empty()).then(|| {
            let told = words.left_out(&again.left_out.join(", "));
            view! {
                <p class="hint hint--warn" data-test="run-left-out">
                    {told}
                </p>
            }
        });
        view! {
            {carried}
            {left_out}
        }
    })
}
