//! Whether a name can be given, and which one could instead.

use std::collections::HashMap;

use gantry_client::{Client, ListContainers};
use gantry_view::{CheckName, Failure, NameCheck};

use crate::{Desk, failure::failure};

pub(crate) async fn check_name(desk: &Desk, request: CheckName) -> Result<NameCheck, Failure> {
    let client = desk.link().client().await?;
    Ok(check(&request.name, &taken(&client).await?))
}

/// A name like this one that no container has.
pub(super) async fn free_name(client: &Client, name: &str) -> Result<String, Failure> {
    Ok(free(name, &taken(client).await?))
}

/// The containers by their names.
async fn taken(client: &Client) -> Result<HashMap<String, String>, Failure> {
    let all = ListContainers {
        all: true,
        ..ListContainers::default()
    };
    let containers = client.list_containers(&all).await.map_err(failure)?;
    let mut taken = HashMap::new();
    for container in containers {
        for name in container.names {
            taken.insert(
                name.trim_start_matches('/').to_owned(),
                container.id.clone(),
            );
        }
    }
    Ok(taken)
}

/// `taken` leads from names to the containers that have them.
fn check(name: &str, taken: &HashMap<String, String>) -> NameCheck {
    if name.is_empty() {
        return NameCheck::Free;
    }
    let possible = possible(name);
    if possible != name {
        let suggestion = free(&possible, taken);
        return NameCheck::Invalid { suggestion };
    }
    match taken.get(name) {
        None => NameCheck::Free,
        Some(container) => NameCheck::Taken {
            container: container.clone(),
            suggestion: free(name, taken),
        },
    }
}

/// The name itself where it is allowed, else one like it: `[a-zA-Z0-9][a-zA-Z0-9_.-]+`.
fn possible(name: &str) -> String {
    let kept: String = name
        .trim()
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '.' | '-' => c,
            _ => '-',
        })
        .collect();
    let kept = kept.trim_start_matches(['-', '_', '.']);
    match kept.len() {
        0 => "container".to_owned(),
        1 => format!("{kept}-1"),
        _ => kept.to_owned(),
    }
}

/// The name, or the first of `name-2`, `name-3` … that nobody has. `web-2` goes on with `web-3`.
fn free(name: &str, taken: &HashMap<String, String>) -> String {
    if !taken.contains_key(name) {
        return name.to_owned();
    }
    let (stem, number) = match name.rsplit_once('-') {
        Some((stem, digits)) if !stem.is_empty() => match digits.parse::<u32>() {
            Ok(number) => (stem, number),
            Err(_) => (name, 1),
        },
        _ => (name, 1),
    };
    let mut numbered = (number.saturating_add(1)..).map(|number| format!("{stem}-{number}"));
    numbered
        .find(|candidate| !taken.contains_key(candidate))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(names: &[&str]) -> HashMap<String, String> {
        let pairs = names
            .iter()
            .map(|name| ((*name).to_owned(), format!("id of {name}")));
        pairs.collect()
    }

    #[test]
    fn a_taken_name_comes_with_a_free_one() {
        let taken = taken(&["web", "web-2", "db-7"]);
        assert_eq!(check("api", &taken), NameCheck::Free);
        assert_eq!(check("", &taken), NameCheck::Free);
        let expected = NameCheck::Taken {
            container: "id of web".into(),
            suggestion: "web-3".into(),
        };
        assert_eq!(check("web", &taken), expected);
        assert_eq!(free("web-2", &taken), "web-3");
        assert_eq!(free("db-7", &taken), "db-8");
    }

    #[test]
    fn a_name_that_is_not_allowed_comes_with_one_that_is() {
        let taken = taken(&["my-web"]);
        for (name, better) in [
            ("my web", "my-web-2"),
            ("-x y", "x-y"),
            ("ü", "container"),
            ("a", "a-1"),
            ("웹", "container"),
        ] {
            let suggestion = better.to_owned();
            assert_eq!(
                check(name, &taken),
                NameCheck::Invalid { suggestion },
                "{name}"
            );
        }
    }
}
