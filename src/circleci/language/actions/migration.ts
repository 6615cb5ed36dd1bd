/** Programs and verbs that change the schema of a database, one a line with what they belong to. */
const MIGRATIONS: readonly RegExp[] = [
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
  /\b(?:db|database|schema)[-_]?migrat(?:e|ion|ions|or)\b/i, // names of files, tasks and containers
  /\bmigrat(?:e|ion|ions)(?:[-_](?:db|database|job|task|schema))\b/i,
  /(?:^|[\s/"'[,=:-])migrat(?:e|ions?|or)(?:\.[a-z]+)?(?:$|["'\],\s-])/i,
];

const NO_CHANGE = /\b(?:status|--dry-run|--check|--plan|--pretend|makemigrations|rollback|generate|new|create)\b/;

/** Whether a text, the words of a command for one, is about changing the schema of a database. */
export function isMigration(text: string): boolean {
  return !NO_CHANGE.test(text) && MIGRATIONS.some((pattern) => pattern.test(text));
}
