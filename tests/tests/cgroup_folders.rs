//! What a killed engine leaves of its control groups.

use gantry_tests::{Account, Engine, cgroup::groups_of, on, skip};

/// Groups of containers below the engine's own.
fn inner(engine: &Engine) -> usize {
    let groups = groups_of(&engine.root()).into_iter();
    let entries = groups.flat_map(|group| std::fs::read_dir(group).unwrap().flatten());
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .count()
}

#[test]
fn the_next_engine_removes_what_a_killed_one_left() {
    on(Account::Root, |engine| {
        let run = ["run", "-d", "-m", "64m", "busybox", "sleep", "600"];
        engine.docker(&run).ok();
        if inner(engine) == 0 {
            return skip("this machine has no control groups for root");
        }
        engine.reboot();
        assert_ne!(inner(engine), 0);
        engine.launch();
        assert_eq!(inner(engine), 0);
        // What lives keeps its groups, over the engine's end too.
        engine.docker(&run).ok();
        let living = inner(engine);
        assert_ne!(living, 0);
        engine.terminate();
        engine.launch();
        assert_eq!(inner(engine), living);
        let all = engine.docker(&["ps", "-aq"]).ok();
        let all: Vec<_> = all.lines().collect();
        engine.docker(&[&["rm", "-f"], &all[..]].concat()).ok();
        engine.terminate();
        assert!(groups_of(&engine.root()).is_empty());
        engine.launch();
    });
}
