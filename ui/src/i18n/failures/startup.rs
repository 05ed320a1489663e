//! What the codes of starting at login mean, in both languages.

use gantry_view::Failure;

use super::Words;

pub(super) fn english(failure: &Failure) -> Option<Words> {
    Some(match failure.code.as_str() {
        "no-user-systemd" => Words::new(
            "Nothing can be started at login here",
            "No systemd runs units for this user.",
            "Have the desktop start `gantry engine` at login instead.",
        ),
        "unit-not-written" => Words::new(
            "The unit was not written",
            "",
            "Check that the folder ~/.config/systemd/user belongs to you.",
        ),
        "unit-refused" => Words::new(
            "systemd refused the unit",
            "",
            "`systemctl --user status gantry.service` tells more.",
        ),
        _ => return None,
    })
}

pub(super) fn korean(failure: &Failure) -> Option<Words> {
    Some(match failure.code.as_str() {
        "no-user-systemd" => Words::new(
            "이 컴퓨터에서는 로그인할 때 시작할 수 없습니다",
            "이 사용자의 유닛을 실행하는 systemd가 없습니다.",
            "데스크톱의 시작 프로그램에 `gantry engine`을 등록하십시오.",
        ),
        "unit-not-written" => Words::new(
            "유닛을 쓰지 못했습니다",
            "",
            "~/.config/systemd/user 폴더의 소유자가 본인인지 확인하십시오.",
        ),
        "unit-refused" => Words::new(
            "systemd가 유닛을 거부했습니다",
            "",
            "자세한 내용은 `systemctl --user status gantry.service`로 확인하십시오.",
        ),
        _ => return None,
    })
}
