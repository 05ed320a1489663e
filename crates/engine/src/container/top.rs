//! `docker top`: a container's processes, as the engine's own namespace sees them.
//!
//! The columns of `ps -ef` are read from /proc. For other columns the host's `ps` is asked, as
//! Docker does; never one of the container's.

use std::io::ErrorKind;
use std::process::Command;

use gantry_runtime::ProcessIdentity;
use gantry_wire::{ContainerState, ContainerTop, Timestamp};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use nix::unistd::{Uid, User};
use procfs::process::Process;

use super::Containers;
use super::record::View;
use crate::core::blocking;
use crate::{Error, Result, stats};

/// What is shown unless the caller says otherwise.
const USUAL: &str = "-ef";

const TITLES: [&str; 8] = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"];

impl Containers {
    pub(crate) async fn top(&self, id: &str, arguments: Option<&str>) -> Result<ContainerTop> {
        let view = self.view(id)?;
        let arguments = arguments.unwrap_or(USUAL).to_owned();
        refuse_other_pids(&arguments)?;
        let first = may_look(&view)?;
        let bundle = self.folder(&view).bundle();
        let found = blocking(move || {
            let pids = stats::members(&bundle, &first);
            if arguments == USUAL {
                return Ok(own(&pids));
            }
            match Command::new("ps").arg("--version").output() {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(own(&pids)),
                _ => asked(&arguments, &pids),
            }
        });
        let found = found.await?;
        self.core.container_event(&view, "top", &[]);
        Ok(found)
    }
}

/// The container's first process, if it runs.
fn may_look(view: &View) -> Result<ProcessIdentity> {
    let id = view.id();
    if view.state.status == ContainerState::Restarting {
        let message = format!("Container {id} is restarting, wait until the container is running");
        return Err(Error::state("container-restarting", message));
    }
    let first = view.state.process.clone().filter(|_| view.state.is_up());
    first.ok_or_else(|| {
        Error::state(
            "container-not-running",
            format!("container {id} is not running"),
        )
    })
}

/// A column may have another title, but nothing else may be called PID.
fn refuse_other_pids(arguments: &str) -> Result<()> {
    let mut words = arguments.split_whitespace().skip(1);
    let other = words.find_map(|word| {
        let (column, title) = word.rsplit_once('=')?;
        (title.starts_with("PID") && column != "pid").then_some((column, title))
    });
    match other {
        None => Ok(()),
        Some((column, title)) => Err(Error::Invalid(format!(
            "specifying \"{column}={title}\" is not allowed"
        ))),
    }
}

/// The columns of `ps -ef`, without `ps`.
fn own(pids: &[i32]) -> ContainerTop {
    let mut pids = pids.to_vec();
    pids.sort_unstable();
    ContainerTop {
        titles: TITLES.map(str::to_owned).into(),
        // One that has just ended is left out.
        processes: pids.into_iter().filter_map(row).collect(),
    }
}

fn row(pid: i32) -> Option<Vec<String>> {
    let process = Process::new(pid).ok()?;
    let stat = process.stat().ok()?;
    let uid = process.status().ok()?.euid;
    let since_boot = stat.starttime / procfs::ticks_per_second().max(1);
    let started = procfs::boot_time_secs().ok()? + since_boot;
    let started = Timestamp::from_second(i64::try_from(started).ok()?).ok()?;
    let ticks = stat.utime + stat.stime;
    let spent = ticks / procfs::ticks_per_second().max(1);
    let now = Timestamp::now();
    let lived = (now.as_second() - started.as_second())
        .max(1)
        .unsigned_abs();
    Some(vec![
        name_of(uid),
        pid.to_string(),
        stat.ppid.to_string(),
        (spent * 100 / lived).min(99).to_string(),
        start_time(started, now),
        terminal(stat.tty_nr()),
        clock(spent),
        stats::command(&process, &stat)?,
    ])
}

/// The user's name, or the number of one that has none here.
fn name_of(uid: u32) -> String {
    let user = User::from_uid(Uid::from_raw(uid)).ok().flatten();
    user.map_or_else(|| uid.to_string(), |user| user.name)
}

/// The time of today, the day of this year, or the year.
fn start_time(started: Timestamp, now: Timestamp) -> String {
    let local = |time| Zoned::new(time, TimeZone::system());
    let (started, now) = (local(started), local(now));
    let format = if started.date() == now.date() || started > &now - 1.hours() {
        "%H:%M"
    } else if started.year() == now.year() {
        "%b%d"
    } else {
        "%Y"
    };
    started.strftime(format).to_string()
}

