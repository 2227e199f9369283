/** All tenants: which are on, and which need attention. */
import { adder, col, empty, card, h, link, list, name, num, router, screen, state, time } from '../kit.js';
import { standing } from '../frame.js';

/** @type {View} */
export async function tenants(c) {
  const columns = [
    col('Tenant', (row) => [link(router.link({ tenant: row.tenant }), name(row.displayName ?? row.tenant)),
      row.displayName && h('small', row.tenant)]), col('Provisioning', standing),
    col('Last request', (row) => time(row.lastRequest) ?? h('span.soft', 'never')),
    col('Health', (row) => state(row.health)), num('Not done today', (row) => row.refused || '–'),
    num('Held now', (row) => row.held || '–'), col('Made', (row) => time(row.created))];
  const actions = adder(c, 'tenant', 'Add a tenant', (made) => router.go({ tenant: made.tenant }));
  return screen({ title: 'Tenants', lead: 'Each is one organisation with its own identity provider.', actions },
    card('', await list(c, { operation: 'tenant-list', columns,
      nothing: empty('No tenant yet', 'Add the first one; then connect its identity provider.') })));
}
