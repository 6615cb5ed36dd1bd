/** The program `build-once`. */
import { runProcess } from '../io/process.js';
import { runBuildOnce } from './run-command.js';

void runProcess('build-once', runBuildOnce);
