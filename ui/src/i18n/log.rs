//! What a container printed.

use super::{counted, grouped, words};

words! {
    Log {
        search => "Search logs", "로그 검색";
        hits(now: u64, all: u64) => format!("{} of {}", grouped(now), grouped(all)), format!("{}개 중 {}", grouped(all), grouped(now));
        searching => "searching", "검색 중";
        no_hits => "none", "없음";
        regex => "Regular expression", "정규식";
        not_regex => "not an expression", "정규식이 아닙니다";
        previous => "Previous match (Shift+Enter)", "이전 결과 (Shift+Enter)";
        next => "Next match (Enter)", "다음 결과 (Enter)";
        go_to_time => "Go to time", "시각으로 이동";
        time_forms => "14:30, 2026-01-31 14:30, or 15m for 15 minutes ago", "14:30, 2026-01-31 14:30 또는 15m(15분 전)";
        stream => "Stream", "스트림";
        all => "All", "전체";
        output => "Output", "출력";
        errors => "Errors", "오류";
        timestamps => "Timestamps", "시각";
        wrap => "Wrap long lines", "긴 줄 바꿈";
        save => "Save log…", "로그 저장…";
        clear => "Clear view", "화면 지우기";
        saved(bytes: &str) => format!("Saved the log, {bytes}"), format!("로그를 저장했습니다({bytes})");
        not_saved => "Could not save the log", "로그를 저장하지 못했습니다";
        label(name: &str) => format!("Log of {name}"), format!("{name} 로그");
        following => "Following", "따라가는 중";
        follow => "Follow", "따라가기";
        scroll_up => "Scroll up to hold still", "위로 스크롤하면 멈춥니다";
        ended => "Nothing more until it starts again", "다시 시작할 때까지 새 줄이 없습니다";
        held => "Holding still", "멈춤";
        new_lines(count: usize) => counted(count, "new line", "new lines"), format!("새 줄 {count}개");
        announced(lines: usize, errors: usize) => announced_en(lines, errors), announced_ko(lines, errors);
        per_second(rate: &str) => format!("{rate} lines/s"), format!("초당 {rate}줄");
        kept(lines: u64, bytes: &str) => format!("{} {} · {bytes} kept", grouped(lines), if lines == 1 { "line" } else { "lines" }), format!("{}줄 · {bytes} 보관", grouped(lines));
        quiet(span: &str) => format!("quiet for {span}"), format!("{span} 동안 조용함");
        err => "err", "err";
        empty_title => "Nothing printed yet", "아직 출력이 없습니다";
        empty_text => "What the program writes to its output appears here as it happens.", "프로그램이 출력하는 내용이 여기에 바로 나타납니다.";
        empty_created => "It prints once it has started.", "시작하면 출력이 나타납니다.";
        cleared_title => "View cleared", "화면을 지웠습니다";
        cleared_text => "New lines appear here. The log itself is kept.", "새 줄이 여기에 나타납니다. 로그 자체는 남아 있습니다.";
        show_again => "Show everything", "모두 보기";
        none_of_stream => "Nothing on this stream", "이 스트림에는 아무것도 없습니다";
        not_read => "The log could not be read", "로그를 읽지 못했습니다";
        utc(time: &str) => format!("{time} (UTC)"), format!("{time} (UTC)");
    }
}

fn announced_en(lines: usize, errors: usize) -> String {
    let lines = counted(lines, "new line", "new lines");
    match errors {
        0 => lines,
        errors => format!("{lines}, {}", counted(errors, "error", "errors")),
    }
}

fn announced_ko(lines: usize, errors: usize) -> String {
    match errors {
        0 => format!("새 줄 {lines}개"),
        errors => format!("새 줄 {lines}개, 오류 {errors}개"),
    }
}
