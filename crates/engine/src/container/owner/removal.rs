//! The end of a container's folder.

use std::sync::Arc;

use gantry_wire::ContainerState;

use super::end::AtEnd;
use super::{Owner, Reply, answer};
use crate::container::ending::{Verb, Wish};
use crate::container::record::View;
use crate::container::registry::ReservedName;
use crate::container::signal::SIGKILL;
use crate::container::state::Step;
use crate::core::{Core, with_core};
use crate::image::ImageUse;
use crate::request::RemoveOptions;
use crate::trash::{delete, move_to};
use crate::{Error, Result};

impl Owner {
    pub(super) async fn remove(&mut self, options: RemoveOptions, reply: Reply<()>) {
        match self.may_remove(options) {
            Err(error) => answer(reply, Err(error)),
            Ok(Before::Nothing) => {
                let result = self.remove_now(options.volumes).await;
                answer(reply, result);
            }
            Ok(Before::Kill) => self.kill_then(AtEnd::Remove(options, reply)).await,
        }
    }

    /// Puts the container out of sight and frees its name; the folder stays.
    pub(super) async fn hide(&mut self, options: RemoveOptions, reply: Reply<()>) {
        match self.may_remove(options) {
            Err(error) => answer(reply, Err(error)),
            Ok(Before::Nothing) => {
                let result = self.hide_now(options.volumes).await;
                answer(reply, result);
            }
            Ok(Before::Kill) => self.kill_then(AtEnd::Hide(options, reply)).await,
        }
    }

    pub(super) async fn hide_now(&mut self, volumes: bool) -> Result<()> {
        self.next_start = None;
        self.give_up_start().await;
        self.change(|view| (view.hidden, view.with_volumes) = (true, volumes));
        if let Err(error) = self.save().await {
            self.change(|view| (view.hidden, view.with_volumes) = (false, false));
            self.core.container_changed(&self.now());
            return Err(error);
        }
        let view = self.now();
        self.core.registry.release(&view.name, view.id());
        Ok(())
    }

    pub(super) async fn show(&mut self, name: ReservedName) -> Result<()> {
        self.change(|view| {
            (view.hidden, view.with_volumes) = (false, false);
            view.name = name.name().clone();
        });
        match self.save().await {
            Ok(()) => {
                name.keep();
                Ok(())
            }
            Err(error) => {
                self.change(|view| view.hidden = true);
                Err(error)
            }
        }
    }

    fn may_remove(&self, options: RemoveOptions) -> Result<Before> {
        let view = self.now();
        if view.state.is_running() && !options.force {
            return Err(refusal(&view));
        }
        Ok(if view.state.is_running() {
            Before::Kill
        } else {
            Before::Nothing
        })
    }

    async fn kill_then(&mut self, then: AtEnd) {
        self.change(|view| {
            view.state.stopped_by_user = true;
            view.state.asked = Some(Wish {
                verb: Verb::Kill,
                signal: SIGKILL,
            });
        });
        self.at_end.push(then);
        if self.now().state.status == ContainerState::Restarting {
            return self.give_up_restarting().await;
        }
        self.event("kill", &[("signal", SIGKILL.to_string())]);
        self.ask_to_end(SIGKILL, None).await;
    }

    /// Removes the container: out of the way by a rename, deleted behind it.
    pub(super) async fn remove_now(&mut self, volumes: bool) -> Result<()> {
        self.next_start = None;
        self.give_up_start().await;
        self.step(Step::Removing);
        let view = self.now();
        self.core.container_changed(&view);
        let folder = self.folder.path().to_owned();
        let moved = with_core(&self.core, move |core| {
            let trash = core.host.paths().trash();
            let mut moved = vec![move_to(&trash, &folder)?];
            if volumes {
                let id = view.id().as_str();
                moved.extend(core.volumes.discard_anonymous(id, &view.definition.mounts));
            }
            Ok(moved)
        });
        let moved = match moved.await {
            Ok(moved) => moved,
            Err(error) => {
                self.step(Step::RemovalFailed);
                self.change(|view| view.state.error = error.to_string());
                self.save_or_log().await;
                return Err(error);
            }
        };
        self.change(|view| view.gone = true);
        self.core.execs.forget(self.now().id());
        self.core.stats.forget(self.now().id());
        let view = self.now();
        self.core.registry.remove(view.id(), &view.name);
        self.event("destroy", &[]);
        if !view.hidden {
            self.core.container_changed(&view);
        }
        let core = Arc::clone(&self.core);
        tokio::task::spawn_blocking(move || {
            release(&core, &view);
            delete(&moved);
        });
        Ok(())
    }
}

/// Lets the image go that was removed before its last container.
fn release(core: &Core, view: &View) {
    let Ok(image) = view.definition.image_id.parse() else {
        return;
    };
    let _decided = core.registry.decide();
    if core.store.keeps(&image)
        && let Err(error) = core.store.release(&core.registry.in_use())
    {
        tracing::warn!(%image, %error, "a removed image was not let go");
    }
}

/// What must happen before a removal.
enum Before {
    Nothing,
    Kill,
}

fn refusal(view: &View) -> Error {
    let name = &view.name;
    let status = view.state.status;
    if status == ContainerState::Paused {
        return Error::state(
            "container-paused",
            format!(
                "cannot remove container \"{name}\": container is paused and must be unpaused first"
            ),
        );
    }
    Error::state(
        "container-running",
        format!(
            "cannot remove container \"{name}\": container is {status}: stop the container before removing or force remove"
        ),
    )
}
