/**
 * Forms made from the description: each argument has its label, its field, its help and its limits, and what the server
 * refuses is marked where it stands. A change of what somebody else has changed meanwhile is asked about.
 *
 * @typedef {import('./model.js').Field} Field
 * @typedef {{element: any, read: () => any, mark: (text: string) => void, field: Field}} Control
 */
import { get, Problem, send } from './api.js';
import { fill, h, newId } from './render.js';
import { ask, button, chip, problem, tell, typeahead } from './parts.js';
import * as format from './format.js';
import * as model from './model.js';
import * as router from './router.js';

/** What an argument names: the list that suggests it, and the member of its rows. @type {Record<string, [string, string]>} */
const NAMES = {
  user: ['user', 'userName'], into: ['user', 'userName'], group: ['group', 'displayName'], groups: ['group', 'displayName'],
  role: ['role', 'role'], defaultRole: ['role', 'role'], reservedRoles: ['role', 'role'], subscription: ['subscription', 'name'],
  subscriptions: ['subscription', 'name'], flag: ['flag', 'flag'], flags: ['flag', 'flag'], token: ['token', 'name'], members: ['user', 'userName'],
};

export function suggester(tenant, noun, member) {
  return async (text) => {
    const { data } = await get(model.at(`${noun}-list`, { tenant }), { q: text || undefined, limit: 20 });
    return data.items.map((row) => ({ value: row[member], text: row.displayName === row[member] ? undefined : row.displayName }));
  };
}

export function suggests(name, tenant) {
  const [noun, member] = NAMES[name] ?? [];
  return noun && model.find(`${noun}-list`) ? suggester(tenant, noun, member) : null;
}

/** A choice of a field; what is not said yet is its default, in a filter any. @param {Field} field @param {any} value @param {string} id */
function choiceInput(field, value, id) {
  const filter = field.in === 'query';
  const unsaid = field.required ? 'Choose…' : filter && !/^(sort|order)$/.test(field.name) ? 'any' : 'the default';
  const open = filter || value === undefined || value === null;
  return h('select', { id, required: field.required }, open && h('option', { value: '' }, unsaid),
    field.enum?.map((each) => h('option', { value: each, selected: each === value }, model.word(each))));
}

/** @param {Field} field @param {any} value @param {string} id */
function plainInput(field, value, id) {
  if (field.enum) return choiceInput(field, value, id);
  const limits = { id, maxlength: field.maxLength, min: field.minimum, max: field.maximum, required: field.required, value: value ?? '' };
  if (field.type === 'integer') return h('input', { ...limits, type: 'number' });
  if (field.format === 'date-time') return h('input', { ...limits, type: 'datetime-local', value: format.toLocal(value) });
  if ((field.maxLength ?? 0) > 500 && field.in === 'body' && !NAMES[field.name]) return h('textarea', limits);
  return h('input', { ...limits, autocomplete: 'off', spellcheck: 'false', placeholder: field.nullable && /default/.test(field.help) ? 'the default'
    : null });
}

/** What a plain field holds, as the API has it. @param {Field} field @param {string} text */
function parse(field, text) {
  if (text === '') return field.nullable ? null : undefined;
  if (field.type === 'integer') return Number(text);
  return field.format === 'date-time' ? format.fromLocal(text) : text;
}

/** A list of names: chips and a field for another one. @param {Field} field @param {string[]} start @param {string} tenant */
function listInput(field, start, tenant) {
  const values = [...start];
  const box = h('div.chips');
  const draw = () => fill(box, values.map((value, i) => chip(value, `Remove ${value}`, () => {
    values.splice(i, 1);
    draw();
  })), typeahead({
    label: `Add to ${model.label(field.name)}`, kind: 'add', placeholder: 'Add…', suggest: suggests(field.name, tenant) ?? (async () => []),
    choose: (value) => {
      if (!values.includes(value)) values.push(value);
      draw();
      box.querySelector('input')?.focus();
    },
  }));
  draw();
  return { box, read: () => [...values] };
}

