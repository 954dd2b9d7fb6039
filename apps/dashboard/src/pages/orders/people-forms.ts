/** Forms of orders about people, units, stations, manufacturers and witnesses. */
import type { Field } from './fields.ts';
import { HQ, type OrderForm, because, hash, named } from './form.ts';
import * as people from './people-drafts.graphql.ts';

const OPERATOR: Field = { name: 'operator', type: 'operator' };
const ROLES: Field = { name: 'roles', type: 'roles' };
const CREDENTIAL: Field = { name: 'credential', type: 'credential' };
const PERSONAL = because('absent', 'left', 'suspected-misuse', 'lost', 'replaced', 'drill');

export const PEOPLE_FORMS = {
  'enrol-operator': {
    group: 'people',
    draft: people.DraftOperatorEnrolment,
    fields: [OPERATOR, ROLES, { name: 'credential', type: 'passkeyCredential' }],
    same: ['operator', 'roles', 'credential', 'passkey'],
    known: [],
    site: HQ,
  },
  'link-operator': {
    group: 'people',
    draft: people.DraftOperatorLink,
    fields: [OPERATOR, { name: 'issuer', type: 'issuer' }, hash('link')],
    same: ['operator', 'issuer', 'link'],
    known: [],
    site: HQ,
  },
  'grant-roles': {
    group: 'people',
    draft: people.DraftRoleGrant,
    fields: [OPERATOR, ROLES],
    same: ['operator', 'roles'],
    known: [],
    site: HQ,
  },
  'withdraw-roles': {
    group: 'people',
    draft: people.DraftRoleWithdrawal,
    fields: [OPERATOR, ROLES, PERSONAL],
    same: ['operator', 'roles', 'reason'],
    known: [],
    site: HQ,
  },
  'suspend-operator': {
    group: 'people',
    draft: people.DraftOperatorSuspension,
    fields: [OPERATOR, PERSONAL],
    same: ['operator', 'reason'],
    known: [],
    confirm: 'operator',
    site: HQ,
  },
  'withdraw-operator': {
    group: 'people',
    draft: people.DraftOperatorWithdrawal,
    fields: [OPERATOR, PERSONAL],
    same: ['operator', 'reason'],
    known: [],
    confirm: 'operator',
    site: HQ,
  },
  'withdraw-credential': {
    group: 'people',
    draft: people.DraftCredentialWithdrawal,
    fields: [OPERATOR, CREDENTIAL, PERSONAL],
    same: ['operator', 'credential', 'reason'],
    known: [],
    confirm: 'operator',
    site: HQ,
  },
  'adopt-approver-set': {
    group: 'people',
    draft: people.DraftApproverSet,
    fields: [{ name: 'document', type: 'document' }],
    same: [],
    known: ['version', 'set', 'previous'],
    site: HQ,
  },
  'enrol-unit': {
    group: 'places',
    draft: people.DraftUnitEnrolment,
    fields: [named('unit'), CREDENTIAL],
    same: ['unit', 'credential'],
    known: [],
    site: HQ,
  },
  'enrol-station': {
    group: 'places',
    draft: people.DraftStationEnrolment,
    fields: [named('station'), CREDENTIAL, hash('stationKey'), hash('stationNextKey')],
    same: ['station', 'credential', 'stationKey', 'stationNextKey'],
    known: [],
    site: HQ,
  },
  'register-manufacturer-key': {
    group: 'places',
    draft: people.DraftManufacturer,
    fields: [named('manufacturer'), { name: 'certificate', type: 'certificate' }],
    same: ['manufacturer'],
    known: ['root'],
    site: HQ,
  },
  'withdraw-manufacturer-key': {
    group: 'places',
    draft: people.DraftManufacturerWithdrawal,
    fields: [{ name: 'root', type: 'root' }, because('replaced', 'suspected-misuse', 'stolen', 'ended', 'drill')],
    same: ['root', 'reason'],
    known: [],
    confirm: 'root',
    site: HQ,
  },
  'admit-witness': {
    group: 'places',
    draft: people.DraftWitness,
    fields: [
      { name: 'witness', type: 'witness' },
      { name: 'instead', type: 'instead' },
    ],
    same: ['witness', 'instead'],
    known: [],
    site: HQ,
  },
} as const satisfies Readonly<Record<string, OrderForm>>;
