/** Re-exports everything that screens import. */
export { get, pause, send } from './api.js';
export { setHeld, setTenant, single } from './frame.js';
export { changeForm, form, save, suggester } from './form.js';
export { further, list, state } from './list.js';
export * from './parts.js';
export { inParts, lookFirst } from './pieces.js';
export { adder, askFor, operationButton, secretShown } from './record.js';
export { add, fill, h } from './render.js';
export * as format from './format.js';
export * as model from './model.js';
export * as router from './router.js';
