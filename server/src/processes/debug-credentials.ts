import { createHmac, timingSafeEqual } from 'node:crypto';
import type { DebugGrant } from '@vigia/gateway';

/** Debug credentials of API Management: signed with the installation's master key, so that every process can read them. */
export interface DebugCredentials {
  issue(grant: DebugGrant): string;
  /** undefined: not signed by us. Whether it is too old is for the reader to say. */
  read(credential: string): DebugGrant | undefined;
}

export function createDebugCredentials(masterKey: Buffer): DebugCredentials {
  const key = createHmac('sha256', masterKey).update('debug credentials').digest();
  const sign = (payload: string): Buffer => createHmac('sha256', key).update(payload).digest();
  return {
    issue(grant) {
      const payload = Buffer.from(JSON.stringify(grant)).toString('base64url');
      return `${payload}.${sign(payload).toString('base64url')}`;
    },
    read(credential) {
      const [payload = '', signature = '', more] = credential.split('.');
      const given = Buffer.from(signature, 'base64url');
      const wanted = sign(payload);
      if (more !== undefined || given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
      // Only what `issue` wrote has this signature.
      return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as DebugGrant;
    },
  };
}
