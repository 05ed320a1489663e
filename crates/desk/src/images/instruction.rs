//! The instruction of a step as its Dockerfile said it, from what builders record.

/// Shells that builders put before the command of `RUN`.
const SHELLS: [&str; 4] = [
    "/bin/sh -c ",
    "/bin/bash -o pipefail -c ",
    "/bin/bash -eo pipefail -c ",
    "/bin/bash -c ",
];

/// What the classic builder writes before instructions that run nothing.
const NOTHING_RUN: &str = "#(nop)";

/// `/bin/sh -c #(nop)  CMD ["x"]` becomes `CMD ["x"]`, `RUN /bin/sh -c npm ci # buildkit` becomes
/// `RUN npm ci`. What no builder writes stays as it is.
pub(super) fn readable(created_by: &str) -> String {
    let text = created_by.trim();
    let text = text.strip_suffix("# buildkit").unwrap_or(text).trim_end();
    if let Some(command) = text.strip_prefix("RUN ") {
        let command = without_arguments(command);
        return format!("RUN {}", without_shell(command).unwrap_or(command).trim());
    }
    let command = without_arguments(text);
    match without_shell(command) {
        Some(command) => match command.trim_start().strip_prefix(NOTHING_RUN) {
            Some(instruction) => instruction.trim().to_owned(),
            None => format!("RUN {}", command.trim()),
        },
        None => text.to_owned(),
    }
}

fn without_shell(command: &str) -> Option<&str> {
    SHELLS.iter().find_map(|shell| command.strip_prefix(shell))
}

/// Leaves out the values of build arguments: `|2 A=1 B=two words /bin/sh -c …`.
///
/// Values may hold spaces and are not quoted, so what counts is where the shell begins.
fn without_arguments(command: &str) -> &str {
    if !command.starts_with('|') {
        return command;
    }
    SHELLS
        .iter()
        .filter_map(|shell| command.find(&format!(" {shell}")))
        .min()
        .map_or(command, |at| &command[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_read_as_in_the_dockerfile() {
        for (recorded, read) in [
            (r#"/bin/sh -c #(nop)  CMD ["nginx"]"#, r#"CMD ["nginx"]"#),
            (
                "/bin/sh -c #(nop) ADD file:0123 in / ",
                "ADD file:0123 in /",
            ),
            ("/bin/sh -c apt-get update", "RUN apt-get update"),
            ("RUN /bin/sh -c npm ci # buildkit", "RUN npm ci"),
            ("RUN |1 V=1 2 /bin/sh -c make $V # buildkit", "RUN make $V"),
            ("|1 V=1 /bin/sh -c make", "RUN make"),
            ("COPY . . # buildkit", "COPY . ."),
            ("CMD [\"/hello\"]", "CMD [\"/hello\"]"),
            ("ENV A=b", "ENV A=b"),
            ("RUN /bin/bash -o pipefail -c a | b # buildkit", "RUN a | b"),
            ("sh", "sh"),
            ("", ""),
        ] {
            assert_eq!(readable(recorded), read, "{recorded}");
        }
    }
}
