//! Scripts that root runs to mend what was found.
//!
//! They are shown before they run, and run by `pkexec`, `sudo` or by hand: plain lines of the POSIX
//! shell that can run twice.

use std::fs;
use std::path::Path;

use super::machine::Machine;

/// The profile that lets a program make user namespaces, see apparmor.d(5).
const PROFILE: &str = include_str!("../../../../packaging/apparmor");

/// The first id that is given to users, see login.defs(5).
const FIRST: u32 = 100_000;

/// Loads a profile for the program, now and at each start; empty where no profile can name it.
pub(super) fn apparmor(program: Option<&Path>) -> String {
    let Some((name, profile)) = program.and_then(profile) else {
        return String::new();
    };
    format!(
        "cat >/etc/apparmor.d/{name} <<'PROFILE'\n{profile}PROFILE\n\
         apparmor_parser --replace /etc/apparmor.d/{name}\n"
    )
}

/// The profile's name, made of the path as the others' are, and its text.
fn profile(program: &Path) -> Option<(String, String)> {
    let path = program.to_str()?.strip_prefix('/')?;
    if !is_plain(path) {
        return None;
    }
    let name: String = path
        .chars()
        .map(|letter| match letter {
            '/' => '.',
            letter if letter.is_ascii() && letter != ' ' => letter,
            _ => '_',
        })
        .collect();
    let text = PROFILE
        .replace("NAME", &name)
        .replace("PROGRAM", &format!("/{path}"));
    Some((name, text))
}

/// Whether nothing in a word means more than itself, in quotes or in a pattern. Whatever else there
/// is is left to a person.
fn is_plain(word: &str) -> bool {
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+ ".contains(letter);
    word.chars().all(plain)
}

/// One command; empty where a word of it is not plain.
pub(super) fn command(words: &[&str]) -> String {
    if !words.iter().all(|word| is_plain(word)) {
        return String::new();
    }
    let words: Vec<_> = words
        .iter()
        .map(|word| {
            if word.contains(' ') {
                format!("'{word}'")
            } else {
                (*word).to_owned()
            }
        })
        .collect();
    words.join(" ") + "\n"
}

/// Sets a kernel's switch, now and at each start. Each has a file of its own: several may be off.
pub(super) fn sysctl(switch: &str, value: u32) -> String {
    let file = format!(
        "/etc/sysctl.d/60-gantry-{}.conf",
        switch.replace(['.', '_'], "-")
    );
    format!("echo {switch}={value} >{file}\nsysctl --load {file}\n")
}

/// Installs a Debian package; empty on other systems, where it has another name.
pub(super) fn package(machine: &Machine, name: &str) -> String {
    if !machine.has("/usr/bin/apt-get") {
        return String::new();
    }
    format!("DEBIAN_FRONTEND=noninteractive apt-get install --yes {name}\n")
}

/// Gives the user as many subordinate ids as are wanted, behind everybody's; empty where there is no
/// room for them.
pub(super) fn subordinate_ids(machine: &Machine, wanted: u32) -> String {
    let first = ["/etc/subuid", "/etc/subgid"].map(|file| end(&machine.at(file)));
    let first = first[0].max(first[1]);
    let Some(last) = first.checked_add(wanted - 1) else {
        return String::new();
    };
    let range = format!("{first}-{last}");
    command(&[
        "usermod",
        "--add-subuids",
        &range,
        "--add-subgids",
        &range,
        &machine.user,
    ])
}

/// The first id behind all that the file gives away.
fn end(file: &Path) -> u32 {
    let text = fs::read_to_string(file).unwrap_or_default();
    let ends = text.lines().filter_map(|line| {
        let mut numbers = line.trim().split(':').skip(1).map(str::parse::<u32>);
        let (start, count) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        start.checked_add(count)
    });
    ends.max().unwrap_or(FIRST).max(FIRST)
}

#[cfg(test)]
mod tests {
    use super::super::machine::tests::{machine, write};
    use super::*;

    #[test]
    fn a_profile_names_the_program_and_nothing_else() {
        let (name, text) = profile(Path::new("/usr/bin/gantry")).unwrap();
        assert_eq!(name, "usr.bin.gantry");
        assert!(
            text.contains("\nprofile usr.bin.gantry \"/usr/bin/gantry\" flags=(unconfined) {\n")
        );
        let (name, text) = profile(Path::new("/home/ada/두 글자/gantry")).unwrap();
        assert_eq!(name, "home.ada.____.gantry");
        assert!(text.contains("\"/home/ada/두 글자/gantry\""), "{text}");
        for hostile in [
            "/a/*",
            "/a\"b",
            "/a\nPROFILE\nid",
            "/@{HOME}/gantry",
            "gantry",
        ] {
            assert_eq!(apparmor(Some(Path::new(hostile))), "", "{hostile}");
        }
    }

    #[test]
    fn ids_are_taken_behind_everybodys() {
        let root = tempfile::tempdir().unwrap();
        let machine = machine(root.path(), 1000);
        assert_eq!(
            subordinate_ids(&machine, 65_536),
            "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ada\n"
        );
        write(&machine, "/etc/subuid", "bob:100000:65536\n# x\n");
        write(&machine, "/etc/subgid", "bob:200000:65536\n");
        assert_eq!(
            subordinate_ids(&machine, 65_536),
            "usermod --add-subuids 265536-331071 --add-subgids 265536-331071 ada\n"
        );
        write(&machine, "/etc/subuid", "bob:4294900000:65536\n");
        assert_eq!(subordinate_ids(&machine, 65_536), "");
    }
}
