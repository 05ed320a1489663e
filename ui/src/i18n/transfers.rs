//! Import and export.

use gantry_view::{Task, TaskKind};

use super::{
    Lang,
    Particle::{Direction, Object},
    Text, counted, with_particle, words,
};

words! {
    Transfers {
        title => "Import and export", "가져오기·내보내기";
        running_count(count: usize) => format!("{count} running"), format!("{count}개 실행 중");
        today_count(count: usize) => format!("{count} done today"), format!("오늘 {count}개 완료");
        choose_files => "Choose files…", "파일 선택…";
        export_images => "Export images…", "이미지 내보내기…";
        drop_label => "Drop image files here or press Enter to choose", "이미지 파일을 여기에 놓거나 Enter를 눌러 선택";
        drop_title => "Drop image files here", "이미지 파일을 여기에 놓기";
        drop_text => ".tar, .tar.gz, .tar.zst or an OCI folder. Nothing is kept until the contents check out.", ".tar, .tar.gz, .tar.zst 또는 OCI 폴더. 내용을 확인한 뒤에만 저장합니다.";
        path_label => "Path of an image file or OCI folder", "이미지 파일이나 OCI 폴더의 경로";
        path_hint => "Path of a file or OCI folder on this computer", "이 컴퓨터의 파일이나 OCI 폴더 경로";
        import => "Import", "가져오기";
        path_relative => "Begin the path with / or ~", "/ 또는 ~로 시작하는 경로를 입력하십시오";
        path_empty => "Type or paste a path first", "먼저 경로를 입력하십시오";
        welcome_title => "Built-in image", "내장 이미지";
        welcome_text => "gantry/welcome serves a page and logs each visit. It needs no network and no other file.", "gantry/welcome은 페이지를 보여 주고 방문을 기록합니다. 네트워크도 다른 파일도 필요 없습니다.";
        add_welcome => "Add the built-in image", "내장 이미지 추가";
        now => "Now", "지금";
        earlier_today => "Earlier today", "오늘";
        earlier => "Earlier", "이전";
        cancel => "Cancel", "취소";
        cancelling => "Cancelling…", "취소하는 중…";
        dismiss => "Take off the list", "목록에서 지우기";
        retry => "Retry", "다시 시도";
        run => "Run…", "실행…";
        show_image => "Show image", "이미지 보기";
        show_file => "Show file", "파일 보기";
        details => "Details", "자세히";
        copy_error => "Copy error", "오류 복사";

        percent(percent: &str) => format!("{percent} %"), format!("{percent} %");
        left(span: &str) => format!("{span} left"), format!("{span} 남음");
        of_bytes(done: &str, total: &str) => format!("{done} of {total}"), format!("{total} 중 {done}");
        per_second(size: &str) => format!("{size}/s"), format!("{size}/s");
        verified_of(done: usize, all: usize) => format!("{done} of {all} digests verified"), format!("다이제스트 {all}개 중 {done}개 확인");
        exporting_to(images: usize, folder: &str) => format!("Exporting {} to {folder}", counted(images, "image", "images")), format!("이미지 {images}개를 {} 내보내는 중", with_particle(folder, Direction));
        committing => "Saving a container's changes", "컨테이너 변경 저장 중";
        reading => "Reading", "읽는 중";
        progress_at(percent: u32) => format!("{percent} %"), format!("{percent} %");
        more_layers(count: usize) => format!("{count} more waiting"), format!("{count}개 더 대기 중");

        waiting => "waiting", "대기";
        downloading => "downloading", "받는 중";
        uploading => "uploading", "보내는 중";
        hashing => "hashing", "확인 중";
        unpacking => "unpacking", "푸는 중";
        writing => "writing", "기록 중";
        verified => "verified", "확인됨";
        already_here => "already here", "이미 있음";

        all_verified(count: usize) => if count == 1 { "its digest verified".to_owned() } else { format!("all {count} digests verified") }, format!("다이제스트 {count}개 모두 확인");
        imported => "Imported", "가져옴:";
        saved_as => "Saved as", "저장됨:";
        exported_to => "Exported to", "내보냄:";
        no_name => "an image without a name", "이름 없는 이미지";
        size_in(size: &str, took: &str) => format!("{size} in {took}"), format!("{size}, {took}");
        and_more(count: usize) => format!("and {count} more"), format!("외 {count}개");
        other_platform(platform: &str) => format!("It is for {platform}: this computer cannot run it."), format!("{platform}용이므로 이 컴퓨터에서는 실행할 수 없습니다.");
        not_imported => "Not imported", "가져오지 못함";
        not_exported => "Not exported", "내보내지 못함";
        not_saved => "Not saved", "저장하지 못함";
        backing_up => "Backing up a volume", "볼륨 백업 중";
        restoring => "Making a volume of a backup", "백업으로 볼륨을 만드는 중";
        backed_up_to => "Backed up to", "백업됨:";
        restored_from => "Restored from", "복원한 파일:";
        not_backed_up => "Not backed up", "백업하지 못함";
        not_restored => "Not restored", "복원하지 못함";
        pulled => "Pulled", "내려받음:";
        pushed => "Pushed", "올림:";
        not_pulled => "Not pulled", "내려받지 못함";
        not_pushed => "Not pushed", "올리지 못함";
        cancelled_push => "Cancelled. What the registry has already stays there.", "취소했습니다. 레지스트리에 이미 올린 것은 남습니다.";
        show_volume => "Show volume", "볼륨 보기";
        cancelled_import => "Cancelled. Nothing was kept.", "취소했습니다. 저장한 것은 없습니다.";
        cancelled_export => "Cancelled. The unfinished file was removed.", "취소했습니다. 만들던 파일은 삭제했습니다.";
        not_cancelled => "It could not be cancelled", "취소하지 못했습니다";

        ended_well(task: &Task, text: Text) => ended_well_en(task, text), ended_well_ko(task, text);
        ended_early(task: &Task) => format!("{}: stopped", task.title), format!("{}: 중지함", task.title);
        ended_badly(task: &Task) => match task.kind {
            TaskKind::Import => format!("{} was not imported", task.title),
            TaskKind::Export => format!("{} was not written", task.title),
            TaskKind::Commit => "The changes were not saved".to_owned(),
            TaskKind::Backup => format!("{} was not backed up", task.title),
            TaskKind::Restore => format!("{} was not restored", task.title),
            TaskKind::Pull => format!("{} was not pulled", task.title),
            TaskKind::Push => format!("{} was not pushed", task.title),
        }, match task.kind {
            TaskKind::Import => format!("{} 가져오지 못했습니다", with_particle(&task.title, Object)),
            TaskKind::Export => format!("{} 쓰지 못했습니다", with_particle(&task.title, Object)),
            TaskKind::Commit => "변경을 저장하지 못했습니다".to_owned(),
            TaskKind::Backup => format!("{} 백업하지 못했습니다", with_particle(&task.title, Object)),
            TaskKind::Restore => format!("{} 복원하지 못했습니다", with_particle(&task.title, Object)),
            TaskKind::Pull => format!("{} 내려받지 못했습니다", with_particle(&task.title, Object)),
            TaskKind::Push => format!("{} 올리지 못했습니다", with_particle(&task.title, Object)),
        };
    }
}

