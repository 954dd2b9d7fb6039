/** Written by `npm run pages` from acts.graphql. */
import { ask } from '../../api/ask.ts';

export interface KeyHolderAnswer {
  readonly keys: { readonly edges: readonly { readonly node: { readonly holder: string; readonly state: string } }[] };
}

export type KeyHolderVariables = { readonly name: string };

export const KeyHolder = ask<KeyHolderAnswer, KeyHolderVariables>(`query KeyHolder($name: String!) {
  keys(first: 1, filter: {kind: "signing-key", name: $name}) {
    edges {
      node {
        holder
        state
      }
    }
  }
}`);

export interface WeighCardAnswer {
  readonly chipCard: {
    readonly card: string;
    readonly keyState: string;
    readonly retired: boolean;
    readonly overdue: boolean;
    readonly divergences: readonly { readonly healed: boolean; readonly review: { readonly reason: string } | null }[];
  } | null;
}

export type WeighCardVariables = { readonly card: string };

export const WeighCard = ask<WeighCardAnswer, WeighCardVariables>(`query WeighCard($card: String!) {
  chipCard(card: $card) {
    card
    keyState
    retired
    overdue
    divergences {
      healed
      review {
        reason
      }
    }
  }
}`);

export interface WeighModuleAnswer {
  readonly securityModule: {
    readonly serial: string;
    readonly state: string;
    readonly order: string | null;
    readonly unit: string | null;
    readonly failure: string | null;
  } | null;
}

export type WeighModuleVariables = { readonly serial: string };

export const WeighModule = ask<WeighModuleAnswer, WeighModuleVariables>(`query WeighModule($serial: String!) {
  securityModule(serial: $serial) {
    serial
    state
    order
    unit
    failure
  }
}`);

export interface WeighUnitAnswer {
  readonly unit: { readonly unit: string; readonly state: string } | null;
  readonly personalizations: {
    readonly edges: readonly {
      readonly node: { readonly serial: string; readonly order: string; readonly lastAt: string };
    }[];
  };
}

export type WeighUnitVariables = { readonly unit: string };

export const WeighUnit = ask<WeighUnitAnswer, WeighUnitVariables>(`query WeighUnit($unit: String!) {
  unit(unit: $unit) {
    unit
    state
  }
  personalizations(first: 5, filter: {unit: $unit, state: "running"}) {
    edges {
      node {
        serial
        order
        lastAt
      }
    }
  }
}`);

export interface EndedBeforeAnswer {
  readonly orders: {
    readonly edges: readonly {
      readonly node: { readonly id: string; readonly bytes: string; readonly state: string; readonly lastAt: string };
    }[];
  };
}

export type EndedBeforeVariables = { readonly kind: string };

export const EndedBefore = ask<EndedBeforeAnswer, EndedBeforeVariables>(`query EndedBefore($kind: String!) {
  orders(first: 100, filter: {kind: $kind, states: ["declined", "withdrawn"]}) {
    edges {
      node {
        id
        bytes
        state
        lastAt
      }
    }
  }
}`);

export interface WeighPersonAnswer {
  readonly keys: { readonly edges: readonly { readonly node: { readonly state: string } }[] };
}

export type WeighPersonVariables = { readonly holder: string };

export const WeighPerson = ask<WeighPersonAnswer, WeighPersonVariables>(`query WeighPerson($holder: String!) {
  keys(first: 20, filter: {kind: "sign-in-credential", holder: $holder}) {
    edges {
      node {
        state
      }
    }
  }
}`);
