//! Words that any part of the window may need.

use super::words;

words! {
    Common {
        cancel => "Cancel", "취소";
        close => "Close", "닫기";
        copied => "Copied", "복사했습니다";
        copy_command => "Copy command", "명령 복사";
        copy_details => "Copy details", "자세한 내용 복사";
        copy_digest => "Copy digest", "다이제스트 복사";
        undo => "Undo", "되돌리기";
        more => "More", "더 보기";
        more_actions => "More actions", "추가 작업";
        filter => "Filter", "필터";
        show_all(count: usize) => format!("Show all {count}"), format!("{count}개 모두 보기");
        dismiss => "Dismiss", "닫기";
        details => "Details", "자세히";
        port_to => " to ", " → ";
        open_address(address: &str) => format!("Open {address}"), format!("{address} 열기");
        not_opened(address: &str) => format!("{address} was not opened"), format!("{address} 주소를 열지 못했습니다");
        not_copied => "Nothing was copied", "복사하지 못했습니다";
        file_not_shown => "The file was not shown", "파일을 보여 주지 못했습니다";
        replace_file => "Replace that file", "그 파일을 바꾸기";
        none => "none", "없음";
        not_measured => "not measured yet", "아직 측정하지 않음";
        choose => "Choose…", "선택…";
        path_absolute => "Begin the path with / or ~", "/ 또는 ~로 시작하는 경로를 입력하십시오";
        resize_list => "Resize list", "목록 너비 조절";
        choose_image_files => "Choose image files", "이미지 파일 선택";
        import_not_started => "The import was not started", "가져오기를 시작하지 못했습니다";
    }
}
