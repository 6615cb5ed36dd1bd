/** A migration that must not run, or that failed: one line per problem, for the person who reads the log. */
export class MigrationError extends Error {
  constructor(problems, options) {
    super(problems.join('\n'), options);
    this.name = 'MigrationError';
    this.problems = problems;
  }
}
