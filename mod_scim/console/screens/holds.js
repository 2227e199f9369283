/** Held requests: whom each would touch, and the decision about it. */
import { ask, button, card, col, empty, facts, format, h, link, list, name, operationButton, screen, setCount, state,
  table, tag, time } from '../kit.js';
import { asked, sent } from './activity.js';
import { userLink } from './users.js';

/** The first of those whom a request would touch. @param {Row} row */
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
  const columns = [
    col('Request', (row) => [link(c.to('holds', row.id), asked(row)), h('small', sent(row, 'one.fit'))]),
    col('State', (row) => state(row.state)), col('Would lose access', touched),
    col('Sent', (row) => [format.many(row.attempts, 'time'), h('small', 'last ', time(row.lastAt))]),
    col('Token', (row) => name(row.tokenName)),
    col('Decided', (row) => row.decided && [time(row.decided), h('small', 'by ', h('bdi', row.decidedBy))])];
  const rejectAll = operationButton(c, { operation: 'hold-reject-all', text: 'Reject all…', kind: 'danger', plain: true,
    question: 'Every held request is refused for a day, however often it is sent.' });
  const loaded = (/** @type {any} */ data) =>
    setCount('holds', data.items.filter((/** @type {Row} */ each) => each.state === 'held').length);
  return screen({ title: 'Held requests', actions: rejectAll, lead: 'A request that would take access from more people '
    + 'than you allow in an hour waits here until you decide. It has changed nothing yet.' },
  card('', await list(c, { operation: 'hold-list', columns, loaded, nothing: empty('Nothing is held',
    ['A request is held when it exceeds the limits in the ', link(c.to('settings'), 'settings'), '.']) })));
}

/** @param {Place} c @param {string | null} etag */
function release(c, etag) {
  const minutes = h('input', { type: 'number', value: 60, min: 1, max: 10080, id: 'minutes' });
  const everything = h('input', { type: 'checkbox', id: 'everything' });
  const body = [h('p', 'The identity provider sends the request again by itself. It passes then.'), h('div.fields',
    h('div.field', h('label', { for: 'minutes' }, 'For how many minutes'), minutes),
    h('div.field.check', everything, h('label', { for: 'everything' }, 'Let all other requests pass, too'),
      h('small', 'Except those that you have rejected.')))];
  return ask({ title: 'Release it?', action: 'Release', body, work: () => c.act('hold-release',
    { hold: c.id, minutes: Number(minutes.value), everything: everything.checked },
    'Released. The identity provider tries again by itself.', etag) });
}

/** @param {Place} c @param {string | null} etag */
function reject(c, etag) {
  const body = h('p', 'The request is refused for a day, however often it is sent. Change what led to it at the '
    + 'identity provider.');
  return ask({ title: 'Reject it?', action: 'Reject', danger: true, body,
    work: () => c.act('hold-reject', { hold: c.id }, 'Rejected', etag) });
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
  const [, type, thing] = String(data.path).split('/');
  const about = thing && { Users: 'user', Groups: 'group' }[type];
  const actions = data.state === 'held' && [button('Release…', () => release(c, etag), { kind: 'main' }),
    button('Reject…', () => reject(c, etag), { kind: 'danger' })];
  return screen({ title: [asked(data), `: ${format.people(data.weight)} would lose access`], actions,
    trail: link(c.to('holds'), 'Held requests'),
    tags: [state(data.state), actions && tag('plain', 'nothing has changed yet')] },
  h('div.grid', card('The request', facts(['Request', sent(data)],
    ['About', about && link(c.to(`${about}s`, thing.split('?')[0]), `this ${about}`)],
    ['Token', link(c.to('tokens', data.tokenId), name(data.tokenName))], ['First sent', time(data.at, format.moment)],
    ['Last sent', [time(data.lastAt), `, ${format.many(data.attempts, 'time')}`]],
    data.decided && ['Decided', [time(data.decided, format.moment), ' by ', h('bdi', data.decidedBy)]],
    data.until && ['Passes until', time(data.until, format.moment)])),
  card('Why it is held', facts(['This request takes access from', format.people(data.weight)],
    ['All requests of the hour', format.people(data.total)], ['You allow in an hour', format.people(data.threshold)]))),
  people(c, data));
}
