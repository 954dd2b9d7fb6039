/** Texts of asking for an order: the kinds in the words of people, the fields, and what can be the matter with them. */
import type { Kind } from './order-words.ts';
import { number, plural } from './format.ts';

interface KindLine {
  readonly name: string;
  /** What it brings about, in one sentence. */
  readonly says: string;
}

const kinds: { readonly [K in Kind]: KindLine } = {
  personalize: {
    name: 'Personalize modules',
    says: 'Modules get a key and a certificate of a chip card, and may talk to a station.',
  },
  reset: { name: 'Reset a module', says: 'A module erases its key and can be personalized anew here.' },
  transfer: { name: 'Transfer a module', says: 'A module erases its key and belongs to another deployment.' },
  'retire-module': { name: 'Retire a module', says: 'A module is never personalized again.' },
  'suspend-signing-key': {
    name: 'Suspend a key at once',
    says: 'A card signs nothing and its modules are let in nowhere, until two officers trust it again.',
  },
  'disable-signing-key': {
    name: 'Disable a key',
    says: 'A card signs nothing any more; its certificates fall, all of them or those after a checkpoint.',
  },
  'compromise-signing-key': {
    name: 'Declare a key compromised',
    says: 'A key is in wrong hands: everything that it certified falls, for ever.',
  },
  'trust-signing-key': { name: 'Trust a key', says: 'Stations let in the modules that a card certifies.' },
  'retrust-signing-key': { name: 'Trust a key again', says: 'A suspended key may sign again, and stations let it in.' },
  'issue-card': { name: 'Issue a chip card', says: 'A new card is given to two custodians.' },
  'review-divergence': {
    name: 'Say that an alarm was looked at',
    says: 'An officer says what he found where a card and the record disagree.',
  },
  'retire-card': { name: 'Retire a chip card', says: 'A card certifies nothing more; what it certified stands.' },
  'enrol-operator': { name: 'Let somebody sign in', says: 'A person gets roles, and a key or passkey that signs in.' },
  'link-operator': {
    name: 'Link an account',
    says: 'A person signs in by an account at an OpenID Connect provider.',
  },
  'grant-roles': { name: 'Give roles', says: 'A person may sign in as more than before.' },
  'withdraw-roles': { name: 'Take roles away', says: 'A person may no longer sign in as this.' },
  'suspend-operator': {
    name: 'Suspend a person',
    says: 'A person is signed out, and cannot sign in until enrolled again.',
  },
  'withdraw-operator': { name: 'Withdraw a person', says: 'A person never signs in again.' },
  'withdraw-credential': { name: 'Withdraw a credential', says: 'One key or passkey of a person signs in no more.' },
  'adopt-approver-set': {
    name: 'Change who approves',
    says: 'Another approver set comes into force; orders under the one before it die with it.',
  },
  'enrol-unit': { name: 'Enrol a unit', says: 'A mobile computer may take orders along to the modules.' },
  'enrol-station': { name: 'Enrol a station', says: 'A central system may let modules in.' },
  'register-manufacturer-key': {
    name: 'Let a manufacturer in',
    says: 'Modules and cards under his root are accepted.',
  },
  'withdraw-manufacturer-key': {
    name: 'Withdraw a manufacturer',
    says: 'Nothing new under his root is accepted; what came in before stands.',
  },
  'admit-witness': {
    name: 'Let a witness in',
    says: 'Somebody else cosigns the log, beside the others or in the place of one that is lost.',
  },
};

