//! What a container that runs to its end shows.

use crate::common::{can_run, container, shell};
use gantry_runtime::{FailureKind, Step};

#[test]
fn output_and_exit_code_are_recorded() {
    if !can_run() {
        return;
    }
    let outcome = shell("echo out; echo err >&2; printf tail; exit 3").run();
    assert_eq!(outcome.record.code, 3, "{outcome:?}");
    assert_eq!(outcome.record.signal, None);
    assert_eq!(outcome.stdout, "out\ntail");
    assert_eq!(outcome.stderr, "err\n");
    assert!(outcome.record.started_at.unwrap() <= outcome.record.finished_at);
    assert_eq!(container(&["true"]).run().record.code, 0);
}

#[test]
fn a_command_that_cannot_run_is_told_from_one_that_is_not_there() {
    if !can_run() {
        return;
    }
    let cases = [
        ("missing", FailureKind::CommandNotFound, 127),
        ("/bin/missing", FailureKind::CommandNotFound, 127),
        ("/etc/script", FailureKind::CommandNotFound, 127),
        ("/etc/passwd", FailureKind::NotExecutable, 126),
        ("/etc", FailureKind::NotExecutable, 126),
        ("foreign", FailureKind::WrongArchitecture, 126),
    ];
    for (command, kind, code) in cases {
        let outcome = container(&[command]).run();
        let failure = outcome.failure.unwrap();
        assert_eq!(
            (failure.kind, failure.step),
            (kind, Step::Exec),
            "{command}: {failure}"
        );
        assert_eq!(outcome.record.code, code, "{command}");
        assert_eq!(outcome.record.error, Some(failure));
        assert_eq!(outcome.record.started_at, None);
    }
}
