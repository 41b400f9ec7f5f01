//! The codes of everything that can be wrong with a pack or its values: stable, closed, each with its meaning.

use flagstaff_model::{Place, Problem};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal,)+) => {
        /// What is wrong; the words are stable and may be matched on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[doc = $doc])+ $name,)+ }

        impl Code {
            /// Every code there is, for documents and tests.
            pub const ALL: &'static [Code] = &[$(Code::$name,)+];

            /// The code as it stands in a problem.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $code,)+ }
            }

            /// One sentence on what it means.
            pub fn meaning(self) -> &'static str {
                match self { $(Code::$name => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

codes! {
    /// A folder, file or archive could not be read.
    SourceUnreadable = "template.source_unreadable",
    /// A file's path is not one that a pack may have.
    Path = "template.path",
    /// A pack, a file of it or its archive is larger than allowed.
    TooLarge = "template.too_large",
    /// An archive is empty, cut off or not a gzip tar.
    Archive = "template.archive",
    /// The bytes are not those the digest was given for.
    Digest = "template.digest",
    /// A text file is not UTF-8.
    Encoding = "template.encoding",
    /// `pack.yaml` is missing, empty or does not follow the format.
    Manifest = "template.manifest",
    /// A manifest, dashboard or rule file has no content.
    Empty = "template.empty",
    /// A file that `pack.yaml` names does not exist, or lies in another folder than it has to.
    FileMissing = "template.file_missing",
    /// The cluster or the operator does not have what the pack asks for.
    Requirement = "template.requirement",
    /// The schema of the parameters is not a valid or not a supported JSON Schema.
    Schema = "template.schema",
    /// A parameter has no default or no description.
    SchemaStyle = "template.schema_style",
    /// A value does not fit the schema.
    Value = "template.value",
    /// A layer took away a value that the pack needs.
    ValueMissing = "template.value_missing",
    /// A template does not follow the template language.
    Syntax = "template.syntax",
    /// A template uses a name that does not exist.
    Undefined = "template.undefined",
    /// A template could not be rendered.
    Render = "template.render",
    /// A template ran longer than its fuel lasts, or wrote more than allowed.
    Fuel = "template.fuel",
    /// A condition (`when`) is not a valid expression.
    Condition = "template.condition",
    /// Rendered text is not valid YAML.
    Yaml = "template.yaml",
    /// A key stands twice in one YAML mapping.
    YamlDuplicate = "template.yaml_duplicate",
    /// Rendered text is not valid JSON.
    Json = "template.json",
    /// A rendered object lacks apiVersion, kind or name, or has one that is not valid.
    Object = "template.object",
    /// Two rendered objects are the same object.
    ObjectDuplicate = "template.object_duplicate",
    /// Nothing at all was rendered.
    Nothing = "template.nothing_rendered",
    /// Text does not follow the syntax of Alloy.
    AlloySyntax = "template.alloy_syntax",
    /// An Alloy configuration sets an attribute or declares a component twice.
    AlloyDuplicate = "template.alloy_duplicate",
    /// An Alloy configuration refers to a component that it does not declare.
    AlloyReference = "template.alloy_reference",
    /// A query is longer or more deeply nested than allowed.
    PromqlTooLarge = "template.promql_too_large",
    /// A query is not PromQL.
    PromqlSyntax = "template.promql_syntax",
    /// A query cannot be confined to one namespace.
    PromqlNamespace = "template.promql_namespace",
    /// A dashboard lacks something, or has something that does not work.
    Dashboard = "template.dashboard",
    /// A dashboard uses a variable that it does not declare.
    DashboardVariable = "template.dashboard_variable",
    /// A rule or rule group does not follow the format.
    Rule = "template.rule",
    /// A label or annotation of a rule is not a string.
    RuleString = "template.rule_string",
    /// An alert lacks its summary, severity or runbook.
    AlertStyle = "template.alert_style",
    /// A file of the pack is used by nothing.
    Unused = "template.unused",
}

impl Code {
    /// A problem with this code.
    pub fn at(self, place: Place, message: impl Into<String>) -> Problem {
        Problem::new(place, self.as_str(), message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_differ_and_have_a_meaning() {
        let words: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        assert!(Code::ALL.iter().all(|code| code.as_str().starts_with("template.") && code.meaning().ends_with('.')));
    }
}
