//! The page of images.

use super::{Particle, counted, grouped, with_particle, words};

words! {
    Images {
        title => "Images", "이미지";
        sub(count: usize, size: &str) => format!("{}, {size} stored", counted(count, "image", "images")), format!("이미지 {count}개, {size} 저장됨");
        import => "Import…", "가져오기…";
        filter => "Filter", "찾기";
        sort(by: &str) => format!("Sort: {by}"), format!("정렬: {by}");
        by_name => "name", "이름";
        by_size => "size", "크기";
        by_age => "newest", "최신";
        by_name_long => "By name", "이름순";
        by_size_long => "Largest first", "큰 것부터";
        by_age_long => "Newest first", "최신부터";
        in_use => "in use", "사용 중";
        left_over => "left over", "남은 이미지";
        no_tag => "No tag", "태그 없음";
        other_platform => "not for this computer", "다른 컴퓨터용";
        coming_in => "Importing", "가져오는 중";
        list => "Images", "이미지";
        none_title => "No images yet", "아직 이미지가 없습니다";
        none_text => "An image is a program packed with everything it needs. Import one from a file, or take the built-in one.", "이미지는 프로그램과 필요한 것을 모두 담은 묶음입니다. 파일에서 가져오거나 내장 이미지를 사용합니다.";
        no_hits(query: &str) => format!("Nothing matches “{query}”"), format!("“{query}” 검색 결과가 없습니다");
        gone_title => "This image is gone", "이 이미지는 없습니다";
        gone_text => "It was removed, here or by another program.", "여기에서 또는 다른 프로그램이 삭제했습니다.";

        run => "Run…", "실행…";
        export => "Export…", "내보내기…";
        tag => "Tag…", "태그 추가…";
        copy_id => "Copy ID", "ID 복사";
        copy_name => "Copy name", "이름 복사";
        remove => "Remove…", "삭제…";
        remove_tag(tag: &str) => format!("Remove tag {tag}"), format!("태그 {tag} 삭제");
        built(ago: &str) => format!("built {ago}"), format!("{ago} 빌드");
        used_by_one(name: &str) => format!("used by {name}"), format!("사용: {name}");
        used_by_many(count: usize) => format!("used by {}", counted(count, "container", "containers")), format!("컨테이너 {count}개가 사용");
        more_names(count: usize) => format!("+{count}"), format!("+{count}");
        unpacked => "Unpacked", "풀린 크기";
        download => "Download", "내려받는 크기";
        only_this => "Only this image", "이 이미지만 사용";
        only_this_hint => "What removing it would free", "삭제하면 비워지는 공간";
        cannot_run(image: &str, host: &str) => format!("This image is for {image}. This computer is {host} and cannot run it."), format!("이 이미지는 {image}용입니다. 이 컴퓨터는 {host}이므로 실행할 수 없습니다.");
        cannot_run_next => "It can still be looked at, tagged and exported.", "살펴보기, 태그 추가, 내보내기는 할 수 있습니다.";

        layers => "Layers", "레이어";
        configuration => "Configuration", "구성";
        history => "History", "기록";
        used_by => "Used by", "사용처";

        to_scale => "Heights are to scale", "높이는 크기에 비례";
        stack => "Layers to scale", "크기에 비례한 레이어";
        steps => "Steps, the last on top", "단계, 마지막이 위";
        base_image => "Base image", "기반 이미지";
        commands => "Commands", "명령";
        copied => "Copied files", "복사한 파일";
        shared_by(count: u32) => format!("shared by {}", counted(count as usize, "image", "images")), format!("이미지 {count}개가 공유");
        layer(number: u32) => format!("Layer {number}"), format!("레이어 {number}");
        layer_label(number: u32, instruction: &str, size: &str) => format!("Layer {number}, {instruction}, {size}"), format!("레이어 {number}, {instruction}, {size}");
        layer_size(size: &str, files: u64) => format!("{size}, {}", counted(files as usize, "file", "files")), format!("{size}, 파일 {}개", grouped(files));
        unknown_step => "unknown step", "알 수 없는 단계";
        files_in(number: u32) => format!("Files in layer {number}"), format!("레이어 {number}의 파일");
        back_to_layers => "Back to the layers", "레이어로";
        scope => "Which files", "보여 줄 파일";
        this_layer => "This layer", "이 레이어";
        up_to_here => "Up to here", "여기까지";
        search_in(number: u32) => format!("Search up to layer {number}"), format!("레이어 {number}까지 검색");
        hits => "Search results", "검색 결과";
        nothing_found => "Nothing found", "찾은 것이 없습니다";
        nothing_found_text => "No name contains this. With a slash the whole path is searched.", "이름에 이 글자가 들어 있는 것이 없습니다. 빗금을 넣으면 경로 전체에서 찾습니다.";
        more_hits(count: u64) => format!("{} more; type more letters", grouped(count)), format!("{}개 더 있습니다. 글자를 더 입력하십시오", grouped(count));
        more_entries(count: u64) => format!("{} more", grouped(count)), format!("{}개 더", grouped(count));
        entry_about(mode: u32, bytes: &str, layer: u32) => format!("{mode:04o} · {bytes} · layer {layer}"), format!("{mode:04o} · {bytes} · 레이어 {layer}");
        save_file => "Save file…", "파일 저장…";
        save_only_files => "Only files can be saved", "파일만 저장할 수 있습니다";
        save_not_deleted => "This layer deletes it; choose a layer below", "이 레이어에서 삭제된 파일입니다. 아래 레이어를 고르십시오";
        save_from_layers => "Files are saved from the list of layers", "파일은 레이어 목록에서 저장합니다";
        saved(name: &str, size: &str) => format!("Saved {name}, {size}"), format!("{name} 저장함, {size}");
        not_saved(name: &str) => format!("{name} was not saved"), format!("{} 저장하지 못했습니다", with_particle(name, Particle::Object));
        copy_path => "Copy path", "경로 복사";
        wasted => "Wasted", "낭비";
        wasted_hint => "Ships with the image although a later layer replaces or deletes it", "나중 레이어가 바꾸거나 삭제했지만 이미지에 그대로 들어 있는 크기";
        wasted_word => "wasted", "낭비";
        wasted_by(layer: u32, size: &str) => format!("Layer {layer} removes or replaces {size} of these files, but they still ship. Do it in the same step to save it."), format!("레이어 {layer}에서 이 파일 중 {size} 분량을 삭제하거나 바꾸지만 이미지에는 그대로 남습니다. 같은 단계에서 처리하면 줄어듭니다.");
        efficiency => "Efficiency", "효율";
        compare => "Compare…", "비교…";
        compare_title(name: &str) => format!("Compare {name}"), format!("{name} 비교");
        compare_with => "with", "비교 대상";
        compare_tree => "What differs", "다른 점";
        differences(added: u64, modified: u64, deleted: u64) => format!("{} added, {} modified, {} deleted", grouped(added), grouped(modified), grouped(deleted)), format!("추가 {}개, 수정 {}개, 삭제 {}개", grouped(added), grouped(modified), grouped(deleted));
        no_difference => "No difference", "다른 점이 없습니다";
        no_difference_text => "Both images show the same files.", "두 이미지의 파일이 같습니다.";
        no_other => "No other image", "다른 이미지가 없습니다";
        no_other_text => "Import another one to compare with.", "비교할 이미지를 가져오십시오.";
        no_files => "No files", "파일 없음";
        no_files_text => "This layer holds no files of its own.", "이 레이어에는 파일이 없습니다.";
        no_layers => "No layers", "레이어 없음";
        no_layers_text => "This image is made of configuration only.", "이 이미지는 구성만 있습니다.";
        added => "Added", "추가됨";
        modified => "Modified", "수정됨";
        deleted => "Deleted", "삭제됨";
        folder_empty => "empty", "비어 있음";
        entry_not_read => "could not be read", "읽지 못함";
        read_layers(count: usize, took: &str) => format!("Read {} in {took}", counted(count, "layer", "layers")), format!("레이어 {count}개를 {took} 만에 읽었습니다");

        entrypoint => "Entrypoint", "진입점";
        command => "Command", "명령";
        environment => "Environment", "환경 변수";
        working_dir => "Works in", "작업 폴더";
        user => "Runs as", "실행 사용자";
        user_root => "root", "root";
        ports => "Listens on", "포트";
        volumes => "Keeps outside", "볼륨";
        stop_signal => "Stopped by", "중지 신호";
        labels => "Labels", "레이블";
        author => "Author", "만든 사람";
        platform => "Platform", "플랫폼";
        id => "ID", "ID";
        names => "Names", "이름";
        raw => "As docker image inspect prints it", "docker image inspect 출력";
        copy_json => "Copy JSON", "JSON 복사";

        step => "Step", "단계";
        instruction => "Instruction", "명령";
        made => "Made", "생성";
        size => "Size", "크기";
        not_said => "not said", "기록 없음";

        unused_title => "No container uses this image", "이 이미지를 사용하는 컨테이너가 없습니다";
        unused_text => "Containers made from it show here.", "이 이미지로 만든 컨테이너가 여기에 나타납니다.";

        tag_title(name: &str) => format!("Tag {name}"), format!("{name}에 태그 추가");
        tag_field => "New name", "새 이름";
        tag_rule => "repository:tag, for example web:2. Without a tag it becomes latest.", "저장소:태그, 예: web:2. 태그가 없으면 latest가 됩니다.";
        tag_free(name: &str) => format!("{name} will name this image as well"), format!("{} 이 이미지의 이름으로 추가됩니다", with_particle(name, Particle::Subject));
        tag_moves(name: &str) => format!("{name} names another image now. It will name this one instead."), format!("{} 지금 다른 이미지의 이름입니다. 이 이미지로 옮겨집니다.", with_particle(name, Particle::Topic));
        tag_same => "It has this name already", "이미 있는 이름입니다";
        tag_upper => "Only lower-case letters before the colon", "콜론 앞에는 소문자만 쓸 수 있습니다";
        tag_invalid => "Lower-case letters, digits and . _ - / before the colon, letters, digits and . _ - after it", "콜론 앞에는 소문자, 숫자, . _ - /, 뒤에는 문자, 숫자, . _ -만 쓸 수 있습니다";
        tag_empty => "Type a name first", "먼저 이름을 입력하십시오";
        add_tag => "Add tag", "태그 추가";
        tagged(name: &str, id: &str) => format!("Tagged {id} as {name}"), format!("{id}에 태그 {} 추가했습니다", with_particle(name, Particle::Object));
    }
}
