/** The people of a tenant. */
import { button, card, col, empty, link, name, screen, tag, time } from '../parts.js';
import { h } from '../render.js';
import { askFor } from '../record.js';
import { list, state } from '../list.js';
import * as router from '../router.js';

/** @param {any} row */
export function sourceTag(row) {
  return row.source === 'scim' ? tag('plain', 'Provisioned') : tag('plain', row.source === 'application' ? 'Of the application' : 'Local');
}

/** @param {any} row @param {string} tenant */
export function userLink(row, tenant) {
  return link(router.link({ tenant, screen: 'users', id: row.userId ?? row.id }), name(row.displayName ?? row.userName ?? row.user ?? row.id));
}

/** @param {string} tenant */
function columns(tenant) {
  return [
    col('Name', (row) => [userLink(row, tenant), row.displayName && h('small', name(row.userName, 'one')), row.email && row.email !== row.userName && h('small', name(row.email, 'one'))]),
    col('State', (row) => [state(row.state), row.protected && [' ', tag('plain', 'protected', '◆')]]),
    col('Source', sourceTag),
    col('Role', (row) => [name(row.role), row.roleDefault && h('small', 'the default')]),
    col('Changed', (row) => time(row.lastModified)),
  ];
}

/** @param {import('../record.js').Context} context */
export async function users({ tenant, query, signal }) {
  const add = button('Add a local user', async () => {
    const made = await askFor({ operation: 'user-add', tenant, values: {}, title: 'Add a local user', action: 'Add', intro: 'A local user is managed here. The identity provider does not see it.' });
    if (made) router.go({ tenant, screen: 'users', id: made.id });
  });
  return screen({ title: 'Users', lead: 'Everybody whom the identity provider has sent, and those whom you have added yourself.', actions: add },
    card('', await list({ operation: 'user-list', values: { tenant }, tenant, query, signal, columns: columns(tenant),
      nothing: empty('Nobody yet', 'The identity provider makes an account for each person who is assigned to the application there.', h('a.button', { href: router.link({ tenant, screen: 'connect' }) }, 'Connect it')) })));
}
