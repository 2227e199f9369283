/** The few parts that all screens are made of. */
import { add, fill, h, newId, part, svg } from './render.js';
import { Problem } from './api.js';
import * as format from './format.js';

/** @typedef {import('./render.js').Child} Child */

/**
 * A screen: its heading, what leads back, what stands beside the heading, and its parts.
 * @param {{title: Child, lead?: Child, trail?: Child, tags?: Child, actions?: Child}} head
 * @param {...Child} children
 */
export function screen({ title, lead, trail, tags, actions }, ...children) {
  return [
    h('header', h('div', trail && h('div.trail', trail, ' /'), h('h1', { tabindex: '-1' }, title), lead && h('p.soft', lead),
      tags && h('div.sub', tags)), actions && h('div.row', actions)),
    h('div.stack', ...children),
  ];
}

/** @param {Child} title @param {...Child} children */
export function card(title, ...children) {
  return h('section.card', title && h('h2', title), ...children);
}

/** A name as data has it: of any length and direction. @param {any} text @param {string} [kind] 'one': on one line */
export function name(text, kind = '') {
  const value = format.plain(text);
  return h(`bdi.name${kind && '.'}${kind}`, { title: value.length > 40 ? value : null }, value);
}

const MARKS = { good: '●', warn: '▲', bad: '✕', plain: '' };

/** A state, in words and shape. @param {'good'|'warn'|'bad'|'plain'} kind @param {any} text @param {string} [mark] */
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

/**
 * A button. While what it does is under way it does nothing more; what fails is told, unless `work` deals with it.
 * @param {Child} text
 * @param {(event: Event) => any} work
 * @param {{kind?: string, label?: string, type?: string, disabled?: boolean}} [options]
 */
