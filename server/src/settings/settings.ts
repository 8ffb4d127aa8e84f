import { z } from 'zod';

/**
 * Every setting of Vigia, once: its key in the configuration file (`gateway.port`), from which the flag
 * (`--gateway-port`) and the environment variable (`VIGIA_GATEWAY_PORT`) follow, its schema, default and meaning.
 * `docs/settings.md` is generated from this table.
 */
export interface Setting {
  readonly schema: z.ZodType;
  readonly default: unknown;
  readonly description: string;
  /** The value must not be printed. */
  readonly isSecret?: boolean;
  /** A list or map: only in the configuration file. */
  readonly isFileOnly?: boolean;
}

const port = z.coerce.number().int().min(0).max(65_535);
const tlsPort = z.union([z.literal('off'), port]).optional();
const bytes = z.coerce.number().int().positive();
const flag = z.preprocess(
  (value) => (value === 'true' || value === '' ? true : value === 'false' ? false : value),
  z.boolean(),
);

export const settings = {
  host: {
    schema: z.string().min(1),
    default: '127.0.0.1',
    description: 'Address to listen on. Anything but loopback needs `management.token`.',
  },
  'gateway.port': { schema: port, default: 7080, description: 'Port of the gateway; 0 takes a free one.' },
  'management.port': {
    schema: port,
    default: 7081,
    description: 'Port of the management and query REST (Azure Resource Manager, Log Analytics); 0 takes a free one.',
  },
  'openai.port': {
    schema: port,
    default: 7082,
    description: 'Port of the embedded Azure OpenAI service and the token service; 0 takes a free one.',
  },
  'gateway.tls-port': {
    schema: tlsPort,
    default: undefined,
    description:
      'Port of the gateway by https; 0 takes a free one, `off` none. Default: 7443, or a free one where `gateway.port` is 0.',
  },
  'management.tls-port': {
    schema: tlsPort,
    default: undefined,
    description:
      'Port of the management and query REST by https, as the SDKs of Azure ask for; `off` none. Default: 7444, or a free one where `management.port` is 0.',
  },
  'openai.tls-port': {
    schema: tlsPort,
    default: undefined,
    description:
      'Port of the embedded Azure OpenAI service and the token service by https; `off` none. Default: 7445, or a free one where `openai.port` is 0.',
  },
  'tls.certificate-file': {
    schema: z.string().min(1).optional(),
    default: undefined,
    description:
      'Certificate of one’s own for https, PEM, with the authorities between it and the root behind it; needs `tls.key-file`. Default: one that the local certificate authority signs (`vigia trust`). A newer file is taken within the hour.',
  },
  'tls.key-file': {
    schema: z.string().min(1).optional(),
    default: undefined,
    description: 'Private key of `tls.certificate-file`, PEM, not encrypted.',
  },
  'management.token': {
    schema: z.string().min(16).optional(),
    default: undefined,
    description: 'Bearer token that the management and query REST asks for. Required where `host` is not loopback.',
    isSecret: true,
  },
  'log.level': {
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']),
    default: 'info',
    description: 'What the log files of the processes hold.',
  },
  example: {
    schema: z.enum(['lab-done', 'lab', 'none']),
    default: 'lab-done',
    description:
      'Resources of a new data folder: `lab-done` the monitoring lab finished, `lab` what the lab has before it starts, `none` nothing.',
  },
  'single-process': {
    schema: flag,
    default: false,
    description: 'Everything in one process, for embedding and debugging.',
  },
  'drain.seconds': {
    schema: z.coerce.number().min(0).max(60),
    default: 4,
    description: 'How long requests in flight may take to end when Vigia stops.',
  },
  'capture.body-limit-bytes': {
    schema: bytes,
    default: 67_108_864,
    description: 'Most bytes kept of one body; a longer one is cut and marked.',
  },
  'capture.spool-limit-bytes': {
    schema: bytes,
    default: 4_294_967_296,
    description: 'Most bytes of records that may wait on disk for the store, each for gateway and Azure OpenAI.',
  },
  'capture.overflow': {
    schema: z.enum(['block', 'shed']),
    default: 'block',
    description:
      'Where records cannot be kept: `block` answers 503 to new requests, `shed` drops records and counts them.',
  },
  'capture.durability': {
    schema: z.enum(['os', 'disk']),
    default: 'os',
    description: '`os`: a killed process loses nothing; `disk`: a power cut neither (fsync before the answer ends).',
  },
  'query.timeout-seconds': {
    schema: z.coerce.number().positive().max(600),
    default: 180,
    description: 'How long one KQL query may run.',
  },
  'query.max-rows': {
    schema: z.coerce.number().int().positive().max(500_000),
    default: 500_000,
    description: 'Most rows that one KQL query returns, as in Log Analytics.',
  },
  'store.memory-limit': {
    schema: z.string().regex(/^\d+(MB|GB)$/, 'expected a size such as 2GB'),
    default: '2GB',
    description: 'Memory of the embedded store.',
  },
  'identity.source': {
    schema: z.enum(['local', 'azure']),
    default: 'local',
    description:
      'Who signs managed-identity tokens: the local token service, or Microsoft Entra ID through @azure/identity (for real Azure OpenAI).',
  },
  'openai.tokens-per-second': {
    schema: z.coerce.number().positive(),
    default: 2_000,
    description: 'Pace of the embedded models.',
  },
  'openai.upstreams': {
    schema: z.array(
      z.strictObject({
        account: z.string(),
        deployment: z.string(),
        baseUrl: z.url(),
        api: z.enum(['azure', 'openai']),
        apiVersion: z.string().optional(),
        model: z.string().optional(),
        key: z.string().optional(),
        keyEnvironmentVariable: z.string().optional(),
        identity: z.literal('azure').optional(),
      }),
    ),
    default: [],
    description:
      'Deployments that a real endpoint answers: `{account, deployment, baseUrl, api: azure|openai, apiVersion?, model?, key? | keyEnvironmentVariable? | identity: azure}`.',
    isFileOnly: true,
  },
  'import.allow-loopback': {
    schema: flag,
    default: true,
    description: 'Whether API definitions may be imported from addresses of this machine.',
  },
  'import.max-bytes': {
    schema: bytes,
    default: 4_194_304,
    description: 'Largest API definition that is imported (4 MiB on Azure).',
  },
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof settings;
export type Settings = { readonly [K in SettingKey]: z.output<(typeof settings)[K]['schema']> };

export const settingKeys = Object.keys(settings) as readonly SettingKey[];
export const flagOf = (key: string): string => `--${key.replaceAll('.', '-')}`;
export const environmentVariableOf = (key: string): string => `VIGIA_${key.replaceAll(/[.-]/g, '_').toUpperCase()}`;
/** Secrets have none: other users of the machine can read command lines. */
export const hasFlag = (setting: Setting): boolean => !setting.isFileOnly && !setting.isSecret;
