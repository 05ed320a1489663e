//! `/gantry/v1/registry`: what registries have, and how they are talked to. Questions to them are
//! POST, because credentials come along.

use gantry_engine::PullOptions;
use gantry_wire::gantry::{RegistryImage, RegistrySearch, RegistryTags};

use crate::credentials;
use crate::error::Error;
use crate::request::Call;
use crate::response::{self, Response};

pub(super) async fn route(mut call: Call, path: &[&str]) -> Result<Response, Error> {
    match path {
        ["plain"] => {
            let wish = call.json().await?;
            call.engine.allow_plain(wish).await?;
            Ok(response::no_content())
        }
        ["search"] => {
            let mut search: RegistrySearch = call.json().await?;
            let credentials = search.auth.take().and_then(credentials::of);
            let found = call.engine.search_registry(search, credentials).await?;
            Ok(response::ok(&found))
        }
        ["tags"] => {
            let mut wish: RegistryTags = call.json().await?;
            let credentials = wish.auth.take().and_then(credentials::of);
            let page = call.engine.registry_tags(&wish, credentials).await?;
            Ok(response::ok(&page))
        }
        ["image"] => {
            let wish: RegistryImage = call.json().await?;
            let options = PullOptions {
                reference: wish.reference,
                platform: wish.platform,
                credentials: wish.auth.and_then(credentials::of),
                ..PullOptions::default()
            };
            Ok(response::ok(&call.engine.registry_image(options).await?))
        }
        _ => Err(Error::NoSuchPage),
    }
}
