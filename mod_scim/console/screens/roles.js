/** Roles and flags: what they are, how many have each, and who. */
import { askFor, button, card, col, empty, format, link, list, name, num, operationButton, router, screen, tag, to } from '../kit.js';

/** How many have it, and who. @param {any} row @param {string} tenant @param {Record<string, string>} query */
function who(row, tenant, query) {
  return link(to(tenant, 'users', '', query), row.users === undefined || row.users === null ? 'who' : format.many(row.users, 'user'));
}

function maker(noun, tenant, title) {
  return button(title, async () => {
    if (await askFor({ operation: `${noun}-add`, tenant, values: {}, title, action: 'Add' })) router.again();
  });
}

export async function roles({ tenant, signal }) {
  const remove = (noun, value) => operationButton({ operation: `${noun}-remove`, tenant, values: { [noun]: value }, text: 'Remove', kind: 'plain',
    question: `Only a ${noun} that nobody has can be removed.`, danger: true, done: router.again });
  const roleColumns = [col('Role', (row) => [link(to(tenant, 'role', row.role), name(row.displayName)), ' ', row.builtIn && tag('plain', 'built in')]),
    col('Its value', (row) => name(row.role)),
    num('Have it', (row) => who(row, tenant, { role: row.role })), col('', (row) => !row.builtIn && remove('role', row.role))];
  const flagColumns = [col('Flag', (row) => link(to(tenant, 'flag', row.flag), name(row.flag))), col('What it means', (row) => name(row.description)),
    num('Have it', (row) => who(row, tenant, { flag: row.flag })), col('', (row) => remove('flag', row.flag))];
  const [all, flags] = await Promise.all([list({ operation: 'role-list', values: { tenant }, tenant, bare: true, signal, columns: roleColumns,
    nothing: empty('No role', 'Add the first one.') }),
    list({ operation: 'flag-list', values: { tenant }, tenant, bare: true, signal, columns: flagColumns,
      nothing: empty('No flag yet',
      'A flag is something that administrators allow one by one, such as “may see personal data”. Provisioning never sets one.') })]);
  return screen({ title: 'Roles and flags', lead: 'A person has one role, which the identity provider may send. Flags are set here alone.',
    actions: [maker('role', tenant, 'Add a role'), maker('flag', tenant, 'Add a flag')] }, card('Roles', all), card('Flags', flags));
}
