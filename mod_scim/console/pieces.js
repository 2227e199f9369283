/** What is done to many accounts takes several requests: the `next` of an answer says where one goes on. */
import { fill, h } from './render.js';
import { button, link, table } from './parts.js';
import * as format from './format.js';
import * as model from './model.js';

/** Sends an operation until all of it is done; or until it is stopped, its report is closed, or the place is left.
 * @param {Place} c @param {string} id @param {(on: Values) => Values} args  of a request; `on`: those that go on
 * @param {HTMLElement} report @param {(sum: string, data: any) => Child} [shown]  what the report says after each
 * @returns {Promise<string>}  what it came to, in words */
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

/** Asks for all parts of what the server counts in parts, while the report is open. @param {HTMLElement} report
 * @param {(on: Values) => Promise<Answer>} ask @param {(data: any) => Child} shown  what it says after each part */
export async function inParts(report, ask, shown) {
  let next = '';
  do {
    const { data } = await ask(next ? { after: next } : {});
    fill(report, shown(data));
    ({ next } = data);
  } while (next && report.isConnected);
}

/** What shows first what an operation would do, and then does it; and its report.
 * @param {Place} c @param {string} id @param {string} action @param {(said: Values) => Values} args
 * @param {Column[]} columns @param {(data: any) => Row[]} rows  what the report names of an answer */
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
