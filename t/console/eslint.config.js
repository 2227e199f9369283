/** The rules of t/guards/55-console for the console's JavaScript, beside its types. */
const names = (list) => Object.fromEntries(list.split(' ').map((name) => [name, 'readonly']));

export default [
  {
    files: ['**/mod_scim/console/**/*.js'],
    languageOptions: {
      ecmaVersion: 2024,
      sourceType: 'module',
      globals: names('AbortController HTMLElement DOMException Intl MouseEvent Node URL URLSearchParams Response TransformStream clearInterval clearTimeout console document fetch getComputedStyle history localStorage location navigator setInterval setTimeout window'),
    },
    rules: {
      complexity: ['error', 16],
      'consistent-return': 'off',
      eqeqeq: 'error',
      'max-len': ['error', { code: 120 }],
      'max-lines-per-function': ['error', { max: 50, skipComments: true }],
      'no-alert': 'off',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-restricted-properties': ['error', ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'write', 'srcdoc'].map((property) => ({ property, message: 'Text is written as text; see render.js.' }))],
      'no-shadow': 'error',
      'no-undef': 'error',
      'no-unused-vars': 'error',
      'no-use-before-define': ['error', { functions: false, variables: false }],
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
];
