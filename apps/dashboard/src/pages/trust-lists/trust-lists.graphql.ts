/** Written by `npm run pages` from trust-lists.graphql. */
import { ask } from '../../api/ask.ts';

export interface TrustListsAnswer {
  readonly trustLists: {
    readonly edges: readonly {
      readonly node: {
        readonly station: string;
        readonly version: number;
        readonly entries: number;
        readonly publishedAt: string | null;
        readonly enforcedVersion: number | null;
        readonly enforcedAt: string | null;
        readonly handed: { readonly version: number; readonly at: string; readonly notAfter: string } | null;
        readonly keys: readonly { readonly cardKey: string; readonly state: string }[];
      };
    }[];
  };
}

export type TrustListsVariables = Record<string, never>;

export const TrustLists = ask<TrustListsAnswer, TrustListsVariables>(`query TrustLists {
  trustLists(first: 200) {
    edges {
      node {
        station
        version
        entries
        publishedAt
        enforcedVersion
        enforcedAt
        handed {
          version
          at
          notAfter
        }
        keys {
          cardKey
          state
        }
      }
    }
  }
}`);

export interface OneTrustListAnswer {
  readonly trustListView: {
    readonly station: string;
    readonly version: number;
    readonly hash: string | null;
    readonly entries: number;
    readonly publishedAt: string | null;
    readonly enforcedVersion: number | null;
    readonly enforcedHash: string | null;
    readonly enforcedAt: string | null;
    readonly handed: { readonly version: number; readonly at: string; readonly notAfter: string } | null;
  } | null;
  readonly trustList: string | null;
}

export type OneTrustListVariables = { readonly station: string };

export const OneTrustList = ask<OneTrustListAnswer, OneTrustListVariables>(`query OneTrustList($station: String!) {
  trustListView(station: $station) {
    station
    version
    hash
    entries
    publishedAt
    enforcedVersion
    enforcedHash
    enforcedAt
    handed {
      version
      at
      notAfter
    }
  }
  trustList(station: $station)
}`);

export interface TrustHistoryAnswer {
  readonly events: {
    readonly edges: readonly {
      readonly node: {
        readonly position: string;
        readonly index: number;
        readonly type: string;
        readonly actor: string;
        readonly occurredAt: string;
        readonly recordedAt: string;
        readonly order: string | null;
        readonly data: string;
      };
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

export type TrustHistoryVariables = { readonly station: string; readonly after?: string | null | undefined };

export const TrustHistory = ask<
  TrustHistoryAnswer,
  TrustHistoryVariables
>(`query TrustHistory($station: String!, $after: String) {
  events(
    first: 200
    after: $after
    filter: {station: $station, types: ["SigningKeyTrusted", "SigningKeyDisabled", "TrustListPublished", "TrustListEnforced"]}
  ) {
    edges {
      node {
        position
        index
        type
        actor
        occurredAt
        recordedAt
        order
        data
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}`);

export interface TrustedModuleAnswer {
  readonly certificates: {
    readonly edges: readonly {
      readonly node: {
        readonly fingerprint: string;
        readonly card: string;
        readonly cardKey: string;
        readonly station: string | null;
        readonly state: string;
        readonly installedAt: string | null;
        readonly lastAt: string;
      };
    }[];
  };
}

export type TrustedModuleVariables = { readonly serial: string };

export const TrustedModule = ask<TrustedModuleAnswer, TrustedModuleVariables>(`query TrustedModule($serial: String!) {
  certificates(first: 5, filter: {serial: $serial}) {
    edges {
      node {
        fingerprint
        card
        cardKey
        station
        state
        installedAt
        lastAt
      }
    }
  }
}`);

export interface CardNamesAnswer {
  readonly chipCards: {
    readonly edges: readonly { readonly node: { readonly card: string; readonly cardKey: string | null } }[];
  };
}

export type CardNamesVariables = Record<string, never>;

export const CardNames = ask<CardNamesAnswer, CardNamesVariables>(`query CardNames {
  chipCards(first: 200) {
    edges {
      node {
        card
        cardKey
      }
    }
  }
}`);

export interface TrustListChangedAnswer {
  readonly trustListChanged: string;
}

export type TrustListChangedVariables = { readonly station?: string | null | undefined };

export const TrustListChanged = ask<
  TrustListChangedAnswer,
  TrustListChangedVariables
>(`subscription TrustListChanged($station: String) {
  trustListChanged(station: $station)
}`);
