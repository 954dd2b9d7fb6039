/** GET STATUS: life cycle, card number, log number, capacity and head. Nothing of it is secret. */
import { ascii, concat, short, u64 } from '#libs/kernel/bytes.ts';
import { type CardCommand, ok } from '../context.ts';
import { logHead, logNumber } from '../log.ts';

export const getStatus: CardCommand = ({ memory }) =>
  ok(
    concat(
      short(ascii(memory.life)),
      short(ascii(memory.card)),
      u64(logNumber(memory)),
      u64(memory.capacity),
      logHead(memory),
    ),
  );
