/** Written by `npm run pages` from certificates.graphql. */
import { ask } from '../../api/ask.ts';

export interface CertificatesAnswer {
  readonly certificates: {
    readonly edges: readonly {
      readonly node: {
        readonly fingerprint: string;
        readonly state: string;
        readonly serial: string;
        readonly card: string;
        readonly station: string | null;
        readonly number: number | null;
        readonly assurance: string | null;
        readonly enforcement: string | null;
        readonly installedAt: string | null;
        readonly lastAt: string;
      };
    }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

export type CertificatesVariables = {
  readonly after?: string | null | undefined;
  readonly filter?:
    | {
        readonly state?: string | null | undefined;
        readonly serial?: string | null | undefined;
        readonly card?: string | null | undefined;
        readonly station?: string | null | undefined;
      }
    | null
    | undefined;
};

export const Certificates = ask<
  CertificatesAnswer,
  CertificatesVariables
>(`query Certificates($after: String, $filter: CertificateFilter) {
  certificates(first: 100, after: $after, filter: $filter) {
    edges {
      node {
        fingerprint
        state
        serial
        card
        station
        number
        assurance
        enforcement
        installedAt
        lastAt
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}`);

export interface OneCertificateAnswer {
  readonly certificate: {
    readonly fingerprint: string;
    readonly state: string;
    readonly serial: string;
    readonly card: string;
    readonly cardKey: string;
    readonly station: string | null;
    readonly number: number | null;
    readonly assurance: string | null;
    readonly enforcement: string | null;
    readonly installedAt: string | null;
    readonly reason: string | null;
    readonly position: string;
    readonly links: {
      readonly order: {
        readonly id: string;
        readonly bytes: string;
        readonly requester: string;
        readonly firstAt: string;
        readonly approvals: readonly { readonly protected: string; readonly signature: string }[];
        readonly approvers: readonly { readonly person: string; readonly class: string; readonly at: string }[];
      } | null;
      readonly securityModule: {
        readonly serial: string;
        readonly state: string;
        readonly site: string | null;
        readonly deliveredTo: string | null;
      } | null;
      readonly key: { readonly state: string } | null;
    };
  } | null;
  readonly approverSets: {
    readonly adopted: readonly {
      readonly document: string;
      readonly bytes: string;
      readonly approvals: readonly { readonly protected: string; readonly signature: string }[];
    }[];
  };
}

export type OneCertificateVariables = { readonly fingerprint: string };

export const OneCertificate = ask<
  OneCertificateAnswer,
  OneCertificateVariables
>(`query OneCertificate($fingerprint: String!) {
  certificate(fingerprint: $fingerprint) {
    fingerprint
    state
    serial
    card
    cardKey
    station
    number
    assurance
    enforcement
    installedAt
    reason
    position
    links {
      order {
        id
        bytes
        requester
        firstAt
        approvals {
          protected
          signature
        }
        approvers {
          person
          class
          at
        }
      }
      securityModule {
        serial
        state
        site
        deliveredTo
      }
      key {
        state
      }
    }
  }
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

export interface EvidenceAnswer {
  readonly evidence: { readonly name: string; readonly text: string; readonly events: number };
}

export type EvidenceVariables = { readonly fingerprint: string };

export const Evidence = ask<EvidenceAnswer, EvidenceVariables>(`query Evidence($fingerprint: String!) {
  evidence(fingerprint: $fingerprint) {
    name
    text
    events
  }
}`);

export interface RebuiltAnswer {
  readonly reconstruction: {
    readonly fingerprint: string;
    readonly pem: string;
    readonly issuedAt: string;
    readonly installedAt: string | null;
    readonly leasedAt: string;
    readonly occurredAt: string;
    readonly recordedAt: string;
    readonly withdrawnAt: string | null;
    readonly logNumber: number;
    readonly equalsModule: boolean | null;
    readonly accepted: boolean;
    readonly doubt: string | null;
  };
}

export type RebuiltVariables = { readonly fingerprint: string };

export const Rebuilt = ask<RebuiltAnswer, RebuiltVariables>(`query Rebuilt($fingerprint: String!) {
  reconstruction(fingerprint: $fingerprint) {
    fingerprint
    pem
    issuedAt
    installedAt
    leasedAt
    occurredAt
    recordedAt
    withdrawnAt
    logNumber
    equalsModule
    accepted
    doubt
  }
}`);
