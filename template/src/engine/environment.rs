//! One environment for each spelling, and rendering in it.

use std::cell::OnceCell;
use std::error::Error as _;
use std::io;

use flagstaff_model::{Place, Problem};
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value};

use super::trace::{self, Lines};
use super::{context, filters};
use crate::code::Code;
use crate::input::Input;
use crate::pack::Pack;

/// Instructions one file may run.
const FUEL: u64 = 5_000_000;
/// Bytes one file may become.
const MAX_OUTPUT: usize = 8 * 1024 * 1024;
/// Deepest nesting of macros and includes.
const RECURSION: usize = 60;

/// A way to spell tags; see docs/concepts/pack.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// `{{ … }}` for manifests and agent configurations.
    Braces,
    /// `<< … >>` for dashboards and rules.
    Angles,
}

impl Spelling {
    const BOTH: [Spelling; 2] = [Spelling::Braces, Spelling::Angles];

    fn of(path: &str) -> Option<Spelling> {
        match path.split_once('/')?.0 {
            "manifests" | "alloy" => Some(Spelling::Braces),
            "dashboards" | "rules" => Some(Spelling::Angles),
            _ => None,
        }
    }

    /// Opening and closing of values, blocks and comments.
    pub(super) fn tags(self) -> [(&'static str, &'static str); 3] {
        match self {
            Spelling::Braces => [("{{", "}}"), ("{%", "%}"), ("{#", "#}")],
            Spelling::Angles => [("<<", ">>"), ("<%", "%>"), ("<#", "#>")],
        }
    }

