/** What a passkey is asked: over the order's hash it means approve; who declines or withdraws answers another challenge. */
import { sha256 } from './hash.ts';
import { type Octets, utf8 } from './octets.ts';

export type Verb = 'approve' | 'decline' | 'withdraw';

const PREFIXES = { approve: '', decline: 'keyledger decline v1\n', withdraw: 'keyledger withdrawal v1\n' } as const;

export async function challengeOf(verb: Verb, bytes: string): Promise<Octets> {
  const hash = await sha256(utf8(bytes));
  return verb === 'approve' ? hash : sha256(utf8(PREFIXES[verb]), hash);
}
