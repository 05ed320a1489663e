//! Names of images as people write them.

use crate::dialogs::{check_name, registry_of};

/// The whole name that a short one means, by Docker's rules: `postgres` is
/// `docker.io/library/postgres:latest`. `None` where it is none.
///
/// A line copied from a tutorial may begin with `docker pull`.
pub fn whole_name(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let name = ["docker pull ", "gantry pull ", "podman pull "]
        .iter()
        .find_map(|command| typed.strip_prefix(command))
        .unwrap_or(typed);
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

#[cfg(test)]
mod tests {
    use super::{short_name, whole_name};

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
            assert_eq!(whole_name(typed).as_deref(), Some(whole), "{typed}");
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
            assert_eq!(whole_name(typed), None, "{typed}");
        }
        assert_eq!(short_name("docker.io/library/postgres:17"), "postgres:17");
        assert_eq!(short_name("ghcr.io/a/b:1"), "ghcr.io/a/b:1");
    }
}