    fn environment(self, names: &[(&'static str, Value)]) -> Result<Environment<'static>, Error> {
        let [value, block, comment] = self.tags();
        let syntax = SyntaxConfig::builder()
            .variable_delimiters(value.0, value.1)
            .block_delimiters(block.0, block.1)
            .comment_delimiters(comment.0, comment.1)
            .keep_trailing_newline(true)
            .build()?;
        let mut environment = Environment::new();
        environment.set_syntax(syntax);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_recursion_limit(RECURSION);
        environment.set_fuel(Some(FUEL));
        environment.set_debug(true);
        filters::add_filters(&mut environment);
        for (name, value) in names {
            environment.add_global(*name, value.clone());
        }
        Ok(environment)
    }
}

/// A pack's templates, ready to be rendered for one input.
pub(crate) struct Engine<'p> {
    pack: &'p Pack,
    names: Vec<(&'static str, Value)>,
    plain: [Environment<'static>; 2],
    /// The same templates with marks that tell lines, made when first needed.
    marked: OnceCell<Option<[Environment<'static>; 2]>>,
}

impl<'p> Engine<'p> {
    /// Reads every template; `values` are the effective ones.
    pub(crate) fn new(pack: &'p Pack, input: &Input, values: &serde_json::Value) -> Result<Self, Vec<Problem>> {
        let names = context::names(pack, input, values);
        let plain = environments(pack, &names, &|_, _, source| Some(source.to_owned()));
        let (plain, problems) = plain.map_err(|error| vec![problem(&error, "pack.yaml")])?;
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self { pack, names, plain, marked: OnceCell::new() })
    }

    /// Renders one file.
    pub(crate) fn render<'e>(&'e self, path: &str) -> Result<Rendered<'e, 'p>, Problem> {
        let text = run(&self.plain, path).map_err(|error| problem(&error, path))?;
        Ok(Rendered { text, path: path.to_owned(), engine: self, lines: OnceCell::new() })
    }

    /// Whether a condition holds; left out, it does.
    pub(crate) fn condition(&self, expression: Option<&str>, place: &dyn Fn() -> Place) -> Result<bool, Problem> {
        let Some(expression) = expression else { return Ok(true) };
        let refuse = |reason: String| Code::Condition.at(place(), format!("`{expression}`: {reason}"));
        let compiled = self.plain[0].compile_expression(expression).map_err(|error| refuse(error_text(&error)))?;
        let value = compiled.eval(()).map_err(|error| refuse(error_text(&error)))?;
        if value.is_undefined() {
            return Err(refuse("there is no such name".into()));
        }
        Ok(value.is_true())
    }

    fn lines(&self, path: &str, text: &str) -> Option<Lines> {
        let mark = |number: usize, spelling: Spelling, source: &str| trace::mark(source, number, spelling);
        let marked = self.marked.get_or_init(|| match environments(self.pack, &self.names, &mark) {
            Ok((mut environments, problems)) if problems.is_empty() => {
                for environment in &mut environments {
                    environment.set_fuel(Some(FUEL * 4));
                }
                Some(environments)
            }
            _ => None,
        });
        let output = run(marked.as_ref()?, path).ok()?;
        trace::read(&output, text)
    }
}

type Rewrite<'a> = &'a dyn Fn(usize, Spelling, &str) -> Option<String>;

/// Both environments with the pack's templates, and what is wrong with the templates.
fn environments(
    pack: &Pack,
    names: &[(&'static str, Value)],
    rewrite: Rewrite<'_>,
) -> Result<([Environment<'static>; 2], Vec<Problem>), Error> {
    let [braces, angles] = Spelling::BOTH.map(|spelling| spelling.environment(names));
    let mut both = [braces?, angles?];
    let mut problems = vec![];
    for (number, path) in pack.files().keys().enumerate() {
        let (Some(spelling), Some(source)) = (Spelling::of(path), pack.text(path)) else { continue };
        let Some(source) = rewrite(number, spelling, source) else { continue };
        if let Err(error) = both[spelling as usize].add_template_owned(path.clone(), source) {
            problems.push(problem(&error, path));
        }
    }
    Ok((both, problems))
}

fn run(environments: &[Environment<'static>; 2], path: &str) -> Result<String, Error> {
    let spelling = Spelling::of(path).unwrap_or(Spelling::Braces);
    let template = environments[spelling as usize].get_template(path)?;
    let mut output = Bounded(vec![]);
    template.render_captured_to((), &mut output)?;
    String::from_utf8(output.0).map_err(|_| Error::new(ErrorKind::WriteFailure, "the text is not UTF-8"))
}

/// Takes what a template writes until it is too much.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_OUTPUT {
            return Err(io::Error::other("too much output"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What one file became.
pub(crate) struct Rendered<'e, 'p> {
    /// The text.
    pub(crate) text: String,
    /// The file it came from.
    pub(crate) path: String,
    engine: &'e Engine<'p>,
    lines: OnceCell<Option<Lines>>,
}

impl Rendered<'_, '_> {
    /// The line of the pack that a line of the text came from; the file alone where it is not known.
    pub(crate) fn origin(&self, line: usize) -> Place {
        let lines = self.lines.get_or_init(|| self.engine.lines(&self.path, &self.text));
        let origin = lines.as_ref().and_then(|lines| lines.origin(line));
        match origin.and_then(|(number, line)| Some((self.engine.pack.files().keys().nth(number)?, line))) {
            Some((file, line)) => Place::line(file, line),
            None => Place::file(&self.path),
        }
    }

    /// Moves a problem from the text to the pack. The column stays only where the line is literally the same.
    pub(crate) fn trace(&self, mut problem: Problem) -> Problem {
        let Some(line) = problem.place.line else {
            problem.place.file.clone_from(&self.path);
            return problem;
        };
        let origin = self.origin(line);
        let rendered = self.text.lines().nth(line - 1).unwrap_or_default().trim_end();
        let source = self.engine.pack.text(&origin.file).unwrap_or_default();
        let same =
            origin.line.and_then(|line| source.lines().nth(line - 1)).is_some_and(|text| text.trim_end() == rendered);
        let column = problem.place.column.filter(|_| same);
        if !same {
            let shown: String = rendered.trim().chars().take(120).collect();
            if origin.line.is_none() {
                problem.message.push_str(&format!(", on line {line} of what it renders to"));
            }
            if !shown.is_empty() {
                problem.message.push_str(&format!(", rendered: `{shown}`"));
            }
        }
        problem.place = Place { column, pointer: problem.place.pointer, ..origin };
        problem
    }
}

/// A problem of an engine's error: the innermost place it names.
fn problem(error: &Error, path: &str) -> Problem {
    let mut innermost = error;
    let mut at = error.source();
    while let Some(inner) = at {
        if let Some(inner) = inner.downcast_ref::<Error>() {
            innermost = inner;
        }
        at = inner.source();
    }
    let file = innermost.name().or(error.name()).unwrap_or(path).to_owned();
    let mut place = Place::file(file);
    place.line = innermost.line();
    place.column = column(innermost);
    let text = error_text(innermost);
    match innermost.kind() {
        ErrorKind::UndefinedError => Code::Undefined
            .at(place, text)
            .with_fix("Names are listed in docs/concepts/pack.md; parameters in pack.yaml."),
        ErrorKind::SyntaxError => Code::Syntax.at(place, text),
        ErrorKind::OutOfFuel => Code::Fuel
            .at(place, "the template runs too long")
            .with_fix("A loop or macro does not end, or does too much."),
        ErrorKind::WriteFailure => Code::Fuel.at(place, format!("the template writes more than {MAX_OUTPUT} bytes")),
        _ => Code::Render.at(place, text),
    }
}

fn error_text(error: &Error) -> String {
    match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    }
}

fn column(error: &Error) -> Option<usize> {
    let before = error.template_source()?.get(..error.range()?.start)?;
    Some(before.rsplit('\n').next()?.chars().count() + 1)
}
