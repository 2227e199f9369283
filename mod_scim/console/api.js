/** Requests to the admin API at the page's own address. Each has an answer, or a Problem with the server's text. A
 * read waits while the server or its database is unavailable, and continues automatically. A change is sent once. */

export class Problem extends Error {
  /** @param {number} status  0: there was no answer @param {any} [body] */
  constructor(status, body) {
    super(body?.detail ?? LOCAL[status] ?? `The server answered ${status}.`);
    this.status = status;
    /** @type {{field: string, detail: string}[]} */
    this.errors = body?.errors ?? [];
    /** Seconds to wait before the next attempt. */
    this.wait = 3;
  }
}

/** @type {Record<number, string>} */
const LOCAL = {
  0: 'The server does not answer. It is not known whether the change was made: check before you repeat it.',
  401: 'Your login has ended. Log in again in a new tab, then try once more. What you have entered here stays.',
  403: 'You may not do this.',
  503: 'The database does not answer. Nothing was changed.',
};

/** @type {Record<number, string>} */
const TROUBLES = { 0: 'server', 401: 'login', 502: 'server', 503: 'database', 504: 'server' };

/** The trouble that the page shows at its top: '' for none, else 'database', 'server', 'login'. */
let trouble = '';
/** @type {(trouble: string) => void} */
let tell = () => {};

/** @param {(trouble: string) => void} listener */
export function onTrouble(listener) {
  tell = listener;
}

function setTrouble(/** @type {string} */ now) {
  if (now === trouble) return;
  trouble = now;
  tell(now);
}

/** @param {unknown} error */
export function left(error) {
  return error instanceof Error && error.name === 'AbortError';
}

/** @param {Values} query */
export function queryText(query) {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

/** @param {Response} response @returns {Promise<Answer>} */
async function read(response) {
  const text = await response.text();
  const json = /json/.test(response.headers.get('Content-Type') ?? '') && text ? JSON.parse(text) : null;
  if (response.ok) return { data: json, etag: response.headers.get('ETag') };
  const problem = new Problem(response.status, json);
  problem.wait = Number(response.headers.get('Retry-After')) || 3;
  throw problem;
}

/** @param {string} method @param {string} where  below the Location, begins with a slash @param {RequestInit} options
 * @param {(response: Response) => Promise<any>} [take]  reads a successful answer */
async function once(method, where, options, take = read) {
  try {
    const headers = { 'X-Requested-With': 'XMLHttpRequest', ...options.headers };
    const how = { method, credentials: 'same-origin', redirect: 'manual', ...options, headers };
    const response = await fetch(`.${where}`, /** @type {RequestInit} */ (how));
    // A redirect to a login page elsewhere: the session has ended.
    if (response.type === 'opaqueredirect') throw new Problem(401);
    const answer = await (response.ok ? take : read)(response);
    setTrouble('');
    return answer;
  } catch (error) {
    if (left(error)) throw error;
    const problem = error instanceof Problem ? error : new Problem(0);
    setTrouble(TROUBLES[problem.status] ?? '');
    throw problem;
  }
}

/** @param {number} seconds @param {AbortSignal} [signal] */
export function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('left', 'AbortError'));
    });
  });
}

/** Reads, and repeats that as long as the server or its database is unavailable.
 * @param {string} where @param {Values} [query] @param {AbortSignal} [signal] @returns {Promise<Answer>} */
export async function get(where, query = {}, signal) {
  for (;;) {
    try {
      return await once('GET', where + queryText(query), { signal });
    } catch (error) {
      if (!(error instanceof Problem) || !/server|database/.test(TROUBLES[error.status] ?? '')) throw error;
      await pause(Math.min(error.wait, 5), signal);
    }
  }
}

/** Changes something, once.
 * @param {string} method @param {string} where @param {any} [body]
 * @param {string | null} [etag]  the version that the change is for @returns {Promise<Answer>} */
export function send(method, where, body, etag) {
  const bare = method === 'DELETE';
  const headers = { ...(!bare && { 'Content-Type': 'application/json' }), ...(etag && { 'If-Match': etag }) };
  return once(method, where, { headers, body: bare ? undefined : JSON.stringify(body ?? {}) });
}

/** A whole list as a file.
 * @param {string} where  with its query @param {string} type  'text/csv'
 * @param {(bytes: number) => void} arrived  gets the number of bytes so far @returns {Promise<Blob>} */
export function file(where, type, arrived) {
  return once('GET', where, { headers: { Accept: type } }, async (response) => {
    let bytes = 0;
    const counted = new TransformStream({ transform: (piece, out) => {
      bytes += piece.length;
      arrived(bytes);
      out.enqueue(piece);
    } });
    return new Response(response.body?.pipeThrough(counted), { headers: { 'Content-Type': type } }).blob();
  });
}
