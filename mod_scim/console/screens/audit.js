/** The audit log: who changed what, before and after. */
import { card, col, empty, format, h, link, list, model, name, screen, time } from '../kit.js';
import { beforeAndAfter, said } from './history.js';
import { placeOf } from './activity.js';

/** @type {View} */
export async function audit(c) {
  const columns = [col('When', (row) => time(row.at, format.second)),
    col('Who', (row) => [link(c.to('audit', '', { actor: row.actor }), name(row.actor ?? '–', 'one')),
      h('small', model.words('actors', row.actorKind) ?? row.actorKind)]),
    col('What', (row) => [said(row.action)[2], ' ', link(placeOf(c, row), name(row.objectName ?? row.objectId, 'one')),
      h('small', model.words('types', row.objectType) ?? row.objectType,
        row.request && [' · ', link(c.to(row.actorKind === 'token' ? 'activity' : 'audit', '',
          { request: row.request }), 'request')])]),
    col('Before and after', beforeAndAfter)];
  return screen({ title: 'Audit', lead: 'Every change, with who made it. Nobody can change or remove an entry.' },
    card('', await list(c, { operation: 'audit-list', columns, nothing: empty('Nothing yet',
      'Every change of the identity provider and of administrators is kept here.') })));
}
