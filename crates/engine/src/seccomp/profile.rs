//! A policy in Docker's seccomp profile format.
//!
//! See <https://docs.docker.com/engine/security/seccomp/>; the names are those of the OCI runtime
//! specification (`config-linux.md`, seccomp) plus Docker's `includes` and `excludes`.

use serde::Deserialize;

use super::SeccompError;

/// A parsed policy and the text it came from.
#[derive(Debug, Clone)]
pub struct Profile {
    source: String,
    policy: Policy,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Policy {
    default_action: String,
    default_errno_ret: Option<i32>,
    #[serde(default)]
    arch_map: Vec<Architecture>,
    /// What profiles without `archMap` say instead: a plain list.
    #[serde(default)]
    architectures: Vec<String>,
    syscalls: Vec<Rule>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Architecture {
    architecture: String,
    sub_architectures: Option<Vec<String>>,
}

/// What happens to some system calls, under some conditions.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    #[serde(default)]
    names: Vec<String>,
    /// The old form of `names`.
    name: Option<String>,
    pub action: String,
    pub errno_ret: Option<i32>,
    #[serde(default, deserialize_with = "nullable")]
    pub args: Vec<Argument>,
    #[serde(default)]
    includes: Condition,
    #[serde(default)]
    excludes: Condition,
}

/// A comparison of one argument of the call.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Argument {
    pub index: u32,
    pub value: u64,
    #[serde(default)]
    pub value_two: u64,
    pub op: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Condition {
    caps: Vec<String>,
    arches: Vec<String>,
    min_kernel: Option<String>,
}

impl Rule {
    /// The system calls it is about.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().chain(&self.name).map(String::as_str)
    }

    fn holds(&self, capabilities: &[&str], architecture: &str, kernel: &str) -> bool {
        let has = |cap: &String| capabilities.contains(&cap.as_str());
        let recent = |least: &String| version(kernel) >= version(least);
        self.includes.caps.iter().all(has)
            && (self.includes.arches.is_empty()
                || self.includes.arches.iter().any(|a| a == architecture))
            && self.includes.min_kernel.iter().all(recent)
            && !self.excludes.caps.iter().any(has)
            && !self.excludes.arches.iter().any(|a| a == architecture)
            && !self.excludes.min_kernel.iter().any(recent)
    }
}

impl Profile {
    /// Docker's default policy.
    pub fn docker_default() -> Self {
        Self::parse(include_str!("default.json")).expect("the profile in the source tree is valid")
    }

    /// Reads a policy, as `--security-opt seccomp=FILE` sends it.
    pub fn parse(text: &str) -> Result<Self, SeccompError> {
        let policy: Policy =
            serde_json::from_str(text).map_err(|error| SeccompError::Profile(error.to_string()))?;
        Ok(Self {
            source: text.to_owned(),
            policy,
        })
    }

    /// The text, which names the profile in the cache.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// What happens to a call that no rule names.
    pub(super) fn default_action(&self) -> (&str, Option<i32>) {
        (&self.policy.default_action, self.policy.default_errno_ret)
    }

    /// The architectures beside the native one whose calls are filtered by the same rules.
    pub(super) fn further_architectures(&self, native: &str) -> Vec<&str> {
        let mapped = self
            .policy
            .arch_map
            .iter()
            .filter(|entry| entry.architecture == native)
            .flat_map(|entry| entry.sub_architectures.iter().flatten());
        mapped
            .chain(
                self.policy
                    .architectures
                    .iter()
                    .filter(|name| *name != native),
            )
            .map(String::as_str)
            .collect()
    }

    /// The rules that hold here, in the profile's order.
    pub(super) fn rules_for(
        &self,
        capabilities: &[&str],
        architecture: &str,
        kernel: &str,
    ) -> Vec<&Rule> {
        self.policy
            .syscalls
            .iter()
            .filter(|rule| rule.holds(capabilities, architecture, kernel))
            .collect()
    }
}

/// This computer's architecture as Docker's conditions name it.
pub(super) fn native_architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

/// The first two numbers of a kernel release.
fn version(release: &str) -> (u32, u32) {
    let mut numbers = release
        .split(|c: char| !c.is_ascii_digit())
        .map(|part| part.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

fn nullable<'de, D>(input: D) -> Result<Vec<Argument>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    Ok(Option::deserialize(input)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(profile: &Profile, capabilities: &[&str], kernel: &str) -> Vec<String> {
        let rules = profile.rules_for(capabilities, "amd64", kernel);
        let names = rules.iter().flat_map(|rule| rule.names());
        names.map(str::to_owned).collect()
    }

    #[test]
    fn rules_follow_capabilities_and_kernel() {
        let profile = Profile::docker_default();
        assert!(!names(&profile, &[], "6.1.0").contains(&"mount".to_owned()));
        assert!(names(&profile, &["CAP_SYS_ADMIN"], "6.1.0").contains(&"mount".to_owned()));
        assert!(names(&profile, &[], "6.1.0-amd64").contains(&"ptrace".to_owned()));
        assert!(!names(&profile, &[], "4.4.302").contains(&"ptrace".to_owned()));
    }

    #[test]
    fn an_old_profile_with_single_names_and_null_arguments_is_read() {
        let text = r#"{"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_X86_64","SCMP_ARCH_X86"],
            "syscalls":[{"name":"getcwd","action":"SCMP_ACT_ERRNO","args":null}]}"#;
        let profile = Profile::parse(text).unwrap();
        assert_eq!(names(&profile, &[], "6.1"), ["getcwd"]);
        assert_eq!(
            profile.further_architectures("SCMP_ARCH_X86_64"),
            ["SCMP_ARCH_X86"]
        );
        assert!(Profile::parse("{}").is_err());
    }
}
