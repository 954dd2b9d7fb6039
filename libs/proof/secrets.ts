/** What no event may ever hold, sought by its look: private keys in their usual spellings, account and card numbers. */
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type Refusal, refuse } from '#libs/kernel/refusal.ts';

interface Mark {
  readonly code: string;
  readonly says: string;
  readonly looks: RegExp;
}

/** A text or number that stands alone: no letter, digit, dot or dash before or behind it. */
const alone = (look: string): RegExp => new RegExp(`(?<![\\w.-])(?:${look})(?![\\w.-])`);

const MARKS: readonly Mark[] = [
  {
    code: 'SECRET_KEY',
    says: 'The event holds what looks like a private key (PEM or JWK).',
    looks: /PRIVATE KEY-|"d\\?":\\?"/,
  },
  {
    code: 'SECRET_KEY',
    says: 'The event holds what looks like a private key (PKCS #8 or SEC 1, base64).',
    looks: /(?<![\w+/-])M(?:IGHAgEA|EECAQAw|C4CAQAw|HcCAQEE)/,
  },
  {
    code: 'ACCOUNT_NUMBER',
    says: 'The event holds what looks like a plain account number.',
    looks: alone('[A-Z]{2}\\d{2}[A-Z0-9]{11,30}'),
  },
  {
    code: 'CARD_NUMBER',
    says: 'The event holds what looks like a plain card number.',
    looks: alone('\\d{14,19}'),
  },
];

export function judgeSecrets({ data, metadata }: StoredEvent): Refusal | null {
  const text = canonicalJson({ data, metadata });
  const found = MARKS.find(({ looks }) => looks.test(text));
  return found === undefined ? null : refuse(found.code, found.says);
}
