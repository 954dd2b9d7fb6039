/** Every fact that devices report: who may, its closed template, and the room that remembers it. */
import { chipCardDecider } from '#libs/domain/chip-card/chip-card.ts';
import { personalizationDecider } from '#libs/domain/personalization/personalization.ts';
import { sessionDecider } from '#libs/domain/session/session.ts';
import { trustListDecider } from '#libs/domain/trust-list/trust-list.ts';
import { unitDecider } from '#libs/domain/unit/unit.ts';
import type { Json } from '#libs/kernel/canonical-json.ts';
import type { Decider, Fact } from '#libs/kernel/decider.ts';
import type { Refusal } from '#libs/kernel/refusal.ts';
import { type Template, closed, hash, integer, name, oneOf, text } from '#libs/kernel/template.ts';
import { fieldLeaseShape, readingShape } from '#libs/proof/card-log-shapes.ts';
import type { Facts } from '../board-facts.ts';

interface ReportCase {
  readonly facts: Facts;
  readonly by: string;
  readonly stream: string;
}

export interface Reportable {
  readonly template: Template<object>;
  readonly mayReport: (it: ReportCase) => boolean;
  /** Runs the room's decider with its report command. */
  readonly give: <Answer>(
    to: ReportTaker<Answer>,
    it: { type: string; data: object; contest: Refusal | null },
  ) => Answer;
}

export type ReportTaker<Answer> = <State, Command, Event extends Fact>(
  decider: Decider<State, Command, Event>,
  command: Command,
) => Answer;

const octets = (max: number): Template<string> => text(max, /^[A-Za-z0-9_-]+$/);
const word = text(48, /^[A-Z][A-Z0-9_]+$/);
const reason = text(32, /^[a-z-]+$/);
const nullableName = (value: Json | undefined, path: string): string | null | Refusal =>
  value === 'none' ? null : name(value, path);

/** A room whose reports these are; the template makes the fact's type true. */
type AnyRoom = Decider<never, { readonly do: 'Report'; readonly fact: never; readonly contest: Refusal | null }, never>;

function room(decider: unknown): Reportable['give'] {
  return (to, { type, data, contest }) => {
    const known = decider as AnyRoom;
    return to(known, { do: 'Report', fact: { type, data } as never, contest });
  };
}

function row(it: Omit<Reportable, 'give'> & { room: unknown }): Reportable {
  return { template: it.template, mayReport: it.mayReport, give: room(it.room) };
}

/** `unit:U-7` writes to `unit-U-7`, a station to its own trust list and sessions. */
const own =
  (role: string, prefix: string) =>
  ({ by, stream }: ReportCase): boolean =>
    by.startsWith(`${role}:`) && stream === `${prefix}${by.slice(role.length + 1)}`;

const ownSession = ({ by, stream }: ReportCase): boolean =>
  by.startsWith('station:') && stream.startsWith(`session-${by.slice('station:'.length)}.`);

/** The order in the stream's name gives this unit this serial. */
const ownRun = ({ facts, by, stream }: ReportCase): boolean => {
  const match = /^personalization-([A-Za-z0-9_-]{43})-(.+)$/.exec(stream);
  const state = facts.orders.get(match?.[1] ?? '')?.state;
  if (state?.order.kind !== 'personalize') return false;
  return by === `unit:${state.order.unit}` && state.serials.includes(match?.[2] ?? '');
};

/** Whoever has a card on record in his reader may say what its log says; the card's own signature stands in it. */
const anyCard = ({ facts, by, stream }: ReportCase): boolean =>
  by.startsWith('unit:') && facts.cards.has(stream.replace(/^card-/, '')) && stream.startsWith('card-');

const leasedCard = ({ facts, by, stream }: ReportCase): boolean =>
  by.startsWith('headquarters:') && stream.startsWith('card-') && facts.cards.has(stream.replace(/^card-/, ''));

const ofUnit = { mayReport: own('unit', 'unit-'), room: unitDecider };
const ofRun = { mayReport: ownRun, room: personalizationDecider };
const ofSession = { mayReport: ownSession, room: sessionDecider };

export const REPORTABLE: Readonly<Record<string, Reportable>> = {
  LineAttached: row({ ...ofUnit, template: closed({ link: name, order: hash, serial: name, technician: name }) }),
  LineDetached: row({ ...ofUnit, template: closed({ order: hash, serial: name }) }),
  PersonalizationStarted: row({
    ...ofRun,
    template: closed({ order: hash, serial: name, technician: name, unit: name }),
  }),
  ModuleIdentified: row({ ...ofRun, template: closed({ exporter: hash, identity: hash, unitTime: integer(0) }) }),
  ModuleKeyReceived: row({
    ...ofRun,
    template: closed({
      attestation: octets(2000),
      attestationSignature: octets(86),
      birth: oneOf('personalization', 'manufacture'),
      epoch: integer(0),
      salt: hash,
      spki: octets(200),
    }),
  }),
  CertificateIssued: row({
    ...ofRun,
    template: closed({ card: name, cardKey: hash, entry: octets(2000), fingerprint: hash, number: integer(1) }),
  }),
  CertificateInstalled: row({
    ...ofRun,
    template: closed({ fingerprint: hash, signature: octets(86), statement: octets(400) }),
  }),
  PersonalizationCompleted: row({
    ...ofRun,
    template: closed({ lineCleared: (value) => (value === true ? true : badTrue()) }),
  }),
  PersonalizationFailed: row({ ...ofRun, template: closed({ code: word, message: text(300) }) }),
  CardLogRead: row({ mayReport: anyCard, room: chipCardDecider, template: readingShape }),
  FieldLeaseGiven: row({ mayReport: leasedCard, room: chipCardDecider, template: fieldLeaseShape }),
  TrustListEnforced: row({
    mayReport: own('station', 'trust-list-'),
    room: trustListDecider,
    template: closed({ hash, version: integer(1) }),
  }),
  SessionEstablished: row({
    ...ofSession,
    template: closed({ exporter: hash, fingerprint: hash, serial: name, station: name }),
  }),
  SessionRefused: row({ ...ofSession, template: closed({ code: word, serial: nullableName, station: name }) }),
  TransactionAuthorized: row({
    ...ofSession,
    template: closed({
      account: hash,
      amount: integer(1),
      authorization: octets(2000),
      authorizationSignature: octets(86),
      counter: integer(1),
      currency: text(3, /^[A-Z]{3}$/),
      instruction: octets(2000),
      instructionSignature: octets(86),
    }),
  }),
  TransactionRefused: row({ ...ofSession, template: closed({ code: word, counter: integer(1) }) }),
  SessionClosed: row({ ...ofSession, template: closed({ reason }) }),
};

function badTrue(): Refusal {
  return { is: 'refusal', code: 'BAD_SHAPE', message: 'lineCleared must be true.' };
}
