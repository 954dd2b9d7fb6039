/** Where a follower of the log keeps its place: one small file, replaced whole. */
import { utf8 } from '#libs/kernel/bytes.ts';
import type { Position } from '#libs/kernel/event.ts';
import type { Place } from '#libs/reactions/follower.ts';
import { readWhole, replaceWhole } from '#libs/local/durable-file.ts';

interface Kept {
  readonly log: string;
  readonly position: Position;
}

export function placeFile(file: string): Place {
  return {
    load: async (log) => {
      const octets = readWhole(file);
      if (octets === null) return null;
      const kept = JSON.parse(Buffer.from(octets).toString('utf8')) as Kept; // written by `save` alone
      if (kept.log !== log)
        throw new Error(`The file ${file} belongs to another log; remove it to follow this one from its start.`);
      return kept.position;
    },
    save: async (log, position) => replaceWhole(file, utf8(JSON.stringify({ log, position } satisfies Kept))),
  };
}
