import { describe, expect, test } from '@jest/globals';
import { fold } from '#libs/kernel/decider.ts';
import { KEY_MOVES, type KeyState } from '#libs/kernel/key-state.ts';
import {
  activate,
  activated,
  active,
  cardKey,
  certified,
  certifiedKey,
  certify,
  compromise,
  compromised,
  disable,
  disabled,
  divergence,
  issue,
  issueCard,
  issued,
  read,
  recordDivergences,
  retired,
  reviewed,
  suspend,
  suspended,
  suspensionDue,
  suspensionOverdue,
  trustAgain,
  use,
  retire,
} from '#test/kit/card-examples.ts';
import { given } from '#test/kit/given.ts';
import { lifecycle } from '#test/kit/lifecycle.ts';
import { accepted, contested, report } from '#test/kit/reports.ts';
import { type ChipCardCommand, type ChipCardEvent, type ChipCardState, chipCardDecider } from './chip-card.ts';

test('S29b a lease for the field is headquarters’ word: recorded whatever it says, and contested where the card has no key', () => {
  const data = { challenge: 'c', time: 9, approverSet: 's', entries: 2, withdrawn: [], signature: 'x', after: 0 };
  const fact = { type: 'FieldLeaseGiven', data } as const;
  given(chipCardDecider, ...active)
    .when(report(fact))
    .then(...accepted(fact));
  given(chipCardDecider)
    .when(report(fact))
    .then(...contested(fact, 'CARD_UNKNOWN'));
  given(chipCardDecider, issued)
    .when(report(fact))
    .then(...contested(fact, 'NO_SIGNING_KEY'));
});

describe('a chip card comes into use', () => {
  test('issued once', () => {
    given(chipCardDecider).when(issueCard).then(issued);
    given(chipCardDecider, issued).when(issueCard).nothing();
    given(chipCardDecider, issued)
      .when({ ...issueCard, issue: { ...issue, order: 'order-x' } })
      .refused('CARD_ISSUED');
  });

  test('with one signing key for its life', () => {
    given(chipCardDecider).when(certify).refused('CARD_UNKNOWN');
    given(chipCardDecider, issued).when(certify).then(certified);
    given(chipCardDecider, issued, certified).when(certify).nothing();
    const other = { ...certifiedKey, cardKey: 'key-2' };
    given(chipCardDecider, issued, certified)
      .when({ ...certify, certified: other })
      .refused('SIGNING_KEY_CERTIFIED');
    given(chipCardDecider, issued, retired).when(certify).refused('CARD_RETIRED');
  });

  test('and activated once, by its own key', () => {
    given(chipCardDecider, issued).when(activate).refused('NO_SIGNING_KEY');
    given(chipCardDecider, issued, certified).when(activate).then(activated);
    given(chipCardDecider, issued, certified)
      .when({ ...activate, cardKey: 'key-2' })
      .refused('OTHER_SIGNING_KEY');
    given(chipCardDecider, ...active)
      .when(activate)
      .nothing();
    given(chipCardDecider, ...active)
      .when({ ...activate, approverSet: 'set-2' })
      .refused('KEY_ACTIVE');
  });
});

