import { loadShare } from '../support/shares.js';

await loadShare(import.meta.url);
