//! The page of volumes.

use super::{Particle::Object, counted, with_particle, words};

words! {
    Volumes {
        title => "Volumes", "볼륨";
        sub(count: usize) => counted(count, "volume", "volumes"), format!("볼륨 {count}개");
        sums(all: &str, unused: &str) => format!("{all}, of which {unused} no container uses"), format!("{all}, 그중 {unused}는 쓰는 컨테이너가 없음");
        new_volume => "New volume", "새 볼륨";
        name => "Name", "이름";
        used_by => "Used by", "사용처";
        nothing => "nothing", "없음";
        size => "Size", "크기";
        written => "Last written", "마지막 기록";
        back => "Back to the list", "목록으로";
        no_name => "no name", "이름 없음";
        created => "Created", "만든 때";
        folder => "Folder", "폴더";
        stands_for => "Stands for", "연결된 폴더";
        project => "Project", "프로젝트";
        mounted_in => "Mounted in", "마운트된 컨테이너";
        read_write => "read, write", "읽기·쓰기";
        read_only => "read only", "읽기 전용";
        contents => "Contents", "내용";
        files(count: u64) => counted(usize::try_from(count).unwrap_or(usize::MAX), "file", "files"), format!("파일 {count}개");
        up => "One folder up", "상위 폴더";
        empty => "Nothing in here", "비어 있음";
        more(count: u64) => format!("and {count} more"), format!("외 {count}개");
        what_to_do(name: &str) => format!("What to do with {name}"), format!("{name} 작업");
        copy_to => "Copy into a volume…", "볼륨으로 복사…";
        copy_title(name: &str) => format!("Copy {name}"), format!("{name} 복사");
        copy_volume => "Into the volume", "받을 볼륨";
        copy_folder => "Into its folder", "받을 폴더";
        copy_keeps => "The folder must be there. Owners and permissions are kept.", "있는 폴더여야 합니다. 소유자와 권한을 유지합니다.";
        copy_go => "Copy", "복사";
        none_title => "No volumes yet", "아직 볼륨이 없습니다";
        none_text => "A volume keeps a container's files after the container is gone. Make one here, or name one when you run a container.", "볼륨은 컨테이너가 없어져도 그 파일을 지킵니다. 여기에서 만들거나 컨테이너를 실행할 때 이름을 정하십시오.";
        gone_title => "This volume is gone", "이 볼륨은 없습니다";
        gone_text => "It was removed, here or by another program.", "여기에서 또는 다른 프로그램이 삭제했습니다.";
        backup => "Back up to tar…", "tar로 백업…";
        backup_title(name: &str) => format!("Back up {name}"), format!("{name} 백업");
        backup_writes(size: &str, files: u64) => format!("Writes {size} in {} into one tar.", counted(usize::try_from(files).unwrap_or(usize::MAX), "file", "files")), format!("파일 {files}개({size})를 tar 하나에 씁니다.");
        backup_keeps => "Owners, permissions and links are kept; the volume stays as it is.", "소유자, 권한, 링크를 그대로 담으며 볼륨은 바뀌지 않습니다.";
        backup_writers(names: &str) => format!("{names} may write to it meanwhile. Stop it first for a copy of one moment."), format!("그동안 {names} 컨테이너가 쓸 수 있습니다. 한 시점의 사본이 필요하면 먼저 중지하십시오.");
        backup_path => "Into the file", "저장할 파일";
        back_up => "Back up", "백업";
        download => "Download", "내려받기";
        not_backed_up(name: &str) => format!("{name} was not backed up"), format!("{} 백업하지 못했습니다", with_particle(name, Object));
        restore => "Restore from tar…", "tar에서 복원…";
        restore_title => "Restore a volume", "볼륨 복원";
        restore_makes => "Makes a new volume with the files of a tar. Volumes that are here stay as they are.", "tar의 파일로 새 볼륨을 만듭니다. 있는 볼륨은 바뀌지 않습니다.";
        restore_path => "From the file", "복원할 파일";
        restore_upload => "Choose a file of this browser…", "이 브라우저에서 파일 고르기…";
        restore_another => "Choose another file", "다른 파일 고르기";
        restore_name => "Name of the new volume", "새 볼륨 이름";
        restore_go => "Restore", "복원";
        remove => "Remove…", "삭제…";
        remove_now => "Remove volume", "볼륨 삭제";
        remove_title(name: &str) => format!("Remove {name}?"), format!("{} 삭제할까요?", with_particle(name, Object));
        remove_loses(size: &str, files: u64) => format!("{} in {} are deleted. This cannot be undone.", size, counted(usize::try_from(files).unwrap_or(usize::MAX), "file", "files")), format!("파일 {files}개({size})가 삭제됩니다. 되돌릴 수 없습니다.");
        remove_empty => "It holds no files.", "파일이 없습니다.";
        remove_keeps(folder: &str) => format!("{folder} and its files stay."), format!("{folder} 폴더와 파일은 그대로 남습니다.");
        type_name(name: &str) => format!("Type {name} to remove it"), format!("삭제하려면 {} 입력하십시오", with_particle(name, Object));
        name_differs => "Type the volume's name first", "먼저 볼륨 이름을 입력하십시오";
        remove_off(users: &str) => format!("Remove is off while {users} uses this volume. Remove that container first; the volume will still be kept until you say otherwise."), format!("{users} 컨테이너가 이 볼륨을 쓰는 동안에는 삭제할 수 없습니다. 먼저 그 컨테이너를 삭제하십시오. 볼륨은 그대로 남습니다.");
        in_use(users: &str) => format!("{users} uses it"), format!("{users}에서 사용 중");
        removed(name: &str) => format!("Removed {name}"), format!("{} 삭제했습니다", with_particle(name, Object));
        not_removed(name: &str) => format!("Could not remove {name}"), format!("{} 삭제하지 못했습니다", with_particle(name, Object));
        name_rule => "Two characters or more: letters, digits, _ . -", "두 글자 이상의 영문자, 숫자, _ . -";
        name_taken(name: &str) => format!("{name} exists already."), format!("{name} 볼륨이 이미 있습니다.");
        create => "Create", "만들기";
        made(name: &str) => format!("Created {name}"), format!("{} 만들었습니다", with_particle(name, Object));
    }
}
