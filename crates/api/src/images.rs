//! `/images` and `/distribution`. Names contain slashes, so the verb is the last segment.

use futures_util::StreamExt;
use gantry_engine::{
    ImageQuery, ImageRemoval, ImageSearch, ImportOptions, PullOptions, PushOptions,
};
use hyper::{Method, StatusCode};

use crate::containers::{changes, reference};
use crate::error::Error;
use crate::request::Call;
use crate::response::{self, Response};
use crate::{body, credentials};

/// Finds the handler of a path below `/images`.
pub(crate) async fn route(call: Call, path: &[&str]) -> Result<Response, Error> {
    match (&call.method, path) {
        (&Method::GET, ["json"]) => list(&call).await,
        (&Method::GET, ["search"]) => search(&call).await,
        (&Method::GET, ["get"]) => save(&call, call.query.all("names")).await,
        (&Method::POST, ["create"]) => create(call).await,
        (&Method::POST, ["load"]) => load(call).await,
        (&Method::POST, ["prune"]) => prune(&call).await,
        (&Method::GET, [name @ .., "json"]) => inspect(&call, &name.join("/")).await,
        (&Method::GET, [name @ .., "history"]) => history(&call, &name.join("/")).await,
        (&Method::GET, [name @ .., "get"]) => {
            save(&call, std::iter::once(name.join("/").as_str())).await
        }
        (&Method::POST, [name @ .., "tag"]) => tag(&call, &name.join("/")).await,
        (&Method::POST, [name @ .., "push"]) => push(&call, &name.join("/")).await,
        (&Method::DELETE, [_, ..]) => remove(&call, &path.join("/")).await,
        _ => Err(Error::NoSuchPage),
    }
}

async fn list(call: &Call) -> Result<Response, Error> {
    let query = ImageQuery {
        all: call.query.flag("all"),
        shared_size: call.query.flag("shared-size"),
        filters: call.query.filters()?,
    };
    Ok(response::ok(&call.engine.list_images(&query).await?))
}

async fn search(call: &Call) -> Result<Response, Error> {
    let search = ImageSearch {
        term: call.query.get("term").unwrap_or_default().to_owned(),
        limit: call.query.number("limit")?,
        filters: call.query.filters()?,
        credentials: credentials::from_header(&call.headers),
    };
    Ok(response::ok(&call.engine.search_images(&search).await?))
}

/// `/distribution/{name}/json`.
pub(crate) async fn distribution(call: Call, path: &[&str]) -> Result<Response, Error> {
    let (&Method::GET, [name @ .., "json"]) = (&call.method, path) else {
        return Err(Error::NoSuchPage);
    };
    let credentials = credentials::from_header(&call.headers);
    let found = call
        .engine
        .inspect_distribution(name.join("/"), credentials)
        .await?;
    Ok(response::ok(&found))
}

async fn inspect(call: &Call, name: &str) -> Result<Response, Error> {
    check_platform(call, name).await?;
    Ok(response::ok(&call.engine.inspect_image(name).await?))
}

async fn history(call: &Call, name: &str) -> Result<Response, Error> {
    check_platform(call, name).await?;
    Ok(response::ok(&call.engine.image_history(name).await?))
}

/// Clients send a platform as the object that an index has: `{"os": "linux", …}`.
async fn check_platform(call: &Call, name: &str) -> Result<(), Error> {
    let Some(text) = call.query.get("platform") else {
        return Ok(());
    };
    let platform: serde_json::Value = serde_json::from_str(text)
        .map_err(|error| Error::BadRequest(format!("failed to parse platform: {error}")))?;
    let words = ["os", "architecture", "variant"].map(|key| platform[key].as_str());
    let words: Vec<_> = words
        .into_iter()
        .flatten()
        .filter(|word| !word.is_empty())
        .collect();
    call.engine.check_platform(name, &words.join("/")).await?;
    Ok(())
}

