//! Terminals into a container.

use super::{Particle::Subject, with_particle, words};

words! {
    Terminal {
        terminal => "Terminal", "터미널";
        open_terminal => "Open terminal", "터미널 열기";
        sessions => "Terminals", "터미널";
        label(name: &str, container: &str) => format!("{name} in {container}"), format!("{container}의 {name}");
        new_shell => "New shell", "새 셸";
        open_shell => "Open a shell", "셸 열기";
        shell => "Shell", "셸";
        main => "Main process", "주 프로세스";
        close => "Close", "닫기";
        hint => "F6 leaves the terminal", "F6 키로 터미널에서 나갑니다";
        copy => "Copy", "복사";
        paste => "Paste", "붙여넣기";
        select_all => "Select all", "모두 선택";
        clear => "Clear", "지우기";
        nothing_selected => "Nothing is selected", "선택한 내용이 없음";
        not_pasted => "The clipboard cannot be read here; Ctrl+Shift+V pastes", "여기서는 클립보드를 읽을 수 없습니다. Ctrl+Shift+V로 붙여넣으십시오";
        not_opened => "The terminal was not opened", "터미널을 열지 못했습니다";
        ended(name: &str, code: i64) => format!("{name} ended with code {code}"), format!("{} 코드 {code}(으)로 종료되었습니다", with_particle(name, Subject));
        left(name: &str) => format!("{name} is no longer connected"), format!("{name} 연결이 끊어졌습니다");
        start_again => "Start again", "다시 시작";
        none_title => "No terminal is open", "열린 터미널이 없습니다";
        none_text => "A shell runs inside the container, beside its program.", "셸은 컨테이너 안에서 프로그램과 나란히 실행됩니다.";
        stopped_title => "This container is not running", "실행 중인 컨테이너가 아닙니다";
        paused_title => "This container is paused", "일시 정지된 컨테이너입니다";
        stopped_text => "A terminal needs it to run.", "터미널을 쓰려면 실행 중이어야 합니다.";
        no_shell_title => "This image has no shell", "이 이미지에는 셸이 없습니다";
        no_shell_text => "A shell of another image can look at its processes and its network.", "다른 이미지의 셸로 이 컨테이너의 프로세스와 네트워크를 살펴볼 수 있습니다.";
        toolbox_image => "Image with a shell", "셸이 있는 이미지";
        toolbox_open => "Open a debug shell", "디버그 셸 열기";
        toolbox_looking => "Looking for an image with a shell", "셸이 있는 이미지를 찾는 중";
        toolbox_none => "No image here has a shell: import or pull one that does", "셸이 있는 이미지가 없습니다. 먼저 가져오십시오";
        toolbox_what => "It is a container of its own and is removed when the terminal is closed. The files of this one are at /proc/1/root.", "별도의 컨테이너이며 터미널을 닫으면 삭제됩니다. 이 컨테이너의 파일은 /proc/1/root에 있습니다.";
    }
}
