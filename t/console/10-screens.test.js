/** Every screen, in both colour schemes, wide and narrow, with names that are made to do harm. */
import { equal, ok, open, test, violations, visit } from './browser.js';
import { nasty } from './seed.js';

export function places({ tenant, users, groups, hold, activity, subscription, token }) {
  const at = (place) => `#/${tenant}${place}`;
  return { tenants: '#/', overview: at(''), connect: at('/connect'), guide: at('/connect/entra'), tokens: at('/tokens'), token: at(`/tokens/${token}`), users: at('/users'), user: at(`/users/${users[0]}`),
    groups: at('/groups'), group: at(`/groups/${groups[2]}`), access: at('/access'), subscription: at(`/access/${subscription}`), templates: at('/templates'), roles: at('/roles'), role: at('/role/role-0'),
    activity: at('/activity'), request: at(`/activity/${activity}`), audit: at('/audit'), holds: at('/holds'), hold: at(`/holds/${hold}`), duplicates: at('/duplicates'), settings: at('/settings'),
    everything: at('/more'), mappings: at('/mapping') };
}

async function sound(page) {
  equal(await violations(page), [], 'axe');
  equal(await page.evaluate(() => window.pwned), undefined, 'something was executed');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  ok(wide <= 0, `the page is ${wide} pixels too wide`);
}

export default async function screens() {
  const all = places(await nasty());
  for (const look of [{ width: 1440, scheme: 'light' }, { width: 360, scheme: 'dark' }]) {
    const page = await open(look);
    for (const [name, place] of Object.entries(all)) {
      await test(`${name}, ${look.width} pixels, ${look.scheme}`, page, async () => {
        let asked = 0;
        const count = (request) => { if (/\/scim-admin\/tenants/.test(request.url())) asked++; };
        page.on('request', count);
        await visit(page, place);
        page.off('request', count);
        ok(asked <= 3, `${asked} requests`);
        await sound(page);
      });
    }
    await page.context().close();
  }
}
