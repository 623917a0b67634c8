/** What went wrong with a request: the API's own words (application/problem+json), or ours where nothing came back. */
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

  /** Nothing answers: the connection, the server or what stands before it. */
  get isUnreachable(): boolean {
    return this.status === 0 || (this.status >= 502 && this.status <= 504);
  }

  /** Messages of a field, in one line; empty where it has none. */
  of(field: string): string {
    return (this.errors[field] ?? []).join(' ');
  }

  /** Messages of all other fields: those a form does not show beside an input. */
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

/** Of anything that was thrown where an answer was expected. */
export function problemFrom(fault: unknown): Problem {
  if (fault instanceof Problem) return fault;
  return new Problem(0, 'No answer from the server.', 'Check your connection and try again.');
}
