//! Questions before something is lost.

use super::{counted, words};

words! {
    Dialogs {
        keep => "Keep", "유지";
        keep_running => "Keep it running", "계속 실행";
        remove_title(name: &str) => format!("Remove {name} while it runs?"), format!("실행 중인 {} 삭제할까요?", super::with_particle(name, super::Particle::Object));
        remove_many_title(count: usize) => format!("Remove {}, some of them running?", counted(count, "container", "containers")), format!("실행 중인 것을 포함해 컨테이너 {count}개를 삭제할까요?");
        remove_text => "It is killed first: what it has not saved is lost. What goes with it:", "먼저 강제 종료하므로 저장하지 않은 내용은 사라집니다. 함께 없어지는 것:";
        remove_many_text => "Running ones are killed first: what they have not saved is lost. What goes with them:", "실행 중인 컨테이너는 먼저 강제 종료하므로 저장하지 않은 내용은 사라집니다. 함께 없어지는 것:";
        loses_changes(size: &str, exact: &str) => format!("{size} of its own changes ({exact})"), format!("자체 변경 {size}({exact})");
        loses_changes_unknown => "its own changes to files, not measured yet", "파일에 남긴 자체 변경, 아직 측정하지 않음";
        loses_log => "its log", "로그";
        keeps => "The image, volumes and folders of this computer stay.", "이미지, 볼륨, 이 컴퓨터의 폴더는 남습니다.";
        kill_and_remove => "Kill and remove", "강제 종료하고 삭제";
        remove_count(count: usize) => format!("Kill and remove {count}"), format!("{count}개 강제 종료하고 삭제");
        running_for(span: &str) => format!("running for {span}"), format!("{span}째 실행 중");
        paused => "paused", "일시 정지됨";
        stopped => "stopped", "중지됨";

        kill_title(name: &str) => format!("Kill {name}?"), format!("{} 강제 종료할까요?", super::with_particle(name, super::Particle::Object));
        kill_text => "It writes to a volume. Ending it in the middle can leave half-written files; stopping waits until it has finished.", "볼륨에 쓰고 있습니다. 도중에 끝내면 파일이 반만 기록될 수 있습니다. 중지는 끝날 때까지 기다립니다.";
        kill => "Kill", "강제 종료";
        stop_instead => "Stop instead", "대신 중지";

        rename_title(name: &str) => format!("Rename {name}"), format!("{name} 이름 바꾸기");
        new_name => "Name", "이름";
        rename => "Rename", "이름 바꾸기";
        name_rule => "Letters, digits, dots, dashes and underscores", "영문자, 숫자, 점, 붙임표, 밑줄";
        name_free(name: &str) => format!("{name} is free"), format!("{name}: 사용 가능");
        name_taken(name: &str, other: &str) => format!("{name} is taken. {other} is free."), format!("{name}: 이미 사용 중. {other}: 사용 가능.");
        name_invalid => "Only letters, digits, dots, dashes and underscores; the first a letter or digit", "영문자, 숫자, 점, 붙임표, 밑줄만 가능하며 첫 글자는 영문자나 숫자";
    }
}
