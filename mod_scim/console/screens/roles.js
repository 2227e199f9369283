/** Roles and flags: what they are, how many have each, and who. */
import { button, card, col, empty, link, name, num, screen, tag } from '../parts.js';
import { askFor, operationButton } from '../record.js';
import { list } from '../list.js';
import * as format from '../format.js';
import * as model from '../model.js';
import * as router from '../router.js';

/** How many have it, and who. @param {any} row @param {string} tenant @param {Record<string, string>} query */
function who(row, tenant, query) {
  return link(router.link({ tenant, screen: 'users', query }), row.users === undefined || row.users === null ? 'who' : format.many(row.users, 'user'));
}

/** @param {string} noun @param {string} tenant @param {string} title */
function maker(noun, tenant, title) {
  return button(title, async () => {
    if (await askFor({ operation: `${noun}-add`, tenant, values: {}, title, action: 'Add' })) router.again();
  });
}

/** @param {import('../record.js').Context} context */
export async function roles({ tenant, signal }) {
  const remove = (/** @type {string} */ noun, /** @type {string} */ value) => operationButton({ operation: `${noun}-remove`, tenant, values: { [noun]: value }, text: 'Remove', kind: 'plain', question: `Only a ${noun} that nobody has can be removed.`, danger: true, done: router.again });
  const roleColumns = [col('Role', (row) => [link(router.link({ tenant, screen: 'role', id: row.role }), name(row.displayName)), ' ', row.builtIn && tag('plain', 'built in')]), col('Its value', (row) => name(row.role)),
    num('Have it', (row) => who(row, tenant, { role: row.role })), col('', (row) => !row.builtIn && remove('role', row.role))];
  const flagColumns = [col('Flag', (row) => link(router.link({ tenant, screen: 'flag', id: row.flag }), name(row.flag))), col('What it means', (row) => name(row.description)),
    num('Have it', (row) => who(row, tenant, { flag: row.flag })), col('', (row) => remove('flag', row.flag))];
  const [all, flags] = await Promise.all([list({ operation: 'role-list', values: { tenant }, tenant, bare: true, signal, columns: roleColumns, nothing: empty('No role', 'Add the first one.') }),
    list({ operation: 'flag-list', values: { tenant }, tenant, bare: true, signal, columns: flagColumns, nothing: empty('No flag yet', 'A flag is something that administrators allow one by one, such as “may see personal data”. Provisioning never sets one.') })]);
  return screen({ title: 'Roles and flags', lead: 'A person has one role, which the identity provider may send. Flags are set here alone.', actions: [maker('role', tenant, 'Add a role'), maker('flag', tenant, 'Add a flag')] }, card('Roles', all), card('Flags', flags));
}
