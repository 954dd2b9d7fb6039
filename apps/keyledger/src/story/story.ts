/** The story of one four-eyes approved personalization, chapter by chapter. Told on where it was cut off. */
import { issueCard } from './card.ts';
import { founding } from './founding.ts';
import { compromised, suspended, withdrawal } from './operation.ts';
import { orderFor, personalized, refusedTwice, registerModule } from './personalization.ts';
import { refusedByTheCard } from './refused.ts';
import type { World } from './world.ts';

/** Throws `StoryBroken` at the first step that does not hold. Answers with the certificate's fingerprint. */
export async function tellStory(world: World): Promise<{ readonly fingerprint: string }> {
  await founding(world);
  const card = await issueCard(world);
  await registerModule(world);
  const write = orderFor(world, card);
  await refusedByTheCard(world, write);
  const order = write('personalize');
  const certificate = await personalized(world, order);
  await refusedTwice(world, order);
  await withdrawal(world);
  await suspended(world, card);
  await compromised(world, card);
  return certificate;
}
