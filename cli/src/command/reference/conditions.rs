//! Every reason of a flag's conditions.

use flagstaff_model::Reason;

use super::cell;

pub fn document() -> String {
    let rows = Reason::ALL.iter().map(|reason| format!("| `{reason}` | {} |\n", cell(reason.meaning())));
    format!(
        "# Reasons of conditions\n\nMade by `flagstaff reference conditions`. A condition of a `ClusterObservability` says \
         `True`, `False` or `Unknown`; its reason is one of these words, and its message says what is meant in this cluster.\n\n\
         | Reason | Meaning |\n|---|---|\n{}",
        rows.collect::<String>()
    )
}
