//! Which is newer, what the API showed or what the folder shows; the kubelet writes the folder up to 90 s late. Pure.

use std::collections::VecDeque;

use super::content::Content;

/// How many contents are remembered as known; more changes than these in 90 s are not expected.
const REMEMBERED: usize = 32;

/// Puts two sources in order. The API's objects carry a version; the folder's do not, so what the folder shows counts
/// only where it cannot be something older.
#[derive(Debug, Default)]
pub struct Merge {
    current: Option<Content>,
    /// What the API has shown, and what the folder showed before that: a folder that shows one of these lags behind.
    known: VecDeque<Content>,
    folder: Option<Content>,
    version: Option<Version>,
    /// The folder has shown the current content: whatever it shows next is newer.
    caught_up: bool,
}

/// Which object the API showed, and in which state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// UID of the object.
    pub uid: String,
    /// Its resourceVersion.
    pub resource_version: String,
}

impl Version {
    /// Whether this is an older state of the same object, as a lagging API server shows it.
    fn is_older_than(&self, other: &Self) -> bool {
        let number = |version: &Self| version.resource_version.parse::<u64>().ok();
        self.uid == other.uid && matches!((number(self), number(other)), (Some(one), Some(two)) if one < two)
    }
}

impl Merge {
    /// The API shows this.
    pub fn api(&mut self, content: Content, version: Version) {
        if self.version.as_ref().is_some_and(|seen| version.is_older_than(seen)) {
            return;
        }
        if self.version.is_none() {
            // Whatever the folder showed until now was written before, or is this.
            let shown = self.folder.clone();
            shown.into_iter().for_each(|shown| self.remember(shown));
        }
        self.version = Some(version);
        self.remember(content.clone());
        if self.current.as_ref() != Some(&content) {
            self.caught_up = self.folder.as_ref() == Some(&content);
            self.current = Some(content);
        }
    }

    /// The folder shows this.
    pub fn folder(&mut self, content: Content) {
        let changed = self.folder.as_ref() != Some(&content);
        self.folder = Some(content.clone());
        if self.current.as_ref() == Some(&content) {
            self.caught_up = true;
        } else if changed && (self.version.is_none() || self.caught_up || !self.known.contains(&content)) {
            self.caught_up = true;
            self.current = Some(content);
        }
    }

    /// The newest content.
    pub fn current(&self) -> Option<&Content> {
        self.current.as_ref()
    }

    fn remember(&mut self, content: Content) {
        if !self.known.contains(&content) {
            self.known.push_back(content);
        }
        while self.known.len() > REMEMBERED {
            self.known.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(candidate: &str) -> Content {
        Content::new(Some(candidate.to_owned()), None)
    }

    fn version(number: u64) -> Version {
        Version { uid: "u".into(), resource_version: number.to_string() }
    }

    fn current(merge: &Merge) -> &str {
        merge.current().and_then(|content| content.candidate.as_ref()).map_or("", |text| &text.text)
    }

    #[test]
    fn without_the_api_the_folder_alone_counts() {
        let mut merge = Merge::default();
        for text in ["1", "2", "1"] {
            merge.folder(content(text));
            assert_eq!(current(&merge), text);
        }
    }

    #[test]
    fn a_folder_that_lags_is_not_followed() {
        let mut merge = Merge::default();
        merge.folder(content("1"));
        merge.api(content("2"), version(2));
        merge.folder(content("1"));
        assert_eq!(current(&merge), "2");
        merge.api(content("3"), version(3));
        merge.folder(content("2"));
        assert_eq!(current(&merge), "3", "it shows what the API had shown before");
        merge.folder(content("3"));
        assert_eq!(current(&merge), "3");
    }

    #[test]
    fn a_folder_read_first_after_the_api_is_not_followed_back() {
        let mut merge = Merge::default();
        merge.api(content("1"), version(1));
        merge.api(content("2"), version(2));
        merge.folder(content("1"));
        assert_eq!(current(&merge), "2");
    }

    #[test]
    fn when_the_api_falls_silent_the_folder_goes_on() {
        let mut merge = Merge::default();
        merge.folder(content("1"));
        merge.api(content("2"), version(2));
        merge.folder(content("3"));
        assert_eq!(current(&merge), "3", "nobody but a newer object can have brought this");
        merge.folder(content("2"));
        assert_eq!(current(&merge), "2", "and now it was set back");
    }

    #[test]
    fn a_way_back_is_followed_once_the_folder_had_caught_up() {
        let mut merge = Merge::default();
        merge.api(content("1"), version(1));
        merge.api(content("2"), version(2));
        merge.folder(content("1"));
        merge.folder(content("2"));
        merge.folder(content("1"));
        assert_eq!(current(&merge), "1");
    }

    #[test]
    fn an_api_server_that_lags_is_not_followed() {
        let mut merge = Merge::default();
        merge.api(content("2"), version(10));
        merge.api(content("1"), version(9));
        assert_eq!(current(&merge), "2");
        merge.api(content("3"), Version { uid: "other".into(), resource_version: "5".into() });
        assert_eq!(current(&merge), "3", "an object made anew counts from its beginning");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut merge = Merge::default();
        for number in 0..1000 {
            merge.api(content(&number.to_string()), version(number));
        }
        assert_eq!(merge.known.len(), REMEMBERED);
    }
}
