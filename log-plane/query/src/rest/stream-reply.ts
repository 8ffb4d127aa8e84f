import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

export const JSON_TYPE = 'application/json; charset=utf-8';

/** A short answer goes out whole, with its length; a longer one in pieces, as fast as the client takes them. */
export async function stream(reply: FastifyReply, text: AsyncGenerator<string>): Promise<FastifyReply> {
  const first = await text.next();
  const second = await text.next();
  reply.type(JSON_TYPE);
  if (second.done) return reply.send(first.value);
  return reply.send(
    Readable.from(
      (async function* () {
        yield first.value;
        yield second.value;
        yield* text;
      })(),
      { objectMode: false },
    ),
  );
}

/** Aborted when the client is gone before it has its answer. */
export function abortOnHangUp(reply: FastifyReply): AbortSignal {
  const hangUp = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) hangUp.abort();
  });
  return hangUp.signal;
}
