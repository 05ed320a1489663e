//! As root beside a firewalld, each test on a computer of its own with a system bus of its own.

use std::process::Command;

use gantry_tests::neighbour::{HOST, NEIGHBOUR, on_a_host, tells};
use gantry_tests::{Account, Engine, Running, skip, unpacked, wait_for};

/// A bus where everybody may do everything.
const BUS: &str = r#"<busconfig>
  <type>system</type>
  <listen>unix:path=ADDRESS</listen>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow eavesdrop="true"/>
    <allow send_destination="*" eavesdrop="true"/>
  </policy>
</busconfig>"#;

/// The firewalld of the packages that `./dev` unpacks, and its bus; they end with the value.
struct Firewalld {
    bus: String,
    _processes: [Running; 2],
}

impl Firewalld {
    fn start(engine: &Engine) -> Option<Self> {
        let program = unpacked("firewalld", "usr/sbin/firewalld");
        if !program.exists() {
            return None;
        }
        let socket = engine.file("bus");
        let settings = BUS.replace("ADDRESS", &socket.display().to_string());
        let settings = engine.write("bus.conf", settings);
        let mut daemon = Command::new("dbus-daemon");
        daemon
            .arg("--nofork")
            .arg(format!("--config-file={}", settings.display()));
        let daemon = Running::start(&mut daemon);
        wait_for("the bus", || socket.exists().then_some(()));
        let bus = format!("unix:path={}", socket.display());
        let own = engine.file("firewalld");
        std::fs::create_dir(&own).unwrap();
        let mut firewalld = python(&bus, "usr/sbin/firewalld");
        firewalld
            .args(["--nofork", "--nopid", "--system-config"])
            .arg(own);
        firewalld.arg("--default-config");
        firewalld.arg(unpacked("firewalld", "usr/lib/firewalld"));
        let started = Self {
            _processes: [daemon, Running::start(&mut firewalld)],
            bus,
        };
        wait_for("firewalld", || {
            (started.says(&["--state"]) == "running").then_some(())
        });
        Some(started)
    }

    /// What `firewall-cmd` prints.
    fn says(&self, arguments: &[&str]) -> String {
        let mut command = python(&self.bus, "usr/bin/firewall-cmd");
        let output = command.args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

/// A program of firewalld's, with the system's own Python.
fn python(bus: &str, program: &str) -> Command {
    let modules = ["python3-firewall", "python3-nftables"];
    let modules = modules.map(|package| unpacked(package, "usr/lib/python3/dist-packages"));
    let mut command = Command::new("/usr/bin/python3");
    command.arg(unpacked("firewalld", program));
    command.env("DBUS_SYSTEM_BUS_ADDRESS", bus);
    command.env("PYTHONPATH", std::env::join_paths(modules).unwrap());
    command
}

#[test]
fn containers_go_out_and_are_reached_beside_firewalld() {
    on_a_host(
        Account::Root,
        || (),
        |engine, neighbour| {
            let Some(firewalld) = Firewalld::start(engine) else {
                return skip("no firewalld here");
            };
            engine.terminate();
            let bus = format!("DBUS_SYSTEM_BUS_ADDRESS={}", firewalld.bus);
            engine.launch_behind(&["env", &bus]);
            tells(engine, &["-p", "8001:7"], "0.0.0.0");
            let goes_out = || {
                let script = format!("nc -w 5 {NEIGHBOUR} 9 </dev/null 2>&1; true");
                let run = ["run", "--rm", "busybox", "sh", "-c", &script];
                engine.docker(&run).ok().contains("refused").then_some(())
            };
            wait_for("the world outside", goes_out);
            wait_for("the neighbour to be seen", || {
                (neighbour.hears(HOST, 8001) == NEIGHBOUR).then_some(())
            });
            let trusted = || firewalld.says(&["--zone", "trusted", "--list-interfaces"]);
            assert!(trusted().starts_with("gb"), "{}", trusted());
            // It forgets what it was told at run time.
            firewalld.says(&["--reload"]);
            wait_for("the world outside again", goes_out);
            engine.docker(&["rm", "-f", "web"]).ok();
            wait_for("firewalld to forget our bridges", || {
                trusted().is_empty().then_some(())
            });
        },
    );
}
