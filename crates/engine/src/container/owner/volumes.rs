//! What Docker's clients hear of a container's volumes: mounted at its start, let go at its end.

use gantry_wire::MountPoint;

use super::Owner;

impl Owner {
    pub(super) fn tell_mounted(&self) {
        self.tell_volumes("mount", |mount| {
            vec![
                ("destination", mount.destination.clone()),
                ("read/write", mount.rw.to_string()),
                ("propagation", mount.propagation.clone()),
            ]
        });
    }

    pub(super) fn tell_unmounted(&self) {
        self.tell_volumes("unmount", |_| Vec::new());
    }

    fn tell_volumes(
        &self,
        action: &str,
        more: impl Fn(&MountPoint) -> Vec<(&'static str, String)>,
    ) {
        let view = self.now();
        let mounts = view.definition.mounts.iter();
        for mount in mounts.filter(|mount| mount.r#type == "volume") {
            let mut attributes = more(mount);
            attributes.push(("container", view.id().as_str().to_owned()));
            self.core
                .feed
                .volume_event(action, &mount.name, &attributes);
        }
    }
}
