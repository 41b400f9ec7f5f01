//! Every code of a problem with packs and values.

use flagstaff_template::Code;

use super::cell;

pub fn document() -> String {
    let rows = Code::ALL.iter().map(|code| format!("| `{}` | {} |\n", code.as_str(), cell(code.meaning())));
    format!(
        "# Problems with packs and values\n\nMade by `flagstaff reference problems`. The codes are stable; messages may change.\n\n\
         | Code | Meaning |\n|---|---|\n{}",
        rows.collect::<String>()
    )
}
