//! Registries by name.

use crate::reference::{DEFAULT_DOMAIN, LEGACY_DOMAIN};

/// The registry that an address means, as Docker's clients write it: `https://index.docker.io/v1/`.
pub fn registry_of(address: &str) -> &str {
    let bare = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))
        .unwrap_or(address);
    match bare.split('/').next().unwrap_or_default() {
        "" | LEGACY_DOMAIN | "registry-1.docker.io" => DEFAULT_DOMAIN,
        domain => domain,
    }
}

/// What Docker's users type to search: a word, behind a registry where it is not Docker Hub.
pub fn split_search(term: &str) -> (&str, &str) {
    let whole = (DEFAULT_DOMAIN, term);
    let (first, rest) = term.split_once('/').unwrap_or_default();
    let is_registry = first.contains(['.', ':']) || first == "localhost";
    let (registry, term) = if is_registry {
        (registry_of(first), rest)
    } else {
        whole
    };
    match registry {
        // There is nobody of that name: these are the official ones.
        DEFAULT_DOMAIN => (registry, term.strip_prefix("library/").unwrap_or(term)),
        _ => (registry, term),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_address_is_a_registry() {
        for (address, domain) in [
            ("https://index.docker.io/v1/", "docker.io"),
            ("", "docker.io"),
            ("docker.io", "docker.io"),
            ("http://127.0.0.1:5000", "127.0.0.1:5000"),
            ("registry.example/path", "registry.example"),
        ] {
            assert_eq!(registry_of(address), domain, "{address}");
        }
    }

    #[test]
    fn a_search_may_name_its_registry() {
        for (text, registry, term) in [
            ("nginx", "docker.io", "nginx"),
            ("ann/nginx", "docker.io", "ann/nginx"),
            ("library/nginx", "docker.io", "nginx"),
            ("docker.io/nginx", "docker.io", "nginx"),
            ("127.0.0.1:5000/app", "127.0.0.1:5000", "app"),
            ("localhost/team/app", "localhost", "team/app"),
            ("registry.example/", "registry.example", ""),
        ] {
            assert_eq!(split_search(text), (registry, term), "{text}");
        }
    }
}
