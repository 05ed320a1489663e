//! What a container's processes use, summed: for what no control group counts.
//!
//! A process's time and I/O go to the parent that waits for it, so that the sum over the living
//! loses little; what is lost all the same (a parent that does not wait) never makes a sum shrink.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::sync::OnceLock;

use super::kept::{Kept, number, words};

/// A container with more processes than this has their files opened each time.
const KEPT_AT_MOST: usize = 16;

/// Nanoseconds of one clock tick.
pub(super) fn tick() -> u64 {
    static TICK: OnceLock<u64> = OnceLock::new();
    *TICK.get_or_init(|| 1_000_000_000 / rustix::param::clock_ticks_per_second().max(1))
}

fn page() -> u64 {
    rustix::param::page_size() as u64
}

/// One container's processes.
#[derive(Debug, Default)]
pub(super) struct Processes {
    kept: HashMap<i32, Files>,
    user: Steady,
    system: Steady,
    read: Steady,
    written: Steady,
}

/// The sum over all of them.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Sum {
    /// Nanoseconds.
    pub(super) user: u64,
    pub(super) system: u64,
    /// Bytes that belong to one process alone.
    pub(super) memory: u64,
    pub(super) threads: u64,
    pub(super) read: u64,
    pub(super) written: u64,
}

impl Processes {
    pub(super) fn sum(&mut self, pids: &[i32], buffer: &mut Vec<u8>) -> Sum {
        let mut sum = Sum::default();
        self.kept.retain(|pid, _| pids.contains(pid));
        for pid in pids {
            if let Some(files) = self.kept.get(pid) {
                files.add(&mut sum, buffer);
            } else if let Some(files) = Files::open(*pid) {
                files.add(&mut sum, buffer);
                if pids.len() <= KEPT_AT_MOST {
                    self.kept.insert(*pid, files);
                }
            }
        }
        if pids.len() > KEPT_AT_MOST {
            self.kept.clear();
        }
        sum.user = self.user.follow(sum.user);
        sum.system = self.system.follow(sum.system);
        sum.read = self.read.follow(sum.read);
        sum.written = self.written.follow(sum.written);
        sum
    }
}

/// A sum that goes on where what it follows falls back.
#[derive(Debug, Default)]
struct Steady {
    last: u64,
    lost: u64,
}

impl Steady {
    fn follow(&mut self, now: u64) -> u64 {
        self.lost += self.last.saturating_sub(now);
        self.last = now;
        now + self.lost
    }
}

/// The files of one process. They are of this process, whoever has its number later.
#[derive(Debug)]
struct Files {
    stat: Kept,
    memory: Kept,
    /// Not everybody may read it.
    io: Option<Kept>,
}

impl Files {
    fn open(pid: i32) -> Option<Self> {
        Some(Self {
            stat: Kept::open(format!("/proc/{pid}/stat"))?,
            memory: Kept::open(format!("/proc/{pid}/statm"))?,
            io: Kept::open(format!("/proc/{pid}/io")),
        })
    }

    fn add(&self, sum: &mut Sum, buffer: &mut Vec<u8>) {
        let Some(times) = self.stat.read(buffer).and_then(Times::parse) else {
            return;
        };
        sum.user += times.user * tick();
        sum.system += times.system * tick();
        sum.threads += times.threads;
        if let Some(memory) = self.memory.read(buffer) {
            // proc_pid_statm(5): size, resident, shared.
            let mut pages = words(memory).skip(1).filter_map(number);
            let resident = pages.next().unwrap_or_default();
            sum.memory += resident.saturating_sub(pages.next().unwrap_or_default()) * page();
        }
        let io = self.io.as_ref().and_then(|io| io.read(buffer));
        for line in io.unwrap_or_default().split(|byte| *byte == b'\n') {
            let mut words = words(line);
            match (words.next(), words.next().and_then(number)) {
                (Some(b"read_bytes:"), Some(bytes)) => sum.read += bytes,
                (Some(b"write_bytes:"), Some(bytes)) => sum.written += bytes,
                _ => {}
            }
        }
    }
}

