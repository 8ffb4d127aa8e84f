import { Problem } from '@vigia/problem';
import type { Settings } from '../settings/settings.ts';
import { authorityFileIn, type CertificateFiles, checkCertificates, keepCertificates } from './keep-certificates.ts';

/** The installation's certificates while it runs; owned by the supervisor. */
export interface Certificates {
  /** PEM file of the local authority; empty with certificates of one's own, and where nothing listens by https. */
  readonly authority: { readonly certificateAuthority?: string };
  /** Makes or renews what is needed, and again each day. The outcome is told by `files`. */
  prepare(): void;
  /** Resolves when they are on disk; rejects where they could not be made. */
  files(): Promise<CertificateFiles>;
  close(): void;
}

const renewEveryMs = 86_400_000;

/** Throws where the settings name certificates that cannot serve. */
export function createCertificates(
  settings: Pick<Settings, 'host' | 'tls.certificate-file' | 'tls.key-file'>,
  secretsFolder: string,
  { isWanted }: { readonly isWanted: boolean },
): Certificates {
  const own = ownFiles(settings);
  let kept: Promise<CertificateFiles> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const keep = (): Promise<CertificateFiles> => keepCertificates({ secretsFolder, host: settings.host }, Date.now());
  const files = (): Promise<CertificateFiles> => {
    kept ??= own === undefined ? keep() : Promise.resolve(own);
    return kept;
  };
  return {
    authority: isWanted && own === undefined ? { certificateAuthority: authorityFileIn(secretsFolder) } : {},
    prepare() {
      if (!isWanted || own !== undefined) return;
      // Whoever listens awaits the same promise and fails with its reason.
      files().catch(() => undefined);
      timer = setInterval(() => {
        keep().catch((error: unknown) =>
          console.error(
            `The certificate for https could not be renewed: ${error instanceof Error ? error.message : error}`,
          ),
        );
      }, renewEveryMs);
      timer.unref();
    },
    files,
    close: () => clearInterval(timer),
  };
}

function ownFiles(settings: Pick<Settings, 'tls.certificate-file' | 'tls.key-file'>): CertificateFiles | undefined {
  const certificate = settings['tls.certificate-file'];
  const key = settings['tls.key-file'];
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate !== undefined && key !== undefined) return checkCertificates(certificate, key);
  throw new Problem({
    code: 'InvalidSettings',
    status: 400,
    message: 'tls.certificate-file and tls.key-file belong together; only one of them is set.',
  });
}
