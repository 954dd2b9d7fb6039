/** Written by `npm run pages` from carry-out.graphql. */
import { ask } from '../../api/ask.ts';

export type Done =
  | { readonly __typename: 'Receipt'; readonly position: string | null }
  | { readonly __typename: 'Refusal'; readonly code: string; readonly message: string };

export interface EnrolUnitAnswer {
  readonly outcome: Done;
}

export type EnrolUnitVariables = {
  readonly id: string;
  readonly order: string;
  readonly credential: { readonly crv: string; readonly kty: string; readonly x: string; readonly y: string };
};

export const EnrolUnit = ask<
  EnrolUnitAnswer,
  EnrolUnitVariables
>(`mutation EnrolUnit($id: ID!, $order: ID!, $credential: PublicKeyInput!) {
  outcome: enrolUnit(id: $id, order: $order, credential: $credential) {
    ...Done
  }
}

fragment Done on Outcome {
  __typename
  ... on Receipt {
    position
  }
  ... on Refusal {
    code
    message
  }
}`);

export interface RegisterStationAnswer {
  readonly outcome: Done;
}

export type RegisterStationVariables = {
  readonly id: string;
  readonly order: string;
  readonly credential: { readonly crv: string; readonly kty: string; readonly x: string; readonly y: string };
  readonly stationSpki: string;
};

export const RegisterStation = ask<
  RegisterStationAnswer,
  RegisterStationVariables
>(`mutation RegisterStation($id: ID!, $order: ID!, $credential: PublicKeyInput!, $stationSpki: String!) {
  outcome: registerStation(
    id: $id
    order: $order
    credential: $credential
    stationSpki: $stationSpki
  ) {
    ...Done
  }
}

fragment Done on Outcome {
  __typename
  ... on Receipt {
    position
  }
  ... on Refusal {
    code
    message
  }
}`);

export interface IssueCardAnswer {
  readonly outcome: Done;
}

export type IssueCardVariables = {
  readonly id: string;
  readonly order: string;
  readonly deviceSpki: string;
  readonly deviceSignature: string;
};

export const IssueCard = ask<
  IssueCardAnswer,
  IssueCardVariables
>(`mutation IssueCard($id: ID!, $order: ID!, $deviceSpki: String!, $deviceSignature: String!) {
  outcome: issueCard(
    id: $id
    order: $order
    deviceSpki: $deviceSpki
    deviceSignature: $deviceSignature
  ) {
    ...Done
  }
}

fragment Done on Outcome {
  __typename
  ... on Receipt {
    position
  }
  ... on Refusal {
    code
    message
  }
}`);

export interface TrustSigningKeyAnswer {
  readonly outcome: Done;
}

export type TrustSigningKeyVariables = { readonly id: string; readonly order: string; readonly station: string };

export const TrustSigningKey = ask<
  TrustSigningKeyAnswer,
  TrustSigningKeyVariables
>(`mutation TrustSigningKey($id: ID!, $order: ID!, $station: String!) {
  outcome: trustSigningKey(id: $id, order: $order, station: $station) {
    ...Done
  }
}

fragment Done on Outcome {
  __typename
  ... on Receipt {
    position
  }
  ... on Refusal {
    code
    message
  }
}`);

export interface RetrustSigningKeyAnswer {
  readonly outcome: Done;
}

export type RetrustSigningKeyVariables = { readonly id: string; readonly order: string };

export const RetrustSigningKey = ask<
  RetrustSigningKeyAnswer,
  RetrustSigningKeyVariables
>(`mutation RetrustSigningKey($id: ID!, $order: ID!) {
  outcome: retrustSigningKey(id: $id, order: $order) {
    ...Done
  }
}

fragment Done on Outcome {
  __typename
  ... on Receipt {
    position
  }
  ... on Refusal {
    code
    message
  }
}`);

export interface SuspendSigningKeyAnswer {
  readonly outcome: Done;
}

export type SuspendSigningKeyVariables = { readonly id: string; readonly order: string };

export const SuspendSigningKey = ask<
  SuspendSigningKeyAnswer,
  SuspendSigningKeyVariables
>(`mutation SuspendSigningKey($id: ID!, $order: ID!) {
  outcome: suspendSigningKey(id: $id, order: $order) {
    ...Done
  }
}

fragment Done on Outcome {
  __typename
  ... on Receipt {
    position
  }
  ... on Refusal {
    code
    message
  }
}`);

export interface DisableSigningKeyAnswer {
  readonly outcome: Done;
}

export type DisableSigningKeyVariables = { readonly id: string; readonly order: string };

export const DisableSigningKey = ask<
  DisableSigningKeyAnswer,
  DisableSigningKeyVariables
>(`mutation DisableSigningKey($id: ID!, $order: ID!) {
  outcome: disableSigningKey(id: $id, order: $order) {
    ...Done
  }
}

fragment Done on Outcome {
  __typename
  ... on Receipt {
    position
  }
  ... on Refusal {
    code
    message
  }
}`);

export interface CompromiseSigningKeyAnswer {
  readonly outcome: Done;
}

export type CompromiseSigningKeyVariables = { readonly id: string; readonly order: string };

export const CompromiseSigningKey = ask<
  CompromiseSigningKeyAnswer,
  CompromiseSigningKeyVariables
