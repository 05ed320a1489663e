//! The page that says what this computer lacks for containers.

use super::words;

words! {
    SelfCheck {
        title => "Self-check", "자가 점검";
        looking => "Looking at this computer…", "이 컴퓨터를 점검하는 중…";
        well => "Everything that containers need is here", "컨테이너에 필요한 것이 모두 있습니다";
        problems(count: usize) => super::counted(count, "thing stops containers or images from working", "things stop containers or images from working"), format!("컨테이너나 이미지가 작동하지 않는 원인 {count}개");
        notes(count: usize) => super::counted(count, "thing could work better", "things could work better"), format!("더 나아질 수 있는 항목 {count}개");
        again => "Check again", "다시 점검";
        repair => "Repair", "복구";
        fix => "Fix…", "고치기…";
        script => "What an administrator runs", "관리자 권한으로 실행할 내용";
        repair_text => "Repair mends what can be mended without losing anything", "복구는 잃는 것 없이 고칠 수 있는 것을 고칩니다";
        good => "as it should be", "정상";
        repaired => "repaired", "복구됨";
        note => "works less well than it could", "제한적으로 작동";
        problem => "does not work", "작동하지 않음";
    }
}

impl SelfCheck {
    /// What a check is about.
    pub fn name(self, check: &str) -> String {
        let (english, korean) = match check {
            "kernel" => ("Kernel", "커널"),
            "namespaces" => ("Namespaces", "네임스페이스"),
            "user-namespace" => ("User namespaces", "사용자 네임스페이스"),
            "subordinate-ids" => ("User ID range", "사용자 ID 범위"),
            "id-mapping-helpers" => ("ID mapping helpers", "ID 매핑 도구"),
            "overlay" => ("Overlay file system", "오버레이 파일 시스템"),
            "cgroups" => ("Resource limits", "자원 제한"),
            "empty-cgroups" => ("Left-over control groups", "남은 제어 그룹"),
            "lingering" => ("After logging out", "로그아웃 후"),
            "shim" => ("Supervisor program", "감독 프로그램"),
            "packet-filter" => ("Packet filter", "패킷 필터"),
            "forwarding" => ("Forwarding", "패킷 전달"),
            "way-out" => ("Network helper", "네트워크 도구"),
            "tunnel" => ("Tunnel device", "터널 장치"),
            "disk" => ("Disk", "디스크"),
            "store" => ("Storage", "저장소"),
            other => return other.replace('-', " "),
        };
        match self.0 {
            super::Lang::En => english.to_owned(),
            super::Lang::Ko => korean.to_owned(),
        }
    }
}
