//! Images as one tar, or as a folder, in the forms that exist in the wild.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::Path,
};

use serde_json::{Value, json};

use crate::{Compression, Image, Tree, sha256};

/// A form of image archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archive {
    /// `docker save` before version 25: a folder per layer, `manifest.json`, `repositories`.
    DockerOld,
    /// `docker save` since version 25: blobs by digest, with `manifest.json` and an OCI index.
    Docker,
    /// An OCI layout as a tar, layers compressed as told.
    Oci(Compression),
}

impl Archive {
    /// Writes all `images` into one archive.
    pub fn write(self, images: &[Image], mut out: impl Write) -> io::Result<()> {
        let files = match self {
            Self::DockerOld => docker_old(images),
            Self::Docker => {
                let mut files = oci(images, Compression::None)?;
                files.insert("manifest.json".to_owned(), docker_manifest(images));
                files
            }
            Self::Oci(compression) => oci(images, compression)?,
        };
        let tree = files.iter().fold(Tree::new(), |tree, (path, content)| {
            tree.file(path, 0o644, content)
        });
        out.write_all(&tree.into_tar()?)?;
        out.flush()
    }

    pub fn to_vec(self, images: &[Image]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.write(images, &mut bytes)?;
        Ok(bytes)
    }
}

/// Writes `images` as an OCI layout into the folder `out`.
pub fn write_layout(images: &[Image], compression: Compression, out: &Path) -> io::Result<()> {
    fs::create_dir_all(out.join("blobs/sha256"))?;
    for (path, content) in oci(images, compression)? {
        fs::write(out.join(path), content)?;
    }
    Ok(())
}

/// Path to content; sorted, which is the order in the tar.
type Files = BTreeMap<String, Vec<u8>>;

fn oci(images: &[Image], compression: Compression) -> io::Result<Files> {
    let mut files = Files::new();
    let mut manifests = Vec::new();
    for image in images {
        let kind = "application/vnd.oci.image.config.v1+json";
        let config = blob(&mut files, kind, image.config_json());
        let mut layers = Vec::new();
        for tar in image.layers() {
            let bytes = compression.apply(tar)?;
            layers.push(blob(&mut files, compression.oci_layer_type(), bytes));
        }
        let kind = "application/vnd.oci.image.manifest.v1+json";
        let manifest = json!({
            "schemaVersion": 2, "mediaType": kind, "config": config, "layers": layers,
        });
        let manifest = blob(&mut files, kind, manifest.to_string().into_bytes());
        for name in &image.names {
            manifests.push(named(manifest.clone(), name));
        }
    }
    let index = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": manifests,
    });
    files.insert("index.json".to_owned(), index.to_string().into_bytes());
    files.insert(
        "oci-layout".to_owned(),
        br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec(),
    );
    Ok(files)
}

/// Adds a blob and returns its descriptor.
fn blob(files: &mut Files, media_type: &str, content: Vec<u8>) -> Value {
    let digest = sha256(&content);
    let descriptor = json!({
        "mediaType": media_type, "digest": format!("sha256:{digest}"), "size": content.len(),
    });
    files.insert(format!("blobs/sha256/{digest}"), content);
    descriptor
}

/// The annotations that Docker and containerd write and read.
fn named(mut descriptor: Value, name: &str) -> Value {
    let tag = name.rsplit_once(':').map_or("latest", |(_, tag)| tag);
    descriptor["annotations"] = json!({
        "io.containerd.image.name": full_name(name),
        "org.opencontainers.image.ref.name": tag,
    });
    descriptor
}

fn full_name(name: &str) -> String {
    match name.split_once('/') {
        None => format!("docker.io/library/{name}"),
        Some((host, _)) if host.contains(['.', ':']) => name.to_owned(),
        Some(_) => format!("docker.io/{name}"),
    }
}

fn docker_manifest(images: &[Image]) -> Vec<u8> {
    let path = |bytes: &[u8]| format!("blobs/sha256/{}", sha256(bytes));
    let entry = |image: &Image| {
        json!({
            "Config": path(&image.config_json()),
            "RepoTags": image.names,
            "Layers": image.layers().map(path).collect::<Vec<_>>(),
        })
    };
    Value::Array(images.iter().map(entry).collect())
        .to_string()
        .into_bytes()
}

