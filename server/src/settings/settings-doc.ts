import { z } from 'zod';
import { environmentVariableOf, flagOf, hasFlag, type Setting, settingKeys, settings } from './settings.ts';

/** `docs/settings.md`, from the table of settings; a test holds the file true. */
export function settingsDoc(): string {
  const rows = settingKeys.map((key) => {
    const setting: Setting = settings[key];
    const value = setting.default === undefined ? '' : `\`${JSON.stringify(setting.default)}\``;
    const flag = hasFlag(setting) ? `\`${flagOf(key)}\`` : '';
    const variable = setting.isFileOnly ? '' : `\`${environmentVariableOf(key)}\``;
    return `| \`${key}\` | ${flag} | ${variable} | ${kindOf(setting)} | ${value} | ${setting.description} |`;
  });
  return `# Settings

Generated from \`server/src/settings/settings.ts\`. A flag wins over an environment variable, that over the configuration file, that over the default.
The configuration file is YAML: \`--config FILE\`, else \`VIGIA_CONFIG\`, else \`vigia.yaml\` in the data folder. Keys may be nested (\`gateway:\` / \`port:\`) or dotted
(\`gateway.port:\`). The data folder is \`--data DIR\`, else \`VIGIA_DATA\`, else the user's data folder. A wrong key or value stops the start and is named.

| key in the file | flag | environment variable | value | default | meaning |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

function kindOf(setting: Setting): string {
  return kindOfSchema(z.toJSONSchema(setting.schema, { io: 'output', unrepresentable: 'any' }));
}

function kindOfSchema(schema: z.core.JSONSchema._JSONSchema): string {
  if (typeof schema === 'boolean') return 'text';
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.anyOf) return schema.anyOf.map(kindOfSchema).join(' or ');
  return typeof schema.type === 'string' ? schema.type : 'text';
}
