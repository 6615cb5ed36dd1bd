import { Problem } from './problem.js';

/**
 * Finds the route of a request.
 *
 * @param routes list of `{ method, path, handle }`; a path's `:name` segments match anything but a slash
 * @returns `{ route, parameters }`
 * @throws {Problem} 404 when no path matches, 405 with the header `allow` when only the method does not, 400 for a path
 *   that cannot be decoded
 */
export function findRoute(routes, method, path) {
  const matches = routes.flatMap((route) => {
    const parameters = matchPath(route.path, path);
    return parameters ? [{ route, parameters }] : [];
  });
  if (matches.length === 0) throw new Problem(404, 'not_found', `There is nothing at ${path}.`);
  // HEAD is GET without the body, which node:http leaves out by itself.
  const wanted = method === 'HEAD' ? 'GET' : method;
  const match = matches.find(({ route }) => route.method === wanted);
  if (match) return match;
  const allow = matches.flatMap(({ route }) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method])).join(', ');
  throw new Problem(405, 'method_not_allowed', `${path} knows ${allow}, not ${method}.`, { headers: { allow } });
}

function matchPath(pattern, path) {
  const expected = pattern.split('/');
  const actual = path.split('/');
  if (expected.length !== actual.length) return undefined;
  const parameters = {};
  for (const [index, segment] of expected.entries()) {
    if (segment.startsWith(':')) parameters[segment.slice(1)] = decode(actual[index]);
    else if (segment !== actual[index]) return undefined;
  }
  return parameters;
}

function decode(segment) {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    throw new Problem(400, 'bad_path', 'The path has a % that starts no character.', { cause: error });
  }
}
