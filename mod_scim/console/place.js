/** A place of the console: what its address says, and the operations of its tenant. What was begun at one place stays
 * about its tenant, and never redraws another place that is shown meanwhile. */
import { get, send } from './api.js';
import * as model from './model.js';
import * as router from './router.js';

/** @param {Address} address @param {AbortSignal} signal  until the place is left */
export function placeAt(address, signal) {
  const { tenant } = address;
  /** Where an operation is; its segments come from `args`. @param {string} operation @param {Values} [args] */
  const path = (operation, args = {}) => model.at(operation, { tenant, ...args });
  return {
    ...address,
    signal,
    path,
    /** Reads. What of `args` is no segment is its query. @param {string} operation @param {Values} [args] */
    get: (operation, args = {}) => get(path(operation, args), model.besides(operation, args), signal),
    /** Changes something, also when the place is left meanwhile. What of `args` is no segment of the path is the body.
     * @param {string} operation @param {Values} [args] @param {string | null} [etag] */
    send: (operation, args = {}, etag) =>
      send(model.need(operation).method, path(operation, args), model.besides(operation, args), etag),
    /** The link to another place of the tenant. @param {string} [screen] @param {any} [id] @param {Values} [query] */
    to: (screen, id, query) => router.link({ tenant, screen, id, query }),
    /** Goes elsewhere in the tenant, if this place is still shown. @param {string} [screen] @param {any} [id] */
    go: (screen, id) => signal.aborted || router.go({ tenant, screen, id }),
    /** Shows the place anew, if it is still shown. */
    again: () => signal.aborted || router.again(),
  };
}
