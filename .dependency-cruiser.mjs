/**
 * Who may import whom: one row per folder. A folder may always import itself; `/*` in a row's folder stands for each
 * folder below, one by one; a trailing `/` in `may` stands for the folder and all below it, `*.ts` for its own files.
 * `packages` lists the npm packages it may use, `node` the modules of Node (left out: any). The rows bind what ships;
 * tests may import anything, and nothing that ships may import a test. A folder without a row fails.
 */
import { readdirSync } from 'node:fs';

const PROTOCOLS = ['libs/personalization-protocol/', 'libs/chip-card-protocol/', 'libs/operation-protocol/'];
const EMULATOR = ['kernel', 'seal', 'serial-tree', 'approval', 'certificates', 'local']
  .map((name) => `libs/${name}/`)
  .concat(PROTOCOLS, 'module-emulator/*.ts');

const VIEW_ROOMS =
  'event order operator unit chip-card key security-module certificate station trust-list session personalization numbers'.split(
    ' ',
  );

const DASHBOARD_PACKAGES =
  '@fontsource(-variable)?/[^/]+ @graphiql/toolkit @mantine/(core|hooks) @urql/core graphiql graphql-ws react react-dom uplot urql vite'.split(
    ' ',
  );

/** A wire to a PostgreSQL server and the leases on it, which views need as well: no engine. */
const WIRE = ['address', 'failure', 'leases', 'link'].map((name) => `libs/event-store/postgresql/${name}.ts`);

