//! Which operating system and processor an image is for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An operating system and processor, in the names that Go uses: `linux/arm64/v8`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Platform {
    /// `linux`.
    #[serde(default)]
    pub os: String,
    /// `amd64`, `arm64`, `riscv64`…
    #[serde(default)]
    pub architecture: String,
    /// `v8`, `v7`…; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub variant: String,
    /// Windows only.
    #[serde(
        rename = "os.version",
        default,
        skip_serializing_if = "String::is_empty"
    )]
    pub os_version: String,
    /// Windows only.
    #[serde(rename = "os.features", default, skip_serializing_if = "Vec::is_empty")]
    pub os_features: Vec<String>,
}

impl Platform {
    /// The platform of the machine this runs on.
    pub fn host() -> Self {
        let architecture = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            "x86" => "386",
            "powerpc64" if cfg!(target_endian = "little") => "ppc64le",
            "loongarch64" => "loong64",
            other => other,
        };
        Self::new("linux", architecture, "").normalised()
    }

    /// A platform of the three parts that Linux images use.
    pub fn new(os: &str, architecture: &str, variant: &str) -> Self {
        Self {
            os: os.to_owned(),
            architecture: architecture.to_owned(),
            variant: variant.to_owned(),
            ..Self::default()
        }
    }

    /// Parses `os/architecture[/variant]`, or an architecture alone.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('/').collect();
        if parts.iter().any(|part| part.is_empty()) {
            return None;
        }
        let platform = match parts[..] {
            [os @ ("linux" | "windows" | "darwin")] => {
                Self::new(os, &Self::host().architecture, "")
            }
            [architecture] => Self::new("linux", architecture, ""),
            [os, architecture] => Self::new(os, architecture, ""),
            [os, architecture, variant] => Self::new(os, architecture, variant),
            _ => return None,
        };
        Some(platform.normalised())
    }

    /// The same platform in one spelling: `x86_64` is `amd64`, `arm64` is `arm64/v8`.
    #[must_use]
    pub fn normalised(mut self) -> Self {
        self.os = self.os.to_lowercase();
        let (architecture, variant) = (
            self.architecture.to_lowercase(),
            self.variant.to_lowercase(),
        );
        let (architecture, variant) = match (architecture.as_str(), variant.as_str()) {
            ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
            ("x86_64" | "x86-64" | "amd64", variant) => ("amd64", variant),
            ("i386" | "i486" | "i586" | "i686" | "x86", _) => ("386", ""),
            ("aarch64" | "arm64", "" | "8") => ("arm64", "v8"),
            ("aarch64" | "arm64", variant) => ("arm64", variant),
            ("armhf", _) | ("arm", "" | "7") => ("arm", "v7"),
            ("armel", _) | ("arm", "6") => ("arm", "v6"),
            ("arm", "5") => ("arm", "v5"),
            (architecture, variant) => (architecture, variant),
        };
        (self.architecture, self.variant) = (architecture.to_owned(), variant.to_owned());
        self
    }

    /// Whether programs for `self` start on a machine that is `host`, without emulation.
    ///
    /// An image that names no platform is taken to fit, as Docker does.
    pub fn runs_on(&self, host: &Self) -> bool {
        if self.architecture.is_empty() {
            return self.os.is_empty() || self.os == host.os;
        }
        let (image, host) = (self.clone().normalised(), host.clone().normalised());
        if !image.os.is_empty() && image.os != host.os {
            return false;
        }
        match (image.architecture.as_str(), host.architecture.as_str()) {
            ("amd64", "amd64") | ("386", "amd64" | "386") => true,
            ("arm64", "arm64") | ("arm", "arm") => image.variant <= host.variant,
            (image, host) => image == host,
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.os, self.architecture)?;
        if !self.variant.is_empty() {
            write!(out, "/{}", self.variant)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_one_platform() {
        assert_eq!(Platform::parse("x86_64"), Platform::parse("linux/amd64"));
        assert_eq!(
            Platform::parse("linux/arm64"),
            Platform::parse("linux/aarch64/v8")
        );
        assert_eq!(Platform::parse("linux/"), None);
    }

    #[test]
    fn only_what_the_processor_understands_runs() {
        let amd64 = Platform::new("linux", "amd64", "");
        assert!(Platform::new("linux", "amd64", "").runs_on(&amd64));
        assert!(Platform::new("linux", "386", "").runs_on(&amd64));
        assert!(Platform::default().runs_on(&amd64));
        assert!(!Platform::new("linux", "arm64", "v8").runs_on(&amd64));
        assert!(!Platform::new("windows", "amd64", "").runs_on(&amd64));
        let arm = Platform::new("linux", "arm", "v6");
        assert!(!Platform::new("linux", "arm", "v7").runs_on(&arm));
    }
}
