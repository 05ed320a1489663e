//! What this computer is, as `docker info` and `docker version` tell it.

use std::path::Path;

/// Facts about the host that do not change while the engine runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The kernel's release, e.g. `6.12.1`.
    pub kernel: String,
    /// The kernel's build line.
    pub kernel_build: String,
    /// The distribution's full name.
    pub operating_system: String,
    /// The distribution's version.
    pub os_version: String,
    /// The machine as the kernel names it, e.g. `x86_64`.
    pub machine: String,
    /// The host name.
    pub hostname: String,
    /// Processors that this process may use.
    pub cpus: u32,
    /// Physical memory in bytes.
    pub memory: u64,
    /// The id of this boot; identities of processes hold no longer than it.
    pub boot_id: String,
    /// Whether the engine runs in a user namespace of its own.
    pub rootless: bool,
    /// Whether an AppArmor kernel enforces profiles.
    pub apparmor: bool,
}

impl Facts {
    pub(super) fn gather(rootless: bool) -> Self {
        let system = rustix::system::uname();
        let text = |value: &std::ffi::CStr| value.to_string_lossy().into_owned();
        let release = std::fs::read_to_string("/etc/os-release")
            .or_else(|_| std::fs::read_to_string("/usr/lib/os-release"))
            .unwrap_or_default();
        let memory = rustix::system::sysinfo();
        Self {
            kernel: text(system.release()),
            kernel_build: text(system.version()),
            operating_system: os_release(&release, "PRETTY_NAME").unwrap_or_else(|| "Linux".into()),
            os_version: os_release(&release, "VERSION_ID").unwrap_or_default(),
            machine: text(system.machine()),
            hostname: text(system.nodename()),
            cpus: rustix::thread::sched_getaffinity(None).map_or(1, |set| set.count()),
            #[allow(
                clippy::useless_conversion,
                reason = "the field's width differs by target"
            )]
            memory: u64::from(memory.totalram) * u64::from(memory.mem_unit),
            boot_id: gantry_runtime::boot_id().unwrap_or_default(),
            rootless,
            apparmor: Path::new("/sys/kernel/security/apparmor/profiles").exists(),
        }
    }

    /// The architecture in Go's vocabulary, which images use.
    pub fn architecture(&self) -> &'static str {
        go_architecture(&self.machine)
    }
}

fn go_architecture(machine: &str) -> &'static str {
    match machine {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "armv7l" | "armv6l" => "arm",
        "i686" | "i386" => "386",
        "riscv64" => "riscv64",
        "ppc64le" => "ppc64le",
        "s390x" => "s390x",
        _ => "unknown",
    }
}

fn os_release(text: &str, key: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name == key).then(|| value.trim_matches('"').to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distribution_is_named() {
        let text = "NAME=\"Debian GNU/Linux\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n";
        assert_eq!(
            os_release(text, "PRETTY_NAME").as_deref(),
            Some("Debian GNU/Linux 12 (bookworm)")
        );
        assert_eq!(os_release(text, "VERSION_ID"), None);
    }
}
