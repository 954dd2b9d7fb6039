/** What an order names by its hash alone, read from a file of the officer's own and shown before he signs. */
import { readFileSync } from 'node:fs';
import type { OrderCase } from '#libs/approval/approval.ts';
import { parseAuthority } from '#libs/certificates/authority.ts';
import { parseManufacturerRoot } from '#libs/certificates/manufacturer-roots.ts';
import { type ApproverSet, approvalJwk, parseApproverSet } from '#libs/kernel/approver-set.ts';
import { ascii, fromBase64url } from '#libs/kernel/bytes.ts';
import { rfc3339Of } from '#libs/kernel/clock.ts';
import { hashId, thumbprint } from '#libs/kernel/hash.ts';
import type { AdoptApproverSetOrder, RegisterManufacturerKeyOrder } from '#libs/kernel/order.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';
import { eightWords } from '#libs/kernel/words.ts';
import { Complaint } from '../config.ts';

function octetsOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new Complaint('NO_ORDER_FILE', `The file ${file} cannot be read.`);
  }
}

/** One line's end behind the text is the editor's. */
export function octetsIn(file: string): Uint8Array {
  return ascii(octetsOf(file).toString('latin1').replace(/\n$/, ''));
}

/** The lines of it; none for an order that names nothing so. */
export function named({ order, set: inForce }: OrderCase, document: string | undefined): readonly string[] | Refusal {
  if (order.kind === 'adopt-approver-set') return adopted({ order, inForce }, document);
  return order.kind === 'register-manufacturer-key' ? letIn(order, document) : [];
}

/** The certificate that the manufacturer gave him himself, PEM or DER: the platform's copy would say what the platform likes. */
function letIn(order: RegisterManufacturerKeyOrder, document?: string): readonly string[] | Refusal {
  if (document === undefined)
    return refuse('DOCUMENT_NEEDED', 'The order lets a manufacturer in; show his root certificate with --document.');
  const der = certificateIn(document);
  const root = parseManufacturerRoot(der);
  if (isRefusal(root)) return root;
  if (root.id !== order.root)
    return refuse('OTHER_ROOT_THAN_ORDERED', 'The certificate is not the manufacturer root that the order names.');
  const authority = parseAuthority(der);
  if (isRefusal(authority)) return authority;
  const { organization, notBefore, notAfter } = authority;
  return [
    `Root of ${organization}, from ${rfc3339Of(notBefore)} to ${rfc3339Of(notAfter)}.`,
    `Its eight words: ${eightWords(fromBase64url(root.id) ?? new Uint8Array())}.`,
  ];
}

function certificateIn(file: string): Uint8Array {
  const octets = octetsOf(file);
  const [, base64] = /^-----BEGIN CERTIFICATE-----([^-]*)-----END/.exec(octets.toString('latin1')) ?? [];
  return Uint8Array.from(base64 === undefined ? octets : Buffer.from(base64, 'base64'));
}

/** Nobody approves people whom he has not seen. */
function adopted(
  { order, inForce }: { order: AdoptApproverSetOrder; inForce: ApproverSet },
  document?: string,
): readonly string[] | Refusal {
  if (document === undefined)
    return refuse('DOCUMENT_NEEDED', 'The order adopts an approver set; show the set itself with --document.');
  const bytes = octetsIn(document);
  if (hashId(bytes) !== order.set)
    return refuse('OTHER_SET_THAN_ORDERED', 'The document is not the approver set that the order names.');
  const set = parseApproverSet(bytes);
  return isRefusal(set) ? set : [...peopleOf(set), ...rulesOf(set, inForce)];
}

function peopleOf({ persons }: ApproverSet): readonly string[] {
  return persons.map(({ id, roles, keys }) => {
    const held = keys.map(
      (key) => `${key.class} ${thumbprint(approvalJwk(key))}${'passkey' in key ? ` at ${key.passkey.origin}` : ''}`,
    );
    return `${id}: ${roles.join(', ')}; ${held.join('; ')}`;
  });
}

/** Every rule, and which of them are not those in force. */
function rulesOf({ policy }: ApproverSet, inForce: ApproverSet): readonly string[] {
  const text = ({ kind, site, moduleClass, persons, classA }: ApproverSet['policy'][number]) =>
    `${kind} at ${site} for ${moduleClass}: ${persons} persons, ${classA} of class A`;
  const before = inForce.policy.map(text);
  return policy.map((one) => `${before.includes(text(one)) ? '' : 'NEW '}${text(one)}`);
}
