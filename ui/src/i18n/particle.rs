//! Korean particles, which follow the last sound of the word before them.

/// A pair of particles: the form after a consonant and the form after a vowel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Particle {
    /// 을/를
    Object,
    /// 이/가
    Subject,
    /// 은/는
    Topic,
    /// 으로/로
    Direction,
    /// 과/와
    With,
}

/// How a word ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sound {
    Vowel,
    /// ㄹ, which 로 follows like a vowel.
    Rieul,
    Consonant,
}

/// The word with its particle: `registry-mirror를`, `grafana-2가`.
pub fn with_particle(word: &str, particle: Particle) -> String {
    let sound = last_sound(word);
    let (closed, open) = match particle {
        Particle::Object => ("을", "를"),
        Particle::Subject => ("이", "가"),
        Particle::Topic => ("은", "는"),
        Particle::Direction => ("으로", "로"),
        Particle::With => ("과", "와"),
    };
    let open_form =
        sound == Sound::Vowel || (particle == Particle::Direction && sound == Sound::Rieul);
    format!("{word}{}", if open_form { open } else { closed })
}

fn last_sound(word: &str) -> Sound {
    let mut letters = word.chars().rev().filter(|letter| letter.is_alphanumeric());
    let Some(last) = letters.next() else {
        return Sound::Vowel;
    };
    let before = letters.next().unwrap_or(' ').to_ascii_lowercase();
    match last.to_ascii_lowercase() {
        hangul @ '가'..='힣' => match (u32::from(hangul) - 0xAC00) % 28 {
            0 => Sound::Vowel,
            8 => Sound::Rieul,
            _ => Sound::Consonant,
        },
        // Digits as they are read: 영 일 이 삼 사 오 육 칠 팔 구.
        '1' | '7' | '8' | 'l' => Sound::Rieul,
        '0' | '3' | '6' | 'm' | 'n' => Sound::Consonant,
        'g' if before == 'n' => Sound::Consonant,
        // After a short vowel these close the syllable (웹, 톱, 북); elsewhere 으 follows (프런트).
        'b' | 'p' | 'k' | 'c' if matches!(before, 'a' | 'e' | 'i' | 'o' | 'u' | 'c') => {
            Sound::Consonant
        }
        _ => Sound::Vowel,
    }
}

#[cfg(test)]
mod tests {
    use super::{Particle, with_particle};

    #[test]
    fn the_last_sound_chooses_the_form() {
        for (word, particle, whole) in [
            ("컨테이너", Particle::Object, "컨테이너를"),
            ("레이어 파일", Particle::Direction, "레이어 파일로"),
            ("볼륨", Particle::Subject, "볼륨이"),
            ("registry-mirror", Particle::Object, "registry-mirror를"),
            ("web", Particle::Topic, "web은"),
            ("nginx-1", Particle::Direction, "nginx-1로"),
            ("db-3", Particle::Object, "db-3을"),
            ("postgres:16.4", Particle::Subject, "postgres:16.4가"),
        ] {
            assert_eq!(with_particle(word, particle), whole);
        }
    }
}
