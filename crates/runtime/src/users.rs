//! Who the first process is: Docker's `--user` looked up in the root's own /etc/passwd and
//! /etc/group (passwd(5), group(5)), both of which come from the image and may hold anything.

use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::root::Root;

/// More than this of a passwd or group file is not read.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// The highest id that Docker accepts.
const MAX_ID: u32 = i32::MAX as u32;

/// The ids of a process and where its user is at home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub uid: u32,
    pub gid: u32,
    /// Supplementary groups, the primary one first: without it a file whose group is denied
    /// could be had by leaving the group (CVE-2022-36109).
    pub groups: Vec<u32>,
    pub home: String,
}

/// Looks up `user[:group]`, names or ids, and further groups.
pub fn look_up(root: &Root, user: &str, additional: &[String]) -> Result<Account, StartFailure> {
    let read = |path| read(root, path).during(Step::User, || path);
    let passwd = read("/etc/passwd")?;
    let group = read("/etc/group")?;
    resolve(&passwd, &group, user, additional)
}

/// The program that /etc/passwd has a user begin with; empty where it says none.
pub fn login_shell(root: &Root, user: &str) -> std::io::Result<String> {
    let passwd = read(root, "/etc/passwd")?;
    Ok(shell_of(&passwd, user).to_owned())
}

fn read(root: &Root, path: &str) -> std::io::Result<String> {
    let content = root.read_file(path, MAX_FILE)?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&content).into_owned())
}

fn shell_of<'a>(passwd: &'a str, user: &str) -> &'a str {
    let (user, _) = user.split_once(':').unwrap_or((user, ""));
    let user = if user.is_empty() { "0" } else { user };
    User::find(passwd, user).map_or("", |entry| entry.shell)
}

fn resolve(
    passwd: &str,
    group: &str,
    user: &str,
    additional: &[String],
) -> Result<Account, StartFailure> {
    let (user, wanted_group) = user.split_once(':').unwrap_or((user, ""));
    let user = if user.is_empty() { "0" } else { user };
    let number = id(user);
    let entry = User::find(passwd, user);
    let (uid, mut gid, home, name) = match (&entry, number) {
        (Some(entry), _) => (entry.uid, entry.gid, entry.home, Some(entry.name)),
        (None, Some(uid)) => (uid, 0, "/", None),
        (None, None) => return Err(unknown(FailureKind::NoSuchUser, user)),
    };
    let mut groups = Vec::new();
    if wanted_group.is_empty() {
        let mine = |entry: &Group<'_>| name.is_some_and(|name| entry.has(name));
        groups.extend(
            group
                .lines()
                .filter_map(Group::parse)
                .filter(mine)
                .map(|entry| entry.gid),
        );
    } else {
        gid = group_id(group, wanted_group)?;
    }
    for name in additional {
        groups.push(group_id(group, name)?);
    }
    let mut unique = vec![gid];
    for group in groups {
        if !unique.contains(&group) {
            unique.push(group);
        }
    }
    let home = if home.is_empty() { "/" } else { home };
    Ok(Account {
        uid,
        gid,
        groups: unique,
        home: home.to_owned(),
    })
}

/// A group by name, or by number whether or not the file lists it.
fn group_id(group: &str, wanted: &str) -> Result<u32, StartFailure> {
    let listed = group
        .lines()
        .filter_map(Group::parse)
        .find(|entry| entry.name == wanted);
    listed
        .map(|entry| entry.gid)
        .or_else(|| id(wanted))
        .ok_or_else(|| unknown(FailureKind::NoSuchGroup, wanted))
}

fn unknown(kind: FailureKind, name: &str) -> StartFailure {
    StartFailure::new(kind, Step::User, name)
}

fn id(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|id| digits && *id <= MAX_ID)
}

/// A line of /etc/passwd.
struct User<'a> {
    name: &'a str,
    uid: u32,
    gid: u32,
    home: &'a str,
    shell: &'a str,
}

impl<'a> User<'a> {
    /// By name, or by number.
    fn find(passwd: &'a str, user: &str) -> Option<Self> {
        let number = id(user);
        let mut entries = passwd.lines().filter_map(Self::parse);
        entries.find(|entry| entry.name == user || number.is_some_and(|uid| entry.uid == uid))
    }

    fn parse(line: &'a str) -> Option<Self> {
        let mut fields = line.trim().split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        let uid = id(fields.nth(1)?)?;
        let gid = id(fields.next()?)?;
        let home = fields.nth(1).unwrap_or_default();
        let shell = fields.next().unwrap_or_default();
        Some(Self {
            name,
            uid,
            gid,
            home,
            shell,
        })
    }
}

/// A line of /etc/group.
struct Group<'a> {
    name: &'a str,
    gid: u32,
    members: &'a str,
}

impl<'a> Group<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut fields = line.trim().split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        let gid = id(fields.nth(1)?)?;
        Some(Self {
            name,
            gid,
            members: fields.next().unwrap_or_default(),
        })
    }

    fn has(&self, user: &str) -> bool {
        self.members.split(',').any(|member| member.trim() == user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\n# comment\nbroken:line\n\
        www:x:33:33:www:/var/www:/bin/false\nbig:x:99999999999:1::/:\n1000:x:7:8::/seven:\n";
    const GROUP: &str = "root:x:0:\nwww:x:33:\naudio:x:29:www,other\nvideo:x:44:www\n";

    fn find(user: &str) -> Result<Account, StartFailure> {
        resolve(PASSWD, GROUP, user, &[])
    }

    fn account(uid: u32, gid: u32, groups: &[u32], home: &str) -> Account {
        Account {
            uid,
            gid,
            groups: groups.to_vec(),
            home: home.to_owned(),
        }
    }

    #[test]
    fn finds_users_as_docker_does() {
        assert_eq!(find("").unwrap(), account(0, 0, &[0], "/root"));
        assert_eq!(
            find("www").unwrap(),
            account(33, 33, &[33, 29, 44], "/var/www")
        );
        assert_eq!(
            find("33").unwrap(),
            account(33, 33, &[33, 29, 44], "/var/www")
        );
        assert_eq!(
            find("www:audio").unwrap(),
            account(33, 29, &[29], "/var/www")
        );
        assert_eq!(find("5000").unwrap(), account(5000, 0, &[0], "/"));
        assert_eq!(
            find("5000:6000").unwrap(),
            account(5000, 6000, &[6000], "/")
        );
        // A name made of digits is found before the id.
        assert_eq!(find("1000").unwrap(), account(7, 8, &[8], "/seven"));
    }

    #[test]
    fn a_user_begins_with_what_passwd_says() {
        for (user, shell) in [
            ("", "/bin/sh"),
            ("33:7", "/bin/false"),
            ("www", "/bin/false"),
            ("7", ""),
            ("4711", ""),
        ] {
            assert_eq!(shell_of(PASSWD, user), shell, "{user}");
        }
    }

    #[test]
    fn says_what_it_did_not_find() {
        for user in ["nobody", "big", "99999999999", "-1", "+1"] {
            assert_eq!(
                find(user).unwrap_err().kind,
                FailureKind::NoSuchUser,
                "{user}"
            );
        }
        assert_eq!(
            find("www:nogroup").unwrap_err().kind,
            FailureKind::NoSuchGroup
        );
    }

    #[test]
    fn adds_groups_once() {
        let additional = ["video".to_owned(), "33".to_owned(), "1234".to_owned()];
        let account = resolve(PASSWD, GROUP, "www", &additional).unwrap();
        assert_eq!(account.groups, [33, 29, 44, 1234]);
    }
}
