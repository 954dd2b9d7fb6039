import { describe, test } from '@jest/globals';
import { given } from '#test/kit/given.ts';
import { lifecycle } from '#test/kit/lifecycle.ts';
import { accepted, contested, report } from '#test/kit/reports.ts';
import { type TrustListEnforced, type TrustListEvent, trustListDecider } from './trust-list.ts';

const cardKey = 'key-1';
const trust = (order = 'order-t') => ({ do: 'TrustSigningKey', cardKey, order }) as const;
type To = 'suspended' | 'deactivated' | 'compromised';
const disable = (to: To, order = `order-${to}`) => ({ do: 'DisableSigningKey', cardKey, to, order }) as const;
const publish = (version: number, hash = `list-${version}`) =>
  ({ do: 'PublishTrustList', version, entries: 1, hash }) as const;

const trusted = (order = 'order-t'): TrustListEvent => ({ type: 'SigningKeyTrusted', data: { cardKey, order } });
const disabled = (to: To, order = `order-${to}`): TrustListEvent => ({
  type: 'SigningKeyDisabled',
  data: { cardKey, to, order },
});
const published = (version: number): TrustListEvent => ({
  type: 'TrustListPublished',
  data: { version, entries: 1, hash: `list-${version}` },
});
const enforced = (version: number, hash = `list-${version}`): TrustListEnforced => ({
  type: 'TrustListEnforced',
  data: { version, hash },
});

describe('a station trusts a signing key', () => {
  test('once, by an order', () => {
    given(trustListDecider).when(trust()).then(trusted());
    given(trustListDecider, trusted()).when(trust()).nothing();
  });

  test('suspended, it is trusted again only by a new order', () => {
    given(trustListDecider, trusted()).when(disable('suspended')).then(disabled('suspended'));
    given(trustListDecider, trusted(), disabled('suspended')).when(trust('order-t2')).then(trusted('order-t2'));
    given(trustListDecider, trusted(), disabled('suspended')).when(trust()).refused('ORDER_USED');
    given(trustListDecider, trusted(), disabled('suspended'), trusted('order-t2'))
      .when(disable('suspended'))
      .refused('ORDER_USED');
  });

  test('compromised, it never comes back', () => {
    const final = [trusted(), disabled('compromised')] as const;
    given(trustListDecider, trusted()).when(disable('compromised')).then(disabled('compromised'));
    given(trustListDecider, trusted(), disabled('suspended'))
      .when(disable('compromised'))
      .then(disabled('compromised'));
    given(trustListDecider, ...final)
      .when(disable('compromised'))
      .nothing();
    given(trustListDecider, ...final)
      .when(trust('order-t2'))
      .refused('KEY_COMPROMISED');
    given(trustListDecider, ...final)
      .when(disable('suspended'))
      .refused('KEY_COMPROMISED');
  });

  test('S29c deactivated, strictly or from a moment on, it never comes back', () => {
    const from = { size: 7, root: 'root' };
    given(trustListDecider, trusted()).when(disable('deactivated')).then(disabled('deactivated'));
    const moment = { type: 'SigningKeyDisabled', data: { ...disabled('deactivated').data, from } } as TrustListEvent;
    given(trustListDecider, trusted(), disabled('suspended'))
      .when({ ...disable('deactivated'), from })
      .then(moment);
    const gone = [trusted(), disabled('deactivated')] as const;
    given(trustListDecider, ...gone)
      .when(disable('deactivated'))
      .nothing();
    given(trustListDecider, ...gone)
      .when(disable('suspended'))
      .refused('KEY_DISABLED');
    given(trustListDecider, ...gone)
      .when(trust('order-t2'))
      .refused('KEY_DISABLED');
    given(trustListDecider, ...gone)
      .when(disable('compromised'))
      .then(disabled('compromised'));
    given(trustListDecider).when(disable('deactivated')).refused('KEY_NOT_TRUSTED');
  });

  test('a key may be barred before it was ever trusted', () => {
    given(trustListDecider).when(disable('compromised')).then(disabled('compromised'));
    given(trustListDecider, disabled('compromised')).when(trust()).refused('KEY_COMPROMISED');
    given(trustListDecider).when(disable('suspended')).refused('KEY_NOT_TRUSTED');
  });
});

describe('a trust list', () => {
  test('is published in dense versions', () => {
    given(trustListDecider, trusted()).when(publish(1)).then(published(1));
    given(trustListDecider, published(1)).when(publish(1)).nothing();
    given(trustListDecider, published(1)).when(publish(1, 'another')).refused('VERSION_NOT_NEXT');
    given(trustListDecider, published(1)).when(publish(3)).refused('VERSION_NOT_NEXT');
    given(trustListDecider, published(1)).when(publish(2)).then(published(2));
  });

  test('is enforced by its station as it was published, and never an older one', () => {
    const two = [published(1), published(2)] as const;
    given(trustListDecider, ...two)
      .when(report(enforced(1)))
      .then(...accepted(enforced(1)));
    given(trustListDecider, ...two, ...accepted(enforced(2)))
      .when(report(enforced(2)))
      .nothing();
    given(trustListDecider, ...two, ...accepted(enforced(2)))
      .when(report(enforced(1)))
      .then(...contested(enforced(1), 'VERSION_FELL'));
    given(trustListDecider, ...two)
      .when(report(enforced(3)))
      .then(...contested(enforced(3), 'VERSION_UNKNOWN'));
    given(trustListDecider, ...two)
      .when(report(enforced(2, 'x')))
      .then(...contested(enforced(2, 'x'), 'OTHER_LIST'));
  });

  test('lifecycle', () => {
    lifecycle(trustListDecider, {
      golden: new URL('./trust-list.lifecycle.txt', import.meta.url),
      commands: {
        trust: trust(),
        'trust by another order': trust('order-t2'),
        suspend: disable('suspended'),
        disable: disable('deactivated'),
        compromise: disable('compromised'),
        'publish 1': publish(1),
        'enforce 1': report(enforced(1)),
      },
      variants: {
        'publish another 1': publish(1, 'another'),
      },
      sees: (state) => state.room,
      shows: ({ room }) => {
        const keys =
          room.keys.map((one) => `${one.cardKey} ${one.key} (${one.orders.join(' ')})`).join(' ') || 'no key';
        return `${keys}, published ${room.versions.at(-1)?.hash ?? '-'}, enforced ${room.enforced?.hash ?? '-'}`;
      },
    });
  });
});