impl Transfers {
    /// `2 running, 3 done today`; what is zero is left out.
    pub fn sub(self, running: usize, today: usize) -> String {
        let parts = [
            (running > 0).then(|| self.running_count(running)),
            (today > 0).then(|| self.today_count(today)),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// What a task dealt with, and how long it took.
fn result(task: &Task, text: Text) -> (String, String) {
    let name = match task.images.first() {
        Some(image) if !image.reference.is_empty() => image.reference.clone(),
        _ => task.title.clone(),
    };
    let took = task.finished_at.unwrap_or(task.started_at) - task.started_at;
    (name, text.took(took))
}

fn ended_well_en(task: &Task, text: Text) -> String {
    let (name, took) = result(task, text);
    let more = match task.images.len() {
        0 | 1 => String::new(),
        count => format!(" {}", Transfers(Lang::En).and_more(count - 1)),
    };
    match task.kind {
        TaskKind::Import => format!("Imported {name}{more} in {took}"),
        TaskKind::Export => format!("Wrote {} in {took}", task.title),
        TaskKind::Commit => format!("Saved {name} in {took}"),
        TaskKind::Backup => format!("Backed up {name} in {took}"),
        TaskKind::Restore => format!("Restored {name} in {took}"),
        TaskKind::Pull => format!("Pulled {name} in {took}"),
        TaskKind::Push => format!("Pushed {name} in {took}"),
    }
}

fn ended_well_ko(task: &Task, text: Text) -> String {
    let (name, took) = result(task, text);
    match (task.kind, task.images.len()) {
        (TaskKind::Import, 0 | 1) => {
            format!("{} {took} 만에 가져왔습니다", with_particle(&name, Object))
        }
        (TaskKind::Import, count) => {
            format!("{name} 외 {}개를 {took} 만에 가져왔습니다", count - 1)
        }
        (TaskKind::Export, _) => {
            format!(
                "{} {took} 만에 썼습니다",
                with_particle(&task.title, Object)
            )
        }
        (TaskKind::Commit, _) => {
            format!("{} {took} 만에 저장했습니다", with_particle(&name, Object))
        }
        (TaskKind::Backup, _) => {
            format!("{} {took} 만에 백업했습니다", with_particle(&name, Object))
        }
        (TaskKind::Restore, _) => {
            format!("{} {took} 만에 복원했습니다", with_particle(&name, Object))
        }
        (TaskKind::Pull, _) => {
            format!(
                "{} {took} 만에 내려받았습니다",
                with_particle(&name, Object)
            )
        }
        (TaskKind::Push, _) => {
            format!("{} {took} 만에 올렸습니다", with_particle(&name, Object))
        }
    }
}
