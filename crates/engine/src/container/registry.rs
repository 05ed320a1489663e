//! All containers by id and by name.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gantry_oci::ImageId;
use gantry_store::InUse;
use tokio::sync::{mpsc, watch};

use super::id::ContainerId;
use super::image_claims::ImageClaims;
use super::inside::Gate;
use super::name::ContainerName;
use super::owner::Command;
use super::record::View;
use crate::image::{ImageUse, ImageUser};
use crate::volume::VolumeUse;
use crate::{Error, Result};

/// How to reach a container's owner and what it published last.
#[derive(Debug, Clone)]
pub(crate) struct Handle {
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) view: watch::Receiver<Arc<View>>,
    pub(crate) gate: Gate,
}

impl Handle {
    /// The container as it is now.
    pub(crate) fn now(&self) -> Arc<View> {
        Arc::clone(&self.view.borrow())
    }
}

/// The containers of this engine. Names are reserved before their container exists.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    index: Arc<Mutex<Index>>,
    /// There are containers on disk that could not be read.
    in_part: AtomicBool,
    pub(crate) images: ImageClaims,
}

#[derive(Debug, Default)]
struct Index {
    containers: BTreeMap<ContainerId, Handle>,
    names: HashMap<ContainerName, ContainerId>,
}

/// A name that belongs to a container to be; free again when dropped without [`Self::keep`].
#[derive(Debug)]
pub(crate) struct ReservedName {
    name: ContainerName,
    id: ContainerId,
    index: Arc<Mutex<Index>>,
    kept: bool,
}

impl ReservedName {
    pub(crate) fn name(&self) -> &ContainerName {
        &self.name
    }

    /// The name stays taken for as long as its container lives.
    pub(crate) fn keep(mut self) -> ContainerName {
        self.kept = true;
        self.name.clone()
    }
}

impl Drop for ReservedName {
    fn drop(&mut self) {
        if !self.kept {
            lock(&self.index).release(&self.name, &self.id);
        }
    }
}

impl Index {
    /// Frees a name if it still belongs to the container.
    fn release(&mut self, name: &ContainerName, id: &ContainerId) {
        if self.names.get(name) == Some(id) {
            self.names.remove(name);
        }
    }
}

impl Registry {
    /// Takes a name for a container.
    pub(crate) fn reserve(&self, name: ContainerName, id: &ContainerId) -> Result<ReservedName> {
        let mut index = self.lock();
        if let Some(holder) = index.names.get(&name) {
            return Err(Error::NameInUse {
                name: name.as_str().to_owned(),
                holder: holder.as_str().to_owned(),
            });
        }
        index.names.insert(name.clone(), id.clone());
        Ok(ReservedName {
            name,
            id: id.clone(),
            index: Arc::clone(&self.index),
            kept: false,
        })
    }

    /// Takes a free random name.
    pub(crate) fn reserve_random(&self, id: &ContainerId) -> Result<ReservedName> {
        (0..20)
            .find_map(|attempt| self.reserve(ContainerName::random(attempt / 4), id).ok())
            .ok_or_else(|| Error::Internal("no free name found".to_owned()))
    }

    /// Frees a name that its container no longer uses.
    pub(crate) fn release(&self, name: &ContainerName, id: &ContainerId) {
        self.lock().release(name, id);
    }

    /// Of some containers nobody knows what they need, so all that could be theirs stays.
    pub(crate) fn lacks_some(&self) {
        self.in_part.store(true, Ordering::Relaxed);
    }

    pub(crate) fn insert(&self, id: ContainerId, handle: Handle) {
        self.lock().containers.insert(id, handle);
    }

    /// Forgets a container and frees its name.
    pub(crate) fn remove(&self, id: &ContainerId, name: &ContainerName) {
        let mut index = self.lock();
        index.containers.remove(id);
        index.release(name, id);
    }

    /// Forgets everything, which ends the owners once their requests are done.
    pub(crate) fn clear(&self) {
        *self.lock() = Index::default();
    }

    /// Every container, hidden ones too.
    pub(crate) fn all(&self) -> Vec<Handle> {
        self.lock().containers.values().cloned().collect()
    }

    /// What is listed: every container that is not removed, the newest first.
    pub(crate) fn views(&self) -> Vec<Arc<View>> {
        let mut views: Vec<_> = self.all().iter().map(Handle::now).collect();
        views.retain(|view| !view.hidden && !view.gone);
        views.sort_by_key(|view| std::cmp::Reverse(view.definition.created));
        views
    }

