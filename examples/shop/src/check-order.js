const limits = { lines: 50, quantity: 100, email: 254, id: 2 ** 31 - 1 };

/**
 * Checks the body of POST /orders.
 * @returns `{ order: { email, lines: [{ productId, quantity }] }, problems }`; `order` only counts without problems
 */
export function checkOrder(body) {
  if (!isObject(body)) return { problems: ['expected an object with "email" and "lines"'] };
  const problems = [
    ...findUnknownKeys(body, ['email', 'lines'], ''),
    ...checkEmail(body.email),
    ...checkLines(body.lines),
  ];
  return { order: { email: body.email, lines: body.lines }, problems };
}

function checkEmail(email) {
  // Only a message sent there proves an address; this catches what cannot be one.
  const plausible = typeof email === 'string' && email.length <= limits.email && /^[^\s@]+@[^\s@]+$/.test(email);
  return plausible ? [] : ['email: expected an e-mail address'];
}

function checkLines(lines) {
  if (!Array.isArray(lines) || lines.length === 0 || lines.length > limits.lines) {
    return [`lines: expected a list of 1 to ${limits.lines}`];
  }
  const seen = new Set();
  return lines.flatMap((line, index) => {
    const where = `lines[${index}]`;
    if (!isObject(line)) return [`${where}: expected an object with "productId" and "quantity"`];
    const problems = findUnknownKeys(line, ['productId', 'quantity'], `${where}.`);
    if (!isWhole(line.productId, limits.id)) problems.push(`${where}.productId: expected the id of a product`);
    else if (seen.has(line.productId)) problems.push(`${where}.productId: ${line.productId} is there twice`);
    if (!isWhole(line.quantity, limits.quantity)) {
      problems.push(`${where}.quantity: expected a whole number from 1 to ${limits.quantity}`);
    }
    seen.add(line.productId);
    return problems;
  });
}

function findUnknownKeys(value, known, prefix) {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => `${prefix}${key}: unknown, expected ${known.join(' or ')}`);
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWhole(value, to) {
  return Number.isInteger(value) && value >= 1 && value <= to;
}
