/** Templates: what new users get, in their order, and whom each would be for. */
import { ask, askFor, button, card, col, empty, format, get, h, link, list, model, name, num, router, screen, to } from '../kit.js';
import { userLink } from './users.js';

/** Whom a template would be for, among those who are here. @param {string} tenant @param {any} row */
async function matches(tenant, row) {
  const { data } = await get(model.at('template-count', { tenant }), { template: row.id });
  const people = await list({ operation: 'template-preview', values: { tenant }, tenant, fixed: { template: row.id }, hide: ['condition'], bare: true,
    limit: 20,
    columns: [col('Name', (each) => userLink(each, tenant)), col('User name', (each) => name(each.userName))],
      nothing: h('p', 'Nobody who is here now fits.') });
  await ask({ title: h('bdi', row.name), large: true, cancel: 'Close',
    body: [h('p', `${format.many(data.accounts,
      'account')} of today would fit. They get nothing by it: a template is applied once, when an account is made.`),
    people] });
}

function gives(row) {
  const parts = [['role', row.role ? [row.role] : []], ['groups', row.groups], ['subscriptions', row.subscriptions], ['flags', row.flags]];
  return h('ul.plainlist', parts.filter(([, values]) => values?.length).map(([what, values]) => h('li', h('span.soft', `${what}: `),
    h('bdi', values.join(', ')))));
}

export async function templates({ tenant, query, signal }) {
  const columns = [num('Order', (row) => format.count(row.priority)),
    col('Template', (row) => link(to(tenant, 'template', row.id), name(row.name))),
    col('For', (row) => (row.condition ? h('code', name(row.condition)) : 'everybody')),
    col('Gives', gives), col('', (row) => button('Who would match', () => matches(tenant, row), { label: `Who would match ${row.name}` }))];
  const make = button('Add a template', async () => {
    if (await askFor({ operation: 'template-add', tenant, values: {}, title: 'Add a template', action: 'Add',
      intro: 'Applied once to each account that is made from now on and that its condition is true of.' })) router.again();
  }, { kind: 'main' });
  return screen({ title: 'What new users get', trail: link(to(tenant, 'access'), 'Access'), actions: make,
    lead: 'Templates are applied in their order when an account is made. The first that gives a role decides it; all else adds up.' },
  card('', await list({ operation: 'template-list', values: { tenant }, tenant, query, signal, columns,
    nothing: empty('No template yet', 'Without one a new account has the default role and what its groups give.') })));
}
