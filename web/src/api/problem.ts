// A refusal of the hub (RFC 9457), or the lack of any answer, as one error type that a person can read.

/** `status` 0 means that no answer came. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly requestId?: string,
    /** Of a store that fails: when it last answered well. */
    readonly noDataSince?: string,
  ) {
    super(detail || title);
    this.name = "Problem";
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Reads a refusal from an answer's body; a body that is no problem document still gives a sentence. */
export function problemFrom(status: number, body: unknown, requestId?: string | null): Problem {
  const fields = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const title = text(fields.title) ?? `The hub answered with status ${status}`;
  return new Problem(
    status,
    text(fields.code) ?? `http_${status}`,
    title,
    text(fields.detail) ?? title,
    text(fields.request_id) ?? requestId ?? undefined,
    text(fields.no_data_since),
  );
}

/** Whatever was thrown, as a problem: a failed fetch is the hub out of reach. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof TypeError) {
    return new Problem(0, "unreachable", "The hub does not answer", "The hub does not answer. It is tried again.");
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Problem(0, "unexpected", "This part of the console failed", message);
}
