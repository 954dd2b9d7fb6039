/** Plans to have a signing key certified that was not born inside a genuine chip card of this deployment. */
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { type BirthEvidence, type BirthExpectation, encodeDevice } from '#libs/chip-card-protocol/birth.ts';
import { type Birth, decodeBirth, encodeBirth } from '#libs/chip-card-protocol/statements.ts';
import { toBase64url } from '#libs/kernel/bytes.ts';
import { keyFromSpki, publicJwk, thumbprint } from '#libs/kernel/hash.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { CARD, type CardWorld, newKey, octetsOf, orThrow, spkiOfPrivate } from './card-world.ts';

interface Born {
  readonly evidence: BirthEvidence;
  readonly expected: BirthExpectation;
}

export interface BirthPlan {
  readonly check: string;
  readonly attacker: string;
  /** What he shows, and what whoever certifies expects; `born` makes a genuine card. */
  readonly shows: (world: CardWorld, born: (card: string) => Promise<Born>) => Promise<Born>;
}

function keyId(spki: Uint8Array): Uint8Array {
  return octetsOf(thumbprint(publicJwk(keyFromSpki(spki))));
}

/** The genuine statement with something else in it. */
function restated({ birth }: BirthEvidence, change: Partial<Birth>): Uint8Array {
  return encodeBirth({ ...orThrow(decodeBirth(birth)), ...change });
}

export const birthPlans: readonly BirthPlan[] = [
  {
    check: 'BIRTH_DEVICE_UNKNOWN',
    attacker: 'maker of cards in software',
    shows: async (_world, born) => {
      const genuine = await born(CARD);
      const [device, signing] = [newKey(), spkiOfPrivate(newKey())];
      const birth = restated(genuine.evidence, { cardKey: keyId(signing) });
      const deviceSpki = spkiOfPrivate(device);
      const deviceSignature = signRaw(encodeDevice(CARD, deviceSpki), device);
      const evidence = { birth, birthSignature: signRaw(birth, device), deviceSpki, deviceSignature };
      return { evidence, expected: { ...genuine.expected, cardKeySpki: signing } };
    },
  },
  {
    check: 'BIRTH_DEVICE_UNKNOWN',
    attacker: 'owner of an agent’s host who states with its device key that it is a card',
    shows: async (world, born) => {
      const genuine = await born(CARD);
      const [device, signing] = [newKey(), spkiOfPrivate(newKey())];
      const birth = restated(genuine.evidence, { cardKey: keyId(signing), enforcement: 'device' });
      const deviceSpki = spkiOfPrivate(device);
      const deviceSignature = world.maker.works.signDevice(encodeDevice(CARD, deviceSpki, 'host'));
      const evidence = { birth, birthSignature: signRaw(birth, device), deviceSpki, deviceSignature };
      return { evidence, expected: { ...genuine.expected, cardKeySpki: signing } };
    },
  },
  {
    check: 'BIRTH_SIGNATURE',
    attacker: 'hostile server that swaps the key behind a genuine card',
    shows: async (_world, born) => {
      const { evidence, expected } = await born(CARD);
      const cardKeySpki = spkiOfPrivate(newKey());
      const birth = restated(evidence, { cardKey: keyId(cardKeySpki) });
      return { evidence: { ...evidence, birth }, expected: { ...expected, cardKeySpki } };
    },
  },
  {
    check: 'BIRTH_DEVICE_UNKNOWN + BIRTH_OTHER_CARD',
    attacker: 'holder of another genuine card who passes it off as this one',
    shows: async (_world, born) => {
      const other = await born('CC-02');
      return { evidence: other.evidence, expected: { ...other.expected, card: CARD } };
    },
  },
  {
    check: 'BIRTH_OTHER_KEY',
    attacker: 'hostile server that has a key of its own certified with the papers of a genuine card',
    shows: async (_world, born) => {
      const { evidence, expected } = await born(CARD);
      return { evidence, expected: { ...expected, cardKeySpki: spkiOfPrivate(newKey()) } };
    },
  },
  {
    check: 'BIRTH_OTHER_DEPLOYMENT',
    attacker: 'a test deployment of the same bank',
    shows: async (_world, born) => {
      const { evidence, expected } = await born(CARD);
      return { evidence, expected: { ...expected, genesis: toBase64url(randomOctets(32)) } };
    },
  },
];
