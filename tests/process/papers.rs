//! Documents in backups: of the same moment as the database, shared between backups, checked, brought back.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::backups::{backup, manifest};
use crate::harness::*;

/// Uploads a paper and returns its id.
fn upload(server: &Server, token: &str, bytes: &[u8]) -> Uuid {
    let (id, hash) = (Uuid::now_v7(), Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    let announced = json!({"id": id, "chapter": "23095", "purpose": "GIFT", "name": "Biên nhận.pdf", "media_type": "application/pdf",
                           "size_bytes": bytes.len(), "sha256": hash});
    let begun = server.send("POST", "/api/v1/uploads", Some(token), Some(&announced));
    assert_eq!(begun.status, 201, "{}", begun.text);
    let mut sent = ureq::patch(format!("{}/api/v1/uploads/{id}", server.base))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/octet-stream")
        .header("upload-offset", "0")
        .send(bytes)
        .unwrap();
    let answer: serde_json::Value = serde_json::from_str(&sent.body_mut().read_to_string().unwrap()).unwrap();
    answer["document"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).parse().unwrap()
}

/// The one file of the documents in a backup or a data folder.
fn file_in(folder: &Path) -> PathBuf {
    let mut found = Vec::new();
    let mut todo = vec![folder.to_path_buf()];
    while let Some(next) = todo.pop() {
        for entry in fs::read_dir(next).unwrap().map(Result::unwrap) {
            match entry.file_type().unwrap().is_dir() {
                true => todo.push(entry.path()),
                false if entry.file_name().len() >= 32 => found.push(entry.path()),
                false => {}
            }
        }
    }
    assert_eq!(found.len(), 1, "{found:?}");
    found.pop().unwrap()
}

#[test]
fn documents_are_backed_up_shared_checked_and_brought_back() {
    let here = Folder::ready();
    let server = Server::start(&here);
    here.officer("hanh.hamliem", "OFFICER", "23095");
    let token = server.log_in("hanh.hamliem", PASSWORD);
    let paper = b"%PDF-1.4\n1 0 obj <<>> stream\nbi\xc3\xaan nh\xe1\xba\xadn\nendstream endobj\ntrailer <<>>\n%%EOF\n";
    let id = upload(&server, &token, paper);
    let to = here.top.join("backups");
    let (one, two) = (backup(&here, &to, &[]), backup(&here, &to, &[]));
    assert_eq!((manifest(&one)["document_count"].as_i64(), manifest(&two)["document_count"].as_i64()), (Some(1), Some(1)));
    let inode = |path: &Path| fs::metadata(path).unwrap().ino();
    let (living, first, second) =
        (file_in(&here.data.join("documents")), file_in(&one.join("documents")), file_in(&two.join("documents")));
    assert_eq!(inode(&first), inode(&second), "a document that has not changed is not copied again");
    assert_ne!(inode(&living), inode(&first), "a backup is a copy of its own");
    assert_eq!(fs::read(&first).unwrap(), fs::read(&living).unwrap());

    // A copy that went bad is noticed, and not handed on to the next backup.
    let mut bad = fs::read(&second).unwrap();
    bad[20] ^= 1;
    fs::write(&second, bad).unwrap();
    let refused = here.run(&["backup", "verify", two.to_str().unwrap()]);
    assert!(refused.complaint().contains("damaged"), "{refused:?}");
    let there = Folder::new();
    let keys = here.data.join("keys");
    let restore = |from: &Path| said(there.program(&["restore", "--from"]).arg(from).arg("--keys-from").arg(&keys), "");
    assert!(restore(&two).complaint().contains("damaged"));
    let three = backup(&here, &to, &[]);
    assert!(here.run(&["backup", "verify", three.to_str().unwrap()]).ok());
    server.stop();

    let restored = restore(&three);
    assert!(restored.ok() && restored.out.contains("clean"), "{restored:?}");
    let server = Server::start(&there);
    let token = server.log_in("hanh.hamliem", PASSWORD);
    let content = server.send("GET", &format!("/api/v1/documents/{id}/content"), Some(&token), None);
    assert_eq!((content.status, content.text.as_bytes()), (200, fs::read(&living).unwrap().as_slice()));
    assert!(there.run(&["audit", "--database"]).ok());

    // A document that is lost is named by the audit, and does not keep everything else from being backed up.
    let lost = file_in(&there.data.join("documents"));
    let name = lost.file_name().unwrap().to_str().unwrap().to_owned();
    fs::remove_file(&lost).unwrap();
    let audited = there.run(&["audit", "--database"]);
    assert_eq!(audited.status.code(), Some(1), "{audited:?}");
    assert!(audited.out.contains("document: ") && audited.out.contains(&name), "{audited:?}");
    let partly = said(there.program(&["backup", "--to"]).arg(there.top.join("backups")), "");
    assert!(partly.complaint().contains("1 documents are not in it"), "{partly:?}");
    let made = PathBuf::from(partly.out.lines().next().unwrap().split(": ").next().unwrap());
    assert_eq!(manifest(&made)["documents_missing"].as_array().unwrap().len(), 1);
    assert!(there.run(&["backup", "verify", made.to_str().unwrap()]).ok(), "what is in it is whole");
    server.stop();
}
