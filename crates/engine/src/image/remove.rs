//! `docker rmi`, and its slower sister with time to think again.

use std::sync::Arc;
use std::time::Duration;

use gantry_oci::{ImageId, Reference};
use gantry_store::{RemoveOptions, RemovePlan, Removed, Store};
use gantry_wire::{ImageDeleteItem, gantry};

use super::pending::Removal;
use super::{ImageUse, ImageUser, Images, find};
use crate::core::to_the_end;
use crate::feed::Labels;
use crate::request::ImageRemoval;
use crate::{Error, Result};

impl Images {
    /// Takes a name away, and the image with its last name.
    ///
    /// A container that uses the image forbids it: a stopped one unless forced, a running one
    /// always. A forced image stays out of sight as long as a container stands on it.
    pub async fn remove(&self, name: &str, how: ImageRemoval) -> Result<Vec<ImageDeleteItem>> {
        let (this, name) = (self.clone(), name.to_owned());
        to_the_end(async move { this.remove_and_tell(name, how).await }).await
    }

    async fn remove_and_tell(
        &self,
        name: String,
        how: ImageRemoval,
    ) -> Result<Vec<ImageDeleteItem>> {
        let labels = self.resolve(&name).await?.config.config.labels.clone();
        let containers = Arc::clone(&self.containers);
        let removed = self.blocking(move |store| {
            let _decided = containers.decide();
            let (plan, users) = check(store, &*containers, &name, how)?;
            let running = users.iter().any(|user| user.running);
            let removed = if how.force && !plan.by_id && plan.deletes && running {
                // Docker takes a forced name away under a running container and keeps the image.
                untag(store, plan.untagged)?
            } else {
                let options = RemoveOptions {
                    force: how.force,
                    keep_parents: how.keep_parents,
                    keep: containers.in_use(),
                };
                store.remove(&name, options)?
            };
            Ok((plan.image, removed))
        });
        let (id, removed) = removed.await?;
        self.announce(id, &removed, labels.unwrap_or_default())
            .await;
        Ok(removed.into_iter().map(item).collect())
    }

    /// Hides what [`remove`](Self::remove) would remove, and removes it when nobody wants it back.
    pub async fn remove_later(&self, request: gantry::RemoveImage) -> Result<gantry::Removed> {
        let this = self.clone();
        to_the_end(async move { this.hide_and_remove(request).await }).await
    }

    async fn hide_and_remove(&self, request: gantry::RemoveImage) -> Result<gantry::Removed> {
        let wait = request.undo_ms.unwrap_or(0);
        if wait == 0 {
            let lines = self
                .remove(&request.image, ImageRemoval::forced(request.force))
                .await?;
            return Ok(gantry::Removed {
                lines: lines.iter().map(line).collect(),
                ..gantry::Removed::default()
            });
        }
        let id = self.resolve(&request.image).await?.id;
        let (target, how) = (request.image.clone(), ImageRemoval::forced(request.force));
        let containers = Arc::clone(&self.containers);
        let (plan, _) = self
            .blocking(move |store| check(store, &*containers, &target, how))
            .await?;
        if !plan.deletes {
            // A name alone is given back by giving it again.
            return self
                .untag_later(&request, id, Duration::from_millis(wait))
                .await;
        }
        let removal = Removal {
            image: id,
            named: request.image,
            force: request.force,
        };
        self.remember(removal.clone()).await?;
        self.hidden.insert(id);
        self.tell(id).await;
        let (this, that, taken_back) = (self.clone(), self.clone(), removal.clone());
        Ok(self.undo.later(
            Duration::from_millis(wait),
            async move { this.finish_removal(removal).await },
            async move {
                that.forget(taken_back).await;
                that.hidden.remove(&id);
                that.tell(id).await;
            },
        ))
    }

    /// Finishes the removals that were waiting when an earlier engine ended: they were acknowledged.
    pub async fn finish_removals(&self) {
        for removal in self.pending.all() {
            self.finish_removal(removal).await;
        }
    }

    /// Lets a removal happen that nobody took back.
    async fn finish_removal(&self, removal: Removal) {
        let id = removal.image;
        self.hidden.remove(&id);
        // The name may mean another image by now, which nobody asked to remove.
        let target = match self.resolve(&removal.named).await {
            Ok(image) if image.id == id => removal.named.clone(),
            _ => id.to_string(),
        };
        match self
            .remove(&target, ImageRemoval::forced(removal.force))
            .await
        {
            Ok(_) | Err(Error::NoSuchImage(_)) => {}
            Err(error) => {
                tracing::warn!(image = %id, %error, "the delayed removal did not happen");
                self.tell(id).await;
            }
        }
        self.forget(removal).await;
    }

    async fn remember(&self, removal: Removal) -> Result<()> {
        let pending = self.pending.clone();
        self.blocking(move |_| pending.add(removal)).await
    }

    async fn forget(&self, removal: Removal) {
        let pending = self.pending.clone();
        let forgotten = self.blocking(move |_| {
            pending.forget(&removal);
            Ok(())
        });
        // Only a runtime that ends refuses; the next engine forgets it then.
        let _ = forgotten.await;
    }

