import { describe, expect, it } from 'vitest';
import { createDebugCredentials } from './debug-credentials.ts';

const grant = { serviceId: '/s', apiId: 'openai', expiresAt: 7 };
const ours = createDebugCredentials(Buffer.alloc(32, 1));

describe('a debug credential', () => {
  const token = ours.issue(grant);
  const [payload = '', signature = ''] = token.split('.');
  const forged = Buffer.from(JSON.stringify({ ...grant, apiId: 'other' })).toString('base64url');
  it.each<[string, string, object | undefined]>([
    ['as it was given', token, grant],
    ['with another payload', `${forged}.${signature}`, undefined],
    ['without a signature', payload, undefined],
    ['with something behind it', `${token}.x`, undefined],
    ['of another installation', createDebugCredentials(Buffer.alloc(32, 2)).issue(grant), undefined],
    ['that is empty', '', undefined],
  ])('%s', (_, text, expected) => expect(ours.read(text)).toEqual(expected));
});
