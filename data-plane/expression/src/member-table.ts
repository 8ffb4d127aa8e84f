import type { Runtime } from './runtime.ts';
import { parseType, splitTop, type Type } from './types.ts';
import type { V } from './values.ts';

/** self: the object (null for statics); args as the signature says; types: what the letters of the signature stand for. */
export type Implementation = (self: V, args: V[], runtime: Runtime, types: ReadonlyMap<string, Type>) => V;

export interface Parameter {
  readonly type: Type;
  readonly name: string;
  readonly isOut: boolean;
  readonly isParams: boolean;
}
export interface Member {
  readonly name: string;
  readonly kind: 'property' | 'method' | 'indexer' | 'constructor';
  readonly generics: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly result: Type;
  readonly run: Implementation;
}
export interface TypeTable {
  readonly name: string;
  readonly generics: readonly string[];
  readonly bases: readonly Type[];
  readonly members: ReadonlyMap<string, readonly Member[]>;
  readonly statics: ReadonlyMap<string, readonly Member[]>;
}

export interface TypeDefinition {
  /** `List<T>`. */
  readonly type: string;
  readonly bases?: readonly string[];
  /** Keys are signatures: `Length:int`, `Substring(int,int):string`, `this[int]:char`, `new(string)`. */
  readonly members?: Readonly<Record<string, Implementation>>;
  readonly statics?: Readonly<Record<string, Implementation>>;
}

const signature = /^(\w+)(?:<([\w,]+)>)?(?:\(([^)]*)\)|\[([^:]*)\](?=:))?(?::(.+))?$/;

function parseMember(text: string, run: Implementation, self: Type): Member {
  const match = signature.exec(text);
  if (!match) throw new Error(`Bad signature ${text}`);
  const [, name = '', generics, called, indexed, result] = match;
  const parameterText = called ?? indexed ?? '';
  const parameters = splitTop(parameterText).map((part): Parameter => {
    const words = part.trim().split(/\s+/);
    const isOut = words[0] === 'out' && !!words.shift();
    const isParams = words[0] === 'params' && !!words.shift();
    return { type: parseType(words[0] ?? 'object'), name: words[1] ?? '', isOut, isParams };
  });
  const kind =
    name === 'new' ? 'constructor' : called !== undefined ? 'method' : indexed !== undefined ? 'indexer' : 'property';
  return {
    name,
    kind,
    generics: generics?.split(',') ?? [],
    parameters,
    result: result ? parseType(result) : kind === 'constructor' ? self : parseType('void'),
    run,
  };
}

const tables = new Map<string, TypeTable>();

export function defineType(definition: TypeDefinition): void {
  const type = parseType(definition.type);
  const group = (record: Readonly<Record<string, Implementation>> | undefined) => {
    const map = new Map<string, Member[]>();
    for (const [text, run] of Object.entries(record ?? {})) {
      const member = parseMember(text, run, type);
      map.set(member.name, [...(map.get(member.name) ?? []), member]);
    }
    return map;
  };
  tables.set(type.name, {
    name: type.name,
    generics: type.args.map((arg) => arg.name),
    bases: (definition.bases ?? []).map(parseType),
    members: group(definition.members),
    statics: group(definition.statics),
  });
}
export const tableOf = (name: string): TypeTable | undefined => tables.get(name);
