/** Written by `npm run pages` from people-drafts.graphql. */
import { ask } from '../../api/ask.ts';

export interface Drafted {
  readonly id: string;
  readonly bytes: string;
  readonly serials: readonly string[];
}

export interface DraftApproverSetAnswer {
  readonly draft: Drafted;
}

export type DraftApproverSetVariables = { readonly document: string; readonly site: string; readonly hours: number };

export const DraftApproverSet = ask<
  DraftApproverSetAnswer,
  DraftApproverSetVariables
>(`query DraftApproverSet($document: String!, $site: String!, $hours: Int!) {
  draft: draftApproverSet(document: $document, site: $site, hours: $hours) {
    ...Drafted
  }
}

fragment Drafted on Draft {
  id
  bytes
  serials
}`);

export interface DraftOperatorEnrolmentAnswer {
  readonly draft: Drafted;
}

export type DraftOperatorEnrolmentVariables = {
  readonly operator: string;
  readonly roles: readonly string[];
  readonly credential: string;
  readonly passkey?: { readonly backup: string; readonly origin: string; readonly rpId: string } | null | undefined;
  readonly site: string;
  readonly hours: number;
};

export const DraftOperatorEnrolment = ask<
  DraftOperatorEnrolmentAnswer,
  DraftOperatorEnrolmentVariables
>(`query DraftOperatorEnrolment($operator: String!, $roles: [String!]!, $credential: String!, $passkey: PasskeyInput, $site: String!, $hours: Int!) {
  draft: draftOperatorEnrolment(
    operator: $operator
    roles: $roles
    credential: $credential
    passkey: $passkey
    site: $site
    hours: $hours
  ) {
    ...Drafted
  }
}

fragment Drafted on Draft {
  id
  bytes
  serials
}`);

export interface DraftRoleGrantAnswer {
  readonly draft: Drafted;
}

export type DraftRoleGrantVariables = {
  readonly operator: string;
  readonly roles: readonly string[];
  readonly site: string;
  readonly hours: number;
};

export const DraftRoleGrant = ask<
  DraftRoleGrantAnswer,
  DraftRoleGrantVariables
>(`query DraftRoleGrant($operator: String!, $roles: [String!]!, $site: String!, $hours: Int!) {
  draft: draftRoleGrant(
    operator: $operator
    roles: $roles
    site: $site
    hours: $hours
  ) {
    ...Drafted
  }
}

fragment Drafted on Draft {
  id
  bytes
  serials
}`);

export interface DraftRoleWithdrawalAnswer {
  readonly draft: Drafted;
}

export type DraftRoleWithdrawalVariables = {
  readonly operator: string;
  readonly roles: readonly string[];
  readonly reason: string;
  readonly site: string;
  readonly hours: number;
};

export const DraftRoleWithdrawal = ask<
  DraftRoleWithdrawalAnswer,
  DraftRoleWithdrawalVariables
>(`query DraftRoleWithdrawal($operator: String!, $roles: [String!]!, $reason: String!, $site: String!, $hours: Int!) {
  draft: draftRoleWithdrawal(
    operator: $operator
    roles: $roles
    reason: $reason
    site: $site
    hours: $hours
  ) {
    ...Drafted
  }
}

fragment Drafted on Draft {
  id
  bytes
  serials
}`);

export interface DraftOperatorSuspensionAnswer {
  readonly draft: Drafted;
}

export type DraftOperatorSuspensionVariables = {
  readonly operator: string;
  readonly reason: string;
  readonly site: string;
  readonly hours: number;
};

export const DraftOperatorSuspension = ask<
  DraftOperatorSuspensionAnswer,
  DraftOperatorSuspensionVariables
>(`query DraftOperatorSuspension($operator: String!, $reason: String!, $site: String!, $hours: Int!) {
  draft: draftOperatorSuspension(
    operator: $operator
    reason: $reason
    site: $site
    hours: $hours
  ) {
    ...Drafted
  }
}

fragment Drafted on Draft {
  id
  bytes
  serials
}`);

export interface DraftOperatorWithdrawalAnswer {
  readonly draft: Drafted;
}

export type DraftOperatorWithdrawalVariables = {
  readonly operator: string;
  readonly reason: string;
  readonly site: string;
  readonly hours: number;
};

export const DraftOperatorWithdrawal = ask<
  DraftOperatorWithdrawalAnswer,
  DraftOperatorWithdrawalVariables
>(`query DraftOperatorWithdrawal($operator: String!, $reason: String!, $site: String!, $hours: Int!) {
  draft: draftOperatorWithdrawal(
    operator: $operator
    reason: $reason
    site: $site
    hours: $hours
  ) {
    ...Drafted
  }
}

fragment Drafted on Draft {
  id
  bytes
  serials
}`);

export interface DraftCredentialWithdrawalAnswer {
  readonly draft: Drafted;
}

export type DraftCredentialWithdrawalVariables = {
  readonly operator: string;
  readonly credential: string;
  readonly reason: string;
  readonly site: string;
  readonly hours: number;
};

