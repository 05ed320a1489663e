//! What the codes of files of variables mean, in both languages.

use gantry_view::Failure;

use super::Words;
use crate::i18n::{Particle::Object, with_particle};

pub(super) fn english(failure: &Failure) -> Option<Words> {
    Some(match failure.code.as_str() {
        "env-file-invalid" => Words::new(
            "No variable was added",
            "A line of the file is no variable.",
            "Write it as NAME=value, or begin it with # to leave it out.",
        ),
        "env-file-unreadable" => Words::new(
            "The file was not read",
            "",
            "Check that it is a file of variables and that you may read it.",
        ),
        _ => return None,
    })
}

pub(super) fn korean(failure: &Failure) -> Option<Words> {
    let line = failure.fact("line");
    Some(match failure.code.as_str() {
        "env-file-invalid" => Words::new(
            "변수를 추가하지 않았습니다",
            match failure.fact("fault") {
                "no-name" => format!("{line}번째 줄의 = 앞에 이름이 없습니다."),
                "blank" => format!(
                    "{line}번째 줄의 이름에 공백이 있습니다: {}",
                    failure.fact("name")
                ),
                "not-text" => format!("{line}번째 줄이 UTF-8 글이 아닙니다."),
                _ => "파일에 변수가 아닌 줄이 있습니다.".to_owned(),
            },
            "NAME=value로 쓰거나 #으로 시작해 건너뛰십시오.",
        ),
        "env-file-unreadable" => Words::new(
            format!(
                "{} 읽지 못했습니다",
                with_particle(failure.fact("path"), Object)
            ),
            "",
            "변수 파일이 맞는지, 읽을 권한이 있는지 확인하십시오.",
        ),
        _ => return None,
    })
}
