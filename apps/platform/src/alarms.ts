/** What somebody must look at, as it stands now: open until what is wrong is settled. */
import { tellDivergence } from '#libs/domain/chip-card/card-log.ts';
import { type Seconds, rfc3339Of } from '#libs/kernel/clock.ts';
import type { Finding } from '#libs/proof/finding.ts';
import type { Role } from './caller.ts';
import type { Board } from './board.ts';
import type { OwedReview } from './reviews-memory.ts';
import type { HandedList } from './handed-lists.ts';

export interface OpenAlarm {
  readonly code: string;
  readonly sentence: string;
  readonly since: string | null;
  readonly due: string | null;
  readonly overdue: boolean;
  readonly roles: readonly Role[];
  readonly todo: string;
  readonly position: string | null;
  readonly links: { readonly card?: string; readonly order?: string; readonly station?: string };
}

export interface Watched {
  readonly board: Pick<Board, 'facts' | 'finding' | 'cardLogOf'>;
  readonly now: Seconds;
  /** Why nothing is decided; null while it is. */
  readonly standstill: { readonly message: string } | null;
  readonly witnesses: readonly { readonly name: string; readonly problem: string | null }[];
  /** Seconds for which the first unsealed event has stood there. */
  readonly unsealedFor: number;
  readonly lists: readonly WatchedList[];
}

export interface WatchedList {
  readonly station: string;
  readonly version: number;
  /** RFC 3339; null before the first. */
  readonly publishedAt: string | null;
  readonly enforcedVersion: number | null;
  readonly handed: HandedList | null;
}

/** A list that its station has not taken up by then is behind, seconds. */
const TAKEN_UP_WITHIN = 60;
const SEALED_WITHIN = 10;

const KEEPERS = ['administrator'] as const;
const OFFICERS = ['requester', 'approver'] as const;

/** The most urgent first: the record itself, what is overdue, the others; the oldest of each first. */
export function openAlarms(it: Watched): readonly OpenAlarm[] {
  const whole = [...ofRecord(it), ...ofWitnesses(it)];
  const rest = [...ofCards(it), ...ofOrders(it), ...ofLists(it)];
  return [...whole, ...rest.sort((a, b) => Number(b.overdue) - Number(a.overdue) || compared(a.since, b.since))];
}

function compared(a: string | null, b: string | null): number {
  return (a ?? '') < (b ?? '') ? -1 : 1;
}

const TIMELESS = { since: null, due: null, overdue: false, position: null, links: {} } as const;

function ofRecord({ board: { finding }, standstill, unsealedFor }: Watched): readonly OpenAlarm[] {
  const roles = ['auditor', 'administrator'] as const;
  return [
    ...(finding === null ? [] : [{ ...TIMELESS, ...doubt(finding), roles }]),
    ...(standstill === null
      ? []
      : [
          {
            ...{ ...TIMELESS, code: 'STANDSTILL', roles },
            sentence: standstill.message,
            todo: 'Put back the newest copy of the record; until then nothing is decided.',
          },
        ]),
    ...(unsealedFor <= SEALED_WITHIN
      ? []
      : [
          {
            ...{ ...TIMELESS, code: 'SEAL_BEHIND', roles: KEEPERS },
            sentence: `The oldest unsealed event has stood there for ${Math.round(unsealedFor)} s.`,
            todo: 'Look at /health/ready and the lines of the platform.',
          },
        ]),
  ];
}

function doubt({ code, why, position }: Finding) {
  return {
    ...{ code: 'RECORD_DOES_NOT_HOLD', position },
    sentence: `At this position the record does not hold: ${code}: ${why}`,
    todo: 'Run keyledger verify on a copy, and rely on nothing behind this position.',
  };
}

function ofWitnesses({ witnesses }: Watched): readonly OpenAlarm[] {
  return witnesses
    .filter(({ problem }) => problem !== null)
    .map(({ name, problem }) => ({
      ...{ ...TIMELESS, code: 'WITNESS_SILENT', roles: KEEPERS },
      sentence: `Witness ${name} did not cosign when it was asked last: ${String(problem)}. If it is lost, two officers let another in.`,
      todo: 'Reach whoever runs it. While too few cosign, no key is newly trusted.',
    }));
}

function ofCards({ board, now }: Watched): readonly OpenAlarm[] {
  return [...board.facts.cards.values()].flatMap(({ card, owed }) =>
    owed.map((one) => ({
      ...(one.alarm === null ? suspension(card) : divergence(board, card, one.alarm)),
      since: rfc3339Of(one.since),
      due: rfc3339Of(one.due),
      overdue: one.isOverdue || now > one.due,
      roles: OFFICERS,
      position: one.position,
      links: one.alarm === null ? { card, order: one.of } : { card },
    })),
  );
}

function suspension(card: string) {
  return {
    code: 'SUSPENSION_UNDECIDED',
    sentence: `The signing key of card ${card} is suspended, and nobody has decided what becomes of it.`,
    todo: 'Ask for an order to trust it again, or to disable it.',
  };
}

function divergence(board: Watched['board'], card: string, { kind, number, head }: NonNullable<OwedReview['alarm']>) {
  const found = board.cardLogOf(card).found.find((one) => one.kind === kind && one.head === head);
  const none = { number, kind, head, serial: null, order: null, fingerprint: null, tbs: null };
  return {
    code: `CARD_LOG_${kind.toUpperCase().replaceAll('-', '_')}`,
    sentence: `The own log of card ${card} and the record disagree. ${tellDivergence(found ?? none)}`,
    todo: 'Find out why, then ask for an order that says what you found; suspend the key meanwhile if you doubt it.',
  };
}

function ofOrders({ board }: Watched): readonly OpenAlarm[] {
  return [...board.facts.orders.values()].flatMap(({ id, state }) => {
    const spent = new Set(state.spent.map(({ serial }) => serial));
    const owed = state.overdue.filter((serial) => !spent.has(serial));
    if (owed.length === 0) return [];
    const due = rfc3339Of(state.order.reportBy);
    const [first, ...others] = owed;
    return [
      {
        ...{ code: 'REPORT_OVERDUE', since: due, due, overdue: true, position: null, links: { order: id } },
        sentence: `Nothing was reported of ${first}${others.length === 0 ? '' : ` and ${others.length} more`} in time.`,
        roles: ['technician', 'administrator'] as const,
        todo: 'Bring the unit back to the net, and let it report what it did; a report that comes late still counts.',
      },
    ];
  });
}

function ofLists({ lists, now }: Watched): readonly OpenAlarm[] {
  return lists.flatMap(({ station, version, publishedAt, enforcedVersion, handed }) => {
    const shared = { ...TIMELESS, overdue: true, roles: KEEPERS, links: { station } };
    const since = publishedAt === null ? null : Date.parse(publishedAt) / 1000;
    const isBehind = enforcedVersion !== version && since !== null && now > since + TAKEN_UP_WITHIN;
    const hasRunOut = handed !== null && now > handed.notAfter;
    return [
      ...(isBehind
        ? [
            {
              ...{ ...shared, code: 'STATION_BEHIND', since: publishedAt },
              sentence: `Station ${station} has not taken up version ${version} of its trust list.`,
              todo: 'See that the station reaches the platform. What was taken away is still let in there.',
            },
          ]
        : []),
      ...(hasRunOut
        ? [
            {
              ...{ ...shared, code: 'TRUST_LIST_RAN_OUT', since: rfc3339Of(handed.notAfter) },
              sentence: `The newest trust list that station ${station} fetched has run out: it lets no module in.`,
              todo: 'See that the station reaches the platform.',
            },
          ]
        : []),
    ];
  });
}
