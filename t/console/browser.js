/**
 * A browser on the console, and the checks of every test: no message on its console, no report of its policy, no request
 * to another host, no failed assertion of axe, nothing wider than the page.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const env = process.env;
export const origin = new URL(env.SCIM_ADMIN_URL).origin;
const login = { username: env.SCIM_ADMIN_USER, password: env.SCIM_ADMIN_PASSWORD };

let browser; // a promise: those who open pages at the same time share one
let number = 0;
let failures = 0;

/** The violations since the last call; `allowed` is a pattern of messages that a test causes on purpose. */
export class Trouble {
  constructor() {
    this.seen = [];
    this.allowed = null;
  }

  add(text) {
    if (!this.allowed?.test(text)) this.seen.push(text);
  }

  take() {
    return this.seen.splice(0);
  }
}

export async function open({ width = 1440, height = 900, scheme = 'light', motion = 'reduce', credentials = login } = {}) {
  browser ??= chromium.launch({ executablePath: env.CHROMIUM ?? '/usr/bin/chromium-headless-shell', args: ['--no-sandbox', '--disable-gpu'] });
  const context = await (await browser).newContext({ httpCredentials: credentials, viewport: { width, height }, colorScheme: scheme, reducedMotion: motion,
    permissions: ['clipboard-read', 'clipboard-write'], locale: 'en-GB' });
  const page = await context.newPage();
  const trouble = new Trouble();
  page.setDefaultTimeout(Number(env.CONSOLE_WAIT ?? 10000));
  page.on('console', (message) => trouble.add(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => trouble.add(`error: ${error.stack}`));
  page.on('dialog', (dialog) => { trouble.add(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', (request) => { if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:')) trouble.add(`request: ${request.url()}`); });
  return Object.assign(page, { trouble });
}

export async function close() {
  await (await browser)?.close();
}

/** Goes to a place of the console and waits until it is shown. */
export async function visit(page, place, base = env.SCIM_ADMIN_URL) {
  // A navigation that the page itself has begun, such as after a button, aborts this one.
  for (let tries = 0; tries < 20; tries++) {
    if (await page.goto('about:blank').then(() => true, () => false)) break;
    await page.waitForTimeout(100);
  }
  await page.goto(`${base}/${place}`);
  await settled(page);
}

export async function settled(page) {
  await page.waitForFunction(() => document.querySelector('main h1') && !document.querySelector('main [aria-busy=true]'));
}

/**
 * The violations of WCAG that axe finds, one line each. axe is loaded once for a document, by the driver, because the page's policy would
 * refuse it; its list of passed rules stays in the browser, because it is a hundred times as long as the answer.
 */
export async function violations(page, rules) {
  if (!await page.evaluate('window.axe?.version')) await page.evaluate(`(() => { ${axe}; })()`);
  return page.evaluate(`axe.run(document, { resultTypes: ['violations']${rules ? `, runOnly: ${JSON.stringify(rules)}` : ''} }).then((found) => found.violations.map((each) =>
    each.id + ': ' + each.help + ': ' + each.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(', ')))`);
}

/** One request to the admin API, as from another administrator. */
export async function api(method, path, body, headers = {}) {
  const response = await fetch(`${env.SCIM_ADMIN_URL}${path}`, { method, body: body && JSON.stringify(body),
    headers: { Authorization: `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`, ...(method !== 'GET' && method !== 'DELETE' && { 'Content-Type': 'application/json' }), ...headers } });
  const text = await response.text();
  return { status: response.status, data: text ? JSON.parse(text) : null, etag: response.headers.get('ETag') };
}

/** The admin API's answer to a request that must succeed. */
export async function made(method, path, body) {
  const answer = await api(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.data)}`);
  return answer.data;
}

/** One request of an identity provider. */
export async function scim(method, path, body, token = env.SCIM_TOKEN) {
  const response = await fetch(`${env.SCIM_BASE_URL}${path}`, { method, body: body && JSON.stringify(body), headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/scim+json' } });
  const text = await response.text();
  return { status: response.status, data: text ? JSON.parse(text) : null };
}

/** One statement, as the database's owner, for what no administrator can do, such as letting time pass. */
export function sql(text) {
  const command = ['psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', text];
  return execFileSync(command[0], command.slice(1), { encoding: 'utf8', cwd: '/' }).trim();
}

/** A test: `work` throws if something is wrong. */
export async function test(name, page, work) {
  if (env.CONSOLE_ONLY && !name.includes(env.CONSOLE_ONLY)) return;
  number++;
  const began = Date.now();
  try {
    await work();
    const wrong = page?.trouble.take() ?? [];
    if (wrong.length) throw new Error(wrong.join('\n'));
    console.log(`ok ${number} - ${name} (${Date.now() - began} ms)`);
  } catch (error) {
    failures++;
    console.log(`not ok ${number} - ${name}\n${String(error.stack ?? error).replace(/^/gm, '# ')}`);
    page?.trouble.take();
    await leave(name, page).catch(() => {});
  }
}

async function leave(name, page) {
  if (!page) return;
  const file = `${env.CONSOLE_LEFT}/${name.replace(/[^a-z0-9]+/gi, '-').slice(0, 80)}`;
  writeFileSync(`${file}.txt`, `${page.url()}\n\n${await page.innerText('body')}`);
  await page.screenshot({ path: `${file}.png`, fullPage: true });
}

export function failed() {
  return failures;
}

export function equal(found, expected, what) {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${what}: found ${one}, expected ${other}`);
}

export function ok(value, what) {
  if (!value) throw new Error(what);
}
