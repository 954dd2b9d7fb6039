/**
 * `keyledger approve`: the officer's machine renders an order from its bytes, refuses what his own view does not hold,
 * asks for the passphrase, signs and sends. The platform's word counts for nothing here but for where the bytes come from.
 */
import { join } from 'node:path';
import { ascii } from '#libs/kernel/bytes.ts';
import { type StatementType, signDetached } from '#libs/kernel/detached-jws.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { orderId, renderOrder } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { ruleWords } from '#libs/kernel/rule-words.ts';
import { Complaint } from '../config.ts';
import type { Asks } from '../officer/asking.ts';
import { OfficerDesk } from '../officer/desk.ts';
import { named, octetsIn } from '../officer/documents.ts';
import { openKey, sheetIn } from '../officer/keys.ts';
import { OfficerView } from '../officer/view.ts';
import type { Terminal } from '../terminal.ts';

export const VIEW_FILE = 'view.json';

export interface ApproveOptions {
  /** Folder of the officer's keys and view. */
  readonly folder: string;
  readonly url: string;
  /** File with the order's bytes; or the order's id, and the platform is asked for its bytes. */
  readonly file?: string | undefined;
  readonly order?: string | undefined;
  /** File with what an order names by its hash: the approver set to adopt, the root of a manufacturer to let in. */
  readonly document?: string | undefined;
  readonly decline?: boolean | undefined;
}

/** 0: sent and recorded. 1: refused, by this machine or by the platform. */
export async function approve(it: ApproveOptions, asks: Asks, terminal: Terminal): Promise<0 | 1> {
  const { officer } = sheetIn(it.folder);
  const view = OfficerView.open(join(it.folder, VIEW_FILE));
  const passphrase = await asks(`Passphrase of ${officer}:`);
  const key = openKey(it.folder, 'signIn', passphrase);
  const signingIn = { url: it.url, genesis: view.genesis, operator: officer, role: 'approver', key } as const;
  const desk = await OfficerDesk.open(signingIn);
  if (isRefusal(desk)) return said(terminal, desk);
  try {
    view.follow((await desk.chain()).links);
    const bytes = await bytesOf(it, desk);
    const shown = rendered(view, bytes, it.document);
    if (isRefusal(shown)) return said(terminal, shown);
    for (const line of shown) terminal.warn(`  ${line}`);
    const verb = it.decline === true ? 'decline' : 'approve';
    if ((await asks(`Type "${verb}" to ${verb} exactly this:`)).trim() !== verb)
      return said(terminal, refuse('NOT_CONFIRMED', 'Nothing was signed.'));
    const type: StatementType = it.decline === true ? 'keyledger-decline+jws' : 'keyledger-approval+jws';
    const proof = signDetached(type, bytes, openKey(it.folder, 'approval', passphrase));
    const outcome = await desk.send(it.decline === true ? 'declineOrder' : 'approveOrder', orderId(bytes), proof);
    if (isRefusal(outcome)) return said(terminal, outcome);
    terminal.line(`${officer} has signed and sent: ${verb} ${orderId(bytes)}.`);
    terminal.data({ sent: true, order: orderId(bytes), signed: verb });
    return 0;
  } finally {
    await desk.close();
  }
}

function said(terminal: Terminal, { code, message }: Refusal): 1 {
  terminal.warn(`${code}: ${message}`);
  terminal.data({ sent: false, code, message });
  return 1;
}

async function bytesOf({ file, order }: ApproveOptions, desk: OfficerDesk): Promise<Uint8Array> {
  if (file !== undefined) return octetsIn(file);
  if (order === undefined) throw new Complaint('NO_ORDER', 'Name a file with the order, or its id with --order.');
  const text = await desk.order(order);
  if (text === null || hashId(ascii(text)) !== order)
    throw new Complaint('NO_SUCH_ORDER', 'The platform shows no order that has this id as its hash.');
  return ascii(text);
}

/** What he sees before he signs, or why his own view says no. */
export function rendered(view: OfficerView, bytes: Uint8Array, document?: string): readonly string[] | Refusal {
  const it = view.judge(bytes);
  if (isRefusal(it)) return it;
  const lines = renderOrder(bytes);
  if (isRefusal(lines)) return lines;
  const said = named(it, document);
  return isRefusal(said) ? said : [...lines, ...(it.rule === null ? [] : ruleWords(it.rule)), ...said];
}