describe('a signing key is disabled', () => {
  test('suspended at once, and trusted again only by a new order', () => {
    given(chipCardDecider, ...active)
      .when(suspend())
      .then(suspended);
    given(chipCardDecider, ...active, suspended)
      .when(suspend('order-s2'))
      .nothing();
    given(chipCardDecider, ...active, suspended)
      .when(trustAgain())
      .then(reviewed);
    given(chipCardDecider, ...active, suspended, reviewed)
      .when(trustAgain())
      .nothing();
    given(chipCardDecider, ...active, suspended)
      .when(activate)
      .refused('KEY_SUSPENDED');
    given(chipCardDecider, issued, certified).when(suspend()).refused('KEY_NOT_ACTIVE');
    given(chipCardDecider, ...active)
      .when(trustAgain())
      .refused('KEY_ACTIVE');
  });

  test('an order has its effect once', () => {
    const back = [...active, suspended, reviewed] as const;
    given(chipCardDecider, ...back)
      .when(suspend())
      .refused('ORDER_USED');
    const again: ChipCardEvent = { type: 'SigningKeySuspended', data: { cardKey, order: 'order-s2', reason: 'lost' } };
    given(chipCardDecider, ...back, again)
      .when(trustAgain())
      .refused('ORDER_USED');
  });

  test('compromised for ever', () => {
    given(chipCardDecider, ...active)
      .when(compromise)
      .then(compromised);
    given(chipCardDecider, ...active, suspended)
      .when(compromise)
      .then(compromised);
    given(chipCardDecider, issued, certified).when(compromise).then(compromised);
    const final = [...active, compromised] as const;
    given(chipCardDecider, ...final)
      .when(compromise)
      .nothing();
    for (const command of [trustAgain(), suspend(), activate])
      given(chipCardDecider, ...final)
        .when(command)
        .refused('KEY_COMPROMISED');
  });

  test('S29c disabled in good order: deactivated, not compromised, and never back', () => {
    given(chipCardDecider, ...active)
      .when(disable())
      .then(disabled);
    given(chipCardDecider, ...active, suspended)
      .when(disable())
      .then(disabled);
    given(chipCardDecider, issued, certified).when(disable()).refused('KEY_NOT_ACTIVE');
    const gone = [...active, disabled] as const;
    given(chipCardDecider, ...gone)
      .when(disable())
      .nothing();
    for (const command of [trustAgain(), suspend(), activate, disable('order-d2')])
      given(chipCardDecider, ...gone)
        .when(command)
        .refused('KEY_DISABLED');
    given(chipCardDecider, ...gone)
      .when(compromise)
      .then(compromised);
    given(chipCardDecider, ...active, compromised)
      .when(disable())
      .refused('KEY_COMPROMISED');
    const back = [...active, suspended, reviewed] as const;
    given(chipCardDecider, ...back)
      .when(disable('order-s'))
      .refused('ORDER_USED');
  });

  test('S29c a suspension that nobody decided on in time is said so, once', () => {
    given(chipCardDecider, ...active, suspended)
      .when(suspensionDue())
      .then(suspensionOverdue);
    given(chipCardDecider, ...active, suspended, suspensionOverdue)
      .when(suspensionDue())
      .nothing();
    given(chipCardDecider, ...active, suspended, suspensionOverdue)
      .when(trustAgain())
      .then(reviewed);
    given(chipCardDecider, ...active, suspended)
      .when(suspensionDue('order-x'))
      .refused('NOT_SUSPENDED');
    for (const end of [reviewed, disabled, compromised, retired])
      given(chipCardDecider, ...active, suspended, end)
        .when(suspensionDue())
        .refused('NOT_SUSPENDED');
  });

  test('a retired card does not come back, and can still be found compromised', () => {
    given(chipCardDecider, ...active)
      .when(retire)
      .then(retired);
    given(chipCardDecider, ...active, retired)
      .when(retire)
      .nothing();
    given(chipCardDecider).when(retire).refused('CARD_UNKNOWN');
    for (const command of [trustAgain(), suspend(), activate])
      given(chipCardDecider, ...active, retired)
        .when(command)
        .refused('CARD_RETIRED');
    given(chipCardDecider, ...active, retired)
      .when(compromise)
      .then(compromised);
  });

  test('only along the moves of NIST SP 800-57, whatever the order of commands', () => {
    const orders = ['o1', 'o2', 'o3'];
    const commands: ChipCardCommand[] = [
      activate,
      compromise,
      disable(),
      retire,
      ...orders.map(suspend),
      ...orders.map(trustAgain),
    ];
    const seen = new Set<string>();
    const walk = (events: readonly ChipCardEvent[], depth: number): void => {
      for (const command of depth === 0 ? [] : commands) {
        const state = fold(chipCardDecider, events);
        const decision = chipCardDecider.decide(command, state);
        if ('is' in decision || decision.length === 0) continue;
        const next = decision.reduce(chipCardDecider.evolve, state);
        seen.add(`${keyOf(state.room)} ${keyOf(next.room)}`);
        walk([...events, ...(decision as ChipCardEvent[])], depth - 1);
      }
    };
    walk([issued, certified], 5);
    const legal = Object.entries(KEY_MOVES).flatMap(([from, to]) => to.map((one) => `${from} ${one}`));
    // A compromised card that is retired keeps its key's state: it stays compromised.
    expect([...seen].filter((move) => !legal.includes(move))).toEqual(['compromised compromised']);
  });
});

function keyOf(state: ChipCardState): KeyState | null {
  return state.is === 'keyed' ? state.key : null;
}

test('lifecycle of a chip card', () => {
  const words = (state: ChipCardState): string => {
    if (state.is === 'unknown') return state.is;
    const end = state.retired ? ', retired' : '';
    if (state.is === 'blank') return `blank${end}`;
    const uses = state.log.uses.map((one) => one.head).join(' ') || '-';
    const orders = state.usedOrders.join(' ') || '-';
    return `key ${state.key}, uses ${uses}, orders ${orders}${end}`;
  };
  lifecycle(chipCardDecider, {
    golden: new URL('./chip-card.lifecycle.txt', import.meta.url),
    commands: {
      issue: issueCard,
      'certify key': certify,
      activate,
      'use 1': use(1),
      suspend: suspend(),
      'trust again': trustAgain(),
      disable: disable(),
      compromise,
      retire: retire,
    },
    variants: {
      'read 1': report(read(1)),
      'certify another key': { ...certify, certified: { ...certifiedKey, cardKey: 'key-2' } },
      'activate another key': { ...activate, cardKey: 'key-2' },
      'use 1 with another head': use(1, 'head-x'),
      'say that the suspension is overdue': suspensionDue(),
      'record a clone': recordDivergences(divergence(1, 'cloned-card')),
    },
    sees: ({ room }) => room,
    shows: ({ room }) => words(room),
    tells: (event) => (event.type === 'CardLogDiverged' ? `CardLogDiverged (${event.data.kind})` : event.type),
  });
});
