/** What speaks against an order: facts that the platform answers for, each with where to read on. The reader weighs them. */
import type { Client, TypedDocumentNode } from '@urql/core';
import { type ReadOrder, listOf, readOrder, secondsOf, textOf } from '../../checks/order.ts';
import { nowMs } from '../../clock.ts';
import { duration } from '../../words/format.ts';
import { words } from '../../words/words.ts';
import { EndedBefore, KeyHolder, WeighCard, WeighModule, WeighPerson, WeighUnit } from './acts.graphql.ts';
import { cardIn } from './use-card-of.ts';

export interface Fact {
  readonly says: string;
  /** Where it can be looked at; null where there is nothing more. */
  readonly to: string | null;
}

/** The order as it stands: who asked, who approved, what it names. */
export interface Weighed {
  readonly order: ReadOrder;
  readonly serials: readonly string[];
  readonly approvers: readonly string[];
  /** Who reads it. */
  readonly operator: string;
}

const text = words.against;
const [HOUR_MS, SILENT_MS] = [3_600_000, 120_000] as const;
/** Modules that are asked about one by one. */
const MODULES_MAX = 16;
/** Orders about a module for which one in this state is nothing odd. */
const FITTING: Readonly<Record<string, readonly string[]>> = {
  personalize: ['initialized', 'delivered', 'reserved'],
  reset: ['operating'],
  transfer: ['operating'],
};

type Asks = <Answer>(question: TypedDocumentNode<Answer, never>, variables: object) => Promise<Answer | null>;

/** Newest knowledge, asked at once; a question that fails says nothing, and the others still do. */
export async function weigh(client: Client, it: Weighed): Promise<readonly Fact[]> {
  const asks: Asks = async (question, variables) => {
    const how = { requestPolicy: 'network-only' } as const;
    const { data } = await client.query(question, variables as never, how).toPromise();
    return data ?? null;
  };
  const parts = await Promise.all([
    aboutPersons(asks, it),
    aboutCard(asks, it),
    aboutModules(asks, it),
    aboutUnit(asks, it),
    endedBefore(asks, it),
  ]);
  return [...aboutTime(it), ...parts.flat()];
}

function aboutTime({ order }: Weighed): readonly Fact[] {
  const [from, to] = [secondsOf(order, 'notBefore') * 1000, secondsOf(order, 'notAfter') * 1000];
  const left = to - nowMs();
  if (left <= 0) return [{ says: text.over, to: null }];
  const isNear = left < HOUR_MS && left < (to - from) / 2;
  return isNear ? [{ says: text.nearlyOver(duration(left)), to: null }] : [];
}

async function aboutPersons(asks: Asks, { order, approvers, operator }: Weighed): Promise<readonly Fact[]> {
  const requester = textOf(order, 'requester');
  const to = `/audit?order=${order.id}`;
  const own = requester === operator ? [{ says: text.own, to: null }] : [];
  const both =
    requester !== operator && approvers.includes(requester) ? [{ says: text.requesterApproved(requester), to }] : [];
  const suspended = await Promise.all(
    approvers.map(async (person) => {
      const answer = await asks(WeighPerson, { holder: `person:${person}` });
      const states = answer?.keys.edges.map(({ node }) => node.state) ?? [];
      return states.includes('suspended') ? [{ says: text.suspended(person), to: `/audit?actor=${person}` }] : [];
    }),
  );
  return [...own, ...both, ...suspended.flat()];
}

