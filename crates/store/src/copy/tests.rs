use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::CancelFlag;
use crate::tarball::{Kind, Member, TarWriter};

struct Place {
    home: TempDir,
    root: FilesRoot,
}

impl Place {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let inside = home.path().join("root");
        fs::create_dir_all(inside.join("srv")).unwrap();
        let flags = OFlags::PATH | OFlags::DIRECTORY;
        let root = rustix::fs::open(&inside, flags, Mode::empty()).unwrap();
        Self {
            home,
            root: FilesRoot::new(root, Limits::default()),
        }
    }

    fn inside(&self, path: &str) -> std::path::PathBuf {
        self.home.path().join("root").join(path)
    }

    fn extract(&self, path: &str, tar: &[u8]) -> Result<()> {
        self.extract_as(path, tar, Replace::SameKind, None)
    }

    fn extract_as(
        &self,
        path: &str,
        tar: &[u8],
        replace: Replace,
        rename: Option<&str>,
    ) -> Result<()> {
        let how = Extraction {
            owner: TakeOwner::Me,
            replace,
            rename: rename.map(str::to_owned),
        };
        self.root.extract(path, tar, &how, &(), &CancelFlag::new())
    }

    fn names(&self, path: &str, name: Option<&str>) -> Vec<String> {
        let mut tar = Vec::new();
        let cancel = CancelFlag::new();
        self.root.pack(path, name, &mut tar, &(), &cancel).unwrap();
        let mut reader = crate::tarball::TarReader::new(&tar[..]);
        let mut names = Vec::new();
        while let Some(member) = reader.next_member().unwrap() {
            names.push(shown(&member.path));
        }
        names
    }
}

fn tar(members: &[(Kind, &str, &str)]) -> Vec<u8> {
    let mut writer = TarWriter::new(Vec::new());
    for (kind, path, text) in members {
        let mut member = Member::new(*path, *kind);
        if *kind == Kind::File {
            member.size = text.len() as u64;
        } else {
            member.link = text.as_bytes().to_vec();
        }
        writer.start(&member).unwrap();
        if *kind == Kind::File {
            writer.data(text.as_bytes()).unwrap();
            writer.end_data(member.size).unwrap();
        }
    }
    writer.finish().unwrap()
}

#[test]
fn a_path_says_what_is_there_and_where_its_link_leads() {
    let place = Place::new();
    fs::write(place.inside("srv/file"), "content").unwrap();
    symlink("/srv", place.inside("up")).unwrap();
    symlink("../../../up/file", place.inside("srv/link")).unwrap();
    symlink("nowhere/./x", place.inside("srv/dangling")).unwrap();
    let facts = place.root.stat("srv/file").unwrap();
    assert_eq!((facts.name.as_str(), facts.size), ("file", 7));
    assert_eq!(
        place.root.stat("/srv/link").unwrap().link_target,
        "/srv/file"
    );
    let dangling = place.root.stat("/srv/dangling").unwrap();
    assert_eq!(dangling.link_target, "/srv/nowhere/x");
    // With a slash at its end a link is followed.
    assert!(place.root.stat("/up/").unwrap().mode & 0o170_000 == 0o040_000);
    for gone in ["/nothing", "/srv/file/below", "/srv/dangling/x"] {
        assert!(
            matches!(place.root.stat(gone), Err(Error::NoSuchPath(_))),
            "{gone}"
        );
    }
    assert!(matches!(
        place.root.stat("/srv/file/"),
        Err(Error::NotAFolder(_))
    ));
}

#[test]
fn half_a_file_is_none() {
    let place = Place::new();
    let text = "x".repeat(4096);
    let whole = tar(&[(Kind::File, "first", "1"), (Kind::File, "second", &text)]);
    let cut = whole.len() - 2048 - 1024;
    place.extract("/srv", &whole[..cut]).unwrap_err();
    assert_eq!(fs::read_to_string(place.inside("srv/first")).unwrap(), "1");
    assert!(!place.inside("srv/second").exists());
}

