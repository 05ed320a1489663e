//! AppArmor profiles and SELinux labels: asked for here, taken on by the kernel at the next exec.

use std::fs;
use std::path::Path;

use oci_spec::runtime::Process;

use crate::failure::{During, FailureKind, StartFailure, Step};

/// Asks for the spec's profile or label. One that cannot be had is a failure, never a pass.
pub fn prepare(process: &Process) -> Result<(), StartFailure> {
    let wanted = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    if let Some(profile) = wanted(process.apparmor_profile()) {
        require("/sys/module/apparmor", "AppArmor", &profile)?;
        // Its own directory since Linux 5.8; before, all modules shared one file.
        let own = Path::new("/proc/self/attr/apparmor/exec");
        let file = if own.exists() {
            own
        } else {
            Path::new("/proc/self/attr/exec")
        };
        let request = format!("exec {profile}");
        fs::write(file, request).during(Step::SecurityModule, || profile)?;
    }
    if let Some(label) = wanted(process.selinux_label()) {
        require("/sys/fs/selinux/enforce", "SELinux", &label)?;
        fs::write("/proc/self/attr/exec", &label).during(Step::SecurityModule, || label)?;
    }
    Ok(())
}

fn require(sign: &str, module: &str, wanted: &str) -> Result<(), StartFailure> {
    if Path::new(sign).exists() {
        return Ok(());
    }
    let detail = format!("{wanted}: {module} is not active");
    Err(StartFailure::new(
        FailureKind::Other,
        Step::SecurityModule,
        detail,
    ))
}
