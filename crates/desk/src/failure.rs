//! What the engine or the way to it says went wrong, as a card shows it.

use std::collections::BTreeMap;

use gantry_client::Error;
use gantry_view::Failure;
use gantry_wire::gantry;
use serde_json::Value;

/// The failure of a request to the engine.
pub(crate) fn failure(error: Error) -> Failure {
    let raw = error.to_string();
    let code = match &error {
        Error::Refused { status, body } if body.gantry.is_none() => Some(code_of(*status)),
        _ => None,
    };
    let mut failure = told(error.failure(), raw);
    if let Some(code) = code {
        code.clone_into(&mut failure.code);
    }
    failure
}

/// A failure that the engine tells of a task or of itself.
pub(crate) fn told(failure: gantry::Failure, raw: String) -> Failure {
    let raw = if raw.is_empty() {
        [failure.what.as_str(), failure.why.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(": ")
    } else {
        raw
    };
    Failure {
        code: failure.code,
        what: if failure.what.is_empty() {
            raw.clone()
        } else {
            failure.what
        },
        why: failure.why,
        next: failure.next,
        raw,
        facts: failure
            .facts
            .into_iter()
            .map(|(name, value)| (name, text(value)))
            .collect::<BTreeMap<_, _>>(),
    }
}

fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// For answers without a structured part: the status says what kind of failure it is.
fn code_of(status: u16) -> &'static str {
    match status {
        400 => "bad-request",
        404 => "not-found",
        409 => "conflict",
        501 => "not-supported",
        _ => "engine-error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gantry_wire::ErrorBody;

    #[test]
    fn the_engines_code_sentences_and_facts_arrive() {
        let body = ErrorBody {
            message: "Conflict. The container name \"/web\" is already in use".into(),
            gantry: Some(Box::new(gantry::Failure {
                code: "name-in-use".into(),
                what: "The container was not created".into(),
                facts: [
                    ("name".to_owned(), "web".into()),
                    ("port".to_owned(), 80.into()),
                ]
                .into(),
                ..gantry::Failure::default()
            })),
        };
        let failure = failure(Error::Refused {
            status: 409,
            body: Box::new(body),
        });
        assert_eq!(failure.code, "name-in-use");
        assert_eq!(failure.fact("name"), "web");
        assert_eq!(failure.fact("port"), "80");
        assert!(failure.raw.starts_with("Conflict."));
    }

    #[test]
    fn a_plain_error_is_named_by_its_status() {
        let body = ErrorBody {
            message: "no such thing".into(),
            gantry: None,
        };
        let failure = failure(Error::Refused {
            status: 404,
            body: Box::new(body),
        });
        assert_eq!(
            (&*failure.code, &*failure.what),
            ("not-found", "no such thing")
        );
    }

    #[test]
    fn a_lost_engine_is_named_so() {
        let gone = Error::Interrupted("reset".into());
        assert_eq!(failure(gone).code, "engine-lost");
    }
}
