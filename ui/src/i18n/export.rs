//! The export drawer.

use super::{counted, words};

words! {
    Export {
        title => "Export images", "이미지 내보내기";
        images(count: usize) => counted(count, "image", "images"), format!("이미지 {count}개");
        add => "Add…", "추가…";
        leave_out(name: &str) => format!("Leave out {name}"), format!("{name} 빼기");
        none_chosen => "Add the images that the file is to hold.", "파일에 담을 이미지를 추가하십시오.";
        format => "Format", "형식";
        docker_archive => "Docker archive", "Docker 아카이브";
        oci_archive => "OCI archive", "OCI 아카이브";
        oci_folder => "OCI folder", "OCI 폴더";
        docker_hint => "One .tar that docker load, podman load and Gantry all read.", "docker load, podman load, Gantry가 모두 읽는 .tar 파일 하나.";
        oci_hint => "One .tar in the OCI layout, for skopeo, podman and registries.", "skopeo, podman, 레지스트리에서 쓰는 OCI 구조의 .tar 파일 하나.";
        folder_hint => "A folder in the OCI layout: index.json and blobs side by side.", "OCI 구조의 폴더: index.json과 blobs.";
        compression => "Compression", "압축";
        no_compression => "None", "없음";
        folder_plain => "Layers in a folder keep the compression they have.", "폴더 안의 레이어는 원래 압축을 유지합니다.";
        destination => "Where to", "저장 방법";
        to_path => "A path", "경로";
        to_browser => "Browser download", "브라우저 다운로드";
        browser_hint => "The browser asks or uses its download folder.", "브라우저가 위치를 묻거나 다운로드 폴더에 저장합니다.";
        save_to => "Save to", "저장 위치";
        checksum => "Write a .sha256 file next to it", "옆에 .sha256 파일도 쓰기";
        shared_once => "Shared layers, stored once", "공유 레이어(한 번만 저장)";
        before_compression => "Archive before compression", "압축 전 크기";
        the_archive => "The file", "파일";
        the_folder => "The folder", "폴더";
        free(size: &str) => format!("{size} free"), format!("{size} 남음");
        short_of(size: &str) => format!("{size} short on this disk"), format!("디스크 공간 {size} 부족");
        export => "Export", "내보내기";
        path_first => "Say where to save it first", "먼저 저장 위치를 입력하십시오";
        started(title: &str) => format!("Exporting {title}"), format!("{title} 내보내는 중");
        download_started => "The browser saves the file", "브라우저가 파일을 저장합니다";

        pick_title => "Add images to the file", "파일에 이미지 추가";
        pick_filter => "Filter", "찾기";
        pick_none => "Every image is in it already.", "모든 이미지가 이미 들어 있습니다.";
        pick_add(count: usize) => format!("Add {}", counted(count, "image", "images")), format!("이미지 {count}개 추가");
        pick_first => "Tick images first", "먼저 이미지를 선택하십시오";
    }
}
