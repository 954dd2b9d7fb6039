/** Frames on a line: a length in four octets (big endian), then canonical JSON; bounded, never resynchronised. */
import { ascii, concat, u32 } from '#libs/kernel/bytes.ts';
import { type Json, canonicalJson, parseCanonical } from '#libs/kernel/canonical-json.ts';
import { type Refusal, isRefusal, refuse } from '#libs/kernel/refusal.ts';

export const FRAME_LIMITS = { octetsMax: 32768, depthMax: 4 } as const;

/** One frame. Throws `RangeError` when the value is larger than a frame may be. */
export function encodeFrame(value: Json): Uint8Array {
  const body = ascii(canonicalJson(value));
  if (body.length > FRAME_LIMITS.octetsMax)
    throw new RangeError(`a frame holds at most ${FRAME_LIMITS.octetsMax} octets`);
  return concat(u32(body.length), body);
}

const GARBAGE = refuse('LINE_GARBAGE', 'What came over the line is no frame of this protocol; the line was closed.');

/** Takes octets as they come and gives whole frames. After the first garbage it gives nothing else. */
export class FrameReader {
  #held: Uint8Array = new Uint8Array();
  #broken = false;

  /** Frames that are complete now, in order; the refusal LINE_GARBAGE stands last, and once. */
  push(octets: Uint8Array): readonly (Json | Refusal)[] {
    if (this.#broken) return [];
    this.#held = concat(this.#held, octets);
    const frames: (Json | Refusal)[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) {
      frames.push(frame);
      if (isRefusal(frame)) break;
    }
    return frames;
  }

  #next(): Json | Refusal | undefined {
    if (this.#held.length < 4) return undefined;
    const length = Buffer.from(this.#held.slice(0, 4)).readUInt32BE();
    if (length === 0 || length > FRAME_LIMITS.octetsMax) return this.#garbage();
    if (this.#held.length < 4 + length) return undefined;
    const value = parseCanonical(this.#held.slice(4, 4 + length), FRAME_LIMITS);
    this.#held = this.#held.slice(4 + length);
    return isRefusal(value) ? this.#garbage() : value;
  }

  #garbage(): Refusal {
    this.#broken = true;
    this.#held = new Uint8Array();
    return GARBAGE;
  }
}
