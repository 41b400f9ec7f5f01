//! Every code of a problem with packs and values.

use flagstaff_template::Code;

use super::head;
use super::table::table;

/// The page.
pub fn page() -> String {
    let rows = Code::ALL.iter().map(|code| vec![format!("`{}`", code.as_str()), code.meaning().to_owned()]);
    format!("{}\n{}", head("Problems with packs and values", "problems"), table(&["Code", "Meaning"], rows))
}
