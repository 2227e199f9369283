/** The operations in the server's OpenAPI description: columns and filters of lists, fields of
 * forms. And the words for the API's names, from words.json. */

/** @type {any} */
let described = { paths: {}, components: {} };
let said = /** @type {Record<string, any>} */ ({});
/** @type {Map<string, Operation>} */
const operations = new Map();

function follow(/** @type {any} */ thing) {
  let real = thing;
  while (real?.$ref) {
    const [, ...keys] = real.$ref.split('/');
    real = keys.reduce((/** @type {any} */ within, /** @type {string} */ key) => within?.[key], described);
  }
  return real ?? {};
}

/** @param {any} schema @param {Partial<Field>} more @returns {Field} */
function field(schema, more) {
  const real = follow(schema);
  const types = [real.type ?? 'object'].flat();
  const type = types.find((each) => each !== 'null') ?? 'object';
  return { ...real, type, nullable: types.includes('null'), ...more, help: more.help ?? real.description ?? '' };
}

/** @param {any} schema @param {string} place @returns {Field[]} */
function fields(schema, place) {
  const real = follow(schema);
  const required = new Set(real.required ?? []);
  return Object.entries(real.properties ?? {}).map(([name, each]) =>
    field(each, { name, required: required.has(name), in: place }));
}

function answerSchema(/** @type {any} */ it) {
  const code = Object.keys(it.responses ?? {}).find((status) => status.startsWith('2'));
  return follow(follow(it.responses?.[code ?? ''])?.content?.['application/json']?.schema);
}

/** @param {string} where @param {string} method @param {any} it  from the description @returns {Operation} */
function operation(where, method, it) {
  const schema = answerSchema(it);
  const body = fields(it.requestBody?.content?.['application/json']?.schema, 'body');
  const list = Boolean(schema.properties?.items && schema.properties?.next !== undefined);
  const [noun, ...verb] = String(it.operationId).split('-');
  return {
    id: it.operationId, noun, verb: verb.join('-'), method: method.toUpperCase(), path: where,
    summary: it.summary ?? '',
    segments: [...where.matchAll(/\{(\w+)\}/g)].map((match) => match[1]),
    query: (it.parameters ?? []).map(follow).filter((/** @type {any} */ each) => each.in === 'query').map(
      (/** @type {any} */ { name, schema: own, required, description }) =>
        field(own, { name, required, in: 'query', help: description })),
    body: body.filter((each) => each.format !== 'piece')
      .map((each) => ({ ...each, text: words('help', `${noun}.${each.name}`) })),
    pieces: body.filter((each) => each.format === 'piece').map((each) => each.name),
    answer: fields(list ? follow(schema.properties.items).items : schema, 'answer'),
    list, files: Boolean(follow(it.responses?.[200]).content?.['text/csv']),
  };
}

/** @param {any} openapi @param {any} texts */
export function learn(openapi, texts) {
  described = openapi;
  said = texts;
  const paths = /** @type {[string, Record<string, any>][]} */ (Object.entries(described.paths ?? {}));
  for (const [where, methods] of paths) for (const [method, each] of Object.entries(methods)) {
    if (each.operationId) operations.set(each.operationId, operation(where, method, each));
  }
}

/** @param {string} id  'user-list' */
export const find = (id) => operations.get(id);

/** An operation that is known to exist. @param {string} id */
export function need(id) {
  const found = operations.get(id);
  if (!found) throw new Error(`This server has no operation ${id}.`);
  return found;
}

/** All operations of a noun. @param {string} noun */
export const of = (noun) => [...operations.values()].filter((each) => each.noun === noun);

/** The nouns with a list below a tenant. */
export function nouns() {
  const lists = [...operations.values()].filter((each) => each.verb === 'list' && each.segments.join() === 'tenant');
  return lists.map((each) => each.noun);
}

/** The path of an operation. @param {string} id @param {Values} args  including those for its segments */
export function at(id, args) {
  return need(id).path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(args[name]));
}

/** The arguments that are not segments of the path. @param {string} id @param {Values} args */
export function besides(id, args) {
  const { segments } = need(id);
  return Object.fromEntries(Object.entries(args).filter(([name]) => !segments.includes(name)));
}

/** The words in words.json for a word of the API. @param {string} kind @param {any} name */
export const words = (kind, name) => said[kind]?.[name];

/** All words of a kind in words.json, in its order. @param {string} kind @returns {[string, any][]} */
export const all = (kind) => Object.entries(said[kind] ?? {});

/** @param {any} value  a choice of the API @param {string} [of_]  its argument */
export const word = (value, of_) => words('values', `${of_}.${value}`) ?? words('values', value) ?? value;

/** A name of the API in words: lastModified is "Last modified". @param {string} name */
export function label(name) {
  const plain = name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/-/g, ' ').toLowerCase();
  return words('labels', name) ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** @param {string} noun */
export const plural = (noun) => `${label(noun).replace(/y$/, 'ie').replace(/ch$/, 'che')}s`;

/** A text with a capital first letter and a full stop. @param {string} text */
export function sentence(text) {
  const large = text.charAt(0).toUpperCase() + text.slice(1);
  return !large || /[.?!]$/.test(large) ? large : `${large}.`;
}
