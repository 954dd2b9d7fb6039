/** Written by `npm run pages` from inbox.graphql. */
import { ask } from '../../api/ask.ts';

export interface WaitingOrder {
  readonly id: string;
  readonly bytes: string;
  readonly state: string;
  readonly persons: number;
  readonly classA: number;
  readonly approvers: readonly { readonly person: string; readonly class: string; readonly at: string }[];
  readonly firstAt: string;
}

export interface InboxAnswer {
  readonly orders: {
    readonly edges: readonly { readonly node: WaitingOrder }[];
    readonly pageInfo: { readonly hasNextPage: boolean };
  };
}

export type InboxVariables = Record<string, never>;

export const Inbox = ask<InboxAnswer, InboxVariables>(`query Inbox {
  orders(first: 100, filter: {state: "requested"}) {
    edges {
      node {
        ...WaitingOrder
      }
    }
    pageInfo {
      hasNextPage
    }
  }
}

fragment WaitingOrder on Order {
  id
  bytes
  state
  persons
  classA
  approvers {
    person
    class
    at
  }
  firstAt
}`);

export interface OneOrderAnswer {
  readonly order:
    | ({
        readonly serials: readonly string[];
        readonly approvals: readonly { readonly protected: string; readonly signature: string }[];
        readonly taken: readonly { readonly serial: string; readonly unit: string }[];
        readonly spent: readonly { readonly serial: string | null; readonly by: string }[];
        readonly overdue: readonly string[];
        readonly position: string;
        readonly ending: { readonly how: string; readonly person: string; readonly at: string } | null;
      } & WaitingOrder)
    | null;
}

export type OneOrderVariables = { readonly id: string };

export const OneOrder = ask<OneOrderAnswer, OneOrderVariables>(`query OneOrder($id: ID!) {
  order(id: $id) {
    ...WaitingOrder
    serials
    approvals {
      protected
      signature
    }
    taken {
      serial
      unit
    }
    spent {
      serial
      by
    }
    overdue
    position
    ending {
      how
      person
      at
    }
  }
}

fragment WaitingOrder on Order {
  id
  bytes
  state
  persons
  classA
  approvers {
    person
    class
    at
  }
  firstAt
}`);

export interface SetsAnswer {
  readonly approverSets: {
    readonly adopted: readonly {
      readonly document: string;
      readonly bytes: string;
      readonly approvals: readonly { readonly protected: string; readonly signature: string }[];
    }[];
  };
}

export type SetsVariables = Record<string, never>;

export const Sets = ask<SetsAnswer, SetsVariables>(`query Sets {
  approverSets {
    adopted {
      document
      bytes
      approvals {
        protected
        signature
      }
    }
  }
}`);

export interface OrderChangedAnswer {
  readonly orderChanged: string;
}

export type OrderChangedVariables = Record<string, never>;

export const OrderChanged = ask<OrderChangedAnswer, OrderChangedVariables>(`subscription OrderChanged {
  orderChanged
}`);

export interface ApproveOrderAnswer {
  readonly outcome:
    | { readonly __typename: 'Receipt'; readonly position: string | null }
    | { readonly __typename: 'Refusal'; readonly code: string; readonly message: string };
}

export type ApproveOrderVariables = {
  readonly id: string;
  readonly order: string;
  readonly proof: { readonly protected: string; readonly signature: string };
};

export const ApproveOrder = ask<
  ApproveOrderAnswer,
  ApproveOrderVariables
>(`mutation ApproveOrder($id: ID!, $order: ID!, $proof: ProofInput!) {
  outcome: approveOrder(id: $id, order: $order, proof: $proof) {
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

export interface DeclineOrderAnswer {
  readonly outcome:
    | { readonly __typename: 'Receipt'; readonly position: string | null }
    | { readonly __typename: 'Refusal'; readonly code: string; readonly message: string };
}

export type DeclineOrderVariables = {
  readonly id: string;
  readonly order: string;
  readonly proof: { readonly protected: string; readonly signature: string };
};

export const DeclineOrder = ask<
  DeclineOrderAnswer,
  DeclineOrderVariables
>(`mutation DeclineOrder($id: ID!, $order: ID!, $proof: ProofInput!) {
  outcome: declineOrder(id: $id, order: $order, proof: $proof) {
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

export interface WithdrawOrderAnswer {
  readonly outcome:
    | { readonly __typename: 'Receipt'; readonly position: string | null }
    | { readonly __typename: 'Refusal'; readonly code: string; readonly message: string };
}

export type WithdrawOrderVariables = {
  readonly id: string;
  readonly order: string;
  readonly proof: { readonly protected: string; readonly signature: string };
};

export const WithdrawOrder = ask<
  WithdrawOrderAnswer,
  WithdrawOrderVariables
>(`mutation WithdrawOrder($id: ID!, $order: ID!, $proof: ProofInput!) {
  outcome: withdrawOrder(id: $id, order: $order, proof: $proof) {
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
