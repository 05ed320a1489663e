//! What the codes of starting at login and of mending this computer mean, in both languages.

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
        "nothing-to-mend" => Words::new("There is nothing to mend any more", "", "Check again."),
        "mending-changed" => Words::new(
            "It was not mended",
            "Something has changed: what would run as root is no longer what was shown.",
            "Check again and look at it.",
        ),
        "no-pkexec" => Words::new(
            "Nobody can be asked for the administrator's password",
            "There is no pkexec on this computer.",
            "Run `gantry doctor --script | sudo sh` in a terminal.",
        ),
        "administrator-refused" => Words::new(
            "It was not mended",
            "The administrator's password was not given.",
            "Try again, or show an administrator what `gantry doctor --script` prints.",
        ),
        "mending-failed" => Words::new(
            "It could not be mended",
            "",
            "Read the details; `gantry doctor --script` prints what was tried.",
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
        "nothing-to-mend" => Words::new("더 고칠 것이 없습니다", "", "다시 점검하십시오."),
        "mending-changed" => Words::new(
            "고치지 않았습니다",
            "그사이 바뀐 것이 있어, 관리자 권한으로 실행할 내용이 보여 드린 것과 다릅니다.",
            "다시 점검하여 확인하십시오.",
        ),
        "no-pkexec" => Words::new(
            "관리자 암호를 물어볼 방법이 없습니다",
            "이 컴퓨터에 pkexec가 없습니다.",
            "터미널에서 `gantry doctor --script | sudo sh`를 실행하십시오.",
        ),
        "administrator-refused" => Words::new(
            "고치지 못했습니다",
            "관리자 암호가 입력되지 않았습니다.",
            "다시 시도하거나 `gantry doctor --script`의 출력을 관리자에게 보여 주십시오.",
        ),
        "mending-failed" => Words::new(
            "고칠 수 없었습니다",
            "",
            "자세한 내용을 확인하십시오. 시도한 명령은 `gantry doctor --script`가 보여 줍니다.",
        ),
        _ => return None,
    })
}
