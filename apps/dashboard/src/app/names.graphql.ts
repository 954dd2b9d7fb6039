/** Written by `npm run pages` from names.graphql. */
import { ask } from '../api/ask.ts';

export interface PersonNamesAnswer {
  readonly names: {
    readonly persons:
      readonly { readonly person: string; readonly called: string | null; readonly erased: boolean }[] | null;
  };
}

export type PersonNamesVariables = { readonly persons?: readonly string[] | null | undefined };

export const PersonNames = ask<PersonNamesAnswer, PersonNamesVariables>(`query PersonNames($persons: [String!]) {
  names(persons: $persons) {
    persons {
      person
      called
      erased
    }
  }
}`);

export interface MachineNamesAnswer {
  readonly names: {
    readonly machines:
      | readonly {
          readonly serial: string;
          readonly called: string | null;
          readonly owner: string | null;
          readonly address: string | null;
        }[]
      | null;
  };
}

export type MachineNamesVariables = { readonly serials?: readonly string[] | null | undefined };

export const MachineNames = ask<MachineNamesAnswer, MachineNamesVariables>(`query MachineNames($serials: [String!]) {
  names(serials: $serials) {
    machines {
      serial
      called
      owner
      address
    }
  }
}`);
