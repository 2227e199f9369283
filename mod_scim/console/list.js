/**
 * Lists made from the description: search, filters, order, and further rows. The address holds what is asked for.
 *
 * @typedef {{head: string, num?: boolean, cell: (row: any) => import('./render.js').Child}} Column
 */
import { file, get, queryText } from './api.js';
import { add, fill, h } from './render.js';
import { button, empty, link, name, problem, table, tag, time } from './parts.js';
import { control } from './form.js';
import * as model from './model.js';
import * as format from './format.js';
import * as router from './router.js';
import { to } from './router.js';

/** @type {Record<string, 'good'|'warn'|'bad'|'plain'>} */
const STATES = {
  active: 'good', expiring: 'warn', expired: 'bad', revoked: 'plain', inactive: 'plain', deleted: 'bad', done: 'good', refused: 'bad',
  failed: 'bad', held: 'warn', released: 'good', rejected: 'plain', quiet: 'warn', good: 'good', attention: 'warn', off: 'plain', unused: 'plain',
  'no-token': 'bad',
};
const STATE_FIELDS = new Set(['status', 'state', 'outcome', 'health', 'source', 'kind', 'standing']);

/** A word that says a state. @param {string | null} word */
export function state(word) {
  return word ? tag(STATES[word] ?? 'plain', { scim: 'provisioned', 'no-token': 'no token' }[word] ?? word) : null;
}

/** A value of an answer, by its kind. @param {import('./model.js').Field} field @param {any} value */
export function show(field, value) {
  if (value === null || value === undefined) return h('span.soft', '–');
  if (field.format === 'date-time') return time(value);
  if (STATE_FIELDS.has(field.name)) return state(String(value));
  if (field.type === 'integer' && typeof value === 'number') return format.count(value);
  if (typeof value === 'object' && !Array.isArray(value)) return h('pre', JSON.stringify(value, null, 1));
  if (Array.isArray(value) && value.some((each) => typeof each === 'object')) return h('pre', JSON.stringify(value, null, 1));
  return name(format.plain(value));
}

/** By what a row is found again. @param {string} noun @param {any} row */
export function key(noun, row) {
  return row.keyId ?? (typeof row[noun] === 'string' ? row[noun] : null) ?? row.id ?? row.name;
}

/** The columns that a list has by itself. @param {import('./model.js').Operation} operation @param {string} tenant @returns {Column[]} */
function columnsOf(operation, tenant) {
  const all = operation.answer;
  const wanted = all.filter(({ name: each, type }) => each !== 'tenant' && each !== 'id' && type !== 'object'
    && !(/Id$/.test(each) && each !== 'externalId'));
  const shows = model.find(`${operation.noun}-show`);
  return (wanted.length ? wanted : all).slice(0, 7).map((field, i) => ({
    head: model.label(field.name),
    num: field.type === 'integer',
    cell: (row) => (i === 0 && shows ? link(to(tenant, operation.noun, key(operation.noun, row)), show(field, row[field.name]))
      : show(field, row[field.name])),
  }));
}

/**
 * The fields that narrow a list down; `change` is called with what they say.
 * @param {import('./model.js').Operation} operation
 * @param {Record<string, any>} query
 * @param {{tenant: string, hide: string[], change: (query: Record<string, any>) => void}} options
 */
function filters(operation, query, { tenant, hide, change }) {
  const fields = operation.query.filter((each) => !['limit', 'after', ...hide].includes(each.name));
  fields.sort((one, other) => Number(/^(sort|order)$/.test(one.name)) - Number(/^(sort|order)$/.test(other.name)));
  const controls = fields.map((field) => control(asChoice(field), asText(query[field.name]), tenant));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const said = () => Object.fromEntries(controls.map(({ field, read }) => [field.name, read()]).filter(([, value]) => value !== undefined && value !== null
    && value !== ''));
  const soon = (event) => {
    clearTimeout(timer);
    timer = setTimeout(() => change(said()), event.type === 'input' ? 300 : 0);
  };
  for (const { element, field } of controls) {
    element.querySelector('small')?.classList.add('seldom');
    if (field.name === 'q') element.classList.add('search');
  }
  const room = window.matchMedia('(max-width: 44rem)').matches ? 1 : 5;
  const first = controls.slice(0, room);
  const rest = controls.slice(room);
  const open = rest.some(({ field }) => query[field.name]);
  return h('form.filters', { role: 'search', 'aria-label': `Narrow down: ${model.plural(operation.noun)}`, oninput: soon, onchange: soon,
    onsubmit: (event) => event.preventDefault() },
    first.map((each) => each.element), rest.length > 0 && h('details', { open }, h('summary', 'More filters'),
      h('div.filters', rest.map((each) => each.element))));
}

