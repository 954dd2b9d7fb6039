/** Written by `npm run pages` from shell.graphql. */
import { ask } from '../api/ask.ts';

export interface ViewerAnswer {
  readonly viewer: { readonly subject: string; readonly roles: readonly string[]; readonly until: number | null };
}

export type ViewerVariables = Record<string, never>;

export const Viewer = ask<ViewerAnswer, ViewerVariables>(`query Viewer {
  viewer {
    subject
    roles
    until
  }
}`);

export interface SignInChallengeAnswer {
  readonly signInChallenge: { readonly challenge: string; readonly goodUntil: number; readonly genesis: string };
}

export type SignInChallengeVariables = Record<string, never>;

export const SignInChallenge = ask<SignInChallengeAnswer, SignInChallengeVariables>(`query SignInChallenge {
  signInChallenge {
    challenge
    goodUntil
    genesis
  }
}`);

export interface SignInAnswer {
  readonly outcome:
    | { readonly __typename: 'Receipt'; readonly position: string | null }
    | { readonly __typename: 'Refusal'; readonly code: string; readonly message: string };
}

export type SignInVariables = {
  readonly id: string;
  readonly statement: string;
  readonly proof: { readonly protected: string; readonly signature: string };
};

export const SignIn = ask<
  SignInAnswer,
  SignInVariables
>(`mutation SignIn($id: ID!, $statement: String!, $proof: ProofInput!) {
  outcome: signIn(id: $id, statement: $statement, proof: $proof) {
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

export interface SignOutAnswer {
  readonly outcome:
    | { readonly __typename: 'Receipt'; readonly position: string | null }
    | { readonly __typename: 'Refusal'; readonly code: string; readonly message: string };
}

export type SignOutVariables = { readonly id: string };

export const SignOut = ask<SignOutAnswer, SignOutVariables>(`mutation SignOut($id: ID!) {
  outcome: signOut(id: $id) {
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

export interface DeploymentAnswer {
  readonly deployment: {
    readonly genesis: string;
    readonly founding: string;
    readonly name: string;
    readonly customer: string;
    readonly demo: boolean;
    readonly logKey: string;
  };
}

export type DeploymentVariables = Record<string, never>;

export const Deployment = ask<DeploymentAnswer, DeploymentVariables>(`query Deployment {
  deployment {
    genesis
    founding
    name
    customer
    demo
    logKey
  }
}`);

export interface WaitingForMeAnswer {
  readonly inbox: readonly { readonly may: boolean }[];
}

export type WaitingForMeVariables = Record<string, never>;

export const WaitingForMe = ask<WaitingForMeAnswer, WaitingForMeVariables>(`query WaitingForMe {
  inbox {
    may
  }
}`);

export interface AnyOrderAnswer {
  readonly orderChanged: string;
}

export type AnyOrderVariables = Record<string, never>;

export const AnyOrder = ask<AnyOrderAnswer, AnyOrderVariables>(`subscription AnyOrder {
  orderChanged
}`);

export interface SealNowAnswer {
  readonly seal: {
    readonly size: number;
    readonly root: string | null;
    readonly sealedAt: string | null;
    readonly cosignedSize: number;
    readonly witnesses: readonly {
      readonly name: string;
      readonly size: number | null;
      readonly at: string | null;
      readonly problem: string | null;
    }[];
    readonly standstill: string | null;
  };
}

export type SealNowVariables = Record<string, never>;

export const SealNow = ask<SealNowAnswer, SealNowVariables>(`query SealNow {
  seal {
    size
    root
    sealedAt
    cosignedSize
    witnesses {
      name
      size
      at
      problem
    }
    standstill
  }
}`);

export interface AlarmCountAnswer {
  readonly alarms: readonly { readonly overdue: boolean }[];
}

export type AlarmCountVariables = Record<string, never>;

export const AlarmCount = ask<AlarmCountAnswer, AlarmCountVariables>(`query AlarmCount {
  alarms {
    overdue
  }
}`);

export interface ProviderAnswer {
  readonly signInProvider: { readonly issuer: string } | null;
}

export type ProviderVariables = Record<string, never>;

export const Provider = ask<ProviderAnswer, ProviderVariables>(`query Provider {
  signInProvider {
    issuer
  }
}`);
