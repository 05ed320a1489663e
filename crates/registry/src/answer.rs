//! What registries answer: bounded documents, and errors in words.

use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::exchange::{Action, Asked};
use crate::retry::retry_after;
use crate::transport::authority;
use crate::{Error, Result};

/// The most bytes of an error that are read.
const ERROR_BYTES: usize = 64 << 10;
/// Letters of a registry's own words that are shown.
const WORDS: usize = 300;

/// Registries' errors, as the distribution specification has them.
#[derive(Deserialize)]
struct Errors {
    errors: Vec<Said>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// Reads a whole body of at most `limit` bytes.
pub(crate) async fn bytes(mut response: Response, limit: usize, what: &str) -> Result<Vec<u8>> {
    let host = authority(response.url());
    let too_large = |host: &str| Error::Answer {
        host: host.to_owned(),
        what: what.to_owned(),
        why: format!("it has more than {limit} bytes"),
    };
    if response
        .content_length()
        .is_some_and(|length| length > limit as u64)
    {
        return Err(too_large(&host));
    }
    let mut bytes = Vec::new();
    while let Some(piece) = response
        .chunk()
        .await
        .map_err(|error| Error::http(&host, error))?
    {
        if bytes.len() + piece.len() > limit {
            return Err(too_large(&host));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// Reads a document.
pub(crate) async fn json<T: DeserializeOwned>(
    response: Response,
    limit: usize,
    what: &str,
) -> Result<T> {
    let host = authority(response.url());
    let bytes = bytes(response, limit, what).await?;
    parse(&bytes, &host, what)
}

/// Parses a document that somebody sent.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8], host: &str, what: &str) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| Error::Answer {
        host: host.to_owned(),
        what: what.to_owned(),
        why: error.to_string(),
    })
}

/// Lets a success pass, and makes an error of everything else.
pub(crate) async fn check(response: Response, asked: &Asked<'_>) -> Result<Response> {
    if response.status().is_success() {
        return Ok(response);
    }
    Err(refusal(response, asked).await)
}

/// What an answer that is no success means.
async fn refusal(response: Response, asked: &Asked<'_>) -> Error {
    let (status, host) = (response.status(), authority(response.url()));
    let after = retry_after(response.headers());
    let body = bytes(response, ERROR_BYTES, "an error")
        .await
        .unwrap_or_default();
    let (code, said) = said(&body, status);
    match (status, code.as_str()) {
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) if asked.action == Action::Login => {
            Error::Login { host, said }
        }
        (StatusCode::TOO_MANY_REQUESTS, _) => Error::RateLimited { host, said, after },
        (StatusCode::UNAUTHORIZED, _) if asked.signed && code != "DENIED" => {
            Error::Unauthorized { host, said }
        }
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _)
        | (StatusCode::NOT_FOUND, "NAME_UNKNOWN") => Error::Denied {
            action: asked.action.word(),
            repository: asked.name.to_owned(),
            said,
        },
        (StatusCode::NOT_FOUND, _) if asked.what == "the manifest" => Error::NoSuchManifest {
            name: asked.name.to_owned(),
            said,
        },
        _ => Error::Failed {
            host,
            status: status.as_u16(),
            said: format!("{}: {said}", asked.what),
        },
    }
}

/// The code and the words of an error's body.
fn said(body: &[u8], status: StatusCode) -> (String, String) {
    let errors: Option<Errors> = serde_json::from_slice(body).ok();
    let first = errors.and_then(|errors| errors.errors.into_iter().next());
    let (code, message) = first.map_or_else(Default::default, |said| (said.code, said.message));
    let words = if message.is_empty() {
        status.canonical_reason().unwrap_or("unknown").to_owned()
    } else {
        message
    };
    (code, clean(&words))
}

/// Somebody's words as they may stand on terminals and in windows.
pub(crate) fn clean(words: &str) -> String {
    let letters = words.chars().filter(|letter| !letter.is_control());
    letters.take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_from_the_body_or_from_the_status() {
        let body = br#"{"errors":[{"code":"DENIED","message":"go \u001b[31maway","detail":[1]}]}"#;
        let (code, words) = said(body, StatusCode::FORBIDDEN);
        assert_eq!((code.as_str(), words.as_str()), ("DENIED", "go [31maway"));
        let (code, words) = said(b"<html>", StatusCode::BAD_GATEWAY);
        assert_eq!((code.as_str(), words.as_str()), ("", "Bad Gateway"));
    }
}
