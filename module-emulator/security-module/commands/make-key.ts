/** MAKE KEY: a key is born for one order, lies on the disk, and only then is attested (S19a, S19b, S25d). */
import { toBase64url } from '#libs/kernel/bytes.ts';
import { judge } from '#libs/kernel/law.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import { encodeAttestation, saltOf } from '#libs/personalization-protocol/attestation.ts';
import type { AnswerOf, RequestOf } from '#libs/personalization-protocol/messages.ts';
import { bornKey } from '../key-birth.ts';
import { KeyHandle } from '../key-memory.ts';
import type { ModuleMemory, PendingKey } from '../module-memory.ts';
import { samePersonalization } from '../law.ts';
import { type ModuleParts, identityHandle, octetsOf } from '../module-parts.ts';

type Asked = RequestOf<'MakeKey'>;

/** The same order again, with a new challenge, has the same pending key attested again. */
export function makeKey(parts: ModuleParts, asked: Asked, exporter: Uint8Array): AnswerOf<'KeyMade'> | Refusal {
  const memory = parts.image.read();
  const refusal = judge(parts.law.makeKey, { memory, asked });
  if (refusal !== null) return refusal;
  const pending = isFor(memory.pending, asked) ? memory.pending : birth(parts, asked);
  return attest(parts.image.read(), pending, { asked, exporter });
}

function isFor(pending: PendingKey | null, asked: Asked): pending is PendingKey {
  return pending !== null && samePersonalization(pending, asked);
}

/** Durable before anybody hears of it; the epoch counts it. */
function birth({ image, entropy }: ModuleParts, asked: Asked): PendingKey {
  const memory = image.read();
  const salt = saltOf(asked.challenge, asked.unitRandom);
  const pending: PendingKey = {
    genesis: toBase64url(asked.genesis),
    orderHash: toBase64url(asked.orderHash),
    cardKey: toBase64url(asked.cardKey),
    salt: toBase64url(salt),
    privateKey: bornKey(entropy(32), salt),
  };
  image.write({ ...memory, epoch: memory.epoch + 1, pending });
  return pending;
}

function attest(
  memory: ModuleMemory,
  pending: PendingKey,
  to: { asked: Asked; exporter: Uint8Array },
): AnswerOf<'KeyMade'> {
  const attestation = encodeAttestation({
    genesis: octetsOf(pending.genesis),
    orderHash: octetsOf(pending.orderHash),
    cardKey: octetsOf(pending.cardKey),
    serial: memory.serial,
    epoch: memory.epoch,
    moduleClass: memory.moduleClass,
    spki: KeyHandle.open(pending.privateKey).publicKey(),
    keyBirth: 'personalization-with-salt',
    salt: octetsOf(pending.salt),
    challenge: to.asked.challenge,
    unitTime: to.asked.unitTime,
    exporter: to.exporter,
  });
  return { type: 'KeyMade', attestation, signature: identityHandle(memory).sign(attestation) };
}
