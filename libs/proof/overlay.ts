/** What is known, with a sheet of glass on top: what is written there is seen, and the known stays as it was. */
import type { Known } from './known.ts';

class MapOverlay<Key, Value> extends Map<Key, Value> {
  readonly #below: ReadonlyMap<Key, Value>;

  constructor(below: ReadonlyMap<Key, Value>) {
    super();
    this.#below = below;
  }

  override get(key: Key): Value | undefined {
    return super.has(key) ? super.get(key) : this.#below.get(key);
  }

  override has(key: Key): boolean {
    return super.has(key) || this.#below.has(key);
  }

  override *values(): MapIterator<Value> {
    for (const [key, value] of this.#below) if (!super.has(key)) yield value;
    yield* super.values();
  }
}

class SetOverlay<Value> extends Set<Value> {
  readonly #below: ReadonlySet<Value>;

  constructor(below: ReadonlySet<Value>) {
    super();
    this.#below = below;
  }

  override has(value: Value): boolean {
    return super.has(value) || this.#below.has(value);
  }
}

export function overlay(known: Known): Known {
  return {
    genesis: known.genesis,
    logKeys: known.logKeys,
    witnessPolicies: known.witnessPolicies,
    setInForce: known.setInForce,
    sets: new MapOverlay(known.sets),
    credentials: new MapOverlay(known.credentials),
    orders: new MapOverlay(known.orders),
    stations: new MapOverlay(known.stations),
    cards: new MapOverlay(known.cards),
    cardLogs: known.cardLogs,
    manufacturers: new MapOverlay(known.manufacturers),
    fieldLeases: new MapOverlay(known.fieldLeases),
    modules: new MapOverlay(known.modules),
    moduleKeys: new MapOverlay(known.moduleKeys),
    certificates: new MapOverlay(known.certificates),
    installed: new MapOverlay(known.installed),
    sessions: new MapOverlay(known.sessions),
    operators: new MapOverlay(known.operators),
    signIns: new MapOverlay(known.signIns),
    acts: new SetOverlay(known.acts),
    index: known.index,
    recorded: new MapOverlay(known.recorded),
    leastEpochs: new MapOverlay(known.leastEpochs),
    disabled: new MapOverlay(known.disabled),
    rests: new MapOverlay(known.rests),
    due: new MapOverlay(known.due),
  };
}
