//! The subordinate ids of a user: `/etc/subuid` and `/etc/subgid`, see subuid(5).

use std::path::Path;

/// A run of host ids that a user may map into a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IdRange {
    /// The first host id.
    pub(crate) start: u32,
    /// How many ids follow, the first included.
    pub(crate) count: u32,
}

/// The ranges that the file gives to the user, by name or by number.
pub(crate) fn ranges(file: &Path, user: &str, uid: u32) -> Vec<IdRange> {
    parse(
        &std::fs::read_to_string(file).unwrap_or_default(),
        user,
        uid,
    )
}

fn parse(text: &str, user: &str, uid: u32) -> Vec<IdRange> {
    text.lines()
        .filter_map(|line| {
            let mut fields = line.trim().splitn(3, ':');
            let owner = fields.next()?;
            let start = fields.next()?.parse().ok()?;
            let count = fields.next()?.parse().ok()?;
            let ours = owner == user || owner.parse() == Ok(uid);
            (ours && count > 0).then_some(IdRange { start, count })
        })
        .collect()
}

/// The arguments of newuidmap or newgidmap: our own id as 0, the ranges behind it.
pub(super) fn map_arguments(pid: u32, own: u32, ranges: &[IdRange]) -> Vec<String> {
    let mut arguments = vec![pid.to_string(), "0".into(), own.to_string(), "1".into()];
    let mut inside = 1;
    for range in ranges {
        arguments.extend([
            inside.to_string(),
            range.start.to_string(),
            range.count.to_string(),
        ]);
        inside += range.count;
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_found_by_name_and_by_number_and_mapped_one_after_the_other() {
        let text = "root:1:2\nada:100000:65536\n1001:300000:10\n# x\nada:bad:1\n";
        let found = parse(text, "ada", 1001);
        assert_eq!(
            found,
            [
                IdRange {
                    start: 100_000,
                    count: 65_536
                },
                IdRange {
                    start: 300_000,
                    count: 10
                }
            ]
        );
        assert_eq!(
            map_arguments(7, 1001, &found).join(" "),
            "7 0 1001 1 1 100000 65536 65537 300000 10"
        );
    }
}