export const askingWords = {
  asking: {
    title: 'Ask for an order',
    lead: 'An order is asked for by one person and approved by others. Nothing happens by asking.',
    open: 'Ask for an order',
    back: 'All kinds of orders',
    groups: {
      modules: 'Modules',
      trust: 'Trust in a card’s key',
      cards: 'Chip cards',
      people: 'People',
      places: 'Units, stations, manufacturers, witnesses',
    },
    kinds,
    unknownKind: 'There is no form for this kind of order.',
    show: 'Show the order',
    prefilled: 'Choose…',
    addSerial: 'Add a module',
    addSerialHelp: 'that stands in its place and waits',
    csv: 'or a file, CSV',
    counted: (count: number) => plural(count, 'module'),
    file: 'or a file',
    fields: {
      serials: ['Modules', 'Serials, one a line; or a CSV file with a column serial. 1 to 256.'],
      serial: ['Module', 'Serial on its housing'],
      moduleClass: ['Class of the modules', 'As their manufacturer certified it'],
      card: ['Chip card', ''],
      unit: ['Personalization unit', ''],
      station: ['Station', ''],
      stations: ['Stations', ''],
      certificateDays: ['Certificates valid, days', ''],
      newGenesis: ['Genesis of the other deployment', 'Its genesis hash, 43 characters; compare it by another way'],
      reason: ['Reason', ''],
      deviceKey: ['Device key', 'SHA-256 of its SPKI, as the card maker’s paper has it'],
      custodians: ['Custodians', 'Two persons; neither can approve the order'],
      enforcement: ['Enforcement', 'device: the card checks each order itself. host: whoever has the PIN signs'],
      checkpoint: ['What falls', ''],
      alarm: ['Alarm', ''],
      operator: ['Person', 'Pseudonym in the record, for example P-ANNA'],
      roles: ['Roles', ''],
      credential: ['Credential', 'Its thumbprint; or the public key as JWK, or what the page /passkey shows'],
      issuer: ['Provider', 'Issuer, as its settings name it: https://…'],
      link: ['Link', 'As keyledger operator link printed it'],
      document: ['The whole approver set', 'JSON; the order holds the hash of its canonical form'],
      stationKey: ['Its key', 'SHA-256 of the SPKI, 43 characters'],
      stationNextKey: ['Its next key', 'SHA-256 of the SPKI, 43 characters'],
      manufacturer: ['Manufacturer', 'What the approvers will call him'],
      certificate: ['Root certificate', 'PEM, or DER as base64url'],
      root: ['Manufacturer’s root', ''],
      witness: ['Key of the witness', 'C2SP verifier key: name+key id+key, as the witness itself prints it'],
      instead: ['In the place of', 'Who was lost, or is no longer believed; it counts no more'],
      site: ['Site', 'The approver set’s policy may differ by site'],
      hours: ['May be used for, hours', ''],
    } as Readonly<Record<string, readonly [label: string, help: string]>>,
    beside: 'nobody: beside the others',
    strict: 'strictly: every certificate of it',
    fromMoment: (size: number) => `what is sealed from checkpoint ${number(size)} on`,
    shutOut: (modules: number, persons: number) =>
      `${plural(modules, 'module')} in operation ${modules === 1 ? 'is' : 'are'} shut out; ${plural(persons, 'officer')} must approve.`,
    noAlarm: 'The card has no alarm that waits for a word.',
    faults: {
      missing: 'Still missing.',
      name: 'Letters, digits, and . : / - only; 64 at most.',
      hash: '43 characters of base64url.',
      count: (most: number) => `A whole number from 1 to ${number(most)}.`,
      twice: 'One stands there twice.',
      two: 'Two persons.',
      tooMany: (most: number) => `${number(most)} at most.`,
      serial: (one: string) => `“${one}” is no serial.`,
      serialTwice: (one: string) => `${one} stands there twice.`,
      credential: 'No thumbprint, and no P-256 public key as JWK.',
      certificate: 'No certificate as PEM or base64url.',
      document: 'This is no JSON object.',
      issuer: 'An address like https://login.example.',
      witness: 'No verifier key: name, 8 hexadecimal digits and base64, with + between them.',
      noKey: (card: string) => `No chip card ${card} has a certified signing key.`,
      noStation: (station: string) => `No station ${station} is registered.`,
      noModule: (serial: string) => `No module ${serial} is recorded.`,
    },
    mayNot: {
      role: (holders: string) =>
        `Only a requester asks for orders${holders === '' ? '' : `: ${holders}`}. You are signed in as another one.`,
      noSet: 'This browser could not follow the approver sets to the one in force.',
      notInSet: (version: number) => `You stand in approver set ${version} with no key that asks.`,
      noPolicy: 'The approver set in force has no rule for such orders.',
      noCard: 'No chip card has a signing key yet.',
      noSuspended: 'No key is suspended.',
      noUnit: 'No unit is enrolled.',
      noStation: 'No station is registered.',
      noneOperates: 'No module is in operation.',
    },
    needs: (persons: number, classA: number) =>
      `${plural(persons, 'person')} must approve${classA === 0 ? '' : `, ${number(classA)} on the own machine`}`,
    shown: 'What you would sign',
    asAsked: 'Says what you asked, checked in this browser',
    otherwise: 'The platform drafted something else than you asked for. It cannot be signed here.',
    otherwiseHelp: 'Nothing was sent. Tell your auditor, and keep this page.',
    difference: (member: string, asked: string | null, drafted: string | null) =>
      `${member}: asked ${asked ?? 'nothing'}, drafted ${drafted ?? 'nothing'}`,
    fromRecord: (members: string) =>
      `Not typed, but from the record as this platform tells it: ${members}. Officers compare it with a view of their own.`,
    noOrder: 'What the platform drafted is no order.',
  },
} as const;
