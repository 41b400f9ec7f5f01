//! What every image holds besides its own files: accounts, name resolution, a place for temporary files.

use crate::image::{Directory, User};

/// Where Debian, and images made from it, keep their certificate authorities.
pub const MACHINE_CA_CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Small files with their content, none of them executable.
pub(crate) const FILES: [(&str, &str); 3] = [
    (
        "/etc/passwd",
        "root:x:0:0:root:/root:/sbin/nologin\n\
         nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n\
         nonroot:x:65532:65532:nonroot:/tmp:/sbin/nologin\n",
    ),
    ("/etc/group", "root:x:0:\nnobody:x:65534:\nnonroot:x:65532:\n"),
    // Without it the C library asks DNS first, and a name in a pod's own /etc/hosts loses.
    ("/etc/nsswitch.conf", "hosts: files dns\n"),
];

/// Directories that programs expect.
pub(crate) fn directories() -> [Directory; 1] {
    [Directory { path: "/tmp".to_owned(), mode: 0o1777, owner: User::ROOT }]
}
