/** The driver has a native part, prebuilt for each platform and left out by npm where there is none: that is one sentence, not a stack. */
import { EventStoreError } from '../event-store.ts';

/** Loads what needs the driver, only where a KurrentDB log is opened. Throws Unsupported. */
export async function withDriver<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new EventStoreError(
      'Unsupported',
      'The KurrentDB client cannot be loaded: it has no prebuilt part for this machine, or npm left it out.',
      { cause },
    );
  }
}
