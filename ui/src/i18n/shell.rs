//! The frame around every page: sidebar, title bar, status bar, keys.

use super::words;

words! {
    Shell {
        sections => "Sections", "섹션";
        run_section => "Run", "실행";
        containers => "Containers", "컨테이너";
        images => "Images", "이미지";
        store_section => "Store", "저장소";
        volumes => "Volumes and networks", "볼륨과 네트워크";
        find => "Find images", "이미지 찾기";
        transfers => "Import and export", "가져오기·내보내기";
        self_check => "Self-check", "자가 점검";
        settings => "Settings", "설정";
        engine_ready => "Engine ready", "엔진 준비됨";
        engine_connecting => "Looking for the engine…", "엔진 찾는 중…";
        engine_lost => "Engine not there", "엔진 연결 안 됨";
        minimize => "Minimise", "최소화";
        maximize => "Maximise", "최대화";
        restore => "Restore size", "이전 크기로";
        close => "Close", "닫기";
        same_as => "same as", "같은 명령";
        disk_free => "free", "남음";
        disk_free_on(root: &str) => format!("Free on the disk of {root}"), format!("{root} 디스크의 남은 공간");
        storage_used => "stored", "저장됨";
        importing(what: &str) => format!("Importing {what}"), format!("{what} 가져오는 중");
        exporting(what: &str) => format!("Exporting {what}"), format!("{what} 내보내는 중");
        committing(what: &str) => format!("Committing {what}"), format!("{what} 저장하는 중");
        backing_up(what: &str) => format!("Backing up {what}"), format!("{what} 백업 중");
        restoring(what: &str) => format!("Restoring {what}"), format!("{what} 복원 중");
        pulling(what: &str) => format!("Pulling {what}"), format!("{what} 내려받는 중");
        pushing(what: &str) => format!("Pushing {what}"), format!("{what} 올리는 중");
        more_tasks(count: usize) => format!("+{count} more"), format!("외 {count}개");

        lost_title => "The engine stopped answering.", "엔진이 응답하지 않습니다.";
        lost_detail => "Containers keep running. Gantry keeps looking for it.", "컨테이너는 계속 실행됩니다. Gantry가 엔진을 계속 찾습니다.";
        reconnect => "Reconnect", "다시 연결";
        not_signed_in => "This tab is not signed in.", "이 탭은 로그인되어 있지 않습니다.";
        not_signed_in_detail => "Open the address that gantry web printed once more.", "gantry web이 출력한 주소를 다시 여십시오.";
        drop_here(count: usize) => super::counted(count, "file: let go to import it", "files: let go to import them"), format!("파일 {count}개: 놓으면 가져옵니다");

        keys_title => "Keys", "단축키";
        keys_go => "Go", "이동";
        keys_list => "In a list", "목록에서";
        keys_log => "In a log", "로그에서";
        key_go_to(place: &str) => format!("Go to {place}"), format!("{} 이동", super::with_particle(place, super::Particle::Direction));
        key_filter => "Filter this view", "이 화면에서 찾기";
        key_move => "Move", "이동";
        key_ends => "First, last", "처음, 끝";
        key_open => "Open", "열기";
        key_back => "Back to the list", "목록으로";
        key_tick => "Tick", "선택";
        key_extend => "Extend the ticks", "선택 넓히기";
        key_all => "Tick all", "모두 선택";
        key_stop_start => "Stop or start", "중지 또는 시작";
        key_restart => "Restart", "재시작";
        key_pause => "Pause or resume", "일시 정지 또는 계속";
        key_commit => "Commit as image", "이미지로 저장";
        key_remove => "Remove", "삭제";
        key_port => "Open the first port", "첫 번째 포트 열기";
        key_terminal => "Open the terminal", "터미널 열기";
        key_logs => "Open the logs", "로그 열기";
        key_menu => "Menu of the row", "행 메뉴";
        key_run => "Run a container", "컨테이너 실행";
        key_import => "Choose image files", "이미지 파일 선택";
        key_search => "Search the log", "로그 검색";
        key_next => "Next, previous hit", "다음, 이전 결과";
        key_follow => "Follow again", "다시 따라가기";
        key_size => "Interface size", "화면 크기";
        key_pane => "Next pane", "다음 영역";
        key_keys => "These keys", "단축키 보기";
    }
}
