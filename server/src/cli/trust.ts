import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { authorityFileIn } from '../tls/keep-certificates.ts';
import { CommandError } from './command-error.ts';
import { type ConnectionFlags, dataFolderOf, runFileOf } from './connect.ts';
import type { Io } from './io.ts';

export function addTrust(program: Command, io: Io): void {
  const command = program
    .command('trust')
    .summary('say how programs come to trust the https addresses')
    .description(
      "Prints the file of the installation's own certificate authority and the line that makes Node.js, Python, curl or the whole machine trust it. Changes nothing.",
    )
    .option('--path', 'only the path of the file')
    .addHelpText('after', '\nExamples:\n  vigia trust\n  export NODE_EXTRA_CA_CERTS="$(vigia trust --path)"');
  command.action(() => {
    const flags = command.optsWithGlobals<ConnectionFlags & { path?: boolean }>();
    const file = authorityFile(flags, io);
    io.out(flags.path ? `${file}\n` : trustText(file));
  });
}

function authorityFile(flags: ConnectionFlags, io: Io): string {
  const folder = dataFolderOf(flags, io.env);
  const run = runFileOf(flags, io.env);
  if (run !== undefined && run.certificateAuthority === undefined)
    throw new CommandError(
      'The Vigia that runs has no certificate authority of its own: https is turned off, or tls.certificate-file names a certificate that somebody else signed.',
    );
  const file = run?.certificateAuthority ?? authorityFileIn(join(folder, 'secrets'));
  if (!existsSync(file))
    throw new CommandError(
      `There is no certificate authority in ${folder} yet; the first \`vigia up\` makes it. Choose another folder with --data (VIGIA_DATA).`,
    );
  return file;
}

/** Each way on a line that can be copied; the ones that change the machine come last. */
const trustText = (file: string): string => `Certificate authority of this installation:
  ${file}

Only for programs started from this shell
  Node.js, Azure's SDKs   export NODE_EXTRA_CA_CERTS="${file}"
  Node.js on Windows      $env:NODE_EXTRA_CA_CERTS = "${file}"
  Python, Azure CLI       export REQUESTS_CA_BUNDLE="${file}"
  curl                    curl --cacert "${file}" ...

For the whole machine (its key, beside it, can then vouch for any name: keep the folder to yourself)
  Windows                 certutil -user -addstore Root "${file}"
  macOS                   security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db "${file}"
  Debian, Ubuntu          sudo cp "${file}" /usr/local/share/ca-certificates/vigia.crt && sudo update-ca-certificates
  Fedora, RHEL            sudo cp "${file}" /etc/pki/ca-trust/source/anchors/vigia.pem && sudo update-ca-trust
`;
