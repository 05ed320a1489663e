//! The way out of a container, as the container sees it.

use std::io::{Read, Write};
use std::net::{IpAddr, TcpListener};

use gantry_tests::{
    Engine, as_root_and_as_user,
    network::{Tunnels, own_address},
    skip,
};

as_root_and_as_user!(
    what_refuses_the_host_refuses_a_container,
    much_data_goes_out_and_the_answer_comes_after_its_end,
    many_connections_find_their_own_servers,
    what_only_the_host_hears_no_container_reaches,
    an_internal_network_has_no_way_out_whatever_its_routes,
);

/// This computer as a container reaches it, for as long as the other is kept; `None` where there
/// is no way out, which is said.
fn outside(engine: &Engine) -> Option<(IpAddr, Option<Tunnels>)> {
    let tunnels = Tunnels::open();
    if !engine.is_root() && tunnels.is_none() {
        skip("/dev/net/tun is not for everybody here");
        return None;
    }
    let own = own_address();
    if own.is_none() {
        skip("this computer has no network");
    }
    Some((own?, tunnels))
}

/// Runs a script in a new container and returns what it printed, errors included.
fn script(engine: &Engine, script: &str) -> String {
    let script = format!("({script}) 2>&1; true");
    engine
        .docker(&["run", "--rm", "busybox", "sh", "-c", &script])
        .ok()
}

fn what_refuses_the_host_refuses_a_container(engine: &Engine) {
    let Some((own, _tunnels)) = outside(engine) else {
        return;
    };
    // Bound, so that nobody takes it, and not listening.
    let socket = rustix::net::socket(
        rustix::net::AddressFamily::INET,
        rustix::net::SocketType::STREAM,
        None,
    );
    let socket = socket.unwrap();
    rustix::net::bind(&socket, &std::net::SocketAddr::new(own, 0)).unwrap();
    let port = rustix::net::getsockname(&socket).unwrap();
    let port = std::net::SocketAddr::try_from(port).unwrap().port();
    let said = script(engine, &format!("nc {own} {port} </dev/null"));
    assert!(said.contains("Connection refused"), "{said}");
}

fn much_data_goes_out_and_the_answer_comes_after_its_end(engine: &Engine) {
    const MUCH: usize = 40 << 20;
    let Some((own, _tunnels)) = outside(engine) else {
        return;
    };
    let server = TcpListener::bind((own, 0)).unwrap();
    let port = server.local_addr().unwrap().port();
    let counting = std::thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        let count = std::io::copy(&mut stream, &mut std::io::sink()).unwrap();
        write!(stream, "{count} bytes").unwrap();
    });
    let said = script(
        engine,
        &format!("head -c {MUCH} /dev/zero | nc {own} {port}"),
    );
    counting.join().unwrap();
    assert_eq!(said, format!("{MUCH} bytes"));
}

fn many_connections_find_their_own_servers(engine: &Engine) {
    const SERVERS: usize = 4;
    const EACH: usize = 25;
    let Some((own, _tunnels)) = outside(engine) else {
        return;
    };
    let mut ports = Vec::new();
    for number in 0..SERVERS {
        let server = TcpListener::bind((own, 0)).unwrap();
        ports.push(server.local_addr().unwrap().port().to_string());
        std::thread::spawn(move || {
            for stream in server.incoming().take(EACH) {
                let mut stream = stream.unwrap();
                // Until the client has said all it has to say.
                let _ = stream.read_to_end(&mut Vec::new());
                let _ = write!(stream, "{number}");
            }
        });
    }
    let ports = ports.join(" ");
    let said = script(
        engine,
        &format!(
            "for try in $(seq {EACH}); do for port in {ports}; do
               echo | nc {own} $port &
             done; done; wait"
        ),
    );
    // They speak at the same time, and so over each other's ends of lines.
    for number in 0..SERVERS {
        let name = number.to_string();
        assert_eq!(said.matches(&name).count(), EACH, "{said}");
    }
}

fn what_only_the_host_hears_no_container_reaches(engine: &Engine) {
    let Some((own, _tunnels)) = outside(engine) else {
        return;
    };
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    for host in [own.to_string().as_str(), "127.0.0.1"] {
        let said = script(engine, &format!("nc -w 3 {host} {port} </dev/null"));
        assert!(said.contains("Connection refused"), "{host}: {said}");
    }
}

fn an_internal_network_has_no_way_out_whatever_its_routes(engine: &Engine) {
    if engine.is_root() {
        return skip("as root the host itself is on the network, as with Docker");
    }
    let Some((own, _tunnels)) = outside(engine) else {
        return;
    };
    let server = TcpListener::bind((own, 0)).unwrap();
    let port = server.local_addr().unwrap().port();
    engine
        .docker(&["network", "create", "--internal", "inner"])
        .ok();
    // With a route of its own making, as far as its capabilities go.
    let script = format!(
        "gateway=$(ip -4 address show eth0 | sed -n 's/.*inet \\([0-9.]*\\)\\.[0-9]*\\/.*/\\1.1/p')
         ip route add default via $gateway && nc -w 3 {own} {port} </dev/null && echo reached"
    );
    let run = [
        "run",
        "--rm",
        "--network",
        "inner",
        "--cap-add",
        "NET_ADMIN",
    ];
    let said = engine.docker(&[&run[..], &["busybox", "sh", "-c", &script]].concat());
    assert!(!said.out.contains("reached"), "{said:?}");
    server.set_nonblocking(true).unwrap();
    assert!(server.accept().is_err());
}
