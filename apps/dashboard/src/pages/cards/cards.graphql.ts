/** Written by `npm run pages` from cards.graphql. */
import { ask } from '../../api/ask.ts';

export interface CardsAnswer {
  readonly chipCards: {
    readonly edges: readonly {
      readonly node: {
        readonly card: string;
        readonly cardKey: string | null;
        readonly keyState: string;
        readonly enforcement: string;
        readonly custodians: readonly string[];
        readonly uses: number;
        readonly lastNumber: number;
        readonly readNumber: number | null;
        readonly retired: boolean;
        readonly divergences: readonly { readonly number: number; readonly healed: boolean }[];
      };
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

export type CardsVariables = {
  readonly after?: string | null | undefined;
  readonly filter?:
    { readonly keyState?: string | null | undefined; readonly overdue?: boolean | null | undefined } | null | undefined;
};

export const Cards = ask<CardsAnswer, CardsVariables>(`query Cards($after: String, $filter: ChipCardFilter) {
  chipCards(first: 100, after: $after, filter: $filter) {
    edges {
      node {
        card
        cardKey
        keyState
        enforcement
        custodians
        uses
        lastNumber
        readNumber
        retired
        divergences {
          number
          healed
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}`);

export interface OneCardAnswer {
  readonly chipCard: {
    readonly card: string;
    readonly cardKey: string | null;
    readonly keyState: string;
    readonly custodians: readonly string[];
    readonly enforcement: string;
    readonly order: string;
    readonly uses: number;
    readonly lastNumber: number;
    readonly readNumber: number | null;
    readonly retired: boolean;
    readonly firstAt: string;
    readonly lastAt: string;
    readonly divergences: readonly {
      readonly number: number;
      readonly kind: string;
      readonly serial: string | null;
      readonly healed: boolean;
      readonly sentence: string;
      readonly review: { readonly reason: string } | null;
    }[];
  } | null;
}

export type OneCardVariables = { readonly card: string };

export const OneCard = ask<OneCardAnswer, OneCardVariables>(`query OneCard($card: String!) {
  chipCard(card: $card) {
    card
    cardKey
    keyState
    custodians
    enforcement
    order
    uses
    lastNumber
    readNumber
    retired
    firstAt
    lastAt
    divergences {
      number
      kind
      serial
      healed
      sentence
      review {
        reason
      }
    }
  }
}`);

export interface CardLogAnswer {
  readonly chipCard: {
    readonly events: {
      readonly edges: readonly {
        readonly node: {
          readonly position: string;
          readonly index: number;
          readonly type: string;
          readonly occurredAt: string;
          readonly serial: string | null;
          readonly certificate: string | null;
          readonly data: string;
        };
      }[];
      readonly pageInfo: { readonly hasNextPage: boolean };
    } | null;
  } | null;
}

export type CardLogVariables = { readonly card: string };

export const CardLog = ask<CardLogAnswer, CardLogVariables>(`query CardLog($card: String!) {
  chipCard(card: $card) {
    events(first: 200, filter: {types: ["CertificateIssued", "CardUsed"]}) {
      edges {
        node {
          position
          index
          type
          occurredAt
          serial
          certificate
          data
        }
      }
      pageInfo {
        hasNextPage
      }
    }
  }
}`);

export interface CardCertificatesAnswer {
  readonly certificates: {
    readonly edges: readonly {
      readonly node: {
        readonly fingerprint: string;
        readonly serial: string;
        readonly state: string;
        readonly station: string | null;
        readonly number: number | null;
        readonly lastAt: string;
      };
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean };
  };
}

export type CardCertificatesVariables = { readonly card: string };

export const CardCertificates = ask<
  CardCertificatesAnswer,
  CardCertificatesVariables
>(`query CardCertificates($card: String!) {
  certificates(first: 200, filter: {card: $card}) {
    edges {
      node {
        fingerprint
        serial
        state
        station
        number
        lastAt
      }
    }
    pageInfo {
      hasNextPage
    }
  }
}`);

export interface CardOrdersAnswer {
  readonly orders: { readonly edges: readonly { readonly node: { readonly id: string; readonly bytes: string } }[] };
}

export type CardOrdersVariables = Record<string, never>;

export const CardOrders = ask<CardOrdersAnswer, CardOrdersVariables>(`query CardOrders {
  orders(first: 200, filter: {state: "approved"}) {
    edges {
      node {
        id
        bytes
      }
    }
  }
}`);
