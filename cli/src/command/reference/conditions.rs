//! Every reason of a condition with its meaning.

use flagstaff_model::Reason;

use super::head;
use super::table::table;

/// The page.
pub fn page() -> String {
    let rows = Reason::ALL.iter().map(|reason| vec![format!("`{reason}`"), reason.meaning().to_owned()]);
    format!(
        "{}\nWhich condition has which reason, what causes it and what to do: [conditions](../operate/conditions.md).\n\n{}",
        head("Reasons of conditions", "conditions"),
        table(&["Reason", "Meaning"], rows)
    )
}
