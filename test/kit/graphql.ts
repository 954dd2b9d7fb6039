/** Questions to a platform over HTTP, answered with data or with the codes of its errors. */
export interface Said {
  /** HTTP status. */
  readonly status: number;
  readonly data: Record<string, unknown>;
  /** Codes of the errors. */
  readonly codes: readonly string[];
  readonly errors: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
}

/** Where to ask, and as whom. */
export interface Asked {
  readonly url: string;
  /** Bearer token; nobody where there is none. */
  readonly token?: string;
}

export async function asks({ url, token }: Asked, query: string, variables: object = {}): Promise<Said> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors = [] } = (await response.json()) as { data: Said['data']; errors?: Said['errors'] };
  return { status: response.status, data, errors, codes: errors.map(({ extensions }) => String(extensions?.code)) };
}

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: object }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** One page of a connection: `page(at, 'orders', '{ id }', 'first: 5')`. */
export async function page(at: Asked, field: string, node: string, args = ''): Promise<Page> {
  const given = args === '' ? '' : `(${args})`;
  const info = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
  const said = await asks(at, `{ it: ${field}${given} { edges { cursor node ${node} } ${info} } }`);
  if (said.errors.length > 0) throw new Error(JSON.stringify(said.errors));
  return said.data.it as Page;
}
