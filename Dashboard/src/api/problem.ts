/** What went wrong with a request, as the API said it (application/problem+json), or as it must be said where nothing came back. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    /** Field → messages. */
    readonly errors: Readonly<Record<string, readonly string[]>> = {},
  ) {
    super(`${title} ${detail}`.trim());
  }

  /** Messages of a field, in one line; empty where it has none. */
  of(field: string): string {
    return (this.errors[field] ?? []).join(' ');
  }

  /** Messages of all other fields: what a form has no place for must not go unseen. */
  beside(fields: readonly string[]): string[] {
    return Object.entries(this.errors)
      .filter(([field]) => !fields.includes(field))
      .flatMap(([field, messages]) => messages.map(message => `${field}: ${message}`));
  }
}

export function problemOf(status: number, body: unknown): Problem {
  const { title, detail, errors } = (typeof body === 'object' && body !== null ? body : {}) as {
    title?: string;
    detail?: string;
    errors?: Record<string, string[]>;
  };
  return new Problem(status, title ?? `The server answered ${status}.`, detail ?? 'Try again in a moment.', errors ?? {});
}

/** For what was thrown where an answer was expected. */
export function problemFrom(fault: unknown): Problem {
  if (fault instanceof Problem) return fault;
  return new Problem(0, 'No answer from the server.', 'Check the connection; the page tries again by itself.');
}
