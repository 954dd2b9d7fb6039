/** Every reaction there is: event type → what follows, each one command to one stream. The table is the whole of it. */
import { certificateDecider, certificateStream } from '#libs/domain/certificate/certificate.ts';
import { chipCardDecider, chipCardStream } from '#libs/domain/chip-card/chip-card.ts';
import type { Deactivation } from '#libs/domain/chip-card/signing-key.ts';
import { orderDecider, orderStream } from '#libs/domain/order/order.ts';
import { securityModuleDecider, securityModuleStream } from '#libs/domain/security-module/security-module.ts';
import { trustListDecider, trustListStream } from '#libs/domain/trust-list/trust-list.ts';
import type { StoredEvent } from '#libs/kernel/event.ts';
import { type Cause, type Consequence, type Reaction, type Surroundings, consequence } from './reaction.ts';
import { afterAct } from './acts.ts';

interface Run {
  readonly order: string;
  readonly serial: string;
}

/** `personalization-<order>-<serial>`. */
function runOf(stream: string): Run {
  const at = 'personalization-'.length;
  return { order: stream.slice(at, at + 43), serial: stream.slice(at + 44) };
}

interface Issued {
  readonly card: string;
  readonly cardKey: string;
  readonly number: number;
  readonly entry: string;
  readonly fingerprint: string;
}

const afterIssue: readonly Reaction[] = [
  {
    name: 'spend-order',
    on: ['CertificateIssued'],
    reported: 'always',
    then: (event) => {
      const { order, serial } = runOf(event.stream);
      const command = { do: 'SpendOrder', serial, by: event.stream } as const;
      return [
        consequence({ event, reaction: 'spend-order' }, { stream: orderStream(order), decider: orderDecider, command }),
      ];
    },
  },
  {
    name: 'record-card-use',
    on: ['CertificateIssued'],
    reported: 'accepted',
    then: (event, around) => {
      const { card, number, entry } = event.data as Issued;
      const use = { ...runOf(event.stream), number, head: around.headOf(entry) };
      const command = { do: 'RecordUse', use } as const;
      return [
        consequence(
          { event, reaction: 'record-card-use' },
          { stream: chipCardStream(card), decider: chipCardDecider, command },
        ),
      ];
    },
  },
  {
    name: 'record-certificate',
    on: ['CertificateIssued'],
    reported: 'accepted',
    then: (event, around) => {
      const { card, cardKey, fingerprint } = event.data as Issued;
      const run = runOf(event.stream);
      const record = {
        ...run,
        fingerprint,
        card,
        cardKey,
        station: around.stationOf(run.order),
        personalization: event.stream,
      };
      const command = { do: 'RecordCertificate', record } as const;
      const to = { stream: certificateStream(fingerprint), decider: certificateDecider, command };
      return [consequence({ event, reaction: 'record-certificate' }, to)];
    },
  },
  {
    name: 'enter-operation',
    on: ['CertificateInstalled'],
    reported: 'accepted',
    then: (event, around) => {
      const { order, serial } = runOf(event.stream);
      const data = event.data as { fingerprint: string; statement: string; signature: string };
      const epoch = around.epochOf(event.stream) ?? 0;
      const fact = { type: 'ModuleEnteredOperation', data: { order, epoch, ...data } } as const;
      const command = { do: 'Report', fact, contest: null } as const;
      const to = { stream: securityModuleStream(serial), decider: securityModuleDecider, command };
      return [consequence({ event, reaction: 'enter-operation' }, to)];
    },
  },
  {
    name: 'release-module',
    on: ['PersonalizationFailed'],
    reported: 'accepted',
    then: (event) => {
      const { order, serial } = runOf(event.stream);
      const command = { do: 'ReleasePersonalization', order } as const;
      const to = { stream: securityModuleStream(serial), decider: securityModuleDecider, command };
      return [consequence({ event, reaction: 'release-module' }, to)];
    },
  },
];

