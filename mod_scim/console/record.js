/**
 * The pages of a noun that has no screen of its own: its list, a thing with what can be changed, and everything else that
 * can be done with it, each made from the description.
 */
import { get, send } from './api.js';
import { ask, button, card, copyable, empty, facts, link, name, screen } from './parts.js';
import { add, h } from './render.js';
import { changeForm, form } from './form.js';
import { key, list, show } from './list.js';
import * as model from './model.js';
import * as router from './router.js';
import { to } from './router.js';

/** @typedef {{tenant: string, id: string, query: Record<string, string>, signal: AbortSignal, screen: string}} Context */

/**
 * A dialog with the form of an operation.
 * @param {{operation: string, tenant: string, values: Record<string, any>, title: string, intro?: import('./render.js').Child, action: string,
 *   etag?: string | null,
 *   danger?: boolean, only?: string[], start?: any}} options
 * @returns {Promise<any>}  the answer; null where it was closed
 */
export function askFor({ operation: id, tenant, values, title, intro, action, etag, only, start }) {
  const operation = model.need(id);
  return new Promise((resolve) => {
    /** @type {any} */
    let answer = null;
    const body = form({
      operation, tenant, only, action, cancel: true,
      submit: async (said) => {
        const sent = await send(operation.method, model.at(id, { tenant, ...values }), { ...start, ...said }, etag);
        answer = sent.data ?? true;
        body.closest('dialog').close();
      },
    });
    ask({ title, body: [intro && h('p', intro), body], cancel: '', large: operation.body.length > 5 }).then(() => resolve(answer));
  });
}

/**
 * A button for an operation: with a form where it has arguments, else with a question.
 * @param {{operation: string, tenant: string, values: Record<string, any>, text: string, question?: import('./render.js').Child,
 *   danger?: boolean, etag?: string | null,
 *   kind?: string, done: (answer: any) => any, plain?: boolean}} options  `plain`: without its arguments
 */
export function operationButton({ operation: id, tenant, values, text, question, danger, etag, kind, done, plain }) {
  const operation = model.find(id);
  if (!operation) return null;
  const intro = question ?? model.sentence(operation.summary);
  const run = async () => {
    const answer = operation.body.length && !plain
      ? await askFor({ operation: id, tenant, values, title: text, intro, action: text, etag })
      : await ask({ title: `${text}?`, body: h('p', intro), action: text, danger,
        work: async () => (await send(operation.method, model.at(id, { tenant, ...values }), {}, etag)).data ?? true });
    if (answer) await done(answer);
  };
  return button(text, run, { kind: kind ?? (danger ? 'danger' : '') });
}

/** @param {Context} context */
async function listScreen({ tenant, screen: noun, query, signal }) {
  const made = model.find(`${noun}-add`);
  const make = made && button(`Add a ${noun}`, async () => {
    const answer = await askFor({ operation: made.id, tenant, values: {}, title: `Add a ${noun}`, intro: model.sentence(made.summary), action: 'Add' });
    if (answer) router.again();
  }, { kind: 'main' });
  const remove = model.find(`${noun}-remove`) && !model.find(`${noun}-show`);
  const operation = model.need(`${noun}-list`);
  const body = await list({ operation: operation.id, values: { tenant }, tenant, query, signal,
    nothing: empty('Nothing here yet', model.sentence(operation.summary), null),
    columns: remove ? withRemove(operation, tenant) : undefined });
  return screen({ title: model.plural(noun), lead: model.sentence(operation.summary), actions: make }, h('section.card', body));
}

/** @param {import('./model.js').Operation} operation @param {string} tenant */
function withRemove(operation, tenant) {
  const { noun } = operation;
  const fields = operation.answer.filter((each) => each.type !== 'object' && !/Id$|^id$/.test(each.name)).slice(0, 6);
  return [...fields.map((field) => ({ head: model.label(field.name), cell: (row) => show(field, row[field.name]) })),
    { head: '', cell: (row) => operationButton({ operation: `${noun}-remove`, tenant, values: { [noun]: key(noun, row) }, text: 'Remove', danger: true,
      done: router.again }) }];
}

/** Operations on a thing beside showing and changing it. @param {string} noun */
function verbs(noun) {
  return model.of(noun).filter((each) => each.method !== 'GET' && each.verb !== 'set' && each.segments.join() === `tenant,${noun}`);
}

/** @param {Context} context */
async function recordScreen({ tenant, screen: noun, id, signal }) {
  const where = model.at(`${noun}-show`, { tenant, [noun]: id });
  const { data, etag } = await get(where, {}, signal);
  const operation = model.need(`${noun}-show`);
  const buttons = verbs(noun).map((each) => operationButton({ operation: each.id, tenant, values: { [noun]: id }, text: model.label(each.verb), etag,
    danger: each.method === 'DELETE', done: () => (each.method === 'DELETE' ? router.go({ tenant, screen: noun }) : router.again()) }));
  const title = data.displayName ?? data.name ?? data[noun] ?? id;
  return screen({ title: name(title), trail: link(to(tenant, noun), model.plural(noun)), actions: buttons },
    card('What it is', facts(operation.answer.filter((each) => each.name !== 'tenant').map((field) => [model.label(field.name),
      show(field, data[field.name])]))),
    model.find(`${noun}-set`) && card('Change', changeForm({ noun, values: { tenant, [noun]: id }, data, etag })));
}

/** @param {Context} context */
export function generic(context) {
  return context.id ? recordScreen(context) : listScreen(context);
}

/** Everything that has pages, for what no screen shows. @param {Context} context */
export async function everything({ tenant }) {
  return screen({ title: 'Everything else', lead: 'What can be managed here, one kind after the other, as the admin API has it.' },
    h('section.card', h('dl.facts', model.nouns().map((noun) => [h('dt', link(to(tenant, noun), model.plural(noun))),
      h('dd', model.sentence(model.need(`${noun}-list`).summary))]))));
}

/** Shows a secret this one time; leaving is asked about until somebody says that it is stored. @param {string} secret @param {string} tenant */
export async function secretShown(secret, tenant) {
  const base = h('div');
  get(model.at('tenant-show', { tenant })).then(({ data }) => data.baseUrl
    && add(base, h('h3', 'The base URL that belongs to it'), copyable(data.baseUrl, 'the base URL'))).catch(() => {});
  router.guard(async () => false);
  await ask({ title: 'The new token', cancel: 'I have stored it', stays: true,
    body: [h('p.hint.warn', 'Copy it now. It is shown this one time: only its hash is kept.'), h('p'), copyable(secret, 'the token'), base] });
  router.guard(null);
}
