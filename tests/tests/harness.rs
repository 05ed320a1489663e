//! The harness itself: what the other tests rely on.

use std::process::Command;

use gantry_tests::{Account, Engine, Running, Terminal, lives, skip, wait_for};

#[test]
fn dropping_an_engine_ends_what_detached_itself() {
    for account in [Account::Root, Account::User] {
        let identity = match account.identity() {
            Ok(identity) => identity,
            Err(why) => {
                skip(&why);
                continue;
            }
        };
        let engine = Engine::prepare(identity);
        let note = engine.file("pid");
        let script = format!(
            "setsid sh -c 'echo $$ > {}; exec sleep 600' >/dev/null 2>&1 &",
            note.display()
        );
        Running::start(engine.command("sh".as_ref()).args(["-c", &script]))
            .finish()
            .ok();
        let pid = wait_for("the pid", || {
            let text = std::fs::read_to_string(&note).ok()?;
            text.ends_with('\n').then(|| text.trim().to_owned())
        });
        let folder = engine.root().parent().unwrap().to_owned();
        assert!(lives(&pid));
        drop(engine);
        assert!(!lives(&pid), "{account:?}");
        assert!(!folder.exists(), "{account:?}");
    }
}

#[test]
fn an_account_is_who_it_says() {
    let Ok(identity) = Account::User.identity() else {
        return skip("no ordinary user here");
    };
    let engine = Engine::prepare(identity.clone());
    let id = Running::start(engine.command("id".as_ref()).arg("-u"))
        .finish()
        .ok();
    assert_eq!(id, identity.uid.to_string());
}

#[test]
fn a_terminal_is_one() {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "stty size; read line; echo \"got $line\"; exit 5"]);
    let mut terminal = Terminal::start(&command, 33, 99);
    terminal.types("keys\r");
    terminal.shows("got keys");
    assert!(terminal.screen().contains("33 99"), "{}", terminal.screen());
    assert_eq!(terminal.finish(), 5);
}
