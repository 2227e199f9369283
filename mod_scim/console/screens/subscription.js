/** One subscription: its seats, who has it and who waits, and which groups give it. */
import { get } from '../api.js';
import { card, col, empty, facts, link, name, screen, tag, tell, time } from '../parts.js';
import { h } from '../render.js';
import { form, save } from '../form.js';
import { list } from '../list.js';
import { operationButton } from '../record.js';
import { userLink } from './users.js';
import * as format from '../format.js';
import * as model from '../model.js';
import * as router from '../router.js';

/** @param {string} tenant */
function columns(tenant) {
  return [col('Name', (row) => [userLink(row, tenant), row.displayName && h('small', name(row.userName, 'one'))]),
    col('Seat', (row) => (row.seated ? tag('good', 'has it', '✓') : tag('warn', 'waits', '…'))),
    col('Since', (row) => time(row.since)),
    col('By', (row) => h('bdi', (row.why ?? []).join(', ')))];
}

/** @param {import('../record.js').Context} context */
export async function subscription({ tenant, id, query, signal }) {
  const values = { tenant, subscription: id };
  const [{ data, etag }, usage] = await Promise.all([get(model.at('subscription-show', values), {}, signal), get(model.at('subscription-usage', values), {}, signal)]);
  const use = usage.data;
  const who = await list({ operation: 'access-list', values, tenant, query, signal, columns: columns(tenant),
    nothing: empty('Nobody has it', 'Map a group to it, mark it for everybody, or grant it to somebody.', h('a.button', { href: router.link({ tenant, screen: 'access' }) }, 'Access')) });
  return screen({ title: name(data.name), lead: data.description && name(data.description), trail: link(router.link({ tenant, screen: 'access' }), 'Access'),
    actions: operationButton({ operation: 'subscription-remove', tenant, values, text: 'Remove', danger: true, etag, question: 'Only a subscription that nothing gives can be removed.', done: () => router.go({ tenant, screen: 'access' }) }) },
  h('div.grid', card('Seats', facts([['Have it', format.count(use.seated)], ['Wait for a seat', use.waiting ? h('span.warn', format.count(use.waiting)) : '0'], ['Seats', use.seats === null ? 'no limit' : format.count(use.seats)]])),
    card('Change', form({ operation: model.need('subscription-set'), tenant, start: data, action: 'Save', submit: async (said) => {
      if (await save({ method: 'PATCH', path: model.at('subscription-set', values), show: model.at('subscription-show', values), body: said, etag, start: data })) tell('Saved');
      router.again();
    } }))),
  card('Who has it', who));
}