    /// Takes a name away at once; undoing it gives the name back.
    async fn untag_later(
        &self,
        request: &gantry::RemoveImage,
        id: ImageId,
        wait: Duration,
    ) -> Result<gantry::Removed> {
        let lines = self
            .remove(&request.image, ImageRemoval::forced(request.force))
            .await?;
        let names: Vec<String> = lines
            .iter()
            .filter_map(|line| match line {
                ImageDeleteItem::Untagged(name) => Some(name.clone()),
                ImageDeleteItem::Deleted(_) => None,
            })
            .collect();
        let this = self.clone();
        let removed = self.undo.later(wait, async {}, async move {
            for name in names {
                if this.resolve(&name).await.is_ok() {
                    tracing::info!(image = %id, name, "another image has the name by now");
                } else if let Err(error) = this.tag(&id.to_string(), &name).await {
                    tracing::warn!(image = %id, name, %error, "the name could not be given back");
                }
            }
        });
        Ok(gantry::Removed {
            lines: lines.iter().map(line).collect(),
            ..removed
        })
    }

    async fn announce(&self, id: ImageId, removed: &[Removed], labels: Labels) {
        let text = id.to_string();
        for line in removed {
            match line {
                Removed::Untagged(_) => {
                    self.feed.image_event("untag", &text, &text, labels.clone());
                }
                // The image's own line; the others are its layers. Labels went with it.
                Removed::Deleted(gone) if *gone == text => {
                    self.feed.image_event("delete", gone, gone, Labels::new());
                }
                Removed::Deleted(_) => {}
            }
        }
        self.tell(id).await;
    }
}

/// What a removal would do and who uses the image, or why it may not happen.
fn check(
    store: &Store,
    containers: &dyn ImageUse,
    name: &str,
    how: ImageRemoval,
) -> Result<(RemovePlan, Vec<ImageUser>)> {
    find(store, name)?;
    let options = RemoveOptions {
        force: how.force,
        ..RemoveOptions::default()
    };
    let plan = store.plan_remove(name, options)?;
    let users = containers.users_of(&plan.image);
    // The last name of an image that is another's parent only goes; a container keeps it all the same.
    let last_name = !plan.by_id && store.image(&plan.image)?.names.len() == 1;
    if plan.deletes || last_name {
        permit(name, &plan, &users, how.force && !how.unused_only)?;
    }
    Ok((plan, users))
}

fn untag(store: &Store, names: Vec<Reference>) -> Result<Vec<Removed>> {
    let mut removed = Vec::new();
    for name in names {
        if store.untag(&name)? {
            removed.push(Removed::Untagged(name.familiar()));
        }
    }
    Ok(removed)
}

/// Docker's rules, in Docker's words.
fn permit(name: &str, plan: &RemovePlan, users: &[ImageUser], force: bool) -> Result<()> {
    let in_use = |user: &ImageUser, message: String| {
        Err(Error::ImageInUse {
            image: name.to_owned(),
            container: Some(user.id.clone()),
            message,
        })
    };
    let short = plan.image.short();
    let container = |user: &ImageUser| user.id.chars().take(12).collect::<String>();
    if !plan.by_id
        && !force
        && let Some(user) = users.first()
    {
        let message = format!(
            "conflict: unable to remove repository reference \"{name}\" (must force) - container {} is using its referenced image {short}",
            container(user)
        );
        return in_use(user, message);
    }
    if let Some(user) = users.iter().find(|user| user.running)
        && plan.by_id
    {
        let message = format!(
            "conflict: unable to delete {short} (cannot be forced) - image is being used by running container {}",
            container(user)
        );
        return in_use(user, message);
    }
    match users.first() {
        Some(user) if !force => {
            let message = format!(
                "conflict: unable to delete {short} (must be forced) - image is being used by stopped container {}",
                container(user)
            );
            in_use(user, message)
        }
        _ => Ok(()),
    }
}

fn item(removed: Removed) -> ImageDeleteItem {
    match removed {
        Removed::Untagged(name) => ImageDeleteItem::Untagged(name),
        Removed::Deleted(id) => ImageDeleteItem::Deleted(id),
    }
}

/// As Docker's client prints it.
fn line(item: &ImageDeleteItem) -> String {
    match item {
        ImageDeleteItem::Untagged(name) => format!("Untagged: {name}"),
        ImageDeleteItem::Deleted(id) => format!("Deleted: {id}"),
    }
}

#[cfg(test)]
mod tests {
    use gantry_oci::Digest;

    use super::*;

    fn plan(by_id: bool) -> RemovePlan {
        RemovePlan {
            image: ImageId::from(Digest::of(b"image")),
            untagged: Vec::new(),
            deletes: true,
            by_id,
        }
    }

    fn user(running: bool) -> ImageUser {
        ImageUser {
            id: "c".repeat(64),
            running,
        }
    }

    fn refusal(by_id: bool, users: &[ImageUser], force: bool) -> String {
        let error = permit("web:1", &plan(by_id), users, force).unwrap_err();
        assert_eq!(error.code(), "image-in-use");
        error.to_string()
    }

    #[test]
    fn a_running_container_forbids_even_by_force() {
        let running = [user(false), user(true)];
        assert!(refusal(true, &running, true).contains(
            "(cannot be forced) - image is being used by running container cccccccccccc"
        ));
        assert!(
            permit("web:1", &plan(false), &running, true).is_ok(),
            "only the name goes"
        );
    }

    #[test]
    fn a_stopped_container_forbids_unless_forced() {
        let stopped = [user(false)];
        assert!(
            refusal(true, &stopped, false)
                .contains("(must be forced) - image is being used by stopped container")
        );
        assert!(
            refusal(false, &stopped, false)
                .contains("unable to remove repository reference \"web:1\" (must force)")
        );
        assert!(permit("web:1", &plan(false), &stopped, true).is_ok());
        assert!(permit("web:1", &plan(false), &[], false).is_ok());
    }
}
