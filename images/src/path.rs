//! Paths inside an image: absolute and normal, so that one place has one name.

use crate::error::ImageError;

/// The path as a tar entry names it: without the leading slash.
pub(crate) fn entry_name(path: &str) -> Result<&str, ImageError> {
    let refuse = |reason| ImageError::ImagePath { path: path.to_owned(), reason };
    let name = path.strip_prefix('/').ok_or_else(|| refuse("it is not absolute"))?;
    if name.contains('\0') {
        return Err(refuse("it holds a zero byte"));
    }
    if name.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(refuse("it has an empty part, `.` or `..`, or ends with `/`"));
    }
    Ok(name)
}

/// Every directory above an entry, outermost first.
pub(crate) fn parents(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('/').map(|(end, _)| &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_spelling_of_a_place_is_taken() {
        assert_eq!(entry_name("/usr/bin/a").expect("normal"), "usr/bin/a");
        for path in ["a", "", "/", "/a/", "//a", "/a/../b", "/./a", "/a\0"] {
            let error = entry_name(path).expect_err(path);
            assert_eq!(error.code(), "image_path_invalid");
        }
    }

    #[test]
    fn parents_come_outermost_first() {
        assert_eq!(parents("usr/bin/a").collect::<Vec<_>>(), ["usr", "usr/bin"]);
        assert_eq!(parents("a").count(), 0);
    }
}
