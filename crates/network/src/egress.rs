//! The way out of an engine's own namespace: `pasta`, else `slirp4netns`.
//!
//! The helper stands with one foot in the host's namespace and gives ours an interface. It has
//! addresses of its own there, so that the host's are reached through it as any other; the host's
//! loopback is not.

use std::fs;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use gantry_runtime::{ProcessIdentity, send_signal};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::protocol::Egress;

/// The name of the interface that leads out.
pub const INTERFACE: &str = "gantry0";
/// The largest that both helpers take.
pub const MTU: u32 = 65520;

/// Ours is the address that ends in 100, the gateway's ends in 2.
const NETWORKS: [&str; 3] = ["10.0.2", "192.168.251", "172.31.251"];
/// The same of IPv6, in a network that is nobody's (RFC 4193).
const IPV6: &str = "fd67:616e:7472:79ff:";

/// How long a helper may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(5);

/// A helper that runs.
#[derive(Debug)]
pub struct Helper {
    pub name: &'static str,
    pub identity: ProcessIdentity,
    /// Readable once it is gone.
    pub pidfd: OwnedFd,
}

impl Helper {
    /// Ends it.
    pub fn end(&self) {
        let _ = send_signal(std::os::fd::AsFd::as_fd(&self.pidfd), libc::SIGKILL);
    }

    /// One that an earlier keeper started.
    pub fn found(identity: &ProcessIdentity) -> Option<Self> {
        let pidfd = identity.open().ok()??;
        Some(Self {
            name: "pasta",
            identity: identity.clone(),
            pidfd,
        })
    }

    pub fn egress(&self) -> Egress {
        Egress::Helper(self.name.to_owned())
    }
}

/// Starts what is there of the two. `directory` is for their files.
pub fn start(path: &str, namespace: &Path, directory: &Path) -> Result<Helper, String> {
    let mut problems = Vec::new();
    let network = free_network();
    if let Some(pasta) = program("pasta", path) {
        let families = [Families::Both, Families::Ipv4];
        for families in families.into_iter().filter(|one| one.has_way_out()) {
            match start_pasta(&pasta, namespace, directory, network, families) {
                Ok(helper) => return Ok(helper),
                Err(problem) => problems.push(format!("pasta: {problem}")),
            }
        }
    }
    if let Some(slirp) = program("slirp4netns", path) {
        match start_slirp(&slirp, namespace, network) {
            Ok(helper) => return Ok(helper),
            Err(problem) => problems.push(format!("slirp4netns: {problem}")),
        }
    }
    if problems.is_empty() {
        return Err("neither pasta (package passt) nor slirp4netns is installed".to_owned());
    }
    Err(problems.join("; "))
}

/// The first file of that name that can be executed.
pub fn program(name: &str, path: &str) -> Option<PathBuf> {
    path.split(':')
        .filter(|folder| folder.starts_with('/'))
        .map(|folder| Path::new(folder).join(name))
        .find(|file| {
            rustix::fs::access(file, rustix::fs::Access::EXEC_OK).is_ok() && file.is_file()
        })
}

/// What pasta carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Families {
    Both,
    Ipv4,
}

impl Families {
    /// Whether it is worth a try here.
    fn has_way_out(self) -> bool {
        let has_ipv6 = || {
            let routes = crate::netlink::Socket::route();
            routes.and_then(|mut socket| socket.leads_out_by_ipv6())
        };
        self == Self::Ipv4 || has_ipv6().unwrap_or_default()
    }
}

