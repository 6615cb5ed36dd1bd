/** Programs and verbs that change the schema of a database. */
const COMMANDS: readonly RegExp[] = [
  /\bdb[:_-]migrate\b/i, // Rails, db-migrate
  /\bmanage\.py\s+migrate\b/, // Django
  /\bartisan\s+migrate\b/, // Laravel
  /\balembic\b.*\bupgrade\b/,
  /\bflask\s+db\s+upgrade\b/,
  /\bflyway\b.*\bmigrate\b/,
  /\bliquibase\b.*\bupdate\b/,
  /\bsequelize\b.*\bdb:migrate\b/,
  /\bprisma\s+migrate\s+deploy\b/,
  /\bknex\b.*\bmigrate:(?:latest|up)\b/,
  /\btypeorm\b.*\bmigration:run\b/,
  /\bmigration:run\b/,
  /\bdoctrine:migrations:migrate\b/,
  /\becto\.migrate\b/,
  /\bdbmate\b.*\b(?:up|migrate)\b/,
  /\bgoose\b.*\bup\b/,
  /\bmigrate\b.*\s-(?:path|source|database)\b.*\bup\b/, // golang-migrate
  /\bdotnet\s+ef\s+database\s+update\b/,
  /^(?:(?:sh|bash|node|python3?|ruby|php)\s+)?(?:\S*\/)?(?:db-?)?migrat(?:e|ions?)(?:\.\w+)?(?=\s|$)/, // of that name
  /^(?:npm|yarn|pnpm|make|task|just|composer)\s+(?:run\s+|run-script\s+)?(?!test)(?:\w+:)?(?:db[:_-])?migrat(?:e|ions?)\b/,
];

/** Names of files, tasks, Jobs and containers. */
const NAMES: readonly RegExp[] = [
  /\b(?:db|database|schema)[-_]?migrat(?:e|ion|ions|or)\b/i,
  /\bmigrat(?:e|ion|ions)(?:[-_](?:db|database|job|task|schema))\b/i,
  /(?:^|[\s/"'[,=:-])migrat(?:e|ions?|or)(?:\.[a-z]+)?(?:$|["'\],\s-])/i,
];

/** Verbs and options that only look, or write a migration in place of running one. */
const NO_CHANGE =
  /(?<![\w-])(?:[\w-]+:)*(?:status|--dry-run|--dryrun|--check|--plan|--pretend|makemigrations|rollback|generate|new|create|--help)\b/;

/** Whether a command, by its words, changes the schema of a database. */
export function isMigrationCommand(command: string): boolean {
  return !NO_CHANGE.test(command) && COMMANDS.some((pattern) => pattern.test(command));
}

/** Whether what something is called, a file or a task with its command, says that it changes the schema of a database. */
export function isMigration(name: string): boolean {
  return isMigrationCommand(name) || (!NO_CHANGE.test(name) && NAMES.some((pattern) => pattern.test(name)));
}
