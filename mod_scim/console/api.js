/**
 * Asking the admin API, which is at the page's own address. One request, one answer; an error is a Problem, with the text
 * for people that the server has given. Reading waits while the database is gone and goes on by itself; a change never is
 * sent again without being asked for.
 */

/** @typedef {{data: any, etag: string | null}} Answer */

export class Problem extends Error {
  /** @param {number} status  0: there was no answer @param {any} [body] */
  constructor(status, body) {
    super(body?.detail ?? LOCAL[status] ?? `The server answered ${status}.`);
    this.status = status;
    /** @type {{field: string, detail: string}[]} */
    this.errors = body?.errors ?? [];
    /** Seconds to wait before asking again. */
    this.wait = 3;
  }
}

/** @type {Record<number, string>} */
const LOCAL = {
  0: 'The server does not answer. Whether a change was made is not known: look before you make it again.',
  401: 'Your login has ended. Load the page anew to log in again; what you have entered here is lost by that.',
  403: 'You may not do this.',
  503: 'The database does not answer.',
};

/** What the page shows above everything: '' all is well, else 'database', 'server', 'login'. */
let trouble = '';
/** @type {(trouble: string) => void} */
let tell = () => {};

/** @param {(trouble: string) => void} listener */
export function onTrouble(listener) {
  tell = listener;
}

function setTrouble(now) {
  if (now === trouble) return;
  trouble = now;
  tell(now);
}

function troubleOf(status) {
  return { 0: 'server', 401: 'login', 502: 'server', 503: 'database', 504: 'server' }[status] ?? '';
}

/** @param {Record<string, any>} query */
export function queryText(query) {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') pairs.append(name, String(value));
  }
  const text = pairs.toString();
  return text && `?${text}`;
}

/** @param {Response} response @returns {Promise<Answer>} */
async function read(response) {
  const text = await response.text();
  const json = /json/.test(response.headers.get('Content-Type') ?? '') && text ? JSON.parse(text) : null;
  if (!response.ok) {
    const problem = new Problem(response.status, json);
    problem.wait = Number(response.headers.get('Retry-After')) || 3;
    throw problem;
  }
  return { data: json, etag: response.headers.get('ETag') };
}

/**
 * @param {string} method @param {string} where  below the Location, with a slash at its start @param {RequestInit} options
 * @param {(response: Response) => Promise<any>} [take]  what reads a good answer
 */
async function once(method, where, options, take = read) {
  try {
    const headers = { 'X-Requested-With': 'XMLHttpRequest', ...options.headers };
    const response = await fetch(`.${where}`, { method, credentials: 'same-origin', redirect: 'manual', ...options, headers });
    // A login page somewhere else: the session has ended.
    if (response.type === 'opaqueredirect') throw new Problem(401);
    const answer = await (response.ok ? take : read)(response);
    setTrouble('');
    return answer;
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error;
    const problem = error instanceof Problem ? error : new Problem(0);
    setTrouble(troubleOf(problem.status));
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

/**
 * Reads, and reads again for as long as the server or its database is away.
 * @param {string} where
 * @param {Record<string, any>} [query]
 * @param {AbortSignal} [signal]
 * @returns {Promise<Answer>}
 */
export async function get(where, query = {}, signal) {
  for (;;) {
    try {
      return await once('GET', where + queryText(query), { signal });
    } catch (error) {
      if (!(error instanceof Problem) || !['server', 'database'].includes(troubleOf(error.status))) throw error;
      await pause(Math.min(error.wait, 5), signal);
    }
  }
}

/**
 * Changes something, once.
 * @param {string} method
 * @param {string} where
 * @param {any} [body]
 * @param {string | null} [etag]  the version that the change is for
 * @returns {Promise<Answer>}
 */
export function send(method, where, body, etag) {
  /** @type {Record<string, string>} */
  const headers = {};
  if (method !== 'DELETE') headers['Content-Type'] = 'application/json';
  if (etag) headers['If-Match'] = etag;
  return once(method, where, { headers, body: method === 'DELETE' ? undefined : JSON.stringify(body ?? {}) });
}

/** A whole list as a file. @param {string} where @param {Record<string, any>} query @param {string} type  'text/csv' @returns {Promise<Blob>} */
export function file(where, query, type) {
  return once('GET', where + queryText(query), { headers: { Accept: type } }, (response) => response.blob());
}
