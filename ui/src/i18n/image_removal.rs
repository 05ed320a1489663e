//! Removing images: what stands in the way and what is lost.

use super::{
    Particle::{Object, With},
    counted, with_particle, words,
};

words! {
    ImageRemoval {
        in_use_title => "This image is in use", "이미지를 사용 중입니다";
        in_use_one(name: &str) => format!("{name} cannot be removed while a container needs its files. Nothing was removed."), format!("컨테이너가 파일을 쓰고 있어 {} 삭제할 수 없습니다. 삭제한 것은 없습니다.", with_particle(name, Object));
        in_use_many(name: &str, count: usize) => format!("{name} cannot be removed while {count} containers need its files. Nothing was removed."), format!("컨테이너 {count}개가 파일을 쓰고 있어 {} 삭제할 수 없습니다. 삭제한 것은 없습니다.", with_particle(name, Object));
        open => "Open", "열기";
        both_frees(size: &str) => format!("Removing both frees {size}."), format!("모두 삭제하면 {size}의 공간이 생깁니다.");
        stays_shared(size: &str) => format!("{size} stays: other images share it."), format!("{size}의 레이어는 다른 이미지가 함께 쓰므로 남습니다.");
        only_tag => "Remove only the tag", "태그만 삭제";
        only_tags => "Remove only the tags", "태그만 모두 삭제";
        no_tag_left => "It has no tag that could be removed instead", "대신 삭제할 태그가 없습니다";
        keep => "Keep", "유지";
        both => "Remove both…", "모두 삭제…";
        all_of_them => "Remove all of them…", "모두 삭제…";

        both_title(name: &str) => format!("Remove {name} and its containers?"), format!("{} 컨테이너까지 삭제할까요?", with_particle(name, Object));
        both_text => "Running containers are killed first: what they have not saved is lost. What goes:", "실행 중인 컨테이너는 먼저 강제 종료하므로 저장하지 않은 내용은 사라집니다. 없어지는 것:";
        both_text_stopped => "What goes:", "없어지는 것:";
        its_changes => "its own changes and its log", "자체 변경과 로그";
        the_image(size: &str, exact: &str) => format!("the image, {size} ({exact})"), format!("이미지, {size}({exact})");
        cannot_undo => "This cannot be undone.", "되돌릴 수 없습니다.";
        remove_count(count: usize) => format!("Remove {}", counted(count, "container and the image", "containers and the image")), format!("컨테이너 {count}개와 이미지 삭제");

        names_title(name: &str) => format!("Remove {name} with all its names?"), format!("{} 모든 이름과 함께 삭제할까요?", with_particle(name, Object));
        names_text(count: usize) => format!("This image has {count} names. All of them go with it:"), format!("이 이미지에는 이름이 {count}개 있습니다. 모두 함께 없어집니다.");
        frees(size: &str, exact: &str) => format!("Frees {size} ({exact})."), format!("{size}({exact})를 비웁니다.");
        only_this_name(name: &str) => format!("Remove only {name}"), format!("{name}만 삭제");
        remove_image => "Remove the image", "이미지 삭제";
        failed(name: &str) => format!("Could not remove {name}"), format!("{} 삭제하지 못했습니다", with_particle(name, Object));
        removed_with(name: &str, count: usize) => format!("Removed {name} and {}", counted(count, "container", "containers")), format!("{} 컨테이너 {count}개를 삭제했습니다", with_particle(name, With));
    }
}
