/**
 * The suite of the four eyes: every named attacker, and one who owns everything but card and officers and alters what two
 * people signed: orders, approvals, windows, counters, and whatever was said once before.
 */
import { fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import type { Proof } from '#libs/kernel/detached-jws.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { altered, respelled } from './alterations.ts';
import type { Arena } from './arena.ts';
import type { NamedAttacker, Way } from './attacker.ts';
import { DAY, NOW } from './bank.ts';
import type { Dice } from './dice.ts';
import { namedAttackers } from './named-attackers.ts';
import { newKey } from './people.ts';

const genuine = (arena: Arena): Uint8Array => arena.bank.personalize(arena.cards.card.cardKey);

function turned(text: string, dice: Dice): string {
  return toBase64url(dice.bitTurned(fromBase64url(text) ?? new Uint8Array(1)));
}

function alteredProof(proof: Proof, dice: Dice): Proof {
  const member = dice.pick(['protected', 'signature'] as const);
  return { ...proof, [member]: turned(proof[member], dice) };
}

/** Another order under the approvals of the one that was signed, or the same in another spelling. */
const otherOrder: Way = (arena, dice) => {
  const signed = genuine(arena);
  const bytes = dice.pick([altered, respelled])(signed, dice);
  return arena.certificate({ bytes, approvals: () => arena.bank.approvals(signed) });
};

/** One of the two approvals with a bit turned, or both of the same person's. */
const otherApprovals: Way = (arena, dice) =>
  arena.certificate({
    approvals: (bytes) => {
      const all = arena.bank.approvals(bytes);
      const at = dice.below(all.length);
      const put = dice.pick([alteredProof(all[at] as Proof, dice), all[(at + 1) % all.length] as Proof]);
      return all.map((one, n) => (n === at ? put : one));
    },
  });

/** A lease for a time of his choice, or with a bit turned: he does not have headquarters' key. */
const otherWindow: Way = (arena, dice) =>
  dice.below(2) === 0
    ? arena.certificate({ leaseKey: newKey(), lease: { time: NOW - DAY + dice.below(2 * DAY) } })
    : arena.certificate({ putLease: (it) => ({ ...it, lease: dice.bitTurned(it.lease) }) });

/** A window that is over: approved by two, and told honestly that it is too late. */
const lateOrder: Way = (arena, dice) => {
  const notAfter = NOW - 1 - dice.below(DAY);
  const window = { notBefore: notAfter - DAY, notAfter, reportBy: NOW + DAY };
  return arena.certificate({ bytes: arena.bank.personalize(arena.cards.card.cardKey, window) });
};

/** What the module attested, altered: another challenge, another epoch, another key, or its signature. */
const otherAttestation: Way = (arena, dice) =>
  arena.certificate({
    request: (it) => {
      const member = dice.pick(['attestation', 'signature', 'identity'] as const);
      return { ...it, [member]: dice.bitTurned(it[member]) };
    },
  });

/** A lease or an attestation of an earlier visit, said again. */
const replayed: Way = async (arena, dice) => {
  const before = await arena.visit();
  if (isRefusal(before)) return before;
  return dice.below(2) === 0
    ? arena.certificate({ putLease: () => before.lease })
    : arena.certificate({ bytes: before.bytes, request: () => before.request });
};

export const alterer: NamedAttacker = {
  name: 'owner of everything but card and officers, who alters what two people signed',
  ways: [otherOrder, otherApprovals, otherWindow, lateOrder, otherAttestation, replayed],
  remains: 'he can keep every order from the card',
};

/** All of them; `keyledger attack four-eyes` spreads its attempts over them. */
export const fourEyes: readonly NamedAttacker[] = [...namedAttackers, alterer];
