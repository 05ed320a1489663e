//! A whole `run --rm`, as a person types it.

use gantry_tests::Account;

use crate::{
    Effort,
    command::{self, gantry, run},
    peers::Peer,
    report::{Report, Row},
    samples::Samples,
};

const ARGUMENTS: [&str; 6] = ["run", "--rm", "--network", "none", "busybox", "true"];

pub fn measure(effort: Effort, report: &mut Report) {
    let folder = tempfile::tempdir().expect("a folder");
    let peers = Peer::all(folder.path());
    for (account, mode) in [(Account::Root, "root"), (Account::User, "rootless")] {
        let what = format!("run --rm busybox true, {mode}");
        let engine = match command::engine(account) {
            Ok(engine) => engine,
            Err(why) => {
                report.skip(what, why);
                continue;
            }
        };
        let ours = Samples::timed(effort.of(10, 60), || {
            run(&mut gantry(&engine, ARGUMENTS));
        });
        let mut row = Row::new(what, "ms", ours).at_most(40.0);
        // Peers that answer here are those of root: side by side with root only.
        for peer in peers.iter().filter(|_| account == Account::Root) {
            let theirs = Samples::timed(effort.of(3, 20), || {
                run(&mut peer.command(ARGUMENTS));
            });
            row = row.peer(peer.name, &theirs);
        }
        report.add(row);
    }
}
