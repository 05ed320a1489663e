//! A container's files.

use super::{Particle::Object, counted, grouped, with_particle, words};

words! {
    Files {
        show => "Show", "보기";
        changed => "Changed", "변경됨";
        all => "All files", "모든 파일";
        added(count: u64) => format!("{} added", grouped(count)), format!("추가 {}", grouped(count));
        modified(count: u64) => format!("{} modified", grouped(count)), format!("수정 {}", grouped(count));
        deleted(count: u64) => format!("{} deleted", grouped(count)), format!("삭제 {}", grouped(count));
        over_image(size: &str) => format!("{size} over the image"), format!("이미지보다 {size} 많음");
        tree_changed => "Changed files", "변경된 파일";
        tree_all => "Files", "파일";
        none_title => "Nothing has changed", "변경된 것이 없습니다";
        none_text => "The container's files are still its image's. What it writes into volumes does not count.", "컨테이너의 파일이 이미지와 같습니다. 볼륨에 쓴 것은 세지 않습니다.";
        volumes_apart => "Volumes are not part of this list", "볼륨은 이 목록에 없습니다";
        volumes_inside => "Volumes and folders of this computer are in here too", "볼륨과 이 컴퓨터의 폴더도 보입니다";
        commit => "Commit as image…", "이미지로 저장…";
        commit_chosen(count: usize) => format!("Commit {}…", counted(count, "chosen", "chosen")), format!("선택한 {count}개 저장…");
        upload => "Upload…", "올리기…";
        upload_title(dir: &str) => format!("Copy into {dir}"), format!("{dir}에 복사");
        new_folder => "New folder…", "새 폴더…";
        new_file => "New text file…", "새 텍스트 파일…";
        preview => "Preview", "미리 보기";
        choose_title => "No file chosen", "선택한 파일이 없습니다";
        choose_text => "Choose a file to see what is in it, or let files go over the window to copy them in.", "내용을 보려면 파일을 고르십시오. 창 위에 파일을 놓으면 컨테이너로 복사합니다.";
        diff => "Diff", "비교";
        now => "Now", "현재";
        in_image => "In image", "이미지";
        version => "Version", "버전";
        about(modified: &str, size: &str) => format!("modified {modified} · {size}"), format!("{modified} 수정 · {size}");
        was(size: &str) => format!(", was {size}"), format!(" (이전 {size})");
        was_deleted(size: &str) => format!("deleted · was {size}"), format!("삭제됨 · 이전 {size}");
        hunk(line: u32) => format!("line {line}"), format!("{line}번째 줄");
        not_text_title => "No preview", "미리 볼 수 없습니다";
        not_text => "This is neither text nor a picture. Save a copy to open it elsewhere.", "텍스트도 그림도 아닙니다. 사본을 저장해 다른 프로그램으로 여십시오.";
        too_large => "This is too large to show here. Save a copy to open it elsewhere.", "여기에 보이기에는 너무 큽니다. 사본을 저장해 다른 프로그램으로 여십시오.";
        same => "The text is the same as in the image; owner, mode or time differ.", "글은 이미지와 같고 소유자, 권한 또는 시각이 다릅니다.";
        folder_text(count: u64) => counted(usize::try_from(count).unwrap_or(usize::MAX), "change inside", "changes inside"), format!("안에 변경 {count}개");
        link_to(target: &str) => format!("A link to {target}"), format!("{target}(으)로 가는 링크");
        save_copy => "Save a copy…", "사본 저장…";
        save_tar => "Save as tar…", "tar로 저장…";
        saved(name: &str, size: &str) => format!("Saved {name}, {size}"), format!("{} 저장했습니다({size})", with_particle(name, Object));
        not_saved(name: &str) => format!("{name} was not saved"), format!("{} 저장하지 못했습니다", with_particle(name, Object));
        edit => "Edit", "편집";
        save => "Save", "저장";
        written(name: &str) => format!("Wrote {name}"), format!("{} 저장했습니다", with_particle(name, Object));
        unsaved => "Not saved yet", "아직 저장하지 않음";
        rename => "Rename…", "이름 바꾸기…";
        rename_title(name: &str) => format!("Rename {name}"), format!("{name} 이름 바꾸기");
        rename_go => "Rename", "바꾸기";
        name => "Name", "이름";
        name_rule => "Any name without a slash", "/가 없는 이름";
        in_folder(dir: &str) => format!("in {dir}"), format!("{dir} 안에");
        make => "Create", "만들기";
        delete => "Delete…", "삭제…";
        delete_title(name: &str) => format!("Delete {name}?"), format!("{} 삭제할까요?", with_particle(name, Object));
        delete_file => "The file is deleted in the container. This cannot be undone.", "컨테이너에서 파일을 삭제합니다. 되돌릴 수 없습니다.";
        delete_folder => "The folder is deleted in the container, with all that is in it. This cannot be undone.", "컨테이너에서 폴더와 그 안의 모든 것을 삭제합니다. 되돌릴 수 없습니다.";
        delete_running => "The container runs and may need it.", "실행 중인 컨테이너가 쓰고 있을 수 있습니다.";
        delete_go => "Delete", "삭제";
        keep => "Keep", "그대로 두기";
        deleted_it(name: &str) => format!("Deleted {name}"), format!("{} 삭제했습니다", with_particle(name, Object));
        drop_into(dir: &str, count: usize) => format!("Let go to copy {} into {dir}", counted(count, "file", "files")), format!("놓으면 파일 {count}개를 {dir}에 복사합니다");
        copied(count: usize, dir: &str) => format!("Copied {} into {dir}", counted(count, "file", "files")), format!("파일 {count}개를 {dir}에 복사했습니다");
        copying(count: usize, dir: &str) => format!("Copying {} into {dir}…", counted(count, "file", "files")), format!("파일 {count}개를 {dir}에 복사하는 중…");
        not_copied => "Not everything was copied", "모두 복사하지는 못했습니다";
        copy_path => "Copy path", "경로 복사";
        back => "Back to the files", "파일 목록으로";
    }
}
