/** Attackers of an officer with a passkey, where a policy takes class B: they can have it sign, but not here and not this. */
import { ascii, concat, u32, u8 } from '#libs/kernel/bytes.ts';
import { sha256 } from '#libs/kernel/hash.ts';
import { challengeFor } from '#libs/kernel/passkey.ts';
import type { Arena } from './arena.ts';
import type { NamedAttacker, Way } from './attacker.ts';
import { type AssertionChange, PINNED, asserts } from './authenticator.ts';
import { orThrow, signs } from './people.ts';
import { listEntry } from './trust-lists.ts';

type Made = (arena: Arena, bytes: Uint8Array) => AssertionChange;

/** One officer signs in earnest; what he makes of the other's passkey is to be the second pair of eyes. */
const signing =
  (made: Made, pinned = PINNED): Way =>
  (arena) => {
    const { bank, cards } = arena;
    const { ada, fay } = bank.people;
    const key = fay.keys[0]?.privateKey;
    if (key === undefined) throw new Error('Fay has a passkey');
    const bytes = bank.personalize(cards.card.cardKey, { site: 'branch' });
    const assertion = asserts(key, { pinned, bytes }, made(arena, bytes));
    return arena.certificate({ bytes, approvals: () => [signs(ada, bytes), assertion] });
  };

const honestly: Made = () => ({});

export const phisher: NamedAttacker = {
  name: 'phisher of an officer’s passkey, with the server',
  ways: [
    signing(honestly, { ...PINNED, origin: 'http://localhost:4401' }),
    signing(honestly, { ...PINNED, origin: 'https://keyledger.example.test', rpId: 'keyledger.example.test' }),
    signing(() => ({ clientData: (text) => text.replace('false}', 'true}') })),
    signing(() => ({ clientData: (text) => text.replace('false}', 'false,"topOrigin":"http://shop.test"}') })),
    signing((_, bytes) => ({ challenge: challengeFor('keyledger-decline+jws', bytes) ?? '' })),
    signing(({ bank, cards }) => ({
      challenge: challengeFor('keyledger-approval+jws', bank.personalize(cards.card.cardKey)) ?? '',
    })),
    signing(() => ({ flags: 0x01 })),
    signing(() => ({ flags: 0x1d })),
    signing(() => ({ authenticatorData: () => concat(sha256(ascii('shop.test')), u8(5), u32(9)) })),
    (arena) => {
      const { bank, cards } = arena;
      const { ada, ben, fay } = bank.people;
      const approvals = (bytes: Uint8Array) => [
        signs(ada, bytes),
        signs(ben, bytes),
        signs(fay, bytes, { type: 'keyledger-withdrawal+jws' }),
      ];
      return arena.enters(listEntry(bank, cards.second, { order: { site: 'branch' }, approvals }));
    },
    async (arena) => {
      const { ada, fay } = arena.bank.people;
      const { bytes } = orThrow(await arena.visit());
      return arena.certificate({ bytes, approvals: () => [signs(ada, bytes), signs(fay, bytes)] });
    },
  ],
  remains:
    'who owns the page itself has the passkey sign in earnest; where a policy takes class B that is announced below',
};