/// Import and pull.
async fn create(call: Call) -> Result<Response, Error> {
    match call.query.get("fromSrc") {
        Some("-") => import(call).await,
        Some(_) => Err(Error::NotImplemented("import from a URL")),
        None => pull(&call).await,
    }
}

/// Tells of the layers as they come. Without a tag all tags are meant.
async fn pull(call: &Call) -> Result<Response, Error> {
    let query = &call.query;
    let Some(image) = query.get("fromImage") else {
        return Err(Error::BadRequest("no image is named".to_owned()));
    };
    let options = PullOptions {
        reference: named(image, query.get("tag")),
        all_tags: query.get("tag").is_none(),
        platform: query.get("platform").map(str::to_owned),
        credentials: credentials::from_header(&call.headers),
    };
    Ok(response::lines(call.engine.pull_image(options).await?))
}

/// Tells of the layers as they go. Without a tag all tags are meant.
async fn push(call: &Call, name: &str) -> Result<Response, Error> {
    let tag = call.query.get("tag");
    check_platform(call, &named(name, tag)).await?;
    let options = PushOptions {
        reference: named(name, tag),
        all_tags: tag.is_none(),
        credentials: credentials::from_header(&call.headers),
    };
    Ok(response::lines(call.engine.push_image(options).await?))
}

/// A name with what Docker's clients send beside it: a tag or a digest.
fn named(image: &str, tag: Option<&str>) -> String {
    match tag {
        Some(digest) if digest.contains(':') => format!("{image}@{digest}"),
        Some(tag) => format!("{image}:{tag}"),
        None => image.to_owned(),
    }
}

/// Reads the root file system while the client sends it.
async fn import(call: Call) -> Result<Response, Error> {
    let query = &call.query;
    let options = ImportOptions {
        reference: reference(
            query.get("repo").filter(|repo| !repo.is_empty()),
            query.get("tag").filter(|tag| !tag.is_empty()),
        ),
        message: query.get("message").unwrap_or_default().to_owned(),
        changes: changes(query),
        platform: query.get("platform").map(str::to_owned),
    };
    let progress = call.engine.import_image(body::reader(call.body), options);
    Ok(response::lines(progress.await?))
}

/// Reads the archive while the client sends it: nothing is kept aside.
async fn load(call: Call) -> Result<Response, Error> {
    let quiet = call.query.flag("quiet");
    let progress = call.engine.load_images(body::reader(call.body)).await?;
    let progress = progress.filter(move |message| {
        let matters = !message.stream.is_empty() || message.error_detail.is_some();
        std::future::ready(matters || !quiet)
    });
    Ok(response::lines(progress))
}

async fn save<'a>(call: &Call, names: impl Iterator<Item = &'a str>) -> Result<Response, Error> {
    let names: Vec<String> = names.map(str::to_owned).collect();
    if names.is_empty() {
        return Err(Error::BadRequest("no image is named".to_owned()));
    }
    for name in &names {
        check_platform(call, name).await?;
    }
    let archive = call.engine.save_images(&names).await?;
    Ok(response::bytes("application/x-tar", archive))
}

async fn tag(call: &Call, name: &str) -> Result<Response, Error> {
    let Some(reference) = reference(call.query.get("repo"), call.query.get("tag")) else {
        return Err(Error::BadRequest(
            "invalid reference format: repository name must not be empty".to_owned(),
        ));
    };
    call.engine.tag_image(name, &reference).await?;
    Ok(response::empty(StatusCode::CREATED))
}

async fn remove(call: &Call, name: &str) -> Result<Response, Error> {
    let how = ImageRemoval {
        force: call.query.flag("force"),
        keep_parents: call.query.flag("noprune"),
        ..ImageRemoval::default()
    };
    let removed = call.engine.remove_image(name, how).await?;
    Ok(response::ok(&removed))
}

async fn prune(call: &Call) -> Result<Response, Error> {
    let filters = call.query.filters()?;
    Ok(response::ok(&call.engine.prune_images(&filters).await?))
}