function addSuggestions(input, name, tenant) {
  const look = suggests(name, tenant);
  if (!look) return null;
  const list = h('datalist', { id: newId() });
  input.setAttribute('list', list.id);
  const fillIn = async () => fill(list, (await look(input.value.trim()).catch(() => [])).map(({ value, text }) => h('option', { value }, text)));
  input.addEventListener('focus', fillIn);
  input.addEventListener('input', fillIn);
  return list;
}

/** One argument. @param {Field} field @param {any} value @param {string} tenant @param {string} [title] @returns {Control} */
export function control(field, value, tenant, title = model.label(field.name)) {
  const id = newId();
  const wrong = h('span.wrong', { id: `${id}w` });
  const help = field.help && h('small', { id: `${id}h` }, model.sentence(field.help));
  const label = h('label', { for: id }, title, field.required ? null : '');
  /** @type {any} */
  let input;
  let element;
  let read;
  if (field.type === 'boolean') {
    input = h('input', { type: 'checkbox', id, checked: Boolean(value ?? usual(field)) });
    read = () => input.checked;
    element = h('div.field.check', input, label, help, wrong);
  } else if (field.type === 'array') {
    const list = listInput(field, value ?? [], tenant);
    input = list.box.querySelector('input');
    read = () => (list.read().length || !field.nullable ? list.read() : null);
    element = h('div.field.wide', { role: 'group', 'aria-label': title }, h('span.label', title), list.box, help, wrong);
  } else {
    input = plainInput(field, value, id);
    read = () => parse(field, input.value.trim());
    element = h('div.field', label, input, field.enum ? null : addSuggestions(input, field.name, tenant), help, wrong);
  }
  input?.setAttribute('aria-describedby', `${help ? `${id}h ` : ''}${id}w`);
  const mark = (text) => {
    fill(wrong, text && model.sentence(text));
    if (text) input?.setAttribute('aria-invalid', 'true');
    else input?.removeAttribute('aria-invalid');
  };
  return { element, read, mark, field };
}

function same(one, other) {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

/** What the controls hold, and of a thing that is there already only what differs from it. @param {Control[]} controls @param {any} [start] */
export function collect(controls, start) {
  /** @type {Record<string, any>} */
  const values = {};
  for (const { field, read } of controls) {
    const value = read();
    const before = start?.[field.name];
    const unsaid = value === undefined || (!start && (value === null || value === usual(field) || (Array.isArray(value) && !value.length)));
    if (!unsaid && !(start && (same(value, before) || sameTime(field, value, before)))) values[field.name] = value;
  }
  return values;
}

/** What a switch is where nothing is said. @param {Field} field */
function usual(field) {
  return field.type === 'boolean' ? /default: true/.test(field.help) : undefined;
}

/** A field for a time knows minutes only. @param {Field} field @param {any} value @param {any} before */
function sameTime(field, value, before) {
  return field.format === 'date-time' && value && before && format.toLocal(value) === format.toLocal(before);
}

/** Marks what a problem says of each field; answers what is left to say. @param {Control[]} controls @param {unknown} error */
export function markAll(controls, error) {
  const said = error instanceof Problem ? error.errors : [];
  for (const each of controls) each.mark(said.find((one) => one.field === each.field.name)?.detail ?? '');
  const known = controls.filter((each) => said.some((one) => one.field === each.field.name));
  known[0]?.element.querySelector('input, select, textarea')?.focus();
  return said.length && known.length === said.length ? null : error;
}

/**
 * Asks what shall hold where somebody else was quicker; sends again, or gives up.
 * @param {{path: string, change: (etag: string | null) => Promise<any>, mine: Record<string, any>, start: any}} conflict
 */
async function settle({ path, change, mine, start }) {
  const { data, etag } = await get(path);
  const changed = Object.keys(data).filter((key) => !same(data[key], start?.[key]) && !/^(lastModified|version)$/.test(key));
  const rows = [...new Set([...changed, ...Object.keys(mine)])];
  const body = [h('p', 'Somebody else has saved a change since you opened this.'),
    h('dl.diff', h('dt.head', ''), h('dd.head', 'As it is now'), h('dd.head', 'Your change'),
    rows.map((key) => [h('dt', model.label(key)), h('dd', h('bdi', format.plain(data[key]))),
      h('dd', key in mine ? h('bdi', format.plain(mine[key])) : '–')]))];
  return ask({ title: 'It was changed meanwhile', body, action: 'Save my change over it', cancel: 'Keep what is there', work: () => change(etag) });
}

/**
 * Sends a change for the version it was made of.
 * @param {{method: string, path: string, show?: string, body: any, etag?: string | null, start?: any}} change
 *   `show` is where the thing can be read again
 * @returns {Promise<import('./api.js').Answer | null>}  null: it was left as somebody else has made it
 */
export async function save({ method, path, show, body, etag, start }) {
  const change = (/** @type {string | null | undefined} */ version) => send(method, path, body, version);
  try {
    return await change(etag);
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 412 || !show) throw error;
    return settle({ path: show, change, mine: body ?? {}, start });
  }
}

