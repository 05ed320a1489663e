//! Ways through the network: how long a gigabyte takes (iperf3 judges), what a connection costs, and
//! many containers with ports at once.

use std::process::{Child, Command, Stdio};

use gantry_tests::{
    Account, Engine,
    network::{free_port, nginx, own_address},
};
use serde_json::Value;

use crate::{
    Effort,
    command::{engine, program, run},
    report::{Report, Row},
    samples::Samples,
};

/// This computer's programs and libraries, for containers without any.
const HOST: [&str; 6] = [
    "-v",
    "/usr:/usr:ro",
    "-v",
    "/usr/lib:/lib:ro",
    "-v",
    "/usr/lib64:/lib64:ro",
];
/// Connections that are measured at once.
const REQUESTS: u32 = 10_000;

/// Which way the bytes go, as iperf3 says it.
const UP: &[&str] = &[];
const DOWN: &[&str] = &["-R"];

pub fn measure(effort: Effort, report: &mut Report) {
    for account in [Account::User, Account::Root] {
        match engine(account) {
            Ok(engine) => {
                streams(&engine, account, effort, report);
                connections(&engine, account, effort, report);
                crowd(&engine, account, report);
            }
            Err(why) => report.skip(format!("networks ({account:?})"), why),
        }
    }
}

/// Every path beside the host's loopback.
fn streams(engine: &Engine, account: Account, effort: Effort, report: &mut Report) {
    let what = |path: &str| format!("a gigabyte {path} ({account:?})");
    let Some(own) = own_address() else {
        return report.skip(what("through networks"), "this computer has no network");
    };
    if Command::new("iperf3").arg("--version").output().is_err() {
        return report.skip(what("through networks"), "no iperf3 here");
    }
    let own = own.to_string();
    let [outside, port] = [free_port(), free_port()].map(|port| port.to_string());
    let server = Server::start(&outside);
    let publish = format!("{port}:5201");
    let serve = ["run", "-d", "--name", "server", "-p", &publish];
    let serve = [&serve[..], &HOST, &["busybox", "iperf3", "-s"]].concat();
    engine.docker(&serve).ok();
    let web = engine.inspect("server", ".NetworkSettings.Networks.bridge.IPAddress");
    let host = |host: &str, port: &str, way: &[&str]| {
        let client = ["-J", "-c", host, "-p", port, "-t", "2"];
        run(&mut program("iperf3", client.iter().chain(way)))
    };
    let inside = |host: &str, port: &str, way: &[&str]| {
        let client = ["busybox", "iperf3", "-J", "-c", host, "-p", port, "-t", "2"];
        let all = [&["run", "--rm"], &HOST[..], &client, way].concat();
        engine.docker(&all).ok()
    };
    let count = effort.of(1, 5);
    let sample = |measure: &dyn Fn() -> String| -> Samples {
        (0..count)
            .map(|_| millis_per_gigabyte(&measure()))
            .collect()
    };
    let loopback = sample(&|| host(&own, &outside, UP));
    let paths: [(&str, &dyn Fn() -> String); 5] = [
        ("into a published port", &|| host("127.0.0.1", &port, UP)),
        ("out of a published port", &|| {
            host("127.0.0.1", &port, DOWN)
        }),
        ("from a container to the world", &|| {
            inside(&own, &outside, UP)
        }),
        ("from the world to a container", &|| {
            inside(&own, &outside, DOWN)
        }),
        ("between containers", &|| inside(&web, "5201", UP)),
    ];
    for (path, measure) in paths {
        let row = Row::new(what(path), "ms", sample(measure));
        // 0.6 of what the loopback carries in that time.
        report.add(row.at_most_of(1.67, "loopback", &loopback));
    }
    engine.docker(&["rm", "-f", "server"]).ok();
    drop(server);
}

/// What a new connection through a published port costs, one request each.
fn connections(engine: &Engine, account: Account, effort: Effort, report: &mut Report) {
    let what = format!("a connection through a published port ({account:?})");
    let Some(options) = nginx(engine) else {
        return report.skip(what, "no nginx here (./dev unpacks it)");
    };
    if Command::new("ab").arg("-V").output().is_err() {
        return report.skip(what, "no ab here (package apache2-utils)");
    }
    let port = free_port();
    let publish = format!("{port}:80");
    let options: Vec<_> = options.iter().map(String::as_str).collect();
    let serve = ["run", "-d", "--name", "web", "-p", &publish];
    engine.docker(&[&serve[..], &options].concat()).ok();
    let address = ([127, 0, 0, 1], port).into();
    gantry_tests::wait_for("nginx", || {
        gantry_tests::network::echo(address, "GET / HTTP/1.0\r\n\r\n")
    });
    let url = format!("http://127.0.0.1:{port}/");
    let samples = Samples::timed(effort.of(1, 5), || {
        let requests = REQUESTS.to_string();
        run(&mut program(
            "ab",
            ["-q", "-n", &requests, "-c", "50", &url],
        ));
    });
    let each = samples
        .all()
        .iter()
        .map(|millis| millis * 1000.0 / f64::from(REQUESTS));
    // 8,000 each second.
    report.add(Row::new(what, "µs", each.collect()).at_most(125.0));
    engine.docker(&["rm", "-f", "web"]).ok();
}

fn crowd(engine: &Engine, account: Account, report: &mut Report) {
    let names: Vec<_> = (0..100).map(|number| format!("crowd{number}")).collect();
    let samples = Samples::cold(1, || {
        let starting = names.iter().map(|name| {
            let run = ["run", "-d", "-p", "7", "--name", name];
            engine.start_docker(&[&run[..], &["busybox", "sleep", "1000"]].concat())
        });
        for started in starting.collect::<Vec<_>>() {
            started.finish().ok();
        }
    });
    let what = format!("100 containers with ports at once ({account:?})");
    report.add(Row::new(what, "ms", samples).at_most(10_000.0));
    let names = names.iter().map(String::as_str);
    engine
        .docker(&["rm", "-f"].into_iter().chain(names).collect::<Vec<_>>())
        .ok();
}

/// From what iperf3 says about what was received.
fn millis_per_gigabyte(said: &str) -> f64 {
    let said: Value = serde_json::from_str(said).expect("iperf3 speaks JSON");
    let rate = said["end"]["sum_received"]["bits_per_second"].as_f64();
    8e12 / rate.expect("iperf3 measured something")
}

/// An iperf3 on this computer.
struct Server(Child);

impl Server {
    fn start(port: &str) -> Self {
        let mut command = program("iperf3", ["-s", "-p", port]);
        let server = Self(
            command
                .stdout(Stdio::null())
                .spawn()
                .expect("iperf3 starts"),
        );
        gantry_tests::wait_for("iperf3", || {
            let address = format!("127.0.0.1:{port}");
            std::net::TcpStream::connect(address).ok().map(drop)
        });
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
