import type { AccountSnapshot } from '@vigia/contract';
import { isKeyOf } from './account.ts';
import type { Operation } from './operation.ts';
import { badToken, keysDisabled, missingRole, wrongKey } from './refusal.ts';

export interface TokenQuestion {
  readonly account: AccountSnapshot;
  readonly bearerToken: string;
  /** `Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action` … */
  readonly dataAction: string;
  readonly method: string;
  /** `/openai/deployments/{deployment-id}/chat/completions`. */
  readonly route: string;
}

/** `token`: signature, audience or expiry is wrong. `role`: the principal is known and may not do this. */
export type TokenVerdict =
  | { readonly objectId: string }
  | { readonly refused: 'token' }
  | { readonly refused: 'role'; readonly principalId: string };

export type Authenticate = (question: TokenQuestion) => Promise<TokenVerdict>;

export interface Credentials {
  readonly apiKey: string | undefined;
  readonly authorization: string | undefined;
}

export interface Door {
  readonly account: AccountSnapshot;
  readonly operation: Operation;
  readonly keyHashSecret: string;
  readonly authenticate: Authenticate;
}

export interface Caller {
  readonly objectId: string;
  readonly auth: 'key' | 'token';
}

/** Who calls: `objectId` of a token, `''` for a key. With both, the key decides. Throws Azure's refusals. */
export async function callerOf({ apiKey, authorization }: Credentials, door: Door): Promise<Caller> {
  const { account, operation, keyHashSecret, authenticate } = door;
  if (apiKey !== undefined) {
    if (!isKeyOf(account, apiKey, keyHashSecret)) throw wrongKey();
    if (account.disableLocalAuth) throw keysDisabled();
    return { objectId: '', auth: 'key' };
  }
  const bearerToken = /^bearer\s+(.+)$/i.exec(authorization ?? '')?.[1]?.trim();
  if (bearerToken === undefined) throw wrongKey();
  // OpenAI's own client sends the key as a bearer token; Azure takes it on v1.
  if (operation.surface === 'v1' && isKeyOf(account, bearerToken, keyHashSecret)) {
    if (account.disableLocalAuth) throw keysDisabled();
    return { objectId: '', auth: 'key' };
  }
  const { dataAction, method, route } = operation;
  const verdict = await authenticate({ account, bearerToken, dataAction, method, route });
  if ('objectId' in verdict) return { objectId: verdict.objectId, auth: 'token' };
  if (verdict.refused === 'token') throw badToken();
  throw missingRole(verdict.principalId, dataAction, `${method} ${route}`);
}
