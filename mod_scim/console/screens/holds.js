/** Held requests: the people whom each would affect, and the decision about it. */
import { card, col, empty, facts, format, h, link, list, name, operationButton, screen, state, table, tag,
  time } from '../kit.js';
import { asked, sent } from './activity.js';
import { userLink } from './users.js';

/** The first people whom a request would affect. @param {Row} row */
function touched({ people: some, weight }) {
  const first = (some ?? []).slice(0, 3);
  const names = first.map((/** @type {Row} */ each, /** @type {number} */ i) =>
    [i > 0 && ', ', h('bdi', each.displayName ?? each.userName)]);
  const others = weight - first.length;
  const more = others > 0 && ` and ${format.many(others, 'other')}`;
  return [format.people(weight), first.length > 0 && h('small', names, more)];
}

/** @type {View} */
export async function holds(c) {
  const columns = [col('Request', (row) => [link(c.to('holds', row.id), asked(row)), h('small', sent(row, 'one.fit'))]),
    col('State', (row) => state(row.state)), col('Would lose access', touched),
    col('Sent', (row) => [format.many(row.attempts, 'time'), h('small', 'last ', time(row.lastAt))]),
    col('Token', (row) => name(row.tokenName)),
    col('Decided', (row) => row.decided && [time(row.decided), h('small', 'by ', h('bdi', row.decidedBy))])];
  const rejectAll = { operation: 'hold-reject-all', text: 'Reject all…', kind: 'danger', plain: true };
  return screen({ title: 'Held requests', actions: operationButton(c, rejectAll), lead: 'A request that would take '
    + 'access from more people than you allow in an hour waits here until you decide. It has changed nothing yet.' },
  card('', await list(c, { operation: 'hold-list', columns, nothing: empty('Nothing is held',
    ['A request is held when it exceeds the limits in the ', link(c.to('settings'), 'settings'), '.']) })));
}

/** The user or the group that a request concerns, if it exists. @param {Place} c @param {Row} data */
async function subject(c, { path }) {
  const [, type, id = ''] = String(path).split(/[/?]/);
  const noun = { Users: 'user', Groups: 'group' }[type];
  const found = noun && id ? await c.get(`${noun}-show`, { [noun]: id }).catch(() => null) : null;
  return found ? { at: c.to(`${noun}s`, id), title: found.data.displayName ?? found.data.userName } : undefined;
}

/** @param {Place} c @param {Row} data */
function people(c, data) {
  if (!data.people?.length) return null;
  const columns = [col('Name', (row) => userLink(c, row)), col('User name', (row) => name(row.userName))];
  const others = data.weight - data.people.length;
  return card('Who would lose access', table(columns, data.people),
    others > 0 && h('p.soft', `and ${format.many(others, 'other')}.`));
}

/** @type {View} */
export async function hold(c) {
  const { data, etag } = await c.get('hold-show', { hold: c.id });
  const about = await subject(c, data);
  const values = { hold: c.id };
  const actions = data.state === 'held'
    && [operationButton(c, { operation: 'hold-release', values, etag, text: 'Release…', kind: 'main' }),
      operationButton(c, { operation: 'hold-reject', values, etag, text: 'Reject…', danger: true })];
  const title = [asked(data), about && ' ', about && name(about.title), ': ', format.people(data.weight),
    ' would lose access'];
  const tags = [state(data.state), actions && tag('plain', 'nothing has changed yet')];
  return screen({ title, tags, actions, trail: link(c.to('holds'), 'Held requests') }, h('div.grid',
    card('The request', facts(['Request', sent(data)], about && ['About', link(about.at, name(about.title, 'one'))],
    ['Token', link(c.to('tokens', data.tokenId), name(data.tokenName))], ['First sent', time(data.at, format.moment)],
    ['Last sent', [time(data.lastAt), `, ${format.many(data.attempts, 'time')}`]],
    data.decided && ['Decided', [time(data.decided, format.moment), ' by ', h('bdi', data.decidedBy)]],
    data.until && ['Passes until', time(data.until, format.moment)])),
    card('Why it is held', facts(['This request takes access from', format.people(data.weight)],
    ['All requests of the hour', format.people(data.total)], ['You allow in an hour', format.people(data.threshold)]))),
  people(c, data));
}
