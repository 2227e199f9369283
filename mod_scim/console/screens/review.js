/** An access review: who has what, since when and why; also at a past time, from the audit log. */
import { card, col, empty, h, link, list, name, screen, tag, time } from '../kit.js';
import { person } from './users.js';

/** @type {View} */
export async function review(c) {
  const columns = [col('Name', (row) => person(c, row)),
    col('Has', (row) => [name(row.name), row.kind === 'role' && h('small', 'role')]),
    col('Since', (row) => (row.seated ? time(row.since) ?? 'before the audit log begins'
      : tag('warn', 'waiting for a seat', '…'))),
    col('Why', (row) => h('ul.plainlist', row.why.map((/** @type {string} */ each) => h('li', h('bdi', each)))))];
  return screen({ title: 'Access review', trail: link(c.to('access'), 'Access'), lead: 'Who has what, since when and '
    + 'why. Choose a moment in the past to see who had what then. The files have all of it.' },
  card('', await list(c, { operation: 'access-review', columns, limit: 25,
    nothing: empty('Nobody has anything', 'Nobody had a subscription or a role at that time.') })));
}
