//! Paths as Docker's clients write them.

/// The components of a path that lead somewhere.
pub(super) fn parts(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|&byte| byte == b'/')
        .filter(|part| !part.is_empty() && *part != b".")
}

/// An absolute path without `.`, `..` and doubled slashes, as Go's `filepath.Clean` makes it, but
/// with the `/` or `/.` at its end that asks for a folder.
pub(super) fn clean(path: &str) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    for part in parts(path.as_bytes()) {
        if part == b".." {
            kept.pop();
        } else {
            kept.push(part);
        }
    }
    let mut clean = [b"/", kept.join(&b'/').as_slice()].concat();
    let current = path == "." || path.ends_with("/.");
    if (current || path.ends_with('/')) && !kept.is_empty() {
        clean.push(b'/');
    }
    if current {
        clean.push(b'.');
    }
    clean
}

/// The last component, as Go's `filepath.Base` gives it: `/` of the root, `.` of `/etc/.`.
pub(super) fn base_name(path: &[u8]) -> &[u8] {
    let end = path
        .iter()
        .rposition(|&byte| byte != b'/')
        .map_or(0, |last| last + 1);
    match path[..end].rsplit(|&byte| byte == b'/').next() {
        Some(name) if !name.is_empty() => name,
        _ => b"/",
    }
}

/// The folder that holds a path, and the name in it.
pub(super) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (b"", path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_as_docker_cleans_them() {
        for (path, cleaned, base) in [
            ("etc/hosts", "/etc/hosts", "hosts"),
            ("/a/../../b//c/", "/b/c/", "c"),
            ("/a/.", "/a/.", "."),
            ("/", "/", "/"),
            (".", "/.", "."),
            ("/..", "/", "/"),
            ("", "/", "/"),
        ] {
            assert_eq!(clean(path), cleaned.as_bytes(), "{path}");
            assert_eq!(base_name(&clean(path)), base.as_bytes(), "{path}");
        }
        assert_eq!(split(b"/a/b"), (&b"/a"[..], &b"b"[..]));
    }
}
