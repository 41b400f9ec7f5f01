//! The init container's part: gives the agent something to start with that it does not refuse.

use super::memory::Memory;
use super::target::Target;
use super::{Args, SidecarError, folder};

/// Writes the good configuration, or the candidate where there is no good one yet.
pub fn once(args: &Args) -> Result<(), SidecarError> {
    let content = folder::read(&args.source)?;
    let (text, which) = match (content.good, content.candidate) {
        (Some(good), _) => (good, "the last good one"),
        (None, Some(candidate)) => (candidate, "the candidate, as none was good yet"),
        (None, None) => return Err(SidecarError::NothingToStartWith { folder: args.source.clone() }),
    };
    let target = Target::new(&args.target);
    target.write(&text)?;
    // A try that the pod's end broke off is over: what it wrote is overwritten.
    let memory = Memory::load(&target);
    if memory.trying.is_some() {
        Memory { trying: None, ..memory }.save(&target)?;
    }
    tracing::info!(sha = text.sha, "{} starts with {which}", args.agent_name());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::content::{CANDIDATE, GOOD};
    use super::*;
    use clap::Parser;
    use rstest::rstest;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: Args,
    }

    fn args(folder: &std::path::Path) -> Args {
        let (source, target) = (folder.to_owned(), folder.join("config.alloy"));
        let mut args = Command::parse_from(["sidecar", "--once", "--source", "x", "--target", "y"]).args;
        (args.source, args.target) = (source, target);
        args
    }

    #[rstest]
    #[case(Some("new"), Some("good"), Some("good"))]
    #[case(Some("new"), Some(""), Some("new"))]
    #[case(Some("new"), None, Some("new"))]
    #[case(None, Some("good"), Some("good"))]
    #[case(Some(" \n"), None, None)]
    #[case(None, None, None)]
    fn what_the_agent_starts_with(#[case] new: Option<&str>, #[case] good: Option<&str>, #[case] wanted: Option<&str>) {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in [(CANDIDATE, new), (GOOD, good)] {
            if let Some(text) = text {
                std::fs::write(folder.path().join(name), text).expect("written");
            }
        }
        let args = args(folder.path());
        let done = once(&args);
        assert_eq!(std::fs::read_to_string(&args.target).ok().as_deref(), wanted);
        match done {
            Ok(()) => assert!(wanted.is_some()),
            Err(error) => {
                assert_eq!(error.code(), "operator.sidecar_no_configuration");
                assert!(error.to_string().contains("neither good.alloy nor candidate.alloy"), "{error}");
            }
        }
    }
}