>(`mutation CompromiseSigningKey($id: ID!, $order: ID!) {
  outcome: compromiseSigningKey(id: $id, order: $order) {
    ...Done
  }
}

fragment Done on Outcome {
  __typename
  ... on Receipt {
    position
  }
  ... on Refusal {
    code
    message
  }
}`);

export interface ReviewDivergenceAnswer {
  readonly outcome: Done;
}

export type ReviewDivergenceVariables = { readonly id: string; readonly order: string };

export const ReviewDivergence = ask<
  ReviewDivergenceAnswer,
  ReviewDivergenceVariables
>(`mutation ReviewDivergence($id: ID!, $order: ID!) {
  outcome: reviewDivergence(id: $id, order: $order) {
    ...Done
  }
}

fragment Done on Outcome {
  __typename
  ... on Receipt {
    position
  }
  ... on Refusal {
    code
    message
  }
}`);

export interface RetireModuleAnswer {
  readonly outcome: Done;
}

export type RetireModuleVariables = { readonly id: string; readonly order: string };

export const RetireModule = ask<
  RetireModuleAnswer,
  RetireModuleVariables
>(`mutation RetireModule($id: ID!, $order: ID!) {
  outcome: retireModule(id: $id, order: $order) {
    ...Done
  }
}

fragment Done on Outcome {
  __typename
  ... on Receipt {
    position
  }
  ... on Refusal {
    code
    message
  }
}`);

export interface RetireCardAnswer {
  readonly outcome: Done;
}

export type RetireCardVariables = { readonly id: string; readonly order: string };

export const RetireCard = ask<RetireCardAnswer, RetireCardVariables>(`mutation RetireCard($id: ID!, $order: ID!) {
  outcome: retireCard(id: $id, order: $order) {
    ...Done
  }
}

fragment Done on Outcome {
  __typename
  ... on Receipt {
    position
  }
  ... on Refusal {
    code
    message
  }
}`);

export interface AdoptApproverSetAnswer {
  readonly outcome: Done;
}

export type AdoptApproverSetVariables = { readonly id: string; readonly order: string; readonly document: string };

export const AdoptApproverSet = ask<
  AdoptApproverSetAnswer,
  AdoptApproverSetVariables
>(`mutation AdoptApproverSet($id: ID!, $order: ID!, $document: String!) {
  outcome: adoptApproverSet(id: $id, order: $order, document: $document) {
    ...Done
  }
}

fragment Done on Outcome {
  __typename
  ... on Receipt {
    position
  }
  ... on Refusal {
    code
    message
  }
}`);

export interface ChangeOperatorAnswer {
  readonly outcome: Done;
}

export type ChangeOperatorVariables = {
  readonly id: string;
  readonly order: string;
  readonly credential?:
    { readonly crv: string; readonly kty: string; readonly x: string; readonly y: string } | null | undefined;
};

export const ChangeOperator = ask<
  ChangeOperatorAnswer,
  ChangeOperatorVariables
>(`mutation ChangeOperator($id: ID!, $order: ID!, $credential: PublicKeyInput) {
  outcome: changeOperator(id: $id, order: $order, credential: $credential) {
    ...Done
  }
}

fragment Done on Outcome {
  __typename
  ... on Receipt {
    position
  }
  ... on Refusal {
    code
    message
  }
}`);

export interface RegisterManufacturerKeyAnswer {
  readonly outcome: Done;
}

export type RegisterManufacturerKeyVariables = {
  readonly id: string;
  readonly order: string;
  readonly certificate: string;
};

export const RegisterManufacturerKey = ask<
  RegisterManufacturerKeyAnswer,
  RegisterManufacturerKeyVariables
>(`mutation RegisterManufacturerKey($id: ID!, $order: ID!, $certificate: String!) {
  outcome: registerManufacturerKey(
    id: $id
    order: $order
    certificate: $certificate
  ) {
    ...Done
  }
}

fragment Done on Outcome {
  __typename
  ... on Receipt {
    position
  }
  ... on Refusal {
    code
    message
  }
}`);

export interface WithdrawManufacturerKeyAnswer {
  readonly outcome: Done;
}

export type WithdrawManufacturerKeyVariables = { readonly id: string; readonly order: string };

export const WithdrawManufacturerKey = ask<
  WithdrawManufacturerKeyAnswer,
  WithdrawManufacturerKeyVariables
>(`mutation WithdrawManufacturerKey($id: ID!, $order: ID!) {
  outcome: withdrawManufacturerKey(id: $id, order: $order) {
    ...Done
  }
}

fragment Done on Outcome {
  __typename
  ... on Receipt {
    position
  }
  ... on Refusal {
    code
    message
  }
}`);

export interface AdmitWitnessAnswer {
  readonly outcome: Done;
}

export type AdmitWitnessVariables = { readonly id: string; readonly order: string };

export const AdmitWitness = ask<
  AdmitWitnessAnswer,
  AdmitWitnessVariables
>(`mutation AdmitWitness($id: ID!, $order: ID!) {
  outcome: admitWitness(id: $id, order: $order) {
    ...Done
  }
}

fragment Done on Outcome {
  __typename
  ... on Receipt {
    position
  }
  ... on Refusal {
    code
    message
  }
}`);
