//! What tests of networks share: a way to try ports, and the removal of what killed engines leave.

use std::{
    fs::{self, File, Permissions},
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use rustix::{
    fs::{FlockOperation, flock},
    process::Pid,
};

use crate::{Engine, binaries::unpacked};

/// A port that nobody has now, different for each test of this process and its neighbours.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A port that nobody has now and its holder; the one after it is free for the caller's test too,
/// since the system hands out only higher ones and neighbours look elsewhere.
pub fn held_port() -> TcpListener {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let number = std::process::id() + ASKED.fetch_add(101, Ordering::Relaxed);
    let first = 20_000 + u16::try_from(number % 300).unwrap() * 32;
    (first..first + 32)
        .find_map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok())
        .expect("a free port")
}

/// The first three numbers of a subnet that no other test asks for now: as root two engines may not
/// have the same, and engines choose others themselves.
pub fn own_subnet() -> String {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let number = std::process::id() + ASKED.fetch_add(4001, Ordering::Relaxed);
    format!("10.{}.{}", 214 + number / 256 % 40, number % 256)
}

/// Sends a line to a server that echoes and returns what comes back; `None` if nobody answers.
pub fn echo(address: SocketAddr, line: &str) -> Option<String> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(10)).ok()?;
    exchange(&mut stream, line)
}

/// The same on a connection that is open.
pub fn exchange(stream: &mut TcpStream, line: &str) -> Option<String> {
    let patience = Some(Duration::from_secs(20));
    stream.set_read_timeout(patience).ok()?;
    stream.write_all(line.as_bytes()).ok()?;
    let mut answer = vec![0; line.len()];
    stream.read_exact(&mut answer).ok()?;
    String::from_utf8(answer).ok()
}

/// The same by UDP, once.
pub fn echo_datagram(address: SocketAddr, text: &str) -> Option<String> {
    let any = if address.is_ipv4() {
        "0.0.0.0:0"
    } else {
        "[::]:0"
    };
    let socket = UdpSocket::bind(any).ok()?;
    socket
        .set_read_timeout(Some(Duration::from_millis(500)))
        .ok()?;
    socket.connect(address).ok()?;
    socket.send(text.as_bytes()).ok()?;
    let mut answer = [0; 1500];
    let length = socket.recv(&mut answer).ok()?;
    String::from_utf8(answer[..length].to_vec()).ok()
}

/// The address of this computer among its neighbours, if it has any.
pub fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // Sends nothing.
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback()).then_some(address)
}

/// Answers each question about a name with one address, so that it is known who was asked. `None`
/// where the port is not to be had.
pub fn resolver(listen: IpAddr, answer: Ipv4Addr) -> Option<()> {
    let socket = UdpSocket::bind((listen, 53)).ok()?;
    std::thread::spawn(move || {
        let mut packet = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut packet) {
            // A response, recursive, with one answer.
            let mut reply = packet[..length].to_vec();
            reply[2..12].copy_from_slice(&[0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
            // The question's name; A, IN, good for no time at all.
            reply.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]);
            reply.extend(answer.octets());
            let _ = socket.send_to(&reply, from);
        }
    });
    Some(())
}

/// While it is kept, an ordinary user's containers can have a way out.
pub struct Tunnels {
    /// Shared by all tests that need it; the mode from before stands in it.
    turn: Option<File>,
}

impl Tunnels {
    const DEVICE: &str = "/dev/net/tun";
    const TURN: &str = "/run/lock/gantry-tests.tun";
    /// As udev has it everywhere else.
    const OPEN: u32 = 0o666;

    /// `None` where there is no such device, or it is closed and not ours to open.
    pub fn open() -> Option<Self> {
        let mode = || Some(fs::metadata(Self::DEVICE).ok()?.permissions().mode() & 0o777);
        mode()?;
        let mut options = fs::OpenOptions::new();
        let turn = options.read(true).write(true).create(true).truncate(false);
        let Ok(turn) = turn.open(Self::TURN) else {
            return (mode()? == Self::OPEN).then_some(Self { turn: None });
        };
        flock(&turn, FlockOperation::LockShared).unwrap();
        let tunnels = Self { turn: Some(turn) };
        let found = mode()?;
        if found != Self::OPEN {
            fs::write(Self::TURN, format!("{found:o}")).unwrap();
            fs::set_permissions(Self::DEVICE, Permissions::from_mode(Self::OPEN)).ok()?;
        }
        Some(tunnels)
    }
}