function recordDivergences({ event, reaction }: Cause, card: string, around: Surroundings): readonly Consequence[] {
  const { found: divergences, healed } = around.divergencesOf(card);
  const command = { do: 'RecordDivergences', divergences, healed } as const;
  const to = { stream: chipCardStream(card), decider: chipCardDecider, command };
  return divergences.length === 0 ? [] : [consequence({ event, reaction }, to)];
}

/** What a card's own log shows: held against the record whenever something new of it comes in. */
const afterReading: readonly Reaction[] = [
  {
    name: 'reconcile-issue',
    on: ['CertificateIssued'],
    reported: 'always',
    then: (event, around) =>
      recordDivergences({ event, reaction: 'reconcile-issue' }, (event.data as Issued).card, around),
  },
  {
    name: 'reconcile-reading',
    on: ['CardLogRead'],
    reported: 'accepted',
    then: (event, around) =>
      recordDivergences({ event, reaction: 'reconcile-reading' }, event.stream.slice('card-'.length), around),
  },
];

const DISABLED = {
  SigningKeySuspended: 'suspended',
  SigningKeyDeactivated: 'deactivated',
  SigningKeyCompromised: 'compromised',
} as const;

const afterTrust: readonly Reaction[] = [
  {
    name: 'disable-signing-key',
    on: Object.keys(DISABLED),
    then: (event, around) => {
      const {
        cardKey,
        order,
        from = null,
      } = event.data as Pick<Deactivation, 'cardKey' | 'order'> & Partial<Deactivation>;
      const to = DISABLED[event.type as keyof typeof DISABLED];
      const moment = from === null ? {} : { from: { size: from.size, root: from.root } };
      const command = { do: 'DisableSigningKey', cardKey, to, order, ...moment } as const;
      return around
        .stationsTrusting(cardKey)
        .map((station) =>
          consequence(
            { event, reaction: 'disable-signing-key' },
            { stream: trustListStream(station), decider: trustListDecider, command },
          ),
        );
    },
  },
  {
    name: 'trust-again',
    on: ['SuspensionReviewed'],
    then: (event, around) => {
      const { cardKey, by: order } = event.data as { cardKey: string; by: string };
      const command = { do: 'TrustSigningKey', cardKey, order } as const;
      return around
        .stationsOrdered(order)
        .map((station) =>
          consequence(
            { event, reaction: 'trust-again' },
            { stream: trustListStream(station), decider: trustListDecider, command },
          ),
        );
    },
  },
  {
    name: 'publish-trust-list',
    on: ['SigningKeyTrusted', 'SigningKeyDisabled'],
    then: (event, around) =>
      published({ event, reaction: 'publish-trust-list' }, event.stream.slice('trust-list-'.length), around),
  },
];

/** The next version of a station's list; nothing where no such station is known. */
function published(cause: Parameters<typeof consequence>[0], station: string, around: Surroundings) {
  const list = around.nextList(station);
  if (list === null) return [];
  const command = { do: 'PublishTrustList', ...list } as const;
  return [consequence(cause, { stream: trustListStream(station), decider: trustListDecider, command })];
}

function operated({ stream, data }: StoredEvent, around: Surroundings) {
  return around.operatedWith(stream.slice('security-module-'.length), (data as { epoch: number }).epoch);
}

/** A key that a module erased opens no session any more: its station hears of the least epoch that is left. */
const afterReset: readonly Reaction[] = [
  {
    name: 'publish-least-epoch',
    on: ['ModuleReset'],
    then: (event, around) => {
      const { station = null } = operated(event, around) ?? {};
      return station === null ? [] : published({ event, reaction: 'publish-least-epoch' }, station, around);
    },
  },
  {
    name: 'revoke-certificate',
    on: ['ModuleReset'],
    then: (event, around) => {
      const certificate = operated(event, around);
      if (certificate === null) return [];
      const { order } = event.data as { order: string };
      const command = { do: 'RevokeCertificate', reason: 'reset', order } as const;
      const to = { stream: certificateStream(certificate.fingerprint), decider: certificateDecider, command };
      return [consequence({ event, reaction: 'revoke-certificate' }, to)];
    },
  },
];

export const REACTIONS: readonly Reaction[] = [afterIssue, afterReading, afterTrust, afterReset, afterAct].flat();