async function aboutCard(asks: Asks, { order }: Weighed): Promise<readonly Fact[]> {
  const [named, key] = [textOf(order, 'card'), textOf(order, 'cardKey')];
  const holder = named === '' && key !== '' ? (await asks(KeyHolder, { name: key }))?.keys.edges[0]?.node.holder : '';
  const card = named === '' ? cardIn(holder) : named;
  const found = card === '' || order.kind === 'issue-card' ? null : (await asks(WeighCard, { card }))?.chipCard;
  if (found == null) return [];
  const to = `/cards/${card}`;
  const alarms = found.divergences.filter(({ healed, review }) => !healed && review === null).length;
  const isOdd =
    found.keyState !== 'active' && order.kind !== 'retrust-signing-key' && order.kind !== 'trust-signing-key';
  return [
    ...(alarms > 0 && order.kind !== 'review-divergence' ? [{ says: text.alarm(card, alarms), to }] : []),
    ...(found.overdue ? [{ says: text.overdue(card), to }] : []),
    ...(found.retired ? [{ says: text.retired(card), to }] : []),
    ...(isOdd ? [{ says: text.keyState(card, found.keyState), to }] : []),
  ];
}

async function aboutModules(asks: Asks, { order, serials }: Weighed): Promise<readonly Fact[]> {
  const one = textOf(order, 'serial');
  const all = one === '' ? serials.slice(0, MODULES_MAX) : [one];
  const found = await Promise.all(
    all.map(async (serial) => {
      const answer = await asks(WeighModule, { serial });
      return answer === null ? [] : ofModule(order, serial, answer.securityModule);
    }),
  );
  return found.flat();
}

interface Module {
  readonly state: string;
  readonly order: string | null;
  readonly unit: string | null;
  readonly failure: string | null;
}

function ofModule(order: ReadOrder, serial: string, module: Module | null): readonly Fact[] {
  const to = `/fleet/${serial}`;
  if (module === null) return [{ says: text.unknownModule(serial), to: null }];
  const isBusy = module.state === 'reserved' && module.order !== order.id;
  if (isBusy) return [{ says: text.busy(serial, module.unit ?? '?'), to }];
  const isUsed = module.order === order.id; // what it did under this order is no objection to it
  const fitting = FITTING[order.kind];
  const isOdd = !isUsed && fitting !== undefined && !fitting.includes(module.state);
  return [
    ...(isOdd ? [{ says: text.moduleState(serial, module.state), to }] : []),
    ...(module.failure === null ? [] : [{ says: text.failed(serial, module.failure), to }]),
  ];
}

async function aboutUnit(asks: Asks, { order }: Weighed): Promise<readonly Fact[]> {
  const unit = textOf(order, 'unit');
  const answer = unit === '' || order.kind === 'enrol-unit' ? null : await asks(WeighUnit, { unit });
  if (answer === null) return [];
  const isGone = answer.unit?.state !== 'enrolled';
  const silent = answer.personalizations.edges.flatMap(({ node }) => {
    const silence = nowMs() - Date.parse(node.lastAt);
    if (silence < SILENT_MS) return [];
    return [{ says: text.unitSilent(unit, node.serial, duration(silence)), to: `/inbox/${node.order}` }];
  });
  return [...(isGone ? [{ says: text.unitGone(unit), to: null }] : []), ...silent];
}

const SUBJECTS = ['serial', 'card', 'cardKey', 'operator', 'root', 'unit', 'station', 'set'] as const;

/** Whom or what such an order is about, as its own words say: the first that they name. */
function subjectsOf(order: ReadOrder): readonly string[] {
  const listed = listOf(order, 'serials');
  if (listed.length > 0) return listed;
  const named = SUBJECTS.map((name) => textOf(order, name)).find((one) => one !== '');
  return named === undefined ? [] : [named];
}

async function endedBefore(asks: Asks, { order, serials }: Weighed): Promise<readonly Fact[]> {
  const answer = await asks(EndedBefore, { kind: order.kind });
  const subjects = serials.length > 0 ? serials : subjectsOf(order);
  const found = await Promise.all(
    (answer?.orders.edges ?? []).map(async ({ node }) => {
      const other = node.id === order.id ? null : await readOrder(node.bytes);
      if (other === null || !subjectsOf(other).some((one) => subjects.includes(one))) return [];
      const says = text.before(node.state, duration(nowMs() - Date.parse(node.lastAt)));
      return [{ says, to: `/inbox/${node.id}` }];
    }),
  );
  return found.flat().slice(0, 3);
}
