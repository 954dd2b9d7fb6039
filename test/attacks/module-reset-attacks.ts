/** Attacks on RESET: each wants a module in operation to erase its key, so that the machine stands still or is his. */
import { issueRevocationList } from '#libs/certificates/crl.ts';
import { signRaw } from '#libs/certificates/ecdsa.ts';
import { randomOctets } from '#libs/kernel/ids.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { Answer, RequestOf } from '#libs/personalization-protocol/messages.ts';
import { type ResetTicket, encodeResetTicket } from '#libs/personalization-protocol/reset-ticket.ts';
import { issuerOf } from '#module-emulator/manufacturer/manufacturer-memory.ts';
import type { ModuleLaws } from '#module-emulator/security-module/law.ts';
import type { Attack } from './attack.ts';
import { BENCH_NOW, type Customer, ModuleBench, YEAR, newSigningKey, orThrow } from './module-bench.ts';

export interface ResetChange {
  /** Whose card signs; the bench's own customer else. */
  readonly customer?: Customer;
  readonly ticket?: Partial<ResetTicket>;
  readonly request?: Partial<RequestOf<'Reset'>>;
  /** The nonce is asked for and left aside. */
  readonly nonce?: Uint8Array;
}

export function nonceOf(bench: ModuleBench): Uint8Array {
  const given = orThrow(bench.execute({ type: 'ResetNonce' }));
  if (given.type !== 'NonceGiven') throw new Error(given.type);
  return given.nonce;
}

/** The whole reset but for what is changed. */
export function resets(bench: ModuleBench, change: ResetChange = {}): Answer | Refusal {
  return bench.execute(resetRequest(bench, change));
}

export function resetRequest(bench: ModuleBench, change: ResetChange = {}): RequestOf<'Reset'> {
  const customer = change.customer ?? bench.customer;
  const { serial, epoch } = bench.image.read();
  const given = nonceOf(bench);
  const nonce = change.nonce ?? given;
  const orderHash = randomOctets(32);
  const ticket = { serial, epoch, nonce, orderHash, newGenesis: null, ...change.ticket };
  return {
    type: 'Reset',
    nonce: ticket.nonce,
    orderHash: ticket.orderHash,
    customerCa: bench.manufacturer.customerCa,
    cardCa: customer.cardCa,
    crl: change.request?.crl ?? bench.manufacturer.issueList(),
    signature: signRaw(encodeResetTicket(ticket), customer.key),
    ...change.request,
  };
}

/** He gets through when the module has erased its key. */
function on(check: string, attacker: string, trick: (bench: ModuleBench) => ResetChange): Attack<ModuleLaws> {
  const attempt = (law: ModuleLaws): Promise<boolean> => {
    const bench = new ModuleBench({ law });
    bench.personalize();
    resets(bench, trick(bench));
    return Promise.resolve(bench.image.read().operation === null);
  };
  return { check, attacker, attempt };
}

export const resetAttacks: readonly Attack<ModuleLaws>[] = [
  {
    check: 'RESET_NOT_OPERATING',
    attacker: 'unit that destroys the key of a run in progress by a ticket for the one before',
    attempt: (law) => {
      const bench = new ModuleBench({ law });
      bench.personalize();
      orThrow(resets(bench));
      bench.makeKey({ orderHash: randomOctets(32) });
      return Promise.resolve(!isRefusal(resets(bench)) && bench.image.read().pending === null);
    },
  },
  on('RESET_NONCE', 'keeper of an old reset ticket', () => ({ nonce: randomOctets(32) })),
  on('RESET_OTHER_DEPLOYMENT', 'a test deployment of the same bank, with a card and an order of its own', (bench) => ({
    customer: bench.newCustomer(),
  })),
  on('RESET_OTHER_ENFORCEMENT', 'holder of a token of the same deployment that counts no approvals', (bench) => ({
    customer: bench.newCustomer({ genesis: bench.customer.genesis, enforcement: 'host' }),
  })),
  on('RESET_CRL_SIGNATURE', 'thief of a revoked card with a list of his own, for a reset', (bench) => {
    bench.manufacturer.revokeCard(bench.customer.cardCa, 'keyCompromise');
    const own = newSigningKey();
    const issuer = { ...issuerOf(bench.safe.read().customerCa), sign: (tbs: Uint8Array) => signRaw(tbs, own) };
    const window = { thisUpdate: BENCH_NOW, nextUpdate: BENCH_NOW + YEAR };
    return { request: { crl: issueRevocationList({ issuer, number: 9, ...window, revoked: [] }) } };
  }),
  on('RESET_CRL_OLD', 'thief of a revoked card with the list of before, for a reset', (bench) => {
    const before = bench.manufacturer.issueList();
    bench.manufacturer.revokeCard(bench.customer.cardCa, 'keyCompromise');
    bench.image.write({ ...bench.image.read(), crlNumber: 99 });
    return { request: { crl: before } };
  }),
  on('RESET_CARD_REVOKED', 'thief of a revoked card, for a reset', (bench) => {
    bench.manufacturer.revokeCard(bench.customer.cardCa, 'keyCompromise');
    return {};
  }),
  on('RESET_CHAIN_ENDED', 'finder of a card that expired, for a reset', (bench) => {
    bench.image.write({ ...bench.image.read(), floor: BENCH_NOW + 20 * YEAR });
    return {};
  }),
  on('RESET_SIGNATURE', 'unit with a ticket for another module', () => ({ ticket: { serial: 'SM-000014' } })),
  on('RESET_SIGNATURE', 'unit with a ticket for the epoch before', () => ({ ticket: { epoch: 7 } })),
  on('RESET_SIGNATURE', 'unit that turns a transfer into a reset', () => ({
    ticket: { newGenesis: randomOctets(32) },
  })),
];
