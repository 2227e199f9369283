/** The audit log: who changed what, before and after. */
import { card, col, empty, fold, format, h, link, list, name, screen, time, to } from '../kit.js';
import { difference, said } from './history.js';
import { placeOf } from './activity.js';

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

export async function audit({ tenant, query, signal }) {
  return screen({ title: 'Audit', lead: 'Every change, with who made it. Nobody can change or remove an entry.' },
    card('', await list({ operation: 'audit-list', values: { tenant }, tenant, query, signal, columns: columns(tenant),
      nothing: empty('Nothing yet', 'Every change of the identity provider and of administrators is kept here.') })));
}
