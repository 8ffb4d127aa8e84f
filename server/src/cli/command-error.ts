/** A mistake in how a command was used, or a state in which it cannot do its work. One message, no stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** 1: it failed; 2: it was used wrongly. */
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A refusal by one of the REST interfaces. */
export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: number;
  readonly method: string;
  readonly url: string;
  /** Parsed JSON, or the text as it came. */
  readonly body: unknown;

  constructor(init: { status: number; method: string; url: string; body: unknown }) {
    super(`${init.method} ${init.url} was answered with ${init.status}`);
    this.status = init.status;
    this.method = init.method;
    this.url = init.url;
    this.body = init.body;
  }
}
