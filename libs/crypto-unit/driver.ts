/** What every driver of a crypto unit is made of: a wire, and what the descriptor says of the unit at its end. */
import type { Duplex } from 'node:stream';

/** A fresh wire to the unit; rejects with CardGone where nobody is there. */
export type Wire = () => Promise<Duplex>;

/** `device`: the unit checks order and quorum itself. `host`: its key signs for whoever has the PIN, and an agent beside it checks. */
export type UnitEnforcement = 'device' | 'host';
