//! Names of volumes and networks, as the engine takes them.

/// A letter or digit, then at least one letter, digit, `_`, `.` or `-`.
pub fn is_object_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    let first = bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphanumeric());
    let rest = bytes.all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    first && rest && (2..=255).contains(&name.len())
}

/// Several names, parted by blanks or commas.
pub fn host_names(typed: &str) -> Vec<String> {
    let names = typed.split([',', ' ']).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// What a container can be called in a network: labels of letters, digits, `_` and `-`, parted by
/// dots.
pub fn is_host_name(name: &str) -> bool {
    let label = |label: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        (1..=63).contains(&label.len()) && label.bytes().all(fits) && !label.starts_with('-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::{is_host_name, is_object_name};

    #[test]
    fn a_name_in_a_network_is_one_that_can_be_asked_for() {
        assert!(is_host_name("db") && is_host_name("db-1.shop") && is_host_name("a_b"));
        for bad in ["", ".", "a..b", "-a", "a b", "가"] {
            assert!(!is_host_name(bad), "{bad}");
        }
    }

    #[test]
    fn names_are_the_engines() {
        assert!(is_object_name("data") && is_object_name("a1") && is_object_name("my_app.v2-x"));
        for bad in ["", "a", ".data", "a/b", "데이터", "a b"] {
            assert!(!is_object_name(bad), "{bad}");
        }
    }
}
