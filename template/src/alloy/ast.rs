//! What a parsed configuration is made of.

/// A place in the text; both count from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// A file, or what stands in a block's braces.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Body {
    /// In the order written.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// `name = expression`
    Attribute(Attribute),
    /// `a.b "label" { … }`
    Block(Block),
}

/// `name = expression`
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub at: Position,
    /// What it is set to.
    pub value: Expression,
}

/// `a.b "label" { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The identifiers of its name.
    pub name: Vec<String>,
    /// Its label; none where it is left out or empty.
    pub label: Option<String>,
    /// Where the name stands.
    pub at: Position,
    /// What stands in its braces.
    pub body: Body,
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// `null`, `true`, `1`, `"text"`
    Literal(Literal),
    /// A name and where it stands.
    Identifier(String, Position),
    /// `[a, b]`
    Array(Vec<Expression>),
    /// `{ a = b }`
    Object(Vec<Field>),
    /// `value.name`
    Access(Box<Expression>, String),
    /// `value[index]`
    Index(Box<Expression>, Box<Expression>),
    /// `function(arguments)`
    Call(Box<Expression>, Vec<Expression>),
    /// `-value` or `!value`
    Unary(Operator, Box<Expression>),
    /// `left + right`
    Binary(Operator, Box<Expression>, Box<Expression>),
    /// `(inner)`
    Parenthesized(Box<Expression>),
}

/// A literal.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as written; a sign is not part of it.
    Number(String),
    /// A string after its escapes; bytes that are not UTF-8 become U+FFFD.
    Text(String),
}

/// One field of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name. Alloy takes a quoted name as it stands between the quotes, escapes and all.
    pub name: String,
    /// Its value.
    pub value: Expression,
}

/// An operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `!`
    Not,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
    /// `^`
    Power,
}
