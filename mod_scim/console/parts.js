/** The parts of all screens. */
import { add, fill, h, newId, part, svg } from './render.js';
import { left, Problem } from './api.js';
import * as format from './format.js';

/** A screen: its heading, the link back, the tags and buttons beside the heading, and its parts.
 * @param {{title: Child, lead?: Child, trail?: Child, tags?: Child, actions?: Child}} head @param {...Child} children
 */
export function screen({ title, lead, trail, tags, actions }, ...children) {
  const words = [trail && h('div.trail', trail, ' /'), h('h1', { tabindex: '-1' }, title), lead && h('p.soft', lead)];
  return [h('header', h('div', words, tags && h('div.sub', tags)), actions && h('div.row', actions)),
    h('div.stack', ...children)];
}

/** @param {Child} title @param {...Child} children */
export function card(title, ...children) {
  return h('section.card', title && h('h2', title), ...children);
}

/** Breaks an address before its domain or a part of its path, rather than anywhere. @param {string} text */
export function breakable(text) {
  return text.split(/(?=@)|(?<=[^/]\/)/).map((piece, i) => [i > 0 && h('wbr'), piece]);
}

/** A name from data: of any length and direction. @param {any} text @param {string} [kind] 'one': on one line */
export function name(text, kind = '') {
  const value = format.plain(text);
  return h(`bdi.name${kind && '.'}${kind}`, { title: value.length > 40 ? value : null }, breakable(value));
}

/** A text for people, with its first sentence emphasised. @param {string} text */
export function telling(text) {
  const [first, ...rest] = text.split(/(?<=\.) /);
  return [h('b', h('bdi', first)), ' ', h('bdi', rest.join(' '))];
}

/** A technical name. @param {any} text @param {string} [kind] */
export function code(text, kind) {
  return text && h('code', name(text, kind));
}

const MARKS = { good: '●', warn: '▲', bad: '✕', plain: '' };

/** A state, in words and shape. @param {'good'|'warn'|'bad'|'plain'} kind @param {Child} text @param {string} [mark] */
export function tag(kind, text, mark = MARKS[kind]) {
  return h(`span.tag.${kind}`, mark && h('span', { 'aria-hidden': 'true' }, mark), h('bdi', text));
}

/** @param {string | null | undefined} iso @param {(iso: string) => string} [words] */
export function time(iso, words = format.ago) {
  return iso ? h('time', { datetime: iso, title: format.exactly(iso) }, words(iso)) : null;
}

/** @param {string} href @param {...Child} children */
export function link(href, ...children) {
  return h('a', { href }, ...children);
}

/** A link that looks like a button. @param {string} href @param {Child} text @param {string} [label] */
export function way(href, text, label) {
  return h('a.button', { href, 'aria-label': label }, text);
}

/** A button. It is disabled while its work runs; an error is shown, unless `work` handles it.
 * @param {Child} text @param {(event: Event) => any} work
 * @param {{kind?: string, label?: string, disabled?: boolean}} [options] */
export function button(text, work, { kind = '', label, disabled = false } = {}) {
  const run = async (/** @type {Event} */ event) => {
    if (element.getAttribute('aria-busy') === 'true') return;
    element.setAttribute('aria-busy', 'true');
    try {
      await work(event);
    } catch (error) {
      fail(error);
    } finally {
      element.removeAttribute('aria-busy');
    }
  };
  const classes = kind && `.${kind.replace(/ /g, '.')}`;
  const element = h(`button${classes}`, { type: 'button', 'aria-label': label, disabled, onclick: run }, text);
  return element;
}

/** Shows what happened, for some seconds, also to screen readers. @param {...Child} text */
export function tell(...text) {
  const line = h('div', ...text);
  part('told').append(line);
  setTimeout(() => line.remove(), 6000);
}

/** Shows an error that no form shows. @param {unknown} error */
export function fail(error) {
  if (left(error)) return;
  if (!(error instanceof Problem)) console.error(error);
  ask({ title: 'That did not work', body: problem(error), cancel: 'Close' });
}

