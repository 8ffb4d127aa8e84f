import type { Runtime } from './runtime.ts';
import { parseType, splitTop, substitute, T, type Type } from './type/types.ts';
import type { V } from './value/values.ts';

/** What the letters of a signature stand for. */
export type Binding = ReadonlyMap<string, Type>;
/** self: the object (null for statics); args as the signature says. */
export type Implementation = (self: V, args: V[], runtime: Runtime, types: Binding) => V;

export interface Parameter {
  readonly type: Type;
  readonly name: string;
  readonly isOut: boolean;
  readonly isParams: boolean;
  /** What stands in for an argument that is not given; undefined: it must be given. */
  readonly fallback: V;
}
export interface Member {
  readonly name: string;
  readonly kind: 'property' | 'method' | 'indexer' | 'constructor' | 'constant';
  readonly generics: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly result: Type;
  readonly run: Implementation;
  /** Takes null as its object. */
  readonly isExtension: boolean;
  /** Of an extension method: the type that it is for, where that is narrower than the table's. */
  readonly self: Type | undefined;
  readonly set: Implementation | undefined;
}
export interface TypeTable {
  readonly name: string;
  readonly generics: readonly string[];
  readonly bases: readonly Type[];
  readonly members: ReadonlyMap<string, readonly Member[]>;
  readonly extensions: ReadonlyMap<string, readonly Member[]>;
  readonly statics: ReadonlyMap<string, readonly Member[]>;
}
type Members = Readonly<Record<string, Implementation>>;
export interface TypeDefinition {
  /** `List<T>`. */
  readonly type: string;
  readonly bases?: readonly string[];
  /**
   * Keys are signatures: `Length:int`, `Substring(int,int):string`, `this[int]:char`, `new(string)`, `Get<X>(string):X`,
   * `TryGet(string,out int):bool`, `Join(string,params string[]):string`, `As(bool preserveContent=false):string`; of extensions
   * also `Sum(this IEnumerable<int>):int`.
   */
  readonly members?: Members;
  /** Extension methods: their object may be null. */
  readonly extensions?: Members;
  /** Of properties and indexers: the value is the last argument. The key is that of the member. */
  readonly setters?: Members;
  readonly statics?: Members;
}

const signature = /^(\w+)(?:<([\w,]+)>)?(?:\((.*)\)|\[([^:]*)\](?=:))?(?::(.+))?$/;
const fallbacks: Readonly<Record<string, V>> = { false: false, true: true, null: null, '""': '', '0': 0 };

function parseParameter(part: string): Parameter {
  const [declaration = '', value] = part.trim().split('=');
  const words = declaration.trim().split(/\s+/);
  const isOut = words[0] === 'out' && !!words.shift();
  const isParams = words[0] === 'params' && !!words.shift();
  const fallback = value === undefined ? undefined : fallbacks[value];
  return { type: parseType(words[0] ?? 'object'), name: words[1] ?? '', isOut, isParams, fallback };
}

function parseMember(text: string, run: Implementation, self: Type): Member {
  const match = signature.exec(text);
  if (!match) throw new Error(`Bad signature ${text}`);
  const [, name = '', generics, called, indexed, result] = match;
  const parameters = splitTop(called ?? indexed ?? '');
  const own = /^this (.+)$/.exec(parameters[0]?.trim() ?? '')?.[1];
  if (own !== undefined) parameters.shift();
  const kind =
    name === 'new' ? 'constructor' : called !== undefined ? 'method' : indexed !== undefined ? 'indexer' : 'property';
  return {
    name,
    kind,
    generics: generics?.split(',') ?? [],
    parameters: parameters.map(parseParameter),
    result: result ? parseType(result) : kind === 'constructor' ? self : T.void,
    run,
    isExtension: false,
    self: own === undefined ? undefined : parseType(own),
    set: undefined,
  };
}

const tables = new Map<string, TypeTable>();

export function defineType(definition: TypeDefinition): void {
  const type = parseType(definition.type);
  const group = (record: Members | undefined, extra: Partial<Member> = {}): Map<string, Member[]> => {
    const map = new Map<string, Member[]>();
    for (const [text, run] of Object.entries(record ?? {})) {
      const set = definition.setters?.[text];
      const member = { ...parseMember(text, run, type), ...extra, ...(set ? { set } : {}) };
      map.set(member.name, [...(map.get(member.name) ?? []), member]);
    }
    return map;
  };
  for (const key of Object.keys(definition.setters ?? {}))
    if (!definition.members?.[key]) throw new Error(`${definition.type}: a setter without its getter: ${key}`);
  tables.set(type.name, {
    name: type.name,
    generics: type.args.map((arg) => arg.name),
    bases: (definition.bases ?? (type.name === 'object' ? [] : ['object'])).map(parseType),
    members: group(definition.members),
    extensions: group(definition.extensions, { isExtension: true }),
    statics: group(definition.statics),
  });
}
export const tableOf = (name: string): TypeTable | undefined => tables.get(name);
/** For the table of what expressions may use. */
export const allTables = (): Iterable<TypeTable> => tables.values();

export function bindingOf(type: Type): Map<string, Type> {
  const table = tables.get(type.name);
  return new Map(table?.generics.map((letter, index) => [letter, type.args[index] ?? T.object]) ?? []);
}

/** What a type derives from directly, by its table. */
export function baseTypes(type: Type): readonly Type[] {
  const table = tables.get(type.name);
  if (!table) return type.name === 'object' || type.name === 'void' ? [] : [T.object];
  if (table.generics.length === 0) return table.bases;
  const binding = bindingOf(type);
  return table.bases.map((base) => substitute(base, binding));
}
/** The type and all that it derives from, nearest first. */
export function lineage(type: Type): readonly Type[] {
  const found: Type[] = [type];
  const seen = new Set([type.key]);
  for (let i = 0; i < found.length; i++) {
    const current = found[i];
    if (!current) continue;
    for (const base of baseTypes(current)) {
      if (seen.has(base.key)) continue;
      seen.add(base.key);
      found.push(base);
    }
  }
  return found;
}
