/** Every screen and dialog, at three widths, light and dark, with malicious names; and without data. */
import { equal, made, ok, open, test, violations, visit } from './browser.js';
import { nasty } from './seed.js';

const WIDTHS = [1440, 1024, 360];

export function places({ tenant, users, groups, hold, activity, subscription, token }) {
  const at = (place) => `#/${tenant}${place}`;
  return { tenants: '#/', overview: at(''), connect: at('/connect'), guide: at('/connect/entra'), tokens: at('/tokens'),
    token: at(`/tokens/${token}`), users: at('/users'), user: at(`/users/${users[0]}`), groups: at('/groups'),
    group: at(`/groups/${groups[2]}`), access: at('/access'), subscription: at(`/access/${subscription}`),
    review: at('/review'), templates: at('/templates'), roles: at('/roles'), role: at('/role/role-0'), activity: at('/activity'),
    request: at(`/activity/${activity}`), audit: at('/audit'), holds: at('/holds'), hold: at(`/holds/${hold}`),
    duplicates: at('/duplicates'), settings: at('/settings'), everything: at('/more'), mappings: at('/mapping') };
}

/** Dialogs: the place of each, and the button that opens it. */
function dialogs({ tenant, users, hold }) {
  const at = (place) => `#/${tenant}${place}`;
  return { 'a token': [at('/tokens'), 'Make a token'], 'switching off': [at(''), 'Switch provisioning off…'], 'a user': [at('/users'), 'Add a local user'],
    'a merge': [at(`/users/${users[1]}`), 'Merge…'], protection: [at(`/users/${users[2]}`), 'Protect'], 'a release': [at(`/holds/${hold}`), 'Release…'],
    'a template': [at('/templates'), 'Add a template'], 'who would match': [at('/templates'), /^Who would match/], 'a template that is applied': [at('/templates'), /^Apply /], 'a tenant': ['#/', 'Add a tenant'],
    'a removal': ['#/switched-off/settings', 'Remove this tenant…'] };
}

/** Light and dark: axe finds nothing, nothing is executed, nothing is wider than the page. In the dark only the rules about colours are checked. */
async function sound(page) {
  for (const [colorScheme, rules] of [['light'], ['dark', ['color-contrast', 'link-in-text-block']]]) {
    await page.emulateMedia({ colorScheme });
    equal(await violations(page, rules), [], `axe, ${colorScheme}`);
  }
  equal(await page.evaluate(() => window.pwned), undefined, 'something was executed');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  ok(wide <= 0, `the page is ${wide} pixels too wide`);
}

async function everyScreen(page, width, all) {
  for (const [name, place] of Object.entries(all)) {
    await test(`${name}, ${width} pixels`, page, async () => {
      let asked = 0;
      const count = (request) => { if (/\/scim-admin\/tenants/.test(request.url())) asked++; };
      page.on('request', count);
      await visit(page, place);
      page.off('request', count);
      ok(asked <= 3, `${asked} requests`);
      await sound(page);
    });
  }
}

async function everyDialog(page, width, all) {
  for (const [name, [place, opener]] of Object.entries(all)) {
    await test(`dialog of ${name}, ${width} pixels`, page, async () => {
      await visit(page, place);
      await page.getByRole('button', { name: opener, exact: typeof opener === 'string' }).first().click();
      await page.getByRole('dialog').waitFor();
      await sound(page);
    });
  }
}

/** In a tenant without data each screen explains what it will show. */
async function nothingYet(page, width, all) {
  for (const [name, place] of Object.entries(all)) {
    await test(`${name} of a tenant without anything, ${width} pixels`, page, async () => {
      await visit(page, place);
      await page.locator('.empty, .todo').first().waitFor();
      await sound(page);
    });
  }
}

export default async function screens() {
  const seed = await nasty();
  await made('POST', '/tenants', { tenant: 'nothing-yet' });
  await made('POST', '/tenants', { tenant: 'switched-off' });
  await made('POST', '/tenants/switched-off/disable', { accounts: 'keep' });
  const at = (place) => `#/nothing-yet${place}`;
  const empty = { overview: at(''), tokens: at('/tokens'), users: at('/users'), groups: at('/groups'), access: at('/access'), templates: at('/templates'),
    activity: at('/activity'), holds: at('/holds'), duplicates: at('/duplicates') };
  await Promise.all(WIDTHS.map(async (width) => {
    const page = await open({ width });
    await everyScreen(page, width, places(seed));
    if (width !== 1024) await everyDialog(page, width, dialogs(seed));
    if (width === 1024) await nothingYet(page, width, empty);
    await page.context().close();
  }));
}
