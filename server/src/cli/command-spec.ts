import type { AzureClient } from './azure-client.ts';
import { CommandError } from './command-error.ts';
import type { Io } from './io.ts';

export interface OptionSpec {
  /** As commander takes it: `-n, --name <name>`. */
  readonly flags: string;
  readonly description: string;
  readonly isRequired?: boolean;
  readonly choices?: readonly string[];
  readonly default?: string;
}

/** Title of a column of `--output table` → its value. */
export type TableColumns = Readonly<Record<string, (row: never) => unknown>>;

/** One command that asks the REST interfaces and prints what `run` gives back. */
export interface CommandSpec {
  /** Words as typed: `apim api import`. */
  readonly name: string;
  readonly summary: string;
  /** As commander takes it: `<method> <url>`. */
  readonly args?: string;
  readonly options?: readonly OptionSpec[];
  /** Shown by --help, without the leading `vigia`. */
  readonly examples: readonly string[];
  readonly columns?: TableColumns;
  /** The value is printed in the form of `--output`; undefined prints nothing. */
  run(call: CommandCall): Promise<unknown>;
}

export interface CommandCall {
  readonly client: AzureClient;
  readonly args: readonly string[];
  readonly options: Options;
  readonly io: Io;
}

/** Values of the flags by their camel-case names. */
export class Options {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** For options that commander has already demanded. */
  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new CommandError(`The option --${flagName(name)} is missing.`, 2);
    return value;
  }

  isSet(name: string): boolean {
    return this.#values[name] === true;
  }

  /** undefined: neither the flag nor its --no- form was given. */
  flag(name: string): boolean | undefined {
    const value = this.#values[name];
    return typeof value === 'boolean' ? value : undefined;
  }

  number(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value)) {
      throw new CommandError(`--${flagName(name)} is ${JSON.stringify(text)}; expected a number.`, 2);
    }
    return value;
  }

  /** `--tags a=b` and the like: repeated `name=value` texts. */
  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }
}

const flagName = (camel: string): string => camel.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const groupOption: OptionSpec = {
  flags: '-g, --resource-group <name>',
  description: 'resource group; default: the one of the running system, else rg-activategenai',
};