/** @param {unknown} error */
export function problem(error) {
  return h('div.problem', { role: 'alert' }, error instanceof Error ? error.message : String(error));
}

/** A text with a button that copies it. @param {string} text @param {string} what */
export function copyable(text, what) {
  const copy = button('Copy', async () => {
    await navigator.clipboard.writeText(text);
    copy.textContent = 'Copied';
    setTimeout(() => { copy.textContent = 'Copy'; }, 2000);
    tell(`${what} copied`);
  }, { label: `Copy ${what}` });
  return h('div.copy', h('code', breakable(text)), copy);
}

/** A column of a table. @param {string} head @param {(row: Row) => Child} cell @returns {Column} */
export function col(head, cell) {
  return { head, cell };
}

/** A column of numbers. @param {string} head @param {(row: Row) => Child} cell @returns {Column} */
export function num(head, cell) {
  return { head, cell, num: true };
}

/** A table; on a narrow page, blocks. @param {Column[]} columns @param {Row[]} rows @param {string} [caption] */
export function table(columns, rows, caption) {
  const kind = (/** @type {Column} */ column) => (column.num ? '.num' : '');
  const head = columns.map((each) => h(`th${kind(each)}`, { scope: 'col' }, each.head || h('span.seldom', 'Actions')));
  const line = (/** @type {Row} */ row) => h('tr', columns.map((each, i) => (i === 0
    ? h(`th${kind(each)}`, { scope: 'row' }, each.cell(row))
    : h(`td${kind(each)}`, { 'data-label': each.head || null }, each.cell(row)))));
  const body = h('tbody', rows.map(line));
  const element = h('div.table', h('table', caption && h('caption', caption), h('thead', h('tr', head)), body));
  return Object.assign(element, { more: (/** @type {Row[]} */ further) => add(body, further.map(line)) });
}

/** An empty list: what it shows, how to fill it. @param {string} title @param {Child} text @param {Child} [action] */
export function empty(title, text, action) {
  return h('div.empty', h('h2', title), h('p', text), action);
}

/** @param {...([Child, Child] | false | undefined)} pairs */
export function facts(...pairs) {
  return h('dl.facts', pairs.map((pair) => pair && [h('dt', pair[0]), h('dd', pair[1] ?? '–')]));
}

/** @param {string} summary @param {...Child} children */
export function fold(summary, ...children) {
  return h('details', h('summary', summary), ...children);
}

export function skeleton() {
  const bones = h('div.card', h('div.bone'), h('div.bone'), h('div.bone.short'));
  return h('div', { 'aria-busy': 'true', 'aria-label': 'Loading', role: 'status' }, h('div.bone.title'), bones);
}

