//! Failures by their code. Where a code has no words here, the engine's own are shown.

use gantry_view::Failure;

use super::{Lang, Particle::Object, with_particle, words};

words! {
    Failures {
        try_again => "Try again", "다시 시도";
        engine_gone => "The engine did not answer", "엔진이 응답하지 않았습니다";
    }
}

impl Failures {
    /// What did not happen, in this language if its code is known.
    pub fn what(self, failure: &Failure) -> String {
        self.known(failure)
            .map_or_else(|| failure.what.clone(), |(what, _)| what)
    }

    /// Why; may be empty.
    pub fn why(self, failure: &Failure) -> String {
        self.known(failure)
            .map_or_else(|| failure.why.clone(), |(_, why)| why)
    }

    /// What to do next; empty where the engine says nothing or only English is known.
    pub fn next(self, failure: &Failure) -> String {
        match self.0 {
            Lang::En => failure.next.clone(),
            Lang::Ko => String::new(),
        }
    }

    /// Words for the codes that this window knows. English comes from the engine, which knows more.
    fn known(self, failure: &Failure) -> Option<(String, String)> {
        if failure.code == "transport" {
            return Some((self.engine_gone().to_owned(), String::new()));
        }
        match self.0 {
            Lang::En => None,
            Lang::Ko => korean(failure),
        }
    }
}

fn korean(failure: &Failure) -> Option<(String, String)> {
    let fact = |name| failure.fact(name);
    let (what, why) = match failure.code.as_str() {
        "name-in-use" => (
            format!("이름 {} 이미 사용 중입니다", subject(fact("name"))),
            "다른 컨테이너가 이 이름을 쓰고 있습니다.".to_owned(),
        ),
        "image-not-found" => (
            "이미지가 없습니다".to_owned(),
            format!(
                "{} 이 컴퓨터에서 찾지 못했습니다.",
                with_particle(fact("name"), Object)
            ),
        ),
        "image-in-use" => (
            "이미지를 사용 중입니다".to_owned(),
            "컨테이너가 이 이미지의 파일을 쓰고 있어 삭제하지 않았습니다.".to_owned(),
        ),
        "platform-mismatch" => (
            "다른 종류의 컴퓨터용 이미지입니다".to_owned(),
            format!(
                "이미지는 {}용이고 이 컴퓨터는 {}입니다.",
                fact("image"),
                fact("host")
            ),
        ),
        "limit-unavailable" => (
            "제한을 적용할 수 없습니다".to_owned(),
            "이 컴퓨터의 cgroup이 이 제한을 허용하지 않습니다.".to_owned(),
        ),
        "archive-truncated" => (
            "파일이 중간에 끊겼습니다".to_owned(),
            "받거나 복사하는 도중에 끊긴 것으로 보입니다. 저장한 것은 없습니다.".to_owned(),
        ),
        "digest-mismatch" => (
            "내용이 다이제스트와 다릅니다".to_owned(),
            "파일이 손상되었거나 바뀌었습니다. 저장한 것은 없습니다.".to_owned(),
        ),
        "not-an-image" => (
            "이미지 파일이 아닙니다".to_owned(),
            "docker save, podman save 또는 OCI 형식이어야 합니다.".to_owned(),
        ),
        "command-not-found" => (
            "명령을 찾지 못했습니다".to_owned(),
            format!("이미지 안에 {} 없습니다.", subject(fact("command"))),
        ),
        "disk-full" => (
            "디스크에 공간이 부족합니다".to_owned(),
            "공간을 비운 뒤 다시 시도하십시오.".to_owned(),
        ),
        "not-signed-in" => (
            "로그인되어 있지 않습니다".to_owned(),
            "gantry web이 출력한 주소를 다시 여십시오.".to_owned(),
        ),
        "desktop-only" => (
            "브라우저에서는 할 수 없습니다".to_owned(),
            "데스크톱 앱에서만 됩니다.".to_owned(),
        ),
        _ => return None,
    };
    Some((what, why))
}

fn subject(word: &str) -> String {
    with_particle(word, super::Particle::Subject)
}
