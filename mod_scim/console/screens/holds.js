/** Held requests: whom each would touch, and the decision about it. */
import {
  ask, button, card, col, empty, facts, format, get, h, link, list, model, name, num, operationButton, router, screen, send, setCount,
  state, table, tag, tell, time, to,
} from '../kit.js';
import { asked } from './activity.js';
import { userLink } from './users.js';

function columns(tenant) {
  return [col('Request', (row) => [link(to(tenant, 'holds', row.id), asked(row)), h('small', h('code', name(`${row.method} ${row.path}`, 'one')))]),
    col('State', (row) => state(row.state)),
    num('Would lose access', (row) => format.many(row.weight, 'person', 'people')),
    col('Sent', (row) => [format.many(row.attempts, 'time'), h('small', 'last ', time(row.lastAt))]),
    col('Token', (row) => name(row.tokenName)),
    col('Decided', (row) => row.decided && [time(row.decided), h('small', 'by ', h('bdi', row.decidedBy))])];
}

export async function holds({ tenant, query, signal }) {
  const rejectAll = operationButton({ operation: 'hold-reject-all', tenant, values: {}, text: 'Reject all…', kind: 'danger', plain: true, done: router.again,
    question: 'Every request that is held is refused for a day, as often as it is sent.' });
  const loaded = (data) => setCount('holds', data.items.filter((each) => each.state === 'held').length);
  return screen({ title: 'Held requests',
    lead: 'A request that would take access from more people than the tenant allows in an hour waits here for a decision. Nothing has changed yet.',
      actions: rejectAll },
    card('', await list({ operation: 'hold-list', values: { tenant }, tenant, query, signal, columns: columns(tenant), loaded,
      nothing: empty('Nothing is held', ['The guard holds what is more than the limits say; they are in the ', link(to(tenant, 'settings'), 'settings'),
        '.']) })));
}

/** @param {string} tenant @param {string} id @param {string | null} etag */
async function release(tenant, id, etag) {
  const minutes = h('input', { type: 'number', value: 60, min: 1, max: 10080, id: 'minutes' });
  const everything = h('input', { type: 'checkbox', id: 'everything' });
  const done = await ask({ title: 'Release it?', action: 'Release',
    body: [h('p', 'The identity provider sends the request again by itself, and it passes then.'),
    h('div.fields', h('div.field', h('label', { for: 'minutes' }, 'For how many minutes'), minutes),
      h('div.field.check', everything, h('label', { for: 'everything' }, 'Let everything else pass as well'), h('small', 'But for what was rejected.')))],
  work: () => send('POST', model.at('hold-release', { tenant, hold: id }), { minutes: Number(minutes.value), everything: everything.checked }, etag) });
  if (done) decided('Released; the identity provider tries again by itself');
}

/** @param {string} tenant @param {string} id @param {string | null} etag */
async function reject(tenant, id, etag) {
  const done = await ask({ title: 'Reject it?', action: 'Reject', danger: true,
    body: h('p', 'The request is refused for a day, as often as it is sent. Change at the identity provider what led to it.'),
    work: () => send('POST', model.at('hold-reject', { tenant, hold: id }), {}, etag) });
  if (done) decided('Rejected');
}

function decided(text) {
  tell(text);
  router.again();
}

/** Whom it would touch. */
function touched(data, tenant) {
  if (!data.people?.length) return null;
  return card('Whom it would touch', table([col('Name', (row) => userLink(row, tenant)), col('User name', (row) => name(row.userName))], data.people),
    data.weight > data.people.length && h('p.soft', `and ${format.many(data.weight - data.people.length, 'other')}.`));
}

export async function hold({ tenant, id, signal }) {
  const { data, etag } = await get(model.at('hold-show', { tenant, hold: id }), {}, signal);
  const [, type, thing] = String(data.path).split('/');
  const about = thing && { Users: 'users', Groups: 'groups' }[type];
  const open = data.state === 'held';
  return screen({ title: [asked(data), `: ${format.many(data.weight, 'person', 'people')} would lose access`],
    trail: link(to(tenant, 'holds'), 'Held requests'), tags: [state(data.state), open && tag('plain', 'nothing has changed yet')],
    actions: [open && button('Release…', () => release(tenant, id, etag), { kind: 'main' }), open
      && button('Reject…', () => reject(tenant, id, etag), { kind: 'danger' })] },
  h('div.grid', card('The request',
    facts([['Request', h('code', name(`${data.method} ${data.path}`))],
    ['About', about && link(to(tenant, about, thing.split('?')[0]), type === 'Users' ? 'this user' : 'this group')],
    ['Token', link(to(tenant, 'tokens', data.tokenId), name(data.tokenName))], ['First sent', time(data.at, format.moment)],
      ['Last sent', [time(data.lastAt), `, ${format.many(data.attempts, 'time')}`]],
    ['Decided', data.decided && [time(data.decided, format.moment), ' by ', h('bdi', data.decidedBy)]],
      ['Passes until', data.until && time(data.until, format.moment)]])),
  card('Why it is held', facts([['By this request', format.many(data.weight, 'person', 'people')],
    ['With all of the hour', format.many(data.total, 'person', 'people')], ['The tenant allows', format.many(data.threshold, 'person', 'people')]]))),
  touched(data, tenant));
}
