//! `POST /commit`.

use gantry_engine::{CommitOptions, CommitPause};
use gantry_wire::ContainerConfig;
use hyper::{Method, StatusCode};

use crate::error::Error;
use crate::query::Query;
use crate::request::Call;
use crate::response::{self, Response};

/// Makes an image from a container.
pub(crate) async fn commit(mut call: Call) -> Result<Response, Error> {
    if call.method != Method::POST {
        return Err(Error::MethodNotAllowed);
    }
    let config: Option<ContainerConfig> = call.json_if_any().await?;
    let query = &call.query;
    let text = |name| query.get(name).unwrap_or_default().to_owned();
    let options = CommitOptions {
        container: text("container"),
        reference: reference(query.get("repo"), query.get("tag")),
        author: text("author"),
        comment: text("comment"),
        changes: changes(query),
        // The CLI sends a config with nothing in it, which means none.
        config: config
            .filter(|config| *config != ContainerConfig::default())
            .map(Box::new),
        paths: Vec::new(),
        pause: if query.flag_or("pause", true) {
            CommitPause::Pause
        } else {
            CommitPause::KeepRunning
        },
    };
    let made = call.engine.commit(options).await?;
    Ok(response::json(StatusCode::CREATED, &made))
}

/// Dockerfile instructions: one parameter each, or one with several lines.
pub(crate) fn changes(query: &Query) -> Vec<String> {
    let lines = query.all("changes").flat_map(str::lines);
    lines.map(str::to_owned).collect()
}

/// Joins Docker's two halves of a name.
pub(crate) fn reference(repository: Option<&str>, tag: Option<&str>) -> Option<String> {
    let repository = repository?;
    Some(match tag {
        Some(tag) if tag.contains(':') => format!("{repository}@{tag}"),
        Some(tag) => format!("{repository}:{tag}"),
        None => repository.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_has_a_tag_or_a_digest() {
        assert_eq!(reference(None, Some("1")), None);
        assert_eq!(reference(Some("a/b"), None).unwrap(), "a/b");
        assert_eq!(reference(Some("a/b"), Some("1")).unwrap(), "a/b:1");
        assert_eq!(
            reference(Some("a"), Some("sha256:0")).unwrap(),
            "a@sha256:0"
        );
    }
}
