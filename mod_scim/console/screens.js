/** The screens that are written by hand; every other noun has those of record.js. */
import { tenants } from './screens/tenants.js';

export { tenants };

/** @typedef {(context: import('./record.js').Context) => Promise<import('./render.js').Child>} Screen */

/** By the name in the address: the screen, and that of one thing of it. @type {Record<string, {all: Screen, one?: Screen}>} */
export const table = {
};