const ROWS = [
  { folder: 'libs/kernel', may: [], packages: [], node: ['crypto', 'perf_hooks'] },

  { folder: 'libs/domain', may: ['libs/kernel/', 'libs/domain/'], packages: [], node: [] },
  { folder: 'libs/domain/*', may: ['libs/kernel/', 'libs/domain/report.ts'], packages: [], node: [] },
  { folder: 'libs/approval', may: ['libs/kernel/'], packages: [] },
  { folder: 'libs/certificates', may: ['libs/kernel/'], packages: ['node-jose'] },
  { folder: 'libs/seal', may: ['libs/kernel/'], packages: [] },
  { folder: 'libs/trace', may: [], packages: ['@opentelemetry/[^/]+'] },
  { folder: 'libs/serial-tree', may: ['libs/kernel/', 'libs/seal/'], packages: [] },
  { folder: 'libs/event-store', may: ['libs/kernel/'], packages: [] },
  { folder: 'libs/event-store/memory', may: ['libs/kernel/', 'libs/event-store/*.ts'], packages: [] },
  {
    folder: 'libs/event-store/sqlite',
    may: ['libs/kernel/', 'libs/event-store/*.ts', 'libs/local/folder-lock.ts'],
    packages: ['better-sqlite3'],
  },
  ...Object.entries({ postgresql: 'pg', kurrentdb: '@kurrent/kurrentdb-client' }).map(([engine, driver]) => ({
    folder: `libs/event-store/${engine}`,
    may: ['libs/kernel/', 'libs/event-store/*.ts'],
    packages: [driver],
  })),
  {
    folder: 'libs/personalization-protocol',
    may: ['libs/kernel/', 'libs/trace/spans.ts', 'libs/approval/', 'libs/certificates/'],
    packages: [],
  },
  {
    folder: 'libs/chip-card-protocol',
    may: ['libs/kernel/', 'libs/trace/spans.ts', 'libs/approval/', 'libs/certificates/'],
    packages: [],
  },
  {
    folder: 'libs/crypto-unit',
    may: ['libs/kernel/', 'libs/chip-card-protocol/', 'libs/local/local-socket.ts'],
    packages: [],
  },
  {
    folder: 'libs/operation-protocol',
    may: [
      'libs/kernel/',
      'libs/certificates/',
      'libs/personalization-protocol/framing.ts',
      'libs/personalization-protocol/frame-line.ts',
      'libs/personalization-protocol/tls.ts',
    ],
    packages: [],
  },
  { folder: 'libs/local', may: ['libs/kernel/'], packages: ['better-sqlite3'] },
  {
    folder: 'libs/platform-client',
    may: ['libs/kernel/', 'libs/trace/spans.ts', 'libs/local/durable-file.ts'],
    packages: ['graphql-ws'],
  },

  {
    folder: 'libs/proof',
    may: ['kernel', 'domain', 'approval', 'seal', 'serial-tree', 'certificates']
      .map((name) => `libs/${name}/`)
      .concat(PROTOCOLS),
    packages: [],
  },
  { folder: 'libs/siem', may: ['libs/kernel/', 'libs/domain/'], packages: [] },
  { folder: 'libs/views', may: ['libs/kernel/', 'libs/domain/', 'libs/views/'], packages: [] },
  ...VIEW_ROOMS.map((room) => ({
    folder: `libs/views/${room}`,
    may: [
      'libs/kernel/',
      'libs/domain/',
      'libs/views/*.ts',
      'libs/views/chip-card/',
      ...(room === 'certificate' ? ['libs/chip-card-protocol/log-entry.ts'] : []),
      ...(room === 'security-module' ? ['libs/views/certificate/'] : []),
      ...(room === 'numbers' ? ['libs/views/event/'] : []),
    ],
    packages: [],
  })),
  {
    folder: 'libs/views/questions',
    may: [
      'libs/kernel/',
      'libs/domain/rooms.ts',
      'libs/views/*.ts',
      'libs/views/sqlite/reading.ts',
      ...VIEW_ROOMS.map((room) => `libs/views/${room}/`),
    ],
    packages: [],
  },
  {
    folder: 'libs/views/sqlite',
    may: ['libs/kernel/', 'libs/views/*.ts'],
    packages: ['better-sqlite3', '@prisma/adapter-better-sqlite3', '@prisma/client'],
  },
  {
    folder: 'libs/views/postgresql',
    may: ['libs/kernel/', 'libs/views/*.ts', 'libs/views/sqlite/reading.ts', 'libs/event-store/*.ts', ...WIRE],
    packages: ['@prisma/adapter-pg', '@prisma/client'],
  },
  { folder: 'libs/transfer', may: ['libs/kernel/', 'libs/seal/', 'libs/event-store/*.ts'], packages: [] },
  { folder: 'libs/reactions', may: ['libs/kernel/', 'libs/domain/', 'libs/event-store/*.ts'], packages: [] },
  { folder: 'module-emulator', may: EMULATOR, packages: [] },
  { folder: 'module-emulator/adversary', may: [...EMULATOR, 'module-emulator/'], packages: [] },
  { folder: 'module-emulator/line', may: EMULATOR, packages: [] },
  { folder: 'module-emulator/chip-card', may: EMULATOR, packages: [] },
  {
    folder: 'module-emulator/crypto-unit',
    may: [...EMULATOR, 'libs/crypto-unit/', 'module-emulator/chip-card/'],
    packages: ['pkcs11js'],
  },
  { folder: 'module-emulator/security-module', may: [...EMULATOR, 'module-emulator/line/'], packages: [] },
  { folder: 'module-emulator/manufacturer', may: [...EMULATOR, 'module-emulator/security-module/'], packages: [] },

  { folder: 'libs/nest', may: ['libs/kernel/', 'libs/event-store/*.ts', 'libs/views/', 'libs/reactions/'] },

  { folder: 'apps/platform', may: ['libs/'] },
  { folder: 'apps/unit', may: ['libs/'] },
  { folder: 'apps/station', may: ['libs/'] },
  { folder: 'apps/headquarters', may: ['libs/'] },
  { folder: 'apps/keyledger', may: ['libs/', 'module-emulator/', 'apps/'] },
  {
    folder: 'apps/dashboard',
    may: [],
    packages: DASHBOARD_PACKAGES,
    node: [],
  },
];

/** Test rooms: they may import anything. */
const TEST_ROOMS = 'kit journeys platform attacks units simulation golden bench browser data faults kurrentdb'
  .split(' ')
  .map((room) => `test/${room}`);
const TESTS = ['[.](spec|long|fixture|harness)[.]ts$', '^test/', '^libs/event-store/contract/'];

