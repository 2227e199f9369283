/** The people of a tenant. */
import { adder, ask, button, card, col, empty, fill, form, format, h, link, list, model, name, num, screen, state,
  table, tag, time, way } from '../kit.js';

/** @param {Row} row */
export function sourceTag({ source }) {
  return tag('plain', { scim: 'Provisioned', application: 'Of the application' }[String(source)] ?? 'Local');
}

/** @param {Place} c @param {Row} row */
export function userLink(c, row) {
  return link(c.to('users', row.userId ?? row.id), name(row.displayName ?? row.userName ?? row.user ?? row.id));
}

/** Accounts from a file: first what it would do, then in earnest, on and on until all is done. @param {Place} c */
function importer(c) {
  const report = h('div.stack', { role: 'status' });
  const carry = async (/** @type {Values} */ said, /** @type {boolean} */ preview) => {
    const sums = { made: 0, changed: 0, same: 0, kept: 0, refused: 0 };
    const notable = [];
    for (let on = /** @type {Values} */ ({ line: 1 }); on.line && !c.signal.aborted;) {
      const file = said.file.split('\n').slice(on.line - 1).join('\n');
      const { data } = await c.send('user-import', { ...said, ...on, preview, file });
      on = Object.fromEntries(Object.entries({ line: data.next, columns: data.columns, import: data.import })
        .filter((each) => each[1]));
      for (const key of /** @type {(keyof typeof sums)[]} */ (Object.keys(sums))) sums[key] += data[key];
      notable.push(...data.lines.filter((/** @type {Row} */ each) => !/^(made|same)$/.test(each.outcome)));
      const undo = data.import && link(c.to('batch', data.import), 'See each account, or undo it');
      const sum = Object.entries(sums).map((each) => `${format.count(each[1])} ${each[0]}`).join(', ');
      fill(report, h('p', sum, '. ', undo), table([num('Line', (row) => row.line),
        col('User name', (row) => name(row.userName)), col('Outcome', (row) => row.outcome),
        col('Why', (row) => [row.column && `${model.label(row.column)}: `,
          name(row.cause ?? Object.keys(row.after).map(model.label).join(', '))])], notable.slice(0, 500)),
      preview && !data.next && button('Import it', () => carry(said, false), { kind: 'main' }));
    }
  };
  return button('Import a file…', async () => {
    fill(report);
    await ask({ title: 'Import a file', large: true, cancel: 'Close', body: [form(c, { operation:
      model.need('user-import'), only: ['file', 'existing', 'name'], action: 'See what it would do',
    submit: (said) => carry(said, true) }), report] });
    c.again();
  });
}

/** @type {View} */
export async function users(c) {
  const columns = [
    col('Name', (row) => [userLink(c, row), row.displayName && h('small', name(row.userName, 'one')),
      row.email && row.email !== row.userName && h('small', name(row.email, 'one'))]),
    col('State', (row) => [state(row.state), row.protected && [' ', tag('plain', 'protected', '◆')]]),
    col('Source', sourceTag),
    col('Role', (row) => [name(row.role), row.roleGroup ? h('small', 'by ', h('bdi', row.roleGroup))
      : row.roleDefault && h('small', 'the default')]),
    col('Changed', (row) => time(row.lastModified))];
  const add = adder(c, 'user', 'Add a local user', 'You manage local users here. The identity provider does not see '
    + 'them.', (made) => c.go('users', made.id));
  return screen({ title: 'Users', actions: [importer(c), add],
    lead: 'Everybody whom the identity provider has sent, and those whom you have added yourself.' },
  card('', await list(c, { operation: 'user-list', columns, nothing: empty('Nobody yet', 'The identity provider makes '
    + 'an account for each person who is assigned to the application there.', way(c.to('connect'), 'Connect it')) })));
}
