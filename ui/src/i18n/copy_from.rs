//! Copying images from Docker or Podman on the same computer.

use super::{Particle::Subject, counted, with_particle, words};

words! {
    CopyFrom {
        found(engine: &str, version: &str) => format!("{engine} {version} is on this computer"), format!("이 컴퓨터에 {engine} {version} 있음");
        found_text => "Its images can be copied here directly, without a file in between.", "중간 파일 없이 이미지를 바로 복사할 수 있습니다.";
        open => "Copy images…", "이미지 복사…";
        closed(engine: &str) => format!("{engine} is on this computer, but not open to you"), format!("이 컴퓨터에 {} 있지만 열 권한이 없음", with_particle(engine, Subject));
        closed_text(socket: &str) => format!("{socket} is for root and the members of its group. Join that group and log in again, or copy an image with this command:"), format!("{socket}은 root와 그 그룹만 열 수 있습니다. 그룹에 들어가 다시 로그인하거나, 이 명령으로 이미지를 복사하십시오:");
        title(engine: &str) => format!("Copy from {engine}"), format!("{engine}에서 복사");
        filter => "Filter", "찾기";
        all => "All images in the list", "목록의 모든 이미지";
        reading(engine: &str) => format!("Asking {engine} for its images…"), format!("{engine}의 이미지를 확인하는 중…");
        none(engine: &str) => format!("{engine} has no images."), format!("{engine}에 이미지가 없습니다.");
        no_match => "No image has such a name.", "그런 이름의 이미지가 없습니다.";
        no_tag => "no tag", "태그 없음";
        here => "on this computer", "이 컴퓨터에 있음";
        chosen(count: usize, size: &str) => format!("{}, {size}", counted(count, "image", "images")), format!("이미지 {count}개, {size}");
        pick_first => "Tick images first", "먼저 이미지를 선택하십시오";
        copy(count: usize) => format!("Copy {}", counted(count, "image", "images")), format!("이미지 {count}개 복사");
        copying(count: usize, engine: &str) => format!("Copying {} from {engine}", counted(count, "image", "images")), format!("{engine}에서 이미지 {count}개 복사 중");
        not_listed(engine: &str) => format!("The images of {engine} could not be listed"), format!("{engine}의 이미지 목록을 가져올 수 없습니다");
    }
}
