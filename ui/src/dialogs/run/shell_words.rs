//! A line as a shell parts it into words.

/// A quote that was opened and not closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenQuote;

/// Parts at blanks; quotes keep blanks, a backslash keeps the next letter. Nothing is expanded.
pub fn split(line: &str) -> Result<Vec<String>, OpenQuote> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                let word = word.get_or_insert_default();
                until_single(&mut letters, word)?;
            }
            '"' => {
                let word = word.get_or_insert_default();
                until_double(&mut letters, word)?;
            }
            '\\' => {
                let kept = letters.next().ok_or(OpenQuote)?;
                word.get_or_insert_default().push(kept);
            }
            blank if blank.is_whitespace() => words.extend(word.take()),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Ok(words)
}

fn until_single(letters: &mut std::str::Chars<'_>, word: &mut String) -> Result<(), OpenQuote> {
    for letter in letters {
        if letter == '\'' {
            return Ok(());
        }
        word.push(letter);
    }
    Err(OpenQuote)
}

/// Inside of double quotes a backslash escapes only what would be special there.
fn until_double(letters: &mut std::str::Chars<'_>, word: &mut String) -> Result<(), OpenQuote> {
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return Ok(()),
            '\\' => match letters.next().ok_or(OpenQuote)? {
                special @ ('"' | '\\' | '$' | '`') => word.push(special),
                plain => word.extend(['\\', plain]),
            },
            letter => word.push(letter),
        }
    }
    Err(OpenQuote)
}

#[cfg(test)]
mod tests {
    use super::{OpenQuote, split};

    #[test]
    fn words_part_as_in_a_shell() {
        for (line, words) in [
            ("", vec![]),
            ("  sh  -c ", vec!["sh", "-c"]),
            (
                "sh -c 'echo hi; sleep 1'",
                vec!["sh", "-c", "echo hi; sleep 1"],
            ),
            (r#"echo "a \"b\" \n" ''"#, vec!["echo", r#"a "b" \n"#, ""]),
            (r"a\ b c", vec!["a b", "c"]),
            ("it'sa'b", vec!["itsab"]),
        ] {
            assert_eq!(split(line).expect(line), words, "{line}");
        }
    }

    #[test]
    fn an_open_quote_is_told() {
        for line in ["'a", "\"a", "a\\"] {
            assert_eq!(split(line), Err(OpenQuote), "{line}");
        }
    }
}
