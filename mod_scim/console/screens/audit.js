/** The audit log: who changed what, before and after. */
import { button, card, col, empty, fill, fold, format, get, h, link, list, model, name, router, screen, time, to } from '../kit.js';
import { difference, said } from './history.js';
import { placeOf } from './activity.js';

/** Entries of a file: a browser holds them in memory. */
const MOST = 50000;
const ACTORS = /** @type {Record<string, string>} */ ({ token: 'token', admin: 'administrator', scimctl: 'scimctl', system: 'the server' });

function columns(tenant) {
  return [
    col('When', (row) => time(row.at, format.second)),
    col('Who', (row) => [link(to(tenant, 'audit', '', { actor: row.actorKey ?? row.actor }), name(row.actor ?? '–', 'one')),
      h('small', ACTORS[row.actorKind] ?? row.actorKind)]),
    col('What', (row) => [said(row.action)[2], ' ', link(placeOf(row, tenant), name(row.objectName ?? row.objectId, 'one')),
      h('small', row.objectType, row.request && [' · ', h('code', name(row.request, 'one'))])]),
    col('Before and after', (row) => {
      const diff = difference(row);
      return diff && (diff.children.length <= 4 ? diff : fold(format.many(diff.children.length, 'value'), diff));
    }),
  ];
}

/** A cell of a CSV file; what a spreadsheet would take for a formula is kept as text. */
function cell(value) {
  const text = value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return `"${text.replace(/^[=+@-]/, "'$&").replace(/"/g, '""')}"`;
}

const FORMATS = /** @type {Record<string, [string, (rows: any[], fields: string[]) => string]>} */ ({
  csv: ['text/csv', (rows, fields) => [fields.join(','), ...rows.map((row) => fields.map((each) => cell(row[each])).join(','))].join('\r\n')],
  jsonl: ['application/jsonl', (rows) => rows.map((row) => JSON.stringify(row)).join('\n')],
});

/** Reads every page of what the list shows, and saves it as a file. */
async function download(tenant, kind, progress, signal) {
  const rows = [];
  let after;
  do {
    const { data } = await get(model.at('audit-list', { tenant }), { ...router.here().query, limit: 500, after }, signal);
    rows.push(...data.items);
    after = data.next;
    fill(progress, `${format.count(rows.length)} entries…`);
  } while (after && rows.length < MOST);
  const [type, write] = FORMATS[kind];
  const file = URL.createObjectURL(new Blob([write(rows, model.need('audit-list').answer.map((each) => each.name)), '\n'], { type }));
  const anchor = h('a', { download: `audit-${tenant}.${kind}` });
  anchor.href = file;
  anchor.click();
  URL.revokeObjectURL(file);
  fill(progress, `${format.many(rows.length, 'entry', 'entries')} saved`, after
    ? `; narrow the list down for what is older than the newest ${format.count(MOST)}` : '');
}

/** Saves what the filters say. */
function downloads(tenant, signal) {
  const progress = h('span.soft', { role: 'status' });
  return [progress, button('Save as CSV', () => download(tenant, 'csv', progress, signal)),
    button('Save as JSON lines', () => download(tenant, 'jsonl', progress, signal))];
}

export async function audit({ tenant, query, signal }) {
  return screen({ title: 'Audit', lead: 'Every change, with who made it. Nobody can change or remove an entry.', actions: downloads(tenant, signal) },
    card('', await list({ operation: 'audit-list', values: { tenant }, tenant, query, signal, columns: columns(tenant),
      nothing: empty('Nothing yet', 'Every change of the identity provider and of administrators is kept here.') })));
}
