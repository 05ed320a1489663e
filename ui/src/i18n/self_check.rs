//! The page that says what this computer lacks for containers.
//!
//! In English the engine's own sentences speak. In Korean the code of a finding does, with its facts;
//! [`gantry_view::FINDINGS`] lists the codes.

mod korean;

use gantry_view::Finding;

use super::{Lang, words};

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

/// The sentences of a finding. An empty one is not shown.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Words {
    pub what: String,
    pub why: String,
    pub next: String,
    /// What does it, to copy; the sentence before it says what it does.
    pub command: String,
}

impl Words {
    fn new(what: impl Into<String>, why: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            why: why.into(),
            next: next.into(),
            command: String::new(),
        }
    }
}

impl SelfCheck {
    /// What was found, and the language of these words: an unknown code has the engine's.
    pub fn words(self, finding: &Finding) -> (Words, Lang) {
        let english = || Words::new(&*finding.what, &*finding.why, &*finding.next);
        let korean = match self.0 {
            Lang::En => None,
            Lang::Ko => korean::words(finding),
        };
        let Some(mut words) = korean else {
            return (english(), Lang::En);
        };
        // What was repaired needs nothing more.
        if finding.next.is_empty() {
            words.next.clear();
        } else if let Some(command) = finding.facts.get("command") {
            words.command.clone_from(command);
        }
        (words, Lang::Ko)
    }

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
            "router" => ("Passing packets on", "라우터 역할"),
            "published-port" => ("Published port", "공개한 포트"),
            "containers" => ("Container records", "컨테이너 기록"),
            "way-out" => ("Network helper", "네트워크 도구"),
            "tunnel" => ("Tunnel device", "터널 장치"),
            "disk" => ("Disk", "디스크"),
            "store" => ("Storage", "저장소"),
            other => return other.replace('-', " "),
        };
        match self.0 {
            Lang::En => english.to_owned(),
            Lang::Ko => korean.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use gantry_view::{FINDINGS, FindingState};

    use super::*;

    /// A finding with every fact that there is.
    fn finding(code: &str) -> Finding {
        const FACTS: [&str; 27] = [
            "address",
            "blob",
            "blobs",
            "command",
            "container",
            "count",
            "data",
            "error",
            "files",
            "first",
            "free",
            "images",
            "layer",
            "layers",
            "missing",
            "name",
            "names",
            "options",
            "path",
            "pid",
            "port",
            "program",
            "release",
            "size",
            "switch",
            "tables",
            "there",
        ];
        Finding {
            check: "check".to_owned(),
            state: FindingState::Note,
            code: code.to_owned(),
            facts: FACTS.map(|fact| (fact.to_owned(), fact.to_owned())).into(),
            what: "what".to_owned(),
            why: "why".to_owned(),
            next: "next".to_owned(),
            script: String::new(),
        }
    }

    #[test]
    fn every_finding_is_told_in_both_languages() {
        let is_hangul = |c: char| ('가'..='힣').contains(&c);
        for code in FINDINGS {
            let (english, lang) = SelfCheck(Lang::En).words(&finding(code));
            assert_eq!((&*english.what, lang), ("what", Lang::En));
            let (korean, lang) = SelfCheck(Lang::Ko).words(&finding(code));
            assert_eq!(lang, Lang::Ko, "{code} has no Korean words");
            assert!(korean.what.contains(is_hangul), "{code}: {}", korean.what);
            for sentence in [korean.why, korean.next] {
                let told = sentence.is_empty() || sentence.contains(is_hangul);
                assert!(told, "{code}: {sentence}");
            }
        }
    }

    #[test]
    fn what_needs_nothing_more_is_told_without_it() {
        let mut found = finding("store-database");
        let korean = SelfCheck(Lang::Ko);
        assert_eq!(korean.words(&found).0.command, "command");
        found.next.clear();
        let (words, _) = korean.words(&found);
        assert_eq!((&*words.next, &*words.command), ("", ""));
    }

    #[test]
    fn an_unknown_finding_still_says_what_the_engine_says() {
        let (words, lang) = SelfCheck(Lang::Ko).words(&finding("brand-new"));
        assert_eq!(
            (&*words.what, &*words.next, lang),
            ("what", "next", Lang::En)
        );
    }
}
