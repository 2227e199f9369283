/** The people of a tenant. */
import { adder, ask, button, card, col, empty, form, h, link, list, lookFirst, model, name, num, screen, state, tag,
  time, way } from '../kit.js';

/** @param {Row} row */
export function sourceTag({ source }) {
  return tag('plain', { scim: 'Provisioned', application: 'Of the application' }[String(source)] ?? 'Local');
}

/** @param {Place} c @param {Row} row */
export function userLink(c, row) {
  return link(c.to('users', row.userId ?? row.id), name(row.displayName ?? row.userName ?? row.user ?? row.id));
}

/** A person with the user name. @param {Place} c @param {Row} row */
export function person(c, row) {
  return [userLink(c, row), row.displayName && h('small', name(row.userName, 'one'))];
}

/** Imports accounts from a file, after a preview. @param {Place} c */
function importer(c) {
  const columns = [num('Line', (row) => row.line), col('User name', (row) => name(row.userName)),
    col('Outcome', (row) => row.outcome), col('Why', (row) => [row.column && h('small', model.label(row.column)),
      name(row.cause ?? Object.keys(row.after).map(model.label).join(', '))])];
  return button('Import a file…', async () => {
    // The file is sent from the next line on.
    const { look, report } = lookFirst(c, 'user-import', 'Import it',
      (said) => ({ ...said, file: said.file.split('\n').slice((said.line ?? 1) - 1).join('\n') }), columns,
      (data) => data.lines.filter((/** @type {Row} */ each) => !/^(made|same)$/.test(each.outcome)));
    await ask({ title: 'Import a file', large: true, cancel: 'Close', body: [form(c, { operation:
      model.need('user-import'), only: ['file', 'existing', 'name'], action: 'See what it would do', submit: look }),
    report] });
    c.again();
  });
}

/** @type {View} */
export async function users(c) {
  const columns = [col('Name', (row) => [person(c, row),
      row.email && row.email !== row.userName && h('small', name(row.email, 'one'))]),
    col('State', (row) => [state(row.state), row.protected && [' ', tag('plain', 'protected', '◆')]]),
    col('Source', sourceTag),
    col('Role', (row) => [name(row.role), row.roleGroup ? h('small', 'by ', h('bdi', row.roleGroup))
      : row.roleDefault && h('small', 'the default')]),
    col('Changed', (row) => time(row.lastModified))];
  const add = adder(c, 'user', 'Add a local user', (made) => c.go('users', made.id));
  return screen({ title: 'Users', actions: [importer(c), add],
    lead: 'Everybody whom the identity provider has sent, and those whom you have added yourself.' },
  card('', await list(c, { operation: 'user-list', columns, nothing: empty('Nobody yet', 'The identity provider makes '
    + 'an account for each person who is assigned to the application there.', way(c.to('connect'), 'Connect it')) })));
}
