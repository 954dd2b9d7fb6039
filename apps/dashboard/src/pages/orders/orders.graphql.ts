/** Written by `npm run pages` from orders.graphql. */
import { ask } from '../../api/ask.ts';

export interface ChoicesAnswer {
  readonly seal: { readonly witnesses: readonly { readonly name: string }[] };
  readonly chipCards: {
    readonly edges: readonly {
      readonly node: {
        readonly card: string;
        readonly cardKey: string | null;
        readonly keyState: string;
        readonly retired: boolean;
      };
    }[];
  };
  readonly units: { readonly edges: readonly { readonly node: { readonly unit: string } }[] };
  readonly stations: { readonly edges: readonly { readonly node: { readonly station: string } }[] };
  readonly delivered: {
    readonly edges: readonly { readonly node: { readonly serial: string; readonly moduleClass: string } }[];
  };
  readonly operating: {
    readonly edges: readonly { readonly node: { readonly serial: string; readonly moduleClass: string } }[];
  };
  readonly manufacturerKeys: readonly {
    readonly root: string;
    readonly manufacturer: string | null;
    readonly withdrawn: boolean;
  }[];
}

export type ChoicesVariables = Record<string, never>;

export const Choices = ask<ChoicesAnswer, ChoicesVariables>(`query Choices {
  seal {
    witnesses {
      name
    }
  }
  chipCards(first: 200) {
    edges {
      node {
        card
        cardKey
        keyState
        retired
      }
    }
  }
  units(first: 200, filter: {state: "enrolled"}) {
    edges {
      node {
        unit
      }
    }
  }
  stations(first: 200) {
    edges {
      node {
        station
      }
    }
  }
  delivered: securityModules(first: 200, filter: {state: "delivered"}) {
    edges {
      node {
        serial
        moduleClass
      }
    }
  }
  operating: securityModules(first: 200, filter: {state: "operating"}) {
    edges {
      node {
        serial
        moduleClass
      }
    }
  }
  manufacturerKeys {
    root
    manufacturer
    withdrawn
  }
}`);

export interface CardOfOrderAnswer {
  readonly chipCard: {
    readonly card: string;
    readonly cardKey: string | null;
    readonly divergences: readonly {
      readonly number: number;
      readonly kind: string;
      readonly head: string;
      readonly healed: boolean;
      readonly sentence: string;
      readonly review: { readonly reason: string } | null;
    }[];
  } | null;
  readonly cardBirth: { readonly birth: string } | null;
}

export type CardOfOrderVariables = { readonly card: string };

export const CardOfOrder = ask<CardOfOrderAnswer, CardOfOrderVariables>(`query CardOfOrder($card: String!) {
  chipCard(card: $card) {
    card
    cardKey
    divergences {
      number
      kind
      head
      healed
      sentence
      review {
        reason
      }
    }
  }
  cardBirth(card: $card) {
    birth
  }
}`);

export interface StationOfOrderAnswer {
  readonly station: { readonly stationKey: string; readonly nextKey: string } | null;
}

export type StationOfOrderVariables = { readonly station: string };

export const StationOfOrder = ask<
  StationOfOrderAnswer,
  StationOfOrderVariables
>(`query StationOfOrder($station: String!) {
  station(station: $station) {
    stationKey
    nextKey
  }
}`);

export interface ModuleOfOrderAnswer {
  readonly securityModule: { readonly moduleClass: string; readonly epoch: number } | null;
}

export type ModuleOfOrderVariables = { readonly serial: string };

export const ModuleOfOrder = ask<ModuleOfOrderAnswer, ModuleOfOrderVariables>(`query ModuleOfOrder($serial: String!) {
  securityModule(serial: $serial) {
    moduleClass
    epoch
  }
}`);

export interface RadiusOfOrderAnswer {
  readonly blastRadius: {
    readonly modules: number;
    readonly certificates: number;
    readonly persons: number;
    readonly stations: readonly string[];
    readonly checkpoint: { readonly size: number; readonly root: string } | null;
  } | null;
}

export type RadiusOfOrderVariables = { readonly signingKey: string; readonly size?: number | null | undefined };

export const RadiusOfOrder = ask<
  RadiusOfOrderAnswer,
  RadiusOfOrderVariables
>(`query RadiusOfOrder($signingKey: String!, $size: Int) {
  blastRadius(signingKey: $signingKey, size: $size) {
    modules
    certificates
    persons
    stations
    checkpoint {
      size
      root
    }
  }
}`);

export interface RequestOrderAnswer {
  readonly outcome:
    | { readonly __typename: 'Receipt'; readonly position: string | null }
    | { readonly __typename: 'Refusal'; readonly code: string; readonly message: string };
}

export type RequestOrderVariables = {
  readonly id: string;
  readonly bytes: string;
  readonly serials?: readonly string[] | null | undefined;
  readonly proof: { readonly protected: string; readonly signature: string };
};

export const RequestOrder = ask<
  RequestOrderAnswer,
  RequestOrderVariables
>(`mutation RequestOrder($id: ID!, $bytes: String!, $serials: [String!], $proof: ProofInput!) {
  outcome: requestOrder(id: $id, bytes: $bytes, serials: $serials, proof: $proof) {
    __typename
    ... on Receipt {
      position
    }
    ... on Refusal {
      code
      message
    }
  }
}`);

export interface StateOfOrderAnswer {
  readonly order: { readonly state: string } | null;
}

export type StateOfOrderVariables = { readonly id: string; readonly after?: string | null | undefined };

export const StateOfOrder = ask<
  StateOfOrderAnswer,
  StateOfOrderVariables
>(`query StateOfOrder($id: ID!, $after: String) {
  order(id: $id, after: $after) {
    state
  }
}`);
