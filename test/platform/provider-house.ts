/** A house with a provider set down beside its record, and Anna linked to an account there by an approved order. */
import { founding } from '#apps/keyledger/src/story/founding.ts';
import { CAST } from '#apps/keyledger/src/demo/people.ts';
import { SideStore } from '#apps/platform/src/provider/side-store.ts';
import type { OperatorRole } from '#libs/kernel/operator-roles.ts';
import { type HouseInProcess, houseInProcess } from '#test/journeys/house-in-process.ts';
import { PeopleBench, codeOf } from '#test/journeys/people-bench.ts';
import { begun, finished } from './provider-browser.ts';
import { CLIENT, TestProvider } from './provider.ts';

export const ANNAS = 'subject-0001';

export interface ProviderHouse {
  readonly it: HouseInProcess;
  readonly provider: TestProvider;
  readonly url: string;
  readonly bench: PeopleBench;
  readonly beside: SideStore;
  /** Of Anna. */
  readonly link: string;
  /** Writes a link down beside the record; approved by nobody yet. */
  readonly links: (operator: string, subject: string) => string;
  /** The order that lets an operator in by a link. */
  readonly linking: (operator: string, link: string) => object;
  readonly comesIn: (roles?: readonly OperatorRole[]) => Promise<Record<string, unknown>>;
  readonly close: () => Promise<void>;
}

export async function providerHouse(): Promise<ProviderHouse> {
  const provider = new TestProvider();
  await provider.start();
  const { issuer, redirectUri } = provider;
  const it = await houseInProcess({ beside: { 'provider.json': JSON.stringify({ issuer, redirectUri, ...CLIENT }) } });
  const url = it.house.platformUrl;
  provider.relayTo = `${url}/sign-in`;
  await founding(it.world);
  const bench = new PeopleBench(it);
  const beside = new SideStore(it.house.deployment.places.platform.folder);
  const links = (operator: string, subject: string) => beside.link(operator, { issuer, subject });
  const linking = (operator: string, link: string) => ({ kind: 'link-operator', operator, issuer, link });
  const link = links(CAST.anna.id, ANNAS);
  const outcome = codeOf(await bench.changes(await bench.ordered(linking(CAST.anna.id, link))));
  if (outcome !== 'done') throw new Error(outcome);
  provider.subject = ANNAS;
  const comesIn = async (roles: readonly OperatorRole[] = ['approver']) => finished(url, await begun(url, roles));
  const close = async (): Promise<void> => {
    await it.close();
    await provider.close();
  };
  return { it, provider, url, bench, beside, link, links, linking, comesIn, close };
}
