//! The page that brings images from registries.

use super::{counted, grouped, words};

words! {
    Find {
        title => "Find images", "이미지 찾기";
        field => "Search, or a name: postgres:17", "검색어 또는 이름: postgres:17";
        registry => "Registry", "레지스트리";
        empty_title => "Bring an image from a registry", "레지스트리에서 이미지 받기";
        empty_text => "Type its name as a tutorial writes it, or a word to search for. Images come from Docker Hub unless the name begins with another registry.", "튜토리얼에 적힌 이름을 그대로 입력하거나 검색어를 입력하십시오. 이름이 다른 레지스트리로 시작하지 않으면 Docker Hub에서 받습니다.";
        no_name => "This is not the name of an image. Names are lower case: registry/name:tag.", "이미지 이름이 아닙니다. 이름은 소문자로 씁니다: registry/name:tag.";

        results_label => "Results", "검색 결과";
        searching => "Searching…", "찾는 중…";
        results(count: u64) => counted(count as usize, "result", "results"), format!("결과 {}개", grouped(count));
        none_found(registry: &str) => if registry.is_empty() { "Docker Hub has nothing of that name. Try a shorter word, or type the whole name of an image elsewhere.".to_owned() } else { format!("{registry} has nothing of that name. Try a shorter word.") }, if registry.is_empty() { "Docker Hub에 그런 이름이 없습니다. 더 짧은 말로 찾거나, 다른 곳에 있는 이미지의 전체 이름을 입력하십시오.".to_owned() } else { format!("{registry}에 그런 이름이 없습니다. 더 짧은 말로 찾아 보십시오.") };
        not_searched => "The registry was not searched", "레지스트리를 검색하지 못했습니다";
        sort => "Order of the results", "결과 순서";
        best_match => "Best match", "관련도순";
        most_stars => "Most stars", "별 많은 순";
        most_pulls => "Most pulled", "많이 받은 순";
        by_name => "Name", "이름순";
        not_told => "This registry does not tell", "이 레지스트리는 알려 주지 않음";
        official => "Official", "공식";
        official_image => "Docker Official Image", "Docker 공식 이미지";
        stars => "Stars", "별";
        pulled_times(count: &str) => format!("{count} pulls"), format!("{count}회 받음");

        repository_label => "Tags", "태그";
        filter_tags => "Filter tags", "태그 찾기";
        filter_counted(count: usize) => format!("Filter {}", counted(count, "tag", "tags")), format!("태그 {}개에서 찾기", grouped(count as u64));
        no_more_tags => "The rest of the tags could not be listed", "나머지 태그를 가져오지 못했습니다";
        platform => "Platform", "플랫폼";
        own_platform => "this computer's platform", "이 컴퓨터의 플랫폼";
        tag => "Tag", "태그";
        also_called => "Also called", "다른 태그";
        download => "Download", "내려받기";
        updated => "Updated", "업데이트";
        asking_tags => "Asking for its tags…", "태그를 확인하는 중…";
        no_tags_told => "The tags could not be listed", "태그 목록을 가져오지 못했습니다";
        no_tags => "This repository has no tags.", "이 저장소에는 태그가 없습니다.";
        no_such_tag => "None of the listed tags has such a name.", "목록에 그런 이름의 태그가 없습니다.";
        more_tags => "More tags", "태그 더 보기";

        asking_image => "Asking the registry what it would send…", "받을 내용을 레지스트리에 확인하는 중…";
        downloads(size: &str) => format!("Downloads {size}."), format!("{size}를 내려받습니다.");
        layers_here(here: u32, all: u32) => format!("{here} of {} {} here.", counted(all as usize, "layer", "layers"), if here == 1 { "is" } else { "are" }), format!("레이어 {all}개 중 {here}개가 있습니다.");
        all_here(all: u32) => format!("Nothing to download: {} here already.", if all == 1 { "its layer is".to_owned() } else { format!("all {all} layers are") }), format!("내려받을 것이 없습니다. 레이어 {all}개가 모두 있습니다.");
        here => "on this computer", "이 컴퓨터에 있음";
        pull => "Pull", "내려받기";
        pull_again => "Look for a newer one", "새 버전 확인";
        pull_and_run => "Pull and run…", "내려받아 실행…";
        run => "Run…", "실행…";
        show => "Show image", "이미지 보기";

        transfers => "Transfers", "전송";
        pause => "Pause", "일시 정지";
        resume => "Resume", "계속";
        not_paused => "It was not paused", "일시 정지하지 못했습니다";
        paused(came: &str) => format!("Paused: {came} came, and are kept for a day."), format!("일시 정지함: {came}를 받았고 하루 동안 보관합니다.");
        cancelled => "Cancelled. What came is used if you try again within a day.", "취소했습니다. 하루 안에 다시 시도하면 받은 부분을 씁니다.";
        asking => "asking the registry", "레지스트리에 확인하는 중";
        layers(count: usize) => counted(count, "layer", "layers"), format!("레이어 {count}개");
        already_here(layers: &str, size: &str) => format!("{layers}, {size} already here"), format!("{layers}, {size} 이미 있음");
        already_there(layers: &str, size: &str) => format!("{layers}, {size} already there"), format!("{layers}, {size} 레지스트리에 있음");
        at_speed(size: &str) => format!("at {size}/s"), format!("({size}/s)");
        about_left(span: &str) => format!("about {span} left"), format!("약 {span} 남음");
        waiting => "Waiting", "대기";
        verifying => "Verifying", "확인 중";
        unpacking => "Unpacking", "푸는 중";
        writing => "Writing", "기록 중";
        verified => "Verified", "확인됨";
        sent => "Sent", "보냄";
        here_already => "Already here", "이미 있음";
        there => "Already there", "레지스트리에 있음";

        not_pushed(name: &str) => format!("{name} was not pushed"), format!("{name}: 올리지 못했습니다");
        not_pulled(name: &str) => format!("{name} was not pulled"), format!("{name}: 내려받지 못했습니다");
    }
}
