/** An answer that is not a success, thrown by whoever finds out and turned into JSON in one place. */
export class Problem extends Error {
  /**
   * @param status HTTP status
   * @param code short and stable, for programs
   * @param message one sentence, for people
   * @param more `details` (list of sentences), `headers`
   */
  constructor(status, code, message, { details, headers = {}, cause } = {}) {
    super(message, { cause });
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.details = details;
    this.headers = headers;
  }
}