#[test]
fn names_in_the_tar_begin_as_dockers() {
    let place = Place::new();
    fs::create_dir(place.inside("srv/sub")).unwrap();
    fs::write(place.inside("srv/sub/file"), "").unwrap();
    symlink("/srv/sub", place.inside("link")).unwrap();
    assert_eq!(
        place.names("/srv", None),
        ["srv/", "srv/sub/", "srv/sub/file"]
    );
    assert_eq!(place.names("/srv/.", None), ["./", "./sub/", "./sub/file"]);
    assert_eq!(place.names("/srv/sub/file", None), ["file"]);
    assert_eq!(place.names("/link", None), ["link"]);
    assert_eq!(place.names("/link/", None), ["link/", "link/file"]);
    assert_eq!(place.names("/srv/sub", Some("new")), ["new/", "new/file"]);
    let root = place.names("/", None);
    assert_eq!(root, ["/", "/link", "/srv/", "/srv/sub/", "/srv/sub/file"]);
}

#[test]
fn links_lead_where_they_lead_in_the_container() {
    let place = Place::new();
    symlink("/srv", place.inside("absolute")).unwrap();
    symlink("../../../../..", place.inside("srv/up")).unwrap();
    let archive = tar(&[
        (Kind::File, "absolute/one", "1"),
        (Kind::File, "srv/up/two", "2"),
        (Kind::Symlink, "out", "/"),
        (Kind::File, "out/three", "3"),
        (Kind::Symlink, "far", "../../../../../../../../tmp"),
        (Kind::File, "new/deep/four", "4"),
    ]);
    place.extract("/", &archive).unwrap();
    for (path, text) in [
        ("srv/one", "1"),
        ("two", "2"),
        ("three", "3"),
        ("new/deep/four", "4"),
    ] {
        assert_eq!(
            fs::read_to_string(place.inside(path)).unwrap(),
            text,
            "{path}"
        );
    }
    assert_eq!(fs::read_dir(place.home.path()).unwrap().count(), 1);
}

#[test]
fn folders_and_files_replace_each_other_only_when_asked() {
    let place = Place::new();
    fs::create_dir_all(place.inside("srv/it/below")).unwrap();
    let file = tar(&[(Kind::File, "it", "text")]);
    let refused = place.extract("/srv", &file).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "cannot overwrite directory \"/srv/it\" with non-directory \"/srv\""
    );
    place
        .extract_as("/srv", &file, Replace::Anything, None)
        .unwrap();
    assert!(place.inside("srv/it").is_file());
    let folder = tar(&[(Kind::Directory, "it", "")]);
    assert!(matches!(
        place.extract("/srv", &folder),
        Err(Error::WouldReplace { folder: false, .. })
    ));
    // A folder that is there keeps what is in it.
    fs::create_dir_all(place.inside("srv/kept/below")).unwrap();
    let kept = tar(&[(Kind::Directory, "kept", ""), (Kind::File, "kept/new", "n")]);
    place.extract("/srv", &kept).unwrap();
    assert!(place.inside("srv/kept/below").is_dir() && place.inside("srv/kept/new").is_file());
}

#[test]
fn the_first_component_can_be_given_another_name() {
    let place = Place::new();
    let archive = tar(&[
        (Kind::Directory, "old", ""),
        (Kind::File, "old/file", "text"),
        (Kind::Hardlink, "old/second", "old/file"),
    ]);
    place
        .extract_as("/srv", &archive, Replace::SameKind, Some("new"))
        .unwrap();
    let (one, two) = (place.inside("srv/new/file"), place.inside("srv/new/second"));
    assert_eq!(one.metadata().unwrap().ino(), two.metadata().unwrap().ino());
}

