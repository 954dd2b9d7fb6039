/** Written by `npm run pages` from card-log.graphql. */
import { ask } from '../../api/ask.ts';

export interface CardLinesAnswer {
  readonly chipCard: {
    readonly log: {
      readonly lines: readonly {
        readonly number: number;
        readonly head: string;
        readonly recordedHead: string | null;
        readonly serial: string | null;
        readonly certificate: string | null;
        readonly seenAt: string | null;
        readonly position: string | null;
        readonly index: number | null;
        readonly verdict: string;
      }[];
      readonly older: number | null;
    };
  } | null;
}

export type CardLinesVariables = { readonly card: string; readonly before?: number | null | undefined };

export const CardLines = ask<CardLinesAnswer, CardLinesVariables>(`query CardLines($card: String!, $before: Int) {
  chipCard(card: $card) {
    log(first: 100, before: $before) {
      lines {
        number
        head
        recordedHead
        serial
        certificate
        seenAt
        position
        index
        verdict
      }
      older
    }
  }
}`);

export interface CardDaysAnswer {
  readonly chipCard: {
    readonly activity: readonly { readonly day: string; readonly signed: number; readonly refused: number }[];
  } | null;
}

export type CardDaysVariables = { readonly card: string };

export const CardDays = ask<CardDaysAnswer, CardDaysVariables>(`query CardDays($card: String!) {
  chipCard(card: $card) {
    activity(days: 30) {
      day
      signed
      refused
    }
  }
}`);

export interface CardLeasesAnswer {
  readonly chipCard: {
    readonly fieldLeases: readonly {
      readonly time: string;
      readonly entries: number;
      readonly after: number;
      readonly used: number;
      readonly left: number;
      readonly isLast: boolean;
      readonly until: string | null;
      readonly withdrawn: readonly string[];
      readonly position: string;
    }[];
  } | null;
}

export type CardLeasesVariables = { readonly card: string };

export const CardLeases = ask<CardLeasesAnswer, CardLeasesVariables>(`query CardLeases($card: String!) {
  chipCard(card: $card) {
    fieldLeases {
      time
      entries
      after
      used
      left
      isLast
      until
      withdrawn
      position
    }
  }
}`);
