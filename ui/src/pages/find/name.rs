//! Names of images as people write them.

use crate::dialogs::{check_name, registry_of};

/// What is typed, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// The whole name that it is, if it is one: `docker.io/library/postgres:17`.
    pub name: Option<String>,
    /// The registry that the name begins with; empty where it does not.
    pub registry: String,
    /// What is searched for there: the name without registry, tag and digest.
    pub term: String,
    /// Whether a tag or a digest was typed.
    pub is_exact: bool,
}

impl Wish {
    /// A line copied from a tutorial may begin with `docker pull`.
    pub fn read(typed: &str) -> Self {
        let typed = typed.trim();
        let typed = ["docker pull ", "gantry pull ", "podman pull "]
            .iter()
            .find_map(|command| typed.strip_prefix(command))
            .unwrap_or(typed)
            .trim();
        let name = whole_name(typed);
        let registry = registry_of(typed).unwrap_or_default();
        let rest = typed.strip_prefix(registry).unwrap_or(typed);
        let rest = rest.trim_start_matches('/');
        let term = rest.split(['@', ':']).next().unwrap_or_default();
        Self {
            is_exact: term.len() < rest.len(),
            registry: registry.to_owned(),
            term: term.to_owned(),
            name,
        }
    }

    /// The repository of the name, as it is pulled.
    pub fn repository(&self) -> Option<String> {
        let name = self.name.as_deref()?;
        Some(repository_of(short_name(name)).to_owned())
    }

    /// The tag of the name, `latest` where none was typed; `None` for a digest.
    pub fn tag(&self) -> Option<&str> {
        let name = self.name.as_deref()?;
        if name.contains('@') {
            return None;
        }
        name.rsplit_once(':').map(|(_, tag)| tag)
    }
}

/// The whole name that a short one means, by Docker's rules: `postgres` is
/// `docker.io/library/postgres:latest`. `None` where it is none.
pub fn whole_name(name: &str) -> Option<String> {
    let (name, digest) = match name.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (name, None),
    };
    let checked = check_name(name).ok()?;
    let name = match digest {
        // What follows decides alone.
        Some(digest) => format!("{}@{digest}", name.trim()),
        None => checked,
    };
    let hub = match registry_of(&name) {
        Some(_) => "",
        None if name.contains('/') => "docker.io/",
        None => "docker.io/library/",
    };
    Some(format!("{hub}{name}"))
}

/// The name as lists show it: without what Docker Hub's names leave out.
pub fn short_name(whole: &str) -> &str {
    let short = whole.strip_prefix("docker.io/").unwrap_or(whole);
    short.strip_prefix("library/").unwrap_or(short)
}

/// Without tag and digest. A colon before a slash belongs to the registry's port.
fn repository_of(name: &str) -> &str {
    let name = name.split('@').next().unwrap_or(name);
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::{Wish, short_name, whole_name};

    #[test]
    fn short_names_are_those_of_docker_hub() {
        for (typed, whole) in [
            ("postgres", "docker.io/library/postgres:latest"),
            ("  postgres:17 ", "docker.io/library/postgres:17"),
            ("docker pull nginx", "docker.io/library/nginx:latest"),
            ("bitnami/redis", "docker.io/bitnami/redis:latest"),
            ("ghcr.io/a/b:1", "ghcr.io/a/b:1"),
            ("127.0.0.1:5000/x", "127.0.0.1:5000/x:latest"),
            ("localhost/x:y", "localhost/x:y"),
            ("x@sha256:00", "docker.io/library/x@sha256:00"),
        ] {
            assert_eq!(Wish::read(typed).name.as_deref(), Some(whole), "{typed}");
        }
        for typed in [
            "",
            " ",
            "post gres",
            "Postgres",
            "a//b",
            "x:",
            "ghcr.io/",
            "나무",
        ] {
            assert_eq!(whole_name(typed.trim()), None, "{typed}");
        }
        assert_eq!(short_name("docker.io/library/postgres:17"), "postgres:17");
        assert_eq!(short_name("ghcr.io/a/b:1"), "ghcr.io/a/b:1");
    }

    #[test]
    fn what_is_typed_says_where_to_search_and_for_what() {
        let parts = |typed: &str| {
            let wish = Wish::read(typed);
            let tag = wish.tag().map(str::to_owned);
            (wish.repository(), tag, wish.registry, wish.term)
        };
        let all = |repository: &str, tag: &str, registry: &str, term: &str| {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            (
                some(repository),
                some(tag),
                registry.to_owned(),
                term.to_owned(),
            )
        };
        assert_eq!(parts("postgres"), all("postgres", "latest", "", "postgres"));
        assert_eq!(parts("docker pull a/b:2"), all("a/b", "2", "", "a/b"));
        assert_eq!(
            parts("127.0.0.1:5000/a/b:2"),
            all("127.0.0.1:5000/a/b", "2", "127.0.0.1:5000", "a/b")
        );
        assert_eq!(parts("x@sha256:00"), all("x", "", "", "x"));
        // No name, but words to search for.
        assert_eq!(parts("web server"), all("", "", "", "web server"));
        assert_eq!(parts("ghcr.io/"), all("", "", "ghcr.io", ""));
        assert!(Wish::read("x:1").is_exact && !Wish::read("x").is_exact);
    }
}
