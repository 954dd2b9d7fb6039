/** Written by `npm run pages` from device-drafts.graphql. */
import { ask } from '../../api/ask.ts';

export interface Drafted {
  readonly id: string;
  readonly bytes: string;
  readonly serials: readonly string[];
}

export interface DraftPersonalizationAnswer {
  readonly draft: Drafted;
}

export type DraftPersonalizationVariables = {
  readonly serials: readonly string[];
  readonly moduleClass: string;
  readonly card: string;
  readonly unit: string;
  readonly station: string;
  readonly certificateDays: number;
  readonly site: string;
  readonly hours: number;
};

export const DraftPersonalization = ask<
  DraftPersonalizationAnswer,
  DraftPersonalizationVariables
>(`query DraftPersonalization($serials: [String!]!, $moduleClass: String!, $card: String!, $unit: String!, $station: String!, $certificateDays: Int!, $site: String!, $hours: Int!) {
  draft: draftPersonalization(
    serials: $serials
    moduleClass: $moduleClass
    card: $card
    unit: $unit
    station: $station
    certificateDays: $certificateDays
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

export interface DraftResetAnswer {
  readonly draft: Drafted;
}

export type DraftResetVariables = {
  readonly serial: string;
  readonly card: string;
  readonly unit: string;
  readonly site: string;
  readonly hours: number;
};

export const DraftReset = ask<
  DraftResetAnswer,
  DraftResetVariables
>(`query DraftReset($serial: String!, $card: String!, $unit: String!, $site: String!, $hours: Int!) {
  draft: draftReset(
    serial: $serial
    card: $card
    unit: $unit
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

export interface DraftTransferAnswer {
  readonly draft: Drafted;
}

export type DraftTransferVariables = {
  readonly serial: string;
  readonly card: string;
  readonly unit: string;
  readonly newGenesis: string;
  readonly site: string;
  readonly hours: number;
};

export const DraftTransfer = ask<
  DraftTransferAnswer,
  DraftTransferVariables
>(`query DraftTransfer($serial: String!, $card: String!, $unit: String!, $newGenesis: String!, $site: String!, $hours: Int!) {
  draft: draftTransfer(
    serial: $serial
    card: $card
    unit: $unit
    newGenesis: $newGenesis
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

export interface DraftModuleRetirementAnswer {
  readonly draft: Drafted;
}

export type DraftModuleRetirementVariables = {
  readonly serial: string;
  readonly reason: string;
  readonly site: string;
  readonly hours: number;
};

export const DraftModuleRetirement = ask<
  DraftModuleRetirementAnswer,
  DraftModuleRetirementVariables
>(`query DraftModuleRetirement($serial: String!, $reason: String!, $site: String!, $hours: Int!) {
  draft: draftModuleRetirement(
    serial: $serial
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

export interface DraftCardIssueAnswer {
  readonly draft: Drafted;
}

export type DraftCardIssueVariables = {
  readonly card: string;
  readonly deviceKey: string;
  readonly custodians: readonly string[];
  readonly enforcement: string;
  readonly site: string;
  readonly hours: number;
};

export const DraftCardIssue = ask<
  DraftCardIssueAnswer,
  DraftCardIssueVariables
>(`query DraftCardIssue($card: String!, $deviceKey: String!, $custodians: [String!]!, $enforcement: String!, $site: String!, $hours: Int!) {
  draft: draftCardIssue(
    card: $card
    deviceKey: $deviceKey
    custodians: $custodians
    enforcement: $enforcement
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

export interface DraftTrustAnswer {
  readonly draft: Drafted;
}

export type DraftTrustVariables = {
  readonly card: string;
  readonly stations: readonly string[];
  readonly site: string;
  readonly hours: number;
};

export const DraftTrust = ask<
  DraftTrustAnswer,
  DraftTrustVariables
>(`query DraftTrust($card: String!, $stations: [String!]!, $site: String!, $hours: Int!) {
  draft: draftTrust(card: $card, stations: $stations, site: $site, hours: $hours) {
    ...Drafted
  }
}

fragment Drafted on Draft {
  id
  bytes
  serials
}`);

export interface DraftRetrustAnswer {
  readonly draft: Drafted;
}

export type DraftRetrustVariables = {
  readonly card: string;
  readonly stations: readonly string[];
  readonly site: string;
  readonly hours: number;
};

export const DraftRetrust = ask<
  DraftRetrustAnswer,
  DraftRetrustVariables
>(`query DraftRetrust($card: String!, $stations: [String!]!, $site: String!, $hours: Int!) {
  draft: draftRetrust(
    card: $card
    stations: $stations
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

export interface DraftSuspensionAnswer {
  readonly draft: Drafted;
}

export type DraftSuspensionVariables = {
  readonly card: string;
  readonly reason: string;
  readonly site: string;
  readonly hours: number;
};

export const DraftSuspension = ask<
  DraftSuspensionAnswer,
  DraftSuspensionVariables
>(`query DraftSuspension($card: String!, $reason: String!, $site: String!, $hours: Int!) {
  draft: draftSuspension(card: $card, reason: $reason, site: $site, hours: $hours) {
    ...Drafted
  }
}

fragment Drafted on Draft {
  id
  bytes
  serials
}`);

export interface DraftCompromiseAnswer {
  readonly draft: Drafted;
}

export type DraftCompromiseVariables = {
  readonly card: string;
  readonly reason: string;
  readonly site: string;
  readonly hours: number;
};

export const DraftCompromise = ask<
  DraftCompromiseAnswer,
  DraftCompromiseVariables
>(`query DraftCompromise($card: String!, $reason: String!, $site: String!, $hours: Int!) {
  draft: draftCompromise(card: $card, reason: $reason, site: $site, hours: $hours) {
    ...Drafted
  }
}

fragment Drafted on Draft {
  id
  bytes
  serials
}`);

export interface DraftDisablingAnswer {
  readonly draft: Drafted;
}

export type DraftDisablingVariables = {
  readonly card: string;
  readonly reason: string;
  readonly checkpoint?: { readonly size: number; readonly root: string } | null | undefined;
  readonly site: string;
  readonly hours: number;
};

export const DraftDisabling = ask<
  DraftDisablingAnswer,
  DraftDisablingVariables
>(`query DraftDisabling($card: String!, $reason: String!, $checkpoint: MomentInput, $site: String!, $hours: Int!) {
  draft: draftDisabling(
    card: $card
    reason: $reason
    checkpoint: $checkpoint
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

export interface DraftDivergenceReviewAnswer {
  readonly draft: Drafted;
}

export type DraftDivergenceReviewVariables = {
  readonly card: string;
  readonly divergence: string;
  readonly number: number;
  readonly head: string;
  readonly reason: string;
  readonly site: string;
  readonly hours: number;
};

export const DraftDivergenceReview = ask<
  DraftDivergenceReviewAnswer,
  DraftDivergenceReviewVariables
>(`query DraftDivergenceReview($card: String!, $divergence: String!, $number: Int!, $head: String!, $reason: String!, $site: String!, $hours: Int!) {
  draft: draftDivergenceReview(
    card: $card
    divergence: $divergence
    number: $number
    head: $head
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

export interface DraftCardRetirementAnswer {
  readonly draft: Drafted;
}

export type DraftCardRetirementVariables = {
  readonly card: string;
  readonly reason: string;
  readonly site: string;
  readonly hours: number;
};

export const DraftCardRetirement = ask<
  DraftCardRetirementAnswer,
  DraftCardRetirementVariables
>(`query DraftCardRetirement($card: String!, $reason: String!, $site: String!, $hours: Int!) {
  draft: draftCardRetirement(
    card: $card
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