#[test]
fn what_is_copied_out_and_in_again_is_the_same() {
    let place = Place::new();
    let folder = place.inside("srv/from");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("file"), "text").unwrap();
    fs::set_permissions(folder.join("file"), fs::Permissions::from_mode(0o4751)).unwrap();
    fs::hard_link(folder.join("file"), folder.join("other")).unwrap();
    let name = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"\xff\xfe");
    fs::write(folder.join(name), "not UTF-8").unwrap();
    symlink("no/where", folder.join("link")).unwrap();
    let sparse = fs::File::create(folder.join("sparse")).unwrap();
    sparse.set_len(64 << 20).unwrap();
    rustix::fs::utimensat(
        rustix::fs::CWD,
        &folder,
        &crate::unpack::timestamps(Time {
            seconds: 1_000_000,
            nanos: 7,
        }),
        rustix::fs::AtFlags::empty(),
    )
    .unwrap();
    let mut archive = Vec::new();
    let cancel = CancelFlag::new();
    place
        .root
        .pack("/srv/from", Some("to"), &mut archive, &(), &cancel)
        .unwrap();
    assert!(archive.len() < 1 << 20, "holes are not bytes");
    place.extract("/srv", &archive).unwrap();
    let to = place.inside("srv/to");
    assert_eq!(
        (
            to.metadata().unwrap().mtime(),
            to.metadata().unwrap().mtime_nsec()
        ),
        (1_000_000, 7)
    );
    assert_eq!(to.join("file").metadata().unwrap().mode() & 0o7777, 0o4751);
    assert_eq!(to.join("other").metadata().unwrap().nlink(), 2);
    assert_eq!(fs::read_to_string(to.join(name)).unwrap(), "not UTF-8");
    assert_eq!(
        fs::read_link(to.join("link")).unwrap(),
        Path::new("no/where")
    );
    let sparse = to.join("sparse").metadata().unwrap();
    assert_eq!(sparse.len(), 64 << 20);
    assert!(sparse.blocks() < 100);
}

#[test]
fn the_folder_must_be_there_and_be_one() {
    let place = Place::new();
    fs::write(place.inside("srv/file"), "").unwrap();
    let archive = tar(&[(Kind::File, "x", "")]);
    assert!(matches!(
        place.extract("/none", &archive),
        Err(Error::NoSuchPath(_))
    ));
    let refused = place.extract("/srv/file", &archive).unwrap_err();
    assert_eq!(refused.to_string(), "extraction point is not a directory");
    place.extract("/srv", b"").unwrap();
    assert!(matches!(
        place.extract("/srv", b"no tar"),
        Err(Error::NotAnImage(_))
    ));
}

/// Content that breaks off after what is there.
struct BreaksOff(&'static [u8]);

impl std::io::Read for BreaksOff {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(std::io::ErrorKind::ConnectionReset.into()),
            count => Ok(count),
        }
    }
}

/// No content, while which somebody else writes a file.
struct Meanwhile<'a>(&'a Path);

impl std::io::Read for Meanwhile<'_> {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        fs::write(self.0, "somebody else's").map(|()| 0)
    }
}

#[test]
fn a_file_that_is_written_anew_stays_the_same_file() {
    let place = Place::new();
    let (file, other) = (place.inside("srv/file"), place.inside("srv/other"));
    fs::write(&file, "as it was").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    fs::hard_link(&file, &other).unwrap();
    let before = fs::metadata(&file).unwrap();
    let long = "x".repeat(3 << 20);
    for text in ["short", "", &long, "as it is"] {
        let any = |_: &Stat| true;
        place
            .root
            .rewrite_file("srv/file", any, text.as_bytes())
            .unwrap();
        assert_eq!(fs::read_to_string(&other).unwrap(), text);
    }
    let after = fs::metadata(&file).unwrap();
    assert_eq!(
        (after.ino(), after.mode(), after.nlink()),
        (before.ino(), before.mode(), 2)
    );
    assert_eq!(fs::read_dir(place.inside("srv")).unwrap().count(), 2);
}

#[test]
fn a_file_is_as_it_was_unless_all_of_its_new_content_came() {
    let mut place = Place::new();
    let file = place.inside("srv/file");
    fs::write(&file, "as it was").unwrap();
    let any = |_: &Stat| true;
    let rewrite =
        |root: &FilesRoot, content: BreaksOff| root.rewrite_file("srv/file", any, content);
    assert!(rewrite(&place.root, BreaksOff(b"a part")).is_err());
    assert_eq!(fs::read_to_string(&file).unwrap(), "as it was");
    let as_it_was = |found: &Stat| found.st_size == 9;
    let meanwhile = Meanwhile(&file);
    let changed = place.root.rewrite_file("srv/file", as_it_was, meanwhile);
    assert!(matches!(changed, Err(Error::Changed(_))));
    place.root.limits.reserve = u64::MAX / 2;
    let full = place.root.rewrite_file("srv/file", any, &b"new"[..]);
    assert!(matches!(full, Err(Error::DiskFull { .. })));
    assert_eq!(fs::read_to_string(&file).unwrap(), "somebody else's");
    assert_eq!(fs::read_dir(place.inside("srv")).unwrap().count(), 1);
}
