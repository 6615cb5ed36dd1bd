/** The program `gen-config`. */
import { runProcess } from '../io/process.js';
import { runGenConfig } from './run.js';

void runProcess('gen-config', runGenConfig);
