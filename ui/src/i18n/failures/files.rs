//! What the codes of a container's files mean, in both languages.

use gantry_view::Failure;

use super::Words;

pub(super) fn english(failure: &Failure) -> Option<Words> {
    Some(match failure.code.as_str() {
        "path-not-found" => Words::new(
            "It is not there any more",
            "The container may have removed or renamed it.",
            "Look at the folder again.",
        ),
        "path-exists" => Words::new(
            "Something has that name already",
            "",
            "Give another name, or remove what is there first.",
        ),
        "would-replace" => Words::new(
            "A folder and a file have the same name",
            "One never replaces the other.",
            "Give another name, or remove what is there first.",
        ),
        "not-a-folder" => Words::new("That is no folder", "", "Choose a folder of the container."),
        "file-changed" => Words::new(
            "The file was changed meanwhile",
            "Somebody wrote it after it was opened here.",
            "Copy your text, open the file again and make the change once more.",
        ),
        "mounted-there" => Words::new(
            "Something is mounted there",
            "It is a volume, a folder of this computer, or a file that the engine keeps.",
            "Change what is in it instead.",
        ),
        "read-only" => Words::new(
            "Nothing may be changed there",
            "The container or the volume is read-only.",
            "Run it again without \"read only\", or choose another folder.",
        ),
        "files-unavailable" => Words::new(
            "The container's files cannot be reached",
            "",
            "Check that its volumes and folders are still there.",
        ),
        _ => return None,
    })
}

pub(super) fn korean(failure: &Failure) -> Option<Words> {
    Some(match failure.code.as_str() {
        "path-not-found" => Words::new(
            "더 이상 그 자리에 없습니다",
            "컨테이너가 삭제했거나 이름을 바꾸었을 수 있습니다.",
            "폴더를 다시 확인하십시오.",
        ),
        "path-exists" => Words::new(
            "같은 이름이 이미 있습니다",
            "",
            "다른 이름을 쓰거나 있는 것을 먼저 삭제하십시오.",
        ),
        "would-replace" => Words::new(
            "폴더와 파일의 이름이 같습니다",
            "서로 바꿔치우지 않습니다.",
            "다른 이름을 쓰거나 있는 것을 먼저 삭제하십시오.",
        ),
        "not-a-folder" => Words::new("폴더가 아닙니다", "", "컨테이너의 폴더를 고르십시오."),
        "file-changed" => Words::new(
            "그사이 파일이 바뀌었습니다",
            "여기서 연 뒤에 다른 곳에서 저장했습니다.",
            "내용을 복사해 두고 파일을 다시 열어 고치십시오.",
        ),
        "mounted-there" => Words::new(
            "그 자리에 마운트된 것이 있습니다",
            "볼륨이나 이 컴퓨터의 폴더, 또는 엔진이 관리하는 파일입니다.",
            "그 안의 내용을 바꾸십시오.",
        ),
        "read-only" => Words::new(
            "그곳은 바꿀 수 없습니다",
            "컨테이너나 볼륨이 읽기 전용입니다.",
            "읽기 전용 없이 다시 실행하거나 다른 폴더를 고르십시오.",
        ),
        "files-unavailable" => Words::new(
            "컨테이너의 파일에 접근할 수 없습니다",
            "",
            "볼륨과 폴더가 그대로 있는지 확인하십시오.",
        ),
        _ => return None,
    })
}
