/** Roles and flags: their meaning, and how many and who have each. */
import { adder, card, col, empty, format, link, list, name, num, operationButton, screen, tag } from '../kit.js';

/** @type {View} */
export async function roles(c) {
  const remove = (/** @type {string} */ noun, /** @type {string} */ value) => operationButton(c, { kind: 'plain',
    operation: `${noun}-remove`, values: { [noun]: value }, text: 'Remove', danger: true });
  const roleColumns = [col('Role', (row) => [link(c.to('role', row.role), name(row.displayName)), row.builtIn
      && [' ', tag('plain', 'built in')]]), col('Its value', (row) => name(row.role)),
    num('As their own', (row) => format.count(row.users)), col('By groups and default, too', (row) =>
      link(c.to('users', '', { role: row.role }), `Who has ${row.role}`)),
    col('', (row) => !row.builtIn && remove('role', row.role))];
  const flagColumns = [col('Flag', (row) => link(c.to('flag', row.flag), name(row.flag))),
    col('What it means', (row) => name(row.description)), num('Have it', (row) =>
      link(c.to('users', '', { flag: row.flag }), format.many(row.users, 'user'))),
    col('', (row) => remove('flag', row.flag))];
  const [all, flags] = await Promise.all([
    list(c, { operation: 'role-list', bare: true, columns: roleColumns, nothing: empty('No role', 'Add one.') }),
    list(c, { operation: 'flag-list', bare: true, columns: flagColumns, nothing: empty('No flag yet', 'A flag is '
      + 'what administrators allow person by person, such as “may see personal data”. Provisioning sets none.') })]);
  return screen({ title: 'Roles and flags', lead: 'A person has one role, which the identity provider may send. Only '
    + 'administrators set flags.', actions: [adder(c, 'role', 'Add a role'), adder(c, 'flag', 'Add a flag')] },
  card('Roles', all), card('Flags', flags));
}
