//! Paths of an image by a part of their name.

use super::Explorer;
use crate::Result;
use crate::index::Entry;

/// Something whose name fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    pub path: Vec<u8>,
    pub entry: Entry,
    /// The layer that it comes from, counted from 0 at the base.
    pub layer: usize,
}

impl Explorer {
    /// What a container would see whose name contains the text, or whose path does if the text has
    /// a slash; capital or small does not matter. At most `limit`, and how many more there are.
    pub fn search(&self, text: &str, limit: usize) -> Result<(Vec<Hit>, u64)> {
        let wanted = text.trim_start_matches('/').to_lowercase();
        let whole_path = wanted.contains('/');
        let (mut hits, mut more) = (Vec::new(), 0);
        if wanted.is_empty() {
            return Ok((hits, more));
        }
        let mut walk = self.walk(0, b"")?;
        while let Some(folder) = walk.next_folder()? {
            while let Some(merged) = walk.next_entry()? {
                let fits = if whole_path {
                    contains(&folder.join(merged.name()), &wanted)
                } else {
                    contains(merged.name(), &wanted)
                };
                if !fits {
                    continue;
                }
                let Some((layer, entry)) = folder.shown(&merged, 0) else {
                    continue;
                };
                if hits.len() < limit {
                    hits.push(Hit {
                        path: folder.join(merged.name()),
                        entry: entry.clone(),
                        layer: self.number(*layer),
                    });
                } else {
                    more += 1;
                }
            }
        }
        Ok((hits, more))
    }
}

fn contains(path: &[u8], wanted: &str) -> bool {
    if path.len() < wanted.len() {
        return false;
    }
    if path.is_ascii() {
        let wanted = wanted.as_bytes();
        return path
            .windows(wanted.len())
            .any(|part| part.eq_ignore_ascii_case(wanted));
    }
    String::from_utf8_lossy(path)
        .to_lowercase()
        .contains(wanted)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Stack, dir, file, whiteout};

    #[test]
    fn names_and_paths_are_found_where_a_container_sees_them() {
        let stack = Stack::new(&[
            &[
                dir("usr"),
                file("usr/README.md", 1),
                file("usr/readme", 2),
                file("old", 3),
            ],
            &[file("usr/readme", 4), whiteout("old"), file("Ärger", 5)],
        ]);
        let explorer = stack.up_to(1);
        let found = |text: &str| -> Vec<(String, usize)> {
            let (hits, _) = explorer.search(text, 10).unwrap();
            let line =
                |hit: &super::Hit| (String::from_utf8_lossy(&hit.path).into_owned(), hit.layer);
            hits.iter().map(line).collect()
        };
        assert_eq!(
            found("readme"),
            [("usr/README.md".into(), 0), ("usr/readme".into(), 1)]
        );
        assert_eq!(found("/USR/read").len(), 2);
        assert_eq!(found("ärger"), [("Ärger".into(), 1)]);
        assert_eq!(found("old"), []);
        assert_eq!(found(""), []);
        assert_eq!(explorer.search("e", 1).unwrap().1, 2);
    }
}