/**
 * The form of an operation.
 * @param {{operation: import('./model.js').Operation, tenant: string, start?: any, only?: string[], action: string, titles?: Record<string, string>,
 *   submit: (values: Record<string, any>) => Promise<any>, extra?: import('./render.js').Child, cancel?: boolean}} options
 *   with `start`, what is there already: only what differs is submitted; `cancel`: the form is in a dialog, which Cancel closes
 */
export function form({ operation, tenant, start, only, action, titles = {}, submit, extra, cancel = false }) {
  const fields = operation.body.filter((each) => !only || only.includes(each.name));
  const controls = fields.map((field) => control(field, start?.[field.name], tenant, titles[field.name]));
  const needed = controls.filter((each) => each.field.required || only || start || !fields.some((field) => field.required));
  const rest = controls.filter((each) => !needed.includes(each));
  const wrong = h('div');
  const run = async () => {
    fill(wrong);
    markAll(controls, null);
    if (!element.reportValidity()) return;
    const values = collect(controls, start);
    if (start && !Object.keys(values).length) return void tell('Nothing has changed.');
    try {
      await submit(values);
    } catch (error) {
      const left = markAll(controls, error);
      if (left) fill(wrong, problem(left));
    }
  };
  const submitter = button(action, run, { kind: 'main' });
  const element = h('form', {
    novalidate: true,
    onsubmit: (event) => {
      event.preventDefault();
      submitter.click();
    },
  }, h('div.fields', needed.map((each) => each.element)), rest.length > 0 && h('details', h('summary', 'More settings'),
    h('div.fields', rest.map((each) => each.element))), extra, wrong,
      h(`div.row${cancel ? '.end' : ''}`, cancel && button('Cancel', () => element.closest('dialog').close()), submitter,
    h('button', { type: 'submit', hidden: true })));
  return element;
}

/**
 * The form that changes a thing: NOUN-set, with what NOUN-show has answered.
 * @param {{noun: string, values: Record<string, any>, data: any, etag: string | null, only?: string[], start?: any,
 *   first?: (said: Record<string, any>) => Promise<any>, saved?: (data: any) => void}} options
 *   `start`: what the fields begin with, where it is not `data`; `first`: asks before it is sent
 */
export function changeForm({ noun, values, data, etag, only, start = data, first = async () => true, saved = () => {} }) {
  const operation = model.need(`${noun}-set`);
  return form({ operation, tenant: values.tenant, only, start, action: 'Save', submit: async (said) => {
    if (!(await first(said))) return;
    const answer = await save({ method: operation.method, path: model.at(operation.id, values), show: model.at(`${noun}-show`, values), body: said, etag,
      start: data });
    if (answer) tell('Saved');
    if (answer?.data) saved(answer.data);
    router.again();
  } });
}
