/** What an order has from the record, asked beside its draft; and what follows from what was typed, computed here. */
import type { Client, TypedDocumentNode } from '@urql/core';
import { type Json, isObject, memberText, parseCanonical } from '../../checks/canonical.ts';
import { hashId, sha256 } from '../../checks/hash.ts';
import { fromBase64url, toBase64url } from '../../checks/octets.ts';
import { serialRoot } from '../../checks/serial-tree.ts';
import { words } from '../../words/words.ts';
import type { Known, OrderForm } from './form.ts';
import type { Said } from './fields.ts';
import { CardOfOrder, ModuleOfOrder, RadiusOfOrder, StationOfOrder } from './orders.graphql.ts';

const text = words.asking.faults;
/** Serials that an order names one by one; more stand in it by the root of their tree. */
const LISTED_MAX = 16;

/** What the record says, or why nothing can be asked of it, in a sentence. */
export type Found = { readonly known: Known } | { readonly fault: string };

type Wanted = (name: string) => boolean;

export async function knownOf(client: Client, { known }: OrderForm, said: Said): Promise<Found> {
  const wants: Wanted = (name) => known.includes(name);
  try {
    const parts = [
      await ofCard(client, said, wants),
      wants('stationKey') ? await ofStation(client, said) : {},
      wants('epoch') || (wants('moduleClass') && 'serial' in said) ? await ofModule(client, said) : {},
      wants('serials') ? await ofSerials(said) : {},
      wants('profile') ? { profile: 'module-operation-1' } : {},
      wants('version') ? await ofDocument(said) : {},
      'certificate' in said ? { root: await hashOf(memberText(said, 'certificate')) } : {},
    ];
    return { known: Object.assign({}, ...parts) as Known };
  } catch (error) {
    return { fault: error instanceof NotKnown ? error.message : words.failed.title };
  }
}

class NotKnown extends Error {}

/** Anew from the platform: never what was shown before. */
async function asked<Answer>(
  client: Client,
  question: TypedDocumentNode<Answer, never>,
  variables: object,
): Promise<Answer> {
  const { data, error } = await client
    .query(question, variables as never, { requestPolicy: 'network-only' })
    .toPromise();
  if (data == null) throw new NotKnown(error?.graphQLErrors[0]?.message ?? error?.message ?? words.failed.title);
  return data;
}

async function ofCard(client: Client, said: Said, wants: Wanted): Promise<Known> {
  if (!wants('cardKey')) return {};
  const card = memberText(said, 'card');
  const { chipCard, cardBirth } = await asked(client, CardOfOrder, { card });
  if (chipCard?.cardKey == null) throw new NotKnown(text.noKey(card));
  const { cardKey } = chipCard;
  const birth = wants('birth') && cardBirth !== null ? { birth: await hashOf(cardBirth.birth) } : {};
  return { cardKey, ...birth, ...(wants('modules') ? await ofRadius(client, cardKey, said) : {}) };
}

/** How many modules are shut out, of the key strictly or from the chosen checkpoint on. */
async function ofRadius(client: Client, signingKey: string, { checkpoint }: Said): Promise<Known> {
  const size = isObject(checkpoint) ? Number(checkpoint['size']) : null;
  const { blastRadius } = await asked(client, RadiusOfOrder, { signingKey, size });
  if (blastRadius === null) throw new NotKnown(words.failed.notFound);
  return { mode: size === null ? 'strict' : 'from-checkpoint', modules: blastRadius.modules };
}

async function ofStation(client: Client, said: Said): Promise<Known> {
  const { station } = await asked(client, StationOfOrder, { station: memberText(said, 'station') });
  if (station === null) throw new NotKnown(text.noStation(memberText(said, 'station')));
  return { stationKey: station.stationKey, stationNextKey: station.nextKey };
}

async function ofModule(client: Client, said: Said): Promise<Known> {
  const { securityModule } = await asked(client, ModuleOfOrder, { serial: memberText(said, 'serial') });
  if (securityModule === null) throw new NotKnown(text.noModule(memberText(said, 'serial')));
  return { moduleClass: securityModule.moduleClass, epoch: securityModule.epoch };
}

async function ofSerials({ serials }: Said): Promise<Known> {
  const list = (Array.isArray(serials) ? serials : []) as readonly string[];
  const named: Json = list.length <= LISTED_MAX ? list : { root: await serialRoot(list), size: list.length };
  return { serials: named };
}

async function ofDocument(said: Said): Promise<Known> {
  const document = memberText(said, 'document');
  const set = parseCanonical(document);
  if (set === null || !isObject(set)) throw new NotKnown(text.document);
  const { version = null, previous = null } = set;
  return { version, previous, set: await hashId(document) };
}

async function hashOf(base64url: string): Promise<string> {
  return toBase64url(await sha256(fromBase64url(base64url) ?? new Uint8Array()));
}
