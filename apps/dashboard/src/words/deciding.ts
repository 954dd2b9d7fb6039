/** Texts of the inbox and of an order. */
import { number, plural } from './format.ts';

export const decidingWords = {
  inbox: {
    forYou: 'Waiting for you',
    notYours: 'Not yours to decide',
    empty: (others: number) =>
      others === 0
        ? 'Nothing waits for you, and nothing for others.'
        : `Nothing waits for you. ${plural(others, 'order')} ${others === 1 ? 'waits' : 'wait'} for others: see below.`,
    choose: 'Choose an order at the left. Nothing is signed by looking at it.',
    step: 'next, previous',
    allKeys: 'all keys',
    owed: 'owed',
    runOut: 'run out',
    noOrder: 'These bytes are no order. Do not sign anything; tell your auditor.',
    waitingFor: (persons: string) => `Waiting for ${persons}`,
    rendered: 'Signed bytes, rendered',
    nothingLeftOut: (octets: string) => `${octets} bytes, nothing left out`,
    fingerprint: 'Fingerprint',
    hashed: 'Hashed in this browser',
    otherBytes: 'Not the bytes of this order',
    listRoot: (count: number) => `${plural(count, 'module')}, by the root of their list`,
    listTold: 'the list itself is not in these bytes; your own machine checks it against the root',
    doneUnder: 'Done under this order',
    spentFor: (serials: string) => `Spent for ${serials}.`,
    takenFor: (serials: string) => `Taken for ${serials}, not yet reported.`,
    overdueFor: (serials: string) => `Nothing was reported in time of ${serials}.`,
    events: 'All events of this order',
    owedOf: (owed: number, all: number) =>
      owed === 0
        ? `${plural(all, 'person')} signed, none is owed`
        : `${number(owed)} of ${plural(all, 'person')} still owed`,
    stillOwed: (owed: number) => `${plural(owed, 'person')} still owed`,
    signedBy: { A: 'signed on the own machine,', B: 'signed with a passkey,' },
    signatureHolds: 'The signature over these bytes holds, checked in this browser',
    owedClass: { A: 'Class A, one person', B: 'Class B or A, one person' },
    owedHow: { A: "on the officer's own machine", B: 'a passkey is enough' },
    timeLeft: 'Time left to decide',
    decision: 'Your decision',
    endedBy: (person: string, how: string, ago: string) =>
      `${person} ${how === 'declined' ? 'declined' : 'withdrew'} it ${ago} ago.`,
    mayBecause: (version: number, isRequester: boolean) =>
      `You may: approver in set ${version}${isRequester ? ', and you asked for it yourself' : ', not the requester'}.`,
    whyNot: {
      decided: (state: string) => `It is ${state}.`,
      expired: 'Its time ran out',
      unknownKind: 'This page does not know this kind of order',
      own: 'You asked for it yourself',
      role: 'You are not signed in as a security officer',
      noSet: 'This browser could not follow the approver sets to the one that it names',
      notInSet: (version: number) => `You are no approver in set ${version}`,
      already: 'You have signed it',
      custodian: 'You are its custodian',
    },
    ways: { A: 'On your own machine', B: 'With your passkey, in this page' },
    wayA: (left: number) =>
      `It renders the bytes itself. Go on only if the request and the whole fingerprint agree. Then ${left === 0 ? 'the order is approved' : `${plural(left, 'person')} ${left === 1 ? 'is' : 'are'} owed`}.`,
    wayB: ({ persons, classA }: { readonly persons: number; readonly classA: number }) =>
      `You trust this page to show what is signed.${classA > 0 ? ' Class A stays owed.' : persons > 0 ? ' An order with class B alone falls to a hostile page.' : ''}`,
    copyCommand: 'Copy the command',
    passkey: 'Approve with passkey',
    noPasskey: 'This browser knows no passkey of yours.',
    enrol: 'Enrol one',
    noneChosen: 'No passkey answered; nothing was sent.',
    decline: 'Decline…',
    withdraw: 'Withdraw order…',
    takeBack: {
      decline: {
        title: 'Decline this order',
        consequence:
          'The order ends for everybody, at once and for good; what was approved of it counts for nothing. Whoever wants it must ask anew.',
        button: 'Decline with passkey',
      },
      withdraw: {
        title: 'Withdraw this order',
        consequence:
          'No unit may take it any more. A card that got its lease for the field before may still bring one certificate for each module.',
        button: 'Withdraw with passkey',
      },
    },
  },
} as const;
