/** All tenants: which are on, which need somebody. */
import { askFor, button, col, empty, h, link, list, model, name, num, router, screen, state, tag, time } from '../kit.js';

export async function tenants({ query, signal }) {
  const has = new Set(model.need('tenant-list').answer.map((each) => each.name));
  const columns = [
    col('Tenant', (row) => [link(router.link({ tenant: row.tenant }), name(row.displayName ?? row.tenant)), row.displayName && h('small', row.tenant)]),
    col('Provisioning', (row) => (row.enabled ? tag(row.dryRun ? 'warn' : 'good', row.dryRun ? 'Dry run' : 'On') : tag('plain', 'Off', '○'))),
    has.has('lastRequest') && col('Last request', (row) => time(row.lastRequest) ?? h('span.soft', 'never')),
    has.has('health') && col('Health', (row) => state(row.health)),
    has.has('refused') && num('Refused today', (row) => row.refused || '–'),
    has.has('held') && num('Held', (row) => row.held || '–'),
    col('Made', (row) => time(row.created)),
  ].filter((each) => each !== false);
  const make = button('Add a tenant', async () => {
    const made = await askFor({ operation: 'tenant-add', tenant: '', values: {}, title: 'Add a tenant',
      intro: 'A tenant is one customer organisation, with users, groups and tokens of its own.', action: 'Add' });
    if (made) router.go({ tenant: made.tenant });
  }, { kind: 'main' });
  return screen({ title: 'Tenants', lead: 'Each is one organisation that an identity provider provisions.', actions: make },
    h('section.card', await list({ operation: 'tenant-list', values: {}, tenant: '', query, signal, columns,
      nothing: empty('No tenant yet', 'Add the first one; then connect its identity provider.') })));
}