impl Drop for Tunnels {
    /// The last one closes it again.
    fn drop(&mut self) {
        let Some(turn) = &self.turn else { return };
        if flock(turn, FlockOperation::NonBlockingLockExclusive).is_err() {
            return;
        }
        let before = fs::read_to_string(Self::TURN).unwrap_or_default();
        if let Ok(mode) = u32::from_str_radix(before.trim(), 8) {
            let _ = fs::set_permissions(Self::DEVICE, Permissions::from_mode(mode));
            let _ = turn.set_len(0);
        }
    }
}

/// The process that keeps the networks of an engine.
pub fn keeper(engine: &Engine) -> Option<Pid> {
    recorded(engine, "keeper")
}

/// The process that leads out of the networks of an ordinary user's engine.
pub fn helper(engine: &Engine) -> Option<Pid> {
    recorded(engine, "helper")
}

fn recorded(engine: &Engine, which: &str) -> Option<Pid> {
    let record = engine.root().join("networks/keeper/keeper.json");
    let record: serde_json::Value = serde_json::from_slice(&fs::read(record).ok()?).ok()?;
    Pid::from_raw(i32::try_from(record[which]["pid"].as_i64()?).ok()?)
}

/// What of an engine below `folder` is in the host's network: bridges, and tables of its filter.
pub fn traces(folder: &Path) -> Vec<String> {
    let Some(tag) = tag(folder) else {
        return Vec::new();
    };
    let links = fs::read_dir("/sys/class/net")
        .into_iter()
        .flatten()
        .flatten();
    let names = links.map(|link| link.file_name().to_string_lossy().into_owned());
    let mut found: Vec<_> = names
        .filter(|name| {
            name.starts_with(&format!("gb{tag}")) || name.starts_with(&format!("gv{tag}"))
        })
        .collect();
    let tables = Command::new("nft").args(["list", "tables"]).output();
    let tables = tables.map(|output| output.stdout).unwrap_or_default();
    let table = format!("gantry-{tag}");
    let text = String::from_utf8_lossy(&tables).into_owned();
    found.extend(
        text.split_whitespace()
            .filter(|word| **word == table)
            .map(str::to_owned),
    );
    found
}

/// Removes them, once the processes of the engine are gone.
pub fn remove_traces(folder: &Path) {
    for trace in traces(folder) {
        let mut command = if trace.starts_with("gantry-") {
            let mut command = Command::new("nft");
            command.args(["delete", "table", "inet", &trace]);
            command
        } else {
            let mut command = Command::new("ip");
            command.args(["link", "delete", &trace]);
            command
        };
        // A container's interface went with its other end.
        let _ = command.output();
    }
}

/// What the names of an engine's interfaces have in common.
fn tag(folder: &Path) -> Option<String> {
    let plan = fs::read(folder.join("data/networks/keeper/plan.json")).ok()?;
    let plan: serde_json::Value = serde_json::from_slice(&plan).ok()?;
    Some(plan["tag"].as_str()?.to_owned())
}

/// What follows `docker run -d` to have Debian's nginx answer on port 80 with this computer's
/// libraries; `None` where `./dev` has not unpacked it.
pub fn nginx(engine: &Engine) -> Option<Vec<String>> {
    const CONFIG: &str = "daemon off; user root; error_log /dev/stderr; pid /tmp/nginx.pid;
        events { worker_connections 4096; }
        http {
          access_log off;
          client_body_temp_path /tmp/a; proxy_temp_path /tmp/b; fastcgi_temp_path /tmp/c;
          uwsgi_temp_path /tmp/d; scgi_temp_path /tmp/e;
          server { listen 80; location / { return 200 'hello'; } }
        }";
    let program = fs::read(unpacked("nginx", "usr/sbin/nginx")).ok()?;
    let program = engine.write("nginx", program);
    fs::set_permissions(&program, Permissions::from_mode(0o755)).ok()?;
    let config = engine.write("nginx.conf", CONFIG);
    let mut options = Vec::new();
    for (from, to) in [
        (program.as_path(), "/nginx"),
        (&config, "/nginx.conf"),
        (Path::new("/usr"), "/usr"),
        (Path::new("/usr/lib"), "/lib"),
        (Path::new("/usr/lib64"), "/lib64"),
        (Path::new("/etc/passwd"), "/etc/passwd"),
        (Path::new("/etc/group"), "/etc/group"),
    ] {
        options.extend(["-v".to_owned(), format!("{}:{to}:ro", from.display())]);
    }
    let script = "mkdir -p /var/log/nginx && exec /nginx -c /nginx.conf";
    options.extend(["busybox", "sh", "-c", script].map(str::to_owned));
    Some(options)
}