export const DraftCredentialWithdrawal = ask<
  DraftCredentialWithdrawalAnswer,
  DraftCredentialWithdrawalVariables
>(`query DraftCredentialWithdrawal($operator: String!, $credential: String!, $reason: String!, $site: String!, $hours: Int!) {
  draft: draftCredentialWithdrawal(
    operator: $operator
    credential: $credential
    reason: $reason
    site: $site
    hours: $hours
  ) {
    ...Drafted
  }
}

fragment Drafted on Draft {
  id
  bytes
  serials
}`);

export interface DraftOperatorLinkAnswer {
  readonly draft: Drafted;
}

export type DraftOperatorLinkVariables = {
  readonly operator: string;
  readonly issuer: string;
  readonly link: string;
  readonly site: string;
  readonly hours: number;
};

export const DraftOperatorLink = ask<
  DraftOperatorLinkAnswer,
  DraftOperatorLinkVariables
>(`query DraftOperatorLink($operator: String!, $issuer: String!, $link: String!, $site: String!, $hours: Int!) {
  draft: draftOperatorLink(
    operator: $operator
    issuer: $issuer
    link: $link
    site: $site
    hours: $hours
  ) {
    ...Drafted
  }
}

fragment Drafted on Draft {
  id
  bytes
  serials
}`);

export interface DraftUnitEnrolmentAnswer {
  readonly draft: Drafted;
}

export type DraftUnitEnrolmentVariables = {
  readonly unit: string;
  readonly credential: string;
  readonly site: string;
  readonly hours: number;
};

export const DraftUnitEnrolment = ask<
  DraftUnitEnrolmentAnswer,
  DraftUnitEnrolmentVariables
>(`query DraftUnitEnrolment($unit: String!, $credential: String!, $site: String!, $hours: Int!) {
  draft: draftUnitEnrolment(
    unit: $unit
    credential: $credential
    site: $site
    hours: $hours
  ) {
    ...Drafted
  }
}

fragment Drafted on Draft {
  id
  bytes
  serials
}`);

export interface DraftStationEnrolmentAnswer {
  readonly draft: Drafted;
}

export type DraftStationEnrolmentVariables = {
  readonly station: string;
  readonly credential: string;
  readonly stationKey: string;
  readonly stationNextKey: string;
  readonly site: string;
  readonly hours: number;
};

export const DraftStationEnrolment = ask<
  DraftStationEnrolmentAnswer,
  DraftStationEnrolmentVariables
>(`query DraftStationEnrolment($station: String!, $credential: String!, $stationKey: String!, $stationNextKey: String!, $site: String!, $hours: Int!) {
  draft: draftStationEnrolment(
    station: $station
    credential: $credential
    stationKey: $stationKey
    stationNextKey: $stationNextKey
    site: $site
    hours: $hours
  ) {
    ...Drafted
  }
}

fragment Drafted on Draft {
  id
  bytes
  serials
}`);

export interface DraftManufacturerAnswer {
  readonly draft: Drafted;
}

export type DraftManufacturerVariables = {
  readonly manufacturer: string;
  readonly certificate: string;
  readonly site: string;
  readonly hours: number;
};

export const DraftManufacturer = ask<
  DraftManufacturerAnswer,
  DraftManufacturerVariables
>(`query DraftManufacturer($manufacturer: String!, $certificate: String!, $site: String!, $hours: Int!) {
  draft: draftManufacturer(
    manufacturer: $manufacturer
    certificate: $certificate
    site: $site
    hours: $hours
  ) {
    ...Drafted
  }
}

fragment Drafted on Draft {
  id
  bytes
  serials
}`);

export interface DraftManufacturerWithdrawalAnswer {
  readonly draft: Drafted;
}

export type DraftManufacturerWithdrawalVariables = {
  readonly root: string;
  readonly reason: string;
  readonly site: string;
  readonly hours: number;
};

export const DraftManufacturerWithdrawal = ask<
  DraftManufacturerWithdrawalAnswer,
  DraftManufacturerWithdrawalVariables
>(`query DraftManufacturerWithdrawal($root: String!, $reason: String!, $site: String!, $hours: Int!) {
  draft: draftManufacturerWithdrawal(
    root: $root
    reason: $reason
    site: $site
    hours: $hours
  ) {
    ...Drafted
  }
}

fragment Drafted on Draft {
  id
  bytes
  serials
}`);

export interface DraftWitnessAnswer {
  readonly draft: Drafted;
}

export type DraftWitnessVariables = {
  readonly witness: string;
  readonly instead?: string | null | undefined;
  readonly site: string;
  readonly hours: number;
};

export const DraftWitness = ask<
  DraftWitnessAnswer,
  DraftWitnessVariables
>(`query DraftWitness($witness: String!, $instead: String, $site: String!, $hours: Int!) {
  draft: draftWitness(
    witness: $witness
    instead: $instead
    site: $site
    hours: $hours
  ) {
    ...Drafted
  }
}

fragment Drafted on Draft {
  id
  bytes
  serials
}`);
