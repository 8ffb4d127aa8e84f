import { existsSync } from 'node:fs';
import { identitiesOf, identitySecret, type TokenIdentity } from '@vigia/access';
import { openMasterKey, readSnapshot } from '@vigia/resource';
import type { Command } from 'commander';
import { dataFolderAt } from '../data-folder/open-data-folder.ts';
import { CommandError } from './command-error.ts';
import { type ConnectionFlags, dataFolderOf, runFileOf } from './connect.ts';
import type { Io } from './io.ts';

interface IdentityFlags extends ConnectionFlags {
  readonly serviceName?: string;
  readonly format: 'env' | 'json';
}

export function addIdentity(program: Command, io: Io): void {
  const command = program
    .command('identity')
    .summary('say how a program gets tokens as a managed identity')
    .description(
      "Prints the variables by which @azure/identity (DefaultAzureCredential, ManagedIdentityCredential, EnvironmentCredential) gets tokens from the local token service as a service's managed identity. They hold its secret.",
    )
    .option('-n, --service-name <name>', 'API Management service; may be left out where only one has an identity')
    .addHelpText(
      'after',
      '\nExamples:\n  eval "$(vigia identity)"\n  vigia identity --service-name apim-contoso --format json',
    );
  command.addOption(
    command.createOption('--format <format>', 'lines for a shell, or JSON').choices(['env', 'json']).default('env'),
  );
  command.action(async () => {
    const { format, ...flags } = command.optsWithGlobals<IdentityFlags>();
    const variables = await variablesOf(flags, io);
    io.out(
      format === 'json'
        ? `${JSON.stringify(variables, undefined, 2)}\n`
        : Object.entries(variables)
            .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
            .join(''),
    );
  });
}

/** The secret is derived from the installation's key, so it is read on disk: who cannot read the key gets none. */
async function variablesOf(
  flags: Pick<IdentityFlags, 'data' | 'serviceName'>,
  io: Io,
): Promise<Readonly<Record<string, string>>> {
  const path = dataFolderOf(flags, io.env);
  const folder = dataFolderAt(path);
  const run = runFileOf(flags, io.env);
  if (run === undefined || !existsSync(folder.snapshot))
    throw new CommandError(
      `No Vigia runs on the data folder ${path}, which holds the secrets of its identities. Start it with \`vigia up\`, or choose another folder with --data (VIGIA_DATA).`,
    );
  const masterKey = await openMasterKey(folder.secrets);
  const identity = onlyOne(identitiesOf(await readSnapshot(folder.snapshot, masterKey)), flags.serviceName);
  const secret = identitySecret(masterKey, identity.principalId);
  const origin = run.tlsAddresses.openai ?? run.addresses.openai;
  return {
    IDENTITY_ENDPOINT: `${origin}/metadata/identity/oauth2/token`,
    IDENTITY_HEADER: secret,
    AZURE_AUTHORITY_HOST: origin,
    AZURE_TENANT_ID: identity.tenantId,
    AZURE_CLIENT_ID: identity.clientId,
    AZURE_CLIENT_SECRET: secret,
    ...(run.certificateAuthority === undefined ? {} : { NODE_EXTRA_CA_CERTS: run.certificateAuthority }),
  };
}

const nameOf = ({ resourceId }: TokenIdentity): string => resourceId.split('/').at(-1) ?? '';

function onlyOne(identities: readonly TokenIdentity[], serviceName: string | undefined): TokenIdentity {
  const found = identities.filter(
    (each) => serviceName === undefined || nameOf(each).toLowerCase() === serviceName.toLowerCase(),
  );
  const [only, another] = found;
  if (only === undefined)
    throw new CommandError(
      `${serviceName === undefined ? 'No API Management service' : `The service ${serviceName} does not exist or`} has ${serviceName === undefined ? 'a' : 'no'} managed identity. Turn it on with \`vigia apim update --enable-managed-identity\`.`,
    );
  if (another !== undefined)
    throw new CommandError(
      `Several services have a managed identity (${found.map(nameOf).join(', ')}); choose one with --service-name.`,
    );
  return only;
}
