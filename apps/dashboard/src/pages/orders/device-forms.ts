/** Forms of orders about modules, chip cards and the trust in their keys. */
import * as device from './device-drafts.graphql.ts';
import type { Field } from './fields.ts';
import { CARD, HQ, type OrderForm, because, hash, named } from './form.ts';

const UNIT: Field = { name: 'unit', type: 'unit' };
const SERIAL: Field = { name: 'serial', type: 'serial' };
const STATIONS: Field = { name: 'stations', type: 'stations' };
const RETIREMENT = because('end-of-life', 'broken', 'lost', 'replaced', 'drill');

export const DEVICE_FORMS = {
  personalize: {
    group: 'modules',
    draft: device.DraftPersonalization,
    fields: [
      { name: 'serials', type: 'serials' },
      { name: 'moduleClass', type: 'moduleClass' },
      CARD,
      UNIT,
      { name: 'station', type: 'station' },
      { name: 'certificateDays', type: 'days', first: '3650' },
    ],
    same: ['moduleClass', 'unit', 'station'],
    known: ['cardKey', 'stationKey', 'stationNextKey', 'profile', 'serials'],
    site: 'field',
  },
  reset: {
    group: 'modules',
    draft: device.DraftReset,
    fields: [SERIAL, CARD, UNIT],
    same: ['serial', 'unit'],
    known: ['cardKey', 'moduleClass', 'epoch'],
    confirm: 'serial',
    site: 'field',
  },
  transfer: {
    group: 'modules',
    draft: device.DraftTransfer,
    fields: [SERIAL, CARD, UNIT, hash('newGenesis')],
    same: ['serial', 'unit', 'newGenesis'],
    known: ['cardKey', 'moduleClass', 'epoch'],
    confirm: 'serial',
    site: 'field',
  },
  'retire-module': {
    group: 'modules',
    draft: device.DraftModuleRetirement,
    fields: [SERIAL, RETIREMENT],
    same: ['serial', 'reason'],
    known: ['moduleClass'],
    confirm: 'serial',
    site: 'field',
  },
  'suspend-signing-key': {
    group: 'trust',
    draft: device.DraftSuspension,
    fields: [CARD, because('suspected-misuse', 'lost', 'log-diverged', 'drill')],
    same: ['reason'],
    known: ['cardKey'],
    confirm: 'card',
    site: HQ,
  },
  'disable-signing-key': {
    group: 'trust',
    draft: device.DraftDisabling,
    fields: [
      CARD,
      { name: 'checkpoint', type: 'moment' },
      because('suspected-misuse', 'lost', 'log-diverged', 'end-of-use', 'drill'),
    ],
    same: ['reason', 'checkpoint'],
    known: ['cardKey', 'mode', 'modules'],
    confirm: 'card',
    site: HQ,
  },
  'compromise-signing-key': {
    group: 'trust',
    draft: device.DraftCompromise,
    fields: [CARD, because('misused', 'stolen', 'log-diverged', 'drill')],
    same: ['reason'],
    known: ['cardKey'],
    confirm: 'card',
    site: HQ,
  },
  'trust-signing-key': {
    group: 'trust',
    draft: device.DraftTrust,
    fields: [CARD, STATIONS],
    same: ['card', 'stations'],
    known: ['cardKey', 'birth'],
    site: HQ,
  },
  'retrust-signing-key': {
    group: 'trust',
    draft: device.DraftRetrust,
    fields: [CARD, STATIONS],
    same: ['card', 'stations'],
    known: ['cardKey', 'birth'],
    site: HQ,
  },
  'issue-card': {
    group: 'cards',
    draft: device.DraftCardIssue,
    fields: [
      named('card'),
      hash('deviceKey'),
      { name: 'custodians', type: 'custodians' },
      { name: 'enforcement', type: 'oneOf', of: ['device', 'host'], first: 'device' },
    ],
    same: ['card', 'deviceKey', 'custodians', 'enforcement'],
    known: [],
    site: HQ,
  },
  'review-divergence': {
    group: 'cards',
    draft: device.DraftDivergenceReview,
    fields: [CARD, { name: 'alarm', type: 'divergence' }, because('explained', 'known-copy', 'misuse', 'drill')],
    same: ['card', 'divergence', 'number', 'head', 'reason'],
    known: [],
    site: HQ,
  },
  'retire-card': {
    group: 'cards',
    draft: device.DraftCardRetirement,
    fields: [CARD, RETIREMENT],
    same: ['card', 'reason'],
    known: [],
    confirm: 'card',
    site: HQ,
  },
} as const satisfies Readonly<Record<string, OrderForm>>;
