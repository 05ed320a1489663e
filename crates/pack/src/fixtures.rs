//! The images that tests start from.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::json;

use crate::{Archive, Compression, Image, Tree, write_layout};

const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Where Debian's package busybox-static puts its one file.
const BUSYBOX: [&str; 3] = ["/bin/busybox", "/usr/bin/busybox", "/usr/local/bin/busybox"];

/// The static busybox of this computer.
pub fn find_busybox() -> io::Result<PathBuf> {
    BUSYBOX
        .iter()
        .map(PathBuf::from)
        .find(|path| path.exists())
        .ok_or_else(|| {
            let why = "no /bin/busybox: install the package busybox-static";
            io::Error::new(io::ErrorKind::NotFound, why)
        })
}

/// A shell and the usual commands in one layer.
pub fn busybox(name: &str) -> io::Result<Image> {
    Ok(Image::new(name)
        .config(json!({ "Cmd": ["sh"], "Env": [PATH] }))
        .layer("ADD busybox.tar /", busybox_tree()?)?
        .step("CMD [\"sh\"]"))
}

fn busybox_tree() -> io::Result<Tree> {
    let program = find_busybox()?;
    let names = Command::new(&program).arg("--list").output()?.stdout;
    let names = String::from_utf8_lossy(&names).into_owned();
    let mut tree = Tree::new()
        .dirs(&[
            "bin", "dev", "etc", "home", "proc", "root", "sys", "usr", "usr/bin", "var",
        ])
        .dir("tmp", 0o1777)
        .file("bin/busybox", 0o755, &fs::read(program)?);
    for name in names.lines().filter(|name| *name != "busybox") {
        tree = tree.symlink(&format!("bin/{name}"), "busybox");
    }
    let users = b"root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000:Alice:/home/alice:/bin/sh\n";
    Ok(tree
        .file("etc/passwd", 0o644, users)
        .file(
            "etc/group",
            0o644,
            b"root:x:0:\nalice:x:1000:\nstaff:x:50:alice\n",
        )
        .dir("home/alice", 0o755))
}

/// Four layers over each other: files replaced, deleted, and a folder emptied and filled again.
///
/// What must be seen from inside: `/data/kept` says `from layer 2`, `/data/gone` is not there,
/// `/swept` holds `new` alone, `/link` and `/data/kept` are two names of different files.
pub fn whiteouts(name: &str) -> io::Result<Image> {
    let first = Tree::new()
        .dir("data", 0o750)
        .file("data/kept", 0o640, b"from layer 1\n")
        .file("data/gone", 0o644, b"deleted by layer 2\n")
        .dir("swept", 0o755)
        .file("swept/old", 0o644, b"hidden by layer 3\n")
        .hardlink("link", "data/kept");
    // Without an entry for `data`: it keeps the mode of the first layer.
    let second = Tree::new()
        .file("data/kept", 0o644, b"from layer 2\n")
        .whiteout("data/gone");
    let third =
        Tree::new()
            .dir("swept", 0o755)
            .opaque("swept")
            .file("swept/new", 0o644, b"from layer 3\n");
    busybox(name)?
        .layer("COPY data /data", first)?
        .layer(
            "RUN echo 'from layer 2' > /data/kept && rm /data/gone",
            second,
        )?
        .layer(
            "RUN rm -r /swept && mkdir /swept && touch /swept/new",
            third,
        )
}

/// An image that this computer cannot run.
pub fn other_architecture(name: &str) -> io::Result<Image> {
    let program = Tree::new()
        .dirs(&["bin"])
        .file("bin/sh", 0o755, b"\x7fELF not for this machine");
    let image = Image::new(name)
        .architecture("s390x")
        .config(json!({ "Cmd": ["/bin/sh"] }));
    image.layer("ADD rootfs.tar /", program)
}

/// Writes one of each into the folder `out` and returns the paths.
pub fn write_all(out: &Path) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(out)?;
    let one = || Ok::<_, io::Error>(vec![busybox("busybox:latest")?]);
    let archives = [
        ("busybox-docker-old.tar", Archive::DockerOld, one()?),
        ("busybox-docker.tar", Archive::Docker, one()?),
        ("busybox-oci.tar", Archive::Oci(Compression::None), one()?),
        (
            "busybox-oci-gzip.tar",
            Archive::Oci(Compression::Gzip),
            one()?,
        ),
        (
            "busybox-oci-zstd.tar",
            Archive::Oci(Compression::Zstd),
            one()?,
        ),
        (
            "layers.tar",
            Archive::Docker,
            vec![whiteouts("layers:latest")?],
        ),
        (
            "other-architecture.tar",
            Archive::Docker,
            vec![other_architecture("s390x:latest")?],
        ),
        ("several.tar", Archive::Docker, several()?),
    ];
    let mut written = Vec::new();
    for (name, archive, images) in archives {
        let path = out.join(name);
        archive.write(&images, io::BufWriter::new(fs::File::create(&path)?))?;
        written.push(path);
    }
    let layout = out.join("busybox-layout");
    write_layout(&one()?, Compression::Gzip, &layout)?;
    written.push(layout);
    Ok(written)
}

/// Three images that share their first layer, one of them with two names.
pub fn several() -> io::Result<Vec<Image>> {
    let note = Tree::new().file("note", 0o644, b"second\n");
    Ok(vec![
        busybox("several/first:1")?.also_named("several/first:stable"),
        busybox("several/second:1")?.layer("COPY note /", note)?,
        whiteouts("several/third:1")?,
    ])
}
