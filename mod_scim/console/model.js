/**
 * The operations, as the server's OpenAPI description has them: what lists show and can be narrowed by, what forms ask for.
 *
 * @typedef {{name: string, type: string, enum?: string[], format?: string, nullable: boolean, required: boolean, help: string,
 *   items?: any, minimum?: number, maximum?: number, minLength?: number, maxLength?: number, in: string}} Field
 * @typedef {{id: string, noun: string, verb: string, method: string, path: string, summary: string, segments: string[],
 *   query: Field[], body: Field[], answer: Field[], list: boolean, files: boolean}} Operation  `files`: a list that is given as CSV and JSON lines, too
 */

/** @type {any} */
let document_ = { paths: {}, components: {} };
/** @type {Map<string, Operation>} */
const operations = new Map();

function follow(thing) {
  let real = thing;
  while (real?.$ref) real = real.$ref.slice(2).split('/').reduce((place, key) => place?.[key], document_);
  return real ?? {};
}

/** @param {string} name @param {any} schema @param {boolean} required @param {string} place @param {string} [help] @returns {Field} */
function field(name, schema, required, place, help) {
  const real = follow(schema);
  const types = [real.type ?? 'object'].flat();
  return {
    ...real,
    name,
    in: place,
    required,
    help: help ?? real.description ?? '',
    nullable: types.includes('null'),
    type: types.find((type) => type !== 'null') ?? 'object',
  };
}

function fields(schema, place) {
  const real = follow(schema);
  const required = new Set(real.required ?? []);
  return Object.entries(real.properties ?? {}).map(([name, each]) => field(name, each, required.has(name), place));
}

function answerSchema(described) {
  const code = Object.keys(described.responses ?? {}).find((status) => status.startsWith('2'));
  return follow(follow(described.responses?.[code ?? ''])?.content?.['application/json']?.schema);
}

/** @param {string} where @param {string} method @param {any} described @returns {Operation} */
function operation(where, method, described) {
  const parameters = (described.parameters ?? []).map(follow);
  const schema = answerSchema(described);
  const list = Boolean(schema.properties?.items && schema.properties?.next !== undefined);
  const [noun, ...verb] = String(described.operationId).split('-');
  return {
    id: described.operationId,
    noun,
    verb: verb.join('-'),
    method: method.toUpperCase(),
    path: where,
    summary: described.summary ?? '',
    segments: [...where.matchAll(/\{(\w+)\}/g)].map((match) => match[1]),
    query: parameters.filter((p) => p.in === 'query')
      .map((p) => field(p.name, p.schema, p.required, 'query', p.description)),
    body: fields(described.requestBody?.content?.['application/json']?.schema, 'body'),
    answer: fields(list ? follow(schema.properties.items).items : schema, 'answer'),
    list,
    files: Boolean(follow(described.responses?.[200]).content?.['text/csv']),
  };
}

export function learn(described) {
  document_ = described;
  operations.clear();
  for (const [where, methods] of Object.entries(described.paths ?? {})) {
    for (const [method, each] of Object.entries(/** @type {any} */ (methods))) {
      if (/** @type {any} */ (each).operationId) {
        const made = operation(where, method, each);
        operations.set(made.id, made);
      }
    }
  }
}

/** @param {string} id  'user-list' @returns {Operation | undefined} */
export function find(id) {
  return operations.get(id);
}

/** An operation that the caller knows is there. @param {string} id @returns {Operation} */
export function need(id) {
  const found = operations.get(id);
  if (!found) throw new Error(`This server has no operation ${id}.`);
  return found;
}

/** All operations of a noun. @param {string} noun */
export function of(noun) {
  return [...operations.values()].filter((each) => each.noun === noun);
}

/** The nouns with a list of their own below a tenant. */
export function nouns() {
  return [...operations.values()].filter((each) => each.verb === 'list' && each.segments.join() === 'tenant').map((each) => each.noun);
}

/** The path of an operation, with values for its segments. @param {string} id @param {Record<string, any>} values */
export function at(id, values) {
  return need(id).path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name]));
}

/** @type {Record<string, string>} */
const WORDS = {
  id: 'Id', baseUrl: 'Base URL', displayName: 'Display name', userName: 'User name', externalId: 'External id', tokenName: 'Token',
  at: 'When', actor: 'Who', objectName: 'What', lastUsed: 'Last use', lastAddress: 'From', enabled: 'Provisioning', restore: 'Bringing back deleted users',
  profile: 'Compatibility', syncPolicy: 'Sync policy', loginPolicy: 'Login policy', oneToken: 'One token at a time', roleWins: 'Which roles count',
  unknownRole: 'Unknown roles', passwordSchema: 'Passwords in schemas',
  userNameEmail: 'User names must be e-mail addresses', deriveDisplayName: 'Derive display names', localMatch: 'Matching local accounts',
  deletion: 'Deleted users', loginAttribute: 'People log in by', groupDepth: 'Nesting of groups', dryRun: 'Dry run', guardLimit: 'Hold above, people',
  guardShare: 'Hold above, percent', guardLogins: 'Count lost logins', guardUntil: 'Guard open until', activityBodies: 'Keep bodies',
  activityMask: 'Masked attributes', activityReads: 'Reads that are kept, percent', q: 'Search', issuer: 'Identity provider', status: 'Status',
  objectId: 'Object', readOnly: 'Read only', rate: 'Requests a second', burst: 'Requests at once', reservedRoles: 'Reserved roles',
};

/** Values that are words of the API. @type {Record<string, string>} */
const VALUES = {
  externalId: 'by external id', userName: 'by user name', email: 'by e-mail address', lenient: 'lenient, as identity providers are',
    rfc: 'strict, as RFC 7644 says',
  refuse: 'refuse it', adopt: 'take the account over', keep: 'keep it, to be restored', erase: 'erase it', sync: 'all that are sent',
    creation: 'those of the creation alone',
  scim: 'of the identity provider', application: 'of the application', true: 'yes', false: 'no', 'main-contact': 'the main contact',
    'break-glass': 'for emergencies',
  default: 'gets the default role', displayName: 'display name', created: 'when it was made',
};

export function word(value) {
  return VALUES[value] ?? value;
}

/** A name of the API in words: lastModified is "Last modified". @param {string} name */
export function label(name) {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/-/g, ' ').toLowerCase();
  return WORDS[name] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

export function plural(noun) {
  return label(noun).replace(/y$/, 'ie') + 's';
}

/** The first letter large, a full stop at the end. @param {string} text */
export function sentence(text) {
  const large = text.charAt(0).toUpperCase() + text.slice(1);
  return !large || /[.?!]$/.test(large) ? large : `${large}.`;
}
