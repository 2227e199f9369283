/** One subscription: its seats, who has it and who waits, and why. */
import { card, changeForm, col, empty, facts, format, h, link, list, name, operationButton, screen, tag, time,
  way } from '../kit.js';
import { person } from './users.js';

/** @type {View} */
export async function subscription(c) {
  const values = { subscription: c.id };
  const shown = await c.get('subscription-show', values);
  const { data, etag } = shown;
  const counted = (/** @type {number} */ number) => `${format.count(number)}${data.more ? ' or more' : ''}`;
  const columns = [col('Name', (row) => person(c, row)),
    col('Seat', (row) => (row.seated ? tag('good', 'has it', '✓') : tag('warn', 'waits', '…'))),
    col('Since', (row) => time(row.since)), col('Why', (row) => h('bdi', (row.why ?? []).join(', ')))];
  const who = await list(c, { operation: 'access-list', values, columns, nothing: empty('Nobody has it',
    'Map a group to it, mark it for everybody, or grant it to somebody.', way(c.to('access'), 'Access')) });
  const remove = operationButton(c, { operation: 'subscription-remove', values, text: 'Remove', danger: true, etag,
    done: () => c.go('access') });
  return screen({ title: name(data.name), lead: data.description && name(data.description),
    trail: link(c.to('access'), 'Access'), actions: remove },
  h('div.grid', card('Seats', facts(['Have it', counted(data.seated ?? data.entitled)],
    ['Wait for a seat', data.waiting ? h('span.warn', counted(data.waiting)) : '0'],
    ['Seats', data.seats === null ? 'no limit' : format.count(data.seats)])),
  card('Change', changeForm(c, 'subscription', values, shown))), card('Who has it', who));
}