/** Asks; returns the result of `work`, null if it was closed. @param {Question} question @returns {Promise<any>} */
export function ask({ title, body, action, danger, large, cancel = 'Cancel', stays, work = () => true }) {
  return new Promise((resolve) => {
    const heading = newId();
    const wrong = h('div');
    let answer = /** @type {any} */ (null);
    const run = async () => {
      fill(wrong);
      try {
        answer = await work();
        dialog.close();
      } catch (error) {
        fill(wrong, problem(error));
      }
    };
    const buttons = [cancel && button(cancel, () => dialog.close()),
      action && button(action, run, { kind: danger ? 'main danger' : 'main' })];
    const dialog = h(`dialog${large ? '.large' : ''}`, { 'aria-labelledby': heading }, h('h2', { id: heading }, title),
      body, wrong, cancel && h('div.row.end.actions', buttons));
    if (stays) dialog.addEventListener('cancel', (/** @type {Event} */ event) => event.preventDefault());
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A choice between a few values, each with its consequence.
 * @param {string} label @param {{value: string, title: Child, text: Child}[]} ways
 * @param {string | null} value @param {(value: string) => void} chosen */
export function choices(label, ways, value, chosen) {
  const group = newId();
  const radio = (/** @type {string} */ own) => h('input',
    { type: 'radio', name: group, value: own, checked: own === value, onchange: () => chosen(own) });
  return h('fieldset', h('legend.seldom', label), h('div.choices', ways.map((each) =>
    h('label.choice', radio(each.value), h('span', h('b', each.title), h('small', each.text))))));
}

/** A name with a button that removes it.
 * @param {Child} text @param {string} label @param {(() => any) | null} remove @param {string} [kind] */
export function chip(text, label, remove, kind = '') {
  const cross = remove && button('✕', remove, { label });
  return h(`span.chip${kind && '.'}${kind}${remove ? '' : '.bare'}`, h('bdi.name.one', text), cross);
}

/** The suggestions for a field: shown when it gets the focus, and after a pause in typing.
 * @param {any} input @param {Typeahead['suggest']} suggest */
export function suggestions(input, suggest) {
  const list = h('datalist', { id: newId() });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let asked = 0;
  const look = async () => {
    const mine = ++asked;
    const found = await suggest(input.value.trim()).catch(() => []);
    if (mine === asked) fill(list, found.map(({ value, text }) => h('option', { value }, text)));
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, 200);
  };
  input.setAttribute('list', list.id);
  input.addEventListener('focus', look);
  input.addEventListener('input', soon);
  return list;
}

/** @param {Typeahead} options */
export function typeahead({ label, placeholder, kind = '', action = 'Add', suggest, choose }) {
  const take = async () => {
    const value = input.value.trim();
    if (!value) return;
    await choose(value);
    input.value = '';
  };
  const typed = (/** @type {InputEvent} */ event) => {
    // Choosing from the list is an input event without a key.
    if (!event.inputType || event.inputType === 'insertReplacementText') adder.click();
  };
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    adder.click();
  };
  const input = h(`input${kind && '.'}${kind}`, { placeholder: placeholder ?? label, 'aria-label': label,
    autocomplete: 'off', maxlength: 1000, oninput: typed, onkeydown: pressed });
  const adder = button(action, take, { label: `${label}: ${action.toLowerCase()}` });
  return h('span.row.ask', input, suggestions(input, suggest), adder);
}

const OUTCOMES = ['done', 'refused', 'failed', 'held'];

/** Requests by hour. @param {Record<string, any>[]} hours  {at, done, refused, failed, held} */
export function chart(hours) {
  const sum = (/** @type {Record<string, any>} */ each) => OUTCOMES.reduce((all, key) => all + each[key], 0);
  const high = Math.max(1, ...hours.map(sum));
  // The drawing is as wide as its container, so that its texts keep their size.
  const total = Math.max(300, Math.min(1080, part('main').clientWidth - 100));
  const width = total / hours.length;
  const gap = total / 240;
  const bars = hours.map((each, i) => {
    let top = 112;
    const bar = (/** @type {string} */ key) => {
      const tall = Math.max(3, (each[key] / high) * 96);
      top -= tall;
      return svg(`rect.${key}`, { x: i * width + gap, y: top, width: width - 2 * gap, height: tall - 1, rx: 2 });
    };
    const text = `${format.hour(each.at)}: ${OUTCOMES.map((key) => `${each[key]} ${key}`).join(', ')}`;
    return svg('g', svg('title', text), OUTCOMES.filter((key) => each[key]).map(bar),
      i % 6 === 0 && svg('text', { x: i * width + gap, y: 128 }, format.hour(each.at)));
  });
  const sums = OUTCOMES.map((key) => `${format.count(hours.reduce((all, each) => all + each[key], 0))} ${key}`);
  const what = { viewBox: `0 0 ${total} 132`, role: 'img', 'aria-label': `Requests of each hour: ${sums.join(', ')}` };
  return svg('svg.chart', what, svg('path.rule', { d: `M0 112.5H${total}` }), bars);
}
