/** A place of the console: its address, and the operations of its tenant. An operation that was begun at a place keeps
 * its tenant, and never redraws another place that is shown meanwhile. */
import { get, send } from './api.js';
import { tell } from './parts.js';
import * as model from './model.js';
import * as router from './router.js';

/** @param {Address} address @param {AbortSignal} signal  until the place is left */
export function placeAt(address, signal) {
  const { tenant } = address;
  /** The path of an operation; its segments come from `args`. @param {string} operation @param {Values} [args] */
  const path = (operation, args = {}) => model.at(operation, { tenant, ...args });
  /** Shows the place again, if it is still shown. */
  const again = () => signal.aborted || router.again();
  /** Changes something, even if the place is left meanwhile. Those of `args` that are not in the path are the body.
   * @param {string} operation @param {Values} [args] @param {string | null} [etag] */
  const change = (operation, args = {}, etag = null) =>
    send(model.need(operation).method, path(operation, args), model.besides(operation, args), etag);
  return {
    ...address,
    signal, path, again,
    /** Reads. Those of `args` not in the path are the query. @param {string} operation @param {Values} [args] */
    get: (operation, args = {}) => get(path(operation, args), model.besides(operation, args), signal),
    send: change,
    /** Changes something, reports it, and shows the place again. @param {string} operation @param {Values} args
     * @param {Child} told @param {string | null} [etag] */
    act: async (operation, args, told, etag) => {
      await change(operation, args, etag);
      tell(told);
      again();
    },
    /** The link to another place of the tenant. @param {string} [screen] @param {any} [id] @param {Values} [query] */
    to: (screen, id, query) => router.link({ tenant, screen, id, query }),
    /** Goes elsewhere in the tenant, if this place is still shown. @param {string} [screen] @param {any} [id] */
    go: (screen, id) => signal.aborted || router.go({ tenant, screen, id }),
  };
}
