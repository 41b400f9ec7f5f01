//! Writes the CustomResourceDefinitions into a folder, `crds/` by default.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).map_or_else(|| PathBuf::from("crds"), PathBuf::from);
    for definition in flagstaff_crds::definition::all() {
        let (name, text) = flagstaff_crds::definition::yaml(&definition)?;
        std::fs::write(folder.join(&name), text).map_err(|error| format!("cannot write {name}: {error}"))?;
    }
    Ok(())
}
