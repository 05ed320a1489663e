//! The command line that does the same as a press.

/// The words of a command after `docker` or `gantry`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    words: Vec<String>,
    /// The word that stands for the image made of a container's changes, and that container.
    committed: Option<(usize, String)>,
}

impl CommandLine {
    pub fn new<W: Into<String>>(words: impl IntoIterator<Item = W>) -> Self {
        Self {
            words: words.into_iter().map(Into::into).collect(),
            committed: None,
        }
    }

    /// The same with an image in place of a word that is first made of a container.
    pub fn with_committed(self, word: usize, container: &str) -> Self {
        Self {
            committed: Some((word, container.to_owned())),
            ..self
        }
    }

    /// As a person types it: `docker stop web`. `style` is the setting, `docker` or `gantry`.
    pub fn written(&self, style: &str) -> String {
        let program = if style == "gantry" {
            "gantry"
        } else {
            "docker"
        };
        let mut line = program.to_owned();
        for (at, word) in self.words.iter().enumerate() {
            line.push(' ');
            match &self.committed {
                Some((place, container)) if *place == at => {
                    let made = format!("\"$({program} commit {})\"", quoted(container));
                    line.push_str(&made);
                }
                _ => line.push_str(&quoted(word)),
            }
        }
        line
    }
}

/// A word as a shell takes it.
pub fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./:=@%+,".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::CommandLine;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        let command = CommandLine::new(["run", "-e", "GREETING=it's me", "nginx:1.27"]);
        assert_eq!(
            command.written("docker"),
            r"docker run -e 'GREETING=it'\''s me' nginx:1.27"
        );
        assert!(command.written("gantry").starts_with("gantry run "));
    }
}
