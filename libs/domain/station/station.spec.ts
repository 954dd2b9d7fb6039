import { describe, test } from '@jest/globals';
import { given } from '#test/kit/given.ts';
import { lifecycle } from '#test/kit/lifecycle.ts';
import { type StationEvent, type StationKey, stationDecider } from './station.ts';

const credential = { crv: 'P-256', kty: 'EC', x: 'x', y: 'y' } as const;
const registration = { station: 'north', credential, order: 'order-a' };
const key = (n: number): StationKey => ({ stationKey: `key-${n}`, spki: `spki-${n}`, nextKey: `key-${n + 1}` });
const register = { do: 'RegisterStation', registration, key: key(1) } as const;
const introduced = (n: number): StationEvent => ({ type: 'StationKeyIntroduced', data: key(n) });
const retired = (n: number): StationEvent => ({ type: 'StationKeyRetired', data: { stationKey: `key-${n}` } });
const registered: readonly StationEvent[] = [{ type: 'StationRegistered', data: registration }, introduced(1)];
const introduce = (n: number) => ({ do: 'IntroduceStationKey', key: key(n) }) as const;
const retire = (n: number) => ({ do: 'RetireStationKey', stationKey: `key-${n}` }) as const;

describe('a station', () => {
  test('is registered once, together with its first key', () => {
    given(stationDecider)
      .when(register)
      .then(...registered);
    given(stationDecider, ...registered)
      .when(register)
      .nothing();
    given(stationDecider, ...registered)
      .when({ ...register, key: key(5) })
      .refused('STATION_REGISTERED');
  });

  test('introduces only the key it announced', () => {
    given(stationDecider).when(introduce(2)).refused('STATION_UNKNOWN');
    given(stationDecider, ...registered)
      .when(introduce(2))
      .then(introduced(2));
    given(stationDecider, ...registered)
      .when(introduce(3))
      .refused('KEY_NOT_ANNOUNCED');
    given(stationDecider, ...registered, introduced(2))
      .when(introduce(2))
      .nothing();
    const swapped = { ...key(2), spki: 'spki-x' };
    given(stationDecider, ...registered, introduced(2))
      .when({ do: 'IntroduceStationKey', key: swapped })
      .refused('KEY_NOT_ANNOUNCED');
  });

  test('retires an old key for ever, and never its newest', () => {
    given(stationDecider).when(retire(1)).refused('STATION_UNKNOWN');
    given(stationDecider, ...registered)
      .when(retire(1))
      .refused('STATION_KEY_IN_USE');
    given(stationDecider, ...registered)
      .when(retire(7))
      .refused('STATION_KEY_UNKNOWN');
    given(stationDecider, ...registered, introduced(2))
      .when(retire(1))
      .then(retired(1));
    given(stationDecider, ...registered, introduced(2), retired(1))
      .when(retire(1))
      .nothing();
  });

  test('lifecycle', () => {
    lifecycle(stationDecider, {
      golden: new URL('./station.lifecycle.txt', import.meta.url),
      commands: {
        register,
        'introduce key 1': introduce(1),
        'introduce key 2': introduce(2),
        'retire key 1': retire(1),
        'retire key 2': retire(2),
      },
      variants: {
        'register with another key': { ...register, key: key(5) },
        'introduce key 5': introduce(5),
      },
      shows: (state) =>
        state.is === 'unknown'
          ? state.is
          : `registered, keys ${state.keys.map((one) => one.stationKey).join(' ')}, retired ${state.retired.join(' ') || '-'}`,
    });
  });
});
