/**
 * A station's trust list as the station itself checks it: signed by the list key that the founding names, and each entry by
 * its own order, approvals and proof of inclusion. The platform's signature vouches for no entry.
 */
import { type ReadSet, quorumOf } from './approver-set.ts';
import { type Approval, approvalsOf } from './approval.ts';
import { type Json, canonical, isList, isObject, memberText, parseCanonical } from './canonical.ts';
import { sha256 } from './hash.ts';
import { isIncluded } from './merkle.ts';
import { type Checkpoint, isSignedBy, noteKeyOf, readCheckpoint } from './note.ts';
import { type Octets, fromBase64url, utf8 } from './octets.ts';
import { readOrder, textOf } from './order.ts';
import { isQuorum } from './set-chain.ts';

type Members = Readonly<Record<string, Json>>;

export interface ListEntry {
  readonly cardKey: string;
  readonly card: string;
  readonly state: string;
  readonly order: string;
  /** When it was recorded that the list says so, RFC 3339. */
  readonly since: string;
  readonly persons: number;
  readonly holds: boolean;
}

export interface CheckedList {
  readonly version: number;
  readonly notAfter: number;
  readonly checkpoint: Checkpoint | null;
  /** The list key of the founding signed it, and the log key its checkpoint. */
  readonly isSigned: boolean;
  readonly entries: readonly ListEntry[];
}

/** Null where it is no list. `sets` are those that this browser followed. */
export async function checkTrustList(
  jws: string,
  founding: string,
  sets: ReadonlyMap<string, ReadSet>,
): Promise<CheckedList | null> {
  const [header = '', payload = '', signature = ''] = jws.split('.');
  const octets = fromBase64url(payload);
  const list = objectOf(octets === null ? null : parseCanonical(new TextDecoder().decode(octets)));
  const named = objectOf(parseCanonical(founding));
  const { version, notAfter, entries, checkpoint: note } = list;
  if (typeof version !== 'number' || typeof notAfter !== 'number' || entries === undefined || !isList(entries))
    return null;
  const checkpoint = typeof note === 'string' ? readCheckpoint(note) : null;
  const logKey = await noteKeyOf(memberText(named, 'logKey'));
  const isSealed = checkpoint !== null && logKey !== null && (await isSignedBy(checkpoint, logKey));
  const signed = { input: utf8(`${header}.${payload}`), signature: fromBase64url(signature) };
  const isSigned = isSealed && (await signedByJwk(objectOf(named['trustListKey'] ?? null), signed));
  const judged = entries.map((entry) => judgeEntry(objectOf(entry), isSealed ? checkpoint : null, sets));
  return { version, notAfter, checkpoint, isSigned, entries: await Promise.all(judged) };
}

function objectOf(value: Json): Members {
  return isObject(value) ? value : {};
}

async function signedByJwk(
  jwk: Members,
  { input, signature }: { readonly input: Octets; readonly signature: Octets | null },
): Promise<boolean> {
  const { x, y } = jwk;
  if (typeof x !== 'string' || typeof y !== 'string' || signature?.length !== 64) return false;
  const how = { name: 'ECDSA', namedCurve: 'P-256' };
  const key = await crypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x, y }, how, false, ['verify']);
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, input);
}

async function judgeEntry(
  entry: Members,
  checkpoint: Checkpoint | null,
  sets: ReadonlyMap<string, ReadSet>,
): Promise<ListEntry> {
  const event = objectOf(entry['event'] ?? null);
  const data = objectOf(event['data'] ?? null);
  const order = await readOrder(memberText(entry, 'order'));
  const set = order === null ? undefined : sets.get(textOf(order, 'approverSet'));
  const policy =
    order === null || set === undefined
      ? null
      : quorumOf(set, { kind: order.kind, site: textOf(order, 'site'), moduleClass: textOf(order, 'moduleClass') });
  const signers = order === null || set === undefined ? [] : await approvalsOf(order.bytes, approvalsIn(entry), set);
  const holds =
    order !== null &&
    policy !== null &&
    isQuorum(policy, signers) &&
    data['order'] === order.id &&
    data['cardKey'] === entry['cardKey'] &&
    (await isSealedIn(entry, event, checkpoint));
  return {
    cardKey: memberText(entry, 'cardKey'),
    card: memberText(entry, 'card'),
    state: memberText(entry, 'state'),
    order: order?.id ?? '',
    since: memberText(event, 'recordedAt'),
    persons: signers.length,
    holds,
  };
}

function approvalsIn(entry: Members): readonly Approval[] {
  const list = entry['approvals'] ?? [];
  const all = isList(list) ? list.map(objectOf) : [];
  return all.map((one) => ({ protected: memberText(one, 'protected'), signature: memberText(one, 'signature') }));
}

/** The event stands under the checkpoint: salt and content to entry, entry and path to root. */
async function isSealedIn(entry: Members, event: Members, checkpoint: Checkpoint | null): Promise<boolean> {
  const { salt: _, ...content } = event;
  const octets = fromBase64url(memberText(event, 'salt'));
  const steps = entry['inclusion'] ?? [];
  const path = isList(steps) ? steps.map((step) => fromBase64url(typeof step === 'string' ? step : '')) : [];
  const known = path.filter((step) => step !== null);
  if (octets === null || checkpoint === null || known.length !== path.length) return false;
  const leaf = await sha256(octets, utf8(canonical(content)));
  const it = { index: Number(entry['index']), size: checkpoint.size, entry: leaf, path: known };
  return isIncluded(it, checkpoint.root);
}
