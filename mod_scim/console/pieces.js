/** Operations on many accounts take several requests: the `next` of an answer is where the next one continues. */
import { fill, h } from './render.js';
import { button, link, table } from './parts.js';
import * as format from './format.js';
import * as model from './model.js';

/** Repeats an operation until it is done; or until it is stopped, its report is closed, or the place is left.
 * @param {Place} c @param {string} id @param {(on: Values) => Values} args  of a request; `on`: those that continue
 * @param {HTMLElement} report @param {(sum: string, data: any) => Child} [shown]  the report after each answer
 * @returns {Promise<string>}  the result, in words */
export async function inPieces(c, id, args, report, shown = (sum) => h('p', sum)) {
  const { answer, pieces } = model.need(id);
  const counts = answer.filter((each) => each.type === 'integer' && each.name !== 'next').map((each) => each.name);
  const sums = counts.map(() => 0);
  let stopped = false;
  const stop = () => button('Stop', () => { stopped = true; });
  for (let on = /** @type {Values} */ ({}); ;) {
    const { data } = await c.send(id, args(on));
    on = Object.fromEntries(pieces.map((each) => [each, /^(after|line)$/.test(each) ? data.next : data[each]])
      .filter((each) => each[1]));
    counts.forEach((each, i) => { sums[i] += data[each]; });
    stopped ||= !report.isConnected || c.signal.aborted;
    const sum = counts.map((each, i) => `${format.count(sums[i])} ${each}`).join(', ');
    const said = data.next && stopped ? `Stopped: ${sum}` : sum;
    fill(report, shown(said, data), data.next && !stopped && h('div.row', h('span.live', 'Going on…'), stop()));
    if (!data.next || stopped) return said;
  }
}

/** Requests all parts of a count that the server makes in parts, while the report is open. @param {HTMLElement} report
 * @param {(on: Values) => Promise<Answer>} ask @param {(data: any) => Child} shown  the report after each part */
export async function inParts(report, ask, shown) {
  let next = '';
  do {
    const { data } = await ask(next ? { after: next } : {});
    fill(report, shown(data));
    ({ next } = data);
  } while (next && report.isConnected);
}

/** A preview of an operation, a button that then executes it, and its report.
 * @param {Place} c @param {string} id @param {string} action @param {(said: Values) => Values} args
 * @param {Column[]} columns @param {(data: any) => Row[]} rows  the rows of the report for an answer */
export function lookFirst(c, id, action, args, columns, rows) {
  const report = h('div.stack', { role: 'status' });
  const carry = async (/** @type {Values} */ said, /** @type {boolean} */ preview) => {
    const all = /** @type {Row[]} */ ([]);
    await inPieces(c, id, (on) => args({ ...said, ...on, preview }), report, (sum, data) => {
      all.push(...rows(data));
      const batch = data.import ?? data.batch;
      return [h('p', sum, '. ', batch && link(c.to('batch', batch), 'See each account, or undo it')),
        all.length > 0 && table(columns, all.slice(0, 500)),
        preview && !data.next && h('div.row', button(action, () => carry(said, false), { kind: 'main' }))];
    });
  };
  return { report, look: (/** @type {Values} */ said) => carry(said, true) };
}
