//! Names that can be given to an image: `repository:tag`, as the distribution spec writes them.

/// Why a name cannot be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFault {
    Empty,
    /// Right but for letters that are not lower-case.
    UpperCase,
    Invalid,
}

/// The whole name with its tag, `latest` where none was typed.
pub fn check_name(typed: &str) -> Result<String, NameFault> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(NameFault::Empty);
    }
    let (repository, tag) = match typed.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (typed, "latest"),
    };
    if !is_tag(tag) {
        return Err(NameFault::Invalid);
    }
    if is_repository(repository) {
        return Ok(format!("{repository}:{tag}"));
    }
    Err(if is_repository(&repository.to_lowercase()) {
        NameFault::UpperCase
    } else {
        NameFault::Invalid
    })
}

/// The registry that a name leads to, by Docker's rules; `None` for Docker Hub.
pub fn registry_of(name: &str) -> Option<&str> {
    let (first, _) = name.split_once('/')?;
    (first == "localhost" || first.contains(['.', ':'])).then_some(first)
}

fn is_tag(tag: &str) -> bool {
    let word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    tag.len() <= 128
        && tag.starts_with(word)
        && tag
            .chars()
            .all(|letter| word(letter) || ".-".contains(letter))
}

fn is_repository(name: &str) -> bool {
    if name.len() > 255 {
        return false;
    }
    let mut parts = name.split('/').peekable();
    let first = parts.peek().copied().unwrap_or_default();
    // Only what looks like a host may carry a port.
    if registry_of(name).is_some() {
        parts.next();
        if !is_host(first) {
            return false;
        }
    }
    parts.all(is_component)
}

fn is_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    };
    name.split('.').all(label)
        && !port.is_empty()
        && port.chars().all(|digit| digit.is_ascii_digit())
}

/// Lower-case letters and digits, parted by one dot, one or two underscores, or any dashes.
fn is_component(part: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let separator =
        |run: &str| matches!(run, "" | "." | "_" | "__") || run.chars().all(|letter| letter == '-');
    part.starts_with(plain) && part.ends_with(plain) && part.split(plain).all(separator)
}

#[cfg(test)]
mod tests {
    use super::{NameFault, check_name, registry_of};

    #[test]
    fn a_missing_tag_is_latest() {
        assert_eq!(check_name("web"), Ok("web:latest".to_owned()));
        assert_eq!(
            check_name(" shop/web:2.14 "),
            Ok("shop/web:2.14".to_owned())
        );
    }

    #[test]
    fn a_host_may_carry_a_port() {
        assert_eq!(
            check_name("localhost:5000/web"),
            Ok("localhost:5000/web:latest".to_owned())
        );
        assert_eq!(check_name("local:5000:1"), Err(NameFault::Invalid));
    }

    #[test]
    fn names_lead_to_docker_hub_unless_they_say_otherwise() {
        assert_eq!(registry_of("ada/web:1"), None);
        assert_eq!(registry_of("web:1"), None);
        assert_eq!(registry_of("localhost/web:1"), Some("localhost"));
        assert_eq!(registry_of("127.0.0.1:5000/web"), Some("127.0.0.1:5000"));
    }

    #[test]
    fn faults_are_told_apart() {
        for (name, fault) in [
            ("  ", NameFault::Empty),
            ("Web:1", NameFault::UpperCase),
            ("web:", NameFault::Invalid),
            ("web:-1", NameFault::Invalid),
            ("we b", NameFault::Invalid),
            ("/web", NameFault::Invalid),
            ("a..b", NameFault::Invalid),
            ("web-", NameFault::Invalid),
        ] {
            assert_eq!(check_name(name), Err(fault), "{name}");
        }
        for name in ["a__b", "a---b", "a.b/c_d:v1"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
    }
}
