/** Lists made from the description: search, filters, order, and further rows. The address has the search. */
import { file, left, Problem, queryText } from './api.js';
import { fill, h } from './render.js';
import { button, empty, link, name, problem, table, tag, tell, time } from './parts.js';
import { control } from './form.js';
import * as model from './model.js';
import * as format from './format.js';
import * as router from './router.js';

const STATE_FIELDS = new Set(['status', 'state', 'outcome', 'health', 'source', 'kind', 'standing']);

/** The word for a state. @param {string | null} word */
export function state(word) {
  return word ? tag(model.words('states', word) ?? 'plain', model.words('stateNames', word) ?? word) : null;
}

/** A value of an answer, shown by its kind. @param {Field} field @param {any} value */
export function show(field, value) {
  if (value === null || value === undefined) return h('span.soft', '–');
  if (field.format === 'date-time') return time(value);
  if (STATE_FIELDS.has(field.name)) return state(String(value));
  if (field.type === 'integer' && typeof value === 'number') return format.count(value);
  const deep = Array.isArray(value) ? value.some((each) => typeof each === 'object') : typeof value === 'object';
  return deep ? h('pre', JSON.stringify(value, null, 1)) : name(format.plain(value));
}

/** The id of a row's object. @param {string} noun @param {Row} row */
export function key(noun, row) {
  return row.keyId ?? (typeof row[noun] === 'string' ? row[noun] : null) ?? row.id ?? row.name;
}

/** The default columns of a list. @param {Operation} operation @param {Place} c @returns {Column[]} */
export function columnsOf({ noun, verb, answer }, c) {
  const unwanted = answer.some((each) => each.name === 'userName') ? /^(tenant|id|user)$/ : /^(tenant|id)$/;
  const wanted = answer.filter(({ name: each, type }) => !unwanted.test(each) && type !== 'object'
    && (each === 'externalId' || !/Id$/.test(each)));
  const shows = verb === 'list' && model.find(`${noun}-show`);
  return (wanted.length ? wanted : answer).slice(0, 7).map((field, i) => ({
    head: model.label(field.name), num: field.type === 'integer',
    cell: (row) => {
      const text = show(field, row[field.name]);
      const user = field.name === 'userName' && (row.userId ?? row.user);
      if (user) return link(c.to('users', user), text);
      return i === 0 && shows ? link(c.to(noun, key(noun, row)), text) : text;
    },
  }));
}

/** The fields that filter a list; `change` is called with their values.
 * @param {Place} c @param {Operation} operation @param {Values} query @param {string[]} hide
 * @param {(query: Values) => void} change */
function filters(c, operation, query, hide, change) {
  const last = (/** @type {Field} */ each) => Number(/^(sort|order)$/.test(each.name));
  const fields = operation.query.filter((each) => !['limit', 'after', 'newer', 'wait', ...hide].includes(each.name));
  fields.sort((one, other) => last(one) - last(other));
  // Yes and no are a choice, because there is "any", too.
  const controls = fields.map((each) => control(each.type === 'boolean'
    ? { ...each, type: 'string', enum: ['true', 'false'] } : each, query[each.name] && String(query[each.name]), c));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const said = () => Object.fromEntries(controls.map(({ field, read }) => [field.name, read() ?? ''])
    .filter(([, value]) => value !== ''));
  const soon = (/** @type {Event} */ event) => {
    clearTimeout(timer);
    timer = setTimeout(() => change(said()), event.type === 'input' ? 300 : 0);
  };
  for (const { element, field } of controls) {
    element.querySelector('small')?.classList.add('seldom');
    if (field.name === 'q') element.classList.add('search');
  }
  const room = window.matchMedia('(max-width: 44rem)').matches ? 1 : 5;
  const [first, rest] = [controls.slice(0, room), controls.slice(room)];
  const more = rest.length > 0 && h('details', { open: rest.some(({ field }) => query[field.name]) },
    h('summary', 'More filters'), h('div.filters', rest.map((each) => each.element)));
  return h('form.filters', { role: 'search', 'aria-label': `Narrow down: ${model.plural(operation.noun)}`,
    oninput: soon, onchange: soon, onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
  first.map((each) => each.element), more);
}

/** A button that saves a whole list as a file, and shows the progress. It continues when the place is left.
 * @param {string} text @param {string} type @param {string} file_ @param {() => string} where */
function saver(text, type, file_, where) {
  const saving = button(`Save as ${text}`, async () => {
    try {
      const blob = await file(where(), type, (bytes) => { saving.textContent = `Saving… ${format.bytes(bytes)}`; });
      const anchor = h('a', { download: file_ });
      anchor.href = URL.createObjectURL(blob);
      anchor.click();
      URL.revokeObjectURL(anchor.href);
      tell(`${file_}: ${format.bytes(blob.size)}`);
    } finally {
      saving.textContent = `Save as ${text}`;
    }
  }, { kind: 'plain' });
  return saving;
}

/** A button that shows the next page, as long as there is one. @param {string | null} next @returns {Child}
 * @param {(next: string) => Promise<Answer>} page @param {(items: Row[], next: string | null) => void} append */
export function further(next, page, append) {
  const row = h('div.actions', button('Show more', async () => {
    let { data } = await page(String(next));
    while (!data.items.length && data.next) ({ data } = await page(data.next));
    append(data.items, data.next);
    fill(row, further(data.next, page, append));
  }));
  return next ? row : null;
}

/** @param {Place} c @param {ListOptions} options @returns {Promise<HTMLElement & {again: () => Promise<void>}>} */
export async function list(c, options) {
  const { operation: id, values = {}, fixed = {}, hide = [], nothing, bare, limit = 50 } = options;
  const operation = model.need(id);
  const columns = options.columns ?? columnsOf(operation, c);
  let query = /** @type {Values} */ (bare ? {} : { ...c.query });
  let asked = 0;
  const box = h('div', { 'aria-live': 'off' });
  const page = (/** @type {string} */ after = '') => c.get(id, { ...values, ...query, ...fixed, limit, after });
  const where = () => c.path(id, values) + queryText({ ...query, ...fixed });
  const draw = (/** @type {any} */ data) => {
    const narrowed = Object.values(query).some(Boolean);
    narrow.hidden = !data.items.length && !narrowed;
    const none = narrowed ? empty('Nothing found', 'No entry matches the filters.') : nothing;
    const soFar = data.next ? empty('Nothing found so far', 'Only a part of the list has been searched.') : none;
    const body = data.items.length ? table(columns, data.items) : soFar;
    const append = body.more ?? ((/** @type {Row[]} */ items, /** @type {any} */ next) => draw({ items, next }));
    const saves = operation.files && h('div.row.end', saver('CSV', 'text/csv', `${operation.noun}.csv`, where),
      saver('JSON lines', 'application/jsonl', `${operation.noun}.jsonl`, where));
    return fill(box, body, further(data.next, page, append), data.items.length > 0 && saves);
  };
  // An error in a filter is shown below it; the screen shows other errors of the first request.
  const ask = async (first = false) => {
    const mine = ++asked;
    try {
      const { data } = await page();
      if (mine === asked) draw(data);
    } catch (error) {
      if (first && !(error instanceof Problem && error.status === 400)) throw error;
      if (!left(error) && mine === asked) fill(box, problem(error));
    }
  };
  const narrow = filters(c, operation, query, [...hide, ...Object.keys(fixed)], (now) => {
    if (queryText(now) === queryText(query)) return;
    query = now;
    if (!bare) router.search(query);
    ask();
  });
  await ask(true);
  return Object.assign(h('div.stack', narrow, box), { again: () => ask() });
}
