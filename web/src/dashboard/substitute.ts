// Variables in queries and titles: `$name`, `${name}`, `${name:format}`, `[[name]]`.
export type Value = { values: string[]; isList: boolean /** Taken as it is, such as `.*` for all. */; raw?: string };
export type Values = Record<string, Value>;

const VARIABLE = /\$\{(\w+)(?::(\w+))?\}|\[\[(\w+)(?::(\w+))?\]\]|\$(\w+)/g;

/** A character that means something in a regular expression, as it stands within a quoted string of a query. */
function escaped(value: string): string {
  return value.replace(/[\\^$*+?.()|[\]{}]/g, "\\\\$&");
}

function quoted(value: string): string {
  return value.replace(/\\/g, "\\\\").replace(/"/g, '\\"');
}

function formatted({ values, isList, raw }: Value, format: string | undefined): string {
  if (raw !== undefined) return raw;
  switch (format) {
    case "raw":
    case "text":
      return values.join(",");
    case "csv":
      return values.join(",");
    case "pipe":
      return values.join("|");
    case "doublequote":
      return values.map((value) => `"${quoted(value)}"`).join(",");
    default:
      break;
  }
  // Without a list it is one word of a string; with one it is an alternative of a regular expression.
  if (!isList && format !== "regex") return values.map((value) => quoted(value)).join("");
  const [only] = values;
  if (values.length === 1 && only !== undefined) return escaped(only);
  return `(${values.map(escaped).join("|")})`;
}

/** The text with its variables in; a name that nobody knows stays as it is. */
export function substitute(text: string, values: Values, builtins: Record<string, string> = {}): string {
  return text.replace(VARIABLE, (all, braced, format, bracketed, other, plain) => {
    const name: string = braced ?? bracketed ?? plain;
    const builtin = builtins[name];
    if (builtin !== undefined) return builtin;
    const value = values[name];
    return value === undefined ? all : formatted(value, format ?? other);
  });
}

/** The text as a person reads it. */
export function shownTitle(text: string, values: Values): string {
  return text.replace(VARIABLE, (all, braced, _format, bracketed, _other, plain) => {
    const value = values[braced ?? bracketed ?? plain];
    return value === undefined ? all : value.values.join(", ");
  });
}
