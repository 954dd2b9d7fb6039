/** Written by `npm run pages` from fleet.graphql. */
import { ask } from '../../api/ask.ts';

export interface FleetCountsAnswer {
  readonly fleet: readonly {
    readonly state: string;
    readonly site: string | null;
    readonly assurance: string | null;
    readonly count: number;
  }[];
}

export type FleetCountsVariables = Record<string, never>;

export const FleetCounts = ask<FleetCountsAnswer, FleetCountsVariables>(`query FleetCounts {
  fleet {
    state
    site
    assurance
    count
  }
}`);

export interface ModulesAnswer {
  readonly securityModules: {
    readonly edges: readonly {
      readonly node: {
        readonly serial: string;
        readonly state: string;
        readonly assurance: string | null;
        readonly site: string | null;
        readonly deliveredTo: string | null;
        readonly unit: string | null;
        readonly epoch: number;
        readonly failure: string | null;
        readonly moduleClass: string;
        readonly lastAt: string;
      };
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

export type ModulesVariables = {
  readonly after?: string | null | undefined;
  readonly filter?:
    | {
        readonly state?: string | null | undefined;
        readonly site?: string | null | undefined;
        readonly assurance?: string | null | undefined;
      }
    | null
    | undefined;
};

export const Modules = ask<
  ModulesAnswer,
  ModulesVariables
>(`query Modules($after: String, $filter: SecurityModuleFilter) {
  securityModules(first: 100, after: $after, filter: $filter) {
    edges {
      node {
        serial
        state
        assurance
        site
        deliveredTo
        unit
        epoch
        failure
        moduleClass
        lastAt
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}`);

export interface OneModuleAnswer {
  readonly securityModule: {
    readonly serial: string;
    readonly state: string;
    readonly moduleClass: string;
    readonly identity: string;
    readonly deliveredTo: string | null;
    readonly site: string | null;
    readonly order: string | null;
    readonly unit: string | null;
    readonly fingerprint: string | null;
    readonly epoch: number;
    readonly lastReset: string | null;
    readonly step: string | null;
    readonly failure: string | null;
    readonly assurance: string | null;
    readonly firstAt: string;
    readonly lastAt: string;
    readonly links: {
      readonly chipCard: { readonly card: string; readonly keyState: string } | null;
      readonly certificate: {
        readonly fingerprint: string;
        readonly state: string;
        readonly station: string | null;
        readonly card: string;
        readonly enforcement: string | null;
      } | null;
    };
  } | null;
  readonly personalizations: {
    readonly edges: readonly {
      readonly node: {
        readonly stream: string;
        readonly state: string;
        readonly order: string;
        readonly unit: string | null;
        readonly card: string | null;
        readonly code: string | null;
        readonly steps: readonly { readonly step: string; readonly at: string }[];
        readonly firstAt: string;
        readonly lastAt: string;
      };
    }[];
  };
  readonly sessions: {
    readonly edges: readonly {
      readonly node: {
        readonly session: string;
        readonly state: string;
        readonly station: string;
        readonly authorized: number;
        readonly refused: number;
        readonly reason: string | null;
        readonly firstAt: string;
        readonly lastAt: string;
      };
    }[];
  };
}

export type OneModuleVariables = { readonly serial: string };

export const OneModule = ask<OneModuleAnswer, OneModuleVariables>(`query OneModule($serial: String!) {
  securityModule(serial: $serial) {
    serial
    state
    moduleClass
    identity
    deliveredTo
    site
    order
    unit
    fingerprint
    epoch
    lastReset
    step
    failure
    assurance
    firstAt
    lastAt
    links {
      chipCard {
        card
        keyState
      }
      certificate {
        fingerprint
        state
        station
        card
        enforcement
      }
    }
  }
  personalizations(first: 5, filter: {serial: $serial}) {
    edges {
      node {
        stream
        state
        order
        unit
        card
        code
        steps {
          step
          at
        }
        firstAt
        lastAt
      }
    }
  }
  sessions(first: 5, filter: {serial: $serial}) {
    edges {
      node {
        session
        state
        station
        authorized
        refused
        reason
        firstAt
        lastAt
      }
    }
  }
}`);

export interface ModuleLifeAnswer {
  readonly securityModule: {
    readonly events: {
      readonly edges: readonly {
        readonly node: {
          readonly position: string;
          readonly index: number;
          readonly type: string;
          readonly actor: string;
          readonly occurredAt: string;
          readonly recordedAt: string;
          readonly serial: string | null;
          readonly order: string | null;
          readonly code: string | null;
          readonly alarm: boolean;
          readonly data: string;
        };
      }[];
      readonly pageInfo: { readonly hasNextPage: boolean };
    } | null;
  } | null;
}

export type ModuleLifeVariables = { readonly serial: string };

export const ModuleLife = ask<ModuleLifeAnswer, ModuleLifeVariables>(`query ModuleLife($serial: String!) {
  securityModule(serial: $serial) {
    events(first: 60) {
      edges {
        node {
          position
          index
          type
          actor
          occurredAt
          recordedAt
          serial
          order
          code
          alarm
          data
        }
      }
      pageInfo {
        hasNextPage
      }
    }
  }
}`);
