//! Errors on their way out: a status, Docker's message, and the structured part.

use gantry_engine::Status;
use gantry_wire::ErrorBody;
use gantry_wire::gantry::Failure;
use hyper::StatusCode;
use serde_json::Value;

use crate::response::{self, Response};

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The engine refused or failed.
    #[error(transparent)]
    Engine(#[from] gantry_engine::Error),
    /// The same, with what was asked for before it.
    #[error("{0}: {1}")]
    Doing(String, gantry_engine::Error),
    /// The request is malformed.
    #[error("{0}")]
    BadRequest(String),
    /// Nothing has that name.
    #[error("{0}")]
    NotFound(String),
    /// No endpoint has that path.
    #[error("page not found")]
    NoSuchPage,
    /// The endpoint exists, but not with that method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// The endpoint is Docker's, but this engine does not have what is behind it.
    #[error("{0} is not available in this version of Gantry")]
    NotImplemented(&'static str),
    /// The body is larger than this endpoint takes.
    #[error("request body larger than {0} bytes")]
    TooLarge(usize),
    /// The client left in the middle of its request.
    #[error("reading the request: {0}")]
    Interrupted(String),
}

impl Error {
    fn status(&self) -> StatusCode {
        match self {
            Self::Engine(error) | Self::Doing(_, error) => match error.status() {
                Status::BadRequest => StatusCode::BAD_REQUEST,
                Status::Unauthorized => StatusCode::UNAUTHORIZED,
                Status::NotFound => StatusCode::NOT_FOUND,
                Status::Forbidden => StatusCode::FORBIDDEN,
                Status::Conflict => StatusCode::CONFLICT,
                Status::Internal => StatusCode::INTERNAL_SERVER_ERROR,
                Status::NotImplemented => StatusCode::NOT_IMPLEMENTED,
                Status::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            },
            Self::BadRequest(_) | Self::Interrupted(_) => StatusCode::BAD_REQUEST,
            Self::NotFound(_) | Self::NoSuchPage => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotImplemented(_) => StatusCode::NOT_IMPLEMENTED,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Engine(error) | Self::Doing(_, error) => error.code(),
            Self::BadRequest(_) => "invalid-request",
            Self::NotFound(_) => "not-found",
            Self::NoSuchPage => "no-such-endpoint",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::NotImplemented(_) => "not-implemented",
            Self::TooLarge(_) => "request-too-large",
            Self::Interrupted(_) => "request-interrupted",
        }
    }

    /// The structured part.
    pub(crate) fn failure(&self) -> Failure {
        let mut failure = Failure {
            code: self.code().to_owned(),
            what: self.to_string(),
            ..Failure::default()
        };
        if let Self::Engine(error) | Self::Doing(_, error) = self {
            failure.why = error.why();
            error.next().clone_into(&mut failure.next);
            failure.facts = error
                .facts()
                .into_iter()
                .map(|(name, value)| (name.to_owned(), Value::String(value)))
                .collect();
        }
        failure
    }

    /// The response that tells the client.
    pub(crate) fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::warn!(%status, error = %self, "request failed");
        } else {
            tracing::debug!(%status, error = %self, "request refused");
        }
        let body = ErrorBody {
            message: self.to_string(),
            gantry: Some(Box::new(self.failure())),
        };
        response::json(status, &body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_is_a_conflict_in_dockers_words_with_the_holder_as_a_fact() {
        let error = Error::from(gantry_engine::Error::NameInUse {
            name: "web".to_owned(),
            holder: "ab".repeat(32),
        });
        assert_eq!(error.status(), StatusCode::CONFLICT);
        insta::assert_json_snapshot!(error.failure(), @r#"
        {
          "code": "name-in-use",
          "what": "Conflict. The container name \"/web\" is already in use by container \"abababababababababababababababababababababababababababababababab\". You have to remove (or rename) that container to be able to reuse that name.",
          "why": "Container abababababab has that name.",
          "next": "Choose another name, or rename or remove the container that has it.",
          "facts": {
            "holder": "abababababababababababababababababababababababababababababababab",
            "name": "web"
          }
        }
        "#);
    }
}
