/** One subscription: its seats, who has it and who waits, and which groups give it. */
import {
  card, col, empty, facts, form, format, get, h, link, list, model, name, operationButton, router, save, screen, tag, tell, time, to,
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
  const [{ data, etag }, usage] = await Promise.all([get(model.at('subscription-show', values), {}, signal),
    get(model.at('subscription-usage', values), {}, signal)]);
  const use = usage.data;
  const who = await list({ operation: 'access-list', values, tenant, query, signal, columns: columns(tenant),
    nothing: empty('Nobody has it', 'Map a group to it, mark it for everybody, or grant it to somebody.',
      h('a.button', { href: to(tenant, 'access') }, 'Access')) });
  return screen({ title: name(data.name), lead: data.description && name(data.description), trail: link(to(tenant, 'access'), 'Access'),
    actions: operationButton({ operation: 'subscription-remove', tenant, values, text: 'Remove', danger: true, etag,
      question: 'Only a subscription that nothing gives can be removed.', done: () => router.go({ tenant, screen: 'access' }) }) },
  h('div.grid', card('Seats', facts([['Have it', format.count(use.seated)],
    ['Wait for a seat', use.waiting ? h('span.warn', format.count(use.waiting)) : '0'],
    ['Seats', use.seats === null ? 'no limit' : format.count(use.seats)]])),
    card('Change', form({ operation: model.need('subscription-set'), tenant, start: data, action: 'Save', submit: async (said) => {
      if (await save({ method: 'PATCH', path: model.at('subscription-set', values), show: model.at('subscription-show', values), body: said, etag,
        start: data })) tell('Saved');
      router.again();
    } }))),
  card('Who has it', who));
}