    /// Finds a container by full id, by name, or by a prefix of its id, in Docker's order.
    pub(crate) fn find(&self, text: &str) -> Result<Handle> {
        let missing = || Error::NoSuchContainer(text.to_owned());
        let index = self.lock();
        let visible = |id: &ContainerId| {
            let handle = index.containers.get(id)?;
            let view = handle.view.borrow();
            (!view.hidden && !view.gone).then(|| handle.clone())
        };
        if let Ok(id) = ContainerId::parse(text)
            && let Some(handle) = visible(&id)
        {
            return Ok(handle);
        }
        if let Ok(name) = ContainerName::parse(text)
            && let Some(handle) = index.names.get(&name).and_then(visible)
        {
            return Ok(handle);
        }
        if text.is_empty() {
            return Err(missing());
        }
        let mut found = index
            .containers
            .keys()
            .filter(|id| id.as_str().starts_with(text))
            .filter_map(visible);
        match (found.next(), found.next()) {
            (None, _) => Err(missing()),
            (Some(handle), None) => Ok(handle),
            (Some(_), Some(_)) => Err(Error::AmbiguousContainer(text.to_owned())),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Index> {
        lock(&self.index)
    }
}

impl ImageUse for Registry {
    fn users_of(&self, image: &ImageId) -> Vec<ImageUser> {
        // Claims first: one that ends meanwhile has become a container.
        let mut users = self.images.users_of(image);
        let image = image.to_string();
        let views = self.views();
        let views = views.iter().filter(|view| {
            view.definition.image_id == image
                && users.iter().all(|user| user.id != view.id().as_str())
        });
        let made: Vec<_> = views
            .map(|view| ImageUser {
                id: view.id().as_str().to_owned(),
                running: view.state.is_running(),
            })
            .collect();
        users.extend(made);
        users
    }

    /// Hidden containers count: they may come back.
    fn in_use(&self) -> InUse {
        let mut in_use = InUse {
            everything: self.in_part.load(Ordering::Relaxed),
            ..InUse::default()
        };
        self.images.add_to(&mut in_use);
        for handle in self.all() {
            let view = handle.now();
            in_use
                .images
                .extend(view.definition.image_id.parse::<ImageId>());
            in_use.layers.extend(&view.definition.layers);
        }
        in_use
    }

    fn decide(&self) -> MutexGuard<'_, ()> {
        self.images.decide()
    }
}

impl VolumeUse for Registry {
    fn knows_all(&self) -> bool {
        !self.in_part.load(Ordering::Relaxed)
    }

    /// Hidden containers count: they may come back.
    fn users_of_volume(&self, name: &str) -> Vec<String> {
        let uses = |view: &Arc<View>| {
            let mounts = &view.definition.mounts;
            !view.gone && mounts.iter().any(|mount| mount.name == name)
        };
        let views = self.all().into_iter().map(|handle| handle.now());
        let users = views.filter(uses);
        users.map(|view| view.id().as_str().to_owned()).collect()
    }
}

fn lock(index: &Mutex<Index>) -> MutexGuard<'_, Index> {
    // No code that could panic halfway through a change runs under the lock.
    index.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::view;
    use super::*;

    fn add(registry: &Registry, name: &str) -> (ContainerId, watch::Sender<Arc<View>>) {
        let mut view = view();
        let id = view.id().clone();
        view.name = registry
            .reserve(ContainerName::parse(name).unwrap(), &id)
            .unwrap()
            .keep();
        let (sender, receiver) = watch::channel(Arc::new(view));
        let (commands, _) = mpsc::channel(1);
        registry.insert(
            id.clone(),
            Handle {
                commands,
                view: receiver,
                gate: Gate::default(),
            },
        );
        (id, sender)
    }

    #[test]
    fn containers_are_found_by_id_prefix_and_name() {
        let registry = Registry::default();
        let (id, _keep) = add(&registry, "web");
        for text in [id.as_str(), id.short(), "web", "/web"] {
            assert_eq!(registry.find(text).unwrap().now().id(), &id);
        }
        assert!(matches!(
            registry.find("other"),
            Err(Error::NoSuchContainer(_))
        ));
        assert!(matches!(registry.find(""), Err(Error::NoSuchContainer(_))));
    }

    #[test]
    fn a_name_is_taken_once_and_free_again_when_given_up() {
        let registry = Registry::default();
        let (id, _keep) = add(&registry, "web");
        let name = || ContainerName::parse("web").unwrap();
        let refused = registry.reserve(name(), &ContainerId::random());
        assert!(matches!(refused, Err(Error::NameInUse { holder, .. }) if holder == id.as_str()));
        registry.remove(&id, &name());
        drop(registry.reserve(name(), &id).unwrap());
        registry.reserve(name(), &id).unwrap();
    }

    #[test]
    fn a_hidden_container_is_not_found() {
        let registry = Registry::default();
        let (id, sender) = add(&registry, "web");
        sender.send_modify(|view| Arc::make_mut(view).hidden = true);
        assert!(registry.find(id.as_str()).is_err());
        assert!(registry.views().is_empty());
        assert_eq!(registry.all().len(), 1);
    }
}
