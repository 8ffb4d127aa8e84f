/** What a command may touch of the world, so that tests can stand in for it. */
export interface Io {
  /** Whole text to standard output, as given. */
  out(text: string): void;
  err(text: string): void;
  stdin(): Promise<string>;
  readonly env: NodeJS.ProcessEnv;
  /** Width of the terminal; undefined where output goes to a file or pipe. */
  readonly columns: number | undefined;
}

export function processIo(): Io {
  // `vigia query … | head` closes the pipe early: nobody reads on, so there is nothing more to do.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    async stdin() {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks).toString('utf8');
    },
    env: process.env,
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  };
}
