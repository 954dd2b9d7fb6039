/** Written by `npm run pages` from audit.graphql. */
import { ask } from '../../api/ask.ts';

export interface EventRow {
  readonly id: string;
  readonly position: string;
  readonly index: number;
  readonly eventId: string;
  readonly stream: string;
  readonly revision: number;
  readonly room: string;
  readonly type: string;
  readonly actor: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly serial: string | null;
  readonly order: string | null;
  readonly card: string | null;
  readonly certificate: string | null;
  readonly station: string | null;
  readonly unit: string | null;
  readonly code: string | null;
  readonly contested: boolean;
  readonly alarm: boolean;
}

export interface EventsAnswer {
  readonly events: {
    readonly edges: readonly { readonly cursor: string; readonly node: EventRow }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

export type EventsVariables = {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  readonly filter?:
    | {
        readonly types?: readonly string[] | null | undefined;
        readonly stream?: string | null | undefined;
        readonly streamPrefix?: string | null | undefined;
        readonly actor?: string | null | undefined;
        readonly serial?: string | null | undefined;
        readonly order?: string | null | undefined;
        readonly room?: string | null | undefined;
        readonly card?: string | null | undefined;
        readonly certificate?: string | null | undefined;
        readonly station?: string | null | undefined;
        readonly unit?: string | null | undefined;
        readonly code?: string | null | undefined;
        readonly text?: string | null | undefined;
        readonly alarm?: boolean | null | undefined;
        readonly recordedFrom?: string | null | undefined;
        readonly recordedTo?: string | null | undefined;
        readonly occurredFrom?: string | null | undefined;
        readonly occurredTo?: string | null | undefined;
        readonly contested?: boolean | null | undefined;
      }
    | null
    | undefined;
};

export const Events = ask<
  EventsAnswer,
  EventsVariables
>(`query Events($first: Int, $after: String, $last: Int, $before: String, $filter: EventFilter) {
  events(
    first: $first
    after: $after
    last: $last
    before: $before
    filter: $filter
  ) {
    edges {
      cursor
      node {
        ...EventRow
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}

fragment EventRow on Event {
  id
  position
  index
  eventId
  stream
  revision
  room
  type
  actor
  occurredAt
  recordedAt
  serial
  order
  card
  certificate
  station
  unit
  code
  contested
  alarm
}`);

export interface EventAppendedAnswer {
  readonly eventAppended: string;
}

export type EventAppendedVariables = {
  readonly filter?:
    | {
        readonly types?: readonly string[] | null | undefined;
        readonly stream?: string | null | undefined;
        readonly streamPrefix?: string | null | undefined;
        readonly actor?: string | null | undefined;
        readonly serial?: string | null | undefined;
        readonly order?: string | null | undefined;
        readonly room?: string | null | undefined;
        readonly card?: string | null | undefined;
        readonly certificate?: string | null | undefined;
        readonly station?: string | null | undefined;
        readonly unit?: string | null | undefined;
        readonly code?: string | null | undefined;
        readonly text?: string | null | undefined;
        readonly alarm?: boolean | null | undefined;
        readonly recordedFrom?: string | null | undefined;
        readonly recordedTo?: string | null | undefined;
        readonly occurredFrom?: string | null | undefined;
        readonly occurredTo?: string | null | undefined;
        readonly contested?: boolean | null | undefined;
      }
    | null
    | undefined;
};

export const EventAppended = ask<
  EventAppendedAnswer,
  EventAppendedVariables
>(`subscription EventAppended($filter: EventFilter) {
  eventAppended(filter: $filter)
}`);

export interface OneEventAnswer {
  readonly event:
    | ({
        readonly schemaVersion: number;
        readonly command: string;
        readonly data: string;
        readonly proof: {
          readonly salt: string;
          readonly canonical: string;
          readonly index: number;
          readonly path: readonly string[];
          readonly checkpoint: string;
        } | null;
      } & EventRow)
    | null;
}

export type OneEventVariables = { readonly position: string };

export const OneEvent = ask<OneEventAnswer, OneEventVariables>(`query OneEvent($position: String!) {
  event(position: $position) {
    ...EventRow
    schemaVersion
    command
    data
    proof {
      salt
      canonical
      index
      path
      checkpoint
    }
  }
}

fragment EventRow on Event {
  id
  position
  index
  eventId
  stream
  revision
  room
  type
  actor
  occurredAt
  recordedAt
  serial
  order
  card
  certificate
  station
  unit
  code
  contested
  alarm
}`);

export interface EventCountsAnswer {
  readonly eventCounts: readonly { readonly at: string; readonly events: number; readonly alarms: number }[];
}

export type EventCountsVariables = { readonly from: string; readonly to: string };

export const EventCounts = ask<
  EventCountsAnswer,
  EventCountsVariables
>(`query EventCounts($from: String!, $to: String!) {
  eventCounts(from: $from, to: $to) {
    at
    events
    alarms
  }
}`);
