/** Written by `npm run pages` from alarms.graphql. */
import { ask } from '../../api/ask.ts';

export interface OpenAlarmsAnswer {
  readonly alarms: readonly {
    readonly code: string;
    readonly sentence: string;
    readonly since: string | null;
    readonly due: string | null;
    readonly overdue: boolean;
    readonly roles: readonly string[];
    readonly todo: string;
    readonly position: string | null;
    readonly links: {
      readonly chipCard: { readonly card: string } | null;
      readonly order: { readonly id: string } | null;
      readonly station: { readonly station: string } | null;
    };
  }[];
}

export type OpenAlarmsVariables = Record<string, never>;

export const OpenAlarms = ask<OpenAlarmsAnswer, OpenAlarmsVariables>(`query OpenAlarms {
  alarms {
    code
    sentence
    since
    due
    overdue
    roles
    todo
    position
    links {
      chipCard {
        card
      }
      order {
        id
      }
      station {
        station
      }
    }
  }
}`);
