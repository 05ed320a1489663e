//! Limits of a container that is there.

use super::{counted, words};

words! {
    Limits {
        change_more => "Change limits…", "제한 변경…";
        title(name: &str) => format!("Limits of {name}"), format!("{name}의 제한");
        at_once => "It runs: what you change holds at once.", "실행 중이므로 바꾸면 바로 적용됩니다.";
        at_start => "It does not run: what you change holds from its next start.", "실행 중이 아니므로 다음에 시작할 때부터 적용됩니다.";
        pids => "Processes", "프로세스 수";
        pids_unit => "and threads", "스레드 포함";
        pids_invalid => "Type a whole number above 0, or nothing for no limit.", "0보다 큰 정수를 입력하거나 제한이 없으면 비워 두십시오.";
        cpu_stays(cores: u32) => format!("This limit can be another one, but not none. {} is as good as none.", counted(cores as usize, "core", "cores")), format!("정해진 제한은 바꿀 수만 있고 없앨 수는 없습니다. {cores}코어로 하면 제한이 없는 것과 같습니다.");
        memory_stays(size: &str) => format!("This limit can be another one, but not none. {size} is as good as none."), format!("정해진 제한은 바꿀 수만 있고 없앨 수는 없습니다. {size}로 하면 제한이 없는 것과 같습니다.");
        unchanged => "Nothing is changed yet.", "아직 바꾼 것이 없습니다.";
        change => "Change", "변경";
        changed(name: &str) => format!("Changed the limits of {name}"), format!("{name}의 제한을 바꾸었습니다");
    }
}
