/** Who is signed in: a bearer token in memory, kept for this tab alone. */
import { Store, useStore } from '../store.ts';

export interface Session {
  readonly token: string;
  /** Empty until the platform was asked: a provider's page does not know it. */
  readonly operator: string;
  readonly roles: readonly string[];
  /** Second at which it ends; null where that is not known. */
  readonly until: number | null;
}

const KEPT = 'keyledger session';

function kept(): Session | null {
  const text = sessionStorage.getItem(KEPT);
  if (text === null) return null;
  const {
    token,
    operator = '',
    roles,
    until,
  } = JSON.parse(text) as Partial<Session> & Pick<Session, 'token' | 'roles'>; // written below, and by the page /sign-in
  return { token, operator, roles, until: until ?? null };
}

const OFFER = /^#session=([A-Za-z0-9_-]{43})&genesis=([A-Za-z0-9_-]{43})$/;

/** Whoever opens a link means the person of the link, whoever was signed in before. */
export const session = new Store<Session | null>(OFFER.test(location.hash) ? null : kept());
addEventListener('hashchange', () => {
  if (OFFER.test(location.hash)) end();
});

export function begin(it: Session): void {
  sessionStorage.setItem(KEPT, JSON.stringify(it));
  session.set(it);
}

export function end(): void {
  sessionStorage.removeItem(KEPT);
  session.set(null);
}

const WANTED = 'keyledger wanted page';

/** Where the page of the provider sends one back to, with the session that it made. */
export function wantBack(path: string): void {
  sessionStorage.setItem(WANTED, path);
}

export function useSession(): Session | null {
  return useStore(session);
}

/** The session of somebody for whom this is shown only when he is signed in. */
export function useViewer(): Session {
  const it = useSession();
  if (it === null) throw new Error('shown without a session');
  return it;
}

export interface LinkOffer {
  readonly token: string;
  /** The deployment that the link is of, told by whoever gave it. */
  readonly genesis: string;
}

/** A link of `npm start` carries a token behind `#`: no server is told what stands there. It is taken out of the address at once. */
export function offerInAddress(): LinkOffer | null {
  const [, token, genesis] = OFFER.exec(location.hash) ?? [];
  if (token === undefined || genesis === undefined) return null;
  history.replaceState(null, '', location.pathname + location.search);
  return { token, genesis };
}
