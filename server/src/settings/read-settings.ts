import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Problem } from '@vigia/problem';
import { distance } from 'fastest-levenshtein';
import { LineCounter, parseDocument } from 'yaml';
import { defaultDataFolder } from './data-folder.ts';
import {
  environmentVariableOf,
  flagOf,
  hasFlag,
  type Setting,
  type SettingKey,
  type Settings,
  settingKeys,
  settings,
} from './settings.ts';

export interface ReadSettings {
  readonly dataFolder: string;
  /** The configuration file that was read, if any. */
  readonly configFile?: string;
  readonly settings: Settings;
}

/** Variables that other parts of the program read; not settings. */
const otherVariables = new Set([
  'VIGIA_DATA',
  'VIGIA_CONFIG',
  'VIGIA_MANAGEMENT_URL',
  'VIGIA_GATEWAY_URL',
  'VIGIA_OPENAI_URL',
  'VIGIA_SUBSCRIPTION_KEY',
]);

/**
 * Settings from flags, then environment variables, then the configuration file, then defaults. Every wrong key and
 * value is named, all at once, with where it stands.
 */
export function readSettings(argv: readonly string[], environment: NodeJS.ProcessEnv): ReadSettings {
  const faults: string[] = [];
  const fromFlags = readFlags(argv, faults);
  const dataFolder = fromFlags.data ? resolve(fromFlags.data) : defaultDataFolder(environment);
  const named = fromFlags.config ?? environment['VIGIA_CONFIG'];
  const configFile = named ? resolve(named) : join(dataFolder, 'vigia.yaml');
  const hasFile = existsSync(configFile);
  if (named && !hasFile) faults.push(`the configuration file ${configFile} does not exist`);
  const fromFile = hasFile ? readFile(configFile, faults) : new Map<SettingKey, unknown>();
  const fromEnvironment = readEnvironment(environment, faults);

  const result: Record<string, unknown> = {};
  for (const key of settingKeys) {
    const setting: Setting = settings[key];
    const found = [
      { where: `flag ${flagOf(key)}`, values: fromFlags.values },
      { where: `environment variable ${environmentVariableOf(key)}`, values: fromEnvironment },
      { where: `${configFile}: ${key}`, values: fromFile },
    ].find(({ values }) => values.has(key));
    const value = found ? found.values.get(key) : setting.default;
    const parsed = setting.schema.safeParse(value);
    if (parsed.success) result[key] = parsed.data;
    else {
      const reason = parsed.error.issues
        .map((issue) => `${issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''}${issue.message}`)
        .join('; ');
      faults.push(`${found?.where ?? key} has the value ${shown(setting, value)}: ${reason}`);
    }
  }
  if (faults.length > 0) throw settingsProblem(faults);
  return { dataFolder, ...(hasFile ? { configFile } : {}), settings: result as Settings };
}

function settingsProblem(faults: readonly string[]): Problem {
  return new Problem({ code: 'InvalidSettings', status: 400, message: faults.join('\n') });
}

function shown(setting: Setting, value: unknown): string {
  return setting.isSecret ? '(secret)' : JSON.stringify(value);
}

function readFlags(argv: readonly string[], faults: string[]) {
  const options = Object.fromEntries([
    ['data', { type: 'string' as const }],
    ['config', { type: 'string' as const }],
    ...settingKeys
      .filter((key) => hasFlag(settings[key]))
      .map((key) => [
        flagOf(key).slice(2),
        { type: typeof settings[key].default === 'boolean' ? ('boolean' as const) : ('string' as const) },
      ]),
  ]);
  const values = new Map<SettingKey, unknown>();
  try {
    const parsed = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false, allowNegative: true });
    // The options are made from the table, so their names are no type.
    const given: Readonly<Record<string, unknown>> = parsed.values;
    for (const key of settingKeys) {
      const value = given[flagOf(key).slice(2)];
      if (value !== undefined) values.set(key, value);
    }
    return { data: text(given['data']), config: text(given['config']), values };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const unknown = /'(--?[^']+)'/.exec(message)?.[1];
    const near = unknown ? nearest(unknown, ['--data', '--config', ...settingKeys.map(flagOf)]) : undefined;
    faults.push(`${message.split('. ')[0]}${near ? `; did you mean ${near}?` : ''}`);
    return { data: undefined, config: undefined, values };
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function readEnvironment(environment: NodeJS.ProcessEnv, faults: string[]): Map<SettingKey, unknown> {
  const byVariable = new Map(settingKeys.map((key) => [environmentVariableOf(key), key]));
  const values = new Map<SettingKey, unknown>();
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('VIGIA_') || otherVariables.has(name)) continue;
    const key = byVariable.get(name);
    if (key) values.set(key, value);
    else {
      const near = nearest(name, [...byVariable.keys()]);
      faults.push(`environment variable ${name} is not a setting${near ? `; did you mean ${near}?` : ''}`);
    }
  }
  return values;
}

function readFile(file: string, faults: string[]): Map<SettingKey, unknown> {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines, prettyErrors: true });
  for (const error of document.errors) faults.push(`${file}: ${error.message}`);
  const values = new Map<SettingKey, unknown>();
  if (document.errors.length > 0) return values;
  const known = new Set<string>(settingKeys);
  const walk = (value: unknown, prefix: string): void => {
    if (prefix !== '' && known.has(prefix)) {
      values.set(prefix as SettingKey, value);
      return;
    }
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      for (const [name, inner] of Object.entries(value)) walk(inner, prefix === '' ? name : `${prefix}.${name}`);
      return;
    }
    if (prefix === '' && value === null) return;
    const near = nearest(prefix, settingKeys);
    faults.push(`${file}: ${prefix} is not a setting${near ? `; did you mean ${near}?` : ''}`);
  };
  walk(document.toJS(), '');
  return values;
}

/** The candidate at the smallest edit distance, if it is near enough to be a slip. */
function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(2, word.length / 4) ? best.candidate : undefined;
}
