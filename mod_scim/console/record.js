/** The pages of a noun without its own screen, made from the description: its list, and an object with the operations
 * for it. */
import { ask, button, card, col, copyable, empty, facts, link, name, screen, tell } from './parts.js';
import { inPieces } from './pieces.js';
import { add, h } from './render.js';
import { changeForm, form } from './form.js';
import { columnsOf, key, list, show } from './list.js';
import * as model from './model.js';
import * as router from './router.js';

/** A dialog with the form of an operation.
 * @param {Place} c
 * @param {{operation: string, values?: Values, title: string, intro?: Child, action: string, etag?: string | null,
 *   only?: string[]}} options
 * @returns {Promise<any>}  the answer; null if the dialog was closed */
export function askFor(c, { operation: id, values = {}, title, intro, action, etag, only }) {
  const operation = model.need(id);
  return new Promise((resolve) => {
    let answer = /** @type {any} */ (null);
    const body = form(c, { operation, only, action, cancel: true, submit: async (said) => {
      answer = (await c.send(id, { ...values, ...said }, etag)).data ?? true;
      body.closest('dialog').close();
    } });
    const large = operation.body.length > 5;
    ask({ title, body: [intro && h('p', intro), body], cancel: '', large }).then(() => resolve(answer));
  });
}

/** A button for an operation: with a form if it has arguments, else with a question.
 * @param {Place} c
 * @param {{operation: string, values?: Values, text: string, danger?: boolean, etag?: string | null, kind?: string,
 *   done?: (answer: any) => any, plain?: boolean}} options  `plain`: without its arguments */
export function operationButton(c, { operation: id, values = {}, text, danger, etag, kind, done, plain }) {
  const operation = model.need(id);
  const intro = model.words('ask', id) ?? model.sentence(operation.summary);
  const title = text.replace('…', '');
  const run = async () => {
    const report = h('div', { role: 'status' });
    const many = async () => tell(await inPieces(c, id, (on) => ({ ...values, ...on }), report)) ?? true;
    const answer = operation.body.length && !plain
      ? await askFor(c, { operation: id, values, title, intro, action: title, etag })
      : await ask({ title: `${title}?`, body: [h('p', intro), report], action: title, danger,
        work: async () => (operation.pieces.length ? many() : (await c.send(id, values, etag)).data ?? true) });
    if (!answer && !report.hasChildNodes()) return;
    if (!operation.pieces.length) tell(`${title}: done`);
    await (done ?? (() => c.again()))(answer);
  };
  return button(text, run, { kind: kind ?? (danger ? 'danger' : '') });
}

/** A button that adds an object. @param {Place} c @param {string} noun @param {string} title
 * @param {(made: any) => void} [done] @param {string} [kind] */
export function adder(c, noun, title, done = () => c.again(), kind = 'main') {
  const operation = `${noun}-add`;
  return button(title, async () => {
    const made = await askFor(c, { operation, title, intro: model.words('ask', operation), action: 'Add' });
    if (made) done(made);
  }, { kind });
}

/** The columns if objects have no page. @param {Place} c @param {Operation} operation @returns {Column[]} */
function withRemove(c, operation) {
  const { noun } = operation;
  return [...columnsOf(operation, c), col('', (row) => operationButton(c, { operation: `${noun}-remove`,
    values: { [noun]: key(noun, row) }, text: 'Remove', danger: true, kind: 'plain' }))];
}

/** @type {View} */
async function listScreen(c) {
  const noun = c.screen;
  const operation = model.need(`${noun}-list`);
  const lead = model.sentence(operation.summary);
  const actions = model.find(`${noun}-add`) && adder(c, noun, `Add a ${noun}`);
  const remove = model.find(`${noun}-remove`) && !model.find(`${noun}-show`);
  return screen({ title: model.plural(noun), lead, actions }, card('', await list(c, { operation: operation.id,
    nothing: empty('Nothing here yet', lead), columns: remove ? withRemove(c, operation) : undefined })));
}

/** @type {View} */
async function recordScreen(c) {
  const noun = c.screen;
  const above = model.words('home', noun) ?? noun;
  const values = { [noun]: c.id };
  const shown = await c.get(`${noun}-show`, values);
  const { data, etag } = shown;
  const verbs = model.of(noun).filter((each) => each.method !== 'GET' && each.verb !== 'set'
    && each.segments.join() === `tenant,${noun}` && !(data.builtIn && each.method === 'DELETE'));
  const actions = verbs.map((each) => {
    const gone = each.method === 'DELETE';
    return operationButton(c, { operation: each.id, values, text: model.label(each.verb), etag, danger: gone,
      plain: each.pieces.length > 0, done: gone ? () => c.go(above) : undefined });
  });
  const below = model.of(noun).filter((each) => each.list && each.segments.join() === `tenant,${noun}`);
  const lists = await Promise.all(below.map(async ({ id, verb }) => card(model.label(verb), await list(c, {
    operation: id, values, bare: true, nothing: empty('Nothing here', 'There is none.') }))));
  const known = model.need(`${noun}-show`).answer.filter((each) => !/^(tenant|more)$/.test(each.name));
  const title = name(data.displayName ?? data.name ?? data[noun] ?? c.id);
  return screen({ title, trail: link(c.to(above), model.plural(noun)), actions },
    card('What it is', facts(...known.map((field) =>
      /** @type {[Child, Child]} */ ([model.label(field.name), show(field, data[field.name])])))),
    model.find(`${noun}-set`) && card('Change', changeForm(c, noun, values, shown)), lists);
}

/** @type {View} */
export const generic = (c) => (c.id ? recordScreen(c) : listScreen(c));

/** The nouns with pages that no screen shows. @type {View} */
export async function everything(c) {
  const nouns = model.nouns().filter((noun) => !model.words('home', noun));
  const rows = nouns.map((noun) => [h('dt', link(c.to(noun), model.plural(noun))),
    h('dd', model.sentence(model.need(`${noun}-list`).summary))]);
  return screen({ title: 'Everything else', lead: 'What no other page lists.' }, card('', h('dl.facts', rows)));
}

/** Shows a secret once. The dialog cannot be closed by accident. @param {Place} c @param {string} secret */
export async function secretShown(c, secret) {
  const base = h('div');
  c.get('tenant-show').then(({ data }) => data.baseUrl
    && add(base, h('h3', 'The base URL that belongs to it'), copyable(data.baseUrl, 'the base URL'))).catch(() => {});
  router.guard(async () => false);
  await ask({ title: 'The new token', cancel: 'I have stored it', stays: true,
    body: [h('p.hint.warn', 'Copy it now. The server keeps only its hash, and cannot show it again.'), h('p'),
      copyable(secret, 'the token'), base] });
  router.guard(null);
}