/// Of proc_pid_stat(5), with the time of children that were waited for.
#[derive(Debug, PartialEq, Eq)]
struct Times {
    parent: i32,
    user: u64,
    system: u64,
    threads: u64,
}

impl Times {
    fn parse(stat: &[u8]) -> Option<Self> {
        // The name before it may hold anything.
        let at = stat.iter().rposition(|byte| *byte == b')')?;
        let fields: Vec<&[u8]> = words(&stat[at + 1..]).take(18).collect();
        let field = |number_in_manual: usize| number(fields.get(number_in_manual - 3)?);
        Some(Self {
            parent: i32::try_from(field(4)?).ok()?,
            user: field(14)? + field(16)?,
            system: field(15)? + field(17)?,
            threads: field(20)?,
        })
    }
}

/// Who belongs where, for containers without any control group.
#[derive(Debug)]
pub(super) struct Census {
    own: u64,
    by_namespace: HashMap<u64, Vec<i32>>,
}

impl Census {
    /// Looks at every process once.
    pub(super) fn take() -> Self {
        let mut by_namespace: HashMap<u64, Vec<i32>> = HashMap::new();
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let pid = entry.file_name().to_str().and_then(|it| it.parse().ok());
            if let Some(pid) = pid
                && let Some(namespace) = namespace(pid)
            {
                by_namespace.entry(namespace).or_default().push(pid);
            }
        }
        let own = fs::metadata("/proc/self/ns/pid").map_or(0, |it| it.ino());
        Self { own, by_namespace }
    }

    /// The processes of a container: those of its pid namespace, or the first one and what comes of
    /// it where that is the computer's.
    pub(super) fn of(&self, first: i32) -> Vec<i32> {
        let Some(namespace) = namespace(first) else {
            return Vec::new();
        };
        let members = self.by_namespace.get(&namespace);
        let members = members.map(Vec::as_slice).unwrap_or_default();
        if namespace == self.own {
            descendants(first, members)
        } else {
            members.to_vec()
        }
    }
}

fn namespace(pid: i32) -> Option<u64> {
    let found = fs::metadata(format!("/proc/{pid}/ns/pid")).ok()?;
    Some(found.ino())
}

fn descendants(first: i32, among: &[i32]) -> Vec<i32> {
    let parent =
        |pid: &i32| Some(Times::parse(&fs::read(format!("/proc/{pid}/stat")).ok()?)?.parent);
    let parents: HashMap<i32, i32> = among
        .iter()
        .filter_map(|pid| Some((*pid, parent(pid)?)))
        .collect();
    let comes_of_it = |pid: &&i32| {
        let mut at = **pid;
        // A chain of parents is no longer than there are processes.
        for _ in 0..parents.len() {
            if at == first {
                return true;
            }
            let Some(parent) = parents.get(&at) else {
                break;
            };
            at = *parent;
        }
        at == first
    };
    among.iter().filter(comes_of_it).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_blanks_is_no_trap() {
        let stat = b"7 (a) b (c) S 3 7 7 0 -1 4194304 1 2 0 0 10 20 1 2 20 0 5 0 99";
        let expected = Times {
            parent: 3,
            user: 11,
            system: 22,
            threads: 5,
        };
        assert_eq!(Times::parse(stat), Some(expected));
        assert_eq!(Times::parse(b"7 (a"), None);
    }

    #[test]
    fn a_sum_never_shrinks() {
        let mut sum = Steady::default();
        assert_eq!([5, 9, 2, 4].map(|now| sum.follow(now)), [5, 9, 9, 11]);
    }

    #[test]
    fn the_test_itself_is_counted() {
        let pid = std::process::id().cast_signed();
        let mut processes = Processes::default();
        let mut buffer = Vec::new();
        let sum = processes.sum(&[pid], &mut buffer);
        assert!(sum.threads >= 1 && sum.memory > 0);
        assert!(Census::take().of(pid).contains(&pid));
        assert_eq!(processes.kept.len(), 1);
        assert_eq!(processes.sum(&[], &mut buffer).threads, 0);
        assert!(processes.kept.is_empty());
    }
}
