/** Pictures of every screen of the quickstart's organisation, for people, and those of the documentation. */
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { env, made, open, test, visit } from './browser.js';

const LOOKS = [1440, 1024, 360].flatMap((width) => ['light', 'dark'].map((scheme) => ({ width, scheme })));
/** The pictures of docs/console.md and README.md. */
const DOCS = { overview: '', person: '/users/dmitri.volkov@example.com', access: '/access', connect: '/connect/entra', held: '/holds/1' };

async function everything() {
  // A request is in the activity within a second.
  const first = async (path, tries = 10) => (await made('GET', `/tenants/demo/${path}`)).items[0] ?? (tries ? (await sleep(300), first(path, tries - 1)) : {});
  const at = { tenants: '#/' };
  await made('POST', '/tenants/demo/templates', { name: 'Analysts', condition: 'userName co "ov"', role: 'read-only', subscriptions: ['Analytics'] });
  const ids = { token: (await first('tokens')).keyId, hold: (await first('holds')).id, request: (await first('activity?outcome=refused')).id, subscription: (await first('subscriptions?q=Reports')).id };
  for (const [name, place] of Object.entries({ overview: '', choose: '/connect', guide: '/connect/entra', tokens: '/tokens', token: `/tokens/${ids.token}`, users: '/users', user: '/users/dmitri.volkov@example.com',
    groups: '/groups', group: '/groups/Engineering', access: '/access', subscription: `/access/${ids.subscription}`, templates: '/templates', review: '/review', roles: '/roles', activity: '/activity', request: `/activity/${ids.request}`,
    audit: '/audit', holds: '/holds', hold: `/holds/${ids.hold}`, duplicates: '/duplicates', settings: '/settings', more: '/more', mapping: '/mapping', role: '/role/user' })) at[name] = `#/demo${place}`;
  return at;
}

/** An unsaved change, and dialogs, which have no address. */
async function inside(page, shoot) {
  await visit(page, '#/demo/access');
  await page.getByText('By hand', { exact: true }).click();
  await page.locator('#preview .tag').first().waitFor();
  await shoot('preview');
  await page.getByRole('button', { name: 'Discard' }).click();
  await visit(page, '#/demo/templates');
  await page.getByRole('button', { name: 'Apply Analysts' }).click();
  await page.getByRole('button', { name: 'See what it would do' }).click();
  await page.getByText(/given, .*refused/).waitFor();
  await shoot('apply');
  await visit(page, '#/demo/tokens');
  await page.getByRole('button', { name: 'Make a token' }).click();
  await shoot('make-token');
  await visit(page, '#/demo');
  await page.getByRole('button', { name: 'Switch provisioning off…' }).click();
  await shoot('switch-off');
}

export default async function pictures() {
  const places = await everything();
  for (const look of LOOKS) {
    const page = await open(look);
    const shoot = (name) => page.screenshot({ path: `${env.CONSOLE_PICTURES}/${name}-${look.width}-${look.scheme}.png`, fullPage: true });
    await test(`${look.width} ${look.scheme}`, page, async () => {
      for (const [name, place] of Object.entries(places)) {
        await visit(page, place);
        await shoot(name);
      }
      await inside(page, shoot);
    });
    await page.context().close();
  }
  if (env.CONSOLE_DOCS) await documentation();
}

async function documentation() {
  mkdirSync(env.CONSOLE_DOCS, { recursive: true });
  const page = await open({ width: 1180, height: 820 });
  for (const [name, place] of Object.entries(DOCS)) {
    await visit(page, `#/demo${place}`);
    await page.screenshot({ path: `${env.CONSOLE_DOCS}/${name}.png` });
  }
  await page.context().close();
}
