/** A demo that was founded already, for verbs that play its people. Nothing is made here. */
import { existsSync, readFileSync } from 'node:fs';
import type { Founding } from '#libs/domain/log/log.ts';
import { utf8 } from '#libs/kernel/bytes.ts';
import { canonicalJson } from '#libs/kernel/canonical-json.ts';
import { hashId } from '#libs/kernel/hash.ts';
import { Complaint } from '../config.ts';
import { CAST, type DemoPerson, type Who, demoPeople } from './people.ts';
import { placesIn } from './places.ts';

export interface KnownDemo {
  readonly genesis: string;
  readonly founding: Founding;
  /** The first of the cast of whom it is true; null where there is none. */
  readonly personWho: (fits: (one: (typeof CAST)[Who]) => boolean) => DemoPerson | null;
}

export function knownDemo(folder: string): KnownDemo {
  const places = placesIn(folder);
  if (!existsSync(places.founding))
    throw new Complaint(
      'NO_DEMO',
      `There is no demo in ${folder}; name its data folder with --data, or use your own key.`,
    );
  const founding = JSON.parse(readFileSync(places.founding, 'utf8')) as Founding; // our own file
  const people = demoPeople(places.people);
  return {
    genesis: hashId(utf8(canonicalJson(founding))),
    founding,
    personWho: (fits) => {
      const who = (Object.keys(CAST) as Who[]).find((one) => fits(CAST[one]));
      return who === undefined ? null : people.person(who);
    },
  };
}
