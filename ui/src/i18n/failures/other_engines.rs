//! What the codes of copying from Docker or Podman mean, in both languages.

use gantry_view::Failure;

use super::Words;

pub(super) fn english(failure: &Failure) -> Option<Words> {
    Some(match failure.code.as_str() {
        "other-engine-gone" => Words::new(
            "The other engine does not answer",
            "",
            "Start it, then open the list again.",
        ),
        "other-engine-failed" => Words::new(
            "The other engine did not give its images out",
            "",
            "Look whether it can save them itself, then try again.",
        ),
        _ => return None,
    })
}

pub(super) fn korean(failure: &Failure) -> Option<Words> {
    Some(match failure.code.as_str() {
        "other-engine-gone" => Words::new(
            "다른 엔진이 응답하지 않습니다",
            "",
            "엔진을 시작한 뒤 목록을 다시 여십시오.",
        ),
        "other-engine-failed" => Words::new(
            "다른 엔진이 이미지를 내주지 않았습니다",
            "",
            "그 엔진에서 이미지를 저장할 수 있는지 확인하고 다시 시도하십시오.",
        ),
        _ => return None,
    })
}
