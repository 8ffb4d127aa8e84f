/** Calls between two processes over Node's IPC channel: small messages, answered out of order. */
export interface Channel {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

type Methods = Readonly<Record<string, (parameter: never) => Promise<unknown>>>;

interface Call {
  readonly call: string;
  readonly id: number;
  readonly parameter: unknown;
}
interface Answer {
  readonly answer: number;
  readonly value?: unknown;
  readonly error?: string;
}

export interface Peer {
  call(method: string, parameter?: unknown): Promise<unknown>;
  /** Every open call fails with this reason: the other side is gone. */
  fail(reason: string): void;
}

export function connectPeer(channel: Channel, methods: Methods): Peer {
  let nextId = 1;
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();

  channel.onMessage((message) => {
    if (isAnswer(message)) {
      const waiting = open.get(message.answer);
      open.delete(message.answer);
      if (message.error !== undefined) waiting?.reject(new Error(message.error));
      else waiting?.resolve(message.value);
    } else if (isCall(message)) void serve(message);
  });

  async function serve({ call, id, parameter }: Call): Promise<void> {
    try {
      const method = methods[call];
      if (!method) throw new Error(`the other process does not know "${call}"`);
      channel.send({ answer: id, value: await method(parameter as never) } satisfies Answer);
    } catch (error) {
      channel.send({ answer: id, error: error instanceof Error ? error.message : String(error) } satisfies Answer);
    }
  }

  return {
    call: (method, parameter) =>
      new Promise((resolve, reject) => {
        const id = nextId++;
        open.set(id, { resolve, reject });
        try {
          channel.send({ call: method, id, parameter } satisfies Call);
        } catch (error) {
          open.delete(id);
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      }),
    fail(reason) {
      for (const { reject } of open.values()) reject(new Error(reason));
      open.clear();
    },
  };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isCall = (value: unknown): value is Call => isObject(value) && typeof value['call'] === 'string';
const isAnswer = (value: unknown): value is Answer => isObject(value) && typeof value['answer'] === 'number';