/** The engines of the event store, and who may choose one beside tests. */
const ENGINES = '^libs/event-store/(memory|sqlite|postgresql|kurrentdb)/';
/** What only looks; and what its owner does once, before there is a log. */
const READ_ONLY_OPENER =
  '^libs/event-store/(sqlite/read-only|postgresql/(read-only|found|address)|kurrentdb/(read-only|founded|address|driver))[.]ts$';

const NPM = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'];

const SHIPS = { pathNot: [...TESTS, '^scripts/'] };
const OTHERS = { pathNot: [...TESTS, ENGINES, '^apps/platform/', '^apps/keyledger/'] };
/** A device's memory has one writer: the process that is the device, and the founding before that runs. */
const IMAGES = '^apps/keyledger/src/demo/images[.]ts$';
const OTHERS_THAN_DEVICES = {
  path: '^apps/',
  pathNot: [...TESTS, IMAGES, '^apps/keyledger/src/demo/(devices|device-rack|found|lone-card)[.]ts$'],
};
const COMMAND_LINE = { path: '^apps/keyledger/', pathNot: TESTS };

const FLOORS = ['apps', 'libs', 'module-emulator', 'test'];

function rule(name, from, to) {
  return { name, severity: 'error', from, to };
}

/** The rules of one row; with nested rows, its own files are those that stand in it directly. */
function rulesOf({ folder, may, packages, node }) {
  const nested = ROWS.map((row) => row.folder).filter((other) => other.startsWith(`${folder}/`));
  const path = `^${folder.replace('/*', '/([^/]+)')}/`;
  const own = nested.length > 0 ? `^${folder}/[^/]+$` : path.replace('([^/]+)', '$1');
  const from = { path, pathNot: [...TESTS, ...nested.map((other) => `^${other.replace('/*', '/[^/]+')}/`)] };
  const names = (list) => list.map((name) => `(^|/)node_modules/(@types/)?${name}(/|$)`);
  return [
    rule(folder, from, { path: `^(${FLOORS.join('|')}|scripts)/`, pathNot: [own, ...may.map(patternOf)] }),
    ...(packages ? [rule(`${folder}: packages`, from, { dependencyTypes: NPM, pathNot: names(packages) })] : []),
    ...(node
      ? [rule(`${folder}: node`, from, { dependencyTypes: ['core'], pathNot: `^(node:)?(${node.join('|') || '-'})$` })]
      : []),
  ];
}

/** `a/` is a and all below it, `a/*.ts` its own files, `a/b.ts` one file. */
function patternOf(target) {
  if (target.endsWith('/')) return `^${target}`;
  return `^${target.replace('.ts', '[.]ts').replace('*', '[^/]+')}$`;
}

function foldersWithoutRow() {
  const known = new Set([...ROWS.map((row) => row.folder), ...TEST_ROOMS]);
  return FLOORS.flatMap((floor) =>
    readdirSync(floor, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !known.has(`${floor}/${entry.name}`))
      .map((entry) => `${floor}/${entry.name}`),
  );
}

for (const folder of foldersWithoutRow()) {
  process.stderr.write(`  error no row in .dependency-cruiser.mjs for ${folder}\n`);
  process.on('exit', () => (process.exitCode ||= 1));
}

export default {
  forbidden: [
    rule('no-circles', {}, { circular: true }),
    // Peers of the benches are installed beside them, when they are asked for.
    rule('nothing-unresolved', { pathNot: '^test/bench/peers/' }, { couldNotResolve: true }),
    rule('what-ships-imports-no-test', SHIPS, { path: TESTS }),
    rule('what-ships-uses-no-dev-package', SHIPS, { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' }),
    rule('packages-are-listed', {}, { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] }),
    rule('only-the-platform-chooses-engines', OTHERS, { path: ENGINES, pathNot: WIRE.map(patternOf) }),
    rule('the-command-line-only-reads', COMMAND_LINE, { path: ENGINES, pathNot: READ_ONLY_OPENER }),
    rule('a-device-alone-opens-its-image', OTHERS_THAN_DEVICES, { path: IMAGES }),
    ...ROWS.flatMap(rulesOf),
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^prisma/generated'] },
    exclude: { path: '^apps/dashboard/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
