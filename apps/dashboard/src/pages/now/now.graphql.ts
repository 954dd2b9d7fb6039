/** Written by `npm run pages` from now.graphql. */
import { ask } from '../../api/ask.ts';

export interface Run {
  readonly stream: string;
  readonly state: string;
  readonly serial: string;
  readonly order: string;
  readonly unit: string | null;
  readonly card: string | null;
  readonly fingerprint: string | null;
  readonly code: string | null;
  readonly steps: readonly { readonly step: string; readonly at: string }[];
  readonly links: {
    readonly securityModule: {
      readonly assurance: string | null;
      readonly deliveredTo: string | null;
      readonly site: string | null;
    } | null;
  };
  readonly firstAt: string;
  readonly lastAt: string;
}

export interface NowAnswer {
  readonly personalizations: { readonly edges: readonly { readonly node: Run }[] };
  readonly trustLists: {
    readonly edges: readonly {
      readonly node: {
        readonly station: string;
        readonly version: number;
        readonly enforcedVersion: number | null;
        readonly enforcedAt: string | null;
        readonly publishedAt: string | null;
        readonly handed: { readonly version: number; readonly at: string; readonly notAfter: string } | null;
      };
    }[];
  };
}

export type NowVariables = Record<string, never>;

export const Now = ask<NowAnswer, NowVariables>(`query Now {
  personalizations(first: 6) {
    edges {
      node {
        ...Run
      }
    }
  }
  trustLists(first: 50) {
    edges {
      node {
        station
        version
        enforcedVersion
        enforcedAt
        publishedAt
        handed {
          version
          at
          notAfter
        }
      }
    }
  }
}

fragment Run on Personalization {
  stream
  state
  serial
  order
  unit
  card
  fingerprint
  code
  steps {
    step
    at
  }
  links {
    securityModule {
      assurance
      deliveredTo
      site
    }
  }
  firstAt
  lastAt
}`);

export interface RunningAnswer {
  readonly personalizations: {
    readonly edges: readonly { readonly node: { readonly serial: string; readonly lastAt: string } }[];
  };
}

export type RunningVariables = Record<string, never>;

export const Running = ask<RunningAnswer, RunningVariables>(`query Running {
  personalizations(first: 200, filter: {state: "running"}) {
    edges {
      node {
        serial
        lastAt
      }
    }
  }
}`);

export interface NewEventsAnswer {
  readonly latest: {
    readonly edges: readonly {
      readonly node: {
        readonly position: string;
        readonly index: number;
        readonly type: string;
        readonly recordedAt: string;
        readonly serial: string | null;
        readonly card: string | null;
        readonly station: string | null;
        readonly unit: string | null;
        readonly code: string | null;
        readonly alarm: boolean;
      };
    }[];
  };
  readonly alarms: {
    readonly edges: readonly {
      readonly node: {
        readonly position: string;
        readonly index: number;
        readonly type: string;
        readonly recordedAt: string;
        readonly serial: string | null;
        readonly card: string | null;
        readonly station: string | null;
        readonly unit: string | null;
        readonly code: string | null;
        readonly alarm: boolean;
      };
    }[];
  };
}

export type NewEventsVariables = Record<string, never>;

export const NewEvents = ask<NewEventsAnswer, NewEventsVariables>(`query NewEvents {
  latest: events(first: 11) {
    edges {
      node {
        position
        index
        type
        recordedAt
        serial
        card
        station
        unit
        code
        alarm
      }
    }
  }
  alarms: events(first: 6, filter: {alarm: true}) {
    edges {
      node {
        position
        index
        type
        recordedAt
        serial
        card
        station
        unit
        code
        alarm
      }
    }
  }
}`);

export interface AnythingAnswer {
  readonly eventAppended: string;
}

export type AnythingVariables = Record<string, never>;

export const Anything = ask<AnythingAnswer, AnythingVariables>(`subscription Anything {
  eventAppended
}`);

export interface ListsChangedAnswer {
  readonly trustListChanged: string;
}

export type ListsChangedVariables = Record<string, never>;

export const ListsChanged = ask<ListsChangedAnswer, ListsChangedVariables>(`subscription ListsChanged {
  trustListChanged
}`);
