/** Forms made from the description: each argument has its label, field, help and limits, and refusals of the server are
 * marked at their fields. If somebody else has changed the object meanwhile, the user is asked which values count. */
import { get, Problem } from './api.js';
import { add, fill, h, newId } from './render.js';
import { ask, button, chip, problem, suggestions, tell, typeahead } from './parts.js';
import * as format from './format.js';
import * as model from './model.js';

/** The list that suggests an argument, and the member of its rows. @type {Record<string, [string, string]>} */
const NAMES = Object.fromEntries([['user', 'userName', 'user into members'], ['group', 'displayName', 'group groups'],
  ['role', 'role', 'role defaultRole reservedRoles'], ['subscription', 'name', 'subscription subscriptions'],
  ['flag', 'flag', 'flag flags'], ['token', 'name', 'token']].flatMap(([noun, member, names]) =>
  names.split(' ').map((each) => [each, [noun, member]])));

/** Suggestions from a list, without the present values. @param {Place} c @param {string} noun @param {string} member
 * @param {() => any[]} [had] @returns {Typeahead['suggest']} */
export function suggester(c, noun, member, had = () => []) {
  return async (text) => {
    const there = new Set(had());
    const { data } = await c.get(`${noun}-list`, { q: text || undefined, limit: Math.min(100, 20 + there.size) });
    return data.items.filter((/** @type {Row} */ row) => !there.has(row[member])).map((/** @type {Row} */ row) =>
      ({ value: row[member], text: row.displayName === row[member] ? undefined : row.displayName }));
  };
}

/** @param {string} argument @param {Place} c @param {() => any[]} had */
function suggests(argument, c, had) {
  const [noun, member] = NAMES[argument] ?? [];
  return noun && model.find(`${noun}-list`) ? suggester(c, noun, member, had) : null;
}

/** A choice; in a filter also any. @param {Field} field @param {any} value @param {string} id */
function choiceInput(field, value, id) {
  const filter = field.in === 'query';
  const none = field.required ? 'Choose…' : filter && !/^(sort|order)$/.test(field.name) ? 'any' : 'the default';
  const open = filter || value === undefined || value === null;
  return h('select', { id, required: field.required }, open && h('option', { value: '' }, none),
    field.enum?.map((each) => h('option', { value: each, selected: each === value }, model.word(each, field.name))));
}

/** @param {Field} field @param {any} value @param {string} id */
function plainInput(field, value, id) {
  if (field.enum) return choiceInput(field, value, id);
  const limits = { id, maxlength: field.maxLength, min: field.minimum, max: field.maximum, required: field.required,
    value: value ?? '' };
  if (field.type === 'integer') return h('input', { ...limits, type: 'number' });
  const local = () => ({ ...limits, type: 'datetime-local', value: format.toLocal(value) });
  if (field.format === 'date-time') return h('input', local());
  const long = field.in === 'body' && /^(description|condition)$/.test(field.name);
  const placeholder = field.nullable && /default/.test(field.help) ? 'the default' : null;
  return h(long ? 'textarea' : 'input', { ...limits, autocomplete: 'off', spellcheck: 'false', placeholder });
}

/** The value of a plain field, in the API's form. @param {Field} field @param {string} text */
function parse(field, text) {
  if (text === '') return field.nullable ? null : undefined;
  if (field.type === 'integer') return Number(text);
  return field.format === 'date-time' ? format.fromLocal(text) : text;
}

/** Chips for the values, and a field to add one. @param {Field} field @param {string[]} start @param {Place} c */
function listInput(field, start, c) {
  const values = [...start];
  const box = h('div.chips');
  const another = () => typeahead({ label: `Add to ${model.label(field.name)}`, kind: 'add', placeholder: 'Add…',
    suggest: suggests(field.name, c, () => values) ?? (async () => []),
    choose: (value) => {
      if (!values.includes(value)) values.push(value);
      draw();
      box.querySelector('input')?.focus();
    } });
  const draw = () => fill(box, values.map((value, i) => chip(value, `Remove ${value}`, () => {
    values.splice(i, 1);
    draw();
  })), another());
  draw();
  // Text in the field that was not added yet counts, too.
  const read = () => [...new Set([...values, box.querySelector('input').value.trim()])].filter(Boolean);
  return { box, read };
}

/** One argument. @param {Field} field @param {any} value @param {Place} c @returns {Control} */
export function control(field, value, c) {
  const id = newId();
  const title = model.label(field.name);
  const wrong = h('span.wrong', { id: `${id}w` });
  const help = (field.text ?? field.help) && h('small', { id: `${id}h` }, model.sentence(field.text ?? field.help));
  const label = h('label', { for: id }, title);
  /** @type {any} */
  let input;
  let element;
  let read;
  if (field.type === 'boolean') {
    input = h('input', { type: 'checkbox', id, checked: Boolean(value ?? usual(field)) });
    read = () => input.checked;
    element = h('div.field.check', input, label, help, wrong);
  } else if (field.type === 'array') {
    const list = listInput(field, value ?? [], c);
    input = list.box.querySelector('input');
    read = () => (list.read().length || !field.nullable ? list.read() : null);
    const group = { role: 'group', 'aria-label': title };
    element = h('div.field.wide', group, h('span.label', title), list.box, help, wrong);
  } else if (field.format === 'file') {
    /** @type {string | undefined} */
    let text;
    const choose = async () => { text = await input.files[0]?.text(); };
    input = h('input', { type: 'file', id, required: field.required, onchange: choose });
    read = () => text;
    element = h('div.field.wide', label, input, help, wrong);
  } else {
    input = plainInput(field, value, id);
    read = () => parse(field, input.value.trim());
    const look = field.enum ? null : suggests(field.name, c, () => [value]);
    element = h('div.field', label, input, look && suggestions(input, look), help, wrong);
  }
  input?.setAttribute('aria-describedby', `${help ? `${id}h ` : ''}${id}w`);
  const mark = (/** @type {string} */ text) => {
    fill(wrong, text && model.sentence(text));
    if (text) input?.setAttribute('aria-invalid', 'true');
    else input?.removeAttribute('aria-invalid');
  };
  return { element, read, mark, field };
}

