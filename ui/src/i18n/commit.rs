//! Keeping a container's changes as an image.

use gantry_view::EntryChange;

use super::{
    Particle::{Subject, Topic},
    counted, grouped, with_particle, words,
};

words! {
    Commit {
        title(name: &str) => format!("Save {name} as an image"), format!("{name}: 이미지로 저장");
        name => "Name", "이름";
        tag => "Tag", "태그";
        unnamed => "Without a name the image is found by its ID only.", "이름이 없으면 ID로만 찾을 수 있습니다.";
        free(name: &str) => format!("{name} will name the new image."), format!("{} 새 이미지의 이름이 됩니다.", with_particle(name, Subject));
        moves(name: &str) => format!("{name} names another image now. It will name the new one instead."), format!("{} 지금 다른 이미지의 이름입니다. 새 이미지로 옮겨집니다.", with_particle(name, Topic));
        upper => "Only lower-case letters in the name.", "이름에는 소문자만 쓸 수 있습니다.";
        invalid => "Lower-case letters, digits and . _ - / in the name; letters, digits and . _ - in the tag.", "이름에는 소문자, 숫자, . _ - /, 태그에는 문자, 숫자, . _ -만 쓸 수 있습니다.";
        message => "Message", "메시지";
        message_hint => "What changed, for the history", "무엇이 바뀌었는지 기록에 남깁니다";
        author => "Author", "만든 사람";
        author_hint => "Name <mail>, optional", "이름 <메일>, 선택 사항";
        pause => "Pause it while saving", "저장하는 동안 일시 정지";
        pause_why => "so that no file changes half-way", "저장 중에 파일이 바뀌지 않도록 합니다";
        changes => "What the new layer will hold", "새 레이어에 담길 변경";
        count(change: EntryChange, count: usize) => format!("{} {}", grouped(count as u64), english(change)), format!("{} {}개", korean(change), grouped(count as u64));
        about => "at least", "적어도";
        more(count: u64) => format!("and {}", counted(count as usize, "more", "more")), format!("외 {}개", grouped(count));
        nothing => "Nothing has changed: the new image will hold the same files.", "바뀐 것이 없습니다. 새 이미지의 파일은 그대로입니다.";
        looking => "Looking for changes…", "변경을 찾는 중…";
        not_read => "The changes could not be listed. They are saved all the same.", "변경 목록을 읽지 못했습니다. 저장은 할 수 있습니다.";
        not_inside => "Volumes and folders of this computer are not part of it.", "볼륨과 이 컴퓨터의 폴더는 담기지 않습니다.";
        save => "Save as image", "이미지로 저장";
        chosen(count: usize) => format!("{} and what lies in them; the other changes stay out", counted(count, "chosen path", "chosen paths")), format!("선택한 경로 {count}개와 그 안의 것만 담고 다른 변경은 담지 않습니다");
        started(name: &str) => format!("Saving {name}…"), format!("{name} 저장 중…");
    }
}

fn english(change: EntryChange) -> &'static str {
    match change {
        EntryChange::Added => "added",
        EntryChange::Modified => "modified",
        EntryChange::Deleted => "deleted",
        EntryChange::Unchanged => "unchanged",
    }
}

fn korean(change: EntryChange) -> &'static str {
    match change {
        EntryChange::Added => "추가",
        EntryChange::Modified => "수정",
        EntryChange::Deleted => "삭제",
        EntryChange::Unchanged => "그대로",
    }
}