/** In a filter, yes and no are a choice, since there is "any" as well. @param {import('./model.js').Field} field @returns {import('./model.js').Field} */
function asChoice(field) {
  return field.type === 'boolean' ? { ...field, type: 'string', enum: ['true', 'false'] } : field;
}

function asText(value) {
  return value === undefined ? undefined : String(value);
}

const FILES = [['CSV', 'text/csv', 'csv'], ['JSON lines', 'application/jsonl', 'jsonl']];

/** Buttons that save all of a list, as the filters say. @param {import('./model.js').Operation} operation @param {string} where @param {() => any} query */
function saves(operation, where, query) {
  return FILES.map(([text, type, ending]) => button(`Save as ${text}`, async () => {
    const address = URL.createObjectURL(await file(where, query(), type));
    const anchor = h('a', { download: `${operation.noun}.${ending}` });
    anchor.href = address;
    anchor.click();
    URL.revokeObjectURL(address);
  }, { kind: 'plain' }));
}

/**
 * A list.
 * @param {{operation: string, values: Record<string, any>, tenant: string, query?: Record<string, any>, fixed?: Record<string, any>,
 *   hide?: string[], columns?: Column[], signal?: AbortSignal, nothing: import('./render.js').Child,
 *   bare?: boolean, limit?: number, loaded?: (data: any) => void}} options
 *   `fixed` is always asked, `hide` names filters that are not offered, `bare` is a part of a screen, which the address does not know
 * @returns {Promise<HTMLElement>}
 */
export async function list(options) {
  const { operation: id, values, tenant, fixed = {}, hide = [], signal, nothing, bare, limit = 50, loaded } = options;
  const operation = model.need(id);
  const columns = options.columns ?? columnsOf(operation, tenant);
  let query = { ...options.query };
  let asked = 0;
  const box = h('div', { 'aria-live': 'off' });
  const page = (/** @type {string | undefined} */ after) => get(model.at(id, values), { ...query, ...fixed, limit, after }, signal);
  const further = (body, next) => {
    const more = button('Show more', async () => {
      const { data } = await page(next);
      body.more(data.items);
      more.remove();
      if (data.next) add(box, further(body, data.next));
    });
    return h('div.actions', more);
  };
  const draw = (data) => {
    loaded?.(data);
    const narrowed = Object.values(query).some(Boolean);
    narrow.hidden = !data.items.length && !narrowed;
    if (!data.items.length) return fill(box, narrowed ? empty('Nothing fits', 'No entry is as the filters above say.') : nothing);
    const body = table(columns, data.items);
    return fill(box, body, data.next && further(body, data.next), operation.files
      && h('div.row.end', saves(operation, model.at(id, values), () => ({ ...query, ...fixed }))));
  };
  const ask = async () => {
    const mine = ++asked;
    try {
      const { data } = await page(undefined);
      if (mine === asked) draw(data);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'AbortError') && mine === asked) fill(box, problem(error));
    }
  };
  const change = (now) => {
    if (queryText(now) === queryText(query)) return;
    query = now;
    if (!bare) router.search(query);
    ask();
  };
  const narrow = filters(operation, query, { tenant, hide: [...hide, ...Object.keys(fixed)], change });
  draw((await page(undefined)).data);
  return Object.assign(h('div.stack', narrow, box), { again: ask });
}
