/**
 * One JSON object per line. An `error` among the fields is written as its message, code and stack.
 *
 * @param write takes the finished line
 * @param fields go with every line
 */
export function createLog({ write, fields = {}, now = () => new Date() }) {
  const at =
    (level) =>
    (message, { error, ...more } = {}) => {
      const line = { time: now().toISOString(), level, message, ...fields, ...more };
      write(`${JSON.stringify(error === undefined ? line : { ...line, error: describe(error) })}\n`);
    };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

function describe(error) {
  return error instanceof Error
    ? { message: error.message, code: error.code, stack: error.stack }
    : { message: String(error) };
}
