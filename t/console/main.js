/** Runs the tests of the console, one part after the other; prints TAP. */
import { readdirSync } from 'node:fs';
import { close, env, failed } from './browser.js';

const here = new URL('.', import.meta.url);
const wanted = process.argv.slice(2);
// Pictures and figures are not tests: they are made only on request.
const parts = /^(pictures|speed)$/.test(wanted.join()) ? [`${wanted}.js`] : readdirSync(here).filter((file) => file.endsWith('.test.js') && (!wanted.length || wanted.includes(file.replace('.test.js', '')))).sort();

if (!env.SCIM_ADMIN_URL) throw new Error('run by t/console/run only');
if (!parts.length) throw new Error(`no part of this name: ${wanted}`);
for (const part of parts) {
  console.log(`# ${part}`);
  await (await import(new URL(part, here))).default();
}
await close();
process.exit(failed() ? 1 : 0);
