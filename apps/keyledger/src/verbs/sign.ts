/**
 * `keyledger sign`: a person signs exactly the bytes of an order with a key file of his own. What the bytes say is rendered
 * here, from the bytes alone, before they are signed; the proof goes to whoever requests, approves, declines or withdraws.
 */
import { type KeyObject, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type StatementType, signDetached } from '#libs/kernel/detached-jws.ts';
import { renderOrder } from '#libs/kernel/order.ts';
import { isRefusal } from '#libs/kernel/refusal.ts';
import { Complaint } from '../config.ts';
import { knownDemo } from '../demo/known-demo.ts';
import type { Terminal } from '../terminal.ts';

/** What a signature over an order can mean. */
export const MEANINGS = {
  approval: 'keyledger-approval+jws',
  decline: 'keyledger-decline+jws',
  withdrawal: 'keyledger-withdrawal+jws',
} as const satisfies Record<string, StatementType>;

export interface SignOptions {
  /** The order's canonical bytes. */
  readonly file: string;
  readonly meaning: string;
  /** Private key as PEM; or, in a demo, whose approval key. */
  readonly key?: string | undefined;
  readonly person?: string | undefined;
  readonly folder: string;
}

/** 0: signed. 1: the file is no order. */
export function sign(it: SignOptions, terminal: Terminal): Promise<0 | 1> {
  const type = Object.entries(MEANINGS).find(([meaning]) => meaning === it.meaning)?.[1];
  if (type === undefined) throw new Complaint('BAD_MEANING', `--type is one of ${Object.keys(MEANINGS).join(', ')}.`);
  const bytes = octetsIn(it.file);
  const says = renderOrder(bytes);
  if (isRefusal(says)) {
    terminal.warn(`${says.code}: ${says.message}`);
    terminal.data({ signed: false, code: says.code, message: says.message });
    return Promise.resolve(1);
  }
  for (const line of says) terminal.warn(`  ${line}`);
  const proof = signDetached(type, bytes, keyOf(it));
  terminal.line(JSON.stringify(proof));
  terminal.data(proof);
  return Promise.resolve(0);
}

/** One line's end behind the order is the editor's, not the order's. */
function octetsIn(file: string): Uint8Array {
  try {
    return Uint8Array.from(Buffer.from(readFileSync(file, 'latin1').replace(/\n$/, ''), 'latin1'));
  } catch {
    throw new Complaint('NO_ORDER_FILE', `The file ${file} cannot be read.`);
  }
}

function keyOf({ key, person, folder }: SignOptions): KeyObject {
  if (key === undefined) return demoKey(folder, person);
  try {
    return createPrivateKey(readFileSync(key));
  } catch {
    throw new Complaint('BAD_KEY_FILE', `The file ${key} holds no private key as PEM that can be read.`);
  }
}

function demoKey(folder: string, wanted: string | undefined): KeyObject {
  if (wanted === undefined)
    throw new Complaint('NO_KEY', 'Name a key file with --key, or a person of the demo with --person.');
  const person = knownDemo(folder).personWho(({ id, keys }) => id === wanted && keys > 0);
  const [key] = person?.keys ?? [];
  if (key === undefined) throw new Complaint('NO_KEY', `The demo has no ${wanted} with a key that approves.`);
  return key;
}
