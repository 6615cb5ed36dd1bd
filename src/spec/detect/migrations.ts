import { folderOf, isBelow, lineOf, type Place, type Repository } from './repository.js';

/** A tool that migrates a database, and the command that it is run by. */
export interface Migration {
  readonly tool: string;
  readonly command: readonly string[];
  readonly at: Place;
  /** The folder that the tool belongs to. */
  readonly folder: string;
  /** What a person should know before the command is trusted. */
  readonly caution: string | undefined;
}

/** A file that gives a tool away, by its name and by what stands in it. */
interface Sign {
  readonly tool: string;
  readonly file: RegExp;
  /** What the text must match; undefined: the name is enough. */
  readonly text?: RegExp;
  /** The command; undefined: this file does not give the tool away after all. */
  command(found: Found): { readonly command: readonly string[]; readonly caution?: string } | undefined;
}

interface Found {
  readonly path: string;
  readonly text: string;
  readonly folder: string;
  readonly repository: Repository;
  /** Whether the image leaves development dependencies out. */
  readonly production: boolean;
}

/** A development dependency is not in an image that is installed for production. */
const development = ({ text, production }: Found, name: string): string | undefined =>
  production && new RegExp(`"devDependencies"\\s*:\\s*\\{[^}]*"${name}"`).test(text)
    ? `${name} is a devDependency: it has to be in the image`
    : undefined;

const npx = (found: Found, name: string, command: readonly string[]) => {
  const caution = development(found, name);
  return { command: ['npx', ...command], ...(caution === undefined ? {} : { caution }) };
};

/** In the order of trust: what comes first is written into the spec. */
const SIGNS: readonly Sign[] = [
  {
    tool: 'Rails',
    file: /(^|\/)Gemfile$/,
    text: /^\s*gem ["']rails["']/m,
    command: () => ({ command: ['bin/rails', 'db:migrate'] }),
  },
  {
    tool: 'Django',
    file: /(^|\/)manage\.py$/,
    text: /DJANGO_SETTINGS_MODULE|django/,
    command: () => ({ command: ['python', 'manage.py', 'migrate'] }),
  },
  {
    tool: 'Laravel',
    file: /(^|\/)composer\.json$/,
    text: /"laravel\/framework"/,
    command: ({ folder, repository }) =>
      has(repository, folder, /^artisan$/) ? { command: ['php', 'artisan', 'migrate', '--force'] } : undefined,
  },
  {
    tool: 'Prisma',
    file: /(^|\/)package\.json$/,
    text: /"prisma"\s*:\s*"[\^~\d]/,
    command: (found) => npx(found, 'prisma', ['prisma', 'migrate', 'deploy']),
  },
  {
    tool: 'Knex',
    file: /(^|\/)package\.json$/,
    text: /"knex"\s*:\s*"/,
    command: (found) =>
      has(found.repository, found.folder, /^knexfile\.\w+$/)
        ? npx(found, 'knex', ['knex', 'migrate:latest'])
        : undefined,
  },
  {
    tool: 'Sequelize',
    file: /(^|\/)package\.json$/,
    text: /"sequelize-cli"\s*:\s*"/,
    command: (found) => npx(found, 'sequelize-cli', ['sequelize-cli', 'db:migrate']),
  },
  {
    tool: 'TypeORM',
    file: /(^|\/)package\.json$/,
    text: /"typeorm"\s*:\s*"/,
    command: () => ({
      command: ['npx', 'typeorm', 'migration:run', '-d', 'dist/data-source.js'],
      caution: 'dist/data-source.js is a guess',
    }),
  },
  {
    tool: 'Alembic',
    file: /(^|\/)alembic\.ini$/,
    command: () => ({ command: ['alembic', 'upgrade', 'head'] }),
  },
  {
    tool: 'golang-migrate',
    file: /(^|\/)\w+\.up\.sql$/,
    command: ({ folder, path, repository }) => {
      const module = repository.files
        .filter((file) => /(^|\/)go\.mod$/.test(file) && isBelow(path, folderOf(file)))
        .at(-1);
      const home = module === undefined ? '.' : folderOf(module);
      const source = home === '.' ? folder : folder.slice(home.length + 1);
      return {
        command: ['migrate', '-path', source, '-database', '$(DATABASE_URL)', 'up'],
        caution: `the image has to have migrate and ${source} in it; Kubernetes fills $(DATABASE_URL) in from the container`,
      };
    },
  },
  {
    tool: 'Flyway',
    file: /(^|\/)(flyway\.(conf|toml)|pom\.xml|build\.gradle(\.kts)?)$/,
    text: /flyway/,
    command: ({ text }) => ({
      command: ['flyway', 'migrate'],
      caution: /spring-boot/.test(text)
        ? 'the image has to have flyway in it; Spring Boot migrates at its start too, unless spring.flyway.enabled=false'
        : 'the image has to have flyway in it',
    }),
  },
  {
    tool: 'migrate.js',
    file: /(^|\/)(scripts\/|bin\/|db\/)?migrate\.(js|mjs|cjs)$/,
    command: ({ path, repository }) => {
      const home = repository.files
        .filter((file) => /(^|\/)package\.json$/.test(file) && isBelow(path, folderOf(file)))
        .at(-1);
      const folder = home === undefined ? '.' : folderOf(home);
      return { command: ['node', folder === '.' ? path : path.slice(folder.length + 1)] };
    },
  },
];

/** How an image is built, as far as it decides whether a tool is in it. */
interface Built {
  readonly path: string;
  readonly context: string;
  readonly production: boolean;
}

/** The tools of a repository, each once per folder; those in the build context of the first image first. */
export async function findMigrations(repository: Repository, images: readonly Built[]): Promise<readonly Migration[]> {
  const found: Migration[] = [];
  for (const sign of SIGNS) {
    for (const path of repository.files.filter((file) => sign.file.test(file))) {
      const text = (await repository.read(path)) ?? '';
      if (sign.text !== undefined && !sign.text.test(text)) continue;
      const image = images.find((one) => isBelow(path, folderOf(one.path))) ?? images[0];
      const production = image?.production === true;
      const made = sign.command({ path, text, folder: folderOf(path), repository, production });
      if (made === undefined || found.some(({ tool, folder }) => tool === sign.tool && isBelow(path, folder))) continue;
      const line = sign.text === undefined ? undefined : lineOf(text, sign.text);
      found.push({
        tool: sign.tool,
        command: made.command,
        at: { file: path, ...(line === undefined ? {} : { line: line + leading(text, sign.text) }) },
        folder: folderOf(path),
        caution: made.caution,
      });
    }
  }
  const inside = ({ folder }: Migration) => (isBelow(folder, images[0]?.context ?? '.') ? 0 : 1);
  return [...found].sort((a, b) => inside(a) - inside(b));
}

/** Line ends that a pattern has taken before the word that it is about. */
function leading(text: string, pattern: RegExp | undefined): number {
  const match = pattern === undefined ? undefined : pattern.exec(text)?.[0];
  return (/^\s*/.exec(match ?? '')?.[0].split('\n').length ?? 1) - 1;
}

function has({ files }: Repository, folder: string, name: RegExp): boolean {
  return files.some((file) => folderOf(file) === folder && name.test(file.slice(file.lastIndexOf('/') + 1)));
}
