//! Commands in a container that runs, and what streams through them.

use std::{
    io::{self, Read, Write},
    process::{Command, Stdio},
    thread,
};

use gantry_tests::Account;

use crate::{
    Effort,
    command::{self, gantry, run},
    peers::Peer,
    report::{Report, Row},
    samples::{Samples, millis},
};

const START: [&str; 9] = [
    "run",
    "-d",
    "--name",
    "bench",
    "--network",
    "none",
    "busybox",
    "sleep",
    "100000",
];
const EXEC: [&str; 3] = ["exec", "bench", "true"];
/// A gigabyte, in pieces.
const PIECE: usize = 1_000_000;
const PIECES: usize = 1000;

pub fn measure(effort: Effort, report: &mut Report) {
    let folder = tempfile::tempdir().expect("a folder");
    for (account, mode) in [(Account::Root, "root"), (Account::User, "rootless")] {
        let what = format!("exec true, {mode}");
        let engine = match command::engine(account) {
            Ok(engine) => engine,
            Err(why) => {
                report.skip(what, why);
                continue;
            }
        };
        run(&mut gantry(&engine, START));
        let ours = Samples::timed(effort.of(10, 60), || {
            run(&mut gantry(&engine, EXEC));
        });
        let mut row = Row::new(what, "ms", ours).at_most(25.0);
        if account == Account::Root {
            for peer in Peer::all(folder.path()) {
                run(&mut peer.command(START));
                let theirs = Samples::timed(effort.of(3, 20), || {
                    run(&mut peer.command(EXEC));
                });
                run(&mut peer.command(["rm", "--force", "bench"]));
                row = row.peer(peer.name, &theirs);
            }
        }
        report.add(row);

        let rounds = effort.of(1, 5);
        let out = (0..rounds).map(|_| {
            let piece = format!("bs={PIECE}");
            let size = format!("count={PIECES}");
            let send = ["exec", "bench", "dd", "if=/dev/zero", &piece, &size];
            millis(|| receive(gantry(&engine, send).stderr(Stdio::null())))
        });
        let what = |way: &str| format!("a gigabyte {way} of exec, {mode}");
        report.add(Row::new(what("out"), "ms", out.collect()).at_most(1000.0));
        let into = (0..rounds).map(|_| {
            let take = ["exec", "-i", "bench", "sh", "-c", "cat >/dev/null"];
            millis(|| send(&mut gantry(&engine, take)))
        });
        report.add(Row::new(what("into"), "ms", into.collect()).at_most(1000.0));
        run(&mut gantry(&engine, ["rm", "--force", "bench"]));
    }
}

fn receive(command: &mut Command) {
    let mut child = command.stdout(Stdio::piped()).spawn().expect("a child");
    let mut output = child.stdout.take().expect("a pipe");
    let (mut buffer, mut count) = (vec![0; PIECE], 0);
    while let Ok(read @ 1..) = output.read(&mut buffer) {
        count += read;
    }
    assert!(child.wait().expect("a child").success());
    assert_eq!(count, PIECE * PIECES);
}

fn send(command: &mut Command) {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("a child");
    let mut input = child.stdin.take().expect("a pipe");
    let sender = thread::spawn(move || -> io::Result<()> {
        let buffer = vec![0; PIECE];
        for _ in 0..PIECES {
            input.write_all(&buffer)?;
        }
        Ok(())
    });
    assert!(child.wait().expect("a child").success());
    sender
        .join()
        .expect("a thread")
        .expect("all of it is taken");
}