fn docker_old(images: &[Image]) -> Files {
    let mut files = Files::new();
    let mut manifest = Vec::new();
    let mut repositories = json!({});
    for image in images {
        let mut layers = Vec::new();
        let mut top = String::new();
        for tar in image.layers() {
            // Docker's ids of that time named the chain, not the content.
            top = sha256(format!("{top} {}", sha256(tar)).as_bytes());
            files.insert(format!("{top}/VERSION"), b"1.0".to_vec());
            files.insert(
                format!("{top}/json"),
                json!({ "id": top }).to_string().into_bytes(),
            );
            files.insert(format!("{top}/layer.tar"), tar.to_vec());
            layers.push(format!("{top}/layer.tar"));
        }
        let config = image.config_json();
        let config_path = format!("{}.json", sha256(&config));
        files.insert(config_path.clone(), config);
        manifest.push(json!({ "Config": config_path, "RepoTags": image.names, "Layers": layers }));
        for name in &image.names {
            let (name, tag) = name.rsplit_once(':').unwrap_or((name, "latest"));
            repositories[name][tag] = json!(top);
        }
    }
    files.insert(
        "manifest.json".to_owned(),
        Value::Array(manifest).to_string().into_bytes(),
    );
    files.insert(
        "repositories".to_owned(),
        repositories.to_string().into_bytes(),
    );
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(name: &str) -> Image {
        let tree = Tree::new()
            .dirs(&["etc"])
            .file("etc/name", 0o644, name.as_bytes());
        Image::new(name)
            .layer("COPY etc /etc", tree)
            .unwrap()
            .step("CMD [\"sh\"]")
    }

    fn paths(archive: &[u8]) -> Vec<String> {
        tar::Archive::new(archive)
            .entries()
            .unwrap()
            .map(|entry| entry.unwrap().path().unwrap().to_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn the_same_images_give_the_same_bytes() {
        for archive in [
            Archive::DockerOld,
            Archive::Docker,
            Archive::Oci(Compression::Gzip),
        ] {
            let write = || archive.to_vec(&[image("a:1"), image("b:2")]).unwrap();
            assert_eq!(write(), write(), "{archive:?}");
        }
    }

    #[test]
    fn blobs_are_named_by_their_digest() {
        let bytes = Archive::Oci(Compression::Zstd)
            .to_vec(&[image("a:1")])
            .unwrap();
        let mut seen = 0;
        for entry in tar::Archive::new(bytes.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = entry.path().unwrap().to_str().unwrap().to_owned();
            if let Some(digest) = path.strip_prefix("blobs/sha256/") {
                let mut content = Vec::new();
                io::Read::read_to_end(&mut entry, &mut content).unwrap();
                assert_eq!(sha256(&content), digest);
                seen += 1;
            }
        }
        assert_eq!(seen, 3, "config, manifest and one layer");
    }

    #[test]
    fn the_new_docker_form_can_be_read_as_either() {
        let paths = paths(&Archive::Docker.to_vec(&[image("a:1")]).unwrap());
        for needed in ["manifest.json", "index.json", "oci-layout"] {
            assert!(
                paths.iter().any(|path| path == needed),
                "{needed} in {paths:?}"
            );
        }
    }

    #[test]
    fn the_old_docker_form_has_a_folder_per_layer() {
        let paths = paths(&Archive::DockerOld.to_vec(&[image("a:1")]).unwrap());
        assert!(
            paths.iter().any(|path| path.ends_with("/layer.tar")),
            "{paths:?}"
        );
        assert!(paths.iter().any(|path| path == "repositories"), "{paths:?}");
    }

    #[test]
    fn names_are_written_in_full_for_containerd() {
        assert_eq!(full_name("a:1"), "docker.io/library/a:1");
        assert_eq!(
            full_name("gantry/welcome:latest"),
            "docker.io/gantry/welcome:latest"
        );
        assert_eq!(full_name("localhost:5000/a:1"), "localhost:5000/a:1");
    }
}
