/** Written by `npm run pages` from numbers.graphql. */
import { ask } from '../../api/ask.ts';

export interface NumbersOfAnswer {
  readonly numbers: {
    readonly personalizations: readonly {
      readonly day: string;
      readonly completed: number;
      readonly failed: number;
      readonly overdue: number;
    }[];
    readonly refusals: readonly { readonly day: string; readonly code: string; readonly count: number }[];
    readonly waiting: readonly {
      readonly day: string;
      readonly orders: number;
      readonly medianSeconds: number;
      readonly p90Seconds: number;
    }[];
    readonly enforcements: readonly {
      readonly station: string;
      readonly cardKey: string;
      readonly state: string;
      readonly order: string;
      readonly decidedAt: string;
      readonly milliseconds: number | null;
    }[];
  };
}

export type NumbersOfVariables = { readonly from: string; readonly to: string };

export const NumbersOf = ask<NumbersOfAnswer, NumbersOfVariables>(`query NumbersOf($from: String!, $to: String!) {
  numbers(from: $from, to: $to) {
    personalizations {
      day
      completed
      failed
      overdue
    }
    refusals {
      day
      code
      count
    }
    waiting {
      day
      orders
      medianSeconds
      p90Seconds
    }
    enforcements {
      station
      cardKey
      state
      order
      decidedAt
      milliseconds
    }
  }
}`);
