//! Certificates of an authority that nobody else knows.

use std::{
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
    process::Command,
};

use crate::Running;

/// An authority and what it signs, in a folder of the test's.
pub struct Authority {
    folder: PathBuf,
}

/// A certificate and its key, as files.
pub struct Signed {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Keys of elliptic curves are made in no time.
const KEY: [&str; 5] = [
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
];

impl Authority {
    pub fn new(folder: &Path) -> Self {
        let authority = Self {
            folder: folder.to_owned(),
        };
        let made = authority.signed("ca");
        openssl(
            Command::new("openssl")
                .args(["req", "-x509", "-days", "2"])
                .args(KEY)
                .args([
                    "-subj",
                    "/CN=nobody's authority",
                    "-addext",
                    "keyUsage=critical,keyCertSign",
                    "-keyout",
                ])
                .arg(&made.key)
                .arg("-out")
                .arg(&made.certificate),
        );
        authority
    }

    /// What is believed by whoever believes the authority.
    pub fn certificate(&self) -> PathBuf {
        self.signed("ca").certificate
    }

    /// Signs a server at these addresses, or a client.
    pub fn sign(&self, name: &str, addresses: &[IpAddr]) -> Signed {
        let made = self.signed(name);
        let (request, more) = (self.file(name, "csr"), self.file(name, "ext"));
        let names: Vec<String> = addresses.iter().map(|ip| format!("IP:{ip}")).collect();
        let mut lines = vec!["extendedKeyUsage=serverAuth,clientAuth".to_owned()];
        if !names.is_empty() {
            lines.push(format!("subjectAltName={}", names.join(",")));
        }
        fs::write(&more, lines.join("\n")).unwrap();
        openssl(
            Command::new("openssl")
                .arg("req")
                .args(KEY)
                .args(["-subj", &format!("/CN={name}")])
                .arg("-keyout")
                .arg(&made.key)
                .arg("-out")
                .arg(&request),
        );
        let authority = self.signed("ca");
        openssl(
            Command::new("openssl")
                .args(["x509", "-req", "-days", "2", "-CAcreateserial", "-in"])
                .arg(&request)
                .arg("-extfile")
                .arg(&more)
                .arg("-CA")
                .arg(&authority.certificate)
                .arg("-CAkey")
                .arg(&authority.key)
                .arg("-out")
                .arg(&made.certificate),
        );
        made
    }

    fn signed(&self, name: &str) -> Signed {
        Signed {
            certificate: self.file(name, "crt"),
            key: self.file(name, "key"),
        }
    }

    fn file(&self, name: &str, kind: &str) -> PathBuf {
        self.folder.join(format!("{name}.{kind}"))
    }
}

#[track_caller]
fn openssl(command: &mut Command) {
    Running::start(command).finish().ok();
}