fn start_pasta(
    program: &Path,
    namespace: &Path,
    directory: &Path,
    network: &str,
    families: Families,
) -> Result<Helper, String> {
    let pid_file = directory.join("pasta.pid");
    if let Some(running) = started_before(&pid_file, namespace) {
        return Ok(running);
    }
    let _ = fs::remove_file(&pid_file);
    let mut command = Command::new(program);
    command
        .args(["--config-net", "--no-map-gw", "--quiet"])
        .args(["--tcp-ports", "none", "--udp-ports", "none"])
        .args(["--tcp-ns", "none", "--udp-ns", "none"])
        .args(["--ns-ifname", INTERFACE, "--mtu", &MTU.to_string()])
        .args(["--address", &format!("{network}.100")])
        .args(["--netmask", "24", "--gateway", &format!("{network}.2")])
        // Dropping to nobody would need an id that a single-id map lacks.
        .args(["--runas", "0:0"])
        .arg("--pid")
        .arg(&pid_file)
        .arg("--netns")
        .arg(namespace);
    match families {
        Families::Ipv4 => command.arg("--ipv4-only"),
        Families::Both => command
            .args(["--address", &format!("{IPV6}:100")])
            .args(["--gateway", &format!("{IPV6}:2")]),
    };
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    // It goes to the background once the interface is ready.
    let status = child.wait().map_err(|error| error.to_string())?;
    if !status.success() {
        // One that was being started when its keeper was killed has the interface.
        let earlier = started_before(&pid_file, namespace);
        return earlier.ok_or_else(|| last_line(child.stderr.take()));
    }
    let pid = fs::read_to_string(&pid_file).map_err(|error| error.to_string())?;
    let pid: i32 = pid.trim().parse().map_err(|_| "no pid".to_owned())?;
    helper("pasta", pid).map_err(|error| error.to_string())
}

/// A pasta that an earlier keeper started for the same namespace and could not write down.
fn started_before(pid_file: &Path, namespace: &Path) -> Option<Helper> {
    let pid = fs::read_to_string(pid_file).ok()?.trim().parse().ok()?;
    let running = helper("pasta", pid).ok()?;
    let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let line = String::from_utf8_lossy(&line).into_owned();
    let ours = line.split('\0').any(|word| Path::new(word) == namespace);
    (ours && running.identity.is_alive()).then_some(running)
}

fn start_slirp(program: &Path, namespace: &Path, network: &str) -> Result<Helper, String> {
    let mut command = Command::new(program);
    command
        .args(["--configure", "--disable-host-loopback"])
        .arg(format!("--mtu={MTU}"))
        .arg(format!("--cidr={network}.0/24"))
        .args(["--ready-fd=1", "--netns-type=path"])
        .arg(namespace)
        .arg(INTERFACE);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let mut ready = child.stdout.take().ok_or("no pipe")?;
    let time = Timespec::try_from(PATIENCE).ok();
    let waited = poll(&mut [PollFd::new(&ready, PollFlags::IN)], time.as_ref());
    let said =
        waited.is_ok_and(|count| count > 0) && ready.read(&mut [0]).is_ok_and(|count| count == 1);
    if !said {
        let _ = child.kill();
        let _ = child.wait();
        return Err("it did not get ready".to_owned());
    }
    helper("slirp4netns", child.id().cast_signed()).map_err(|error| error.to_string())
}

fn helper(name: &'static str, pid: i32) -> io::Result<Helper> {
    let identity = ProcessIdentity::of(pid)?;
    let pidfd = identity.open()?.ok_or(io::ErrorKind::NotFound)?;
    Ok(Helper {
        name,
        identity,
        pidfd,
    })
}

fn last_line(pipe: Option<impl Read>) -> String {
    let mut text = String::new();
    if let Some(mut pipe) = pipe {
        let _ = pipe.read_to_string(&mut text);
    }
    let last = text.lines().rev().find(|line| !line.trim().is_empty());
    last.unwrap_or("it ended with an error").trim().to_owned()
}

/// A network that the host has no route to.
fn free_network() -> &'static str {
    let routes = crate::netlink::Socket::route().and_then(|mut socket| socket.routes());
    let routes = routes.unwrap_or_default();
    NETWORKS
        .into_iter()
        .find(|network| {
            let net: Option<ipnet::IpNet> = format!("{network}.0/24").parse().ok();
            net.is_some_and(|net| {
                !routes
                    .iter()
                    .any(|route| route.contains(&net) || net.contains(route))
            })
        })
        .unwrap_or(NETWORKS[0])
}