export function button(text, work, { kind = '', label, type = 'button', disabled = false } = {}) {
  const run = async (event) => {
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
  const element = h(`button${kind && '.' + kind.replace(/ /g, '.')}`, { type, 'aria-label': label, disabled, onclick: run }, text);
  return element;
}

/** Says what happened, for some seconds, and to a screen reader. @param {...Child} text */
export function tell(...text) {
  const line = h('div', ...text);
  part('told').append(line);
  setTimeout(() => line.remove(), 6000);
}

/** Tells an error that no form shows. @param {unknown} error */
export function fail(error) {
  if (error instanceof Error && error.name === 'AbortError') return;
  if (!(error instanceof Problem)) console.error(error);
  const text = error instanceof Error ? error.message : String(error);
  ask({ title: 'That did not work', body: h('p', text), cancel: 'Close' });
}

/** @param {unknown} error */
export function problem(error) {
  return h('div.problem', { role: 'alert' }, error instanceof Error ? error.message : String(error));
}

/** A text with a button that copies it. @param {string} text @param {string} what */
export function copyable(text, what) {
  return h('div.copy', h('code', text), button('Copy', async (event) => {
    const element = /** @type {HTMLElement} */ (event.target);
    await navigator.clipboard.writeText(text);
    element.textContent = 'Copied';
    setTimeout(() => { element.textContent = 'Copy'; }, 2000);
    tell(`${what} copied`);
  }, { label: `Copy ${what}` }));
}

/** @typedef {{head: string, num?: boolean, cell: (row: any) => Child}} Column */

/** A column of a table. @param {string} head @param {(row: any) => Child} cell @returns {Column} */
export function col(head, cell) {
  return { head, cell };
}

/** A column of numbers. @param {string} head @param {(row: any) => Child} cell @returns {Column} */
export function num(head, cell) {
  return { head, cell, num: true };
}

/** A table; on a narrow page each row is a block. @param {Column[]} columns @param {any[]} rows @param {{caption?: string}} [options] */
export function table(columns, rows, { caption } = {}) {
  const kind = (/** @type {{num?: boolean}} */ column) => (column.num ? '.num' : '');
  const line = (row) => h('tr', columns.map((column, i) =>
    (i === 0 ? h(`th${kind(column)}`, { scope: 'row' }, column.cell(row))
      : h(`td${kind(column)}`, { 'data-label': column.head || null }, column.cell(row)))));
  const body = h('tbody', rows.map(line));
  const element = h('div.table', h('table', caption && h('caption', caption),
    h('thead', h('tr', columns.map((column) => h(`th${kind(column)}`, { scope: 'col' }, column.head || h('span.seldom', 'Actions'))))), body));
  return Object.assign(element, { more: (further) => add(body, further.map(line)) });
}

/** What would be here, and how it gets here. @param {string} title @param {Child} text @param {Child} [action] */
export function empty(title, text, action) {
  return h('div.empty', h('h2', title), h('p', text), action);
}

/** @param {[Child, Child][]} pairs */
export function facts(pairs) {
  return h('dl.facts', pairs.map(([term, value]) => [h('dt', term), h('dd', value ?? '–')]));
}

/** @param {string} summary @param {...Child} children */
export function fold(summary, ...children) {
  return h('details', h('summary', summary), ...children);
}

export function skeleton() {
  return h('div', { 'aria-busy': 'true', 'aria-label': 'Loading' }, h('div.bone.title'), h('div.card', h('div.bone'), h('div.bone'), h('div.bone.short')));
}

/**
 * Asks, or shows; answers what `work` of the button answers, null where it was closed.
 * @param {{title: Child, body: Child, action?: string, danger?: boolean, large?: boolean, cancel?: string, stays?: boolean,
 *   work?: () => any}} question  what `work` throws is shown and leaves the dialog open; `stays`: Escape does not close it
 * @returns {Promise<any>}
 */
export function ask({ title, body, action, danger, large, cancel = 'Cancel', stays, work = () => true }) {
  return new Promise((resolve) => {
    const heading = newId();
    /** @type {any} */
    let answer = null;
    const wrong = h('div');
    const run = async () => {
      fill(wrong);
      try {
        answer = await work();
        dialog.close();
      } catch (error) {
        fill(wrong, problem(error));
      }
    };
    const dialog = h(`dialog${large ? '.large' : ''}`, { 'aria-labelledby': heading }, h('h2', { id: heading }, title), body, wrong,
      cancel && h('div.row.end.actions', button(cancel, () => dialog.close()), action && button(action, run, { kind: danger ? 'main danger' : 'main' })));
    if (stays) dialog.addEventListener('cancel', (event) => event.preventDefault());
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/**
 * A choice among few, each with its consequence.
 * @param {string} label
 * @param {{value: string, title: Child, text: Child}[]} ways
 * @param {string | null} value
 * @param {(value: string) => void} onchange
 */
export function choices(label, ways, value, onchange) {
  const group = newId();
  return h('fieldset', h('legend.seldom', label), h('div.choices', ways.map((each) => h('label.choice',
    h('input', { type: 'radio', name: group, value: each.value, checked: each.value === value, onchange: () => onchange(each.value) }),
    h('span', h('b', each.title), h('small', each.text))))));
}

/**
 * Names that can be taken away by a cross.
 * @param {Child} text
 * @param {string} label
 * @param {(() => any) | null} remove
 * @param {string} [kind]  'new', 'gone'
 */
export function chip(text, label, remove, kind = '') {
  return h(`span.chip${kind && '.' + kind}${remove ? '' : '.bare'}`, h('bdi.name.one', text), remove && button('✕', remove, { label }));
}

/**
 * A field that suggests names while one types.
 * @param {{label: string, placeholder?: string, kind?: string, suggest: (text: string) => Promise<{value: string, text?: string}[]>,
 *   choose: (value: string) => any}} options
 */
export function typeahead({ label, placeholder, kind = '', suggest, choose }) {
  const id = newId();
  const list = h('datalist', { id });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let asked = 0;
  const look = async () => {
    const mine = ++asked;
    const found = await suggest(input.value.trim()).catch(() => []);
    if (mine === asked) fill(list, found.map((each) => h('option', { value: each.value }, each.text)));
  };
  const take = async () => {
    const value = input.value.trim();
    if (!value) return;
    await choose(value);
    input.value = '';
  };
  const input = h(`input${kind && '.' + kind}`, {
    list: id, placeholder, 'aria-label': label, autocomplete: 'off', maxlength: 1000, onfocus: look,
    oninput: (/** @type {InputEvent} */ event) => {
      clearTimeout(timer);
      // Choosing from the list is an input without a key.
      if (!event.inputType || event.inputType === 'insertReplacementText') take().catch(fail);
      else timer = setTimeout(look, 200);
    },
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      take().catch(fail);
    },
  });
  return h('span.row.ask', input, list, button('Add', take, { label: `${label}: add` }));
}

const OUTCOMES = ['done', 'refused', 'failed', 'held'];

/** Requests by hour. @param {any[]} hours  {at, done, refused, failed, held} */
export function chart(hours) {
  const high = Math.max(1, ...hours.map((each) => OUTCOMES.reduce((sum, key) => sum + each[key], 0)));
  // On a narrow page the drawing is as wide as the page, so that its texts keep their size.
  const total = window.matchMedia('(max-width: 44rem)').matches ? 330 : 720;
  const width = total / hours.length;
  const gap = total / 240;
  const bars = hours.map((each, i) => {
    let top = 112;
    return svg('g', svg('title', `${format.hour(each.at)}: ${OUTCOMES.map((key) => `${each[key]} ${key}`).join(', ')}`),
      OUTCOMES.filter((key) => each[key]).map((key) => {
        const tall = Math.max(3, (each[key] / high) * 96);
        top -= tall;
        return svg(`rect.${key}`, { x: i * width + gap, y: top, width: width - 2 * gap, height: tall - 1, rx: 2 });
      }), i % 6 === 0 && svg('text', { x: i * width + gap, y: 128 }, format.hour(each.at)));
  });
  const sums = OUTCOMES.map((key) => `${format.count(hours.reduce((sum, each) => sum + each[key], 0))} ${key}`).join(', ');
  return svg('svg.chart', { viewBox: `0 0 ${total} 132`, role: 'img', 'aria-label': `Requests of each hour: ${sums}` },
    svg('path.rule', { d: `M0 112.5H${total}` }), bars);
}