/// Major and minor number of a terminal, as its file is called.
fn terminal((major, minor): (i32, i32)) -> String {
    match major {
        0 => "?".to_owned(),
        // The kernel numbers them over eight majors.
        136..=143 => format!("pts/{}", (major - 136) * 256 + minor),
        4 => format!("tty{minor}"),
        _ => format!("{major}:{minor}"),
    }
}

fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours / 24 {
        0 => format!("{hours:02}:{minutes:02}:{seconds:02}"),
        days => format!("{days}-{:02}:{minutes:02}:{seconds:02}", hours % 24),
    }
}

/// What the host's `ps` says with these arguments, of these processes alone.
fn asked(arguments: &str, pids: &[i32]) -> Result<ContainerTop> {
    let list: Vec<String> = pids.iter().map(ToString::to_string).collect();
    let ps = || {
        let mut command = Command::new("ps");
        command.args(arguments.split_ascii_whitespace());
        command
    };
    let failed = |error| Error::io("run", "ps".as_ref())(error);
    let mut output = ps()
        .arg(format!("-q{}", list.join(",")))
        .output()
        .map_err(failed)?;
    if !output.status.success() {
        // Some of its options do not go together with a choice of processes.
        output = ps().output().map_err(failed)?;
    }
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let first = said.lines().next().unwrap_or_default();
        return Err(Error::Invalid(format!("error running ps: {first}")));
    }
    read(&String::from_utf8_lossy(&output.stdout), pids)
}

/// The lines of these processes, and those of their threads, which have no number of their own.
fn read(output: &str, pids: &[i32]) -> Result<ContainerTop> {
    let mut lines = output.lines();
    let titles: Vec<String> = words(lines.next().unwrap_or_default()).collect();
    let Some(pid_at) = titles.iter().position(|title| title == "PID") else {
        let message = "Couldn't find PID field in ps output";
        return Err(Error::Invalid(message.to_owned()));
    };
    let mut processes = Vec::new();
    let mut within = false;
    for line in lines {
        let mut fields: Vec<String> = words(line).collect();
        let Some(pid) = fields.get(pid_at) else {
            continue;
        };
        if pid != "-" {
            within = pid.parse().is_ok_and(|pid| pids.contains(&pid));
        }
        if within {
            // What is too much belongs to the last column.
            let last = fields.split_off((titles.len() - 1).min(fields.len()));
            fields.push(last.join(" "));
            processes.push(fields);
        }
    }
    Ok(ContainerTop { titles, processes })
}

fn words(line: &str) -> impl Iterator<Item = String> {
    line.split_ascii_whitespace().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_other_processes_are_left_out() {
        let output =
            "  PID TTY STAT COMMAND\n 7 ? S sh -c a  b\n - - S -\n 8 ? S other\n - - S -\n";
        let top = read(output, &[7]).unwrap();
        assert_eq!(top.titles, ["PID", "TTY", "STAT", "COMMAND"]);
        assert_eq!(top.processes[0], ["7", "?", "S", "sh -c a b"]);
        assert_eq!(top.processes[1], ["-", "-", "S", "-"]);
        assert_eq!(top.processes.len(), 2);
        assert!(read("TTY\n?\n", &[7]).is_err());
    }

    #[test]
    fn nothing_else_is_called_pid() {
        assert!(refuse_other_pids("-eo pid=PID,comm").is_ok());
        assert!(refuse_other_pids("-o comm=PID").is_err());
        assert!(refuse_other_pids("aux").is_ok());
    }

    #[test]
    fn the_usual_columns_tell_of_this_process() {
        let pid = std::process::id().cast_signed();
        let row = row(pid).unwrap();
        assert_eq!(row.len(), TITLES.len());
        assert_eq!(row[1], pid.to_string());
        assert!(own(&[-1]).processes.is_empty());
    }

    #[test]
    fn times_and_terminals_read_as_ps_words_them() {
        assert_eq!(clock(3661), "01:01:01");
        assert_eq!(clock(90_000), "1-01:00:00");
        assert_eq!(terminal((136, 3)), "pts/3");
        assert_eq!(terminal((137, 1)), "pts/257");
        assert_eq!(terminal((0, 0)), "?");
    }
}
