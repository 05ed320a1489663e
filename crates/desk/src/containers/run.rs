//! What the run dialog asks for: create, then start; and what it begins with for a container once
//! more.

use gantry_client::{Client, CommitOptions};
use gantry_view::{Again, DraftAgain, Failure, Keep, Like, Ran, RunContainer};
use gantry_wire::{ContainerConfig, ContainerCreate, ContainerInspect, ImageConfig};

use super::{detail::measure, like, name::free_name, options::options, own};
use crate::{Desk, failure::failure};

pub(crate) async fn run(desk: &Desk, mut request: RunContainer) -> Result<Ran, Failure> {
    let client = desk.link().client().await?;
    let start = request.start;
    let name = Some(request.name.clone()).filter(|name| !name.is_empty());
    let mut whole = ContainerCreate::default();
    // What was made on the way is a fact of the failure, so that another try goes on from there.
    let mut committed = None;
    if let Some(Like { id, keep }) = request.like.take() {
        let original = Original::read(&client, &id).await?;
        if keep == Keep::Changes {
            let image = original.commit(&client).await?;
            request.image.clone_from(&image);
            committed = Some(image);
        }
        whole = own::own(&original.container, &original.image);
    }
    let told = |error| {
        let failure = failure(error);
        match &committed {
            Some(image) => failure.with("committed", image),
            None => failure,
        }
    };
    let body = like::join(request, &whole);
    let created = client
        .create_container(name.as_deref(), None, &body)
        .await
        .map_err(told)?;
    // A container that does not start stays in the list with its error, so its id is a fact of
    // the failure.
    let at = |failure: Failure| failure.with("container", &created.id);
    if start {
        let started = client.start(&created.id).await;
        started.map_err(told).map_err(at)?;
    }
    let name = match name {
        Some(name) => name,
        // One that is removed when it ends may be gone already.
        None => match client.inspect_container(&created.id, false).await {
            Ok(inspect) => inspect.name.trim_start_matches('/').to_owned(),
            Err(error) if error.is_not_found() => String::new(),
            Err(error) => return Err(at(failure(error))),
        },
    };
    Ok(Ran {
        id: created.id,
        name,
        warnings: created.warnings,
    })
}

pub(crate) async fn draft_again(desk: &Desk, request: DraftAgain) -> Result<Again, Failure> {
    let client = desk.link().client().await?;
    let id = &request.id;
    let (original, changed_bytes) = tokio::join!(Original::read(&client, id), measure(&client, id));
    let original = original?;
    let (shown, rest) = like::part(own::own(&original.container, &original.image));
    let request = RunContainer {
        name: free_name(&client, original.container.name.trim_start_matches('/')).await?,
        image: original.image_word(&client).await,
        like: Some(Like {
            id: original.container.id.clone(),
            keep: Keep::Image,
        }),
        ..shown
    };
    Ok(Again {
        request,
        carried: options(&rest),
        left_out: own::fixed_addresses(&original.container),
        changed_bytes,
    })
}

/// A container that another one is to be like.
struct Original {
    container: ContainerInspect,
    image: ImageConfig,
}

impl Original {
    async fn read(client: &Client, id: &str) -> Result<Self, Failure> {
        let container = client.inspect_container(id, false).await.map_err(failure)?;
        // The image may be gone by force; then everything counts as the container's own.
        let image = client.inspect_image(&container.image).await.ok();
        Ok(Self {
            image: image.map(|image| image.config).unwrap_or_default(),
            container,
        })
    }

    /// The image by its name while that still means the same one, else by its id.
    async fn image_word(&self, client: &Client) -> String {
        let (name, id) = (&self.container.config.image, &self.container.image);
        match client.inspect_image(name).await {
            Ok(image) if image.id == *id => name.clone(),
            _ => id.clone(),
        }
    }

    /// Makes an image without a name of what it changed; the rest of it is that of its own image,
    /// so that what the new container does not want does not come back through the image.
    async fn commit(&self, client: &Client) -> Result<String, Failure> {
        let image = self.image.clone();
        let options = CommitOptions {
            container: self.container.id.clone(),
            config: Some(Box::new(ContainerConfig {
                image: self.container.config.image.clone(),
                user: image.user,
                exposed_ports: image.exposed_ports,
                env: image.env,
                entrypoint: image.entrypoint,
                cmd: image.cmd,
                volumes: image.volumes,
                working_dir: image.working_dir,
                labels: image.labels,
                stop_signal: image.stop_signal,
                args_escaped: image.args_escaped,
                healthcheck: image.healthcheck,
                on_build: image.on_build,
                shell: image.shell,
                ..ContainerConfig::default()
            })),
            ..CommitOptions::default()
        };
        Ok(client.commit(&options).await.map_err(failure)?.id)
    }
}
