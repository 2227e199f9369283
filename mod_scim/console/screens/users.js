/** The people of a tenant. */
import { askFor, button, card, col, empty, h, link, list, name, router, screen, state, tag, time, to } from '../kit.js';

export function sourceTag(row) {
  return row.source === 'scim' ? tag('plain', 'Provisioned') : tag('plain', row.source === 'application' ? 'Of the application' : 'Local');
}

export function userLink(row, tenant) {
  return link(to(tenant, 'users', row.userId ?? row.id), name(row.displayName ?? row.userName ?? row.user ?? row.id));
}

function columns(tenant) {
  return [
    col('Name', (row) => [userLink(row, tenant), row.displayName && h('small', name(row.userName, 'one')), row.email && row.email !== row.userName
      && h('small', name(row.email, 'one'))]),
    col('State', (row) => [state(row.state), row.protected && [' ', tag('plain', 'protected', '◆')]]),
    col('Source', sourceTag),
    col('Role', (row) => [name(row.role), (row.roleDefault || row.roleGroup)
      && h('small', row.roleGroup ? ['by ', h('bdi', row.roleGroup)] : 'the default')]),
    col('Changed', (row) => time(row.lastModified)),
  ];
}

export async function users({ tenant, query, signal }) {
  const add = button('Add a local user', async () => {
    const made = await askFor({ operation: 'user-add', tenant, values: {}, title: 'Add a local user', action: 'Add',
      intro: 'A local user is managed here. The identity provider does not see it.' });
    if (made) router.go({ tenant, screen: 'users', id: made.id });
  });
  return screen({ title: 'Users', lead: 'Everybody whom the identity provider has sent, and those whom you have added yourself.', actions: add },
    card('', await list({ operation: 'user-list', values: { tenant }, tenant, query, signal, columns: columns(tenant),
      nothing: empty('Nobody yet', 'The identity provider makes an account for each person who is assigned to the application there.',
        h('a.button', { href: to(tenant, 'connect') }, 'Connect it')) })));
}
