/**
 * RESET and TRANSFER (S26e, S26f): the module key is erased, certificate and station with it; identity, epoch and what the
 * module has seen of lists and times stay. A reset keeps the deployment; only a transfer changes it.
 */
import { parseCardAuthority } from '#libs/certificates/authority.ts';
import { verifyCardChain } from '#libs/certificates/chain.ts';
import { isRevoked, parseRevocationList, revocationListSignatureHolds } from '#libs/certificates/crl.ts';
import { equal, toBase64url } from '#libs/kernel/bytes.ts';
import { judge } from '#libs/kernel/law.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import type { AnswerOf, RequestOf } from '#libs/personalization-protocol/messages.ts';
import { encodeResetDone, encodeResetTicket } from '#libs/personalization-protocol/reset-ticket.ts';
import type { ModuleMemory } from '../module-memory.ts';
import { type ModuleParts, identityHandle, octetsOf } from '../module-parts.ts';
import type { ResetCase } from '../reset-law.ts';

type Asked = RequestOf<'Reset'> | RequestOf<'Transfer'>;

const NEVER_RESET = refuse('NEVER_RESET', 'The module was never reset.');

/** Whatever comes of it, the nonce is used up. */
export function reset(parts: ModuleParts, asked: Asked): AnswerOf<'WasReset'> | Refusal {
  const outstanding = parts.powered.resetNonce;
  parts.powered.resetNonce = null;
  const memory = parts.image.read();
  const it = caseOf(parts, asked, outstanding);
  if (isRefusal(it)) return it;
  const refusal = judge(parts.law.reset, it);
  if (refusal !== null) return refusal;
  const genesis = asked.type === 'Transfer' ? toBase64url(asked.newGenesis) : memory.genesis;
  const seen = { crlNumber: it.crl.number, floor: it.floor };
  parts.image.write({ ...erased(memory, toBase64url(asked.orderHash), genesis), ...seen });
  return lastReset(parts);
}

/** A direct intervention inside the housing (S26d): the same, by nobody's order; it stays in its deployment. */
export function intervene(parts: ModuleParts): void {
  const memory = parts.image.read();
  parts.powered.resetNonce = null;
  if (memory.state === 'operating') parts.image.write(erased(memory, toBase64url(new Uint8Array(32)), memory.genesis));
}

/** The module's word for its last reset, by its identity key. */
export function lastReset(parts: ModuleParts): AnswerOf<'WasReset'> | Refusal {
  const memory = parts.image.read();
  if (memory.lastReset === null) return NEVER_RESET;
  const { epoch, orderHash, genesis } = memory.lastReset;
  const said = { serial: memory.serial, epoch, orderHash: octetsOf(orderHash), genesis: octetsOf(genesis) };
  const statement = encodeResetDone(said);
  return { type: 'WasReset', statement, signature: identityHandle(memory).sign(statement) };
}

function erased(memory: ModuleMemory, orderHash: string, genesis: string | null): ModuleMemory {
  return {
    ...memory,
    state: 'personalization',
    genesis,
    pending: null,
    operation: null,
    lastReset: { epoch: memory.epoch, orderHash, genesis: genesis ?? '' },
  };
}

function caseOf({ image, law }: ModuleParts, asked: Asked, outstanding: Uint8Array | null): ResetCase | Refusal {
  const memory = image.read();
  const shown = { root: octetsOf(memory.manufacturerRoot), customerCa: asked.customerCa, cardCa: asked.cardCa };
  const chain = verifyCardChain(shown, law.cardChain);
  if (isRefusal(chain)) return chain;
  const crl = parseRevocationList(asked.crl);
  if (isRefusal(crl)) return crl;
  const { serial, epoch, operation } = memory;
  const certifier = operation === null ? chain.cardCa : parseCardAuthority(octetsOf(operation.cardCa));
  if (isRefusal(certifier)) return certifier;
  const newGenesis = asked.type === 'Transfer' ? asked.newGenesis : null;
  const { nonce, orderHash, signature } = asked;
  return {
    memory,
    cardCa: chain.cardCa,
    enforcement: certifier.enforcement,
    crl,
    crlSignatureHolds:
      revocationListSignatureHolds(crl, chain.customerCa.spki) && equal(crl.issuer, chain.customerCa.name),
    cardRevoked: isRevoked(crl, chain.cardCa.serial),
    chainEnds: Math.min(chain.customerCa.notAfter, chain.cardCa.notAfter),
    floor: Math.max(memory.floor, crl.thisUpdate, chain.customerCa.notBefore, chain.cardCa.notBefore),
    nonce,
    outstanding,
    ticket: encodeResetTicket({ serial, epoch, nonce, orderHash, newGenesis }),
    signature,
  };
}
