import type { ResponseFormat, Tool, ToolChoice, Turn } from '../conversation.ts';

export interface Task {
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice;
  readonly format: ResponseFormat;
  readonly variation: string;
  readonly mayCallSeveral: boolean;
}

export type Composition =
  | { readonly kind: 'text'; readonly blocks: Iterable<string> }
  | { readonly kind: 'toolCalls'; readonly calls: readonly { readonly name: string; readonly arguments: string }[] };

export function compose(task: Task): Composition {
  return { kind: 'text', blocks: [task.turns.at(-1)?.text ?? ''] };
}