/** @param {any} one @param {any} other */
function same(one, other) {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

/** The default of a switch. @param {Field} field */
function usual(field) {
  return field.type === 'boolean' ? /default: true/.test(field.help) : undefined;
}

/** Whether a value is unchanged, or the default. A field for a time has only minutes.
 * @param {Field} field @param {any} value @param {any} start */
function unsaid(field, value, start) {
  if (value === undefined) return true;
  if (!start) return value === null || value === usual(field) || (Array.isArray(value) && !value.length);
  const before = start[field.name];
  const near = field.format === 'date-time' && value && before && format.toLocal(value) === format.toLocal(before);
  return same(value, before) || near;
}

/** The values of the controls, without unchanged ones and defaults. @param {Control[]} controls @param {any} [start] */
function collect(controls, start) {
  const values = controls.map(({ field, read }) => /** @type {const} */ ([field, read()]));
  return Object.fromEntries(values.filter(([field, value]) => !unsaid(field, value, start))
    .map(([field, value]) => [field.name, value]));
}

/** Marks an error's fields; null if it has no others. @param {Control[]} controls @param {unknown} error */
function markAll(controls, error) {
  const said = error instanceof Problem ? error.errors : [];
  for (const each of controls) each.mark(said.find((one) => one.field === each.field.name)?.detail ?? '');
  const known = controls.filter((each) => said.some((one) => one.field === each.field.name));
  known[0]?.element.querySelector('input, select, textarea')?.focus();
  return said.length && known.length === said.length ? null : error;
}

/** Asks which values count if somebody else has changed the object meanwhile; sends again, or gives up.
 * @param {string} show  the path to read the object @param {(etag: string | null) => Promise<any>} change
 * @param {Values} mine @param {any} start */
async function settle(show, change, mine, start) {
  const { data, etag } = await get(show);
  const changed = Object.keys(data).filter((key) => !same(data[key], start?.[key])
    && !/^(lastModified|version)$/.test(key));
  const line = (/** @type {string} */ key) => [h('dt', model.label(key)),
    h('dd', key in data ? h('bdi', format.plain(data[key])) : '–'),
    h('dd', key in mine ? h('bdi', format.plain(mine[key])) : '–')];
  const body = [h('p', 'Somebody else has saved a change since you opened this.'),
    h('dl.diff', h('dt.head', ''), h('dd.head', 'As it is now'), h('dd.head', 'Your change'),
      [...new Set([...changed, ...Object.keys(mine)])].map(line))];
  return ask({ title: 'Changed meanwhile', body, action: 'Save my change over it', cancel: 'Keep what is there',
    work: () => change(etag) });
}

/** Sends a change for the version from which it was made.
 * @param {Place} c @param {string} operation @param {Values} args
 * @param {{show: string, etag: string | null, start: any, mine: Values}} version  `show`: the path to read it again
 * @returns {Promise<Answer | null>}  null: the other change was kept */
export async function save(c, operation, args, { show, etag, start, mine }) {
  const change = (/** @type {string | null} */ version) => c.send(operation, args, version);
  try {
    return await change(etag);
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 412) throw error;
    return settle(show, change, mine, start);
  }
}

/** @param {Place} c @param {FormOptions} options */
export function form(c, { operation, start, only, action, submit, extra, cancel = false }) {
  const fields = operation.body.filter((each) => !only || only.includes(each.name));
  fields.sort((one, other) => Number(one.type === 'boolean') - Number(other.type === 'boolean'));
  const controls = fields.map((field) => control(field, start?.[field.name], c));
  const all = only || start || fields.length <= 8 || !fields.some((field) => field.required);
  const [needed, rest] = [true, false].map((which) =>
    controls.filter(({ field }) => Boolean(all || field.required || field.name === 'displayName') === which)
      .map((each) => each.element));
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
      const unmarked = markAll(controls, error);
      if (unmarked) fill(wrong, problem(unmarked));
    }
  };
  const submitter = button(action, run, { kind: 'main' });
  const element = h('form', { novalidate: true, onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault();
    submitter.click();
  } });
  const close = cancel && button('Cancel', () => element.closest('dialog').close());
  add(element, h('div.fields', needed, extra), rest.length > 0 && h('details.later', h('summary', 'More settings'),
    h('div.fields', rest)), wrong, h(`div.row${cancel ? '.end' : ''}`, close, submitter,
    h('button', { type: 'submit', hidden: true })));
  return element;
}

/** The form that changes an object: NOUN-set, with the answer of NOUN-show.
 * @param {Place} c @param {string} noun @param {Values} values  that identify the object @param {Answer} shown
 * @param {{only?: string[], start?: any, first?: (said: Values) => Promise<any>, saved?: (data: any) => void}} [how]
 *   `start`: the first values of the fields, if they are not those that were shown; `first`: asks before it is sent */
export function changeForm(c, noun, values, { data, etag }, { only, start = data, first, saved } = {}) {
  const operation = model.need(`${noun}-set`);
  const show = c.path(`${noun}-show`, values);
  return form(c, { operation, only, start, action: 'Save', submit: async (said) => {
    if (first && !(await first(said))) return;
    const answer = await save(c, operation.id, { ...values, ...said }, { show, etag, start: data, mine: said });
    if (answer) tell('Saved');
    if (answer?.data) saved?.(answer.data);
    c.again();
  } });
}
