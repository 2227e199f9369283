/** One subscription: its seats, who has it and who waits, and which groups give it. */
import {
  card, changeForm, col, empty, facts, format, get, h, link, list, model, name, operationButton, router, screen, tag, time, to,
} from '../kit.js';
import { userLink } from './users.js';

function columns(tenant) {
  return [col('Name', (row) => [userLink(row, tenant), row.displayName && h('small', name(row.userName, 'one'))]),
    col('Seat', (row) => (row.seated ? tag('good', 'has it', '✓') : tag('warn', 'waits', '…'))),
    col('Since', (row) => time(row.since)),
    col('By', (row) => h('bdi', (row.why ?? []).join(', ')))];
}

export async function subscription({ tenant, id, query, signal }) {
  const values = { tenant, subscription: id };
  const { data, etag } = await get(model.at('subscription-show', values), {}, signal);
  const counted = (number) => `${format.count(number)}${data.more ? ' or more' : ''}`;
  const who = await list({ operation: 'access-list', values, tenant, query, signal, columns: columns(tenant),
    nothing: empty('Nobody has it', 'Map a group to it, mark it for everybody, or grant it to somebody.',
      h('a.button', { href: to(tenant, 'access') }, 'Access')) });
  return screen({ title: name(data.name), lead: data.description && name(data.description), trail: link(to(tenant, 'access'), 'Access'),
    actions: operationButton({ operation: 'subscription-remove', tenant, values, text: 'Remove', danger: true, etag,
      question: 'Only a subscription that nothing gives can be removed.', done: () => router.go({ tenant, screen: 'access' }) }) },
  h('div.grid', card('Seats', facts([['Have it', counted(data.seated)],
    ['Wait for a seat', data.waiting ? h('span.warn', counted(data.waiting)) : '0'],
    ['Seats', data.seats === null ? 'no limit' : format.count(data.seats)]])),
    card('Change', changeForm({ noun: 'subscription', values, data, etag }))),
  card('Who has it', who));
}
