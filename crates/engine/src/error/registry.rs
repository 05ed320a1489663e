//! Failures of registries, for people.

use gantry_registry::Error;

use super::Status;

/// As Docker ends such a request.
pub(super) fn status(error: &Error) -> Status {
    match error {
        Error::NoSuchManifest { .. } | Error::Denied { .. } | Error::Platform { .. } => {
            Status::NotFound
        }
        // Not for a pull: Docker's client would ask for a name and wait.
        Error::Login { .. } => Status::Unauthorized,
        _ => Status::Internal,
    }
}

/// Why it happened.
pub(super) fn why(error: &Error) -> String {
    match error {
        Error::NoSuchManifest { .. } => "The registry has no such tag or digest.".to_owned(),
        Error::Denied { .. } => {
            "The repository does not exist, or is for others: registries do not tell which."
                .to_owned()
        }
        Error::RateLimited {
            after: Some(after), ..
        } => {
            format!("It may be asked again in {} seconds.", after.as_secs())
        }
        Error::RateLimited { .. } => "Too much was asked of it in a short time.".to_owned(),
        Error::Platform { offered, .. } if !offered.is_empty() => {
            format!("There is one for: {}.", offered.join(", "))
        }
        Error::Digest { .. } | Error::Size { .. } => {
            "The registry, or something on the way, sends something else than was asked for."
                .to_owned()
        }
        _ => String::new(),
    }
}

/// What to do next.
pub(super) fn next(error: &Error) -> &'static str {
    match error {
        Error::NoSuchManifest { .. } => "Check the name and the tag.",
        Error::Denied { .. } => "Check the name, or log in with an account that may do this.",
        Error::Unauthorized { .. } | Error::Login { .. } => {
            "Log in to this registry, and check name and password."
        }
        Error::RateLimited { .. } => "Wait, log in for a higher limit, or use a mirror.",
        Error::Unreachable { .. } => {
            "Check the registry's address, the network, and the proxy if there is one."
        }
        Error::Untrusted { .. } => {
            "Name the registry's certificate authority in the settings, if you know that it is right; if it has no certificate at all, allow plain HTTP for it."
        }
        Error::Interrupted { .. } => "Try again: what came already is not fetched twice.",
        Error::Failed { .. } => "Try again later; if it stays, ask who runs the registry.",
        Error::Answer { .. } | Error::Redirect { .. } => {
            "Check that the address is one of a registry; if it is, ask who runs it."
        }
        Error::Digest { .. } | Error::Size { .. } => {
            "Try again; if it stays, do not use this registry."
        }
        Error::Platform { .. } => "Choose one of these, or another image.",
        Error::Settings { .. } => "Correct the registry's settings in config.toml.",
        Error::Store(_) | Error::Taking(_) | Error::Cancelled => "",
    }
}

/// What a front end can act on.
pub(super) fn facts(error: &Error) -> Vec<(&'static str, String)> {
    match error {
        Error::NoSuchManifest { name, .. } => vec![("image", name.clone())],
        Error::Denied { repository, .. } => vec![("image", repository.clone())],
        Error::Platform {
            name,
            wanted,
            offered,
        } => vec![
            ("image", name.clone()),
            ("wanted", wanted.clone()),
            ("offered", offered.join(", ")),
        ],
        Error::RateLimited { host, after, .. } => {
            let after = after.map(|after| ("seconds", after.as_secs().to_string()));
            [("registry", host.clone())]
                .into_iter()
                .chain(after)
                .collect()
        }
        Error::Unauthorized { host, .. }
        | Error::Login { host, .. }
        | Error::Unreachable { host, .. }
        | Error::Untrusted { host, .. }
        | Error::Interrupted { host, .. }
        | Error::Failed { host, .. }
        | Error::Answer { host, .. }
        | Error::Redirect { host, .. }
        | Error::Digest { host, .. }
        | Error::Size { host, .. }
        | Error::Settings { host, .. } => vec![("registry", host.clone())],
        Error::Store(_) | Error::Taking(_) | Error::Cancelled => Vec::new(),
    }
}
