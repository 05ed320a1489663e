//! Which user of this computer an id of a container is, in words.

use std::path::Path;

/// How `/proc/self/uid_map` maps the engine's ids; `None` where each id is itself.
pub(crate) fn of_this_process() -> Option<String> {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    words(&map)
}

/// `In containers 0 is 1000 of this computer, 1 to 65536 are 100000 to 165535`.
fn words(map: &str) -> Option<String> {
    let mut parts = Vec::new();
    for line in map.lines() {
        let mut numbers = line.split_whitespace().map(str::parse::<u64>);
        let mut next = || numbers.next()?.ok();
        let (inside, outside, count) = (next()?, next()?, next()?);
        if inside == outside && count >= u64::from(u32::MAX) {
            return None;
        }
        let computer = if parts.is_empty() {
            " of this computer"
        } else {
            ""
        };
        parts.push(match count {
            1 => format!("{inside} is {outside}{computer}"),
            _ => format!(
                "{inside} to {} are {outside} to {}{computer}",
                inside + count - 1,
                outside + count - 1
            ),
        });
    }
    (!parts.is_empty()).then(|| format!("In containers {}", parts.join(", ")))
}

/// Whether the owner of a file is none of the ids that containers have.
pub(crate) fn is_strangers(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let overflow = std::fs::read_to_string("/proc/sys/kernel/overflowuid");
    let overflow = overflow.ok().and_then(|text| text.trim().parse().ok());
    let found = path.metadata();
    found.is_ok_and(|found| Some(found.uid()) == overflow.or(Some(65534)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_is_told_in_words() {
        let map = "         0       1000          1\n         1     100000      65536\n";
        assert_eq!(
            words(map).unwrap(),
            "In containers 0 is 1000 of this computer, 1 to 65536 are 100000 to 165535"
        );
        assert_eq!(words("         0          0 4294967295\n"), None);
        assert_eq!(words("nonsense"), None);
    }
}
