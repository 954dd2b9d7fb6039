/** One reset or transfer: order to the card, ticket to the module, the module's word to the record. Run again from the top. */
import { fromBase64url, toBase64url } from '#libs/kernel/bytes.ts';
import { uuidv7 } from '#libs/kernel/ids.ts';
import { ascii } from '#libs/kernel/bytes.ts';
import { type ResetOrder, type TransferOrder, parseOrder } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal } from '#libs/kernel/refusal.ts';
import type { AnswerOf } from '#libs/personalization-protocol/messages.ts';
import { ModuleLine } from '#libs/personalization-protocol/unit-side.ts';
import { CardSession } from './card-session.ts';
import type { UnitParts } from './parts.ts';
import { plugIn } from './plug-in.ts';
import type { Work } from './work.ts';

export interface ResetJob {
  readonly work: Work;
  readonly order: ResetOrder | TransferOrder;
}

function octets(text: string): Uint8Array {
  return fromBase64url(text) ?? new Uint8Array();
}

/** Null where the work is of another kind: what the unit does follows from the signed bytes alone. */
export function resetJobOf(work: Work): ResetJob | null {
  const order = parseOrder(ascii(work.order.bytes));
  if (isRefusal(order) || (order.kind !== 'reset' && order.kind !== 'transfer')) return null;
  return { work, order };
}

/** Null when the key is erased and the record says so. */
export async function resetModule(parts: UnitParts, job: ResetJob): Promise<Refusal | null> {
  const duplex = await plugIn(parts.config, job.order.serial);
  if (isRefusal(duplex)) return duplex;
  const line = await ModuleLine.open(duplex, {
    serial: job.order.serial,
    identityCaSpki: octets(parts.config.pins.identityCaSpki),
    roots: parts.manufacturers.roots,
    clock: parts.clock,
  });
  if (isRefusal(line)) return line;
  try {
    const word = line.module.state === 'operating' ? await erase(parts, job, line) : await line.lastReset();
    return isRefusal(word) ? word : await tell(parts, job, word);
  } finally {
    line.close();
  }
}

async function erase(parts: UnitParts, job: ResetJob, line: ModuleLine): Promise<AnswerOf<'WasReset'> | Refusal> {
  const session = await CardSession.open(parts, job);
  if (isRefusal(session)) return session;
  try {
    const nonce = await line.resetNonce();
    if (isRefusal(nonce)) return nonce;
    const signature = await session.signReset(parts, job, nonce);
    if (isRefusal(signature)) return signature;
    const { customerCa, cardCa, crl, order } = job.work;
    const chain = { customerCa: octets(customerCa), cardCa: octets(cardCa), crl: octets(crl) };
    const ticket = { nonce, orderHash: octets(order.id), signature, ...chain };
    return job.order.kind === 'reset'
      ? await line.reset({ type: 'Reset', ...ticket })
      : await line.reset({ type: 'Transfer', ...ticket, newGenesis: octets(job.order.newGenesis) });
  } finally {
    await session.close();
  }
}

/** Said again it is found and nothing happens twice. */
async function tell({ client }: UnitParts, { work }: ResetJob, word: AnswerOf<'WasReset'>): Promise<Refusal | null> {
  const types = { id: 'ID!', order: 'ID!', statement: 'String!', signature: 'String!' };
  const said = { statement: toBase64url(word.statement), signature: toBase64url(word.signature) };
  const told = await client.submit('resetModule', types, { id: uuidv7(), order: work.order.id, ...said });
  return isRefusal(told) ? told : null;
}
