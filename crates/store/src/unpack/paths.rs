//! Paths of members, before the kernel sees them.

/// The kernel's limit for a path, its final zero included: nothing could ever open a longer one.
const PATH_MAX: usize = 4096;
const NAME_MAX: usize = 255;

/// The path without leading slashes, `.` and empty components. Empty is the root itself.
///
/// `..` is refused and not resolved: an honest tool does not write it, and its meaning would depend
/// on links.
pub(crate) fn clean(path: &[u8]) -> Result<Vec<u8>, &'static str> {
    let mut clean = Vec::with_capacity(path.len());
    for component in path.split(|&byte| byte == b'/') {
        match component {
            b"" | b"." => continue,
            b".." => return Err("the path leaves its directory"),
            _ if component.len() > NAME_MAX => return Err("a name is longer than 255 bytes"),
            _ if component.contains(&0) => return Err("a name holds a zero byte"),
            _ => {}
        }
        if !clean.is_empty() {
            clean.push(b'/');
        }
        clean.extend_from_slice(component);
    }
    if clean.len() >= PATH_MAX {
        return Err("the path is longer than 4095 bytes");
    }
    Ok(clean)
}

/// The parent's path and the last component; `None` for the root.
pub(crate) fn split(path: &[u8]) -> Option<(&[u8], &[u8])> {
    if path.is_empty() {
        return None;
    }
    Some(match path.iter().rposition(|&byte| byte == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (b"", path),
    })
}

/// `directory/name`, where the root is empty.
pub(crate) fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    if directory.is_empty() {
        name.to_vec()
    } else {
        [directory, b"/", name].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_components_remain() {
        for (path, expected) in [
            ("./a/b/", "a/b"),
            ("/a//./b", "a/b"),
            ("./", ""),
            ("", ""),
            ("/", ""),
            ("...", "..."),
        ] {
            assert_eq!(
                clean(path.as_bytes()).unwrap(),
                expected.as_bytes(),
                "{path}"
            );
        }
        for path in ["..", "a/../b", "/..", "a/..", "./../x"] {
            assert!(clean(path.as_bytes()).is_err(), "{path}");
        }
        assert!(clean(&b"a/".repeat(2048)).is_ok());
        assert!(clean(&b"a/".repeat(2049)).is_err());
        assert!(clean(&[b'a'; 256]).is_err());
    }
}
